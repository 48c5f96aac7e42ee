"""What was read: articles, what was taken out of them, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

TextOrigin = Literal["page", "feed", "title"]
TextField = Literal["title", "text"]
FactType = Literal[
    "cve", "product", "cvss", "kev", "epss", "exploited", "patched",
    "authority", "target", "measure", "amount", "duration", "legal_basis", "date",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A block that `clean` took out, and the evidence."""

    text: str
    #: Name of the rule, e.g. "newsletter/fr-restez-informe", "line/learned", "site/repeated", "html/nav".
    rule: str
    #: Index of the block among the paragraphs before cleaning.
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Junk:
    """Why a text is no article: "bot-wall", "cookie-wall", "javascript", "paywall", "empty", "title-only"…"""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a text says something: a span of one field of one article, and the sentence around it."""

    article: str
    field: TextField
    start: int
    end: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A typed finding with the sentence that shows it.

    `value` is normalised: "CVE-2021-44228"; 6.0 with unit "month"; 1200000.0 with unit "EUR"; "fine" for a measure;
    "MIIT" (the gazetteer's id) for an authority, its surface form in `name`; True/False for exploited and patched;
    ISO date for a date.
    """

    type: FactType
    value: str | float | bool
    unit: str | None = None
    #: Words of the text (surface form), None when they are the value.
    name: str | None = None
    #: For measure: imposed, proposed, threatened, upheld, reduced, annulled, lifted.
    #: For a fact from a list: its "as of" date.
    status: str | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news item that was read, in its own language."""

    id: str
    feed: str
    #: Address after redirects, tracking parameters removed.
    url: str | None
    title: str
    #: Plain text in reading order, NFC, no empty strings.
    paragraphs: tuple[str, ...] = ()
    published: datetime | None = None
    first_seen: datetime | None = None
    #: Where the paragraphs come from.
    origin: TextOrigin = "page"
    author: str | None = None
    #: Name of the outlet.
    site: str | None = None
    #: Absolute links in the body that leave the site, in order: candidates for the original source.
    links: tuple[str, ...] = ()
    #: Those of the links that the article itself calls its source ("Source:", "Quelle:", "the original article").
    named_sources: tuple[str, ...] = ()
    #: Hints for `detect`: the feed's language and <html lang>.
    feed_language: str | None = None
    html_language: str | None = None
    #: BCP 47 tag; "und" when the text carries no evidence; None until `detect` has run.
    language: str | None = None
    language_confidence: float | None = None
    removed: tuple[Removed, ...] = ()
    junk: Junk | None = None
    #: Topic name -> probability, 0.0 to 1.0, independent of each other.
    topics: Mapping[str, float] = field(default_factory=dict)
    #: Topics whose probability reaches their threshold, in the order of the configuration.
    labels: tuple[str, ...] = ()
    #: Sentence vector of title and first words: float32 little-endian, length 1 when decoded.
    vector: bytes | None = None
    facts: tuple[Fact, ...] = ()

    @property
    def text(self) -> str:
        """Paragraphs parted by a blank line; what offsets count in."""
        return "\n\n".join(self.paragraphs)
