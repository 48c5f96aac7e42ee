"""What a template sees: the edition with every word chosen, every text cleaned, every address checked.

`pipeline.render.parts` says what there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.model import Card, CardSentence, Edition, Sibling, Source, SummarySentence
from pipeline.render.facts import fact_lines, proofs
from pipeline.render.faults import fault
from pipeline.render.links import leaving_address, shown_host, web_address
from pipeline.render.parts import (
    CardView,
    CoverageView,
    EditionView,
    Failure,
    Link,
    Notice,
    Reason,
    SectionView,
    Sentence,
    SourceView,
    Text,
)
from pipeline.render.reasons import reason
from pipeline.render.translated import made_by, why_doubted, why_left
from pipeline.render.wording import Wording, direction, language_tag, wording
from pipeline.text.normalise import clean_text

#: Section whose title is ours and not the editor's (see `pipeline.compose.OTHER`).
_OTHER = "other"
#: Notices shown behind a card; a kernel may have sixty in a day.
_MOST_NOTICES = 8


def view(edition: Edition, *, unsubscribe_url: str | None = None, preferences_url: str | None = None) -> EditionView:
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
        preferences_url=web_address(preferences_url),
        preview=_preview(cards) or _nothing(edition, titles, say) or "",
        cards=cards,
        note=_paragraphs(edition.note),
    )


def _preview(cards: Sequence[CardView]) -> str:
    """What a mail box shows behind the subject, which has the first headline: the next ones, or what the first says."""
    if len(cards) == 1:
        return " ".join(sentence.text for sentence in cards[0].sentences[:1])
    return " · ".join(card.headline.text for card in cards[1:4])


def _card(card: Card, number: int, topic: str, titles: dict[str, str], edition: Edition, say: Wording) -> CardView:
    sources = tuple(_source(source, place, edition, say) for place, source in enumerate(card.sources, 1))
    places = {source.article: shown for source, shown in zip(card.sources, sources, strict=True)}
    headline = _sentence(card.headline, places, edition, say)
    sentences = _numbered([_sentence(sentence, places, edition, say) for sentence in card.summary])
    marks = dict.fromkeys(mark for part in (headline, *sentences) for mark in (part.untranslated, part.warning) if mark)
    published = _published(card)
    facts = fact_lines(card.facts, {article: shown.outlet for article, shown in places.items()}, say)
    others = dict.fromkeys(titles.get(label, label) for label in card.labels if label != topic)
    return CardView(
        anchor=f"n{number}",
        number=number,
        headline=headline,
        tags=tuple(clean_text(tag) for tag in others),
        sentences=sentences,
        facts=facts,
        evidence=proofs(facts, say),
        sources=tuple(source for source in sources if not source.is_copy),
        copies=tuple(source for source in sources if source.is_copy),
        originals=_originals(card.sources),
        route=made_by(card, say),
        marks=tuple(marks),
        is_update=card.status == "update",
        change=clean_text(card.change).replace("; ", say("semicolon")) if card.change else None,
        published=say.short_moment(published, edition.timezone) if published else "",
        published_iso=published.date().isoformat() if published else "",
        rank=say.number(round(card.rank, 2)),
        why=tuple(
            Reason(note=reason(part, titles, say), added=say.signed(part.value * part.weight)) for part in card.why
        ),
        text=tuple(_sentence(paragraph, places, edition, say) for paragraph in card.text),
        note=_paragraphs(card.note),
        batch=tuple(_notice(sibling, say) for sibling in card.batch[:_MOST_NOTICES]),
        batch_more=say("facts.more", rest) if (rest := len(card.batch) - _MOST_NOTICES) > 0 else "",
    )


def _published(card: Card) -> datetime | None:
    """When the story came out; of an update, when its newest report did."""
    if card.status != "update":
        return card.published
    return max((source.published for source in card.sources if source.published), default=card.published)


def _numbered(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Sentences of one source in a row share the number behind the last of them."""
    following = [*(sentence.source for sentence in sentences), None][1:]
    return tuple(
        replace(sentence, ref=None if sentence.source == after else sentence.source)
        for sentence, after in zip(sentences, following, strict=True)
    )


def _notice(sibling: Sibling, say: Wording) -> Notice:
    tag = language_tag(sibling.headline.language)
    words = clean_text(sibling.headline.text) or say("no_title")
    return Notice(headline=Text(text=words, lang=tag, dir=direction(tag)), url=web_address(sibling.url))


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
    is_other_language = language_tag(sentence.language) != language_tag(sentence.original.language)
    is_own_words = sentence.editor is not None and (sentence.original.field == "text" or is_other_language)
    original = _original(sentence.original) if is_translated or is_own_words else None
    outlet = source.outlet if source else ""
    quoted = clean_text(sentence.original.text)
    return Sentence(
        text=clean_text(sentence.text) or say("no_title"),
        lang=language_tag(sentence.language),
        dir=direction(language_tag(sentence.language)),
        source=source.number if source else None,
        ref=source.number if source else None,
        outlet=outlet,
        original=original,
        untranslated=why_left(translation, edition.language, say) if translation and not is_translated else None,
        warning=why_doubted(translation, say) if translation and is_translated else None,
        tooltip=say("says", outlet=outlet, text=quoted) if outlet and (original or sentence.writer) else outlet,
        cited=tuple(_original(cited) for cited in sentence.cites),
    )


def _original(sentence: SummarySentence) -> Text:
    tag = language_tag(sentence.language)
    return Text(text=clean_text(sentence.text), lang=tag, dir=direction(tag))


def _paragraphs(note: str | None) -> tuple[str, ...]:
    return tuple(text for part in (note or "").split("\n\n") if (text := clean_text(part)))


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
    # Without a story there is nothing to count; the page says so in words.
    return tuple(say(f"coverage.{name}", count) for name, count in counts.items() if edition.cards)


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
    left = dict.fromkeys(say.language_name(pair.split("→")[0]) for pair in made.untranslated)
    return CoverageView(
        counts=tuple(say(f"coverage.{name}", count) for name, count in counts.items() if count or name != "junk"),
        languages=tuple(f"{say.language_name(tag)} {say.number(count)}" for tag, count in languages),
        failures_heading=say("coverage.failed", len(made.failures)) if made.failures else say("coverage.none_failed"),
        failures=tuple(Failure(name=clean_text(item.name), reason=fault(item.reason, say)) for item in made.failures),
        untranslated=say("coverage.untranslated", languages=", ".join(left)) if left else None,
        closed=say("coverage.closed", time=say.moment(edition.closed, edition.timezone)),
    )
