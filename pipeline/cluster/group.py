"""Average linkage over a graph of scored pairs: clusters are joined when their articles agree on the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

Pairs = NDArray[np.int64]
Scorer = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]

#: Between two large clusters this many pairs are compared instead of all.
SAMPLE = 150
#: Rounds end by themselves; the bound only guards against an error.
_ROUNDS = 500


def agglomerate(
    count: int,
    pairs: Pairs,
    scores: NDArray[np.float32],
    scorer: Scorer,
    *,
    threshold: float,
    lone: float = 0.0,
    start: NDArray[np.int64] | None = None,
    apart: Iterable[tuple[int, int]] = (),
) -> NDArray[np.int64]:
    """Join clusters while the best mean score between two of them reaches the threshold.

    Two clusters are joined in a round when each is the other's best, which for average linkage gives the same tree as
    joining the best pair of all one by one. Before they are joined, all their pairs are scored, not only those the
    candidate search brought up: a chain of look-alikes breaks where its ends disagree.

    Args:
        count: Number of units, 0 to count - 1.
        pairs: Candidate pairs (m, 2), first < second.
        scores: Log-odds of each pair.
        scorer: Scores further pairs.
        threshold: Mean log-odds from which two clusters are one.
        lone: What a single pair must have beyond that; n pairs, whose errors make up for each other, an n-th of it.
        start: Cluster of each unit to begin with; every unit alone when None.
        apart: Pairs of units that must never meet.
    Returns:
        Label per unit: the smallest unit number of its cluster.

    Source: Müllner, "Modern hierarchical, agglomerative clustering algorithms", arXiv:1109.2378 (reducibility).
    """
    label = np.arange(count) if start is None else _smallest(start)
    barred = [(int(a), int(b)) for a, b in apart]
    left, right, value = pairs[:, 0], pairs[:, 1], scores.astype(np.float64)
    for _ in range(_ROUNDS):
        a, b, mean, known, index = _between(label, left, right, value)
        if len(a):
            mean = _bar(label, a, b, mean, barred)
        size = np.bincount(label, minlength=count)
        good = mean >= threshold + lone / (size[a] * size[b])
        a, b, mean, known = a[good], b[good], mean[good], known[good]
        best = _mutual(count, a, b, mean)
        a, b, known = a[best], b[best], known[best]
        if not len(a):
            return label
        complete = known >= np.minimum(size[a] * size[b], SAMPLE)
        _join(label, a[complete], b[complete])
        more = _missing(label, a[~complete], b[~complete], left[index], right[index])
        if len(more):
            left, right = np.concatenate([left, more[:, 0]]), np.concatenate([right, more[:, 1]])
            value = np.concatenate([value, scorer(more[:, 0], more[:, 1])])
    return label


def _between(
    label: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64], value: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Mean and number of scored pairs between any two clusters, and which pairs still lie between clusters."""
    a, b = label[left], label[right]
    low, high = np.minimum(a, b), np.maximum(a, b)
    index = np.flatnonzero(low != high)
    width = len(label)
    keys, inverse = np.unique(low[index] * width + high[index], return_inverse=True)
    known = np.bincount(inverse, minlength=len(keys))
    # Rounded, so that the order of summing does not decide between equals.
    mean = np.round(np.bincount(inverse, weights=value[index], minlength=len(keys)) / np.maximum(known, 1), 6)
    return keys // width, keys % width, mean, known, index


def _mutual(count: int, a: NDArray[np.int64], b: NDArray[np.int64], mean: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows in which each cluster is the other's best; among equals the smaller numbers win."""
    order = np.lexsort((b, a, -mean))
    first = np.full(count, -1)
    for side in (a, b):
        ranks = np.full(count, len(order))
        np.minimum.at(ranks, side[order], np.arange(len(order)))
        first = np.where(first < 0, ranks, np.minimum(first, ranks))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.flatnonzero((first[a] == rank) & (first[b] == rank))


def _join(label: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]) -> None:
    new = np.arange(len(label))
    new[b] = a
    label[:] = new[label]


def _missing(
    label: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64],
    left: NDArray[np.int64], right: NDArray[np.int64],
) -> Pairs:  # fmt: skip
    """The pairs between clusters a and b that were not scored yet; an even choice where there are too many."""
    if not len(a):
        return np.zeros((0, 2), dtype=np.int64)
    wanted = np.isin(label, np.concatenate([a, b]))
    members: dict[int, NDArray[np.int64]] = {}
    units = np.flatnonzero(wanted)
    order = np.argsort(label[units], kind="stable")
    for cluster, part in zip(*_split(label[units][order], units[order]), strict=True):
        members[int(cluster)] = part
    width = len(label)
    asked = np.concatenate([_cross(members[int(x)], members[int(y)]) for x, y in zip(a, b, strict=True)])
    asked = np.sort(asked, axis=1)
    keys = asked[:, 0] * width + asked[:, 1]
    have = np.minimum(left, right) * width + np.maximum(left, right)
    return asked[~np.isin(keys, have)]


def _split(labels: NDArray[np.int64], units: NDArray[np.int64]) -> tuple[list[int], list[NDArray[np.int64]]]:
    names, starts = np.unique(labels, return_index=True)
    return list(names), np.split(units, starts[1:])


def _cross(a: NDArray[np.int64], b: NDArray[np.int64]) -> Pairs:
    total = len(a) * len(b)
    if total <= 4 * SAMPLE:
        chosen = np.arange(total)
    else:
        chosen = np.unique(np.linspace(0, total - 1, 4 * SAMPLE).astype(np.int64))
    return np.stack([a[chosen // len(b)], b[chosen % len(b)]], axis=1)


def _bar(
    label: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64], mean: NDArray[np.float64],
    barred: list[tuple[int, int]],
) -> NDArray[np.float64]:  # fmt: skip
    if not barred:
        return mean
    keys = {(min(label[x], label[y]), max(label[x], label[y])) for x, y in barred}
    hit = np.fromiter(((x, y) in keys for x, y in zip(a, b, strict=True)), dtype=bool, count=len(a))
    return np.where(hit, -np.inf, mean)


def _smallest(start: NDArray[np.int64]) -> NDArray[np.int64]:
    _, first, inverse = np.unique(start, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int64)
