"""A PostgreSQL server of the test run's own, reached by a Unix socket; without one: skip, in CI fail."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))


class Postgres:
    """Makes databases."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def make(self, template: str = "template0") -> str:
        """URL of a new database, empty or a copy."""
        self._made += 1
        name = f"digest{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def guard(self, role: str) -> None:
        """Ask a user for the password; all others come in without."""
        file = self._folder / "data" / "pg_hba.conf"
        file.write_text(f"local all {role} scram-sha-256\n{file.read_text()}")
        self.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)  # the server reads it in its own time

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        import psycopg

        with psycopg.connect(f"host={self._folder} user=postgres dbname=postgres", autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running_postgres(language: str = "en") -> Iterator[Postgres]:
    """Start a server that speaks a language, if it has learned it; stop it at the end."""
    postgres = _binary()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="cyberdigest-pg-"))
    if user:
        shutil.chown(folder, user.pw_uid, user.pw_gid)
    who: dict[str, object] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "LANGUAGE": language, "HOME": str(folder)}
    data = folder / "data"
    subprocess.run(
        [postgres.with_name("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, cwd=folder, env=environment, **who,  # type: ignore[call-overload]
    )  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [postgres, "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
            stdout=log, stderr=log, cwd=folder, env=environment, **who,  # type: ignore[call-overload]
        )  # fmt: skip
    try:
        made = Postgres(folder)
        _wait(made, folder, server)
        yield made
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nobody needs the data, nor waits for sessions left open
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(5)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(made: Postgres, folder: Path, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(200):
        try:
            made.execute("SELECT 1")
        except psycopg.OperationalError:
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
        else:
            return
    pytest.fail("PostgreSQL does not start")


def _binary() -> Path:
    reason = None
    try:
        import psycopg  # noqa: F401
    except ImportError:
        reason = "needs psycopg: pip install 'cyberdigest[postgresql]'"
    if not _BINARIES:
        reason = "needs a PostgreSQL server: apt-get install postgresql"
    if reason:
        unavailable(reason)
    return _BINARIES[-1]


def unavailable(reason: str) -> None:
    """Skip, in CI fail: something is not on this machine."""
    pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


def _user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
