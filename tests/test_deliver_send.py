"""Who gets an edition, when, and what stops it."""

from __future__ import annotations

import base64
import hmac
import logging
import shutil
import socket
import sqlite3
import threading
import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from deliver_cases import NOW, QUICK, edition, freeze, later, readers, send, settings
from keys import Certificate
from smtp_server import Server

from pipeline.deliver import plan_deliveries, send_edition, settle, subscribers
from pipeline.deliver.machine import Machine
from pipeline.errors import BusyError, ConfigError, DeliveryError
from pipeline.model import Delivery, Edition, Subscriber
from pipeline.store import Store
from pipeline.store.health import look


def test_everybody_once_and_a_second_run_sends_nothing(store: Store) -> None:
    readers(store, 5)
    with Server() as server:
        first = send(store, freeze(store), server.port)
        second = send(store, freeze(store), server.port)
        assert (first.sent_now, second.sent_now) == (5, 0)
        assert dict(second.counts) == {"sent": 5}
        assert server.connections == 1
        for message_id, rcpt, octets in server.accepted:
            assert f"To: {rcpt}".encode() in octets
            assert message_id.encode() in octets


def test_an_address_that_no_message_can_be_made_for_costs_nobody_else_the_edition(store: Store) -> None:
    """The lists refuse such an address; a store may hold one from before, or from another program."""
    readers(store, 3)
    odd = Subscriber(id="odd", address="=?utf-8?q?a?=@example.org", language="en", created=NOW)
    store.save_subscriber(odd, address_key="odd@example.org", now=NOW)
    with Server() as server:
        rehearsal = send(store, freeze(store), server.port, dry_run=True)
        first = send(store, freeze(store), server.port)
        second = send(store, freeze(store), server.port)
        assert (first.sent_now, second.sent_now, len(server.accepted)) == (3, 0, 3)
    told = "2026-11-23-en: reader odd: address: no message can be addressed to it"
    assert (told in rehearsal.problems, told in first.problems) == (True, True)
    assert {item.subscriber: item.state for item in store.deliveries()}["odd"] == "failed"


def test_retry_is_the_same_message_to_the_byte(store: Store) -> None:
    readers(store, 1)
    with Server(script=lambda at, _: "take and close" if at == "end" else None) as server:
        send(store, freeze(store), server.port)
        send(store, freeze(store), server.port, now=later(1), resend_uncertain=True)
        assert len(server.accepted) == 2
        assert server.accepted[0] == server.accepted[1]


def test_uncertain_is_not_sent_again_by_itself(store: Store) -> None:
    readers(store, 2)
    script = lambda at, who: "take and close" if at == "end" and who.startswith("reader0000") else None  # noqa: E731
    with Server(script=script) as server:
        send(store, freeze(store), server.port)
        send(store, freeze(store), server.port, now=later(2))
        assert len(server.accepted) == 2
    assert settle(store, {server.message_ids[0].strip("<>")}, now=later(2)) == 1
    assert {item.state for item in store.deliveries()} == {"sent"}


def test_complete_log_settles_what_was_not_taken(store: Store) -> None:
    readers(store, 2)
    script = lambda at, who: "close" if at == "end" and who.startswith("reader0000") else None  # noqa: E731
    with Server(script=script) as server:
        send(store, freeze(store), server.port)
        assert settle(store, server.message_ids, now=NOW) == 0
        assert settle(store, server.message_ids, now=NOW, is_complete=True) == 1
    assert sorted(item.state for item in store.deliveries()) == ["pending", "sent"]


def test_late_subscriber_waits_for_the_next_edition(store: Store) -> None:
    readers(store, 1)
    with Server() as server:
        send(store, freeze(store), server.port)
        subscribers.add(store, "late@example.org", language="en", now=NOW)
        assert send(store, freeze(store), server.port).sent_now == 0
        assert send(store, freeze(store), server.port, include_new=True).sent_now == 1


def test_nobody_yet_does_not_close_the_list(store: Store) -> None:
    with Server() as server:
        assert send(store, freeze(store), server.port).exit_code == 0
        readers(store, 1)
        assert send(store, freeze(store), server.port).sent_now == 1


