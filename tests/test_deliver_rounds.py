"""One run over the readers of an edition: whom it passes over, what it tells, and what it remembers for the next."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from deliver_cases import NOW, edition, freeze, later, readers, send, settings
from smtp_server import Server

from pipeline.deliver import recipients
from pipeline.deliver.machine import Machine
from pipeline.deliver.subscribers import add
from pipeline.deliver.tokens import address_mac
from pipeline.errors import BusyError, DeliveryError, InputError, OutputError
from pipeline.store import Store


def day_of(store: Store, day: int, server: Server, answer: str | None, *, step: str = "rcpt") -> None:
    """One edition of its own, to which the server gives the same answer."""
    now = later(24 * day)
    server.script = lambda at, _: answer if at == step else None
    send(store, store.freeze(edition(now), {}, now=now), server.port, now=now)


# Who is passed over


def test_who_left_before_the_turn_came_is_not_even_named_to_the_server(store: Store) -> None:
    """Frozen with the others, gone an hour later: the delivery ends as suppressed, and no RCPT tells the address."""
    people = readers(store, 3)
    with Server(script=lambda at, _: "451 later" if at == "rcpt" else None) as server:
        send(store, freeze(store), server.port)
        store.set_subscriber_state(people[1].id, "unsubscribed", now=NOW)
        told = len(server.commands)
        server.script = lambda _step, _who: None
        report = send(store, edition(), server.port, now=later(1))
        assert dict(report.counts) == {"sent": 2, "suppressed": 1}
        assert report.exit_code == 0
        assert not any(people[1].address in line for line in server.commands[told:])
    assert [item.reason for item in store.deliveries(state="suppressed")] == ["no longer subscribed"]


def test_an_address_that_must_not_be_written_to_gets_a_row_and_no_mail(store: Store) -> None:
    """Suppressed without the reader's row knowing it, as by a complaint about a confirmation."""
    people = readers(store, 2)
    store.suppress(address_mac(store.secret("address"), people[0].address), "complaint", now=NOW)
    with Server() as server:
        report = send(store, freeze(store), server.port)
        assert [who for _, who, _ in server.accepted] == [people[1].address]
    assert dict(report.counts) == {"sent": 1, "suppressed": 1}
    assert [item.reason for item in store.deliveries(state="suppressed")] == ["complaint"]


def test_an_edition_that_was_edited_since_it_was_read_is_not_frozen(store: Store) -> None:
    """The message in hand is not what the editor let go: nobody gets it, and the list stays open."""
    readers(store, 1)
    value = freeze(store)
    store.revise(edition(title="Better"), after=0, editor="Ada", change="title", now=NOW)
    with Server() as server:
        with pytest.raises(BusyError, match="edited"):
            send(store, value, server.port, revision=0)
        assert server.connections == 0
    assert store.mailing_frozen(value.id) is None
    assert store.deliveries() == []


def test_what_waits_is_told_with_readers_as_they_were_frozen(store: Store) -> None:
    people = readers(store, 2)
    value = freeze(store)
    recipients.freeze(store, value, settings(25), now=NOW, revision=None)
    assert [(item.subscriber, reader.address) for item, reader in recipients.left_over(store, value)] == [
        (reader.id, reader.address) for reader in people
    ]


def test_a_pause_written_by_a_wrong_clock_keeps_nobody_waiting(store: Store) -> None:
    """The clock was a day ahead when a message was put off, and is right again: it goes out now, not tomorrow."""
    readers(store, 1)
    value = store.freeze(edition(), {}, now=NOW)
    with Server(script=lambda at, _: "451 later" if at == "rcpt" else None) as server:
        send(store, value, server.port, now=later(20))
        server.script = lambda _step, _who: None
        assert send(store, value, server.port, now=later(20)).sent_now == 0
        assert send(store, value, server.port, now=later(2)).sent_now == 1


