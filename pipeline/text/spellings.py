"""Known spellings, looked up in a text that need not part its words: which stand at a place, which in all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Spellings:
    """Spellings, each with what it means; two may mean one thing, and one two things."""

    def __init__(self, meanings: Iterable[tuple[str, str]]) -> None:
        pairs = sorted(meanings, key=lambda pair: (-len(pair[0]), pair))
        #: All spellings are kept under so many of their first letters as the shortest has.
        self._shortest = min((len(spelling) for spelling, _ in pairs), default=1)
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        for spelling, meaning in pairs:
            self._by_start.setdefault(spelling[: self._shortest], []).append((spelling, meaning))

    def at(self, text: str, start: int = 0) -> Iterator[tuple[str, str]]:
        """Spellings that begin at a place, with their meanings, the longest first."""
        some = self._by_start.get(text[start : start + self._shortest], ())
        return (pair for pair in some if text.startswith(pair[0], start))

    def every(self, text: str) -> Iterator[str]:
        """Meanings of all spellings in a text, also of those inside or across others."""
        for start in range(len(text) - self._shortest + 1):
            for spelling, meaning in self._by_start.get(text[start : start + self._shortest], ()):
                if text.startswith(spelling, start):
                    yield meaning

    def longest(self, text: str) -> Iterator[str]:
        """Meanings of the spellings from left to right, the longest at each place, none inside or across another."""
        start = 0
        while start < len(text):
            spelling, meaning = next(self.at(text, start), (text[start], None))
            if meaning is not None:
                yield meaning
            start += len(spelling)
