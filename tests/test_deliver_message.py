"""What goes over the wire: every rule of the header book, for every kind of text."""

from __future__ import annotations

import email
import email.policy
import re
import sys
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from deliver_cases import NOW, settings
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from keys import dkim_pair

from pipeline.deliver.client import stuffed
from pipeline.deliver.message import build_message, envelope_sender
from pipeline.deliver.settings import DkimSettings
from pipeline.errors import ConfigError, MailboxError

SETTINGS = settings(25)
TEXTS = {
    "en": ("Digest of 23 November", "<p>News</p>", "News\n.\nMAIL FROM:<x@example.org>\n..dots\n"),
    "fr": ("Édition du 23 novembre : " + "sanctions, vulnérabilités, " * 8, "<p>Été</p>", "Été\n"),
    "ja": ("脆弱性と制裁" * 20, "<p>" + "脆弱性" * 2000 + "</p>", "脆弱性" * 2000),
    "ar": ("نشرة الأمن", '<html dir="rtl"><p>عقوبات</p></html>', "عقوبات\n"),
    "long": ("x" * 300, "<p>" + "x" * 5000, "y" * 5000),
    "emoji": ("🔒" * 60, "<p>🔒", "🔒"),
    "crlf": ("Lines", "<p>a\r\nb\rc\n</p>", "a\r\n.\r\nb\rc\n"),
    "empty": ("-", "<p></p>", ""),
    "encoded": ("Flaw in =?utf-8?q?a=0D=0ABcc:_x@example.org?= " + "and elsewhere " * 9, "<p>News</p>", "News\n"),
}


def build(case: str = "en", **changes: Any) -> bytes:
    subject, html, text = TEXTS[case]
    values: dict[str, Any] = {
        "to": "reader@example.org",
        "subject": subject,
        "html": html,
        "text": text,
        "message_id": "<2026-11-23-en.abc@example.org>",
        "date": NOW,
        "language": "en",
        "token": "r1.AbC-_" * 5,
    }
    return build_message(changes.pop("settings", SETTINGS), **values | changes)


def parsed(octets: bytes) -> EmailMessage:
    message = email.message_from_bytes(octets, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("case", TEXTS)
def test_message_conforms(case: str) -> None:
    octets = build(case)
    lines = octets.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert b"\r" not in octets.replace(b"\r\n", b"")
    octets.decode("ascii")
    assert b"\x00" not in octets
    message = parsed(octets)
    assert not message.defects
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Id", "List-Unsubscribe",
                 "List-Unsubscribe-Post", "Content-Language"):  # fmt: skip
        assert len(message.get_all(name, [])) == 1, name
    subject, html, text = TEXTS[case]
    assert message["Subject"] == subject
    assert message["From"].addresses[0].addr_spec == "digest@example.org"
    assert [item.addr_spec for item in message["To"].addresses] == ["reader@example.org"]
    assert message["Date"].datetime == NOW
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    for part, content in zip(parts, (text, html), strict=True):
        assert part.get_content_charset() == "utf-8"
        got = part.get_content().replace("\r\n", "\n").rstrip("\n")
        assert got == content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    for word in re.findall(rb"=\?[^?]*\?[^?]*\?[^?]*\?=", octets):
        assert len(word) <= 75, "RFC 2047 section 2"


def test_list_headers_stand_on_one_line() -> None:
    """Folded or encoded they would not be followed; exactly one https address, one mailbox (RFC 8058)."""
    octets = build(settings=replace(SETTINGS, unsubscribe_mailto="leave@example.org"), token="r1." + "A" * 200)
    (line,) = re.findall(rb"(?m)^List-Unsubscribe: (.*)\r$", octets)
    web, mailbox = line.split(b", ")
    assert web == b"<https://digest.example.org/u/r1." + b"A" * 200 + b">"
    assert mailbox.startswith(b"<mailto:leave@example.org?subject=unsubscribe%20r1.")
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in octets
    assert b"\r\nList-Id: <digest.example.org>\r\n" in octets


