"""Bytes of a feed to text, and text to markup that a strict XML parser takes, without changing what it says."""

from __future__ import annotations

import codecs
import re
from html.entities import html5

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
#: What labels mean on the web (WHATWG Encoding standard): supersets of what they say.
_MEANS = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "iso-8859-9": "cp1254", "big5": "big5hkscs",
}  # fmt: skip
#: Encodings of web text, by Python's names. Of the others that Python has, some write markup in disguise ("cp037",
#: "unicode_escape": what looks for tags in the bytes sees none), and some are slow.
_OF_THE_WEB = re.compile(
    r"ascii|utf-(?:8|8-sig|16|16-le|16-be|32|32-le|32-be)|iso8859-\d+|cp(?:125\d|866|874|932|949)|koi8-[ru]|kz1048|"
    r"mac-(?:cyrillic|roman)|tis-620|shift_jis|euc_(?:jp|kr)|iso2022_(?:jp|kr)|big5|big5hkscs|gb2312|gb18030|gbk|hz"
)
_MOST_BROKEN = 0.05

#: Characters that XML 1.0 forbids.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,500}\?>", re.IGNORECASE)
_REFERENCE = re.compile(
    r"&(?:(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)|([A-Za-z][A-Za-z0-9]{1,31};)?)"
)
_SHORT_FIELD = re.compile(
    r"(<(?:[A-Za-z][\w.-]{0,30}:)?(?:author|creator|contributor|publisher|owner|name|email|managingEditor|webMaster|"
    r"pubDate|date|updated|published|modified|issued|created)(?:\s[^<>]{0,500})?>\s{0,50}(?:<!\[CDATA\[)?[^<]{320})[^<]+",
    re.IGNORECASE,
)


def decode(body: bytes, charset: str | None) -> str:
    """The text of a feed.

    In this order: byte order mark; valid UTF-8, whatever is declared (nothing else looks like it by chance); the
    charset of the HTTP header; of the XML declaration; UTF-8 with a few broken bytes; Windows-1252.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    declared = _DECLARED.match(body[:1000])
    labels = [label for label in (charset, declared[1].decode() if declared else None) if label]
    if b"\x1b" not in body and b"\x00" not in body:
        labels.insert(0, "utf-8")
    if body[:2] == b"<\x00":
        labels.insert(0, "utf-16-le")
    elif body[:2] == b"\x00<":
        labels.insert(0, "utf-16-be")
    for label in labels:
        text = _strictly(body, _MEANS.get(label.lower(), label))
        if text is not None:
            return text
    text = body.decode("utf-8", "replace")
    broken, foreign = text.count("\ufffd"), sum(1 for character in text if character > "\x7f")
    return text if broken <= _MOST_BROKEN * foreign else body.decode("cp1252", "replace")


def _strictly(body: bytes, label: str) -> str | None:
    try:
        return body.decode(label) if _OF_THE_WEB.fullmatch(codecs.lookup(label).name) else None
    except (LookupError, ValueError):
        return None


def repair(text: str) -> str:
    """Markup a strict parser takes: no declaration, no DOCTYPE, no undefined entity, no bare ampersand, short names.

    Without a DOCTYPE no entity can be defined, so none can grow or reach for a file. CDATA sections stay as they are.
    """
    text = _without_doctype(_DECLARATION.sub("", _FORBIDDEN.sub("", text), count=1))
    pieces: list[str] = []
    start = 0
    while (cdata := text.find("<![CDATA[", start)) >= 0:
        end = text.find("]]>", cdata)
        if end < 0:
            break
        pieces += _REFERENCE.sub(_reference, text[start:cdata]), text[cdata : end + 3]
        start = end + 3
    pieces.append(_REFERENCE.sub(_reference, text[start:]))
    # feedparser looks for e-mail addresses in names with a quadratic expression (its issue 562).
    return _SHORT_FIELD.sub(r"\1", "".join(pieces))


def _without_doctype(text: str) -> str:
    head = re.search(r"<!DOCTYPE|<(?:rss|feed|rdf:RDF|item|entry|channel)\b", text[:200_000], re.IGNORECASE)
    if head is None or not head[0].upper().startswith("<!DOCTYPE"):
        return text
    end, subset = text.find(">", head.start()), text.find("[", head.start())
    if 0 <= subset < end:
        closing = re.compile(r"\]\s{0,20}>").search(text, subset)
        end = closing.end() - 1 if closing else -1
    return text[: head.start()] + text[end + 1 :] if end >= 0 else text[: head.start()]


def _reference(match: re.Match[str]) -> str:
    if match[1]:
        return match[0]
    if match[2] and (meaning := html5.get(match[2])):
        return meaning if meaning not in "<>&" else f"&#{ord(meaning)};"
    return f"&amp;{match[0][1:]}"
