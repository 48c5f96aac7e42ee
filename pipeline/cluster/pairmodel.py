"""The learned judgement whether two articles tell one event.

A logistic regression over `features.FEATURES` judges every pair; boosted trees, which also have `MORE_FEATURES`, judge
again where it is in doubt; others, which have WORDING as well, where these are.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.features import FEATURES, MORE_FEATURES
from pipeline.cluster.trees import Trees, contributions, log_odds, read_trees

_DATA = Path(__file__).parent / "data"
#: Written by bench/train_pairs.py: "threshold" and "lone", and "bias" and "weights" of the regression.
WEIGHTS = _DATA / "pair_model.json"
#: Written with it: the arrays of `trees.Trees`.
TREES = _DATA / "pair_trees.npz"
#: The same with the column WORDING, by bench/train_pairs.py, too.
LAST_TREES = _DATA / "pair_trees_wording.npz"
#: What is learned from the words of both reports laid side by side (pipeline.cluster.wording): log-odds.
WORDING = "wording"
#: Taken from what the last trees say: among the pairs they learned from more are one event than among those that are
#: left in doubt in a run. Found by the precision in the invented fortnights (docs/stories.md).
PRIOR = 0.4
#: A single pair counts for at most this much, for or against, when clusters are averaged.
LIMIT = 6.0


@lru_cache(maxsize=1)
def load_stored() -> dict[str, Any]:
    """What WEIGHTS holds."""
    stored: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return stored


@lru_cache(maxsize=1)
def load_weights() -> tuple[NDArray[np.float32], float]:
    """Weights and bias of the regression, in the order of FEATURES."""
    model = load_stored()
    return np.array([model["weights"][name] for name in FEATURES], dtype=np.float32), float(model["bias"])


@lru_cache(maxsize=1)
def load_trees() -> Trees:
    """The trees over FEATURES and MORE_FEATURES."""
    with np.load(TREES, allow_pickle=False) as arrays:
        return read_trees(arrays)


@lru_cache(maxsize=1)
def load_last_trees() -> Trees:
    """The trees over FEATURES, MORE_FEATURES and WORDING."""
    with np.load(LAST_TREES, allow_pickle=False) as arrays:
        return read_trees(arrays)


def threshold() -> float:
    """Mean log-odds from which two clusters are one story."""
    return float(load_stored()["threshold"])


def lone() -> float:
    """What a single pair must have beyond the threshold to found a story."""
    return float(load_stored()["lone"])


def score(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-odds that the pair is one event, -LIMIT to LIMIT; `features` has the columns of FEATURES."""
    weights, bias = load_weights()
    return _limited(features @ weights + bias)


def score_closely(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same by the trees; `features` has the columns of FEATURES and MORE_FEATURES."""
    return _limited(log_odds(load_trees(), features))


def score_by_words(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same by the last trees; `features` has the columns of FEATURES, MORE_FEATURES and WORDING."""
    return _limited(log_odds(load_last_trees(), features) - np.float32(PRIOR))


def reasons(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each column adds to the log-odds, by the model that has these columns; same shape as `features`."""
    if features.shape[1] == len(FEATURES):
        return np.asarray(features * load_weights()[0], dtype=np.float32)
    last = features.shape[1] > len(FEATURES) + len(MORE_FEATURES)
    return contributions(load_last_trees() if last else load_trees(), features)


def _limited(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.clip(scores, -LIMIT, LIMIT).astype(np.float32)
