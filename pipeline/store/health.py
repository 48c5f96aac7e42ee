"""A look at a database that changes nothing in it: no schema is made or migrated, no setting kept."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL

from pipeline.errors import StoreError
from pipeline.store import migrations
from pipeline.store.engine import open_engine, plain_errors

#: Virtual machine steps of SQLite between two looks at the watch.
_STEPS = 100_000
_MOST_FAULTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a database says of itself."""

    kind: Literal["sqlite", "postgresql"]
    #: Version of the database program.
    program: str
    #: Version of the schema; 0 when the database is empty.
    schema: int
    #: Damage found, in SQLite's words; () is none found.
    damage: tuple[str, ...] = ()
    #: Whether the whole database was read for damage.
    is_read_through: bool = False


def is_sqlite(url_or_path: str | Path) -> bool:
    """Whether the address, or path, is one of SQLite."""
    return isinstance(url_or_path, Path) or "://" not in url_or_path or url_or_path.startswith("sqlite")


def look(url_or_path: str | Path, *, seconds: float) -> Health:
    """Look at a database.

    Args:
        url_or_path: As for `Store.open`; a file must be there already.
        seconds: Longest time for reading a SQLite file through.
    Raises:
        StoreError: Cannot be opened, is damaged at its head, or holds somebody else's tables.
        BusyError: The server does not answer.
    """
    engine = open_engine(url_or_path, busy_seconds=5.0)
    try:
        if engine.dialect.name == "postgresql":
            return _postgresql(engine)
        return _sqlite(engine.url, seconds)
    finally:
        engine.dispose()


def _postgresql(engine: Engine) -> Health:
    with plain_errors(f"{engine.url.host or 'local'}/{engine.url.database}"), engine.connect() as connection:
        program = str(connection.exec_driver_sql("SHOW server_version").scalar_one())
        return Health(kind="postgresql", program=program, schema=migrations.version_of(connection))


def _sqlite(url: URL, seconds: float) -> Health:
    import sqlite3

    path = Path(str(url.database)).resolve()
    if not path.exists():
        raise StoreError(f"{path}: no such file")
    # Read-only: a look at a database must not switch its journal.
    reading = create_engine(URL.create("sqlite", database=path.as_uri(), query={"mode": "ro", "uri": "true"}))
    try:
        with plain_errors(str(path)), reading.connect() as connection:
            version = migrations.version_of(connection)
            damage = _damage(connection, seconds)
        return Health(
            kind="sqlite",
            program=sqlite3.sqlite_version,
            schema=version,
            damage=damage or (),
            is_read_through=damage is not None,
        )
    finally:
        reading.dispose()


def _damage(connection: Connection, seconds: float) -> tuple[str, ...] | None:
    """What `integrity_check` finds; None when it takes too long."""
    import sqlite3

    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    deadline = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    try:
        found = [str(row[0]) for row in raw.execute(f"PRAGMA integrity_check({_MOST_FAULTS})")]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    finally:
        raw.set_progress_handler(None, 0)
    return () if found == ["ok"] else tuple(found)
