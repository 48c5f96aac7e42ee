"""The translation memory: what was translated once, and what an editor made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select

from pipeline.store import schema
from pipeline.store.base import Base, pieces

_K = schema.memory.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One line of the translation memory."""

    key: str
    #: Language tags.
    source: str
    target: str
    text: str
    translation: str
    engine: str
    glossary: str = ""
    #: Route and problems, as the translator wants them back.
    outcome: dict[str, Any] | None = None
    #: An editor's words; machines never overwrite them.
    is_corrected: bool = False
    changed: datetime


class MemoryItem(Protocol):
    """What `memory_put_many` reads of an item; `Remembered` is one."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def target(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def translation(self) -> str: ...  # noqa: D102
    @property
    def engine(self) -> str: ...  # noqa: D102
    @property
    def glossary(self) -> str: ...  # noqa: D102
    @property
    def outcome(self) -> dict[str, Any] | None: ...  # noqa: D102
    @property
    def is_corrected(self) -> bool: ...  # noqa: D102


class Memory(Base):
    """Sentences that need no engine any more."""

    def memory_get_many(self, keys: Sequence[str]) -> dict[str, Remembered]:
        """Key -> line of the memory, for the keys that are known."""
        found: dict[str, Remembered] = {}
        with self._read() as connection:
            for piece in pieces(keys):
                rows = connection.execute(select(schema.memory).where(_K.key.in_(piece)))
                found.update((row.key, Remembered(**row._mapping)) for row in rows)
        return found

    def memory_put_many(self, items: Iterable[MemoryItem], *, now: datetime) -> None:
        """Remember translations; what an editor corrected is replaced by an editor only."""
        names = ("key", "source", "target", "text", "translation", "engine", "glossary", "outcome", "is_corrected")
        rows = [{name: getattr(item, name) for name in names} | {"changed": now} for item in items]
        if not rows:
            return
        statement = self._insert(schema.memory)
        changed = {name: statement.excluded[name] for name in (*names[1:], "changed")}
        allowed = _K.is_corrected.is_(False) | statement.excluded.is_corrected.is_(True)
        statement = statement.on_conflict_do_update(index_elements=["key"], set_=changed, where=allowed)
        with self._write("remember translations") as connection:
            for piece in pieces(rows):
                connection.execute(statement, list(piece))

    def memory_items(self) -> list[Remembered]:
        """The whole memory by languages, text and key, for export."""
        query = select(schema.memory).order_by(_K.source, _K.target, _K.text, _K.key)
        with self._read() as connection:
            return [Remembered(**row._mapping) for row in connection.execute(query)]
