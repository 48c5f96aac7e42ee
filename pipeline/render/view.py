"""What a template sees: the edition with every word chosen, every text cleaned, every address checked.

The attributes here are the contract with people who write their own templates (docs/editing-templates.md).
Nothing is escaped yet: the template engine does that, last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.model import Card, CardSentence, Edition, Source, SummarySentence, Translation
from pipeline.render.facts import FactLine, Proof, fact_lines, proofs
from pipeline.render.links import leaving_address, shown_host, web_address
from pipeline.render.wording import Wording, direction, language_tag, wording
from pipeline.text.normalise import clean_text

#: Section whose title is ours and not the editor's (see `pipeline.compose.OTHER`).
_OTHER = "other"
#: Characters of a problem's detail; a mark is one line.
_LONGEST_DETAIL = 80
_HOP = re.compile(r"(?P<source>[\w-]+)→(?P<target>[\w-]+) (?P<engine>.+)")


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
    #: Name of that source, "" when unknown.
    outlet: str
    #: As published, when a machine translated it.
    original: Text | None
    #: "In French: no fr→en model installed", when it should have been translated and was not.
    untranslated: str | None
    #: "Check against the original: …", when a check of the translation failed.
    warning: str | None
    #: Plain words for a tooltip: outlet and original.
    tooltip: str
    #: Sentences of the articles that a language model's sentence rests on; empty when it is an article's own.
    cited: tuple[Text, ...] = ()


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
    #: "Machine-translated fr→ca→pt apertium, pt→en firefox", None when nothing was.
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
    #: What to type for the first missing model.
    install_command: str | None
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
    #: First headlines, for the preview line of a mail box.
    preview: str
    cards: tuple[CardView, ...] = field(default=())


def view(edition: Edition, *, unsubscribe_url: str | None = None) -> EditionView:
    """Return the edition as templates see it; depends on the arguments only."""
    say = wording(edition.language)
    numbers = iter(range(1, len(edition.cards) + 1))
    titles = {
        section.topic: say("other_topic") if section.topic == _OTHER else clean_text(section.title)
        for section in edition.sections
    }
    sections = tuple(
        SectionView(
            anchor=f"s{place}",
            topic=section.topic,
            title=titles[section.topic],
            cards=tuple(_card(card, next(numbers), section.topic, titles, edition, say) for card in section.cards),
        )
        for place, section in enumerate(edition.sections, 1)
        if section.cards
    )
    cards = tuple(card for section in sections for card in section.cards)
    return EditionView(
        id=edition.id,
        title=clean_text(edition.title),
        lang=language_tag(edition.language),
        ui_lang=say.language,
        dir=direction(say.language),
        say=say,
        date=say.long_date(edition.day),
        full_date=say.full_date(edition.day),
        day=edition.day.isoformat(),
        sections=sections,
        nothing=_nothing(edition, titles, say),
        stats=_stats(edition, say),
        coverage=_coverage(edition, say),
        publisher=clean_text(edition.publisher) if edition.publisher else None,
        url=web_address(edition.url),
        unsubscribe_url=leaving_address(unsubscribe_url),
        preview=" · ".join(card.headline.text for card in cards[:3]),
        cards=cards,
    )


def short_route(route: str) -> str:
    """Write hops of one engine together: "fr→ca apertium, ca→pt apertium" as "fr→ca→pt Apertium"."""
    return "; ".join(dict.fromkeys(_short_route(part) for part in route.split("; ")))


def _short_route(route: str) -> str:
    runs: list[tuple[list[str], str]] = []
    for hop in route.split(", "):
        match = _HOP.fullmatch(hop.strip())
        if match is None:
            return clean_text(route)
        source, target, engine = match["source"], match["target"], match["engine"]
        if runs and runs[-1][1] == engine and runs[-1][0][-1] == source:
            runs[-1][0].append(target)
        else:
            runs.append(([source, target], engine))
    return clean_text(", ".join(f"{'→'.join(tags)} {engine[:1].upper()}{engine[1:]}" for tags, engine in runs))


def _card(card: Card, number: int, topic: str, titles: dict[str, str], edition: Edition, say: Wording) -> CardView:
    sources = tuple(_source(source, place, edition, say) for place, source in enumerate(card.sources, 1))
    places = {source.article: shown for source, shown in zip(card.sources, sources, strict=True)}
    headline = _sentence(card.headline, places, edition, say)
    sentences = tuple(_sentence(sentence, places, edition, say) for sentence in card.summary)
    marks = dict.fromkeys(mark for part in (headline, *sentences) for mark in (part.untranslated, part.warning) if mark)
    facts = fact_lines(card.facts, {article: shown.outlet for article, shown in places.items()}, say)
    others = dict.fromkeys(titles.get(label, label) for label in card.labels if label != topic)
    return CardView(
        anchor=f"n{number}",
        number=number,
        headline=headline,
        tags=tuple(clean_text(tag) for tag in others),
        sentences=sentences,
        facts=facts,
        evidence=proofs(facts),
        sources=tuple(source for source in sources if not source.is_copy),
        copies=tuple(source for source in sources if source.is_copy),
        originals=_originals(card.sources),
        route=_made_by(card, say),
        marks=tuple(marks),
        is_update=card.status == "update",
        change=clean_text(card.change) if card.change else None,
        published=say.short_moment(card.published, edition.timezone) if card.published else "",
        published_iso=card.published.date().isoformat() if card.published else "",
        rank=say.number(round(card.rank, 2)),
        why=tuple(Reason(note=clean_text(part.note), added=f"{part.value * part.weight:+.2f}") for part in card.why),
        text=tuple(_sentence(paragraph, places, edition, say) for paragraph in card.text),
    )


def _source(source: Source, number: int, edition: Edition, say: Wording) -> SourceView:
    tag = language_tag(source.language)
    return SourceView(
        number=number,
        outlet=clean_text(source.outlet) or say("no_title"),
        url=web_address(source.url),
        title=Text(text=clean_text(source.title), lang=tag, dir=direction(tag)),
        language="" if tag == edition.language else say.language_name(tag),
        tag=tag,
        published=say.short_moment(source.published, edition.timezone) if source.published else "",
        is_copy=source.is_copy,
    )


def _sentence(sentence: CardSentence, places: dict[str, SourceView], edition: Edition, say: Wording) -> Sentence:
    source = places.get(sentence.original.article)
    translation = sentence.translation
    is_translated = translation is not None and translation.is_translated
    original = _original(sentence.original) if is_translated else None
    outlet = source.outlet if source else ""
    quoted = clean_text(sentence.original.text)
    return Sentence(
        text=clean_text(sentence.text) or say("no_title"),
        lang=language_tag(sentence.language),
        dir=direction(language_tag(sentence.language)),
        source=source.number if source else None,
        outlet=outlet,
        original=original,
        untranslated=_untranslated(translation, edition, say) if translation and not is_translated else None,
        warning=_warning(translation, say) if translation and is_translated else None,
        tooltip=say("says", outlet=outlet, text=quoted) if outlet and (is_translated or sentence.writer) else outlet,
        cited=tuple(_original(cited) for cited in sentence.cites),
    )


def _original(sentence: SummarySentence) -> Text:
    tag = language_tag(sentence.language)
    return Text(text=clean_text(sentence.text), lang=tag, dir=direction(tag))


def _untranslated(translation: Translation, edition: Edition, say: Wording) -> str:
    language = say.language_name(translation.source)
    if not translation.problems:
        return say("not_translated", language=language)
    reasons = "; ".join(_problems(translation, edition.language, say))
    return say("not_translated_because", language=language, reason=reasons)


def _warning(translation: Translation, say: Wording) -> str | None:
    problems = "; ".join(_problems(translation, translation.target, say))
    return say("check", problem=problems) if problems else None


def _problems(translation: Translation, target: str, say: Wording) -> list[str]:
    told = {}
    for problem in translation.problems:
        keys = (problem.kind, problem.kind.rpartition("-")[2], "other")
        key = next(key for key in keys if say.has(f"problems.{key}"))
        detail = clean_text(problem.detail)
        detail = detail if len(detail) <= _LONGEST_DETAIL else f"{detail[:_LONGEST_DETAIL].rstrip()}…"
        kind = clean_text(problem.kind)
        told[say(f"problems.{key}", kind=kind, detail=detail, source=translation.source, target=target)] = True
    return list(told)


def _made_by(card: Card, say: Wording) -> str | None:
    """Who had a hand in the words of a card: the writer's model, the routes of its translations."""
    writers = dict.fromkeys(sentence.writer for sentence in card.summary if sentence.writer)
    written = [say("written", writer=clean_text(writer)) for writer in writers]
    route = _route((card.headline, *card.summary), say)
    return " · ".join([*written, *([route] if route else [])]) or None


