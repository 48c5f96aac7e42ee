"""Translations kept: the protocol that the store implements, and one that lives as long as its owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from pipeline.model import Problem

#: In the place of engines and models: what an editor wrote, which wins over any machine.
EDITOR = "editor"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class MemoryKey:
    """What a translation depends on."""

    sentence: str
    source: str
    target: str
    #: Version of the guard (glossary, protection, checks); "" for an editor's.
    guard: str
    #: `Route.key` of the route in use, or `EDITOR`.
    engine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What came out. With problems the sentence was given up after every way was tried: `text` is the original."""

    text: str
    #: The route as shown to readers; None with problems, and for an editor's words.
    route: str | None = None
    problems: tuple[Problem, ...] = ()


class Memory(Protocol):
    """Exact sentences asked for before any engine is."""

    def get_many(self, keys: Iterable[MemoryKey]) -> dict[MemoryKey, Remembered]:
        """What is known of these keys."""
        ...

    def put_many(self, entries: Mapping[MemoryKey, Remembered]) -> None:
        """Keep these, in place of older ones with the same key."""
        ...

    def items(self) -> Iterator[tuple[MemoryKey, Remembered]]:
        """All that is kept, in order of key."""
        ...


class DictMemory:
    """A memory in a dictionary."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: dict[MemoryKey, Remembered] = {}

    def get_many(self, keys: Iterable[MemoryKey]) -> dict[MemoryKey, Remembered]:
        """What is known of these keys."""
        return {key: self._entries[key] for key in keys if key in self._entries}

    def put_many(self, entries: Mapping[MemoryKey, Remembered]) -> None:
        """Keep these, in place of older ones with the same key."""
        self._entries.update(entries)

    def items(self) -> Iterator[tuple[MemoryKey, Remembered]]:
        """All that is kept, in order of key."""
        yield from sorted(self._entries.items(), key=lambda item: item[0])


def corrected(sentence: str, source: str, target: str) -> MemoryKey:
    """The key under which an editor's correction of a sentence is kept."""
    return MemoryKey(sentence=sentence, source=source, target=target, guard="", engine=EDITOR)
