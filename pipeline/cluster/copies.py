"""Near-copies: one text on many sites. They are sources of a story, but count as one vote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.signature import Signature
from pipeline.cluster.tokens import COLUMNS

#: Share of tokens in common from which one text is a copy of the other; 0.75 on hand-read pairs of a news stream
#: parts wire copies, cut or lightly edited, from second reports.
SAME = 0.75
#: A text of fewer tokens is not called a copy: two short notices agree by chance.
SHORT = 20
#: Share of the shorter text's tokens found in the longer: a teaser of the whole article.
WITHIN = 0.92
#: Least likeness of two titles for an article to be the outlet's own again, and for copies to be folded unread.
_TITLES = 0.5
_HOURS, _WEEK = timedelta(hours=18), timedelta(days=7)
_BANDS, _ROWS = 6, 3
#: Of a hash so many bits are kept.
_BITS = np.uint64(COLUMNS * 4096 - 1)
#: Copies are looked for among this many first articles of a bucket or a story.
_HEADS = 12


def is_copy(a: Signature, b: Signature) -> bool:
    """Whether the two texts are one, reprinted: the same words, no other CVE id and no other number."""
    small, large = (a, b) if len(a.words) <= len(b.words) else (b, a)
    if len(small.words) < SHORT or not small.cves <= large.cves:
        return False
    if len(small.words) < WITHIN * len(large.words) * SAME and len(small.words) < 2 * SHORT:
        return False
    shared = _common(small.words, large.words)
    union = len(small.words) + len(large.words) - shared
    if shared < WITHIN * len(small.words) and shared < SAME * union:
        return False
    return _common(small.numbers, large.numbers) == len(small.numbers)


def find_copies(signatures: Sequence[Signature], outlets: Sequence[str]) -> dict[int, int]:
    """Within one story, articles in time order: row -> the earlier row it copies.

    One outlet under another title is no copy of itself: what agrees is then its boilerplate.
    """
    heads: list[int] = []
    copies: dict[int, int] = {}
    for row, signature in enumerate(signatures):
        original = None
        for head in heads[:_HEADS]:
            own = outlets[head] == outlets[row] and _alike(signatures[head].title, signature.title) < _TITLES
            if not own and is_copy(signatures[head], signature):
                original = head
                break
        if original is None:
            heads.append(row)
        else:
            copies[row] = original
    return copies


def fold_copies(signatures: Sequence[Signature], outlets: Sequence[str]) -> NDArray[np.int64]:
    """Row -> the earliest row it is a near-copy of, itself when of none: found by hashing, not by comparing all.

    10,000 copies fold in linear time.

    Source: Broder, "On the resemblance and containment of documents" (1997).
    """
    original = np.arange(len(signatures))
    if not any(len(s.words) for s in signatures):
        return original
    long_enough = np.array([len(s.words) >= SHORT for s in signatures])
    # Folded articles agree in all CVE ids and numbers: rows that differ there need not be compared.
    codes: dict[tuple[frozenset[str], bytes], int] = {}
    exact = np.array([codes.setdefault((s.cves, s.numbers.tobytes()), len(codes)) for s in signatures], dtype=np.int64)
    for band in _bands(signatures):
        waiting = np.flatnonzero(long_enough & (original == np.arange(len(original))))
        in_band = np.unique(band[waiting], return_inverse=True)[1]
        keys = in_band * len(codes) + exact[waiting]
        _, bucket, members = np.unique(keys, return_inverse=True, return_counts=True)
        shared = members[bucket] > 1
        buckets: dict[int, list[int]] = {}
        for row, key in zip(waiting[shared].tolist(), bucket[shared].tolist(), strict=True):
            heads = buckets.setdefault(key, [])
            mine = signatures[row]
            found = next(
                (h for h in heads if _is_fold(signatures[h], mine, one_outlet=outlets[h] == outlets[row])), None
            )
            if found is not None:
                original[row] = original[found]
            elif len(heads) < _HEADS:
                heads.append(row)
    while (original[original] != original).any():
        original = original[original]
    return original


def _is_fold(a: Signature, b: Signature, *, one_outlet: bool) -> bool:
    """Stricter than `is_copy`: like titles, nearly the same words, near in time."""
    if a.when is not None and b.when is not None and abs(a.when - b.when) > (_HOURS if one_outlet else _WEEK):
        return False
    if one_outlet and not _names_the_same(a, b):
        return False
    return _alike(a.title, b.title) >= _TITLES and _alike(a.words, b.words) >= 0.9


def _names_the_same(a: Signature, b: Signature) -> bool:
    """Whether the titles agree in number, date and names: an outlet fills one form for many products."""
    same = (a.notice, a.title_date) == (b.notice, b.title_date)
    return same and np.array_equal(a.title_names, b.title_names)


def _alike(a: NDArray[np.int32], b: NDArray[np.int32]) -> float:
    """Jaccard index of two sets of tokens."""
    common = _common(a, b)
    return common / max(len(a) + len(b) - common, 1)


def _common(a: NDArray[np.int32], b: NDArray[np.int32]) -> int:
    """How many tokens two sets share; `np.intersect1d` takes twice as long on so few."""
    both = np.concatenate((a, b))
    both.sort()
    return int(np.count_nonzero(both[1:] == both[:-1]))


def _bands(signatures: Sequence[Signature]) -> list[NDArray[np.int64]]:
    """Bucket numbers per row, one array per band of minimum hashes."""
    lengths = np.array([len(s.words) for s in signatures], dtype=np.int64)
    empty = lengths == 0
    starts = np.cumsum(lengths) - lengths
    columns = np.concatenate([s.words for s in signatures]).astype(np.uint64)
    bands = []
    for band in range(_BANDS):
        key = np.zeros(len(signatures), dtype=np.uint64)
        for row in range(_ROWS):
            odd = np.uint64(2 * (7_919 * (band * _ROWS + row) + 104_729) + 1)
            hashed = ((columns * odd * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)) & _BITS
            least = np.minimum.reduceat(np.append(hashed, np.uint64(0)), starts)
            key = key * np.uint64(1_000_003) + least
        key[empty] = np.uint64(0)
        bands.append(key.view(np.int64))
    return bands
