"""Mail that comes back: what it says, whom it is believed about, and that it counts once."""

from __future__ import annotations

import base64
import json
import mailbox
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from deliver_cases import NOW, edition, freeze, later, readers, send, settings
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from public_kit import Visitor, link_in, outbox
from smtp_server import Server

from pipeline.cli import main
from pipeline.cli.options import data_folder
from pipeline.deliver import inbox, mailboxes, subscribers
from pipeline.deliver.inbox import InboxReport, handle, read_inbox
from pipeline.deliver.message import unsubscribe_mail
from pipeline.deliver.reports import LONGEST, Report, fingerprint, read_report
from pipeline.deliver.tokens import address_mac, token_for
from pipeline.errors import BusyError, InputError, OutputError
from pipeline.model import Subscriber
from pipeline.store import Store

SECRET = b"links"
VERP = "bounce+{subscriber}@example.org"


@pytest.fixture
def ada(store: Store) -> Subscriber:
    """One reader, who has been sent today's edition."""
    (reader,) = readers(store, 1)
    with Server() as server:
        send(store, freeze(store), server.port, secret=SECRET)
    return reader


def returned(store: Store, reader: Subscriber) -> str:
    """The headers of our message, as a mail server gives them back."""
    (delivery,) = [item for item in store.deliveries() if item.subscriber == reader.id]
    token = token_for(SECRET, "unsubscribe", reader.id)
    return (
        f"From: Digest <digest@example.org>\nTo: <{reader.address}>\nSubject: Digest\n"
        f"Message-ID: {delivery.message_id}\nList-Unsubscribe: <https://digest.example.org/u/{token}>\n"
    )


def report(
    original: str,
    *,
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 no mailbox of that name",
    action: str = "failed",
    to: str = "digest@example.org",
    date: str = "Mon, 23 Nov 2026 07:00:00 +0100",
    arrival: str = "",
    encoding: str = "7bit",
) -> bytes:
    """A delivery status notification in the form of RFC 3464."""
    fields = (
        f"Reporting-MTA: dns; mx.example.net\n{f'Arrival-Date: {arrival}{chr(10)}' if arrival else ''}\n"
        "Final-Recipient: rfc822; reader0000@example.org\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: {said}\n"
    )
    if encoding == "base64":
        fields = base64.encodebytes(fields.encode()).decode()
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail system)
To: {to}
Subject: Undelivered
Date: {date}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_x"

--=_x
Content-Type: text/plain

The message could not be delivered.

--=_x
Content-Type: message/delivery-status
Content-Transfer-Encoding: {encoding}

{fields}
--=_x
Content-Type: text/rfc822-headers

{original}
--=_x--
""".encode()


def complaint(original: str, kind: str = "abuse") -> bytes:
    """A feedback report in the form of RFC 5965; the reader's address is blacked out, as providers do."""
    return f"""\
From: <feedback@mx.example.net>
To: <abuse@example.org>
Subject: FW: Digest
Date: Mon, 23 Nov 2026 05:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_y"

--=_y
Content-Type: text/plain

This is a report about a message.

--=_y
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Loop/1.0
Version: 1
Original-Rcpt-To: <redacted>

--=_y
Content-Type: message/rfc822

{original}
Text of the digest.
--=_y--
""".encode()


def taken(store: Store, *octets: bytes, days: float = 0, verp: str | None = None) -> InboxReport:
    done = InboxReport()
    for mail in octets:
        handle(store, mail, done, secret=SECRET, bounce_address=verp, now=later(24 * days + 2))
    return done


def state(store: Store, reader: Subscriber) -> str:
    found = store.subscriber(reader.id)
    assert found is not None
    return found.state


def suppression(store: Store, reader: Subscriber) -> str | None:
    return store.suppression(address_mac(store.secret("address"), reader.address))


