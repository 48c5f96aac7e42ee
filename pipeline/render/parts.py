"""The parts of an edition as a template sees them: the contract with people who write their own templates.

docs/editing-templates.md lists the attributes. Nothing is escaped here: the template engine does that, last.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.render.facts import FactLine, Proof
from pipeline.render.wording import Wording
from pipeline.text.sentences import missing_stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that was checked, and the words to show for it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words with their language and direction, for `lang` and `dir`."""

    text: str
    lang: str
    dir: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of a summary, or a headline."""

    text: str
    lang: str
    dir: str
    #: Number of the source it is taken from, as in `CardView.sources`; None when that article is not listed.
    source: int | None
    #: That number where it is to be printed: after the last sentence of several from one source.
    ref: int | None
    #: Name of that source, "" when unknown.
    outlet: str
    #: As published, when a machine translated it.
    original: Text | None
    #: "In French: not translated, for want of a model", when it should have been translated and was not.
    untranslated: str | None
    #: "Check against the original: …", when a check of the translation failed.
    warning: str | None
    #: Plain words for a tooltip: outlet and original.
    tooltip: str
    #: Sentences of the articles that a language model's sentence rests on; empty when it is an article's own.
    cited: tuple[Text, ...] = ()

    @property
    def stop(self) -> str:
        """What ends it among others: a full stop of its language where the text, a line of a list, has none."""
        return missing_stop(self.text, self.lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One article behind a card."""

    number: int
    outlet: str
    url: str | None
    title: Text
    #: Name of its language in the reader's language, "" when it is the edition's own.
    language: str
    tag: str
    published: str
    is_copy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One term of the rank, in words, and what it added."""

    note: str
    added: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A further notice on the product of a card."""

    headline: Text
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """One story."""

    anchor: str
    number: int
    headline: Sentence
    tags: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    facts: tuple[FactLine, ...]
    #: The sentences that show them.
    evidence: tuple[Proof, ...]
    sources: tuple[SourceView, ...]
    copies: tuple[SourceView, ...]
    #: First-hand documents the articles link to.
    originals: tuple[Link, ...]
    #: "Machine-translated (fr→ca→pt Apertium, pt→en Firefox)", None when nothing was.
    route: str | None
    #: Marks of the whole card: why it is not translated, what to check.
    marks: tuple[str, ...]
    is_update: bool
    change: str | None
    published: str
    published_iso: str
    rank: str
    why: tuple[Reason, ...]
    #: Paragraphs of the article that tells the story, where its full text was translated.
    text: tuple[Sentence, ...] = ()
    #: An editor's own words about the story, by paragraphs.
    note: tuple[str, ...] = ()
    #: Notices of the same outlet on the same product that have no cards of their own.
    batch: tuple[Notice, ...] = ()
    #: "and 12 more", "" when all are shown.
    batch_more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """Cards under one topic."""

    anchor: str
    topic: str
    title: str
    cards: tuple[CardView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A feed that did not answer, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """What the edition was made from, in words."""

    counts: tuple[str, ...]
    languages: tuple[str, ...]
    failures_heading: str
    failures: tuple[Failure, ...]
    untranslated: str | None
    closed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionView:
    """The whole edition."""

    id: str
    title: str
    #: Language of the stories.
    lang: str
    #: Language and direction of the page: those of the interface's words, which are English where `lang` has no table.
    ui_lang: str
    dir: str
    #: Words of the edition's interface: `edition.say("sources")`.
    say: Wording
    date: str
    full_date: str
    day: str
    sections: tuple[SectionView, ...]
    #: "Nothing new today on: …", None when every topic has a story.
    nothing: str | None
    #: "12 stories", "41 sources", "7 languages".
    stats: tuple[str, ...]
    coverage: CoverageView
    publisher: str | None
    url: str | None
    unsubscribe_url: str | None
    preferences_url: str | None
    #: For the preview line of a mail box, where the subject has the first headline: the next three.
    preview: str
    cards: tuple[CardView, ...] = field(default=())
    #: An editor's opening words, by paragraphs.
    note: tuple[str, ...] = ()
