"""What is published: feeds, their items, and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FeedKind = Literal["news", "cert", "regulator", "vendor", "law"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One source of feeds.yaml."""

    url: str
    name: str
    #: BCP 47 tag the outlet writes in; a hint for `detect`, None when the outlet mixes languages.
    language: str | None = None
    kind: FeedKind = "news"
    #: How much the editor trusts the source, 0.0 to 3.0; 1.0 is ordinary.
    weight: float = 1.0
    tags: tuple[str, ...] = ()
    #: "page" fetches each article's page, "feed" trusts the feed's own content.
    content: Literal["page", "feed"] = "page"
    #: Most entries taken from one poll, newest first.
    max_entries: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the last polls of a feed left behind; kept by the store, byte for byte."""

    feed: Feed
    etag: str | None = None
    last_modified: str | None = None
    #: No request before this time (Retry-After, back-off, hourly politeness).
    not_before: datetime | None = None
    #: Polls that failed since the last one that worked.
    failures: int = 0
    #: Why the last poll failed, None when it worked.
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFailure:
    """One line of the coverage report."""

    feed: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as a feed published it."""

    #: Stable identity: hash of feed URL and guid (or URL, or title and date where those are missing).
    id: str
    #: URL of the feed it came from.
    feed: str
    guid: str | None
    #: Absolute http(s) address without tracking parameters.
    url: str | None
    #: Plain text, one line; the first words of the summary when the feed gave no title.
    title: str
    #: Plain text.
    summary: str | None = None
    #: HTML as the feed carried it, untrusted.
    content: str | None = None
    author: str | None = None
    #: Clamped to first_seen when the feed dates it in the future.
    published: datetime | None = None
    first_seen: datetime
    #: xml:lang or <language> of the feed or the entry, as a BCP 47 tag.
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One fetched article page."""

    #: Address asked for.
    url: str
    #: Address after redirects.
    final_url: str
    #: Decompressed bytes, within the size limit.
    body: bytes
    #: Charset of the Content-Type header, None when it names none.
    charset: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Whether an entry is worth fetching, decided on title and summary."""

    entry: str
    #: Highest topic probability, 0.0 to 1.0.
    score: float
    passed: bool
    #: One of "topic", "below floor", "too old", "feed cap", "no text".
    reason: str
