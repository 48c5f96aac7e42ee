"""What two reports tell of a sanction, whatever their languages: the land, the kind of measure, the sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.signature import Signature

#: Largest sums of an article that are compared.
SUMS = 3
#: Distance of the logarithms of two sums up to which they are one, converted or rounded.
NEAR_SUM = 0.12
#: How far two sums of one currency may lie apart and be one: "nearly 15 million" and 14.75.
ROUNDED = 0.03
#: A land counts as told by this many articles of so many beside those of the batch.
_PRIOR, _BESIDE = 20, 400


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of a batch."""

    #: Shape (n, lands): square roots of how rare each land is, so that a product of two rows gives what they share.
    lands: NDArray[np.float32]
    #: A bit for each kind of measure made, and for each kind of measure ended.
    made: NDArray[np.int64]
    ended: NDArray[np.int64]
    #: Shape (n, SUMS): logarithms of the largest sums in euros, NaN where there are fewer.
    sums: NDArray[np.float32]
    #: Words of the names of whom a measure hits, and sums with their currencies.
    targets: list[frozenset[str]]
    paid: list[frozenset[tuple[str | None, float]]]


def build_told(signatures: Sequence[Signature]) -> Told:
    """Lay out what the signatures hold."""
    kinds = sorted({kind for s in signatures for kind in s.made | s.ended})
    bit = {kind: 1 << i for i, kind in enumerate(kinds)}
    made = np.array([sum(bit[kind] for kind in s.made) for s in signatures], dtype=np.int64)
    ended = np.array([sum(bit[kind] for kind in s.ended) for s in signatures], dtype=np.int64)
    targets, paid = [s.targets for s in signatures], [s.paid for s in signatures]
    return Told(_lands(signatures), made, ended, _sums(signatures), targets, paid)


def told_alike(told: Told, a: NDArray[np.int64], b: NDArray[np.int64]) -> list[NDArray[Any]]:
    """Columns land_shared, land_differ, measure_same, measure_differ, sum_near, sum_differ of features.FEATURES."""
    lands = np.einsum("ij,ij->i", told.lands[a], told.lands[b])
    both_lands = told.lands[a].any(axis=1) & told.lands[b].any(axis=1)
    any_measure = (told.made | told.ended) > 0
    both_measures = any_measure[a] & any_measure[b]
    same = same_measure(told, a, b)
    gap = sum_gap(told, a, b)
    return [lands, both_lands & (lands == 0), same, both_measures & ~same, gap < NEAR_SUM, gap >= NEAR_SUM]


def same_measure(told: Told, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether both tell of a measure of one kind, or of the end of one."""
    same: NDArray[np.bool_] = ((told.made[a] & told.made[b]) | (told.ended[a] & told.ended[b])) > 0
    return same


def ended(told: Told, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether one tells only of a measure's end, and the other only of its making."""
    opposite = ((told.made[a] & told.ended[b]) | (told.ended[a] & told.made[b])) > 0
    found: NDArray[np.bool_] = opposite & ~same_measure(told, a, b)
    return found


def sum_gap(told: Told, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float32]:
    """Least distance of the logarithms of any two sums, one of each article; NaN where one of them tells of none."""
    gap = np.full(len(a), np.nan, dtype=np.float32)
    rows = np.flatnonzero(~np.isnan(told.sums[a, 0]) & ~np.isnan(told.sums[b, 0]))
    if len(rows):
        gap[rows] = np.nanmin(np.abs(told.sums[a[rows]][:, :, None] - told.sums[b[rows]][:, None, :]), axis=(1, 2))
    return gap


def other_targets(told: Told, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a measure of one kind hits names without a word in common, with another sum of the same currency.

    A company and its parent share the sum of their fine, and another currency is converted and rounded.
    """
    apart: NDArray[np.bool_] = same_measure(told, a, b) & ~np.isnan(told.sums[a, 0]) & ~np.isnan(told.sums[b, 0])
    for row in np.flatnonzero(apart).tolist():
        apart[row] = _are_apart(told, int(a[row]), int(b[row]))
    return apart


def _are_apart(told: Told, a: int, b: int) -> bool:
    mine, theirs = told.targets[a], told.targets[b]
    if not mine or not theirs or mine & theirs:
        return False
    gaps = [abs(one / other - 1) for unit, one in told.paid[a] for also, other in told.paid[b] if unit == also]
    return bool(gaps) and min(gaps) > ROUNDED


def _lands(signatures: Sequence[Signature]) -> NDArray[np.float32]:
    column = {land: i for i, land in enumerate(sorted({land for s in signatures for land in s.lands}))}
    rows = np.zeros((len(signatures), max(1, len(column))), dtype=np.float32)
    for row, signature in enumerate(signatures):
        for land in signature.lands:
            rows[row, column[land]] = 1.0
    rare = -np.log((rows.sum(axis=0) + _PRIOR) / (len(signatures) + _BESIDE))
    weighted: NDArray[np.float32] = rows * np.sqrt(np.maximum(rare, 0.0), dtype=np.float32)
    return weighted


def _sums(signatures: Sequence[Signature]) -> NDArray[np.float32]:
    rows = np.full((len(signatures), SUMS), np.nan, dtype=np.float32)
    for row, signature in enumerate(signatures):
        if largest := signature.sums[-SUMS:]:
            rows[row, : len(largest)] = np.log(largest)
    return rows
