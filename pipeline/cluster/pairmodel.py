"""The learned judgement whether two articles tell one event: a logistic regression over `features.FEATURES`."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.features import FEATURES

#: Written by bench/train_pairs.py: {"bias": b, "threshold": t, "weights": {feature: w}}.
WEIGHTS = Path(__file__).parent / "data" / "pair_model.json"
#: A single pair counts for at most this much, for or against, when clusters are averaged.
LIMIT = 6.0


@lru_cache(maxsize=1)
def load_weights() -> tuple[NDArray[np.float32], float, float]:
    """Weights in the order of FEATURES, bias, and the mean score from which two clusters are one story."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    weights = np.array([stored["weights"].get(name, 0.0) for name in FEATURES], dtype=np.float32)
    return weights, float(stored["bias"]), float(stored["threshold"])


def score(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-odds that the pair is one event, -LIMIT to LIMIT; shape (n,)."""
    weights, bias, _ = load_weights()
    scores: NDArray[np.float32] = np.clip(features @ weights + bias, -LIMIT, LIMIT).astype(np.float32)
    return scores
