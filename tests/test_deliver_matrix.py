"""Whatever the mail server does at whatever step: the right state, within the deadline, nothing twice."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from deliver_cases import NOW, QUICK, freeze, later, readers, send, settings
from smtp_server import Server

from pipeline.deliver import send_edition
from pipeline.store import Store

BROKEN = ("close", "reset", "silent", "drip", "garbage", "half-close", "endless")
TEMPORARY = ("421 4.3.2 closing", "450 4.2.0 greylisted", "451 4.3.0 try later", "452 4.2.2 mailbox full")
NO_SUCH = ("550 5.1.1 no such user", "550 5.1.2 no such domain", "553 5.1.3 bad address", "556 5.1.10 null MX")
OTHER_PERMANENT = ("550 unknown", "552 5.2.2 mailbox full", "554 5.6.0 content", "501 5.5.4 syntax")
POLICY = ("550 5.7.1 relaying denied", "550 5.7.26 unauthenticated", "554 5.7.515 dmarc", "530 log in first")

# step, what the server does there, state of the delivery, exit code
CASES = [
    *[(step, action, "pending", 75) for step in ("connect", "ehlo", "mail", "rcpt", "data") for action in BROKEN],
    *[
        (step, action, "pending", 75)
        for step in ("connect", "ehlo", "mail", "rcpt", "data", "end")
        for action in TEMPORARY
    ],
    *[(step, "554 go away", "pending", 78) for step in ("connect",)],
    *[("mail", action, "pending", 78) for action in (*POLICY, "550 5.1.8 sender unknown")],
    ("mail", "552 5.3.4 too big", "failed", 0),
    *[("rcpt", action, "failed", 0) for action in (*NO_SUCH, *OTHER_PERMANENT)],
    *[(step, action, "pending", 78) for step in ("rcpt", "data", "end") for action in POLICY],
    *[(step, action, "failed", 0) for step in ("data", "end") for action in OTHER_PERMANENT],
    ("data", "250 ok", "pending", 75),
    *[("end", action, "uncertain", 0) for action in BROKEN],
    *[("end", f"take and {action}", "uncertain", 0) for action in BROKEN],
    ("end", "354 more", "uncertain", 0),
    ("rcpt", "251 forwards", "sent", 0),
    ("end", "200 fine", "sent", 0),
    *[("quit", action, "sent", 0) for action in (*BROKEN, *TEMPORARY)],
]


@pytest.mark.parametrize(("step", "action", "state", "exit_code"), CASES, ids=lambda value: str(value))
def test_server_behaviour(store: Store, step: str, action: str, state: str, exit_code: int) -> None:
    """One step of the server misbehaves for good: the state is right, nothing hangs, the next run repairs the rest."""
    readers(store, 1)
    value = freeze(store)
    is_broken = [True]
    with Server(script=lambda at, _: action if at == step and is_broken[0] else None) as server:
        begun = time.monotonic()
        report = send(store, value, server.port)
        assert time.monotonic() - begun < 4
        assert dict(report.counts) == {state: 1}
        assert report.exit_code == exit_code
        assert not any("reader0000@" in line for line in report.problems)

        is_broken[0] = False
        again = send(store, value, server.port, now=later(1))
        final = "sent" if state == "pending" else state
        assert dict(again.counts) == {final: 1}
        assert len(server.accepted) == (final == "sent" or action.startswith("take"))


@pytest.mark.parametrize("action", ["close", "reset"])
def test_connection_lost_within_the_message_is_no_doubt(store: Store, action: str) -> None:
    """Before the final dot has left, the server cannot have taken it."""
    readers(store, 1)
    value = freeze(store)
    with Server(script=lambda at, _: action if at == "body" else None) as server:
        report = send_edition(
            store,
            value,
            render=lambda _: ("Long", "<p>" + "x" * 4_000_000, "x"),
            settings=settings(server.port),
            now=NOW,
        )
    assert dict(report.counts) == {"pending": 1}


@pytest.mark.parametrize("action", ["endless", "endless blanks"])
def test_an_answer_without_end_is_given_up_by_its_size(store: Store, action: str) -> None:
    """Long before its deadline, and also when its lines say nothing."""
    readers(store, 1)
    patient = replace(QUICK, command=60)
    with Server(script=lambda at, _: action if at == "rcpt" else None) as server:
        begun = time.monotonic()
        report = send(store, freeze(store), server.port, settings=settings(server.port, deadlines=patient))
        assert time.monotonic() - begun < 10
    assert dict(report.counts) == {"pending": 1}


def test_the_matrix_is_wide() -> None:
    """At least 30 behaviours, every step covered."""
    assert len({action for _, action, _, _ in CASES}) >= 30
    assert {step for step, *_ in CASES} >= {"connect", "ehlo", "mail", "rcpt", "data", "end", "quit"}


@pytest.mark.parametrize("action", NO_SUCH)
def test_no_such_address_is_suppressed_at_once(store: Store, action: str) -> None:
    (reader,) = readers(store, 1)
    with Server(script=lambda at, _: action if at == "rcpt" else None) as server:
        send(store, freeze(store), server.port)
    after = store.subscriber(reader.id)
    assert after
    assert after.state == "suppressed"


def test_other_refusals_suppress_on_the_second_day(store: Store) -> None:
    (reader,) = readers(store, 1)
    from deliver_cases import edition

    with Server(script=lambda at, _: "550 unknown" if at == "rcpt" else None) as server:
        for day, state in ((0, "active"), (1, "suppressed")):
            now = later(24 * day)
            value = store.freeze(edition(now), {}, now=now)
            send(store, value, server.port, now=now)
            after = store.subscriber(reader.id)
            assert after
            assert after.state == state


@pytest.mark.parametrize(("action", "tries"), [*[(action, 5) for action in POLICY[:3]], (POLICY[3], 1)])
def test_policy_refusal_suppresses_nobody(store: Store, action: str, tries: int) -> None:
    """It is our fault, not the readers'; the run stops after five in a row, and at once where we should log in."""
    people = readers(store, 9)
    with Server(script=lambda at, _: action if at == "rcpt" else None) as server:
        report = send(store, freeze(store), server.port, settings=settings(server.port, retry_waits=(1, 1)))
        assert sum(line.startswith("RCPT") for line in server.commands) == tries
    assert report.exit_code == 78
    assert report.stopped
    assert [item.state for item in store.subscribers()] == ["active"] * len(people)


