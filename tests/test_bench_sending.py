"""The benches of sending, in short: power cuts (nothing twice, nothing forgotten, the database whole), many readers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from power import Disk, Recorder, Step
from scripts import script
from smtp_server import Server

from pipeline.store import Store


def test_power_cuts_while_sending(tmp_path: Path) -> None:
    """bench/powerloss.py runs thousands of them; here are thirty."""
    totals = script("bench/powerloss.py").Bench(tmp_path, readers=4, seed=1).run(30)
    assert totals.cuts == 30
    assert totals.deliveries >= 8
    assert totals.uncertain >= 1
    assert totals.broken == 0, totals


def test_a_disk_that_does_not_flush_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a disk that lies (as without `synchronous=FULL`) the bench finds what was forgotten, and so sent again.

    What a cut destroys depends on where the pages lie, so one seed says little: it ends when the database is damaged.
    """
    undone, twice = 0, 0
    for seed in range(6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        totals = script("bench/powerloss.py").Bench(folder, readers=4, seed=seed, is_liar=True).run(30)
        undone, twice = undone + totals.undone, twice + totals.twice
    assert undone > 0
    assert twice > 0
    # Where it survives the cut, the file beside the database knows that there was more.
    assert "it is an old copy" in capsys.readouterr().err


def test_the_record_is_what_sqlite_did(tmp_path: Path) -> None:
    """Played to its end, it gives the very files that SQLite left."""
    recorder, disk = Recorder(), Disk()
    for _ in range(2):
        with recorder.recording(), Store.open(tmp_path / "digest.db") as store:
            store.secret("links")
        disk.play(recorder.steps)
    disk.rest()
    assert disk.files() == {"digest.db": (tmp_path / "digest.db").read_bytes()}
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE unrecorded (x)")
    assert not any(step.name.startswith("other.db") for step in recorder.steps)


def test_every_change_is_flushed_before_it_counts(tmp_path: Path) -> None:
    """After each write of the store nothing but the record of the write-ahead log is left to chance."""
    recorder = Recorder()
    with recorder.recording(), Store.open(tmp_path / "digest.db") as store:
        for number in range(3):
            store.setting(f"setting {number}", b"value")
            recorder.mark("done")
    before = [recorder.steps[place - 1] for place, step in enumerate(recorder.steps) if step == Step("mark", "done")]
    assert before == [Step("flush", "digest.db-wal")] * 3


def test_an_edition_to_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """bench/manymail.py sends to a hundred thousand; here are sixty, twenty of them by a mail server."""
    many = script("bench/manymail.py")
    with Server(accepted=many.Arrived()) as server, Store.open(tmp_path / "digest.db") as store:
        many.measure(store, server, 60, 20, 2)
        assert store.delivery_counts() == {"sent": 120}
    assert "somebody who got them not exactly once: 0" in capsys.readouterr().out
