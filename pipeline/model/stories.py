"""What happened: articles about one event, their rank and their summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.model.articles import Article, TextField

StoryStatus = Literal["new", "update", "unchanged"]


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
