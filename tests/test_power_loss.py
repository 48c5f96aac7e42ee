"""The power goes while mail is sent: nothing twice, nothing forgotten, and the database is whole."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from power import Disk, Recorder, Step

from pipeline.store import Store


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("powerloss", Path(__file__).parent.parent / "bench/powerloss.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


def test_power_cuts_while_sending(bench: ModuleType, tmp_path: Path) -> None:
    """bench/powerloss.py runs thousands of them; here are thirty."""
    totals = bench.Bench(tmp_path, readers=4, seed=1).run(30)
    assert totals.cuts == 30
    assert totals.deliveries >= 8
    assert totals.uncertain >= 1
    assert totals.broken == 0, totals


def test_a_disk_that_does_not_flush_is_noticed(
    bench: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a disk that lies (as without `synchronous=FULL`) the bench finds what was forgotten, and so sent again."""
    totals = bench.Bench(tmp_path, readers=4, seed=1, is_liar=True).run(30)
    assert totals.undone > 0
    assert totals.twice > 0
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
