"""Confirmations survive the mail server: tried again while nothing is lost, never sent twice after a crash."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from public_kit import NOW, Visitor, later, link_in, outbox
from smtp_server import Server
from sqlalchemy import text

from pipeline.model import Signup
from pipeline.store import Store

ADA = "ada@example.org"


class Killed(BaseException):
    """The program stops here."""


@pytest.fixture
def visitor(store: Store) -> Visitor:
    return Visitor(store)


def states(store: Store) -> dict[str, int]:
    with store._read() as connection:
        rows = connection.execute(text("SELECT state, count(*) FROM signups GROUP BY state")).all()
    return {row[0]: row[1] for row in rows}


def test_a_mail_server_that_is_down_loses_nothing(store: Store, visitor: Visitor) -> None:
    """Asked while it is away, mailed when it is back, once."""
    with Server() as gone:
        port = gone.port
    visitor.sign_up(ADA)
    visitor.sign_up("eve@example.org")
    for minutes in (0, 2, 10):
        assert outbox(store, port).work(later(minutes=minutes)) <= 60
    assert states(store) == {"pending": 2}
    with Server() as back:
        outbox(store, back.port).work(later(hours=3))
        outbox(store, back.port).work(later(hours=4))
    assert sorted(item[1] for item in back.accepted) == [ADA, "eve@example.org"]
    assert states(store) == {"sent": 2}


def test_what_could_not_leave_in_a_day_is_given_up(store: Store, visitor: Visitor) -> None:
    """Nobody waits any more; the address is forgotten."""
    with Server() as gone:
        port = gone.port
    visitor.sign_up(ADA)
    outbox(store, port).work(NOW)
    with Server() as back:
        outbox(store, back.port).work(later(hours=25))
        assert back.accepted == []
    assert states(store) == {"expired": 1}
    assert store.signups("expired")[0].address is None


@pytest.mark.parametrize("step", ["connect", "ehlo", "mail", "rcpt", "data", "end"])
def test_try_later_is_tried_later(store: Store, visitor: Visitor, step: str) -> None:
    """4xx at any step: put off, then sent once."""
    visitor.sign_up(ADA)
    with Server(script=lambda at, _: "451 4.3.0 later" if at == step else None) as server:
        outbox(store, server.port).work(NOW)
        assert states(store) == {"pending": 1}
        server.script = lambda _at, _: None
        outbox(store, server.port).work(later(seconds=30))
        assert len(server.accepted) in {0, 1}
        outbox(store, server.port).work(later(minutes=2))
        assert len(server.accepted) == 1
    assert states(store) == {"sent": 1}


def test_it_is_tried_all_day_and_at_last_once_an_hour(store: Store, visitor: Visitor) -> None:
    """However often the server says "later": the pauses grow to an hour, and the day's last try still goes out."""
    visitor.sign_up(ADA)
    with Server(script=lambda at, _: "451 4.3.0 later" if at == "rcpt" else None) as server:
        for minutes in range(0, 23 * 60, 5):
            outbox(store, server.port).work(later(minutes=minutes))
        assert 20 <= sum(command.startswith("RCPT") for command in server.commands) <= 30
        server.script = lambda _at, _: None
        outbox(store, server.port).work(later(hours=23, minutes=59))
        assert len(server.accepted) == 1
    assert states(store) == {"sent": 1}


def test_a_clock_that_was_ahead_keeps_nobody_waiting(store: Store, visitor: Visitor) -> None:
    """A year ahead for a moment: neither limits of the hour nor pauses last until then when it is right again."""
    visitor.now = later(days=365)
    for address in (ADA, "eve@example.org", "bob@example.org"):
        visitor.sign_up(address)
    with Server(script=lambda at, to: "451 4.3.0 later" if at == "rcpt" and to != ADA else None) as server:
        outbox(store, server.port, per_hour=3).work(visitor.now)
        assert len(server.accepted) == 1
        server.script = lambda _at, _: None
        visitor.now = NOW
        for _ in range(9):
            visitor.sign_up("new@example.org")
        outbox(store, server.port, per_hour=3).work(NOW)
        outbox(store, server.port, per_hour=3).work(later(hours=1.5))
        others = [item[1] for item in server.accepted[1:]]
        assert sorted(others) == ["bob@example.org", "eve@example.org", "new@example.org"]
        visitor.now = later(days=2)
        assert visitor.sign_up(ADA)[0] == 200
        outbox(store, server.port, per_hour=3).work(visitor.now)
        assert server.accepted[-1][1] == ADA


