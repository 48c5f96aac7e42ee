"""The disk is full, the database locked, another run takes over, in the middle of sending: nothing twice or lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from deliver_cases import NOW, edition, freeze, later, readers, send, settings
from smtp_server import Server

from pipeline.deliver import send_edition
from pipeline.deliver.machine import Machine
from pipeline.deliver.subscribers import erase
from pipeline.errors import BusyError, DigestError, StoreError
from pipeline.store import Store

BEFORE = ("freeze recipients: before", "freeze recipients: written", "delivery sending: before",
          "delivery sending: written")  # fmt: skip
AFTER = ("delivery sent: before", "delivery sent: written")


def faulty(folder: Path, point: str, error: DigestError, *, nth: int) -> Store:
    """A store that fails once, at the nth time it comes to a point."""
    met = [0]

    def at(name: str) -> None:
        met[0] += name == point
        if name == point and met[0] == nth:
            raise error

    return Store.open(folder / "digest.db", at=at)


@pytest.mark.parametrize("error", [StoreError("disk full"), BusyError("locked")], ids=["full", "locked"])
@pytest.mark.parametrize("point", [*BEFORE, *AFTER])
def test_a_database_that_fails_while_sending(store: Store, tmp_path: Path, point: str, error: DigestError) -> None:
    """No DATA without a committed "sending"; what was taken and could not be noted is in doubt, and only that."""
    readers(store, 4)
    freeze(store)
    nth = 1 if point.startswith("freeze") else 2
    with Server() as server:
        with faulty(tmp_path, point, error, nth=nth) as broken, pytest.raises(type(error)):
            send(broken, edition(), server.port)
        assert len(server.accepted) == (0 if nth == 1 else 1 if point in BEFORE else 2)
        report = send(store, edition(), server.port, now=later(0.1))
        assert dict(report.counts) == ({"sent": 4} if point in BEFORE else {"sent": 3, "uncertain": 1})
        assert len(server.message_ids) == len(set(server.message_ids)) == 4


def test_a_run_that_was_taken_over_sends_nothing_more(store: Store, tmp_path: Path) -> None:
    """The lock was lost (a database session ended): the overtaken run stops before its next DATA."""
    readers(store, 5)
    freeze(store)
    with Store.open(tmp_path / "digest.db") as other, Server() as server:

        def script(step: str, who: str) -> None:
            if step == "rcpt" and who.startswith("reader0002"):
                other._take_lease(later(0.1), "another host")

        server.script = script
        with pytest.raises(BusyError, match="taken over"):
            send(store, edition(), server.port)
        assert [who for _, who, _ in server.accepted] == ["reader0000@example.org", "reader0001@example.org"]
        server.script = lambda _step, _who: None
        assert dict(send(other, edition(), server.port, now=later(0.2)).counts) == {"sent": 5}


@pytest.mark.parametrize("dot", ["\n.\n", "\r\n.\r\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n..\r\n"])
def test_a_text_smuggles_no_second_message(store: Store, dot: str) -> None:
    """CVE-2023-51764: one message in, one message out, whatever stands on a line of its own."""
    readers(store, 1)
    text = f"News{dot}MAIL FROM:<x@example.org>\r\nRCPT TO:<y@example.org>\r\nDATA\r\nspam{dot}"
    made: Callable[[object], tuple[str, str, str]] = lambda _: ("News", f"<p>{text}", text)  # noqa: E731
    with Server() as server:
        report = send_edition(store, freeze(store), render=made, settings=settings(server.port), now=NOW)
        assert report.sent_now == 1
        assert len(server.accepted) == 1
        assert sum(line.startswith("MAIL") for line in server.commands) == 1


@pytest.mark.parametrize("answer", [None, "451 later", "550 unknown", "550 5.1.1 nobody"])
@pytest.mark.parametrize("step", ["rcpt", "end"])
def test_who_is_erased_while_on_the_way_stops_nobody_else(
    store: Store, tmp_path: Path, step: str, answer: str | None
) -> None:
    """Another process forgets a reader between the first look and the server's answer: the others get their edition."""
    everybody = readers(store, 4)
    freeze(store)
    with Store.open(tmp_path / "digest.db") as other, Server() as server:

        def script(at: str, who: str) -> str | None:
            if at != step or not who.startswith("reader0001"):
                return None
            if other.subscriber(everybody[1].id) is not None:
                erase(other, everybody[1].id, now=NOW)
            return answer

        server.script = script
        machine = Machine("one", tmp_path / "sent-so-far")
        report = send(store, edition(), server.port, machine=machine)
        assert report.stopped is None
        assert report.counts["sent"] >= 3
        # What this machine counted is what the ledger knows: it is not taken for an old copy.
        assert "pending" not in send(store, edition(), server.port, now=later(1), machine=machine).counts
    assert len(server.message_ids) == len(set(server.message_ids))
    assert not any("reader0001" in (item.reason or "") for item in store.deliveries())