@pytest.mark.parametrize("step", ["rcpt", "data", "end"])
def test_a_policy_against_one_reader_does_not_keep_the_others_waiting(store: Store, step: str) -> None:
    """A server may refuse one mailbox by policy, every time: the others get their edition on the first day."""
    readers(store, 8)
    closed = {"reader0000@example.org", "reader0001@example.org"}
    script = lambda at, who: "550 5.7.1 not for this list" if at == step and who in closed else None  # noqa: E731
    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
        assert dict(report.counts) == {"sent": 6, "pending": 2}
        assert report.exit_code == 78
        assert "5.7.1" in str(report.stopped)
    assert {item.state for item in store.subscribers()} == {"active"}


def test_a_policy_against_one_reader_does_not_end_the_tries_for_others(store: Store) -> None:
    """78 would tell systemd not to start again; as long as another run helps somebody, it is 75."""
    readers(store, 3)
    answers = {
        "reader0000@example.org": "550 5.7.1 not for this list",
        "reader0001@example.org": "450 4.2.0 greylisted",
    }
    with Server(script=lambda at, who: answers.get(who) if at == "rcpt" else None) as server:
        report = send(store, freeze(store), server.port)
        assert dict(report.counts) == {"sent": 1, "pending": 2}
        assert report.exit_code == 75
        assert any("5.7.1" in line for line in report.problems)
        del answers["reader0001@example.org"]
        later_report = send(store, freeze(store), server.port, now=later(2))
        assert dict(later_report.counts) == {"sent": 2, "pending": 1}
        assert later_report.exit_code == 78


def test_who_is_always_refused_is_tried_last(store: Store) -> None:
    """More blocked readers than the run stops after: the next run begins with those it did not reach."""
    readers(store, 9)
    script = lambda at, who: "550 5.7.1 no" if at == "rcpt" and who < "reader0005" else None  # noqa: E731
    with Server(script=script) as server:
        assert dict(send(store, freeze(store), server.port).counts) == {"pending": 9}
        assert dict(send(store, freeze(store), server.port, now=later(2)).counts) == {"sent": 4, "pending": 5}