def test_old_edition_is_not_sent_unless_forced(store: Store) -> None:
    readers(store, 1)
    with Server() as server:
        report = send(store, freeze(store), server.port, now=later(24.1))
        assert (report.sent_now, report.exit_code) == (0, 0)
        assert "24 hours" in report.problems[0]
        assert send(store, freeze(store), server.port, now=later(24.1), force=True).sent_now == 1
        assert send(store, freeze(store), server.port, now=later(24.2)).problems == ()


def test_pending_of_yesterday_expires(store: Store) -> None:
    readers(store, 2)
    with Server(script=lambda at, _: "451 later" if at == "rcpt" else None) as server:
        send(store, freeze(store), server.port)
        report = send(store, freeze(store), server.port, now=later(25))
        assert dict(report.counts) == {"expired": 2}
        assert server.accepted == []


def test_what_expired_is_sent_when_forced(store: Store) -> None:
    """The message says "not sent unless forced"; then forcing must send."""
    readers(store, 2)
    with Server() as server:
        freeze(store)
        store.freeze_recipients(edition().id, _planned(store), now=NOW)
        assert dict(send(store, edition(), server.port, now=later(25)).counts) == {"expired": 2}
        assert dict(send(store, edition(), server.port, now=later(26), force=True).counts) == {"sent": 2}


def test_doubt_about_an_old_edition_stays_doubt(store: Store) -> None:
    """Asked to send again what is too old, the run says so and does not turn the doubt into "expired"."""
    readers(store, 1)
    with Server(script=lambda at, _: "take and close" if at == "end" else None) as server:
        send(store, freeze(store), server.port)
        report = send(store, edition(), server.port, now=later(25), resend_uncertain=True)
        assert dict(report.counts) == {"uncertain": 1}
        assert "24 hours" in report.problems[0]


def test_what_a_crash_left_is_sent_again_at_once_by_a_persons_word(store: Store) -> None:
    """The leftovers of a killed run are in doubt from this start on; the wish covers them too."""
    readers(store, 1)
    freeze(store)
    store.freeze_recipients(edition().id, _planned(store), now=NOW)
    (waiting,) = store.deliveries()
    store.change_delivery(replace(waiting, state="sending"), expected="pending")
    with Server() as server:
        assert dict(send(store, edition(), server.port, resend_uncertain=True).counts) == {"sent": 1}


def test_a_copy_does_not_even_resend_doubts(store: Store) -> None:
    readers(store, 1)
    with Server(script=lambda at, _: "take and close" if at == "end" else None) as server:
        send(store, freeze(store), server.port, machine=Machine("one"))
        with pytest.raises(DeliveryError, match="another machine"):
            send(store, edition(), server.port, machine=Machine("two"), resend_uncertain=True)
    assert [item.state for item in store.deliveries()] == ["uncertain"]


def test_sending_ends_when_the_edition_has_grown_too_old(store: Store) -> None:
    """With a cap of one an hour 30 readers take longer than a day; the next edition must not wait for the rest."""
    readers(store, 30)
    clock = [0.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    with Server() as server:
        chosen = settings(server.port, per_hour=1)
        report = send(store, freeze(store), server.port, settings=chosen, sleep=sleep, elapsed=lambda: clock[0])
        assert dict(report.counts) == {"sent": 25, "expired": 5}
        assert any("24 hours" in line for line in report.problems)


def test_what_waits_of_earlier_editions_expires_with_the_next(store: Store) -> None:
    readers(store, 2)
    with Server(script=lambda at, _: "451 later" if at == "rcpt" else None) as server:
        send(store, freeze(store), server.port)
        tomorrow = store.freeze(edition(later(24.5)), {}, now=later(24.5))
        send(store, tomorrow, server.port, now=later(24.5))
    assert {item.state for item in store.deliveries(edition().id)} == {"expired"}
    assert {item.state for item in store.deliveries(tomorrow.id)} == {"pending"}


def _planned(store: Store, value: Edition | None = None) -> list[tuple[Delivery, Subscriber]]:
    people = store.subscribers()
    planned = plan_deliveries(value or edition(), people, (), now=NOW, domain="example.org")
    return list(zip(planned, people, strict=True))


def test_clock_before_the_edition_sends_nothing(store: Store) -> None:
    readers(store, 1)
    with Server() as server, pytest.raises(DeliveryError) as caught:
        send(store, freeze(store), server.port, now=NOW.replace(year=1970))
    assert caught.value.exit_code == 78
    assert server.connections == 0


def test_leaving_counts_until_the_last_moment(store: Store) -> None:
    """Unsubscribed between RCPT and DATA: the message does not go."""
    readers(store, 3)

    def script(step: str, who: str) -> None:
        if step == "rcpt" and who.startswith("reader0001"):
            store.set_subscriber_state("r0001", "unsubscribed", now=NOW)

    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)
        assert dict(report.counts) == {"sent": 2, "suppressed": 1}
        assert [item.reason for item in store.deliveries(state="suppressed")] == ["no longer subscribed"]
        assert [who for _, who, _ in server.accepted] == ["reader0000@example.org", "reader0002@example.org"]


