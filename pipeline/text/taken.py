"""Which parts of a text are read already, so that nothing is found twice."""

from __future__ import annotations


class Taken:
    """Marks on the code points of one text; a span is half-open, (start, end)."""

    __slots__ = ("_marks",)

    def __init__(self, text: str) -> None:
        self._marks = bytearray(len(text))

    def add(self, start: int, end: int) -> None:
        """Take a span, whatever is taken of it already."""
        self._marks[start:end] = b"\x01" * (end - start)

    def claim(self, start: int, end: int) -> bool:
        """Take a span of which nothing is taken; whether it was so."""
        if self.meets(start, end):
            return False
        self.add(start, end)
        return True

    def meets(self, start: int, end: int) -> bool:
        """Whether any part of a span is taken."""
        return 1 in self._marks[start:end]

    def covers(self, start: int, end: int) -> bool:
        """Whether all of a span is taken."""
        return 0 not in self._marks[start:end]

    def at(self, position: int) -> bool:
        """Whether one code point is taken."""
        return bool(self._marks[position])
