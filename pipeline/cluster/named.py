"""Flaws and malware known by names of their own: another name is another event, one name of a flaw is one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.signature import Signature, head, plain_title
from pipeline.cluster.tokens import find_words, fold
from pipeline.model import Article
from pipeline.text.nicknames import find_nicknames

_NONE: frozenset[int] = frozenset()
_NO_NAMES: frozenset[str] = frozenset()
#: Letters of a name that no other word is likely to hold.
_LONG_ENOUGH = 6


@dataclass(frozen=True, slots=True)
class _Named:
    """Columns of the words of an article's nicknames."""

    #: Of those that the title holds.
    in_title: frozenset[int]
    #: The same, or of the first that the text gives where the title holds none: later ones may be of earlier flaws.
    own: frozenset[int]
    #: Names that title or text gives to flaws, and to nothing else, folded and without spaces.
    flaws: frozenset[str]


class Nicknames:
    """The nicknames of a batch, read when a pair is asked for: few articles give one, and few pairs come so far."""

    def __init__(
        self, articles: Sequence[Article], signatures: Sequence[Signature], boilerplate: frozenset[tuple[str, str]]
    ) -> None:
        self._articles, self._signatures, self._boilerplate = articles, signatures, boilerplate
        self._read: dict[int, _Named | None] = {}
        #: Names of flaws, None until they were learned; and those that the title of a row holds.
        self._flaws: frozenset[str] | None = None
        self._titles: dict[int, frozenset[str]] = {}

    def differ(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether one title holds a nickname that the other lacks, and the other tells of one that the first lacks.

        The second may well name the first's in its text, as what came before.
        """
        # Most articles give no name. Those of many pairs are read first, so that others need not be read at all.
        pairs = np.bincount(np.concatenate([left, right]), minlength=1)
        first = pairs[left] >= pairs[right]
        both = zip(np.where(first, left, right).tolist(), np.where(first, right, left).tolist(), strict=True)
        return np.array([self._are_other_names(a, b) for a, b in both], dtype=bool)

    def name_one(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether both titles hold a name, however spaced, that is given to a flaw by an article of the first pairs.

        Names are learned from these once, so that a pair gets the same answer whenever it is asked for.
        """
        if self._flaws is None:
            found = map(self._named, np.union1d(left, right).tolist())
            self._flaws = _NO_NAMES.union(*(named.flaws for named in found if named is not None))
        pairs = zip(left.tolist(), right.tolist(), strict=True)
        return np.array([bool(self._flaws_in_title(a) & self._flaws_in_title(b)) for a, b in pairs], dtype=bool)

    def _flaws_in_title(self, row: int) -> frozenset[str]:
        if row not in self._titles:
            title = _close_up(plain_title(self._articles[row]))
            self._titles[row] = frozenset(name for name in self._flaws or () if name in title)
        return self._titles[row]

    def _are_other_names(self, row: int, other: int) -> bool:
        mine = self._named(row)
        theirs = self._named(other) if mine is not None else None
        if mine is None or theirs is None:
            return False
        return self._lacks(row, mine, other, theirs) or self._lacks(other, theirs, row, mine)

    def _lacks(self, row: int, mine: _Named, other: int, theirs: _Named) -> bool:
        """Whether the row's title holds a name that the other title lacks, and the row none of what the other tells."""
        their_title, my_words = self._signatures[other].title, self._signatures[row].words
        shared = mine.in_title & set(their_title.tolist()) or theirs.own & set(my_words.tolist())
        return bool(mine.in_title) and not shared

    def _named(self, row: int) -> _Named | None:
        if row not in self._read:
            self._read[row] = _find(self._articles[row], self._boilerplate)
        return self._read[row]


def _find(article: Article, boilerplate: frozenset[tuple[str, str]]) -> _Named | None:
    title = plain_title(article)
    found = find_nicknames(f"{title}\n{head(article, boilerplate)}")
    names = [name for nickname in found if (name := find_words(nickname.name))]
    if not names:
        return None
    words = find_words(title)
    in_title = _NONE.union(*(name for name in names if name <= words))
    flaws = (_close_up(nickname.name) for nickname in found if nickname.of_flaw)
    return _Named(in_title, in_title or names[0], frozenset(name for name in flaws if len(name) >= _LONG_ENOUGH))


def _close_up(text: str) -> str:
    """Folded letters and digits alone: "Dirty Frag" is written "DirtyFrag" too."""
    return "".join(filter(str.isalnum, fold(text)))
