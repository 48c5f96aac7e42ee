"""One click is enough, and soon, whatever else the database is at."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest
from deliver_cases import NOW, freeze, readers, send
from public_kit import Visitor
from smtp_server import Server

from pipeline.deliver.leaving import Leavers
from pipeline.deliver.tokens import token_for
from pipeline.errors import BusyError, OutputError
from pipeline.store import Store

CLICK = {"body": b"List-Unsubscribe=One-Click", "origin": "https://mail.example.net"}


def link(store: Store, reader: str) -> str:
    return f"/unsubscribe/{token_for(store.secret('links'), 'unsubscribe', reader)}"


def test_a_locked_database_loses_nobody(tmp_path: Path) -> None:
    """The click is answered while somebody else writes; the reader is out as soon as that one has ended."""
    gone = Leavers(tmp_path / "leavers")
    with Store.open(tmp_path / "digest.db", busy_seconds=0.2) as store:
        (reader,) = readers(store, 1)
        path = link(store, reader.id)
        visitor = Visitor(store, leavers=gone)
        other = sqlite3.connect(tmp_path / "digest.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            status, _, page = visitor.post(path, **CLICK)
            assert status == 200
            assert "unsubscribed" in page
        with pytest.raises(BusyError):
            gone.settle(store, secret=store.secret("links"), now=NOW)
        other.execute("ROLLBACK")
        other.close()
        assert gone.settle(store, secret=store.secret("links"), now=NOW) == 1
        assert [item.state for item in store.subscribers()] == ["unsubscribed"]
        assert gone.settle(store, secret=store.secret("links"), now=NOW) == 0


def test_only_links_of_ours_are_kept(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up tokens do not fill the disk, and looking changes nothing, when the database is away altogether."""
    (reader,) = readers(store, 1)
    path = link(store, reader.id)
    visitor = Visitor(store, leavers=Leavers(tmp_path / "leavers"), secret=store.secret("links"))

    def away(*_: object) -> None:
        raise BusyError("away")

    monkeypatch.setattr(store, "subscriber", away)
    for made_up in (path[:-1] + ("x" if path[-1] != "x" else "y"), "/unsubscribe/r0000", "/unsubscribe/r0000."):
        assert visitor.post(made_up, **CLICK)[0] == 404
    assert visitor.get(path)[0] == 503
    assert Visitor(store, secret=store.secret("links")).post(path, **CLICK)[0] == 503
    assert not (tmp_path / "leavers").exists()
    assert visitor.post(path, **CLICK)[0] == 200
    (kept,) = (tmp_path / "leavers").iterdir()
    assert kept.read_text(encoding="utf-8") == path.rpartition("/")[2]