def test_a_server_that_takes_nothing_is_not_asked_for_everybody(store: Store, visitor: Visitor) -> None:
    """Three refusals in a row end the look; one that is taken in between does not count with them."""
    people = [f"{name}@example.org" for name in ("a", "b", "c", "d", "e", "f")]
    for number, address in enumerate(people):
        visitor.now = later(seconds=number)
        visitor.sign_up(address)
    with Server(script=lambda at, _: "451 4.3.0 later" if at == "rcpt" else None) as server:
        outbox(store, server.port, give_up_after=3).work(later(minutes=1))
        assert sum(command.startswith("RCPT") for command in server.commands) == 3
    taken = [*people[:2], people[3]]
    with Server(script=lambda at, to: None if at != "rcpt" or to in taken else "451 4.3.0 later") as server:
        outbox(store, server.port, give_up_after=2).work(later(hours=2))
        assert sorted(item[1] for item in server.accepted) == taken
        assert sum(command.startswith("RCPT") for command in server.commands) == 6


def test_a_login_asked_for_after_data_leaves_no_doubt(store: Store, visitor: Visitor) -> None:
    """The server has answered: nothing was taken, and the confirmation goes out when the settings are mended."""
    visitor.sign_up(ADA)
    with Server(script=lambda at, _: "530 5.7.0 log in first" if at == "data" else None) as server:
        assert outbox(store, server.port).work(NOW) > 60
        assert states(store) == {"pending": 1}
        server.script = lambda _at, _: None
        outbox(store, server.port).work(later(hours=1))
        assert [item[1] for item in server.accepted] == [ADA]


@pytest.mark.parametrize("end", ["take and close", "close", "reset"])
def test_a_lost_connection_after_the_dot_is_not_sent_again(store: Store, visitor: Visitor, end: str) -> None:
    """Server and program cannot agree (RFC 1047): the link of a mail that did arrive works."""
    visitor.sign_up(ADA)
    with Server(script=lambda at, _: end if at == "end" else None) as server:
        outbox(store, server.port).work(NOW)
        server.script = lambda _at, _: None
        for minutes in (5, 60, 600):
            outbox(store, server.port).work(later(minutes=minutes))
        assert len(server.accepted) == (1 if end == "take and close" else 0)
    assert states(store) == {"uncertain": 1}
    if server.accepted:
        assert visitor.post(link_in(server.accepted[0][2]))[0] == 200
        assert len(store.subscribers()) == 1


@pytest.mark.parametrize(
    "point",
    ["signup sending: before", "signup sending: written", "signup sending: committed", "before data", "data answered",
     "message poured", "dot sent", "answered", "signup sent: before", "signup sent: committed"],
)  # fmt: skip
def test_a_crash_at_any_step_sends_nothing_twice(tmp_path: Path, point: str) -> None:
    """`sending` is durable before DATA; what was not begun is sent by the next start, what was begun is doubted."""
    path = tmp_path / "digest.db"

    def at(name: str) -> None:
        if name == point:
            raise Killed

    with Store.open(path) as store:
        Visitor(store).sign_up(ADA)
    with Server() as server:
        with Store.open(path, at=at) as store, pytest.raises(Killed):
            outbox(store, server.port, at=at).work(NOW)
        with Store.open(path) as store:
            for minutes in (1, 40, 80):
                outbox(store, server.port).work(later(minutes=minutes))
            found = states(store)
    assert len(server.accepted) <= 1
    if point in {"signup sending: before", "signup sending: written"}:
        assert found == {"sent": 1}
        assert len(server.accepted) == 1
    elif point == "signup sent: committed":
        assert found == {"sent": 1}
    else:
        assert found == {"uncertain": 1}


