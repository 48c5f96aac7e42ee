"""From what a parser found to an `Entry`: plain text, absolute links, stable identity, dates that can be true."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from pipeline.fetch.dates import parse_date
from pipeline.fetch.urls import canonical_url
from pipeline.model import Entry, Feed
from pipeline.text.markup import without_endless_tags
from pipeline.text.normalise import clean_text

#: Tags that people put into titles. Anything else in angle brackets is what the title speaks about ("a <script> flaw").
_TITLE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|code|del|div|em|font|h[1-6]|i|img|ins|mark|p|q|s|small|span|strong|sub|sup|u|wbr)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_SOME_TAG = re.compile(r"<[a-zA-Z!/][^<>]{0,5000}>")
_BLOCK_TAG = re.compile(r"<(?:p|br|div|ul|ol|li|table|h[1-6]|blockquote|figure)\b", re.IGNORECASE)
_LONGEST_TITLE = 500
_LONGEST_SUMMARY = 10_000
_LONGEST_CONTENT = 1_000_000
_TITLE_WORDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as a parser found it: strings as written, nothing decided."""

    guid: str | None = None
    link: str | None = None
    base: str | None = None
    title: str | None = None
    summary: str | None = None
    content: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None


def to_entries(items: Iterable[Item], *, feed: Feed, base_url: str, now: datetime) -> list[Entry]:
    """Entries of a feed, newest first, each once, at most `feed.max_entries`."""
    entries: dict[str, Entry] = {}
    seen: set[tuple[str | None, str]] = set()
    for item in items:
        entry = _entry(item, feed=feed, base_url=base_url, now=now)
        if entry is None or entry.id in entries or (entry.url, entry.title) in seen:
            continue
        entries[entry.id] = entry
        if entry.url:
            seen.add((entry.url, entry.title))
    return _newest_first(list(entries.values()), now)[: feed.max_entries]


def _plain_text(markup: str | None, limit: int) -> str | None:
    """The words of an HTML fragment on one line; None when there are none."""
    if not markup:
        return None
    text = _words(markup) if _SOME_TAG.search(markup) else html.unescape(markup)
    text = clean_text(text)
    if len(text) > limit:
        text = text[:limit].rpartition(" ")[0] or text[:limit]
    return text or None


def _primary_language(tag: str | None) -> str | None:
    """The language of a tag ("fr-FR" is "fr"), None when it is none; every Norwegian is "no"."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", tag or "")
    if match is None:
        return None
    language = match[1].lower()
    return "no" if language in {"nb", "nn"} else None if language == "und" else language


def _entry(item: Item, *, feed: Feed, base_url: str, now: datetime) -> Entry | None:
    url = _link(item, base_url)
    title = _title(item.title)
    summary = _plain_text(item.summary, _LONGEST_SUMMARY)
    content = item.content or (item.summary if item.summary and _BLOCK_TAG.search(item.summary) else None)
    content = content[:_LONGEST_CONTENT].strip() if content else None
    summary = summary or _plain_text(content, 1_000)
    if not (title or summary or url):
        return None
    guid = clean_text(item.guid)[:2000] if item.guid else None
    language = _primary_language(item.language) or _primary_language(feed.language)
    return Entry(
        id=_identity(feed.url, guid or url or f"{title}\n{item.date or ''}\n{summary if not title else ''}"),
        feed=feed.url,
        guid=guid or None,
        url=url,
        title=title or _first_words(summary) or url or "",
        summary=summary,
        content=_clean_markup(content),
        author=_plain_text(item.author, 200),
        published=parse_date(item.date, now=now, language=item.language or feed.language),
        first_seen=now,
        language=language,
    )


def _clean_markup(markup: str | None) -> str | None:
    """Markup without the characters no database keeps (NUL, lone surrogates); otherwise as it was."""
    return re.sub("[\x00\ud800-\udfff]", "", markup) or None if markup else None


def _identity(feed: str, name: str) -> str:
    return hashlib.sha256(f"{feed}\n{name}".encode("utf-8", "replace")).hexdigest()[:32]


def _link(item: Item, base_url: str) -> str | None:
    if not item.link or not (link := item.link.strip()):
        return None
    try:
        return canonical_url(urljoin(urljoin(base_url, (item.base or "").strip()), link))
    except ValueError:
        return None


def _title(raw: str | None) -> str | None:
    if not raw:
        return None
    text = clean_text(html.unescape(_TITLE_TAG.sub(" ", raw[:10_000])))
    # Entities may have hidden tags ("&lt;b&gt;" inside HTML).
    text = clean_text(_TITLE_TAG.sub(" ", text)) if "<" in text else text
    return text[:_LONGEST_TITLE].strip() or None


def _first_words(summary: str | None) -> str | None:
    if not summary:
        return None
    words = summary.split(" ")
    cut = " ".join(words[:_TITLE_WORDS])[:120]
    return cut + ("…" if len(cut) < len(summary) else "")


def _words(markup: str) -> str:
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.fromstring(f"<div>{without_endless_tags(markup[:_LONGEST_CONTENT])}</div>")
    except (etree.LxmlError, ValueError, AssertionError):
        return html.unescape(_SOME_TAG.sub(" ", markup))
    for element in root.xpath("//script | //style | //noscript | //template"):
        element.drop_tree()
    return " ".join(root.xpath("//text()"))


def _newest_first(entries: list[Entry], now: datetime) -> list[Entry]:
    """By date; an entry without one keeps its place behind the dated entry it followed."""
    dated: list[tuple[datetime, int, Entry]] = []
    last = now
    for position, entry in enumerate(entries):
        last = entry.published or last
        dated.append((last, -position, entry))
    return [entry for _, _, entry in sorted(dated, key=lambda row: row[:2], reverse=True)]