def test_a_click_that_can_be_kept_nowhere_is_told_to_come_back(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Database locked and disk full: 503, which mail programs may try again, and a page in the reader's language."""
    (reader,) = readers(store, 1)
    (tmp_path / "leavers").write_text("a file where a folder should be", encoding="utf-8")

    def away(*_: object, **__: object) -> None:
        raise BusyError("away")

    monkeypatch.setattr(store, "set_subscriber_state", away)
    visitor = Visitor(store, leavers=Leavers(tmp_path / "leavers"))
    status, headers, page = visitor.post(link(store, reader.id), **CLICK)
    assert (status, headers["retry-after"]) == (503, "60")
    assert "<html" in page


def test_clicks_take_effect_within_a_second_while_an_edition_is_sent(store: Store, tmp_path: Path) -> None:
    """99 of 100, from the click to the state in the database; whoever clicked before DATA gets nothing."""
    people = readers(store, 400)
    value, clicked = freeze(store), {reader.id for reader in people[300:]}
    visitor = Visitor(store)
    with Server() as server:

        def run() -> None:
            with Store.open(tmp_path / "digest.db") as other:
                send(other, value, server.port)

        sender = threading.Thread(target=run)
        sender.start()
        while not server.accepted:
            time.sleep(0.01)
        times = []
        for id in sorted(clicked, reverse=True):
            start = time.perf_counter()
            assert visitor.post(link(store, id), **CLICK)[0] == 200
            times.append(time.perf_counter() - start)
        sender.join()
    assert {item.id for item in store.subscribers(state="unsubscribed")} == clicked
    assert sorted(times)[98] < 1.0
    states = {item.subscriber: item.state for item in store.deliveries()}
    assert len(server.accepted) == sum(state == "sent" for state in states.values())
    assert any(states[id] == "suppressed" for id in clicked)


def test_two_programs_may_take_them_in_at_once(store: Store, tmp_path: Path) -> None:
    """`public` and `send` look into the folder when they like: what one has taken away is no trouble to the other."""
    secret, gone = store.secret("links"), Leavers(tmp_path / "leavers")
    tokens = [token_for(secret, "unsubscribe", reader.id) for reader in readers(store, 3)]
    for token in tokens:
        gone.note(token)

    class Other:
        """Takes everything in while we are at the first."""

        def __init__(self) -> None:
            self.is_first = True

        def __getattr__(self, name: str) -> object:
            if self.is_first:
                self.is_first = False
                assert Leavers(tmp_path / "leavers").settle(store, secret=secret, now=NOW) == 3
            return getattr(store, name)

    gone.settle(Other(), secret=secret, now=NOW)  # type: ignore[arg-type]
    assert {item.state for item in store.subscribers()} == {"unsubscribed"}
    assert list((tmp_path / "leavers").iterdir()) == []


def test_a_double_click_is_kept_once(store: Store, tmp_path: Path) -> None:
    """Two requests of one reader at the same moment, neither of which may fail."""
    (reader,) = readers(store, 1)
    token = token_for(store.secret("links"), "unsubscribe", reader.id)
    gone, faults = Leavers(tmp_path / "leavers"), list[BaseException]()

    def click() -> None:
        try:
            for _ in range(50):
                gone.note(token)
        except BaseException as error:  # noqa: BLE001 - looked at below
            faults.append(error)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(list((tmp_path / "leavers").iterdir())) == 1


def test_links_of_a_secret_of_ones_own_are_taken_in(store: Store, tmp_path: Path) -> None:
    """CYBERDIGEST_SECRET signs the links: the database's own secret knows none of them."""
    (reader,) = readers(store, 1)
    gone = Leavers(tmp_path / "leavers")
    gone.note(token_for(b"of my own", "unsubscribe", reader.id))
    gone.settle(store, secret=b"of my own", now=NOW)
    assert [item.state for item in store.subscribers()] == ["unsubscribed"]


def test_a_click_is_on_the_disk_when_it_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, and then its name in the folder; no handle stays open, however many leave."""
    flushed: list[bool] = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (flushed.append(stat.S_ISDIR(os.fstat(handle).st_mode)), real(handle))
    )
    gone = Leavers(tmp_path / "data" / "leavers")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(20):
        gone.note(f"token-{number}")
    assert flushed == [False, True] * 20
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_what_else_lies_in_the_folder_keeps_nobody_in(store: Store, tmp_path: Path) -> None:
    """A file manager's own file, a folder, a half-written note, a note that a disk has spoilt."""
    secret, folder = store.secret("links"), tmp_path / "leavers"
    (reader,) = readers(store, 1)
    Leavers(folder).note(token_for(secret, "unsubscribe", reader.id))
    (folder / ".DS_Store").write_bytes(b"\0\xff\xfe")
    (folder / "lost+found").mkdir()
    (folder / f"{'0' * 32}.1-2.new").write_bytes(b"half")
    (folder / ("0" * 32)).write_bytes(b"\xff\xfe spoilt")
    assert Leavers(folder).settle(store, secret=secret, now=NOW) == 2
    assert [item.state for item in store.subscribers()] == ["unsubscribed"]
    assert len(list(folder.iterdir())) == 3


def test_a_note_that_cannot_be_read_stops_the_sending(store: Store, tmp_path: Path) -> None:
    """Else its reader would get the next edition all the same; and keeps nobody else in."""
    secret, folder = store.secret("links"), tmp_path / "leavers"
    (reader,) = readers(store, 1)
    Leavers(folder).note(token_for(secret, "unsubscribe", reader.id))
    for name in ("0" * 32, "f" * 32):
        (folder / name).mkdir()
    with pytest.raises(OutputError, match="0000: cannot record that a reader left: Is a directory"):
        Leavers(folder).settle(store, secret=secret, now=NOW)
    assert [item.state for item in store.subscribers()] == ["unsubscribed"]