def test_without_a_web_address_one_leaves_by_mail() -> None:
    octets = build(settings=replace(SETTINGS, unsubscribe_base_url=None))
    assert b"List-Unsubscribe: <mailto:digest@example.org?subject=unsubscribe%20" in octets
    assert b"List-Unsubscribe-Post" not in octets


def test_same_arguments_same_octets() -> None:
    assert build("fr") == build("fr")
    assert build("fr") != build("fr", message_id="<other@example.org>")


@pytest.mark.parametrize("field", ["subject", "message_id", "language", "token", "to"])
@pytest.mark.parametrize("bad", ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\x0bb", "a\u2028b", "a\x00b", "a\x85b"])
def test_header_injection_is_refused(field: str, bad: str) -> None:
    """Refused, or (in an address) quoted out of effect: never a second header."""
    try:
        octets = build(**{field: bad})
    except (ValueError, MailboxError):
        return
    assert field == "token"
    assert b"Bcc" not in octets.replace(b"%0D%0ABcc", b"")


@pytest.mark.parametrize(
    "headline",
    [
        "=?utf-8?q?a=0D=0ABcc:_x@example.org?=",
        "=?utf-8?q?a=0AX-Evil:_1?=",
        "=?utf-8?b?DQoNCjxwPk90aGVyIG5ld3M8L3A+?=",
        "=?utf-8?q?a=00b?=",
        "é =?iso-8859-1*en?Q?=0D=0A=0D=0Ab?= é",
        "[list] =?UTF-8?Q?Security_update?=",
    ],
)
def test_a_headline_that_looks_encoded_arrives_as_it_stands(headline: str) -> None:
    """A stranger's headline is in the subject; what its encoded words hold must not become headers, or the text."""
    octets = build(subject=f"Digest: {headline}")
    plain = build(subject="Digest")
    assert parsed(octets)["Subject"] == f"Digest: {headline}"
    assert parsed(octets).keys() == parsed(plain).keys()
    assert octets.split(b"\r\n\r\n", 1)[1] == plain.split(b"\r\n\r\n", 1)[1]


@effort(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=200), st.text(max_size=500), st.text(max_size=500))
def test_any_text_makes_a_sound_message_or_none(subject: str, html: str, text: str) -> None:
    try:
        octets = build(subject=subject, html=html, text=text)
    except ValueError:
        return
    octets.decode("ascii")
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert len(parsed(octets).get_all("To", [])) == 1


def test_dots_are_stuffed_and_line_ends_made_crlf() -> None:
    """A body cannot end the message early and smuggle another one (CVE-2023-51764)."""
    body = b"a\n.\nMAIL FROM:<x>\r.\rb\r\n.\r\n..\r\n"
    sent = b"\r\n" + stuffed(body) + b"\r\n.\r\n"
    assert sent.count(b"\r\n.\r\n") == 1
    assert b"\n" not in sent.replace(b"\r\n", b"")


def test_size_stays_near_the_text() -> None:
    html = "<p>" + "Une faille a ete corrigée. " * 3000
    assert len(build(html=html)) < 1.25 * len(html.encode())
    assert len(build("ja")) < 2.9 * len(("脆弱性" * 2000).encode())


def test_verp() -> None:
    chosen = replace(SETTINGS, bounce_address="bounce+{subscriber}@example.org")
    assert envelope_sender(chosen, "r1") == "bounce+r1@example.org"
    assert envelope_sender(SETTINGS, "r1") == "digest@example.org"