def test_a_throttle_for_one_domain_keeps_nobody_else_waiting(store: Store) -> None:
    """More of its readers in a row than the run stops after: started again, it begins with the others, at once."""
    readers(store, 9)
    script = lambda at, who: "451 4.7.1 slow down" if at == "rcpt" and who < "reader0006" else None  # noqa: E731
    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
        assert (dict(report.counts), report.exit_code) == ({"pending": 9}, 75)
        report = send(store, freeze(store), server.port, now=later(0.01))
        assert (dict(report.counts), report.exit_code) == ({"sent": 3, "pending": 6}, 75)
        assert not [reader for reader in store.subscribers() if reader.state != "active"]
        # What throttled ones still want is tried until the edition is a day old, then given up, and nobody is to blame.
        send(store, freeze(store), server.port, now=later(23))
        report = send(store, freeze(store), server.port, now=later(25))
    assert (dict(report.counts), report.exit_code) == ({"sent": 3, "expired": 6}, 0)
    assert not [reader for reader in store.subscribers() if reader.state != "active"]


@pytest.mark.parametrize("action", ["take and close", "close"])
def test_drop_after_the_last_byte_for_everybody_stops_after_five(store: Store, action: str) -> None:
    readers(store, 20)
    with Server(script=lambda at, _: action if at == "end" else None) as server:
        report = send(store, freeze(store), server.port, settings=settings(server.port, retry_waits=(1, 1)))
    assert dict(report.counts) == {"uncertain": 5, "pending": 15}
    assert report.exit_code == 75
    assert len([line for line in report.problems if "uncertain" in line]) == 5


def test_drop_for_one_reader_leaves_the_others_alone(store: Store) -> None:
    readers(store, 10)
    script = lambda at, who: "take and close" if at == "end" and who.startswith("reader0004") else None  # noqa: E731
    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
        assert dict(report.counts) == {"sent": 9, "uncertain": 1}
        again = send(store, freeze(store), server.port)
        assert dict(again.counts) == {"sent": 9, "uncertain": 1}
        assert len(server.message_ids) == len(set(server.message_ids)) == 10


def test_temporary_refusal_is_tried_again_within_the_run(store: Store) -> None:
    readers(store, 2)
    tries: list[str] = []
    waits: list[float] = []

    def script(step: str, argument: str) -> str | None:
        if step == "rcpt":
            tries.append(argument)
            return "450 4.2.0 greylisted" if len(tries) <= 2 else None
        return None

    with Server(script=script) as server:
        chosen = settings(server.port, retry_waits=(5, 30))
        report = send(store, freeze(store), server.port, settings=chosen, sleep=waits.append)
    assert dict(report.counts) == {"sent": 2}
    assert [wait for wait in waits if wait >= 1] == [5]


def test_put_off_delivery_waits_half_an_hour(store: Store) -> None:
    readers(store, 1)
    with Server(script=lambda at, _: "450 later" if at == "rcpt" else None) as server:
        send(store, freeze(store), server.port)
        tried = len(server.commands)
        report = send(store, freeze(store), server.port, now=later(0.4))
        assert len(server.commands) == tried
        assert report.exit_code == 75
        send(store, freeze(store), server.port, now=later(0.6))
        assert len(server.commands) > tried


def test_one_connection_carries_all_messages(store: Store) -> None:
    readers(store, 30)
    with Server() as server:
        send(store, freeze(store), server.port)
        assert server.connections == 1
        assert sorted(rcpt for _, rcpt, _ in server.accepted) == [f"reader{i:04}@example.org" for i in range(30)]


def test_server_that_limits_messages_per_connection(store: Store) -> None:
    """421 in the middle of a list is how servers end a long connection: the run connects again and goes on."""
    readers(store, 25)
    count = [0]

    def script(step: str, _: str) -> str | None:
        if step == "connect":
            count[0] = 0
        if step == "mail":
            count[0] += 1
            return "421 4.7.0 enough" if count[0] > 10 else None
        return None

    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
        assert dict(report.counts) == {"sent": 25}
        assert server.connections == 3


