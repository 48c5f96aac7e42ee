"""Reading one feed document: RSS, RDF and Atom by feedparser, JSON Feed by ourselves. Pure; may be slow on bad input.

`pipeline.fetch.parser` decides where this runs.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pipeline.errors import ParseError
from pipeline.fetch.decode import decode, repair
from pipeline.fetch.items import Item, to_entries
from pipeline.model import Entry, Feed

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ROOT_END = re.compile(
    r"</(?:\w+:)?(?:rss|feed|RDF|channel)\s*>\s*(?:<!--.{0,5000}?-->\s*)?$", re.IGNORECASE | re.DOTALL
)
_ITEM_START = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]")
_ITEM_END = re.compile(r"</(?:\w{1,20}:)?(?:item|entry)\s*>")
_ITEM_MARK = re.compile(r"<!\[CDATA\[|<!--|<(/?)(?:\w{1,20}:)?(?:item|entry)\b")
_CLOSING = {"<![CDATA[": "]]>", "<!--": "-->"}
#: Items read at either end of a feed beyond those it may give: some are doubles, or told again further on.
_SPARE_ITEMS = 400


def read_document(
    body: bytes, *, feed: Feed, base_url: str, content_type: str | None, charset: str | None, now: datetime
) -> list[Entry]:
    """The entries of a feed document, newest first.

    Args:
        body: As it came, decompressed.
        feed: Whose document it is; gives name, language and the most entries taken.
        base_url: Address it came from; relative links start there.
        content_type: Media type of the answer, lower case; None when the server names none.
        charset: What the server names as its charset.
        now: First-seen time of the entries, aware UTC.
    Raises:
        ParseError: It is no feed, or so broken that nothing can be read.
    """
    text = decode(body, charset)
    if not text.strip():
        raise ParseError(feed.url, "the answer is empty")
    if text.lstrip().startswith("{") or (content_type or "").endswith("json"):
        items = list(_json_items(text, feed))
    elif _HTML.match(_without_prolog(text)):
        raise ParseError(feed.url, _html_reason(text, base_url))
    else:
        items = list(_xml_items(text, feed, base_url))
    return to_entries(items, feed=feed, base_url=base_url, now=now)


def _xml_items(text: str, feed: Feed, base_url: str) -> Iterator[Item]:
    import feedparser

    whole = _without_middle(_without_cut_item(text), feed.max_entries + _SPARE_ITEMS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = feedparser.parse(
                repair(whole).encode("utf-8", "replace"),
                sanitize_html=False,
                resolve_relative_uris=False,
                response_headers={"content-type": "application/xml; charset=utf-8", "content-location": base_url},
            )
        except Exception as error:  # whatever feedparser trips over in foreign bytes is a bad feed
            raise ParseError(feed.url, f"the feed cannot be read ({type(error).__name__})") from error
    if not found.entries and not found.get("version"):
        raise ParseError(feed.url, f"not a feed: {_xml_fault(found)}")
    if not found.entries and found.bozo and not _ROOT_END.search(whole[-6000:]):
        raise ParseError(feed.url, "the feed is cut off before its first entry")
    language = found.feed.get("language")
    base = found.feed.get("link")
    for entry in found.entries:
        yield _xml_item(entry, base=base if isinstance(base, str) else None, language=language)


def _xml_fault(found: Any) -> str:
    fault = found.get("bozo_exception")
    return " ".join(str(fault).split())[:200] if fault else "no RSS, Atom or RDF element in it"


def _xml_item(entry: Any, *, base: str | None, language: Any) -> Item:
    """An item as feedparser found it; of its addresses it leaves only `feedburner_origlink` as it was written."""
    contents = [part for part in entry.get("content") or () if part.get("value")]
    html_first = sorted(contents, key=lambda part: "html" not in (part.get("type") or ""))
    own_language = (entry.get("title_detail") or {}).get("language") or (entry.get("summary_detail") or {}).get(
        "language"
    )
    return Item(
        guid=_string(entry.get("id")),
        link=_string(entry.get("feedburner_origlink")) or _string(entry.get("link")) or _enclosure(entry),
        base=base,
        title=_string(entry.get("title")),
        summary=_string(entry.get("summary")),
        content=_string(html_first[0].get("value")) if html_first else None,
        author=_string(entry.get("author")),
        date=next(
            (_string(entry.get(key)) for key in ("published", "updated", "created", "issued") if entry.get(key)), None
        ),
        language=_string(own_language) or _string(language),
    )


def _enclosure(entry: Any) -> str | None:
    links = entry.get("links") or ()
    return next((_string(link.get("href")) for link in links if link.get("rel") in {"alternate", "related"}), None)


def _without_cut_item(text: str) -> str:
    """A document cut in the middle of an item loses that item (it comes whole next time), unless it has no other."""
    if _ROOT_END.search(text[-6000:]):
        return text
    last_end = None
    for last_end in _ITEM_END.finditer(text):  # noqa: B007
        pass
    if last_end is None or not _ITEM_START.search(text, last_end.end()):
        return text
    return text[: last_end.end()]


def _without_middle(text: str, most: int) -> str:
    """A feed that holds the whole past of a site, without its middle: reading 10,000 items would take too long.

    The newest stand at its beginning, or at its end where a site appends: `most` items of either stay.
    """
    starts = list(_item_starts(text))
    return text[: starts[most]] + text[starts[-most] :] if len(starts) > 2 * most else text


def _item_starts(text: str) -> Iterator[int]:
    """Where items begin that stand in no other item, CDATA section or comment."""
    depth = position = 0
    while match := _ITEM_MARK.search(text, position):
        position = match.end()
        if closing := _CLOSING.get(match[0]):
            end = text.find(closing, position)
            if end < 0:
                return
            position = end + len(closing)
        elif match[1]:
            depth = max(depth - 1, 0)
        else:
            if not depth:
                yield match.start()
            depth += not text.endswith("/", position, text.find(">", position))


def _without_prolog(text: str) -> str:
    """The document from its first element or DOCTYPE on: declaration and comments skipped."""
    start = 0
    for opening, closing in (("<?xml", "?>"), *[("<!--", "-->")] * 5):
        start += len(text[start:]) - len(text[start:].lstrip())
        if text.startswith(opening, start) and (end := text.find(closing, start)) >= 0:
            start = end + len(closing)
    return text[start:].lstrip()


def _html_reason(text: str, base_url: str) -> str:
    from pipeline.fetch.discovery import feed_links

    links = feed_links(text, base_url)
    hint = f"; the page names a feed: {links[0].url}" if links else ""
    return f"an HTML page instead of a feed{hint}"


def _json_items(text: str, feed: Feed) -> Iterator[Item]:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), read leniently."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(feed.url, f"the JSON is broken ({error})"[:300]) from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise ParseError(feed.url, "JSON, but not a JSON Feed: it has no list of items")
    most = feed.max_entries + _SPARE_ITEMS
    for item in items if len(items) <= 2 * most else [*items[:most], *items[-most:]]:
        if isinstance(item, dict):
            yield _json_item(item, document)


def _json_item(item: dict[str, Any], document: dict[str, Any]) -> Item:
    authors = item.get("authors") or [item.get("author")]
    author = authors[0] if isinstance(authors, list) else None
    text = _string(item.get("content_text"))
    return Item(
        guid=_string(item.get("id")),
        link=_string(item.get("url")) or _string(item.get("external_url")),
        base=_string(document.get("home_page_url")),
        title=_string(item.get("title")),
        summary=_string(item.get("summary")) or text,
        content=_string(item.get("content_html")),
        author=_string(author.get("name")) if isinstance(author, dict) else None,
        date=_string(item.get("date_published")) or _string(item.get("date_modified")),
        language=_string(item.get("language")) or _string(document.get("language")),
    )


def _string(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    text = str(value)
    return text if text.strip() else None
