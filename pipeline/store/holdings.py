"""What the store holds, and how much room that takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from pipeline.errors import InputError
from pipeline.store import schema
from pipeline.store.base import Base
from pipeline.store.engine import plain_errors

#: In the order in which news passes through them.
_KINDS = {
    "entries": schema.entries, "articles": schema.articles, "stories": schema.stories, "editions": schema.editions,
    "translations": schema.memory, "decisions": schema.decisions, "readers": schema.subscribers,
    "deliveries": schema.deliveries, "runs": schema.runs,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """Counts and sizes."""

    #: Kind → rows.
    rows: Mapping[str, int]
    #: Entries whose names alone are left.
    names: int
    #: When the oldest entry came in, None when there is none.
    since: datetime | None
    size_bytes: int
    #: Of these unused, and filled again by what comes; 0 where the server looks after it.
    free_bytes: int


class Holding(Base):
    """A look at the whole."""

    def holdings(self) -> Holdings:
        """Count everything."""
        with self._read() as connection:
            rows = {name: _count(connection, table) for name, table in _KINDS.items()}
            names = _count(connection, schema.forgotten) // 2
            since = connection.execute(select(func.min(schema.entries.c.first_seen))).scalar_one()
            size, free = _size(connection)
        return Holdings(rows=rows, names=names, since=since, size_bytes=size, free_bytes=free)

    def give_back(self) -> None:
        """Give unused space back to the disk. SQLite writes the whole file anew and needs its size once more for that.

        Raises:
            InputError: Of PostgreSQL, which looks after its space itself.
            BusyError: Somebody else is reading or writing.
            StoreError: No room.
        """
        if self._engine.dialect.name != "sqlite":
            raise InputError(self._name, "PostgreSQL gives space back itself (autovacuum; VACUUM FULL by hand)")
        with plain_errors(self._name), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("VACUUM")  # not in a transaction
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _count(connection: Connection, table: object) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def _size(connection: Connection) -> tuple[int, int]:
    if connection.dialect.name == "postgresql":
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()), 0
    pages, free, size = (
        int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
        for name in ("page_count", "freelist_count", "page_size")
    )
    return pages * size, free * size