@pytest.mark.needs("openssl")
def test_dkim_covers_the_list_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    dkim = pytest.importorskip("dkim")
    private, public = dkim_pair()
    chosen = replace(SETTINGS, dkim=DkimSettings(domain="example.org", selector="s1", private_key=private))
    octets = build("fr", settings=chosen)
    signature = parsed(octets)["DKIM-Signature"].replace(" ", "").lower()
    signed = re.search("h=([^;]*)", signature)
    assert signed
    assert {"list-unsubscribe", "list-unsubscribe-post", "from", "subject", "to", "date"} <= set(signed[1].split(":"))
    assert ";l=" not in signature
    record = b"v=DKIM1; k=rsa; p=" + public
    assert dkim.verify(octets, dnsfunc=lambda *_args, **_options: record)
    assert not dkim.verify(
        octets.replace(b"News", b"Olds").replace(b"Date: Mon", b"Date: Tue"), dnsfunc=lambda *_a, **_o: record
    )


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"security": "none", "host": "mail.example.org"}, "mail.security"),
        ({"unsubscribe_base_url": "http://example.org"}, "mail.unsubscribe_url"),
        ({"username": "me"}, "CYBERDIGEST_SMTP_PASSWORD"),
        ({"sender": "nobody"}, "mail.sender"),
        ({"sender": "a@example.org\r\nBcc: b@example.org"}, "mail.sender"),
        ({"list_id": "a b"}, "mail.list_id"),
        ({"ca_file": "/none.pem"}, "mail.ca_file"),
        ({"ca_file": __file__}, "mail.ca_file"),
        ({"reply_to": "a@example.org\nX: y"}, "mail.reply_to"),
        ({"reply_to": "Editors"}, "mail.reply_to"),
        ({"sender": "a@example.org, b@example.org"}, "mail.sender"),
        ({"sender": "Digest <dïgest@example.org>"}, "mail.sender"),
        ({"bounce_address": "bounce+{subscriber}"}, "mail.bounce_address"),
        ({"unsubscribe_base_url": "https://exämple.org/u"}, "mail.unsubscribe_url"),
    ],
)
def test_settings_that_cannot_work(changes: dict[str, Any], name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        replace(SETTINGS, **changes).check()
    assert caught.value.where == name


@pytest.mark.parametrize(
    ("sender", "written"),
    [
        ("Digest <digest@exämple.org>", "Digest <digest@xn--exmple-cua.org>"),
        ("Digest: the news <digest@example.org>", '"Digest: the news" <digest@example.org>'),
        ('"Fines, flaws" <digest@example.org>', '"Fines, flaws" <digest@example.org>'),
        ("Édition du matin, Genève <digest@example.org>", '"Édition du matin, Genève" <digest@example.org>'),
        ("digest@example.org", "digest@example.org"),
        (" <digest@example.org> ", "digest@example.org"),
    ],
)
def test_addresses_are_taken_as_people_write_them(sender: str, written: str) -> None:
    """Names keep what stands in them, domains go out in ASCII: in From and Reply-To, and in the envelope."""
    octets = build(settings=replace(SETTINGS, sender=sender, reply_to=sender, bounce_address=None))
    octets.decode("ascii")
    assert [str(parsed(octets)[name]) for name in ("From", "Reply-To")] == [written, written]
    assert envelope_sender(replace(SETTINGS, sender=sender), "r1").isascii()


def test_a_dkim_key_that_cannot_sign_is_told_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a file that is no key nor a missing extra ends in the middle of an edition."""
    pytest.importorskip("dkim")
    chosen = replace(SETTINGS, dkim=DkimSettings(domain="example.org", selector="s1", private_key=b"feeds: []\n"))
    with pytest.raises(ConfigError, match=r"mail\.dkim_key: is not an RSA key that can sign"):
        chosen.check()

    monkeypatch.setitem(sys.modules, "dkim", None)
    with pytest.raises(ConfigError, match=r"mail\.dkim_key: signing needs the extra: pip install"):
        chosen.check()


def test_settings_show_no_secret() -> None:
    """Whatever prints them (a traceback with its values, a debugger) leaves password and key out."""
    key = DkimSettings(domain="example.org", selector="s1", private_key=b"canary")
    assert "canary" not in repr(replace(SETTINGS, username="me", password="canary", dkim=key))
