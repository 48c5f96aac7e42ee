"""Opening SQLite or PostgreSQL, and their errors in our words."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from pipeline.errors import BusyError, DigestError, StoreError
from pipeline.tables import read_table

#: How long a writer waits for another process, in seconds.
BUSY_SECONDS = 60.0
#: A server that is gone without a word is noticed within a minute; the system's own limits are hours.
_POSTGRES: dict[str, Any] = {
    "connect_timeout": 10, "keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}  # fmt: skip
#: SQLSTATE, or its class, of what another try may find mended: connections, conflicts, resources, locks, shutdown.
_BUSY = {"08", "40", "53", "55", "57"}
#: Of what a person must mend: a read-only standby, rights, no such database or table, a full or failing disk, damage.
_BROKEN = {"25006", "28", "3D", "42", "53100", "58", "XX"}


def open_engine(url_or_path: str | Path, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine for a path, a sqlite: URL or a postgresql: URL.

    Raises:
        StoreError: Unknown kind of database, driver not installed, folder cannot be made.
    """
    url = _url(url_or_path)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, busy_seconds)
    if url.get_backend_name() != "postgresql":
        raise StoreError(f"{url.get_backend_name()}: no database of that kind; write a path (SQLite) or postgresql://…")
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args=_POSTGRES | {"options": f"-c lock_timeout={int(busy_seconds * 1000)}"},
        )
    except ImportError as error:
        raise StoreError("PostgreSQL needs the extra: pip install 'cyberdigest[postgresql]'") from error


@contextmanager
def plain_errors(name: str) -> Iterator[None]:
    """Turn the driver's errors into BusyError (try again) or StoreError (look at it); `name` is the database.

    Raises:
        BusyError: Locked for too long, server not reachable or connection lost.
        StoreError: Damaged, full, read-only, not a database, or one that is not there or not ours to open.
        RuntimeError: A mistake of this program; without the row, which may hold an address.
    """
    try:
        yield
    except DBAPIError as error:
        if (told := _in_our_words(name, error)) is not None:
            raise told from error
        # A mistake of this program. Behind its first line PostgreSQL repeats the row, which may hold an address.
        kind = type(error.orig).__name__
        raise RuntimeError(f"{name}: {kind}: {_first_line(error)}").with_traceback(error.__traceback__) from None
    except PoolTimeout as error:
        raise BusyError(f"{name}: too many at once") from error
    except sqlite3.Error as error:
        raise StoreError(f"{name}: {error}") from error


def _in_our_words(name: str, error: DBAPIError) -> DigestError | None:
    """None for errors that are mistakes of this program."""
    reason = _first_line(error)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        primary = code & 0xFF
        # SQLITE_PROTOCOL: many began at once, and this one lost the race for the write-ahead log every time.
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
            return BusyError(f"{name}: another process holds the database ({reason})")
        if primary in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE):
            return None
        return StoreError(f"{name}: {reason}")
    state = getattr(error.orig, "sqlstate", None)
    if state is None and _is_shut_out(error.orig, reason):
        return StoreError(f"{name}: {reason}")
    if error.connection_invalidated or (state is None and type(error.orig).__name__ == "OperationalError"):
        return BusyError(f"{name}: the database server does not answer ({reason})")
    if state is not None and (state in _BROKEN or state[:2] in _BROKEN):
        return StoreError(f"{name}: {reason}")
    if state is not None and state[:2] in _BUSY:
        return BusyError(f"{name}: {reason}")
    return None


def _is_shut_out(error: BaseException | None, reason: str) -> bool:
    """Whether a server answers, and has no such database or will not let us in: asking again does not help."""
    attempt = getattr(error, "pgconn", None)
    return getattr(attempt, "needs_password", False) or _shut_out().search(reason) is not None


@cache
def _shut_out() -> re.Pattern[str]:
    words = read_table(Path(__file__).parent / "data" / "shut_out.toml")
    return re.compile("|".join(pattern for patterns in words.values() for pattern in patterns))


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().split("\n")[0]


def _url(url_or_path: str | Path) -> URL:
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        return URL.create("sqlite", database=str(url_or_path))
    try:
        url = make_url(url_or_path)
        url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # The URL itself may hold a password: it is not repeated.
        raise StoreError("the database address is not understood: use a path or postgresql+psycopg://…") from error
    if url.get_backend_name() != "sqlite" and "@" in f"{url.host}{url.database}":
        # The end of a password was read as the host or the database, which errors name.
        raise StoreError(
            "the database address is not understood: in its password write %40 for @, %2F for /, %3A for :"
        )
    return url


def _open_sqlite(url: URL, busy_seconds: float) -> Engine:
    # The driver opens transactions by itself, and late; with isolation_level None the `begin` event below decides.
    arguments: dict[str, Any] = {"timeout": busy_seconds, "isolation_level": None, "check_same_thread": False}
    if url.database in (None, "", ":memory:"):
        engine = create_engine(url, connect_args=arguments, poolclass=StaticPool, hide_parameters=True)
    else:
        path = Path(str(url.database))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path.parent}: {error.strerror}") from error
        engine = create_engine(url, connect_args=arguments, hide_parameters=True)
    event.listen(engine, "connect", partial(_prepare_sqlite, busy_seconds=busy_seconds))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_private(path: Path) -> None:
    """Make the file, when there is none, for its owner alone: it holds readers' addresses, and what signs their links.

    SQLite gives the files beside it the same rights.
    """
    with suppress(OSError):  # it is there, or cannot be made: then SQLite says why
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _prepare_sqlite(connection: sqlite3.Connection, _record: object, *, busy_seconds: float) -> None:
    """Pragmas of every connection; FULL because a row that says "sending" must outlive a power cut."""
    _switch_to_wal(connection, deadline=time.monotonic() + busy_seconds)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "mmap_size=0"):
        connection.execute(f"PRAGMA {pragma}")


def _switch_to_wal(connection: sqlite3.Connection, *, deadline: float) -> None:
    """Journal mode WAL; while others do the same, SQLite answers "locked" without waiting its timeout."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock at once: a reader that turns writer later fails without waiting."""
    is_writer = connection.get_execution_options().get("writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