def test_a_pause_is_over_at_its_end_and_not_a_minute_later(store: Store) -> None:
    """A timer that rings every half hour meets the very moment."""
    readers(store, 1)
    with Server(script=lambda at, _: "451 later" if at == "rcpt" else None) as server:
        value = freeze(store)
        send(store, value, server.port, elapsed=lambda: 0.0)
        server.script = lambda _step, _who: None
        assert send(store, value, server.port, now=later(0.5) - timedelta(microseconds=1)).sent_now == 0
        assert send(store, value, server.port, now=later(0.5)).sent_now == 1


def test_a_delivery_that_somebody_else_moves_stops_the_run(store: Store, tmp_path: Path) -> None:
    """Two hands on one row can only be a mistake: better late than twice."""
    readers(store, 2)
    freeze(store)
    with Store.open(tmp_path / "digest.db") as other, Server() as server:

        def script(step: str, who: str) -> str | None:
            if step != "rcpt" or not who.startswith("reader0000"):
                return None
            recipients.expire(other, "2026-11-23-en", now=NOW)
            return "451 later"

        server.script = script
        with pytest.raises(BusyError, match="another process changed the delivery to reader r0000"):
            send(store, edition(), server.port)
    assert server.accepted == []


# What refusals do to a reader


def test_a_message_that_is_refused_says_nothing_about_the_address(store: Store) -> None:
    """Content refused two days running: the reader stays, for the next edition may please."""
    (reader,) = readers(store, 1)
    with Server() as server:
        for day in range(3):
            day_of(store, day, server, "554 5.6.0 content", step="end")
    assert [item.state for item in store.deliveries()] == ["failed"] * 3
    assert [item.state for item in store.subscribers()] == ["active"]
    assert not store.export_subscriber(reader.id)["bounces"]  # type: ignore[index]


def test_an_address_that_bounced_is_refused_with_that_reason(store: Store) -> None:
    """Whoever adds it again is told why it must not be written to."""
    (reader,) = readers(store, 1)
    with Server() as server:
        day_of(store, 0, server, "550 5.1.1 nobody")
    with pytest.raises(InputError, match=r"must not be written to \(bounced\)"):
        add(store, reader.address, language="en", now=NOW)


def test_a_message_taken_in_between_forgives_the_refusal_before(store: Store) -> None:
    """A mailbox that is full now and then never loses its reader; refused twice without that, it does."""
    readers(store, 1)
    with Server() as server:
        for day, answer in enumerate(("550 unknown", None, "550 unknown", None)):
            day_of(store, day, server, answer)
        assert [item.state for item in store.subscribers()] == ["active"]
        for day in (4, 5):
            day_of(store, day, server, "550 unknown")
        assert [item.state for item in store.subscribers()] == ["suppressed"]


# What a run tells


def test_progress_counts_those_who_need_no_further_try(store: Store) -> None:
    """So many of so many are done, up to all; who is put off is not done."""
    readers(store, 4)
    told: list[tuple[int, int]] = []
    script = lambda at, who: "451 later" if at == "rcpt" and who.startswith("reader0001") else None  # noqa: E731
    with Server(script=script) as server:
        send(store, freeze(store), server.port, progress=lambda done, all: told.append((done, all)))
    assert told == [(1, 4), (1, 4), (2, 4), (3, 4)]


def test_a_refusal_by_policy_is_told_where_it_stops_nothing(store: Store) -> None:
    """One reader's server has something against us and another is only slow: a line for a person, and a later run."""
    readers(store, 3)
    answers = {"reader0000@example.org": "550 5.7.1 not for this list", "reader0001@example.org": "451 later"}
    with Server(script=lambda at, who: answers.get(who) if at == "rcpt" else None) as server:
        report = send(store, freeze(store), server.port)
    assert report.stopped is None
    assert report.problems == (
        "2026-11-23-en: the mail server refuses us by policy (550 5.7.1 not for this list), for 1 reader",
    )


