"""One message to one reader: headers by the book, both texts, nothing a mail server stumbles over."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from urllib.parse import quote

from pipeline.deliver.settings import DkimSettings, SmtpSettings
from pipeline.errors import MailboxError
from pipeline.text.mailbox import one_mailbox

#: RFC 5322 section 2.1.1, without CRLF.
LONGEST_LINE = 998
_CONTROL = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
# RFC 8058 section 4: the signature must cover both List-Unsubscribe headers.
_SIGNED = (
    "from to subject date message-id mime-version content-type content-transfer-encoding content-language reply-to cc "
    "sender list-id list-unsubscribe list-unsubscribe-post"
)


class _Policy(EmailPolicy):
    """SMTP line ends, 7 bit; list headers on one line, because folding would break their long addresses."""

    def fold(self, name: str, value: str) -> str:
        """Text form of one header."""
        return self._wide(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Octets of one header."""
        wide = self._wide(name, value)
        return wide.encode("ascii") if wide else super().fold_binary(name, value)

    def _wide(self, name: str, value: str) -> str | None:
        if not name.lower().startswith(("list-", "message-id", "feedback-id")):
            return None
        return f"{name}: {value}{self.linesep}"


# 76 and not 78: Python lets an encoded word fill the line, RFC 2047 section 2 ends it at 75.
EMAIL_POLICY = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=76, utf8=False)


def build_message(
    settings: SmtpSettings,
    *,
    to: str,
    subject: str,
    html: str,
    text: str,
    message_id: str,
    date: datetime,
    language: str,
    token: str,
) -> bytes:
    """The whole message as it goes over the wire, byte for byte the same for the same arguments (unless signed).

    Args:
        settings: Sender, list headers, DKIM key.
        to: One address, ASCII.
        subject: One line.
        html: Complete document.
        text: The same as plain text.
        message_id: With angle brackets.
        date: When the edition was released to its readers.
        language: BCP 47 tag of the edition.
        token: Goes into the unsubscribe links.
    Raises:
        MailboxError: The address cannot be used in a mail header.
        ValueError: A header would hold a line end, or a line would be longer than 998 octets.
    """
    message = EmailMessage(policy=EMAIL_POLICY)
    message["From"] = settings.from_address
    if settings.reply_address:
        message["Reply-To"] = settings.reply_address
    message["To"] = addressed(to)
    put_subject(message, subject)
    message["Date"] = date
    message["Message-ID"] = one_line(message_id)
    for name, value in _list_headers(settings, token).items():
        message[name] = one_line(value)
    _fill(message, text, html, boundary="=_" + hashlib.sha256(message_id.encode()).hexdigest()[:40])
    # RFC 3282; not earlier, for what begins with Content- would move into the first part.
    message["Content-Language"] = one_line(language)
    return seal(message, settings)


def addressed(to: str) -> Address:
    """The address as a header takes it.

    Raises:
        MailboxError: It takes none such: kept before it was looked at so closely, or written there by another program.
    """
    try:
        return one_mailbox(to)
    except ValueError as error:
        raise MailboxError from error


def put_subject(message: EmailMessage, subject: str) -> None:
    """Set the subject, which may hold a stranger's headline, to these very words.

    Python reads what looks like an encoded word and writes what it holds: of "=?utf-8?q?=0D=0ABcc:_…?=" a line end and
    another header (before 3.11.10 unnoticed, CVE-2024-6923). So whatever may look like one is encoded as a whole here.

    Raises:
        ValueError: It holds a line end or another control character.
    """
    if "=?" not in one_line(subject) and "?=" not in subject:
        message["Subject"] = subject
        return
    encoded = Header(subject, "utf-8", maxlinelen=EMAIL_POLICY.max_line_length, header_name="Subject")
    message.set_raw("Subject", encoded.encode())


