"""What a mail that comes back says: a bounce, a complaint, a wish to leave; and what in it may prove whom it is about.

Anybody can write to the address where bounces go. What a message says is therefore kept apart from whom it is about:
the clues found here are only candidates, and the caller believes those that it has given out itself.
"""

from __future__ import annotations

import hashlib
import logging
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import Literal
from urllib.parse import unquote

from pipeline.deliver.replies import ADDRESS, Reply, Verdict, classify, without_addresses

Kind = Literal[
    "bounce",  # the message could not be delivered; `verdict` says whether there is such an address
    "complaint",  # the reader called it spam
    "leave",  # the reader asks to be taken off
    "automatic",  # a delay, an out-of-office note, a receipt: nothing to do
    "other",  # for a person to read
]
#: A mail longer than this is not read: reports are short, and return the message at most.
LONGEST = 10_000_000
#: Octets and lines in which a bounce without a standard form is looked for, and octets of each line (RFC 5322 section
#: 2.1.1).
_LOOKED_AT, _MOST_LINES, _LONGEST_LINE = 200_000, 5_000, 998
#: What a token looks like (pipeline.deliver.tokens).
_TOKEN = r"[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{32}"  # noqa: S105
_ANY_TOKEN = re.compile(rf"(?<![A-Za-z0-9_.-]){_TOKEN}(?![A-Za-z0-9_.-])")
_LEAVE = re.compile(rf"\bunsubscribe\s+({_TOKEN})(?![A-Za-z0-9_.-])", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_STATUS = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")
_BASIC = re.compile(r"([45]\d\d)(?:[ -]|$)")
#: What the author of a mail writes (RFC 5322 section 3.6), and what says how to read the text.
_OWN_FIELDS = frozenset({"from", "to", "subject", "date", "message-id", "in-reply-to", "references", "content-type"})
#: Where mail servers note whom a message was for; ours is the reader's own bounce address (VERP).
_RECIPIENT_FIELDS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_ROBOTS = re.compile("mailer-daemon|postmaster|mail-daemon|mdaemon|root|bounce", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One mail, understood as far as it can be."""

    kind: Kind
    #: Of a bounce: "bounce" (no such address), "refused", or "policy" and None (our own fault), as in `replies`.
    verdict: Verdict | None = None
    #: The mail server's words, without any address in them; or why nothing was understood.
    reply: str = ""
    #: Candidates, none of them believed yet: unsubscribe tokens, Message-IDs, and addresses it was mailed to.
    tokens: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    #: Its Date, with a time zone; None when it has no readable one.
    date: datetime | None = None
    #: When the server that reports had taken the message (Arrival-Date); None when it does not say.
    arrived: datetime | None = None
    subject: str = ""


def read_report(octets: bytes) -> Report:
    """Understand one mail; never raises, whatever the octets are.

    Args:
        octets: The message as the mail server kept it.
    """
    if len(octets) > LONGEST:
        return Report(kind="other", reply=f"longer than {LONGEST // 1_000_000} MB")
    try:
        return _read(octets)
    # A parser that has met only what people send: deep nesting ends its recursion, bad charsets have many names.
    except (RecursionError, MessageError, ValueError, LookupError, AttributeError, TypeError) as error:
        return Report(kind="other", reply=f"not readable as a mail ({type(error).__name__})")


def fingerprint(octets: bytes) -> str:
    """The same for all copies of a mail, other for another mail; never raises.

    What its author wrote counts; servers and mail programs add fields of theirs (RFC 5321 section 4.4, "Status" and the
    like in an mbox) and may end lines otherwise.
    """
    mail = BytesHeaderParser(policy=compat32).parsebytes(octets)
    own = [f"{name}:{value}" for name, value in mail.raw_items() if name.lower() in _OWN_FIELDS]
    words = [" ".join(part.split()) for part in (*sorted(own), str(mail.get_payload()))]
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogateescape")).hexdigest()


def _read(octets: bytes) -> Report:
    message = BytesParser(policy=compat32).parsebytes(octets)
    subject = _text(message, "Subject")
    said = Report(kind="other", subject=subject[:200], date=_date(message))
    leave = _LEAVE.search(subject)
    if leave:
        return replace(said, kind="leave", tokens=(leave[1],))
    parts = {part.get_content_type(): part for part in _children(message)}
    returned = _returned(parts)
    said = replace(
        said,
        tokens=_tokens(returned),
        message_ids=_message_ids(message if returned is None else returned),
        recipients=_recipients([message] if returned is None else [message, returned]),
    )
    if "message/feedback-report" in parts:
        return _complaint(_blocks(parts["message/feedback-report"]), said)
    if "message/delivery-status" in parts:
        return _delivery(_blocks(parts["message/delivery-status"]), said)
    by_server = any(_ROBOTS.match(address) for address in ADDRESS.findall(_text(message, "From")))
    # People's automatic answers have no return path either (RFC 3834 section 3.3).
    if by_server or _text(message, "Return-Path").replace(" ", "") == "<>":
        said = _by_its_looks(octets, said)
    is_automatic = _text(message, "Auto-Submitted").lower() not in ("", "no") or "X-Autoreply" in message
    return replace(said, kind="automatic") if said.kind == "other" and is_automatic and not by_server else said


def _complaint(blocks: Sequence[Message], said: Report) -> Report:
    """RFC 5965: "abuse" is the spam button; "not-spam" is a reader who took the mail out of the junk folder."""
    kind = next((_text(block, "Feedback-Type").lower() for block in blocks if "Feedback-Type" in block), "")
    senders = [address for block in blocks for address in ADDRESS.findall(_text(block, "Original-Mail-From"))]
    said = replace(said, recipients=(*said.recipients, *senders), reply=without_addresses(f"feedback: {kind}"))
    if kind in ("abuse", "fraud", "opt-out", "opt-out-list"):
        return replace(said, kind="complaint")
    return replace(said, kind="automatic" if kind == "not-spam" else "other")


def _delivery(blocks: Sequence[Message], said: Report) -> Report:
    """RFC 3464: what became of the recipient; the first failure counts, for our messages have one recipient."""
    told = [(block, _text(block, "Action").lower()) for block in blocks if "Action" in block]
    failed = next((block for block, action in told if action.startswith("failed")), None)
    if failed is None:
        return replace(said, kind="automatic" if told else "other", reply="" if told else "a report without an outcome")
    reply = _refusal(failed)
    verdict = classify("rcpt", reply)
    arrived = next((_date(block, "Arrival-Date") for block in blocks if "Arrival-Date" in block), None)
    # The server has given up: what it was told was "try again" for days.
    verdict = "refused" if verdict == "later" else verdict
    return replace(said, kind="bounce", verdict=verdict, reply=without_addresses(str(reply)), arrived=arrived)


def _refusal(block: Message) -> Reply:
    """The answer as the server would have given it to us."""
    diagnosis = _text(block, "Diagnostic-Code").partition(";")[2].strip()
    found = [match for text in (_text(block, "Status"), diagnosis) if (match := _STATUS.search(text))]
    # 5.0.0 and the like say that it failed, which we knew; the diagnosis often says more.
    best = next((match for match in found if match[2] != "0"), found[0] if found else None)
    basic = _BASIC.match(diagnosis)
    words = diagnosis[basic.end() :] if basic else diagnosis
    if best is None:
        return Reply(code=int(basic[1]) if basic else 550, text=words)
    code = int(basic[1]) if basic and basic[1][0] == best[1] else 100 * int(best[1]) + 50
    return Reply(code=code, text=f"{best[0]} {words.removeprefix(best[0]).strip()}".strip())


def _by_its_looks(octets: bytes, said: Report) -> Report:
    """A bounce in a shape of its own (old servers, some providers): refused, or put off."""
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it traces a stranger's mail as a fault
    try:
        temporary, permanent = all_failures(_for_detectors(octets))
    except Exception as error:  # noqa: BLE001 - detectors by many hands, over text of any kind
        return replace(said, reply=f"not understood ({type(error).__name__})")
    if permanent:
        return replace(said, kind="bounce", verdict="refused", reply="returned by the mail server")
    return replace(said, kind="automatic") if temporary else said


def _for_detectors(octets: bytes) -> Message:
    """The mail as they can read it; the first of them that stumbles over a header is the last to look."""
    # Some take quadratic time on a line; no line of a mail is longer, and what matters stands before ours.
    lines = (line[:_LONGEST_LINE] for line in octets[:_LOOKED_AT].splitlines()[:_MOST_LINES])
    head, blank, body = b"\n".join(lines).partition(b"\n\n")
    plain = head.decode("ascii", "replace").encode("ascii", "replace")
    message = BytesParser(policy=compat32).parsebytes(plain + blank + body)
    if not getaddresses([message.get("From", "")]):
        del message["From"]
        message["From"] = "MAILER-DAEMON"
    return message


def _children(message: Message) -> Iterator[Message]:
    """The parts of the report itself; what it returns is not searched for reports."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        yield from (part for part in payload if isinstance(part, Message))


def _returned(parts: dict[str, Message]) -> Message | None:
    """Our own message, or its headers, as the report gives it back."""
    whole = parts.get("message/rfc822") or parts.get("message/global")
    if whole is not None and isinstance(inner := whole.get_payload(), list) and inner and isinstance(inner[0], Message):
        return inner[0]
    headers = parts.get("text/rfc822-headers") or parts.get("message/global-headers")
    if headers is None:
        return None
    octets = headers.get_payload(decode=True)
    return BytesParser(policy=compat32).parsebytes(octets) if isinstance(octets, bytes) else None


def _blocks(part: Message) -> list[Message]:
    """Groups of fields, also where a server has wrapped them in base64."""
    text = _source(part.get_payload())
    if _text(part, "Content-Transfer-Encoding").lower() == "base64":
        try:
            text = b64decode("".join(text.split())).decode("ascii", "replace")
        except (Base64Error, ValueError):
            return []
    chunks = re.split(r"\r?\n[ \t]*\r?\n", text)
    return [
        BytesParser(policy=compat32).parsebytes(chunk.strip().encode("utf-8", "surrogateescape"))
        for chunk in chunks
        if chunk.strip()
    ]


def _source(payload: object) -> str:
    """The text that the parser took for messages; its own way back folds long fields in quadratic time."""
    if isinstance(payload, str):
        return payload
    items = [item for item in payload if isinstance(item, Message)] if isinstance(payload, list) else []
    return "\n\n".join(_written(item) for item in items)


def _written(message: Message) -> str:
    fields = "".join(f"{name}: {value}\n" for name, value in message.raw_items())
    return f"{fields}\n{_source(message.get_payload())}"


def _tokens(returned: Message | None) -> tuple[str, ...]:
    """From the List-Unsubscribe of the message given back, and from nothing else: only its reader has that."""
    if returned is None:
        return ()
    return tuple(_ANY_TOKEN.findall(unquote("".join(_text(returned, "List-Unsubscribe").split()))))[:10]


def _message_ids(message: Message) -> tuple[str, ...]:
    fields = ("Message-ID", "In-Reply-To", "References")
    return tuple(dict.fromkeys(name for field in fields for name in _MESSAGE_ID.findall(_text(message, field))))[:20]


def _recipients(messages: Iterable[Message]) -> tuple[str, ...]:
    found = [
        address for message in messages for field in (*_RECIPIENT_FIELDS, "Return-Path")
        for value in message.get_all(field, []) for address in ADDRESS.findall(_decoded(value))
    ]  # fmt: skip
    return tuple(dict.fromkeys(found))[:40]


def _text(message: Message, field: str) -> str:
    value = message.get(field)
    return "" if value is None else _decoded(value)


def _decoded(value: object) -> str:
    """A header's text on one line, whatever its encodings are."""
    try:
        shown = str(make_header(decode_header(str(value))))
    except (MessageError, ValueError, LookupError):
        shown = str(value)
    return " ".join(shown.split())


def _date(message: Message, field: str = "Date") -> datetime | None:
    try:
        date = parsedate_to_datetime(_text(message, field))
        # Without a zone nobody can say when; beyond the calendar's ends it cannot be compared.
        return date if date.tzinfo is not None and abs(date.utcoffset() or timedelta()) < timedelta(hours=24) else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