def test_no_such_address_is_not_asked_again(store: Store, visitor: Visitor) -> None:
    """5.1.1: failed, forgotten, and silence for good."""
    with Server(script=lambda at, _: "550 5.1.1 no such user" if at == "rcpt" else None) as server:
        visitor.sign_up(ADA)
        outbox(store, server.port).work(NOW)
        assert states(store) == {"failed": 1}
        server.script = lambda _at, _: None
        visitor.now = later(days=2)
        visitor.sign_up(ADA)
        outbox(store, server.port).work(visitor.now)
        assert server.accepted == []


def test_one_address_that_the_server_will_not_have_does_not_stop_the_others(store: Store, visitor: Visitor) -> None:
    """550 5.7.1 looks like a refusal of us; the next in the queue show that it is not."""
    with Server(script=lambda at, to: "550 5.7.1 refused" if at == "rcpt" and to == ADA else None) as server:
        visitor.sign_up(ADA)
        visitor.sign_up("eve@example.org")
        outbox(store, server.port).work(NOW)
        assert [item[1] for item in server.accepted] == ["eve@example.org"]
    assert states(store) == {"pending": 1, "sent": 1}


def test_one_confirmation_that_cannot_be_built_does_not_stop_the_others(store: Store, visitor: Visitor) -> None:
    """An address that no header can hold, taken by older rules, waits to be forgotten; who came later is answered."""
    odd = Signup(
        id="0" * 32, address="=?utf-8?q?a?=@example.org", language="en", topics=(), words="yes", words_language="en",
        asked=NOW,
    )  # fmt: skip
    assert store.ask(odd, address_key=str(odd.address), visitor=None, per_visitor=10, per_hour=100)
    visitor.sign_up(ADA)
    with Server() as server:
        outbox(store, server.port).work(NOW)
        assert [item[1] for item in server.accepted] == [ADA]
        outbox(store, server.port).work(later(hours=25))
    assert states(store) == {"expired": 1, "sent": 1}


def test_a_refused_login_waits_for_a_person(store: Store, visitor: Visitor) -> None:
    """Nobody is lost, the server is not asked every minute."""
    visitor.sign_up(ADA)
    with Server(extensions=("AUTH PLAIN",), script=lambda at, _: "535 5.7.8 no" if at == "auth" else None) as server:
        wait = outbox(store, server.port, username="u", password="p").work(NOW)
        assert wait >= 300
        assert states(store) == {"pending": 1}
        server.script = lambda _at, _: None
        outbox(store, server.port, username="u", password="p").work(later(minutes=5))
        assert len(server.accepted) == 1


def test_two_programs_on_one_database_send_one_mail(store: Store, visitor: Visitor) -> None:
    """The row is taken in one transaction, and the cap of the hour holds for both."""
    for number in range(8):
        visitor.ip = f"192.0.2.{number}"
        visitor.sign_up(f"a{number}@example.org")
    with Server() as server:
        boxes = [outbox(store, server.port, per_hour=6) for _ in range(4)]
        threads = [threading.Thread(target=box.work, args=(NOW,)) for box in boxes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len({item[1] for item in server.accepted}) == len(server.accepted) == 6


def test_stopping_finishes_the_message_in_hand(store: Store, visitor: Visitor) -> None:
    """SIGTERM: no doubt is left, the rest goes out after the next start."""
    from public_kit import SITE, confirmation, settings

    from pipeline.deliver.signup_mail import Outbox

    for number in range(3):
        visitor.sign_up(f"a{number}@example.org")
    with Server() as server:
        box = Outbox(
            store, settings(server.port), confirm_url="https://digest.example.org/news/confirm",
            compose=confirmation(SITE, "UTC"), secret=b"s", per_hour=9, should_stop=lambda: bool(server.accepted),
        )  # fmt: skip
        box.work(NOW)
        assert len(server.accepted) == 1
    assert states(store) == {"pending": 2, "sent": 1}
