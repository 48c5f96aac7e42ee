"""Power cuts without a power switch: what SQLite writes is recorded, and a disk is made of it as a cut leaves it.

The recorder stands between this process's own SQLite and its files: a virtual file system (https://sqlite.org/vfs.html)
whose files note every write, flush, truncation and deletion, in one list with what the rest of the program says there
(`Recorder.mark`). `Disk` then plays that list up to any place: what was flushed stands, of the rest arbitrary sectors.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

#: Disks write whole sectors, or none of them.
SECTOR = 512
#: https://sqlite.org/c3ref/c_open_autoproxy.html: database, rollback journal, write-ahead log. Not the WAL's index:
#: it is made anew after a crash.
_LOGS = 0x800 | 0x80000
_DATABASE = 0x100
_LASTING = _DATABASE | _LOGS
_int, _long, _pointer = ctypes.c_int, ctypes.c_int64, ctypes.c_void_p


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened."""

    kind: Literal["create", "write", "truncate", "flush", "delete", "flush folder", "mark"]
    #: The file, by name; of a mark: what it says; of a folder: nothing.
    name: str
    offset: int = 0
    octets: bytes = b""


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", _int), ("file_size", _int), ("longest_path", _int), ("next", _pointer), ("name", ctypes.c_char_p),
        ("data", _pointer), ("open", _pointer), ("delete", _pointer), ("others", _pointer * 12),
    )  # fmt: skip


class _Methods(ctypes.Structure):
    _fields_ = (
        ("version", _int), ("close", _pointer), ("read", _pointer), ("write", _pointer), ("truncate", _pointer),
        ("sync", _pointer), ("others", _pointer * 13),
    )  # fmt: skip


_Open = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, _pointer)
_Delete = ctypes.CFUNCTYPE(_int, _pointer, ctypes.c_char_p, _int)
_Close = ctypes.CFUNCTYPE(_int, _pointer)
_Write = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _long)
_Truncate = ctypes.CFUNCTYPE(_int, _pointer, _long)
_Sync = ctypes.CFUNCTYPE(_int, _pointer, _int)
#: Functions beyond those named above, by version of the structure; what follows is not ours to read.
_MORE_OF_VFS = {1: 8, 2: 9, 3: 12}
_MORE_METHODS = {1: 7, 2: 11, 3: 13}


