"""The sealed suite: loopback sockets only, a clean environment, warnings as errors."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_socket import socket_allow_hosts

if TYPE_CHECKING:
    from keys import Certificate
    from postgres_server import Postgres

    from pipeline.store import Store

_CI = os.environ.get("CI") == "true"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip (fail in CI) what needs a program that is not there: `@pytest.mark.needs("apertium")`."""
    for marker in item.iter_markers("needs"):
        for tool in marker.args:
            if shutil.which(tool) is None:
                reason = f"needs the program {tool}, which is not installed"
                pytest.fail(reason) if _CI else pytest.skip(reason)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Processes of `-n auto`: each has models, a browser and a PostgreSQL of its own, and four are enough."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@pytest.fixture(autouse=True)
def _sealed(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No socket beyond loopback, no setting or home folder of the machine."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    for name in list(os.environ):
        if name.startswith("CYBERDIGEST_") or name.lower() in {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database of the test's own, in the file digest.db."""
    from pipeline.store import Store

    with Store.open(tmp_path / "digest.db") as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole suite; tests that take it need PostgreSQL."""
    from postgres_server import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the test's own database is, or will be, in each of both kinds."""
    return str(tmp_path / "digest.db") if request.param == "sqlite" else request.getfixturevalue("postgres").make()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """One for the whole suite; tests that take it need openssl."""
    from keys import Certificate

    return Certificate.made_in(tmp_path_factory.mktemp("tls"))
