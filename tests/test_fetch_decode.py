"""Bytes to text, and text to markup that a strict parser takes."""

from __future__ import annotations

import codecs

import pytest

from pipeline.fetch.decode import decode, repair

TEXT = "<rss>Größe, 脆弱性, уязвимость</rss>"
JAPANESE = "<rss>脆弱性の公表</rss>"


@pytest.mark.parametrize(("mark", "charset"), [
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
], ids=str)  # fmt: skip
def test_a_byte_order_mark_counts_before_all_else(mark: bytes, charset: str) -> None:
    """Also where the header says otherwise; the mark is no letter of the text."""
    assert decode(mark + TEXT.encode(charset), "iso-8859-1") == TEXT


@pytest.mark.parametrize("text", [TEXT, "<rss>ASCII is UTF-8 as well, with empty bytes between</rss>"])
@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_two_bytes_a_letter_are_seen_without_a_mark(charset: str, text: str) -> None:
    """By the first tag, whatever the header says; behind a blank only with the header's word."""
    assert decode(text.encode(charset), None) == text
    assert decode(text.encode(charset), "utf-8") == text
    assert decode(f" {text}".encode(charset), charset) == f" {text}"


def test_what_switches_alphabets_by_escapes_is_no_utf_8() -> None:
    """Its bytes are all ASCII, and would be taken for UTF-8."""
    assert decode(JAPANESE.encode("iso-2022-jp"), "iso-2022-jp") == JAPANESE


@pytest.mark.parametrize(("charset", "declared", "expected"), [
    ("utf-8", "utf-8", "cp1252"), ("koi8-r", "utf-8", "koi8-r"), (None, "koi8-r", "koi8-r"),
    ("koi8-r", "windows-1251", "koi8-r"), ("no-such", "koi8-r", "koi8-r"), ("cp037", "koi8-r", "koi8-r"),
    ("unicode_escape", None, "cp1252"), ("ISO-8859-1", None, "cp1252"), (None, None, "cp1252"),
])  # fmt: skip
def test_what_is_no_utf_8_is_what_the_header_says_then_the_document(
    charset: str | None, declared: str | None, expected: str
) -> None:
    """Labels that nobody knows, or that hide markup from who looks for tags, are passed over."""
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = f"{head}<rss>Дыра</rss>".encode("koi8-r")
    assert decode(body, charset) == body.decode(expected)


@pytest.mark.parametrize(("whole", "expected"), [(19, "utf-8"), (18, "cp1252")])
def test_few_broken_bytes_leave_utf_8_what_it_is(whole: int, expected: str) -> None:
    """One letter in twenty outside ASCII may be broken."""
    body = b"<rss>" + "é".encode() * whole + b"\xe9</rss>"
    assert decode(body, None) == body.decode(expected, "replace")


@pytest.mark.parametrize(("markup", "repaired"), [
    ('<?xml version="1.0"?><rss/>', "<rss/>"),
    ("<!DOCTYPE rss><rss/>", "<rss/>"),
    ('<!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>', "<rss>&amp;a;</rss>"),
    ("<!-- one --><!DOCTYPE rss SYSTEM 'x.dtd'>\n<rss/>", "<!-- one -->\n<rss/>"),
    ("<!DOCTYPE rss [<!ENTITY a", ""),
    ('<!DOCTYPE rss [<!ENTITY a "b"><rss/>', ""),
    ("<!DOCTYPE rss", ""),
    ("<rss>&lt;!DOCTYPE x&gt; <!DOCTYPE x></rss>", "<rss>&lt;!DOCTYPE x&gt; <!DOCTYPE x></rss>"),
    ("AT&T &amp; &#233; &#xE9; R&D; a&b", "AT&amp;T &amp; &#233; &#xE9; R&amp;D; a&amp;b"),
    ("caf&eacute;&nbsp;&LT;b&GT; &AMP;", "café\xa0&#60;b&#62; &#38;"),
    ("&nothing; &", "&amp;nothing; &amp;"),
    ("a & b<![CDATA[a & b]]>a & b<![CDATA[&eacute;]]>", "a &amp; b<![CDATA[a & b]]>a &amp; b<![CDATA[&eacute;]]>"),
    ("a & b<![CDATA[a & b", "a &amp; b<![CDATA[a &amp; b"),
    ("a\x00b\x0bc\x7fd\ufffee\tf\ng", "abcde\tf\ng"),
])  # fmt: skip
def test_markup_is_mended_and_says_the_same(markup: str, repaired: str) -> None:
    """No declaration, no DOCTYPE, no entity that XML does not know, no character that it forbids."""
    assert repair(markup) == repaired


@pytest.mark.parametrize("tag", ["author", "dc:creator", "pubDate", "itunes:email"])
def test_names_and_dates_without_end_are_cut(tag: str) -> None:
    """A parser further on looks at them for longer than anybody waits; other texts stay whole."""
    assert repair(f"<{tag} a='b'>{'x' * 400}</{tag}>") == f"<{tag} a='b'>{'x' * 320}</{tag}>"
    assert repair(f"<{tag}><![CDATA[{'x' * 400}]]></{tag}>").count("x") == 320
    assert repair(f"<title>{'x' * 400}</title>").count("x") == 400
