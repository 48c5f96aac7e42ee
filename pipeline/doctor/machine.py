"""The machine: programs, libraries, clock and disk."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.doctor.findings import Finding, advice, not_checked, ok, problem
from pipeline.errors import DigestError
from pipeline.tables import read_table

#: The first SQLite without the fault by which resetting the WAL may damage a database that several programs write to.
SQLITE_FLOOR = (3, 51, 3)
#: The first expat that bounds what CVE-2025-66382 and CVE-2026-7210 make it do.
EXPAT_FLOOR = (2, 8, 0)
#: This program did not exist before.
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_LITTLE_SPACE, _HARDLY_ANY_SPACE = 1_000_000_000, 100_000_000
#: File systems on which SQLite's locks and shared memory cannot be relied on ("How To Corrupt An SQLite Database").
_NETWORK = re.compile(r"(nfs4?|cifs|smb3?|smbfs|9p|afs|ceph|glusterfs|lustre|fuse\.(sshfs|s3fs|rclone|gvfsd.*))\Z")
_MOUNTS = Path("/proc/self/mountinfo")


def python() -> Finding:
    """Its version; the package does not install on one that is too old."""
    return ok("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def sqlite(number: tuple[int, ...] = sqlite3.sqlite_version_info) -> Finding:
    """Whether SQLite has the WAL-reset fault."""
    shown = ".".join(map(str, number))
    if number >= SQLITE_FLOOR:
        return ok("SQLite", shown)
    return advice(
        "SQLite",
        f"{shown} is older than {'.'.join(map(str, SQLITE_FLOOR))}: resetting its log may damage a database that "
        "several programs write to at once",
        "Let one program write at a time (no `public` or `serve` beside `run` and `send`), or use a newer SQLite, or "
        "PostgreSQL.",
    )


def expat(number: tuple[int, ...], defends: Callable[[], bool]) -> Finding:
    """Whether expat bounds hostile documents, or the feed parser's own limits do in its place.

    Args:
        number: Version of expat.
        defends: Reads a hostile feed and says whether it was given up on in time.
    """
    shown = ".".join(map(str, number))
    if number >= EXPAT_FLOOR:
        return ok("expat", shown)
    old = f"{shown} is older than {'.'.join(map(str, EXPAT_FLOOR))}"
    if not defends():
        return problem(
            "expat",
            f"{old}, and the limits of the process that reads odd feeds do not hold here",
            "Use a Python with a newer expat: one hostile feed may hold up the run.",
        )
    return advice(
        "expat",
        f"{old}; the limits of the process that reads odd feeds stand in (a hostile feed was given up on in time)",
        "Update Python, or your system's expat, when you can.",
    )


def packages(installed: Callable[[str], str] = version) -> list[Finding]:
    """Libraries against the floors of `floors.toml`."""
    floors = read_table(Path(__file__).parent / "floors.toml")["package"]
    return [_package(row, installed) for row in floors] + [_fast_detection(installed)]


def _package(row: dict[str, str], installed: Callable[[str], str]) -> Finding:
    name, floor = row["name"], row["floor"]
    todo = f"pip install --upgrade '{name}>={floor}'"
    try:
        found = installed(name)
    except PackageNotFoundError:
        return problem(name, "is not installed", todo)
    if _numbers(found) < _numbers(floor):
        return problem(name, f"{found} is older than {floor}: {row['why']}", todo)
    return ok(name, found)


def _fast_detection(installed: Callable[[str], str]) -> Finding:
    try:
        return ok("langdetect-rs", installed("langdetect-rs"))
    except PackageNotFoundError:
        return ok("langdetect-rs", "not installed; langdetect does the same, more slowly")


def _numbers(text: str) -> tuple[int, ...]:
    """The leading numbers of a version: "6.0.14.post1" -> (6, 0, 14)."""
    match = re.match(r"\d+(\.\d+)*", text)
    return tuple(map(int, match[0].split("."))) if match else ()


def encoder(name: str, encode: Callable[[Sequence[str]], object]) -> Finding:
    """Whether an encoder loads and runs; `name` is the check's."""
    try:
        encode(["A regulator fined a company."])
    except (DigestError, OSError, ImportError, ValueError, RuntimeError) as error:
        return problem(name, f"does not run ({type(error).__name__})", "Install cyberdigest again: pip install .")
    return ok(name, "loads and runs")


def clock(now: datetime, last_run: datetime | None) -> Finding:
    """Whether the clock may be right: not before this program, nor before its own last run."""
    shown = f"{now:%Y-%m-%d %H:%M} UTC"
    todo = "Set the clock of this machine, best by NTP: an edition's day and what is new depend on it."
    if now < FIRST_DAY:
        return problem("clock", f"it shows {shown}", todo)
    if last_run is not None and now < last_run:
        return problem("clock", f"it shows {shown}, and the last run was at {last_run:%Y-%m-%d %H:%M} UTC", todo)
    return ok("clock", shown)


def disk(folder: Path) -> Finding:
    """Free space where the data are."""
    free = shutil.disk_usage(_existing(folder)).free
    shown = f"{free / 1e9:.1f} GB free"
    todo = "Make room where the data folder is: a day needs some megabytes, a translation model some hundred."
    if free < _HARDLY_ANY_SPACE:
        return problem("disk", shown, todo)
    return advice("disk", shown, todo) if free < _LITTLE_SPACE else ok("disk", shown)


def data_folder(folder: Path) -> Finding:
    """Whether files can be written in the data folder, tried by writing one."""
    if not folder.exists():
        parent = _existing(folder)
        if os.access(parent, os.W_OK | os.X_OK):
            return ok("data folder", f"{folder} is not there yet; `run` makes it")
        return problem(
            "data folder", f"{folder} is not there, and cannot be made", f"Make it, or allow it in {parent}."
        )
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        todo = "Give this user the right to write there, or choose another folder by --data."
        return problem("data folder", f"{folder} cannot be written to: {error.strerror}", todo)
    return ok("data folder", f"{folder} can be written to")


def file_system(folder: Path, *, holds_database: bool, mounts: str | None = None) -> Finding:
    """Whether a database file lies on a network file system.

    Args:
        folder: Where the data are.
        holds_database: False with PostgreSQL: then it matters little.
        mounts: Text of /proc/self/mountinfo; read when None.
    """
    if mounts is None:
        if not _MOUNTS.exists():
            return not_checked("file system", "this system does not tell by /proc/self/mountinfo")
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    kind = mounted_kind(_existing(folder).resolve(), mounts)
    if kind is None:
        return not_checked("file system", "the mount of the data folder was not found")
    if holds_database and _NETWORK.match(kind):
        todo = "Put the data folder on a disk of this machine, or use PostgreSQL (CYBERDIGEST_DATABASE)."
        return problem("file system", f"{kind} is a network file system, on which SQLite may be damaged", todo)
    return ok("file system", kind)


def mounted_kind(path: Path, mounts: str) -> str | None:
    """Kind of the file system that a path lies on, by the text of mountinfo (proc(5)); None when nothing fits."""
    best, kind = -1, None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4]))
        if path.is_relative_to(point) and len(point.parts) >= best:  # a later mount hides an earlier one
            best, kind = len(point.parts), after.split()[0]
    return kind


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    return next(place for place in (folder, *folder.parents) if place.exists())
