"""Which pairs of articles are worth comparing: near in meaning, or sharing rare words or a name; never all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.tokens import fold
from pipeline.text.lands import find_lands

#: Cosine from which two articles are compared; true pairs of the training data lie above in 97 of 100.
FLOOR = 0.38
#: Most neighbours looked at per article.
NEIGHBOURS = 20
#: Up to this many rows all vectors are compared with all; beyond, those of neighbouring cells.
EXACT = 12_000
_BLOCK = 1024
_CELL = 256
_PROBES = 6
#: A token held by more articles than this says too little to bring two together.
_RARE = 8
_WORD = re.compile(r"[^\W\d_]{3,}")

Pairs = NDArray[np.int64]


def neighbours(vectors: NDArray[np.float32], fresh: NDArray[np.bool_]) -> Pairs:
    """Pairs (i, j), i < j, with cosine of FLOOR or more and one of them fresh; shape (m, 2), sorted, unique.

    Args:
        vectors: Unit rows; zero rows have no neighbours.
        fresh: Rows that are new; pairs of two old rows are left out.
    """
    rows = np.flatnonzero(fresh & vectors.any(axis=1))
    if len(vectors) <= EXACT or len(rows) * len(vectors) <= EXACT * EXACT:
        return _unique([_nearest(vectors, rows[i : i + _BLOCK], None) for i in range(0, len(rows), _BLOCK)])
    return _in_cells(vectors, rows)


def rare_tokens(present: Any) -> NDArray[np.int64]:
    """Columns of the tokens that two articles or a few more hold, ascending.

    Args:
        present: Sparse, shape (articles, columns): which article holds which token.
    """
    frequency = np.bincount(present.indices, minlength=present.shape[1])
    return np.flatnonzero((frequency >= 2) & (frequency <= _RARE))


def sharing(columns: Any, rare: NDArray[np.int64], fresh: NDArray[np.bool_], *, least: int) -> Pairs:
    """Pairs that share at least so many rare tokens, however unlike they are otherwise; shape as `neighbours`.

    Args:
        columns: Sparse, shape (articles, columns): the tokens that count, of the whole articles or of their titles.
        rare: From `rare_tokens` of the whole articles.
        fresh: Rows that are new; pairs of two old rows are left out.
        least: Tokens that a pair must share.
    """
    if not len(rare):
        return _unique([])
    chosen = columns.tocsc()[:, rare]
    shared = (chosen @ chosen.T).tocoo()
    keep = (shared.data >= least) & (shared.row < shared.col) & (fresh[shared.row] | fresh[shared.col])
    return _unique([np.stack([shared.row[keep], shared.col[keep]], axis=1).astype(np.int64)])


def namesakes(titles: Sequence[str], fresh: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Old rows whose titles share a capitalised word, as it is written, with a new one and with hardly any other."""
    asked = frozenset(chain.from_iterable(map(_find_names, compress(titles, fresh.tolist()))))
    holders: dict[str, list[int]] = {}
    for row in np.flatnonzero(~fresh).tolist() if asked else ():
        for name in asked.intersection(_WORD.findall(titles[row])):
            holders.setdefault(name, []).append(row)
    found = (rows for rows in holders.values() if len(rows) < _RARE)
    return np.unique(np.fromiter(chain.from_iterable(found), dtype=np.int64))


def share_lands_alone(one: str, other: str) -> bool:
    """Whether the names that two titles share, as they are written, are all of lands: much happens in a land."""
    shared = frozenset(map(fold, _find_names(one))) & frozenset(map(fold, _find_names(other)))
    return bool(shared) and all(map(find_lands, shared))


def join(*pairs: Pairs) -> Pairs:
    """All pairs once, sorted."""
    return _unique(list(pairs))


def without(pairs: Pairs, others: Pairs) -> Pairs:
    """The pairs that are not among the others."""
    width = int(max(pairs.max(initial=0), others.max(initial=0))) + 1
    new: Pairs = pairs[~np.isin(pairs @ (width, 1), others @ (width, 1))]
    return new


def _find_names(title: str) -> Iterator[str]:
    return (word for word in _WORD.findall(title) if word != word.lower())


