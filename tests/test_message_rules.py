"""Every message, as the mail server gets it, keeps every rule: the editions in each language, and the confirmations.

The messages are those of the commands' own renderer, sent over SMTP and signed; each rule looks at all of them.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from deliver_cases import settings
from html_checks import active_nodes, elements, remote_loads
from keys import dkim_pair
from public_kit import SITE, Visitor, outbox
from sample_edition import sample
from smtp_server import Server

from pipeline.deliver import SmtpSettings, send_edition, subscribers
from pipeline.deliver.settings import DkimSettings
from pipeline.deliver.tokens import subscriber_of
from pipeline.run.mailing import letters_of
from pipeline.store import Store

SECRET = b"links"
LANGUAGES = ("en", "fr", "ar")
#: RFC 5322 section 3.6, and what Gmail refuses twice.
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language", "Reply-To",
        "DKIM-Signature")  # fmt: skip
LIST = ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe", "List-Archive")


@dataclass(frozen=True)
class Sent:
    """One message with its envelope."""

    sender: str
    recipient: str
    octets: bytes
    #: Of the edition; None for a confirmation.
    language: str | None
    reader: str

    @cached_property
    def message(self) -> EmailMessage:
        made = email.message_from_bytes(self.octets, policy=email.policy.SMTP)
        assert isinstance(made, EmailMessage)
        return made

    def header(self, name: str) -> str:
        return str(self.message[name] or "")

    @cached_property
    def head(self) -> bytes:
        return self.octets.partition(b"\r\n\r\n")[0] + b"\r\n"

    @cached_property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return "" if part is None else str(part.get_content())

    @cached_property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return "" if part is None else str(part.get_content())

    @cached_property
    def web_links(self) -> list[str]:
        return re.findall(r"<(https:[^>]*)>", self.header("List-Unsubscribe"))

    def leaf_parts(self) -> list[EmailMessage]:
        return [part for part in self.message.walk() if not part.is_multipart()]


def _signed_names(sent: Sent) -> Counter[str]:
    """Name of a header -> how many of them the signature is about."""
    found = re.search(r"[;\s]h=([^;]*)", sent.header("DKIM-Signature"))
    return Counter("".join(found[1].split()).lower().split(":")) if found else Counter()


def _stays_whole(sent: Sent) -> bool:
    """A message sent on with one more header, which mail programs may show instead of ours, does not verify."""
    signed = _signed_names(sent)
    there = Counter(name.lower() for name in sent.message)
    return all(signed[name] > there[name] for name in (*signed, "cc", "sender", "reply-to"))


def _verifies(sent: Sent) -> bool:
    import dkim

    return bool(dkim.verify(sent.octets, dnsfunc=lambda *_a, **_o: b"v=DKIM1; k=rsa; p=" + KEY[1]))


def _left(domain_of: str) -> str:
    return domain_of.rpartition("@")[2].strip("<>").lower()


Rule = Callable[[Sent], bool]
#: For every message.
GENERAL: dict[str, Rule] = {
    "ASCII only": lambda m: m.octets.isascii(),
    "no NUL": lambda m: b"\0" not in m.octets,
    "line ends are CRLF": lambda m: not re.search(rb"(?<!\r)\n|\r(?!\n)", m.octets),
    "lines of 998 octets at most": lambda m: max(map(len, m.octets.split(b"\r\n"))) <= 998,
    "no line begins with From": lambda m: b"\nFrom " not in m.octets,
    "no defect in the eyes of a parser": lambda m: not any(part.defects for part in m.message.walk()),
    "single headers stand once": lambda m: all(len(m.message.get_all(name, [])) == 1 for name in ONCE),
    "no header is empty": lambda m: all(str(value).strip() for value in m.message.values()),
    "encoded words of 75 octets at most": lambda m: all(
        len(word) <= 75 for word in re.findall(rb"=\?[^?\s]*\?[BbQq]\?[^?\s]*\?=", m.octets)
    ),
    "From is one mailbox, ours": lambda m: [a.addr_spec for a in m.message["From"].addresses]
    == ["digest@example.org"],
    "To is the recipient, alone": lambda m: [a.addr_spec for a in m.message["To"].addresses] == [m.recipient],
    "no Cc, no Bcc, no Sender": lambda m: not any(name in m.message for name in ("Cc", "Bcc", "Sender")),
    "Reply-To is read by somebody": lambda m: m.header("Reply-To") == "editor@example.org",
    "Subject is one line with words": lambda m: bool(m.header("Subject").strip()) and m.header("Subject").isprintable(),
    "Subject of 150 characters at most": lambda m: len(m.header("Subject")) <= 150,
    "Date has a zone and is not to come": lambda m: parsedate_to_datetime(m.header("Date")).utcoffset() is not None
    and parsedate_to_datetime(m.header("Date")) <= NOW,
    "Message-ID is ours and short": lambda m: bool(
        re.fullmatch(r"<[A-Za-z0-9.-]{10,200}@example\.org>", m.header("Message-ID"))
    ),
    "MIME-Version is 1.0, and stands at the top only": lambda m: m.header("MIME-Version") == "1.0"
    and len(re.findall(rb"(?im)^MIME-Version:", m.octets)) == 1,
    "bounces come back to the reader's own address": lambda m: m.sender == f"bounce+{m.reader}@example.org",
    "bounce address is aligned with From": lambda m: _left(m.sender) == "example.org",
    "DKIM verifies": _verifies,
    "DKIM domain is that of From": lambda m: "d=example.org;" in m.header("DKIM-Signature"),
    "DKIM is relaxed both ways": lambda m: "c=relaxed/relaxed;" in m.header("DKIM-Signature"),
    "DKIM signs the whole body": lambda m: not re.search(r"[;\s]l=", m.header("DKIM-Signature")),
    "DKIM covers what readers see": lambda m: {
        "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "reply-to"
    } <= set(_signed_names(m)),
    "DKIM lets nobody add what it covers": _stays_whole,
    "Content-Language is the text's": lambda m: m.header("Content-Language") == (m.language or "en"),
    "parts are UTF-8 in a 7 bit coat": lambda m: all(
        part.get_content_charset() == "utf-8"
        and part["Content-Transfer-Encoding"] in ("7bit", "quoted-printable", "base64")
        for part in m.leaf_parts()
    ),
    "no attachment": lambda m: all(part.get_content_disposition() is None for part in m.message.walk()),
    "the text has a link of the reader's own": lambda m: "https://digest.example.org/news/" in m.text,
    "the text names the publisher": lambda m: "Example" in m.text,
    "the text has no markup": lambda m: not re.search(r"<(?:p|a|div|br|td)\b|&(?:amp|lt|nbsp);", m.text),
}  # fmt: skip
#: For editions.
EDITION: dict[str, Rule] = {
    "list headers stand once, on one line": lambda m: all(
        len(re.findall(rb"(?m)^%s: [^\r\n]+\r\n(?![ \t])" % name.encode(), m.head)) == 1 for name in LIST
    ),
    "List-Id is in brackets": lambda m: bool(re.fullmatch(r"<[a-z0-9.-]+>", m.header("List-Id"))),
    "List-Unsubscribe has one https address": lambda m: len(m.web_links) == 1,
    "List-Unsubscribe also works by mail": lambda m: "<mailto:leave@example.org?subject=unsubscribe%20"
    in m.header("List-Unsubscribe"),
    "List-Unsubscribe-Post is that of RFC 8058": lambda m: m.header("List-Unsubscribe-Post")
    == "List-Unsubscribe=One-Click",
    "the link ends the recipient's subscription": lambda m: subscriber_of(
        SECRET, "unsubscribe", m.web_links[0].rpartition("/")[2]
    )
    == m.reader,
    "DKIM covers both unsubscribe headers": lambda m: {"list-unsubscribe", "list-unsubscribe-post", "list-id"}
    <= set(_signed_names(m)),
    "not marked as an automatic answer": lambda m: "Auto-Submitted" not in m.message,
    "Message-ID names the edition": lambda m: m.header("Message-ID").startswith(f"<2026-11-23-{m.language}."),
    "text first, HTML last": lambda m: [part.get_content_type() for part in m.message.iter_parts()]
    == ["text/plain", "text/html"],
    "the same link in headers, text and HTML": lambda m: m.web_links[0] in m.text and m.web_links[0] in m.html,
    "the text is complete": lambda m: all(
        " ".join(str(node.to_text()).split()) in " ".join(m.text.split()) for node in elements(m.html, "h3")
    ),
    "HTML of 90 KB at most": lambda m: len(m.html.encode()) <= 90_000,
    "message of 102 KB at most in its HTML part": lambda m: len(m.octets) - len(m.text.encode()) <= 120_000,
    "the way out is in the first 80 KB": lambda m: m.html.encode().find(m.web_links[0].encode()) < 80_000,
    "HTML says language and direction": lambda m: bool(
        re.search(rf'<html[^>]* lang="{m.language}"[^>]* dir="{"rtl" if m.language == "ar" else "ltr"}"', m.html)
    ),
    "HTML has a title": lambda m: bool(re.search(r"<title>[^<]+</title>", m.html)),
    "HTML knows dark mode": lambda m: 'name="color-scheme"' in m.html,
    "nothing in it acts": lambda m: not active_nodes(m.html),
    "nothing is loaded": lambda m: not remote_loads(m.html),
    "no picture, so no pixel": lambda m: not elements(m.html, "img"),
    "tables are for layout": lambda m: all(
        node.attrs.get("role") == "presentation" for node in elements(m.html, "table")
    ),
    "links go to the web, the page or a mailbox": lambda m: all(
        node.attrs["href"].startswith(("https://", "http://", "#", "mailto:"))
        for node in elements(m.html, "a") if "href" in node.attrs
    ),
    "links follow nobody": lambda m: not re.search(r"[?&](?:utm_|fbclid|mc_eid|reader=)", m.html + m.text),
    "links have words": lambda m: all(str(node.to_text()).strip() for node in elements(m.html, "a")),
}  # fmt: skip
#: For confirmations.
CONFIRMATION: dict[str, Rule] = {
    "marked as automatic": lambda m: m.header("Auto-Submitted") == "auto-generated",
    "no list yet": lambda m: not any(name in m.message for name in LIST),
    "plain text only": lambda m: m.message.get_content_type() == "text/plain",
    "one link": lambda m: len(re.findall("https?://", m.text)) == 1,
    "inbox knows it again": lambda m: m.header("Message-ID") == f"<confirm.{m.reader}@example.org>",
}


KEY = dkim_pair()
NOW = sample().closed + timedelta(hours=1)


def _settings(port: int) -> SmtpSettings:
    return settings(
        port,
        reply_to="editor@example.org",
        unsubscribe_base_url="https://digest.example.org/news/unsubscribe",
        preferences_base_url="https://digest.example.org/news/preferences",
        unsubscribe_mailto="leave@example.org",
        subscribe_url="https://digest.example.org/news/subscribe",
        archive_url="https://digest.example.org/news/archive",
        bounce_address="bounce+{subscriber}@example.org",
        dkim=DkimSettings(domain="example.org", selector="s1", private_key=KEY[0]),
    )


def _taken(server: Server, language: str | None, reader_of: Callable[[str], str]) -> Iterator[Sent]:
    senders = [line.partition("<")[2].partition(">")[0] for line in server.commands if line.startswith("MAIL")]
    for sender, (_, recipient, octets) in zip(senders, server.accepted, strict=True):
        yield Sent(sender, recipient, octets, language, reader_of(recipient))


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """Two readers of each language, one of them with one topic only."""
    sent: list[Sent] = []
    for language in LANGUAGES:
        path: Path = tmp_path_factory.mktemp("rules") / "digest.db"
        with Store.open(path) as store, Server() as server:
            value = store.freeze(replace(sample(language), publisher="Example Press"), {}, now=NOW)
            chosen = _settings(server.port)
            ids = {}
            for number, topics in enumerate([(), ("sanction",)]):
                reader = subscribers.add(
                    store, f"reader{number}@example.net", language=language, topics=topics, now=NOW
                )
                ids[reader.address] = reader.id
            report = send_edition(
                store, value, render=letters_of(value, chosen, SECRET), settings=chosen, now=NOW, secret=SECRET
            )
            assert report.sent_now == 2
            sent += _taken(server, language, ids.__getitem__)
    return sent


@pytest.fixture(scope="module")
def confirmations(tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    with Store.open(tmp_path_factory.mktemp("rules") / "digest.db") as store, Server() as server:
        visitor = Visitor(store)
        visitor.sign_up("ada@example.net")
        changes: dict[str, Any] = {name: getattr(_settings(0), name) for name in ("reply_to", "bounce_address", "dkim")}
        outbox(store, server.port, **changes).work(visitor.now)
        (signup,) = store.signups("sent")
        assert SITE.publisher == "Example Press"
        return list(_taken(server, None, lambda _: signup.id))


@pytest.mark.parametrize("rule", GENERAL | EDITION)
def test_editions_keep_the_rule(editions: list[Sent], rule: str) -> None:
    broken = [(m.language, m.recipient) for m in editions if not (GENERAL | EDITION)[rule](m)]
    assert broken == []


@pytest.mark.parametrize("rule", GENERAL | CONFIRMATION)
def test_confirmations_keep_the_rule(confirmations: list[Sent], rule: str) -> None:
    assert all((GENERAL | CONFIRMATION)[rule](m) for m in confirmations)


def test_the_book_of_rules_is_thick(editions: list[Sent], confirmations: list[Sent]) -> None:
    """At least forty rules, over messages in three languages."""
    assert len(GENERAL | EDITION | CONFIRMATION) >= 40
    assert len(editions) == 6
    assert len(confirmations) == 1