def test_a_rehearsal_in_the_middle_tells_who_is_left(store: Store) -> None:
    """Of this edition only, and as it was frozen."""
    people = readers(store, 5)
    other = store.freeze(edition(later(-20)), {}, now=NOW)
    with Server() as server:
        send(store, other, server.port, should_stop=lambda: len(server.accepted) >= 1)
        send(store, freeze(store), server.port, should_stop=lambda: len(server.accepted) >= 3)
    store.save_subscriber(
        replace(people[4], address="moved@example.org"), address_key="moved@example.org", now=later(1)
    )
    asked: list[str] = []

    def render(reader: Subscriber) -> tuple[str, str, str]:
        asked.append(reader.address)
        return "Digest", "<!doctype html><p>x</p>", "x\n"

    report = send_edition(store, edition(), render=render, settings=settings(9), now=later(2), dry_run=True)

    assert dict(report.counts) == {"sent": 2, "pending": 3}
    assert report.readers == ("r0002", "r0003", "r0004")
    assert asked == [f"reader{number:04}@example.org" for number in (2, 3, 4)]


def test_an_edition_that_is_over_takes_no_other_with_it(store: Store) -> None:
    """What is given up says why; what waits of another edition goes on waiting."""
    readers(store, 2)
    value, tomorrow = freeze(store), store.freeze(edition(later(24)), {}, now=later(24))
    with Server() as server:
        for each, now in ((value, NOW), (tomorrow, later(24))):
            store.freeze_recipients(each.id, _planned(store, each), now=now)
        assert dict(send(store, value, server.port, now=later(24.5)).counts) == {"expired": 2}
        assert server.accepted == []
    assert {item.reason for item in store.deliveries(value.id)} == {"the edition is older than 24 hours"}
    assert {(item.state, item.reason) for item in store.deliveries(tomorrow.id)} == {("pending", None)}


def test_a_rehearsal_names_what_readers_are_owed(store: Store) -> None:
    """Who sends it, and a way to leave."""
    readers(store, 1)
    value = replace(freeze(store), publisher=None)
    report = send(store, value, 9, dry_run=True, settings=settings(9, unsubscribe_base_url=None))

    assert [line.partition(":")[0] for line in report.problems[:2]] == [
        "edition.publisher is not set",
        "no way to leave",
    ]


def test_dry_run_connects_to_nothing_and_moves_nothing(store: Store) -> None:
    readers(store, 3)
    value = freeze(store)
    with Server() as server:
        report = send(store, value, server.port, dry_run=True)
        assert server.connections == 0
    assert report.is_dry_run
    assert dict(report.counts) == {"pending": 3}
    assert sorted(report.readers) == ["r0000", "r0001", "r0002"]
    assert report.exit_code == 0
    assert store.deliveries() == []


def test_copy_on_another_machine_sends_nothing(store: Store, tmp_path: Path) -> None:
    readers(store, 2)
    freeze(store)
    with Server() as server:
        send(store, edition(), server.port, machine=Machine("one"))
        store.close()
        shutil.copy(tmp_path / "digest.db", tmp_path / "copy.db")
        with Store.open(tmp_path / "copy.db") as copy:
            tomorrow = copy.freeze(edition(later(24)), {}, now=later(24))
            with pytest.raises(DeliveryError, match="another machine") as caught:
                send(copy, tomorrow, server.port, machine=Machine("two"), now=later(24))
            assert caught.value.exit_code == 78
            assert len(server.accepted) == 2
            assert send(copy, tomorrow, server.port, machine=Machine("two"), now=later(24), adopt=True).sent_now == 2


