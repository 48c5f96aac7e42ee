"""Flaws and malware known by names of their own: another name is another event, though the author be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.signature import Signature, find_words, head, plain_title
from pipeline.model import Article
from pipeline.text.nicknames import find_nicknames

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Named:
    """Columns of the words of an article's nicknames."""

    #: Of those that the title holds.
    in_title: frozenset[int]
    #: The same, or of the first that the text gives where the title holds none: later ones may be of earlier flaws.
    own: frozenset[int]


class Nicknames:
    """The nicknames of a batch, read when a pair is asked for: few articles give one, and few pairs come so far."""

    def __init__(
        self, articles: Sequence[Article], signatures: Sequence[Signature], boilerplate: frozenset[tuple[str, str]]
    ) -> None:
        self._articles, self._signatures, self._boilerplate = articles, signatures, boilerplate
        self._read: dict[int, _Named | None] = {}

    def differ(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether one title holds a nickname that the other lacks, and the other tells of one that the first lacks.

        The second may well name the first's in its text, as what came before.
        """
        pairs = zip(left.tolist(), right.tolist(), strict=True)
        return np.array([self._tells_of_another(a, b) or self._tells_of_another(b, a) for a, b in pairs], dtype=bool)

    def _tells_of_another(self, row: int, other: int) -> bool:
        mine, theirs = self._named(row), self._named(other)
        if mine is None or theirs is None or not mine.in_title:
            return False
        their_title, my_words = self._signatures[other].title, self._signatures[row].words
        return not (mine.in_title & set(their_title.tolist()) or theirs.own & set(my_words.tolist()))

    def _named(self, row: int) -> _Named | None:
        if row not in self._read:
            self._read[row] = _find(self._articles[row], self._boilerplate)
        return self._read[row]


def _find(article: Article, boilerplate: frozenset[tuple[str, str]]) -> _Named | None:
    title = plain_title(article)
    names = [find_words(found.name) for found in find_nicknames(f"{title}\n{head(article, boilerplate)}")]
    names = [name for name in names if name]
    if not names:
        return None
    words = find_words(title)
    in_title = _NONE.union(*(name for name in names if name <= words))
    return _Named(in_title, in_title or names[0])