@pytest.mark.parametrize(
    ("changes", "effect"),
    [
        ({}, "bounced"),
        ({"status": "5.0.0"}, "bounced"),  # Exim: the diagnosis says what the status does not
        ({"status": "5.1.10", "said": "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found"}, "bounced"),
        ({"status": "5.1.1", "said": "X-Notes; user unknown"}, "bounced"),
        ({"encoding": "base64"}, "bounced"),
        ({"status": "5.2.2", "said": "smtp; 552 5.2.2 mailbox full"}, "refused"),
        ({"status": "5.0.0", "said": "smtp; 554 delivery error"}, "refused"),
        ({"status": "4.4.7", "said": "smtp; 451 4.4.1 no answer for five days"}, "refused"),  # given up
        ({"status": "", "said": ""}, "refused"),
        ({"status": "5.7.1", "said": "smtp; 550 5.7.1 blocked for its reputation"}, "policy"),
        ({"action": "delayed", "status": "4.4.1"}, "nothing"),
        ({"action": "delivered", "status": "2.0.0", "said": ""}, "nothing"),
        ({"action": "", "status": "5.1.1"}, "nothing"),
    ],
)
def test_a_bounce_is_judged_as_the_answer_would_have_been(
    store: Store, ada: Subscriber, changes: dict[str, str], effect: str
) -> None:
    done = taken(store, report(returned(store, ada), **changes))
    assert done.counts == {effect: 1}
    assert state(store, ada) == ("suppressed" if effect == "bounced" else "active")
    assert bool(done.problems) == (effect == "policy")
    kept = store.export_subscriber(ada.id)
    assert kept is not None
    assert all(ada.address not in bounce["reply"] for bounce in kept["bounces"])


def test_who_has_bounced_gets_nothing_more(store: Store) -> None:
    """Over a real server, with the reader's own bounce address as the only clue."""
    ada, bob = readers(store, 2)
    with Server() as server:
        send(store, freeze(store), server.port, settings=settings(server.port, bounce_address=VERP))
        done = taken(store, report("Subject: Digest\n", to=f"<Bounce+{ada.id}@EXAMPLE.org>"), verp=VERP)
        assert done.counts == {"bounced": 1}
        tomorrow = freeze(store, edition(later(24)))
        send(store, tomorrow, server.port, now=later(24))
    assert [item.subscriber for item in store.deliveries(tomorrow.id)] == [bob.id]
    assert suppression(store, ada) == "bounced"


def test_a_refusal_counts_on_its_second_day_although_our_own_server_took_the_message(store: Store) -> None:
    (ada,) = readers(store, 1)
    full = FULL | {"to": f"bounce+{ada.id}@example.org"}
    first = report("", **full)
    done = taken(store, first, first, verp=VERP)
    assert (done.counts, done.idle) == ({"refused": 1, "nothing": 1}, {"read before": 1})
    same_day = report("", **full, date="Mon, 23 Nov 2026 08:00:00 +0100")
    assert taken(store, same_day, verp=VERP).counts == {"refused": 1}
    with Server() as server:
        send(store, freeze(store, edition(later(24))), server.port, now=later(24))
    assert state(store, ada) == "active"
    second = report("", **full, date="Tue, 24 Nov 2026 07:00:00 +0100")
    assert taken(store, second, days=1, verp=VERP).counts == {"bounced": 1}
    assert state(store, ada) == "suppressed"


FULL = {"status": "5.2.2", "said": "smtp; 552 5.2.2 mailbox full"}
TOMORROW = "Tue, 24 Nov 2026 00:10:00 +0000"


@pytest.mark.parametrize(
    "names",
    [
        {"original": "Message-ID: {id}\n"},
        {"original": "", "to": "bounce+r0000@example.org"},
        {"original": "", "to": "bounce+r0000@example.org", "date": "Mon, 30 Nov 2026 06:00:00 +0000"},
    ],
    ids=["by its Message-ID", "by the reader's address", "given up days later"],
)
def test_what_our_own_server_refused_and_a_mail_tells_again_counts_once(store: Store, names: dict[str, str]) -> None:
    """Refused at RCPT today, and reported the next day or after days. The next edition is another delivery."""
    (ada,) = readers(store, 1)
    with Server(script=lambda at, _: "552 5.2.2 mailbox full" if at == "rcpt" else None) as server:
        options = {"settings": settings(server.port, bounce_address=VERP)}
        send(store, freeze(store), server.port, **options)
        (delivery,) = store.deliveries()
        told = {"date": TOMORROW, **names, "original": names["original"].format(id=delivery.message_id)}
        arrival = "Mon, 23 Nov 2026 06:00:02 +0000"
        assert taken(store, report(**told, **FULL, arrival=arrival), days=9, verp=VERP).counts == {"refused": 1}
        assert state(store, ada) == "active"
        send(store, freeze(store, edition(later(24))), server.port, now=later(24), **options)
    assert state(store, ada) == "suppressed"