def test_a_backup_of_this_morning_sends_nothing_again(store: Store, tmp_path: Path) -> None:
    """Same host, same day: the age of the edition and the name of the host say nothing; a file here knows better."""
    people = readers(store, 3)
    value = freeze(store)
    store.freeze_recipients(value.id, _planned(store), now=NOW)
    witness = tmp_path / "sent-so-far"
    with Store.open(tmp_path / "backup.db") as backup:
        store._engine.raw_connection().driver_connection.backup(backup._engine.raw_connection().driver_connection)
    with Server() as server:
        assert send(store, value, server.port, machine=Machine("one", witness)).sent_now == 3
        assert send(store, value, server.port, machine=Machine("one", witness)).sent_now == 0
        with Store.open(tmp_path / "backup.db") as restored:
            with pytest.raises(DeliveryError, match="old copy") as caught:
                send(restored, value, server.port, machine=Machine("one", witness), now=later(2))
            assert caught.value.exit_code == 78
            report = send(restored, value, server.port, machine=Machine("one", witness), now=later(2), adopt=True)
            assert dict(report.counts) == {"uncertain": len(people)}
            assert "in doubt" in report.problems[0]
            assert {item.reason for item in restored.deliveries()} == {"the database is an old copy"}
            assert settle(restored, server.message_ids, now=later(3)) == 3
            tomorrow = restored.freeze(edition(later(24)), {}, now=later(24))
            assert send(restored, tomorrow, server.port, machine=Machine("one", witness), now=later(24)).sent_now == 3
        assert len(server.message_ids) == len(set(server.message_ids)) == 6


def test_restore_drill(store: Store, tmp_path: Path) -> None:
    """A backup taken while mail is sent is restored the next morning, the disk being lost: nobody is mailed twice."""
    readers(store, 5)
    value, witness = freeze(store), tmp_path / "sent-so-far"

    def back_up(point: str) -> None:
        if point == "sent recorded" and len(server.accepted) == 2:  # what `sqlite3 digest.db ".backup backup.db"` does
            ours, theirs = sqlite3.connect(tmp_path / "digest.db"), sqlite3.connect(tmp_path / "backup.db")
            with closing(ours), closing(theirs):
                ours.backup(theirs)

    with Server() as server:
        assert send(store, value, server.port, machine=Machine("one", witness), at=back_up).sent_now == 5
        store.close()
        for lost in tmp_path.glob("digest.db*"):
            lost.unlink()
        (tmp_path / "backup.db").rename(tmp_path / "digest.db")
        with Store.open(tmp_path / "digest.db") as restored:
            assert look(tmp_path / "digest.db", seconds=5).damage == ()
            assert restored.delivery_counts() == {"pending": 3, "sent": 2}
            tomorrow = restored.freeze(edition(later(26)), {}, now=later(26))
            with pytest.raises(DeliveryError, match="old copy"):
                send(restored, tomorrow, server.port, machine=Machine("one", witness), now=later(26))
            report = send(restored, tomorrow, server.port, machine=Machine("one", witness), now=later(26), adopt=True)
            assert report.sent_now == 5
            send(restored, value, server.port, machine=Machine("one", witness), now=later(26))
            assert restored.delivery_counts() == {"sent": 7, "uncertain": 3}
    assert len(set(server.message_ids)) == len(server.message_ids) == 10


def test_a_witness_that_is_lost_or_damaged_stops_nobody(store: Store, tmp_path: Path) -> None:
    """A new data folder in front of a database server is no backup."""
    readers(store, 1)
    witness = tmp_path / "sent-so-far"
    witness.write_bytes(b"\xff\x00 no number")
    with Server() as server:
        assert send(store, freeze(store), server.port, machine=Machine("one", witness)).sent_now == 1
    assert int(witness.read_bytes()[:20]) == store.tries() == 1


def test_stop_signal_finishes_the_message_in_hand(store: Store) -> None:
    readers(store, 5)
    with Server() as server:
        report = send(store, freeze(store), server.port, should_stop=lambda: len(server.accepted) >= 2)
        assert dict(report.counts) == {"sent": 2, "pending": 3}
        assert report.exit_code == 75
        assert send(store, freeze(store), server.port).sent_now == 3