def _fill(message: EmailMessage, text: str, html: str, *, boundary: str) -> None:
    """Both texts, the plain one first (RFC 2046 section 5.1.4)."""
    message.set_content(text, subtype="plain", charset="utf-8", cte=body_encoding(text))
    message.add_alternative(html, subtype="html", charset="utf-8", cte=body_encoding(html))
    for part in message.iter_parts():
        del part["MIME-Version"]  # Python's own habit; RFC 2045 section 4 wants it at the top only
    message.set_boundary(boundary)


def seal(message: EmailMessage, settings: SmtpSettings) -> bytes:
    """The octets of a message, signed where we sign by ourselves.

    Raises:
        ValueError: A line would be longer than 998 octets.
    """
    octets = message.as_bytes()
    longest = max(len(line) for line in octets.split(b"\r\n"))
    if longest > LONGEST_LINE:
        raise ValueError(f"a line of the message has {longest} octets, more than {LONGEST_LINE}")
    return octets if settings.dkim is None else sign(octets, settings.dkim) + octets


def one_line(value: str) -> str:
    """The value, when it can stand in a header.

    Raises:
        ValueError: It holds a line end or another control character (header injection).
    """
    if _CONTROL.search(value):
        raise ValueError(f"a header must be one line without control characters: {value!r:.80}")
    return value


def envelope_sender(settings: SmtpSettings, subscriber: str) -> str:
    """Where bounces go: RFC 5321 calls it the reverse-path."""
    if settings.bounce_address is None:
        return settings.from_address.addr_spec
    return settings.bounce_address.replace("{subscriber}", subscriber)


def unsubscribe_url(settings: SmtpSettings, token: str) -> str | None:
    """The https address that ends the subscription of the token's reader, None without a web address."""
    return _with_token(settings.unsubscribe_base_url, token)


def unsubscribe_mail(settings: SmtpSettings, token: str) -> str:
    """The mailto address of a mail that ends the subscription; `pipeline.deliver.inbox` reads it."""
    mailbox = settings.unsubscribe_mailto or settings.from_address.addr_spec
    return f"mailto:{quote(mailbox, safe='@+')}?subject=unsubscribe%20{quote(token)}"


def preferences_url(settings: SmtpSettings, token: str) -> str | None:
    """The https address where the token's reader changes language and topics, None without such pages."""
    return _with_token(settings.preferences_base_url, token)


def _with_token(base: str | None, token: str) -> str | None:
    return f"{base.rstrip('/')}/{quote(token)}" if base else None


def sign(octets: bytes, key: DkimSettings) -> bytes:
    """The DKIM-Signature header line to put in front of a message.

    Raises:
        ImportError: The extra "dkim" is not installed.
    """
    import dkim

    # Each once more than it stands there (RFC 6376 section 8.15): a copy sent on with a second From or Subject, which
    # mail programs may show instead, does not verify.
    names = [name.encode() for name in _SIGNED.split()] * 2
    return bytes(
        dkim.sign(
            octets,
            key.selector.encode(),
            key.domain.encode(),
            key.private_key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=names,
        )
    )


def _list_headers(settings: SmtpSettings, token: str) -> Mapping[str, str]:
    """RFC 2919, RFC 2369, RFC 8058."""
    web = unsubscribe_url(settings, token)
    by_mail = f"<{unsubscribe_mail(settings, token)}>" if settings.unsubscribe_mailto or not web else None
    headers: dict[str, str] = {}
    if settings.list_id:
        headers["List-Id"] = f"<{settings.list_id.strip('<>')}>"
    headers["List-Unsubscribe"] = ", ".join(item for item in (web and f"<{web}>", by_mail) if item)
    if web:
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if settings.subscribe_url:
        headers["List-Subscribe"] = f"<{settings.subscribe_url}>"
    if settings.archive_url:
        headers["List-Archive"] = f"<{settings.archive_url}>"
    return headers


def body_encoding(text: str) -> str:
    """The shorter of the two encodings that survive every server: Gmail clips messages of about 100 KB."""
    special = sum(len(char.encode("utf-8", "replace")) for char in text if ord(char) > 126 or char == "=")
    return "base64" if 2 * special > len(text.encode("utf-8", "replace")) / 3 else "quoted-printable"
