"""From the bytes of a page to a tree: charset, size and kind are settled here, and nothing here raises."""

from __future__ import annotations

import codecs
import re
from itertools import islice
from typing import Any

from pipeline.model import Page
from pipeline.text.markup import without_endless_tags

#: Beyond this a page is no article; trafilatura would spend minutes on it.
MAX_BYTES = 10_000_000
#: The longest list or table of a page that is read; what holds more is data, and took a minute of processor time.
MAX_ELEMENTS = 100_000
_GUESSABLE = 20
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: What pages name, and what browsers read (WHATWG Encoding Standard, section 4.2).
_WEB_NAMES = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso8859-1": "cp1252", "ascii": "cp1252",
    "us-ascii": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "x-sjis": "cp932",
    "shift_jis": "cp932", "shift-jis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8", "iso-8859-8-i": "iso-8859-8", "x-gbk": "gb18030",
}  # fmt: skip
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"RIFF", b"\x00\x00\x00")
#: Controls, and the non-characters U+FFFE and U+FFFF in UTF-8: lxml takes none of them.
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


def load_tree(page: Page) -> tuple[Any, str | None]:
    """Parse a page.

    Returns:
        (tree, None), or (None, reason) with the reason "empty", "not-html" or "too-large".
    """
    body = page.body
    if not body.strip(b" \t\r\n\x00"):
        return None, "empty"
    if len(body) > MAX_BYTES:
        return None, "too-large"
    if body.lstrip()[:5].startswith(_MAGIC) and not body.lstrip()[:4].startswith(b"<"):
        return None, "not-html"
    tree = parse_html(decode(body, page.charset))
    if tree is None:
        return None, "not-html"
    has_end = next(islice(tree.iter(), MAX_ELEMENTS, None), None) is None
    return (tree, None) if has_end else (None, "too-large")


def parse_html(text: str) -> Any:
    """Parse HTML into an lxml element, None when there is none in it.

    libxml2 stops at 256 nested elements, so a page of 50,000 nested blocks costs nothing and yields little.
    """
    from lxml import etree, html

    parser = html.HTMLParser(
        collect_ids=False, default_doctype=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        tree = html.document_fromstring(_allowed(without_endless_tags(text)), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return tree if isinstance(tree.tag, str) else None


def _allowed(text: str) -> bytes:
    """UTF-8 without what lxml refuses; bytes are sifted twenty times as fast as characters."""
    data = text.encode("utf-8", "ignore").translate(None, _CONTROLS)  # lone surrogates have no UTF-8
    for nothing in _NO_CHARACTERS:
        data = data.replace(nothing, b"")
    return data


def decode(body: bytes, declared: str | None) -> str:
    """Text of a page: byte order mark, then UTF-8 if the bytes are valid UTF-8 whatever they claim, then the claims.

    A claim that does not fit the bytes is dropped and the charset guessed from the bytes.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    body = body.rstrip(b"\x00")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _not_utf8(body, declared, error)
    else:
        # ISO-2022-JP is seven-bit and so is valid UTF-8.
        if "\x1b$" in text and (claimed := _codec(declared) or _codec(_meta(body))):
            return body.decode(claimed, "replace")
    return text


def _not_utf8(body: bytes, declared: str | None, error: UnicodeDecodeError) -> str:
    claims = [name for name in (_codec(declared), _codec(_meta(body))) if name and name != "utf-8"]
    for name in claims:
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    text = body.decode("utf-8", "replace")
    broken, foreign = text.count("\ufffd"), sum(byte >= 0x80 for byte in body[error.start : error.start + 20_000])
    # A UTF-8 page with a few damaged characters, not a page in another charset.
    if broken <= 3 or broken * 10 < foreign:
        return text
    # A handful of letters cannot be told apart; then it is what most unlabelled pages are.
    return body.decode("cp1252" if foreign < _GUESSABLE else _guess(body, claims), "replace")


def _guess(body: bytes, claims: list[str]) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(re.sub(rb"<[^>]{0,2000}>", b" ", body)[:30_000]).best()
    if best is not None and (name := _codec(best.encoding)) is not None:
        return name
    return claims[0] if claims else "cp1252"


def _meta(body: bytes) -> str | None:
    match = _META_CHARSET.search(body[:4096])
    return match[1].decode("ascii", "ignore") if match else None


def _codec(name: str | None) -> str | None:
    if not name:
        return None
    name = name.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_WEB_NAMES.get(name, name))
    except (LookupError, ValueError):
        return None
    try:
        # "rot13" and "base64" are codecs of Python, not charsets of a page.
        "a".encode(found.name)
    except LookupError:
        return None
    return found.name
