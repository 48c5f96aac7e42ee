"""Where the protection of facts plugs in: what happens to a sentence before and after the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from pipeline.model import Problem
from pipeline.translate.leftover import without_notes


class Asked(NamedTuple):
    """A sentence to translate, and the names that facts know in it."""

    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A sentence as the engine gets it, and whatever the guard needs to undo that."""

    text: str
    state: object = None


class Guard(Protocol):
    """Masks what must survive, puts it back, and checks the result."""

    @property
    def version(self) -> str:
        """Part of the memory's key: changes with the glossary, the do-not-translate list and the checks."""
        ...

    @property
    def ways(self) -> tuple[str, ...]:
        """Names of the ways to prepare a sentence, best first; a sentence that fails its checks gets the next one."""
        ...

    def prepare(
        self, sentence: str, source: str, target: str, *, way: str, engines: tuple[str, ...], names: Sequence[str] = ()
    ) -> Prepared:
        """Make a sentence ready for the engines of the route, in the given way; `names` are known to stand in it."""
        ...

    def finish(
        self, sentence: str, translated: str, prepared: Prepared, source: str, target: str
    ) -> tuple[str, tuple[Problem, ...]]:
        """Undo the preparation and check; problems mean "not good enough, try another way"."""
        ...


class NoGuard:
    """Changes nothing and finds nothing wrong but an empty answer."""

    version = "none"
    ways = ("plain",)

    def prepare(
        self,
        sentence: str,
        source: str,  # noqa: ARG002
        target: str,  # noqa: ARG002
        *,
        way: str,  # noqa: ARG002
        engines: tuple[str, ...],  # noqa: ARG002
        names: Sequence[str] = (),  # noqa: ARG002
    ) -> Prepared:
        """The sentence itself."""
        return Prepared(text=sentence)

    def finish(
        self,
        sentence: str,
        translated: str,
        prepared: Prepared,  # noqa: ARG002
        source: str,  # noqa: ARG002
        target: str,  # noqa: ARG002
    ) -> tuple[str, tuple[Problem, ...]]:
        """The translation itself."""
        translated, _ = without_notes(translated)
        if sentence.strip() and not translated.strip():
            return translated, (Problem(kind="empty", detail=sentence[:80]),)
        return translated, ()
