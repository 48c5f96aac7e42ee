"""The learned judgement whether two articles tell one event: a logistic regression over `features.FEATURES`."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.features import FEATURES, MORE_FEATURES

#: Written by bench/train_pairs.py: "threshold", and bias and weights of "base" and of "closer", the model that also
#: has MORE_FEATURES.
WEIGHTS = Path(__file__).parent / "data" / "pair_model.json"
#: A single pair counts for at most this much, for or against, when clusters are averaged.
LIMIT = 6.0


@lru_cache(maxsize=1)
def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return stored


@lru_cache(maxsize=2)
def load_weights(width: int = len(FEATURES)) -> tuple[NDArray[np.float32], float]:
    """Weights and bias of the model over the first `width` of FEATURES and MORE_FEATURES."""
    names = (*FEATURES, *MORE_FEATURES)[:width]
    model = _stored()["base" if width == len(FEATURES) else "closer"]
    return np.array([model["weights"][name] for name in names], dtype=np.float32), float(model["bias"])


def threshold() -> float:
    """Mean log-odds from which two clusters are one story."""
    return float(_stored()["threshold"])


def score(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-odds that the pair is one event, -LIMIT to LIMIT; `features` has the columns of FEATURES or of both."""
    weights, bias = load_weights(features.shape[1])
    scores: NDArray[np.float32] = np.clip(features @ weights + bias, -LIMIT, LIMIT).astype(np.float32)
    return scores