@pytest.mark.parametrize("action", ["close", "reset", "silent", "421 4.4.2 idle too long"])
@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_connection_that_went_stale_is_replaced_at_once(store: Store, step: str, action: str) -> None:
    """Nobody waits half an hour because the server ended a connection between two messages."""
    readers(store, 3)
    told: list[str] = []

    def script(at: str, _: str) -> str | None:
        told.append(at)
        return action if at == step and told.count(at) == 2 else None

    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
        assert (dict(report.counts), report.sent_now) == ({"sent": 3}, 3)
        assert server.connections == 2
        assert len(set(server.message_ids)) == len(server.message_ids) == 3


@pytest.mark.parametrize(
    ("refusal", "connections"),
    [("550 5.1.1 no", 1), ("450 4.2.0 greylisted", 1), ("550 5.7.1 not for this list", 1), ("421 4.3.2 closing", 2)],
)
@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "end"])
def test_a_refusal_leaves_the_connection_to_the_next(store: Store, step: str, refusal: str, connections: int) -> None:
    """What was begun is forgotten (RSET); a server that takes its leave is called again."""
    readers(store, 3)
    told: list[str] = []

    def script(at: str, _: str) -> str | None:
        told.append(at)
        return refusal if at == step and told.count(step) == 1 else None

    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
        if step == "mail" and refusal.startswith("5"):
            assert report.exit_code == 78  # it is about the sender
        else:
            assert report.counts["sent"] == 2
            assert server.connections == connections
            assert not any(line.startswith("503") for line in report.problems)


@pytest.mark.parametrize("action", [*BROKEN, *TEMPORARY, "502 5.5.1 what"])
def test_a_server_that_cannot_forget_an_envelope_is_called_again(store: Store, action: str) -> None:
    """RSET comes after a refusal only: the next reader's message must not follow the recipient before."""
    readers(store, 2)
    refused = lambda who: who.startswith("reader0000")  # noqa: E731
    script = lambda at, who: action if at == "rset" else "550 no" if at == "rcpt" and refused(who) else None  # noqa: E731
    with Server(script=script) as server:
        begun = time.monotonic()
        report = send(store, freeze(store), server.port)
        assert time.monotonic() - begun < 4
        assert dict(report.counts) == {"failed": 1, "sent": 1}
        assert server.connections == 2
        assert "RSET" in server.commands


@pytest.mark.parametrize(
    ("step", "action", "state"),
    [("data", "250 ok", "pending"), ("end", "354 more", "uncertain"), ("end", "150 wait", "uncertain")],
)
def test_a_server_that_answers_another_question_is_called_again(
    store: Store, step: str, action: str, state: str
) -> None:
    """What it will take the next words for, nobody can tell."""
    readers(store, 3)
    script = lambda at, who: action if at == step and who.startswith("reader0000") else None  # noqa: E731
    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
        assert dict(report.counts) == {state: 1, "sent": 2}
        assert server.connections == 2


def test_a_server_that_ends_every_connection_early_is_not_called_for_ever(store: Store) -> None:
    """A fresh connection that breaks is a try of its reader; the next one has a connection of its own."""
    readers(store, 2)
    with Server(script=lambda at, _: "close" if at == "rcpt" else None) as server:
        report = send(store, freeze(store), server.port)
        assert dict(report.counts) == {"pending": 2}
        assert server.connections == 2


def test_answer_that_nobody_asked_for_is_not_taken_for_the_next(store: Store) -> None:
    """A server one answer ahead must not make a refused message look sent."""
    readers(store, 1)
    script = lambda at, _: {"rcpt": "250 ok\r\n250 ok too", "end": "554 5.6.0 no"}.get(at)  # noqa: E731
    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
    assert dict(report.counts) == {"pending": 1}


def test_no_server_at_all(store: Store) -> None:
    readers(store, 1)
    with Server() as server:
        port = server.port
    report = send(store, freeze(store), port, now=NOW)
    assert report.exit_code == 75
    assert dict(report.counts) == {"pending": 1}