def test_two_senders_at_once(store: Store, tmp_path: Path) -> None:
    readers(store, 1)
    with Store.open(tmp_path / "digest.db") as other, other.run_lock(now=NOW), Server() as server:
        with pytest.raises(BusyError):
            send(store, freeze(store), server.port)
        assert server.connections == 0


def test_broken_template_sends_nothing_and_loses_nobody(store: Store) -> None:
    readers(store, 2)
    value = freeze(store)
    with Server() as server:
        bad = send_edition(
            store, value, render=lambda _: ("two\nlines", "", ""), settings=settings(server.port), now=NOW
        )
        assert bad.exit_code == 78
        assert server.accepted == []
        assert send(store, value, server.port).sent_now == 2


def test_pace_is_kept(store: Store) -> None:
    readers(store, 4)
    clock = [0.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    with Server() as server:
        chosen = settings(server.port, per_second=2.0)
        send(store, freeze(store), server.port, settings=chosen, sleep=sleep, elapsed=lambda: clock[0])
    assert clock[0] == pytest.approx(1.5)
    assert settings(25, per_second=5.0, per_hour=60).pause_seconds == 60


def test_neither_addresses_nor_secrets_in_log_and_report(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    readers(store, 3)
    caplog.set_level(logging.DEBUG)
    answers = {
        "reader0000": "550 5.1.1 <reader0000@example.org> unknown",
        "reader0001": "451 no READER0001@example.org",
    }
    script = lambda at, who: answers.get(who.partition("@")[0]) if at == "rcpt" else None  # noqa: E731
    with Server(script=script, extensions=("AUTH PLAIN",)) as server:
        chosen = settings(server.port, username="me", password="hunter2-canary")
        report = send(store, freeze(store), server.port, settings=chosen)
    said = caplog.text + repr(report) + repr(store.deliveries())
    assert "reader000" not in said.lower()
    assert "canary" not in said
    assert "unknown" in said


# TLS and login


@pytest.mark.needs("openssl")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_sends_over_tls_with_login(store: Store, certificate: Certificate, security: str) -> None:
    readers(store, 3)
    extensions = ("AUTH PLAIN LOGIN", "STARTTLS") if security == "starttls" else ("AUTH PLAIN",)
    with Server(context=certificate.server_context(), implicit_tls=security == "tls", extensions=extensions) as server:
        chosen = settings(
            server.port, security=security, username="me", password="secret", ca_file=str(certificate.path)
        )
        report = send(store, freeze(store), server.port, settings=chosen)
        assert dict(report.counts) == {"sent": 3}
        assert sum(line.startswith("AUTH") for line in server.commands) == 1
        # What was said before TLS was heard by anybody (RFC 3207 section 4.2).
        assert sum(line.startswith("ehlo") for line in server.commands) == (2 if security == "starttls" else 1)


@pytest.mark.parametrize("method", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_names_and_passwords_may_have_any_letters(store: Store, method: str) -> None:
    """UTF-8, as RFC 4616 has it; whatever goes out is ASCII on the wire."""
    readers(store, 1)
    challenges = iter([f"334 {base64.b64encode(b'tell').decode()}", "235 2.7.0 welcome"])
    script = lambda at, _: next(challenges) if method != "PLAIN" and at in ("auth", answer.lower()) else None  # noqa: E731
    secret = "pässwörd 文"
    answers = {
        "PLAIN": "\0zoë\0" + secret,
        "LOGIN": secret,
        "CRAM-MD5": f"zoë {hmac.new(secret.encode(), b'tell', 'md5').hexdigest()}",
    }
    answer = base64.b64encode(answers[method].encode()).decode()
    with Server(script=script, extensions=(f"AUTH {method}",)) as server:
        chosen = settings(server.port, username="zoë", password=secret)
        report = send(store, freeze(store), server.port, settings=chosen)
        assert answer in " ".join(server.commands).split()
    assert dict(report.counts) == {"sent": 1}


@pytest.mark.needs("openssl")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_untrusted_certificate_stops_before_the_password(store: Store, certificate: Certificate, security: str) -> None:
    readers(store, 1)
    with Server(
        context=certificate.server_context(), implicit_tls=security == "tls", extensions=("AUTH PLAIN", "STARTTLS")
    ) as server:
        chosen = settings(server.port, security=security, username="me", password="secret")
        report = send(store, freeze(store), server.port, settings=chosen)
        assert report.exit_code == 78
        assert "certificate" in str(report.stopped)
        assert not any(line.startswith(("AUTH", "MAIL")) for line in server.commands)


def test_stripped_starttls_stops_before_the_password(store: Store) -> None:
    readers(store, 1)
    with Server(extensions=("AUTH PLAIN",)) as server:
        chosen = settings(server.port, security="starttls", username="me", password="secret")
        report = send(store, freeze(store), server.port, settings=chosen)
        assert report.exit_code == 78
        assert not any(line.startswith(("AUTH", "MAIL")) for line in server.commands)


@pytest.mark.needs("openssl")
@pytest.mark.parametrize(
    ("step", "answer", "extensions", "exit_code"),
    [
        ("auth", "535 5.7.8 wrong password", ("AUTH PLAIN",), 78),
        ("auth", "454 4.7.0 busy", ("AUTH PLAIN",), 75),
        ("auth", "close", ("AUTH PLAIN",), 75),
        ("auth", None, (), 78),
        ("auth", None, ("AUTH KERBEROS",), 78),
        ("starttls", "454 4.7.0 no TLS now", ("STARTTLS", "AUTH PLAIN"), 75),
        ("starttls", "501 no", ("STARTTLS", "AUTH PLAIN"), 78),
        ("starttls", "220 go\r\n250 injected", ("STARTTLS", "AUTH PLAIN"), 78),
    ],
)
def test_login_and_tls_refusals(
    store: Store, certificate: Certificate, step: str, answer: str | None, extensions: tuple[str, ...], exit_code: int
) -> None:
    readers(store, 1)
    security = "starttls" if step == "starttls" else "none"
    script = lambda at, _: answer if at == step else None  # noqa: E731
    with Server(script=script, extensions=extensions, context=certificate.server_context()) as server:
        chosen = settings(
            server.port, security=security, username="me", password="secret", ca_file=str(certificate.path)
        )
        report = send(store, freeze(store), server.port, settings=chosen)
    assert report.exit_code == exit_code
    assert f"127.0.0.1:{server.port}" in str(report.stopped)
    is_refused_login = step == "auth" and answer is not None and answer[:3].isdecimal()
    assert ("CYBERDIGEST_SMTP_PASSWORD" in str(report.stopped)) == is_refused_login
    assert dict(report.counts) == {"pending": 1}
    assert server.accepted == []


@pytest.mark.parametrize("action", ["reset", "silent", "drip", "garbage", "half-close", "endless"])
@pytest.mark.parametrize(
    ("step", "extension"), [("ehlo", "STARTTLS"), ("auth", "AUTH PLAIN"), ("starttls", "STARTTLS")]
)
def test_a_server_that_breaks_before_it_knows_us(store: Store, step: str, extension: str, action: str) -> None:
    """Within the deadline of the step, and not of the greeting; the next run tries again."""
    readers(store, 1)
    patient = replace(QUICK, greeting=60)
    login = {"username": "me", "password": "secret"} if step == "auth" else {"security": "starttls"}
    with Server(script=lambda at, _: action if at == step else None, extensions=(extension,)) as server:
        begun = time.monotonic()
        chosen = settings(server.port, deadlines=patient, **login)
        report = send(store, freeze(store), server.port, settings=chosen)
        assert time.monotonic() - begun < 4
        assert not any(line.startswith("MAIL") for line in server.commands)
    assert (dict(report.counts), report.exit_code) == ({"pending": 1}, 75)


@pytest.mark.parametrize(
    "says", [b"", b"\x16\x03\x01", b"250 fine\r\n" * 50, None], ids=["silence", "half", "text", "close"]
)
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_never_comes_to_its_encryption(store: Store, security: str, says: bytes | None) -> None:
    """It is waited for as long as for a connection, gets nothing, and is tried again by the next run."""
    readers(store, 1)
    heard: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            if security == "starttls":
                for answer in (b"220 hello\r\n", b"250-hello\r\n250 STARTTLS\r\n", b"220 go\r\n"):
                    connection.sendall(answer)
                    heard.append(connection.recv(1000))
            else:
                heard.append(connection.recv(1000))
            while says is not None:
                connection.sendall(says)
                if not connection.recv(1000):
                    break

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        port = listening.getsockname()[1]
        hasty = replace(QUICK, connect=0.5, command=30)
        begun = time.monotonic()
        report = send(store, freeze(store), port, settings=settings(port, security=security, deadlines=hasty))
        assert time.monotonic() - begun < 4
        thread.join(5)
    assert (dict(report.counts), report.exit_code) == ({"pending": 1}, 75)
    assert not any(b"MAIL" in octets for octets in heard)


@pytest.mark.parametrize("hello_name", [None, "mail.example.net"])
@pytest.mark.parametrize("answer", [None, "502 5.5.1 what"])
def test_we_say_who_we_are(store: Store, hello_name: str | None, answer: str | None) -> None:
    """The name of the settings, or the sender's domain; by HELO to a server that knows no EHLO (RFC 5321 3.2)."""
    readers(store, 1)
    with Server(script=lambda at, _: answer if at == "ehlo" else None) as server:
        report = send(store, freeze(store), server.port, settings=settings(server.port, hello_name=hello_name))
    name = hello_name or "example.org"
    assert server.commands[:2] == [f"ehlo {name}", f"helo {name}" if answer else "MAIL FROM:<digest@example.org>"]
    assert dict(report.counts) == {"sent": 1}


@pytest.mark.parametrize("extensions", [("SIZE 10000000",), ("8BITMIME",)])
def test_a_server_that_wants_to_know_the_size_is_told(store: Store, extensions: tuple[str, ...]) -> None:
    """In octets of the message (RFC 1870), so that it can refuse one that is too large before it comes."""
    readers(store, 1)
    with Server(extensions=extensions) as server:
        send(store, freeze(store), server.port)
    (mail,) = (line for line in server.commands if line.startswith("MAIL"))
    octets = len(server.accepted[0][2])
    assert mail == "MAIL FROM:<digest@example.org>" + (f" SIZE={octets}" if "SIZE" in extensions[0] else "")


@pytest.mark.parametrize(
    ("step", "answer", "words"),
    [
        ("connect", "554 5.3.2 go away", "does not serve us (554 5.3.2 go away)"),
        ("ehlo", "550 go away", "refuses our greeting (550 go away)"),
        ("starttls", "454 no", "refuses TLS (454 no)"),
        ("auth", "535 5.7.8 no", "refuses our login (535 5.7.8 no); see CYBERDIGEST_SMTP_USERNAME"),
        ("mail", "550 5.1.8 <digest@example.org> unknown", "refuses the sender (550 5.1.8 <address> unknown)"),
    ],
)
def test_why_a_server_does_not_take_us_is_told(store: Store, step: str, answer: str, words: str) -> None:
    """With its own words, and without addresses."""
    readers(store, 1)
    changes = {"starttls": {"security": "starttls"}, "auth": {"username": "me", "password": "x"}}.get(step, {})
    refused = {step, "helo"} if step == "ehlo" else {step}
    with Server(
        script=lambda at, _: answer if at in refused else None, extensions=("STARTTLS", "AUTH PLAIN")
    ) as server:
        report = send(store, freeze(store), server.port, settings=settings(server.port, **changes))
    assert words in str(report.stopped or report.problems)
    assert report.exit_code == (75 if answer.startswith("4") else 78)
    assert "digest@example.org" not in str(report)


def test_clear_text_to_another_machine_is_refused(store: Store) -> None:
    readers(store, 1)
    with pytest.raises(ConfigError, match="this machine"):
        send(store, freeze(store), 25, settings=settings(25, host="mail.example.org"))


def test_bounce_day_is_the_day_of_the_run(store: Store) -> None:
    """Two refusals on one day are one."""
    readers(store, 1)
    with Server(script=lambda at, _: "550 unknown" if at == "rcpt" else None) as server:
        for hour in (0, 1):
            value = store.freeze(edition(id=f"x{hour}", language="en", day=later(24 * hour).date()), {}, now=NOW)
            send(store, value, server.port, now=NOW + timedelta(hours=hour))
    assert [item.state for item in store.subscribers()] == ["active"]
