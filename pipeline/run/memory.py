"""The translator's memory, kept in the store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from datetime import datetime
from typing import Any

from pipeline.model import Problem
from pipeline.store import Remembered as Row
from pipeline.store import Store
from pipeline.translate import EDITOR, MemoryKey, Remembered


class StoreMemory:
    """The protocol `Memory` of the translation room over the store's table."""

    def __init__(self, store: Store, *, now: datetime) -> None:
        """Keep new lines under the time `now`."""
        self._store, self._now = store, now

    def get_many(self, keys: Iterable[MemoryKey]) -> dict[MemoryKey, Remembered]:
        """What is known of these keys."""
        digests = {_digest(key): key for key in keys}
        rows = self._store.memory_get_many(list(digests))
        return {digests[digest]: _remembered(row) for digest, row in rows.items()}

    def put_many(self, entries: Mapping[MemoryKey, Remembered]) -> None:
        """Keep these; an editor's words are replaced by an editor only."""
        self._store.memory_put_many([_row(key, entry, self._now) for key, entry in entries.items()], now=self._now)

    def items(self) -> Iterator[tuple[MemoryKey, Remembered]]:
        """All that is kept, in order of languages and text."""
        for row in self._store.memory_items():
            key = MemoryKey(
                sentence=row.text, source=row.source, target=row.target, guard=row.glossary, engine=row.engine
            )
            yield key, _remembered(row)


def _digest(key: MemoryKey) -> str:
    return hashlib.sha256(json.dumps(astuple(key), ensure_ascii=True).encode("ascii")).hexdigest()


def _row(key: MemoryKey, entry: Remembered, now: datetime) -> Row:
    outcome: dict[str, Any] = {"route": entry.route, "problems": [[p.kind, p.detail] for p in entry.problems]}
    return Row(
        key=_digest(key),
        source=key.source,
        target=key.target,
        text=key.sentence,
        translation=entry.text,
        engine=key.engine,
        glossary=key.guard,
        outcome=outcome,
        is_corrected=key.engine == EDITOR,
        changed=now,
    )


def _remembered(row: Row) -> Remembered:
    outcome = row.outcome or {}
    problems = tuple(Problem(kind=kind, detail=detail) for kind, detail in outcome.get("problems", ()))
    return Remembered(text=row.translation, route=outcome.get("route"), problems=problems)
