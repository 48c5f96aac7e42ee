"""The door to the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from sqlalchemy.engine import Engine

from pipeline.store import migrations
from pipeline.store.archive import Archive
from pipeline.store.editing import Editing
from pipeline.store.engine import BUSY_SECONDS, make_private, open_engine, plain_errors
from pipeline.store.forgetting import Forgetting
from pipeline.store.holdings import Holding
from pipeline.store.ledger import Ledger
from pipeline.store.lock import Locking
from pipeline.store.log import Log
from pipeline.store.memory import Memory
from pipeline.store.readers import Readers
from pipeline.store.returned import Returned
from pipeline.store.settings import Settings
from pipeline.store.signup import Signing
from pipeline.store.telling import Telling


class Store(
    Locking, Settings, Telling, Memory, Log, Editing, Readers, Signing, Ledger, Returned, Archive, Forgetting, Holding
):
    """Everything that outlives a run. Values go in and come out; each method is one transaction.

    Usable from several threads and, for reading and for single changes, from several processes; a run holds
    `run_lock`. Not to be used in a process forked from the one that opened it.
    """

    @classmethod
    def open(
        cls,
        url_or_path: str | Path,
        *,
        busy_seconds: float = BUSY_SECONDS,
        at: Callable[[str], None] | None = None,
    ) -> Store:
        """Open the database, make or migrate its schema.

        Args:
            url_or_path: A path (SQLite), "sqlite://" (in memory) or "postgresql+psycopg://user:password@host/name".
            busy_seconds: How long to wait for another writer.
            at: Called with the name of every step of a transaction; tests stop the program there.
        Raises:
            StoreError: Not to be opened, damaged, not ours, or newer than this program.
            BusyError: Locked for too long, or the server does not answer.
        """
        engine = open_engine(url_or_path, busy_seconds=busy_seconds)
        store = cls(engine, _name(engine), at=at)
        database = engine.url.database
        if engine.dialect.name == "sqlite" and database and database != ":memory:":
            store._lock_path = Path(f"{database}.lock")
            make_private(Path(database))
        try:
            with plain_errors(store._name):
                store._migrate()
        except BaseException:
            engine.dispose()
            raise
        return store

    def _migrate(self) -> None:
        with self._engine.connect() as reader, reader.begin():
            if migrations.version_of(reader) == migrations.VERSION:
                return
        with self._write("migrate") as connection:
            migrations.migrate(connection)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _name(engine: Engine) -> str:
    """The database as shown in messages: never with a password."""
    return str(engine.url.database or "database in memory") if engine.dialect.name == "sqlite" else _server(engine)


def _server(engine: Engine) -> str:
    return f"{engine.url.host or 'local'}/{engine.url.database}"
