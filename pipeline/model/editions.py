"""What readers get: one day in one language, card by card, with the translations on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pipeline.model.articles import Fact
from pipeline.model.feeds import FeedFailure
from pipeline.model.stories import RankPart, StoryStatus, SummarySentence

EditionFormat = Literal["html", "mail", "text", "markdown", "json", "atom"]


def edition_id(day: date, language: str) -> str:
    """What the edition of a day in a language is called for good: "2026-11-23-en"."""
    return f"{day.isoformat()}-{language}"


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

    #: As `edition_id` makes it.
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
