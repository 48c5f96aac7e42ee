"""The nouns of cyberdigest: what flows between the stages.

Every value is frozen, slotted and built by keyword. Datetimes are aware UTC, spans of time are `timedelta`,
unknown is None (never ""), sequences are tuples. Offsets are code points into `Article.text` or a title.
This module imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

FeedKind = Literal["news", "cert", "regulator", "vendor", "law"]
TextOrigin = Literal["page", "feed", "title"]
TextField = Literal["title", "text"]
FactType = Literal[
    "cve", "product", "cvss", "kev", "epss", "exploited", "patched",
    "authority", "target", "measure", "amount", "duration", "legal_basis", "date",
]  # fmt: skip
StoryStatus = Literal["new", "update", "unchanged"]
DeliveryState = Literal["pending", "sending", "sent", "failed", "suppressed", "expired", "uncertain"]
SubscriberState = Literal["active", "unconfirmed", "unsubscribed", "suppressed"]
SignupState = Literal[
    "asked", "pending", "sending", "sent", "failed", "uncertain", "expired", "dropped", "confirmed", "refused",
]  # fmt: skip
EditionFormat = Literal["html", "mail", "text", "markdown", "json", "atom"]


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
    #: For measure: imposed, proposed, threatened, upheld, annulled, lifted. For a fact from a list: its "as of" date.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySentence:
    """A sentence of an article, verbatim: `article.text[start:end] == text` (or the title when field is "title")."""

    text: str
    article: str
    start: int
    end: int
    language: str | None = None
    field: TextField = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class RankSign:
    """One thing that a part of the rank goes by, to be told in the reader's language ("why" in render/i18n)."""

    #: "outlets", "cvss", "hours" …
    name: str
    #: In English: "5 outlets".
    note: str
    #: What has a name: a topic, an outlet, a unit; language tags and products are parted by a comma.
    text: str = ""
    number: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankPart:
    """One term of the rank: value times weight is what it added."""

    name: str
    value: float
    weight: float
    #: One line in English, e.g. "5 outlets, 1 near-copies not counted".
    note: str
    #: The same in pieces; empty in editions of before there were any.
    signs: tuple[RankSign, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles about one event, in any languages."""

    #: Stable over days.
    id: str
    #: Lead article first, then by time and id.
    articles: tuple[Article, ...]
    #: Article id -> id of the article it is a near-copy of.
    copies: Mapping[str, str] = field(default_factory=dict)
    #: Topics of the story, strongest first; those that are about as strong as the strongest by name.
    labels: tuple[str, ...] = ()
    rank: float | None = None
    why: tuple[RankPart, ...] = ()
    headline: SummarySentence | None = None
    summary: tuple[SummarySentence, ...] = ()
    status: StoryStatus = "new"
    #: For an update: one line on what changed since the story was last shown.
    change: str | None = None
    #: For an update: ids of the articles that readers have not seen.
    fresh: tuple[str, ...] = ()
    #: Ids of stories that turned out to be this one; the oldest id stays, the others point here.
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A check that a translation failed, e.g. kind "number-lost", detail "1.2 million"."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One text in another language; `text` is the original where no engine could be trusted."""

    text: str
    source: str
    target: str
    #: Hops by name, e.g. "fr→ca apertium, ca→pt apertium, pt→en firefox"; None when nothing was translated.
    route: str | None
    problems: tuple[Problem, ...] = ()

    @property
    def is_translated(self) -> bool:
        """Whether any engine's words are shown."""
        return self.route is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """A topic the editor follows; `disclosure` and `sanction` are built in."""

    name: str
    #: Language tag -> name shown to readers.
    titles: Mapping[str, str]
    #: Probability from which an article carries the label; None takes the trained or default threshold.
    threshold: float | None = None
    #: Example headlines in any language, for topics of the user's own.
    examples: tuple[str, ...] = ()
    #: Regular expressions, case-insensitive: at least one must match / none may match.
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One article behind a card, as the reader sees it."""

    article: str
    outlet: str
    url: str | None
    title: str
    language: str | None
    published: datetime | None
    #: True when it is a near-copy of another source of the card.
    is_copy: bool = False
    #: Outbound links of the article that look like its original source.
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSentence:
    """One summary sentence as shown, with its original behind it."""

    text: str
    language: str
    original: SummarySentence
    translation: Translation | None = None
    #: Name of the language model that wrote `text`, when one did and the gate let it through.
    writer: str | None = None
    #: The sentences it cites; `original` is the first of them.
    cites: tuple[SummarySentence, ...] = ()
    #: Name of the editor who wrote `text` by hand.
    editor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """A further notice by the same outlet on the same product: one line on another story's card."""

    story: str
    headline: CardSentence
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One story in an edition."""

    story: str
    labels: tuple[str, ...]
    headline: CardSentence
    summary: tuple[CardSentence, ...]
    sources: tuple[Source, ...]
    facts: tuple[Fact, ...]
    rank: float
    why: tuple[RankPart, ...]
    published: datetime | None = None
    status: StoryStatus = "new"
    change: str | None = None
    #: Paragraphs of the article that tells the story, where its full text was to be translated.
    text: tuple[CardSentence, ...] = ()
    #: An editor's own words about the story.
    note: str | None = None
    #: Notices that go without cards of their own.
    batch: tuple[Sibling, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Cards under one topic, best first; a story stands in one section only, its other topics on the card."""

    topic: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFailure:
    """One line of the coverage report."""

    feed: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the edition was made from; counts of the window, not of one run."""

    feeds: int = 0
    failures: tuple[FeedFailure, ...] = ()
    entries: int = 0
    passed: int = 0
    articles: int = 0
    junk: int = 0
    on_topic: int = 0
    stories: int = 0
    #: Language tag -> articles on topic.
    languages: Mapping[str, int] = field(default_factory=dict)
    #: Language pairs ("fr→en") that had no engine.
    untranslated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One day in one language, frozen: every rendering comes from this value alone."""

    #: "2026-11-23-en".
    id: str
    day: date
    language: str
    title: str
    #: End of the news window; also the "updated" time of the Atom rendering.
    closed: datetime
    timezone: str
    sections: tuple[Section, ...]
    coverage: Coverage
    #: Public address of the web edition, None when it has none.
    url: str | None = None
    #: Who publishes, for the footer: name and postal or web contact.
    publisher: str | None = None
    #: An editor's opening words; paragraphs parted by a blank line.
    note: str | None = None

    @property
    def cards(self) -> tuple[Card, ...]:
        """All cards in reading order."""
        return tuple(card for section in self.sections for card in section.cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One reader."""

    id: str
    address: str
    language: str
    #: Topics wanted; empty means all.
    topics: tuple[str, ...] = ()
    state: SubscriberState = "active"
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signup:
    """An address that somebody entered into the public form; a reader only once the link in the mail is used."""

    #: Random, 128 bits.
    id: str
    #: None once the sign-up is confirmed, refused or over.
    address: str | None
    language: str
    topics: tuple[str, ...] = ()
    #: What the form said about the consent, and in which language.
    words: str
    words_language: str
    asked: datetime
    state: SignupState = "asked"
    #: Tries to send the confirmation mail.
    attempts: int = 0
    not_before: datetime | None = None
    reason: str | None = None
    #: The reader it became.
    subscriber: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One (edition, subscriber) and how far it came."""

    edition: str
    subscriber: str
    state: DeliveryState
    message_id: str
    attempts: int = 0
    #: Not tried again before this time.
    not_before: datetime | None = None
    #: Last reply of the mail server or the reason of the state.
    reason: str | None = None
    changed: datetime
