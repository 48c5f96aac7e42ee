"""Boosted decision trees in plain arrays: their sum, and what each feature adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Rows are worked through in blocks of this many, to bound memory.
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Trees:
    """All nodes of all trees one after another; a leaf is its own left and right child."""

    #: Node number of each tree's root.
    roots: NDArray[np.int32]
    #: Column that a node asks for, and the largest value that goes left; zero and infinity for leaves.
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    #: What a leaf adds to the log-odds; of an inner node the mean of its leaves over the training pairs.
    value: NDArray[np.float32]
    #: Levels of the deepest tree.
    depth: int
    #: Log-odds before any tree.
    bias: float


def read_trees(arrays: Mapping[str, Any]) -> Trees:
    """Trees from the arrays of `data/pair_trees.npz`, named as the fields of Trees."""
    return Trees(
        roots=arrays["roots"],
        feature=arrays["feature"],
        threshold=arrays["threshold"],
        left=arrays["left"],
        right=arrays["right"],
        value=arrays["value"],
        depth=int(arrays["depth"]),
        bias=float(arrays["bias"]),
    )


def log_odds(trees: Trees, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum of bias and leaves, shape (n,), for features of shape (n, columns)."""
    found = np.empty(len(features), dtype=np.float32)
    for start in range(0, len(features), _BLOCK):
        rows = features[start : start + _BLOCK]
        node = np.broadcast_to(trees.roots, (len(rows), len(trees.roots)))
        for _ in range(trees.depth):
            node = _step(trees, rows, node)
        found[start : start + _BLOCK] = trees.bias + trees.value[node].sum(axis=1)
    return found


def contributions(trees: Trees, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each feature adds: the change of the mean at every node that asks for it; same shape as `features`.

    The row sums and the bias with the roots' means make `log_odds`.
    Source: Saabas, "Interpreting random forests" (2014).
    """
    added = np.zeros(features.shape, dtype=np.float32)
    node = np.broadcast_to(trees.roots, (len(features), len(trees.roots)))
    rows = np.broadcast_to(np.arange(len(features))[:, None], node.shape)
    for _ in range(trees.depth):
        after = _step(trees, features, node)
        np.add.at(added, (rows, trees.feature[node]), trees.value[after] - trees.value[node])
        node = after
    return added


def _step(trees: Trees, features: NDArray[np.float32], node: NDArray[np.int32]) -> NDArray[np.int32]:
    asked = np.take_along_axis(features, trees.feature[node].astype(np.int64), axis=1)
    below: NDArray[np.int32] = np.where(asked <= trees.threshold[node], trees.left[node], trees.right[node])
    return below
