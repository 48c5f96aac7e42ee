"""What stands between two spaces, read once: most words of a text, commas and all, stand in other texts too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
#: Runs of more code points, such as a sentence in Chinese, do not come again.
_LONGEST = 32
#: So many are remembered before all are forgotten; a morning's articles hold fewer.
_MOST = 1 << 17


class Runs(dict[str, T], Generic[T]):
    """What a function of a single run finds, remembered; it must not ask for what stands around the run."""

    def __init__(self, read: Callable[[str], T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, run: str) -> T:
        found = self._read(run)
        if len(run) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[run] = found
        return found

    def of(self, text: str) -> list[T]:
        """What is found in the distinct runs of a text, in any order."""
        return [self[run] for run in set(text.split())]