def test_a_refusal_that_a_crash_forgot_counts_once(store: Store) -> None:
    """Killed between the count and the end of the delivery: it is refused again after midnight, and is one delivery."""

    class KilledError(Exception):
        pass

    def kill(*_: object, **__: object) -> bool:
        raise KilledError

    (ada,) = readers(store, 1)
    with Server(script=lambda at, _: "550 unknown" if at == "rcpt" else None) as server:
        value = freeze(store)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(store, "change_delivery", kill)
            with pytest.raises(KilledError):
                send(store, value, server.port)
        send(store, value, server.port, now=later(20))
    assert [item.state for item in store.deliveries()] == ["failed"]
    assert state(store, ada) == "active"


@pytest.mark.parametrize("date", ["Mon, 23 Nov 2026 07:00:00 +0100", "yesterday"])
def test_a_copy_of_a_report_is_no_second_one(store: Store, ada: Subscriber, date: str) -> None:
    """Fetched again, from another folder, out of an mbox: programs add fields on top and end lines otherwise."""
    first = report(returned(store, ada), **FULL, date=date)
    copies = [
        b"Delivered-To: digest@example.org\nReceived: from mx.example.net by mail.example.org; today\n" + first,
        first.replace(b"Subject: ", b"Status: RO\nX-UID: 7\nSubject: ", 1),
        first.replace(b"\n", b"\r\n"),
    ]
    assert taken(store, first).counts == {"refused": 1}
    assert taken(store, *copies, days=1).idle == {"read before": 3}
    another = first.replace(b"mailbox full", b"mailbox still full")
    assert taken(store, another, days=2).counts == {"refused": 1}
    assert state(store, ada) == "active"


def test_two_failures_of_one_delivery_count_once(store: Store, ada: Subscriber) -> None:
    """An alias with two mailboxes: one is full at once, the other server is away for five days."""
    original = returned(store, ada)
    at_once = report(original, **FULL)
    gave_up = report(original, status="4.4.7", said="smtp; 451 4.4.1 no answer", date="Sat, 28 Nov 2026 07:00:00 +0000")
    assert taken(store, at_once).counts == {"refused": 1}
    assert taken(store, gave_up, days=6).counts == {"refused": 1}
    assert state(store, ada) == "active"


def test_refusals_far_apart_and_dates_made_up_do_not_add_up(store: Store) -> None:
    (ada,) = readers(store, 1)
    full = {"status": "5.2.2", "said": "552 full", "to": f"bounce+{ada.id}@example.org"}
    early = report("", **full, date="Wed, 23 Sep 2026 07:00:00 +0100")
    done = InboxReport()
    handle(store, early, done, secret=SECRET, bounce_address=VERP, now=NOW - timedelta(days=60))
    future = report("", **full, date="Fri, 01 Jan 2100 07:00:00 +0100")
    zoneless = report("", **full, date="yesterday")
    assert taken(store, future, zoneless, verp=VERP).counts == {"refused": 2}
    assert state(store, ada) == "active"


def test_a_complaint_is_for_good(store: Store, ada: Subscriber) -> None:
    """It outweighs a bounce; the form does not even ask such an address (test_signup)."""
    taken(store, report(returned(store, ada)))
    assert suppression(store, ada) == "bounced"
    assert taken(store, complaint(returned(store, ada))).counts == {"complained": 1}
    assert suppression(store, ada) == "complaint"
    with pytest.raises(InputError, match="complaint"):
        subscribers.add(store, ada.address, language="en", now=NOW)