def _nearest(vectors: NDArray[np.float32], rows: NDArray[np.int64], within: NDArray[np.int64] | None) -> Pairs:
    others = vectors if within is None else vectors[within]
    cosine = vectors[rows] @ others.T
    hit = cosine >= FLOOR
    # One more than the neighbours, for the article itself.
    for row in np.flatnonzero(np.count_nonzero(hit, axis=1) > NEIGHBOURS + 1):
        found = np.flatnonzero(hit[row])
        # Rounded, so that the last bits, which depend on the shape of the block, do not decide between equals.
        rank = np.round(cosine[row, found] * 10_000).astype(np.int64) * len(found) - np.arange(len(found))
        nearest = np.argpartition(-rank, NEIGHBOURS)[: NEIGHBOURS + 1]
        hit[row] = False
        hit[row, found[nearest]] = True
    # `np.nonzero` takes ten times as long on two dimensions.
    left, right = np.divmod(np.flatnonzero(hit), hit.shape[1])
    a, b = rows[left], right if within is None else within[right]
    a, b = np.minimum(a, b), np.maximum(a, b)
    return np.stack([a[a != b], b[a != b]], axis=1)


def _in_cells(vectors: NDArray[np.float32], rows: NDArray[np.int64]) -> Pairs:
    """Inverted file: rows are kept under their nearest centre and looked for under the nearest few."""
    filled = np.flatnonzero(vectors.any(axis=1))
    centres = _centres(vectors, filled)
    home, near = np.zeros(len(filled), dtype=np.int64), np.zeros((len(filled), _PROBES), dtype=np.int64)
    for i in range(0, len(filled), 4 * _BLOCK):
        cosine = vectors[filled[i : i + 4 * _BLOCK]] @ centres.T
        top = np.argpartition(-cosine, _PROBES - 1, axis=1)[:, :_PROBES]
        near[i : i + len(cosine)] = top
        home[i : i + len(cosine)] = cosine.argmax(axis=1)
    asks = np.isin(filled, rows)
    order = np.argsort(home, kind="stable")
    starts = np.searchsorted(home[order], np.arange(len(centres) + 1))
    askers = np.flatnonzero(asks)
    flat = near[askers].ravel()
    by_cell = np.argsort(flat, kind="stable")
    ask_starts = np.searchsorted(flat[by_cell], np.arange(len(centres) + 1))
    found = []
    for cell in range(len(centres)):
        members = filled[order[starts[cell] : starts[cell + 1]]]
        asking = filled[askers[by_cell[ask_starts[cell] : ask_starts[cell + 1]] // _PROBES]]
        if len(members) and len(asking):
            found += [_nearest(vectors, asking[i : i + _BLOCK], members) for i in range(0, len(asking), _BLOCK)]
    return _unique(found)


def _centres(vectors: NDArray[np.float32], filled: NDArray[np.int64]) -> NDArray[np.float32]:
    """Spherical k-means on an evenly drawn sample, begun from evenly drawn rows: no chance in it."""
    count = max(2, len(filled) // _CELL)
    sample = vectors[filled[np.linspace(0, len(filled) - 1, min(len(filled), 40 * count)).astype(np.int64)]]
    centres = sample[np.linspace(0, len(sample) - 1, count).astype(np.int64)].copy()
    for _ in range(4):
        home = np.concatenate(
            [(sample[i : i + 4 * _BLOCK] @ centres.T).argmax(axis=1) for i in range(0, len(sample), 4 * _BLOCK)]
        )
        order = np.argsort(home, kind="stable")
        present, starts = np.unique(home[order], return_index=True)
        sums = np.add.reduceat(sample[order], starts, axis=0)
        centres[present] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    return centres


def _unique(pairs: list[Pairs]) -> Pairs:
    if not pairs:
        return np.zeros((0, 2), dtype=np.int64)
    both = np.concatenate(pairs)
    if not len(both):
        return both.reshape(0, 2)
    width = int(both.max()) + 1
    keys = np.unique(both[:, 0] * width + both[:, 1])
    return np.stack([keys // width, keys % width], axis=1)
