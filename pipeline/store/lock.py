"""One run at a time: a lock that dies with its holder, and a lease by which an overtaken holder notices."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import BusyError, StoreError
from pipeline.store import schema
from pipeline.store.base import Base
from pipeline.store.engine import plain_errors

_ADVISORY = 0x6364_0002
#: PostgreSQL shows the one number of a lock as two halves.
_ADVISORY_HELD = """
SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key AND objsubid = 1
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
#: What POSIX answers when somebody holds the lock; else a disk has no locks, and waiting does not help.
_HELD_BY_OTHERS = {errno.EACCES, errno.EAGAIN}
#: `struct flock` of Linux: type, whence, start, length, process.
_FLOCK = "hhlli"
_held: set[Path] = set()
_guard = threading.Lock()


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold a file against every other process and every other holder in this one.

    A POSIX record lock, as SQLite itself takes: it ends with the process, and worker processes forked from it do
    not inherit it (they would keep a `flock` alive after their parent was killed).

    Raises:
        BusyError: Somebody holds it.
    """
    path = path.resolve()
    with _guard:
        if path in _held:
            raise BusyError(f"already running ({path.name} is held by this process)")
        _held.add(path)
    try:
        handle = _lock_file(path)
        try:
            yield
        finally:
            os.close(handle)
    finally:
        with _guard:
            _held.discard(path)


def _lock_file(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = ""
        with suppress(OSError):
            holder = os.pread(handle, 100, 0).decode("ascii", "replace").strip()
        os.close(handle)
        if error.errno not in _HELD_BY_OTHERS:
            raise StoreError(f"{path}: cannot be locked: {error.strerror}") from error
        raise BusyError(f"already running (process {holder or 'unknown'} holds {path})") from error
    with suppress(OSError):  # a full disk: the number is for people only, and the lock stands without it
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle


def _file_holder(path: Path) -> int | None:
    """The process that holds a file, asked without taking it; None when nobody does, or the system does not tell."""
    if sys.platform != "linux":  # elsewhere `struct flock` has its fields in another order
        return None
    with _guard:
        # Closing any handle of a file ends all locks that a process has on it.
        return os.getpid() if path.resolve() in _held else _ask_for_holder(path)


def _ask_for_holder(path: Path) -> int | None:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        wish = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, process = struct.unpack(_FLOCK, fcntl.fcntl(handle, fcntl.F_GETLK, wish))
    except OSError:
        return None
    finally:
        os.close(handle)
    return int(process) if kind != fcntl.F_UNLCK else None


class Locking(Base):
    """The run lock."""

    _lock_path: Path | None = None

    def run_holder(self) -> str | None:
        """Who is at work on this database, asked without taking the lock; None when nobody is."""
        if self._engine.dialect.name == "postgresql":
            with self._read() as connection:
                if connection.execute(text(_ADVISORY_HELD), {"key": _ADVISORY}).first() is None:
                    return None
                return self._holder(connection)
        process = _file_holder(self._lock_path) if self._lock_path is not None else None
        return None if process is None else f"process {process}"

    @contextmanager
    def run_lock(self, *, now: datetime, holder: str = "") -> Iterator[None]:
        """Be the only run on this database; may be nested within one Store.

        Args:
            now: Written into the lease, for people.
            holder: Who runs, e.g. "host 1234"; written into the lease, for people.
        Raises:
            BusyError: A live process holds it (at once, without waiting).
        """
        if self._generation is not None:  # held further out
            yield
            return
        with self._exclusion():
            self._generation = self._take_lease(now, holder or f"process {os.getpid()}")
            try:
                yield
            finally:
                self._generation = None

    @contextmanager
    def _exclusion(self) -> Iterator[None]:
        if self._engine.dialect.name == "postgresql":
            with self._advisory_lock():
                yield
        elif self._lock_path is not None:
            with file_lock(self._lock_path):
                yield
        else:
            yield  # a database in memory has no other process

    @contextmanager
    def _advisory_lock(self) -> Iterator[None]:
        """PostgreSQL holds it for a connection, and so drops it when the process, the host or the network dies."""
        with plain_errors(self._name):
            connection = self._engine.connect()
        try:
            with plain_errors(self._name):
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
                taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY}).scalar_one()
            if not taken:
                raise BusyError(f"already running ({self._holder(connection)})")
            try:
                yield
            finally:
                # A closed session ends at the server in its own time: whoever comes next would still find the lock.
                with suppress(SQLAlchemyError):
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY})
        finally:
            connection.invalidate()  # closes the session, and with it the lock, whatever state it is in
            connection.close()

    def _holder(self, connection: Connection) -> str:
        row = connection.execute(select(schema.leases.c.holder)).scalar_one_or_none()
        return row or "holder unknown"

    def _take_lease(self, now: datetime, holder: str) -> int:
        lease = schema.leases
        with self._write("take lease") as connection:
            statement = self._insert(lease).values(name="run", generation=1, holder=holder, taken=now)
            statement = statement.on_conflict_do_update(
                index_elements=["name"],
                set_={"generation": lease.c.generation + 1, "holder": holder, "taken": statement.excluded.taken},
            ).returning(lease.c.generation)
            return int(connection.execute(statement).scalar_one())