def test_taken_out_of_the_junk_folder_is_no_complaint(store: Store, ada: Subscriber) -> None:
    assert taken(store, complaint(returned(store, ada), "not-spam")).counts == {"nothing": 1}
    assert taken(store, complaint(returned(store, ada), "virus")).counts == {"unread": 1}
    assert state(store, ada) == "active"


def leaving(subject: str) -> bytes:
    return f"From: somebody@example.net\nTo: leave@example.org\nSubject: {subject}\n\n\n".encode()


def test_leaving_by_mail(store: Store, ada: Subscriber) -> None:
    """The mail that the link in List-Unsubscribe makes, as mail programs send it."""
    link = unsubscribe_mail(
        settings(25, unsubscribe_mailto="leave@example.org"), token_for(SECRET, "unsubscribe", ada.id)
    )
    address, _, subject = link.removeprefix("mailto:").partition("?subject=")
    assert address == "leave@example.org"
    mail = leaving("Re: " + subject.replace("%20", " "))
    assert taken(store, mail).counts == {"left": 1}
    assert state(store, ada) == "unsubscribed"
    # The reader thinks better of it; reading the old mailbox again changes nothing.
    subscribers.add(store, ada.address, language="en", now=NOW, is_confirmed=True)
    assert taken(store, mail).counts == {"nothing": 1}
    assert state(store, ada) == "active"


def test_nobody_is_believed_by_an_address_alone(store: Store, ada: Subscriber) -> None:
    """Forged reports, tokens of other kinds, ids without the setting."""
    other = token_for(SECRET, "preferences", ada.id)
    forged = f"To: <{ada.address}>\nMessage-ID: <2026-11-23-en.{'0' * 32}@example.org>\n"
    done = taken(
        store,
        report(forged),
        complaint(forged),
        leaving(f"unsubscribe {other}"),
        leaving(f"unsubscribe {ada.id}.{'A' * 32}"),
        report(forged, to=f"bounce+{ada.id}@example.org"),
    )
    assert done.counts == {"nothing": 5}
    assert state(store, ada) == "active"
    assert taken(store, leaving(f"unsubscribe {ada.address}")).counts == {"unread": 1}


@pytest.mark.parametrize(
    "sender",
    [
        b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net",
        b"Return-Path: <bounces@mx.example.net>\nFrom: MAILER-DAEMON@mx.example.net",
        b"Return-Path: <>\nFrom: Syst\xe8me de courrier <MAILER-DAEMON@mx.example.net>",
        b"Return-Path: <>\nFrom: \xe9\xff",
        b"Return-Path: <>\nFrom:",
        b"Return-Path: <>",
    ],
    ids=["as usual", "with a return path", "with letters", "letters only", "empty", "none"],
)
def test_a_bounce_without_a_standard_form(
    store: Store, ada: Subscriber, sender: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """qmail writes prose; what it returns still holds our Message-ID in the references of the answer."""
    (delivery,) = store.deliveries()
    prose = f"""\
To: digest@example.org
Subject: failure notice
References: {delivery.message_id}

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<reader0000@example.org>:
no such mailbox here

--- Below this line is a copy of the message.

Subject: Digest
"""
    assert taken(store, sender + b"\n" + prose.encode()).counts == {"refused": 1}
    assert caplog.records == []


def test_answers_of_people_are_for_people(store: Store, ada: Subscriber) -> None:
    away = b"Return-Path: <>\nFrom: a@example.org\nSubject: Away\nAuto-Submitted: auto-replied\n\nBack on Monday.\n"
    server = away.replace(b"a@", b"postmaster@")
    head = "From: a@example.org\nSubject: Wrong figure, says bob@example.org\nDate: Mon, 23 Nov 2026 05:00 +0000\n"
    person = f"{head}\nHello\n".encode()
    done = taken(store, away, person, server)
    assert done.counts == {"nothing": 1, "unread": 2}
    assert done.problems[0] == "2026-11-23, Wrong figure, says <address>: is not a report"
    assert done.problems[1] == "no date, Away: is not a report"


def test_what_came_back_is_not_searched_for_reports(store: Store, ada: Subscriber) -> None:
    """A reader forwards a bounce: it is inside, and for a person."""
    inner = report(returned(store, ada)).decode()
    head = "From: a@example.org\nSubject: look\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=z\n\n"
    forwarded = f"{head}--z\nContent-Type: message/rfc822\n\n{inner}\n--z--\n"
    assert taken(store, forwarded.encode()).counts == {"unread": 1}
    assert state(store, ada) == "active"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n\xff\n--x--",
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 3000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)),
        b"Subject: =?utf-8?b?////?= =?no-such?q?=ff?=\nDate: Mon, 99 Foo 9999 99:99:99 +9999\n\n",
        b"Subject: =?utf-8?q?a=0Ab?=\nFrom: mailer-daemon\n\n" + b"<a@b>: 550\n" * 1000,
        b"x" * (LONGEST + 1),
    ],
    ids=["empty", "no text", "broken status", "nested the same", "nested deep", "broken headers", "looks", "long"],
)
def test_no_mail_is_too_strange(octets: bytes) -> None:
    assert len(fingerprint(octets)) == 64
    assert read_report(octets).kind in ("other", "automatic", "bounce")


