"""kill -9 at every named point, against a real mail server: nothing twice, nothing lost, at most one in doubt."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_child import Crashes
from deliver_cases import freeze, readers
from smtp_server import Server

from pipeline.store import Store

READERS = 3
#: Between these the server may have the message although the ledger does not say so.
DOUBT_BEGINS, DOUBT_ENDS = "delivery sending: committed", "delivery sent: committed"


@pytest.fixture(scope="module")
def crashes() -> Iterator[Crashes]:
    with Crashes() as crashes:
        yield crashes


def _prepared(path: Path) -> Path:
    with Store.open(path) as store:
        freeze(store)
        readers(store, READERS)
    return path


def test_kill_while_sending(crashes: Crashes, tmp_path: Path) -> None:
    """At every point of every delivery; the next run repairs all but the one in doubt, without a hand."""
    template = _prepared(tmp_path / "template.db")
    with Server() as server:
        path = Path(shutil.copy(template, tmp_path / "whole.db"))
        status, points = crashes.run("send", database=str(path), port=server.port)
    assert status == 0
    assert len(set(points)) >= 20
    doubts = 0
    for number, point in enumerate(points):
        path = Path(shutil.copy(template, tmp_path / f"{number}.db"))
        with Server() as server:
            status, passed = crashes.run("send", database=str(path), port=server.port, crash_at=number)
            assert status == -9
            assert passed == points[: number + 1]
            status, _ = crashes.run("send", database=str(path), port=server.port)
            assert status == 0, point
            doubts += _check(path, server, passed)
        _remove(path)
    assert 0 < doubts < len(points)


def _check(path: Path, server: Server, passed: list[str]) -> int:
    """The invariants I1 to I4; how many deliveries are in doubt."""
    with Store.open(path) as store:
        deliveries = store.deliveries()
        assert store.export_subscriber("r0000")
    states = [item.state for item in deliveries]
    ids = server.message_ids
    assert len(states) == READERS
    assert len(ids) == len(set(ids)), "sent twice"
    for item in deliveries:
        assert item.state in ("sent", "uncertain"), "left behind"
        assert item.state == "uncertain" or item.message_id in ids, "lost"
    in_doubt = states.count("uncertain")
    assert in_doubt == passed.count(DOUBT_BEGINS) - passed.count(DOUBT_ENDS)
    assert in_doubt <= 1
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    return in_doubt


def test_kill_while_writing_a_day(crashes: Crashes, tmp_path: Path) -> None:
    """At every point of making the database and of every kind of write: the next run ends with the same content."""
    whole = tmp_path / "whole.db"
    status, points = crashes.run("one day", database=str(whole))
    assert status == 0
    assert len(set(points)) >= 30
    expected = _content(whole)
    for number, point in enumerate(points):
        path = tmp_path / f"{number}.db"
        status, _ = crashes.run("one day", database=str(path), crash_at=number)
        assert status == -9
        status, _ = crashes.run("one day", database=str(path))
        assert status == 0, point
        assert _content(path) == expected, point
        _remove(path)


def _content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All tables except the log of runs and locks, which tells the truth about the interrupted run."""
    with sqlite3.connect(path) as connection:
        names = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        content = {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
            if name != "schema_version"
            else connection.execute("SELECT * FROM schema_version").fetchall()
            for name in names
            if name not in ("runs", "leases")
        }
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM runs WHERE status = 'running'").fetchone() == (0,)
    connection.close()
    return content


def _remove(path: Path) -> None:
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()