def _route(sentences: Sequence[CardSentence], say: Wording) -> str | None:
    """Name the routes of a card's translations, and say so when a part of it stayed behind."""
    asked = [sentence.translation for sentence in sentences if sentence.translation is not None]
    routes = dict.fromkeys(short_route(answer.route) for answer in asked if answer.route)
    if not routes:
        return None
    key = "translated" if all(answer.is_translated for answer in asked) else "partly_translated"
    return say(key, route="; ".join(routes))


def _originals(sources: Iterable[Source]) -> tuple[Link, ...]:
    urls = dict.fromkeys(url for source in sources for link in source.links if (url := web_address(link)))
    return tuple(Link(text=shown_host(url), url=url) for url in urls)


def _nothing(edition: Edition, titles: dict[str, str], say: Wording) -> str | None:
    empty = [titles[section.topic] for section in edition.sections if not section.cards]
    if not edition.cards:
        return say("nothing_at_all")
    return say("nothing_on", topics=", ".join(empty)) if empty else None


def _stats(edition: Edition, say: Wording) -> tuple[str, ...]:
    sources = [source for card in edition.cards for source in card.sources]
    languages = {source.language for source in sources if source.language not in {None, "und"}}
    counts = {"stories": len(edition.cards), "sources": len(sources), "languages": len(languages)}
    return tuple(say(f"coverage.{name}", count) for name, count in counts.items())


def _coverage(edition: Edition, say: Wording) -> CoverageView:
    made = edition.coverage
    counts = {
        "feeds": made.feeds,
        "entries": made.entries,
        "articles": made.articles,
        "on_topic": made.on_topic,
        "junk": made.junk,
    }
    languages = sorted(made.languages.items(), key=lambda item: (-item[1], item[0]))
    first = made.untranslated[0].split("→") if made.untranslated else []
    return CoverageView(
        counts=tuple(say(f"coverage.{name}", count) for name, count in counts.items() if count or name != "junk"),
        languages=tuple(f"{say.language_name(tag)} {say.number(count)}" for tag, count in languages),
        failures_heading=say("coverage.failed", len(made.failures)) if made.failures else say("coverage.none_failed"),
        failures=tuple(Failure(name=clean_text(item.name), reason=clean_text(item.reason)) for item in made.failures),
        untranslated=say("coverage.untranslated", pairs=", ".join(made.untranslated)) if first else None,
        install_command=f"cyberdigest models install {first[0]} {first[-1]}" if first else None,
        closed=say("coverage.closed", time=say.moment(edition.closed, edition.timezone)),
    )