SLOW_WORDS = ("a", "a,", "<a@", "=?a?q?", "=?utf-8?q?a?= ", "unsubscribe ", "a\n ", "550 5.1.1 ")
SLOW_PLACES = {
    "subject": "From: a@example.org\nSubject: {}\n\nhi\n",
    "to": "From: a@example.org\nTo: {}\n\nhi\n",
    "from": "From: {}\n\nhi\n",
    "body": "From: mailer-daemon@example.org\nReturn-Path: <>\n\n{}\n",
    "report": "Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nA: b\n\n"
    "Action: failed\nStatus: {}\n\n--x\nContent-Type: text/rfc822-headers\n\nList-Unsubscribe: {}\n\n--x--\n",
    "feedback": "Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/feedback-report\n\n"
    "Feedback-Type: abuse\nOriginal-Mail-From: {}\n\n--x--\n",
}


@pytest.mark.parametrize("place", SLOW_PLACES)
def test_no_mail_takes_long(place: str) -> None:
    """Anybody may write to this address: words of 200 KB cost no more than a second or two anywhere in a mail."""
    for word in SLOW_WORDS:
        octets = SLOW_PLACES[place].replace("{}", word * (200_000 // len(word))).encode()
        begun = time.process_time()
        read_report(octets)
        fingerprint(octets)
        assert time.process_time() - begun < 2, word


@given(st.data())
@examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reading_never_raises(data: st.DataObject) -> None:
    """Real reports with some of their octets exchanged."""
    original = "Message-ID: <2026-11-23-en.0@example.org>\nList-Unsubscribe: <https://example.org/u/r0.abc>\n"
    octets = bytearray(data.draw(st.sampled_from([report(original), complaint(original), leaving("unsubscribe r0.a")])))
    for _ in range(data.draw(st.integers(0, 12))):
        at = data.draw(st.integers(0, len(octets)))
        octets[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=30))
    found = read_report(bytes(octets))
    fingerprint(bytes(octets))
    assert "@" not in found.reply


def fill(kind: str, place: Path, mails: list[bytes]) -> None:
    box = mailbox.Maildir(place) if kind == "Maildir" else mailbox.mbox(place)
    for mail in mails:
        box.add(mail)
    box.close()


@pytest.mark.parametrize("kind", ["Maildir", "mbox"])
def test_a_mailbox_keeps_what_a_person_should_read(kind: str, store: Store, ada: Subscriber, tmp_path: Path) -> None:
    place = tmp_path / "box"
    person = b"From: a@example.org\nSubject: thanks\n\nFrom here it looks good.\n"
    fill(kind, place, [report(returned(store, ada)), person, report("", status="5.7.1", said="")])

    def read(*, remove: bool) -> dict[str, int]:
        return dict(read_inbox(store, place, secret=SECRET, bounce_address=None, now=later(1), remove=remove).counts)

    assert read(remove=False) == {"bounced": 1, "unread": 1, "policy": 1}
    assert read(remove=True) == {"nothing": 1, "unread": 1, "policy": 1}
    assert read(remove=True) == {"unread": 1, "policy": 1}


@pytest.mark.parametrize("kind", ["Maildir", "mbox"])
def test_a_mailbox_that_cannot_be_written_is_named(
    kind: str, store: Store, ada: Subscriber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A spool folder that belongs to somebody else; what the mails ask for is done all the same, and once."""
    place = tmp_path / "box"
    fill(kind, place, [report(returned(store, ada))])

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(place))

    monkeypatch.setattr(mailbox, "_create_temporary", denied)
    monkeypatch.setattr(Path, "unlink", denied)
    for _ in range(2):
        with pytest.raises(OutputError, match="box: cannot be read or written: Permission denied"):
            read_inbox(store, place, secret=SECRET, bounce_address=None, now=later(1), remove=True)
        assert [item.state for item in store.subscribers()] == ["suppressed"]
    monkeypatch.undo()
    done = read_inbox(store, place, secret=SECRET, bounce_address=None, now=later(2), remove=True)
    assert dict(done.idle) == {"read before": 1}


@pytest.mark.parametrize("kind", ["pipe", "link to a pipe", "device"])
def test_what_is_no_file_is_refused_at_once(store: Store, tmp_path: Path, kind: str) -> None:
    """Nobody writes to the pipe: reading it would wait for ever."""
    place = tmp_path / "mail"
    os.mkfifo(tmp_path / "pipe")
    place.symlink_to("/dev/zero" if kind == "device" else tmp_path / "pipe")
    with pytest.raises(InputError, match="is neither a file nor a Maildir"):
        read_inbox(store, tmp_path / "pipe" if kind == "pipe" else place, secret=SECRET, bounce_address=None, now=NOW)


def test_a_maildir_holds_other_things_than_mail(store: Store, ada: Subscriber, tmp_path: Path) -> None:
    """A pipe, a folder, a file of the mail server's own: passed over and left where they are."""
    place = tmp_path / "box"
    fill("Maildir", place, [report(returned(store, ada))])
    os.mkfifo(place / "new" / "pipe")
    (place / "cur" / "folder").mkdir()
    (place / "new" / ".index").touch()
    done = read_inbox(store, place, secret=SECRET, bounce_address=None, now=later(1), remove=True)
    assert done.counts == {"bounced": 1}
    assert sorted(path.name for path in [*(place / "new").iterdir(), *(place / "cur").iterdir()]) == [
        ".index", "folder", "pipe",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["message", "Maildir", "mbox"])
def test_no_more_of_a_mail_is_read_than_counts(
    kind: str, store: Store, ada: Subscriber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail without end, in every kind of mailbox, is for a person, and the mail behind it is read."""
    monkeypatch.setattr(mailboxes, "LONGEST", 10_000)
    taken_in: list[int] = []

    def noted(octets: bytes) -> Report:
        taken_in.append(len(octets))
        return Report(kind="other") if len(octets) > 10_000 else read_report(octets)

    monkeypatch.setattr(inbox, "read_report", noted)
    place, long = tmp_path / "box", b"Subject: long\n\n" + b"text\n" * 100_000
    if kind == "message":
        place.write_bytes(long)
    else:
        fill(kind, place, [long, report(returned(store, ada))])
    done = read_inbox(store, place, secret=SECRET, bounce_address=None, now=later(1), remove=True)
    assert max(taken_in) == 10_001
    assert done.counts == ({"unread": 1} if kind == "message" else {"unread": 1, "bounced": 1})
    assert sum(path.stat().st_size for path in [place, *place.rglob("*")] if path.is_file()) >= len(long)


def test_a_mail_with_long_line_ends_is_cut_off_in_an_mbox_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its line ends made shorter, what was read of it is no longer than a mail may be, and still not the whole."""
    monkeypatch.setattr(mailboxes, "LONGEST", 10_000)
    place = tmp_path / "box"
    place.write_bytes(b"From x Tue Dec  1 00:00:00 2026\r\nSubject: x\r\n\r\n" + b"words\r\n" * 2_000)
    with mailboxes.opened(place, remove=False) as mails:
        assert [len(mail.octets) for mail in mails] == [10_001]


def test_a_file_that_only_begins_as_an_mbox(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its line would be held in memory as a whole."""
    monkeypatch.setattr(mailboxes, "_LONGEST_LINE", 3_000_000)
    (tmp_path / "box").write_bytes(b"From a@example.org\n\n" + b"x" * 3_000_001)
    with pytest.raises(InputError, match="is not an mbox: a line is longer than 3 MB"):
        read_inbox(store, tmp_path / "box", secret=SECRET, bounce_address=None, now=NOW)


def test_a_mailbox_in_use_is_left_alone(store: Store, tmp_path: Path) -> None:
    fill("mbox", tmp_path / "box", [b"Subject: x\n\n"])
    (tmp_path / "box.lock").touch()
    with pytest.raises(BusyError, match="locked"):
        read_inbox(store, tmp_path / "box", secret=SECRET, bounce_address=None, now=NOW, remove=True)


def test_a_mail_delivered_in_spite_of_our_lock_is_not_lost(
    store: Store, ada: Subscriber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail server that knows no dot locks writes while we read: nothing is taken out, and the next time all is."""
    place, late = tmp_path / "box", b"From a@example.org Mon Nov 23 06:00:00 2026\nSubject: thanks\n\nHello\n"
    fill("mbox", place, [report(returned(store, ada))])
    noted = store.note_read

    def deliver(*args: Any, **named: Any) -> None:
        noted(*args, **named)
        place.write_bytes(place.read_bytes() + late)

    monkeypatch.setattr(store, "note_read", deliver)
    with pytest.raises(BusyError, match="box: another program has written to the mailbox"):
        read_inbox(store, place, secret=SECRET, bounce_address=None, now=later(1), remove=True)
    assert [item.state for item in store.subscribers()] == ["suppressed"]
    done = read_inbox(store, place, secret=SECRET, bounce_address=None, now=later(2), remove=True)
    assert dict(done.counts) == {"nothing": 1, "unread": 1}
    assert b"Hello" in place.read_bytes()
    assert b"report" not in place.read_bytes()


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """From a mail server's pipe, from a file; wrong places are named."""
    monkeypatch.chdir(tmp_path)
    Path("feeds.yaml").write_text(
        "feeds: [{url: 'https://example.org/feed'}]\nmail: {bounce_address: 'bounce+{subscriber}@example.org'}\n",
        encoding="utf-8",
    )
    with Store.open(data_folder(None) / "cyberdigest.sqlite") as store:
        ada, bob = readers(store, 2)
    octets = report("", to=f"bounce+{ada.id}@example.org")

    class Pipe:
        buffer = BytesIO(octets)

    monkeypatch.setattr("sys.stdin", Pipe)
    assert main(["inbox", "-"]) == 0
    assert capsys.readouterr().out == "1 not written to any more\n"
    Path("one.eml").write_bytes(report("", to=f"bounce+{bob.id}@example.org", status="5.7.1", said=""))
    assert main(["inbox", "one.eml", "--json"]) == 0
    out = capsys.readouterr()
    assert json.loads(out.out)["policy"] == 1
    assert "about us: 550 5.7.1" in out.err
    Path("late.eml").write_bytes(report("", to=f"bounce+{bob.id}@example.org", action="delayed", status="4.4.1"))
    assert main(["inbox", "late.eml"]) == 0
    assert capsys.readouterr().out == "1 without effect (a delay or an automatic answer)\n"
    assert main(["inbox", "late.eml", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["nothing"], told["idle"]) == (1, {"automatic": 1, "read before": 0, "unproven": 0})
    Path("forged.eml").write_bytes(report("", to="bounce+somebody@example.org"))
    assert main(["inbox", "forged.eml"]) == 0
    assert capsys.readouterr().out == "1 without effect (without proof of whom it is about)\n"
    assert main(["inbox", "missing"]) == 65
    assert main(["inbox", str(tmp_path)]) == 65
    assert "not a Maildir" in capsys.readouterr().err
    Path("empty").touch()
    assert main(["inbox", "empty"]) == 0
    assert capsys.readouterr().out == "no mail\n"


def test_the_samples_are_mail() -> None:
    """A report that the standard library cannot take apart would test nothing."""
    parts = [part.get_content_type() for part in message_from_bytes(report("Subject: x\n")).walk()]
    assert parts[0] == "multipart/report"
    assert "message/delivery-status" in parts
    assert "text/rfc822-headers" in parts


ASKED = "ada@example.com"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def asked(store: Store, server: Server, **changes: Any) -> tuple[Visitor, str]:
    """Somebody filled in the form with Ada's address; the visitor, and the headers of the mail that went out."""
    visitor = Visitor(store)
    visitor.sign_up(ASKED)
    outbox(store, server.port, **changes).work(visitor.now)
    return visitor, server.accepted[-1][2].decode().partition("\r\n\r\n")[0].replace("\r\n", "\n") + "\n"


def asks_again(visitor: Visitor, server: Server) -> bool:
    """Whether a further form, days later, makes us write to the address."""
    before, visitor.now = len(server.accepted), visitor.now + timedelta(hours=30)
    visitor.sign_up(ASKED)
    outbox(visitor.store, server.port).work(visitor.now)
    return len(server.accepted) > before


@pytest.mark.parametrize("shape", ["headers", "own address"])
def test_a_confirmation_to_nobody_is_the_last_one(store: Store, server: Server, shape: str) -> None:
    """The form makes us write to made-up addresses: what comes back counts, as the same answer at once would have."""
    changes = {"bounce_address": VERP} if shape == "own address" else {}
    visitor, headers = asked(store, server, **changes)
    sender = next(line for line in reversed(server.commands) if line.startswith("MAIL"))
    mail = report(headers) if shape == "headers" else report("X: y\n", to=sender.partition("<")[2].partition(">")[0])
    assert taken(store, mail, mail, verp=VERP).counts == {"bounced": 1, "nothing": 1}
    assert not asks_again(visitor, server)


def test_a_confirmation_refused_for_now_is_one_without_an_answer(store: Store, server: Server) -> None:
    """A full mailbox: the link works on, for one copy may have arrived; the next form is answered by mail."""
    visitor, headers = asked(store, server)
    full = report(headers, status="5.2.2", said="smtp; 552 5.2.2 full")
    assert taken(store, full).counts == {"refused": 1}
    assert visitor.get(link_in(server.accepted[-1][2]))[0] == 200
    assert asks_again(visitor, server)


def test_a_complaint_about_a_confirmation_is_for_good(store: Store, server: Server) -> None:
    """Whoever calls it spam did not ask; the link ends, the address is forgotten and never written to."""
    visitor, headers = asked(store, server)
    assert taken(store, complaint(headers)).counts == {"complained": 1}
    (signup,) = store.signups("refused")
    assert signup.address is None
    assert not asks_again(visitor, server)
    with pytest.raises(InputError, match="complaint"):
        subscribers.add(store, ASKED, language="en", now=NOW)


def test_a_complaint_about_a_confirmation_ends_the_subscription_too(store: Store, server: Server) -> None:
    """Also when it comes after the confirmation."""
    visitor, headers = asked(store, server)
    visitor.post(link_in(server.accepted[-1][2]), {"answer": "yes"})
    (reader,) = store.subscribers()
    assert taken(store, complaint(headers)).counts == {"complained": 1}
    assert state(store, reader) == "suppressed"


def test_a_late_bounce_of_a_confirmation_leaves_the_reader_alone(store: Store, server: Server) -> None:
    """The link was used, so the mail arrived: one of two forwarded copies came back."""
    visitor, headers = asked(store, server)
    visitor.post(link_in(server.accepted[-1][2]), {"answer": "yes"})
    taken(store, report(headers))
    (reader,) = store.subscribers()
    assert state(store, reader) == "active"


def test_a_made_up_confirmation_is_not_believed(store: Store, server: Server) -> None:
    visitor, headers = asked(store, server)
    (signup,) = store.signups("sent")
    mail = report(headers.replace(signup.id, "0" * 32))
    assert taken(store, mail, verp=VERP).counts == {"nothing": 1}
    assert asks_again(visitor, server)
