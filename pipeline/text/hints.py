"""Letters that rule a word pattern out without a search.

Whatever a pattern matches holds the letters that it spells out: "(?:has been )?fined \\w+" holds "fined". Looking for
letters in a text takes a hundredth of the time of a search, and most texts hold none of most patterns.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# The parser of the standard library: how a pattern is to be read is not for us to say a second time.
from re import _constants as _code  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from ahocorasick_rs import AhoCorasick

from pipeline.text.normalise import FIRST_IDEOGRAPH

_SHORTEST_HINT = 2
#: More choices than this in one place are slower to look for than the pattern is to search.
_MOST = 40
#: "\u0307" is the dot that `str.lower` leaves of İ.
_ODD = ("ı", "\u0307", "ſ", "ς")
_ALIKE = str.maketrans({"ı": "i", "\u0307": None, "ſ": "s", "ς": "σ"})
_ZERO_WIDTH = frozenset({_code.AT, _code.ASSERT, _code.ASSERT_NOT})
_REPEATS = frozenset({_code.MAX_REPEAT, _code.MIN_REPEAT, _code.POSSESSIVE_REPEAT})


def hints(words: Sequence[str]) -> tuple[str, ...]:
    """Small letters of which one stands in any text that one of the patterns matches; none where a pattern has none."""
    found: list[str] = []
    for word in words:
        letters = _needed(_parser.parse(word))
        if not letters:
            return ()
        found.extend(letters)
    return _shortest(found)


@dataclass(frozen=True, slots=True)
class WordPattern:
    """A pattern that is searched only in texts with one of its hints."""

    pattern: re.Pattern[str]
    hints: tuple[str, ...]

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As of `re.Pattern`."""
        return self.pattern.search(text, start, end) if self._may_match(text) else None

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As of `re.Pattern`."""
        return self.pattern.match(text, start)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As of `re.Pattern`."""
        return self.pattern.finditer(text) if self._may_match(text) else iter(())

    def _may_match(self, text: str) -> bool:
        return not self.hints or holds_any(small_letters(text), self.hints)


@lru_cache(maxsize=64)
def small_letters(text: str) -> str:
    """The text as hints are written: letters that a pattern takes for one, whatever their case, are one.

    A pattern that ignores case takes the Turkish İ and ı for i, and ſ for s; `str.lower` does not. Remembered, since
    every pattern asks for those of the same sentence.
    """
    lowered = text.lower()
    return lowered.translate(_ALIKE) if any(sign in lowered for sign in _ODD) else lowered


def holds_any(text: str, some: Iterable[str]) -> bool:
    """Whether one of these stands in the text."""
    for letters in some:  # noqa: SIM110 - asked of every sentence and rule; a generator doubles the time
        if letters in text:
            return True
    return False


class Letters:
    """Many letters (words, parts of words) that are looked for in one walk through a text."""

    def __init__(self, some: Sequence[str]) -> None:
        self._find = AhoCorasick(some).find_matches_as_indexes

    def held_by(self, text: str) -> set[int]:
        """Numbers of those that stand in the text, also inside one another."""
        try:
            found = self._find(text, overlapping=True)
        except UnicodeEncodeError:  # half a pair of surrogates, which no page should hold
            found = self._find(text.encode("utf-8", "replace").decode("utf-8"), overlapping=True)
        return {number for number, _, _ in found}


def _needed(parsed: Iterable[tuple[Any, Any]]) -> tuple[str, ...]:
    """The choices of letters, one of which any match holds: of all places of the pattern the most telling."""
    best: tuple[str, ...] = ()
    run = ""
    for code, value in parsed:
        if code is _code.LITERAL:
            run += small_letters(chr(value))
            continue
        if code in _ZERO_WIDTH:
            continue
        best, run = max(best, _choice([run]), _inside(code, value), key=_worth), ""
    return max(best, _choice([run]), key=_worth)


def _inside(code: Any, value: Any) -> tuple[str, ...]:
    """What a part of a pattern needs that is more than a letter."""
    if code is _code.SUBPATTERN:
        return _needed(value[-1])
    if code is _code.ATOMIC_GROUP:
        return _needed(value)
    if code in _REPEATS and value[0] > 0:
        return _needed(value[2])
    if code is _code.BRANCH:
        choices = [_needed(branch) for branch in value[1]]
        return _choice([letters for some in choices for letters in some]) if all(choices) else ()
    return ()


def _choice(letters: Sequence[str]) -> tuple[str, ...]:
    """The letters as a choice; none where one of them says too little, or they are too many."""
    if len(letters) > _MOST or not all(len(some) >= _SHORTEST_HINT or some > chr(FIRST_IDEOGRAPH) for some in letters):
        return ()
    return _shortest(letters)


def _shortest(letters: Iterable[str]) -> tuple[str, ...]:
    """Each once, without those that hold another."""
    some = tuple(dict.fromkeys(letters))
    return tuple(one for one in some if not any(other != one and other in one for other in some))


def _worth(choice: tuple[str, ...]) -> tuple[int, int]:
    """Long letters are rare ones; an ideograph says as much as three letters."""
    if not choice:
        return 0, 0
    return min(sum(3 if sign > chr(FIRST_IDEOGRAPH) else 1 for sign in one) for one in choice), -len(choice)