class Recorder:
    """Records what every database that is opened `with recorder.recording()` does to its files."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
        self._library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        self._real = self._library.sqlite3_vfs_find(None).contents
        self._open, self._delete = _Open(self._real.open), _Delete(self._real.delete)
        self._names: dict[int, str] = {}
        self._new_logs: set[int] = set()
        self._methods: dict[int, _Methods] = {}
        self._kept: list[Any] = []  # callbacks live as long as SQLite may call them
        self._vfs = _copy(_Vfs, self._real, _MORE_OF_VFS[self._real.version])
        self._vfs.name = b"recorder"
        self._vfs.open = self._callback(_Open, self._on_open)
        self._vfs.delete = self._callback(_Delete, self._on_delete)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Databases opened inside are recorded, and have to be closed inside."""
        self.steps.clear()
        self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)
        try:
            yield
        finally:
            self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))
            self._library.sqlite3_vfs_register(ctypes.byref(self._real), 1)

    def mark(self, what: str) -> None:
        """Something else happened now."""
        self.steps.append(Step("mark", what))

    def _callback(self, kind: Any, function: Any) -> int:
        callback = kind(function)
        self._kept.append(callback)
        return int(ctypes.cast(callback, _pointer).value or 0)

    def _on_open(self, _vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        path = Path(ctypes.string_at(name).decode()) if name and flags & _LASTING else None
        is_new = path is not None and not path.exists()
        if path is not None and flags & _DATABASE and not is_new:
            is_new = path.stat().st_size == 0  # the store makes it, with its own rights, before SQLite opens it
        status = self._open(ctypes.addressof(self._real), name, file, flags, out)
        if status == 0 and path is not None:
            self._names[file] = path.name
            if is_new:
                self.steps.append(Step("create", path.name))
            if is_new and flags & _LOGS:
                self._new_logs.add(file)
            methods = ctypes.cast(file, ctypes.POINTER(_pointer))
            methods[0] = ctypes.addressof(self._recording_methods(int(methods[0])))
        return int(status)

    def _on_delete(self, _vfs: int, name: bytes, is_durable: int) -> int:
        path = Path(name.decode()).name
        status = int(self._delete(ctypes.addressof(self._real), name, is_durable))
        if status == 0:
            self.steps.append(Step("delete", path))
            if is_durable:
                self.steps.append(Step("flush folder", ""))
        return status

    def _recording_methods(self, address: int) -> _Methods:
        """The file's own methods, with ours in front of those that change it."""
        if address in self._methods:
            return self._methods[address]
        real = _Methods.from_address(address)
        close, write, truncate = _Close(real.close), _Write(real.write), _Truncate(real.truncate)

        def on_write(file: int, octets: int, amount: int, offset: int) -> int:
            self.steps.append(Step("write", self._names[file], offset, ctypes.string_at(octets, amount)))
            return int(write(file, octets, amount, offset))

        def on_truncate(file: int, size: int) -> int:
            self.steps.append(Step("truncate", self._names[file], size))
            return int(truncate(file, size))

        def on_sync(file: int, _flags: int) -> int:  # the real disk need not be troubled
            self.steps.append(Step("flush", self._names[file]))
            if file in self._new_logs:  # as os_unix.c: the first flush of a new log is one of its folder too
                self._new_logs.discard(file)
                self.steps.append(Step("flush folder", ""))
            return 0

        def on_close(file: int) -> int:
            del self._names[file]
            self._new_logs.discard(file)
            return int(close(file))

        methods: _Methods = _copy(_Methods, real, _MORE_METHODS[real.version])
        methods.write, methods.truncate = self._callback(_Write, on_write), self._callback(_Truncate, on_truncate)
        methods.sync, methods.close = self._callback(_Sync, on_sync), self._callback(_Close, on_close)
        self._methods[address] = methods
        return methods


def _copy(kind: Any, real: Any, others: int) -> Any:
    """A structure of the same content; of the functions beyond those named, as many as its version has."""
    made = kind()
    size = kind.others.offset + others * ctypes.sizeof(_pointer)
    ctypes.memmove(ctypes.addressof(made), ctypes.addressof(real), size)
    return made


@dataclass(slots=True, eq=False)
class _File:
    #: What is on the disk for certain, and what was done since the last flush.
    safe: bytes = b""
    unsafe: list[Step] = field(default_factory=list)

    def settle(self, steps: Sequence[Step]) -> None:
        """These of the steps are on the disk, and no others."""
        content = bytearray(self.safe)
        for step in steps:
            if step.kind == "truncate":
                del content[step.offset :]
                continue
            content.extend(bytes(max(0, step.offset + len(step.octets) - len(content))))
            content[step.offset : step.offset + len(step.octets)] = step.octets
        self.safe, self.unsafe = bytes(content), []


class Disk:
    """One folder. A file's content is safe when the file was flushed, its name when the folder was."""

    def __init__(self, *, is_liar: bool = False) -> None:
        """Start empty.

        Args:
            is_liar: It says that it has flushed, and has not: for seeing that checks notice.
        """
        self._is_liar = is_liar
        #: Name -> file, as programs see the folder, and as it was flushed.
        self._now: dict[str, _File] = {}
        self._safe: dict[str, _File] = {}

    def play(self, steps: Sequence[Step]) -> None:
        """Go on to the state after these steps."""
        for step in steps:
            if step.kind == "create":
                self._now[step.name] = _File()
            elif step.kind == "delete":
                del self._now[step.name]
            elif step.kind in ("write", "truncate"):
                self._now[step.name].unsafe.append(step)
            elif step.kind == "flush" and not self._is_liar:
                file = self._now[step.name]
                file.settle(file.unsafe)
            elif step.kind == "flush folder" and not self._is_liar:
                self._safe = dict(self._now)

    def rest(self) -> None:
        """Time passes, and the power stays: everything arrives on the disk."""
        for file in self._now.values():
            file.settle(file.unsafe)
        self._safe = dict(self._now)

    def cut(self, generator: random.Random) -> None:
        """The power fails: of what was not flushed some is there, some not, in no order."""
        left: dict[str, _File] = {}
        for name in sorted(self._now.keys() | self._safe.keys()):
            file = generator.choice((self._safe.get(name), self._now.get(name)))
            if file is not None:
                file.settle(_survivors(file.unsafe, generator))
                left[name] = file
        self._now, self._safe = left, dict(left)

    def write(self, name: str, octets: bytes) -> None:
        """A file of that content, safely."""
        self._now[name] = self._safe[name] = _File(octets)

    def files(self) -> dict[str, bytes]:
        """Name -> content for a machine that starts now, after `rest` or `cut`."""
        return {name: file.safe for name, file in self._now.items()}


def _survivors(steps: Sequence[Step], generator: random.Random) -> list[Step]:
    """What a cut leaves of steps that were not flushed: nothing, all, the first of them, or any sectors."""
    way = generator.choice(("none", "all", "first", "any", "any"))
    if way == "none":
        return []
    if way == "all":
        return list(steps)
    if way == "first":
        return list(steps[: generator.randint(0, len(steps))])
    left: list[Step] = []
    for step in steps:
        if step.kind == "write":
            left += [piece for piece in _sectors(step) if generator.random() < 0.5]
        elif generator.random() < 0.5:
            left.append(step)
    return left


def _sectors(step: Step) -> Iterator[Step]:
    start, end = step.offset, step.offset + len(step.octets)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Step("write", step.name, start, step.octets[start - step.offset : stop - step.offset])
        start = stop