def test_the_servers_words_are_kept_and_told(store: Store) -> None:
    """What a person needs to see what happened: beside each delivery, and a line for each to be looked at."""
    readers(store, 3)
    answers = {"reader0001@example.org": "550 5.2.1 mailbox off", "reader0002@example.org": "354 more"}

    def script(step: str, who: str) -> str | None:
        return answers.get(who) if step == ("end" if who.startswith("reader0002") else "rcpt") else None

    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
    told = {item.subscriber: (item.state, item.reason) for item in store.deliveries()}
    assert told == {
        "r0000": ("sent", "250 2.0.0 taken"),
        "r0001": ("failed", "550 5.2.1 mailbox off"),
        "r0002": ("uncertain", "354 more"),
    }
    refused, doubtful = report.problems
    assert refused == "2026-11-23-en: reader r0001: 550 5.2.1 mailbox off"
    assert doubtful.startswith("2026-11-23-en: reader r0002: uncertain whether <2026-11-23-en.")


def test_nobody_holds_the_line_while_waiting(store: Store) -> None:
    """Between two tries the server has been told goodbye, and is called again afterwards."""
    readers(store, 2)
    refused = ["451 later"]
    said: list[str] = []
    with Server(script=lambda at, _: refused.pop() if at == "rcpt" and refused else None) as server:
        chosen = settings(server.port, retry_waits=(5,))
        send(store, freeze(store), server.port, settings=chosen, sleep=lambda _: said.append(server.commands[-1]))
        assert said == ["QUIT"]
        assert server.connections == 2
    assert store.delivery_counts() == {"sent": 2}


# What the machine remembers


def test_a_reader_who_leaves_on_the_way_does_not_make_the_database_an_old_copy(store: Store, tmp_path: Path) -> None:
    """Ledger and machine count the same tries: what never was one counts for neither."""
    readers(store, 2)
    machine = Machine("one", tmp_path / "sent-so-far")

    def script(step: str, who: str) -> None:
        if step == "rcpt" and who.startswith("reader0000"):
            store.set_subscriber_state("r0000", "unsubscribed", now=NOW)

    with Server(script=script) as server:
        assert dict(send(store, freeze(store), server.port, machine=machine).counts) == {"sent": 1, "suppressed": 1}
        assert send(store, edition(), server.port, machine=machine).exit_code == 0


def test_the_file_of_the_machine_is_one_line_for_its_owner_alone(store: Store, tmp_path: Path) -> None:
    witness = tmp_path / "sent-so-far"
    readers(store, 12)
    with Server() as server:
        send(store, freeze(store), server.port, machine=Machine("one", witness))
    assert witness.read_bytes() == b"00000000000000000012\n"
    assert stat.S_IMODE(witness.stat().st_mode) == 0o600


def test_counting_keeps_no_file_open(store: Store, tmp_path: Path) -> None:
    """A million tries are a million writes to one file, not a million open ones."""
    machine = Machine("one", tmp_path / "sent-so-far")
    machine.take_over(store, now=NOW, adopt=False)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        machine.tried()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_a_file_that_cannot_be_kept_stops_before_anything_is_sent(store: Store, tmp_path: Path) -> None:
    """Without it a restored backup would go unnoticed."""
    readers(store, 1)
    with Server() as server:
        with pytest.raises(OutputError, match="sent-so-far: cannot be written"):
            send(store, freeze(store), server.port, machine=Machine("one", tmp_path / "no folder" / "sent-so-far"))
        assert server.connections == 0


def test_refusals_of_a_copy_say_what_is_wrong_and_what_to_do(store: Store, tmp_path: Path) -> None:
    witness = tmp_path / "sent-so-far"
    witness.write_text(f"{7:020}\n")
    with pytest.raises(DeliveryError, match=r"^this database knows of 0 tries to send, this machine of 7: .* adopt it"):
        Machine("one", witness).take_over(store, now=NOW, adopt=False)
    told = Machine("one", witness).take_over(store, now=NOW, adopt=True)
    assert told == ["an old copy was adopted: 0 messages may have been sent before, and are in doubt"]
    with pytest.raises(DeliveryError, match=r"^this database last sent mail from another machine; .* adopt it$"):
        Machine("two").take_over(store, now=NOW, adopt=False)
