"""What is done about the mail that comes back; each message counts once, however often it is read.

A report is believed only when it holds something that only the reader, or the servers on the way, can have: the token
of the unsubscribe link, the Message-ID of a delivery or of a confirmation mail, or the reader's own bounce address.
Addresses named in it prove nothing, or anybody could unsubscribe anybody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from pipeline.deliver import subscribers
from pipeline.deliver.mailboxes import opened
from pipeline.deliver.replies import without_addresses
from pipeline.deliver.reports import Report, fingerprint, read_report
from pipeline.deliver.signup import MESSAGE_ID_BEGINS, Silencing, silence
from pipeline.deliver.subscribers import Register, key_of
from pipeline.deliver.tokens import address_mac, subscriber_of
from pipeline.model import Delivery, Signup, SignupState, Subscriber

Effect = Literal[
    "bounced",  # no such address, or refused on two days: never again
    "refused",  # refused for the first time
    "complained",  # never again
    "left",
    "policy",  # a refusal that is about us
    "nothing",  # a delay, an automatic answer, somebody we do not know, a report read before
    "unread",  # for a person
]
#: Why a message had no effect.
Idle = Literal[
    "automatic",  # a delay, an answer by a machine, "not spam"
    "read before",
    "unproven",  # it holds nothing that only its reader, or the servers on the way, can have
]
#: Refusals count together when they are not further apart.
REFUSED_WITHIN = timedelta(days=30)
#: How far the clock of a server that reports may be behind ours.
_SKEW = timedelta(hours=1)
_CONFIRMATION = re.compile(rf"<{re.escape(MESSAGE_ID_BEGINS)}([0-9a-f]{{32}})@[^@>]+>")


class Book(Register, Silencing, Protocol):
    """What this module asks of the store."""

    def signup(self, id: str) -> Signup | None: ...  # noqa: D102
    def change_signup(self, signup: Signup, *, expected: SignupState, now: datetime) -> bool: ...  # noqa: D102
    def delivery_of(self, message_id: str) -> Delivery | None: ...  # noqa: D102
    def last_mailed(self, subscriber: str, *, after: datetime, by: datetime) -> str | None: ...  # noqa: D102
    def is_read(self, digest: str) -> bool: ...  # noqa: D102
    def note_read(self, digest: str, *, now: datetime) -> None: ...  # noqa: D102
    def record_bounce(  # noqa: D102
        self,
        subscriber: str,
        day: date,
        reply: str,
        *,
        edition: str | None = None,
        is_returned: bool = False,
        within: timedelta | None = None,
    ) -> int: ...


@dataclass(slots=True)
class InboxReport:
    """What became of a mailbox."""

    counts: Counter[str] = field(default_factory=Counter)
    #: Of those without effect, how many for which reason.
    idle: Counter[Idle] = field(default_factory=Counter)
    #: One line each, without addresses: what a person should look at.
    problems: list[str] = field(default_factory=list)


def read_inbox(
    book: Book, place: Path, *, secret: bytes, bounce_address: str | None, now: datetime, remove: bool = False
) -> InboxReport:
    """Read a Maildir, an mbox file or a file that holds one message.

    Args:
        book: The store.
        place: The folder or file.
        secret: Signs the unsubscribe links.
        bounce_address: The setting; with "{subscriber}" in it, the address alone says whom a bounce is about.
        now: Time of reading.
        remove: Remove the messages that were processed; those a person should read stay. Not for a file of one message.
    Raises:
        InputError: No such mailbox.
        BusyError: Another program is writing to it.
        OutputError: What was dealt with cannot be taken out.
    """
    done = InboxReport()
    with opened(place, remove=remove) as mails:
        for mail in mails:
            effect = handle(book, mail.octets, done, secret=secret, bounce_address=bounce_address, now=now)
            if remove and effect not in ("unread", "policy"):
                mail.discard()
    return done


def handle(
    book: Book, octets: bytes, done: InboxReport, *, secret: bytes, bounce_address: str | None, now: datetime
) -> Effect:
    """Do what one message asks for.

    Args:
        book: The store.
        octets: The message as the mail server kept it.
        done: Counts it, and takes a line when a person should read it.
        secret: Signs the unsubscribe links.
        bounce_address: The setting; with "{subscriber}" in it, the address alone says whom a bounce is about.
        now: Time of reading.
    """
    digest = fingerprint(octets)
    report = read_report(octets)
    effect: Effect = "nothing"
    if report.kind == "other":
        done.problems.append(_line(report, report.reply or "is not a report"))
        effect = "unread"
    elif report.kind == "bounce" and report.verdict in (None, "policy"):
        done.problems.append(_line(report, f"refused by policy, which is about us: {report.reply}"))
        effect = "policy"
    elif report.kind == "automatic":
        done.idle["automatic"] += 1
    elif book.is_read(digest):
        done.idle["read before"] += 1
    elif (reader := _reader(book, report, secret, bounce_address)) is not None:
        effect = _apply(book, report, reader, now)
        # After the effect: a program that stops in between does it again, which changes nothing.
        book.note_read(digest, now=now)
    elif (signup := _signup(book, report, bounce_address)) is not None:
        effect = _apply_to_signup(book, report, signup, now)
        book.note_read(digest, now=now)
    else:
        done.idle["unproven"] += 1
    done.counts[effect] += 1
    return effect


def _apply(book: Book, report: Report, reader: Subscriber, now: datetime) -> Effect:
    if report.kind == "leave":
        subscribers.remove(book, reader.id, now=now)
        return "left"
    if report.kind == "complaint":
        subscribers.suppress(book, reader, "complaint", now=now)
        return "complained"
    moment = _moment(report, now)
    days = book.record_bounce(
        reader.id,
        moment.date(),
        report.reply,
        edition=_edition(book, report, reader, moment),
        is_returned=True,
        within=REFUSED_WITHIN,
    )
    if report.verdict != "bounce" and days < 2:
        return "refused"
    subscribers.suppress(book, reader, "bounced", now=now)
    return "bounced"


def _apply_to_signup(book: Book, report: Report, signup: Signup, now: datetime) -> Effect:
    """A confirmation came back: nobody confirms that one, but the link stays valid, for one copy may have arrived."""
    if report.kind == "bounce":
        if report.verdict == "bounce" and signup.address is not None:
            silence(book, signup.address, now=now)
            return "bounced"
        return "refused"  # one of the three that nobody answers
    reader = book.subscriber(signup.subscriber) if signup.subscriber else None
    if signup.address is not None:
        key = key_of(signup.address)
        silence(book, signup.address, now=now)
        book.suppress(address_mac(book.secret("address"), key), "complaint", now=now)
        book.change_signup(replace(signup, state="refused"), expected=signup.state, now=now)
        reader = book.subscriber_by_key(key)
    if reader is not None:
        subscribers.suppress(book, reader, "complaint", now=now)
    return "complained"


def _signup(book: Book, report: Report, bounce_address: str | None) -> Signup | None:
    """The sign-up whose confirmation the report is about."""
    if report.kind == "leave":
        return None
    named = [found[1] for name in report.message_ids if (found := _CONFIRMATION.fullmatch(name))]
    candidates = (book.signup(id) for id in [*named, *_by_address(report.recipients, bounce_address)])
    return next((signup for signup in candidates if signup is not None), None)


def _reader(book: Book, report: Report, secret: bytes, bounce_address: str | None) -> Subscriber | None:
    """Whom the report is about, by the best proof it holds."""
    for token in report.tokens:
        found = subscriber_of(secret, "unsubscribe", token)
        if found and (reader := book.subscriber(found)):
            return reader
    if report.kind == "leave":  # by the token alone
        return None
    for message_id in report.message_ids:
        delivery = book.delivery_of(message_id)
        if delivery and (reader := book.subscriber(delivery.subscriber)):
            return reader
    for found in _by_address(report.recipients, bounce_address):
        if reader := book.subscriber(found):
            return reader
    return None


def _by_address(recipients: tuple[str, ...], bounce_address: str | None) -> Iterator[str]:
    before, mark, after = (bounce_address or "").partition("{subscriber}")
    if not mark:
        return
    shape = re.compile(rf"{re.escape(before)}([A-Za-z0-9_-]{{1,64}}){re.escape(after)}", re.IGNORECASE)
    for address in recipients:
        found = shape.fullmatch(address)
        if found:
            yield found[1]
            yield found[1].lower()  # some servers write addresses in capitals


def _moment(report: Report, now: datetime) -> datetime:
    """When a delivery failed, as far as that is believable: a mailbox may be read once a week only."""
    for told in (report.arrived, report.date):
        if told is not None and now - REFUSED_WITHIN <= told <= now:
            return told.astimezone(now.tzinfo)
    return now


def _edition(book: Book, report: Report, reader: Subscriber, moment: datetime) -> str | None:
    """Which edition came back, for one that fails twice counts once; a report that names none is about the last one."""
    named = (book.delivery_of(message_id) for message_id in report.message_ids)
    found = next((item.edition for item in named if item is not None and item.subscriber == reader.id), None)
    return found or book.last_mailed(reader.id, after=moment - REFUSED_WITHIN, by=moment + _SKEW)


def _line(report: Report, why: str) -> str:
    when = f"{report.date:%Y-%m-%d}" if report.date else "no date"
    return f"{when}, {without_addresses(report.subject) or 'no subject'}: {why}"
