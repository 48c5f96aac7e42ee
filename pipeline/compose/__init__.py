"""Ranked, summarised stories become one frozen `Edition`: sections, cards, facts, sources, translations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from pipeline.compose.facts import described, in_words, merge_facts
from pipeline.compose.sources import card_sources
from pipeline.compose.spoken import Spoken, Style, Translates, headline_of
from pipeline.model import (
    Card,
    CardSentence,
    Coverage,
    Edition,
    Fact,
    Feed,
    Section,
    Sibling,
    Story,
    TopicSpec,
    edition_id,
)
from pipeline.text.normalise import clean_text
from pipeline.text.tags import primary

__all__ = ["OTHER", "Style", "Translates", "compose", "for_topics", "merge_facts"]

#: Section of the stories that carry none of the topics asked for; renderers name it in the reader's language.
OTHER = "other"


def compose(
    stories: Sequence[Story],
    *,
    day: date,
    language: str,
    title: str,
    topics: Sequence[TopicSpec],
    feeds: Mapping[str, Feed],
    translator: Translates | None,
    coverage: Coverage,
    closed: datetime,
    timezone: str = "UTC",
    url: str | None = None,
    publisher: str | None = None,
    limit_per_section: int | None = None,
    fields: Collection[str] = ("title", "summary"),
    written: Mapping[str, Sequence[CardSentence]] | None = None,
    batches: Mapping[str, Sequence[Story]] | None = None,
) -> Edition:
    """Freeze one day's stories into an edition.

    Args:
        stories: Best first, selected and summarised; their order is the order of the cards.
        topics: Sections in the order the editor wants them; a topic without a story stays as an empty section.
        feeds: Feed URL -> feed, for the names of the outlets.
        translator: Asked twice, once for all headlines and once for the rest; None leaves every story as it is.
        coverage: What the edition was made from; the language pairs without an engine are added here.
        closed: End of the news window, aware.
        limit_per_section: Most cards in one section, None for all.
        fields: What is translated: "title", "summary", and "text", the whole article that tells the story.
        written: Story id -> sentences that stand for its summary, where a writer's passed the gate.
        batches: Story id -> stories of one headline each, shown as a line on its card (see `rank_batch`).
    Returns:
        A value that depends on the arguments only.
    """
    placed = _place(stories, topics, limit_per_section)
    shown = [story for group in placed.values() for story in group]
    own_words, behind = written or {}, batches or {}
    # What a writer told in the reader's language needs no translation.
    told = [replace(story, summary=()) if story.id in own_words else story for story in shown]
    lines = [headline_of(notice) for story in shown for notice in behind.get(story.id, ())]
    facts = {story.id: merge_facts(story) for story in shown}
    words = [word for story in shown for word in described(facts[story.id], story)]
    spoken = Spoken(told, language, translator, fields, lines=lines, words=words)
    titles = {spec.name: _title(spec, language) for spec in topics} | {OTHER: "Other"}
    cards = {s.id: _card(s, spoken, feeds, facts[s.id], own_words.get(s.id), behind.get(s.id, ())) for s in shown}
    sections = tuple(
        Section(topic=topic, title=titles[topic], cards=tuple(cards[story.id] for story in group))
        for topic, group in placed.items()
        if group or topic != OTHER
    )
    missing = sorted({*coverage.untranslated, *spoken.missing})
    return Edition(
        id=edition_id(day, language),
        day=day,
        language=language,
        title=clean_text(title),
        closed=closed,
        timezone=timezone,
        sections=sections,
        coverage=replace(coverage, untranslated=tuple(missing)),
        url=url,
        publisher=publisher,
    )


def for_topics(edition: Edition, topics: Sequence[str]) -> Edition:
    """Return the edition with only the cards that carry one of the topics; no topics means all of them."""
    if not topics:
        return edition
    wanted = set(topics)
    sections = tuple(
        replace(section, cards=tuple(card for card in section.cards if wanted & {section.topic, *card.labels}))
        for section in edition.sections
    )
    kept = tuple(section for section in sections if section.cards or section.topic in wanted)
    return replace(edition, sections=kept)


def _place(stories: Sequence[Story], topics: Sequence[TopicSpec], limit: int | None) -> dict[str, list[Story]]:
    """Give each story to the section of its strongest topic among those asked for."""
    placed: dict[str, list[Story]] = {spec.name: [] for spec in topics}
    placed[OTHER] = []
    for story in stories:
        topic = next((label for label in story.labels if label in placed), OTHER)
        if limit is None or len(placed[topic]) < limit:
            placed[topic].append(story)
    return placed


def _title(spec: TopicSpec, language: str) -> str:
    for tag in (language, primary(language), "en"):
        if tag in spec.titles:
            return clean_text(spec.titles[tag])
    return clean_text(spec.name)


def _siblings(stories: Sequence[Story], spoken: Spoken) -> tuple[Sibling, ...]:
    return tuple(
        Sibling(
            story=story.id,
            headline=spoken.card_sentence(headline_of(story), "headline"),
            url=story.articles[0].url,
        )
        for story in stories
    )


def _card(
    story: Story,
    spoken: Spoken,
    feeds: Mapping[str, Feed],
    facts: Sequence[Fact],
    written: Sequence[CardSentence] | None,
    behind: Sequence[Story],
) -> Card:
    """The card of a story: its summary, or what a writer made of it, and a line for each story behind it."""
    return Card(
        story=story.id,
        labels=story.labels,
        headline=spoken.card_sentence(headline_of(story), "headline"),
        summary=tuple(written or (spoken.card_sentence(sentence, "text") for sentence in story.summary)),
        sources=card_sources(story, feeds),
        facts=in_words(facts, story, lambda words: spoken.card_sentence(words, "text").text),
        rank=story.rank or 0.0,
        why=story.why,
        published=min((article.published for article in story.articles if article.published), default=None),
        status=story.status,
        change=story.change,
        text=spoken.full_text(story),
        batch=_siblings(behind, spoken),
    )
