"""What the parts of the store share: transactions, inserts that may meet known rows, and lists cut into pieces."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, select, text
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.errors import BusyError
from pipeline.store import schema
from pipeline.store.engine import plain_errors

T = TypeVar("T")
#: One number for everybody who takes in readers or sign-ups on a PostgreSQL server.
_ADVISORY = 0x6364_0003


def pieces(items: Sequence[T], size: int = 1000) -> Iterator[Sequence[T]]:
    """The items in order, at most `size` at once: databases limit the parameters of one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Base:
    """Connections and transactions; the subjects are mixed in (`Store`)."""

    def __init__(self, engine: Engine, name: str, *, at: Callable[[str], None] | None = None) -> None:
        self._engine, self._name = engine, name
        self._at = at
        #: Generation of the run lock this object holds, None when it holds none.
        self._generation: int | None = None
        self._owner_pid = os.getpid()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        """One consistent view of the database, however many statements look at it."""
        with plain_errors(self._name), self._engine.connect() as connection:
            if self._engine.dialect.name == "postgresql":  # each statement has a view of its own by default there
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def _write(self, name: str) -> Iterator[Connection]:
        """One transaction, durable when the block has ended; nothing of it remains when the block raises.

        Raises:
            BusyError: The lock of this run was taken over by another one.
        """
        self._point(f"{name}: before")
        with plain_errors(self._name), self._engine.connect() as connection:
            connection = connection.execution_options(writer=True)
            with connection.begin():
                self._check_lease(connection)
                yield connection
                self._point(f"{name}: written")
        self._point(f"{name}: committed")

    def _point(self, name: str) -> None:
        """A named place where a test may stop the program."""
        if self._at is not None:
            self._at(name)

    def _check_lease(self, connection: Connection) -> None:
        if self._generation is None:
            return
        query = select(schema.leases.c.generation).where(schema.leases.c.name == "run")
        if self._engine.dialect.name == "postgresql":
            query = query.with_for_update(read=True)
        if connection.execute(query).scalar_one_or_none() != self._generation:
            raise BusyError("another run has taken over; this one stops")

    def _one_after_the_other(self, connection: Connection) -> None:
        """Looking at who is there and adding somebody must not interleave; SQLite has one writer anyway."""
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})

    def _insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""
        return (postgresql if self._engine.dialect.name == "postgresql" else sqlite).insert(table)

    def _upsert(self, connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows, or overwrite all other columns of the rows with the same primary key."""
        if not rows:
            return
        statement = self._insert(table)
        keys = [column.name for column in table.primary_key]
        changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
        for piece in pieces(rows):
            connection.execute(statement, list(piece))
