"""One edition: the stories with news in it chosen, translated, composed and frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.model import CardSentence, Coverage, Edition, FeedFailure, Story, TopicSpec, edition_id
from pipeline.run.choosing import Chosen, choose
from pipeline.run.shop import TAIL, Shop
from pipeline.run.shown import shown_record
from pipeline.run.stumbles import passing_over
from pipeline.run.writer import written_summaries

if TYPE_CHECKING:
    from pipeline.translate import Translator


def make_edition(
    shop: Shop, stories: Sequence[Story], language: str, day: date, closed: datetime, speak: Callable[[], Translator]
) -> Edition | None:
    """The frozen edition of a day and language: the one there is, or a new one.

    Args:
        shop: The run.
        stories: All that are open and tell news of their own, with their articles.
        language: BCP 47 tag of the edition.
        day: By the calendar of the edition's zone.
        closed: End of its news, aware UTC.
        speak: Opens the translator; not called when the edition is there.
    Returns:
        None when it would be empty because no feed answered: frozen, it would stand for a day nobody has looked at.
    """
    id = edition_id(day, language)
    there = shop.store.edition(id)
    if there is not None:
        shop.report.kept.append(there.id)
        shop.report.stories[there.id] = len(there.cards)
        return there
    with speak() as translator:
        chosen = shop.report.timed("choose", lambda: choose(shop, stories, language, day, closed, translator))
        if shop.report.timed("models", lambda: shop.models.get(chosen.stories, language, translator.routes)):
            translator.refresh()  # a new route may make another article the one to tell a story
            chosen = shop.report.timed("choose", lambda: choose(shop, stories, language, day, closed, translator))
        made, chosen = _made(shop, chosen, language, day, closed, translator)
    if not made.cards and shop.report.is_silent:
        shop.report.unmade.append(id)
        return None
    return _freeze(shop, made, chosen)


def _made(
    shop: Shop, chosen: Chosen, language: str, day: date, closed: datetime, translator: Translator
) -> tuple[Edition, Chosen]:
    """The edition and what is in it; without a story that the program stumbles over."""
    written = shop.report.timed("write", lambda: written_summaries(shop, chosen.stories, language))
    made: list[Edition] = []

    def make(some: Sequence[Story]) -> Sequence[Story]:
        made.append(_compose(shop, replace(chosen, stories=list(some)), language, day, closed, translator, written))
        return some

    with shop.progress.step(f"Translating to {language}", len(chosen.stories)) as step:
        sound = shop.report.timed("translate", lambda: passing_over(chosen.stories, make, shop.report.stumbled))
        if len(made) != 1:  # one by one
            make(sound)
        step.advance(len(chosen.stories))
    return made[-1], replace(chosen, stories=sound)


def _compose(
    shop: Shop,
    chosen: Chosen,
    language: str,
    day: date,
    closed: datetime,
    translator: Translator,
    written: Mapping[str, Sequence[CardSentence]],
) -> Edition:
    from pipeline.compose import compose

    settings = shop.config.settings.edition
    id = edition_id(day, language)
    # Published nowhere else, the edition is read in the newsletter's own archive.
    archived = shop.config.settings.mail.archived(id)
    return compose(
        chosen.stories,
        day=day,
        language=language,
        title=settings.title,
        topics=_titled(shop.config.topics),
        feeds=shop.feeds,
        translator=translator,
        coverage=_coverage(shop, closed),
        closed=closed,
        timezone=settings.timezone,
        url=f"{settings.url.rstrip('/')}/{id}.html" if settings.url else archived,
        publisher=settings.publisher,
        limit_per_section=settings.limit,
        fields=shop.config.settings.translation.fields,
        written=written,
        batches=chosen.batches,
    )


def _titled(topics: Sequence[TopicSpec]) -> list[TopicSpec]:
    """Topics with their names; the built-in ones bring theirs."""
    from pipeline.classify import BUILT_IN

    own = {spec.name: spec.titles for spec in BUILT_IN}
    return [replace(spec, titles={**own.get(spec.name, {}), **spec.titles}) for spec in topics]


def _coverage(shop: Shop, closed: datetime) -> Coverage:
    """Counts over the window of the edition, whichever run did the work."""
    opened = closed - shop.config.settings.edition.window
    end = closed + timedelta(microseconds=1)
    judged = shop.store.triage_between(shop.since, shop.now + TAIL)
    articles = shop.store.articles_between(opened, end, labels_only=False)
    on_topic = [article for article in articles if article.labels]
    languages: dict[str, int] = {}
    for article in on_topic:
        tag = article.language or "und"
        languages[tag] = languages.get(tag, 0) + 1
    known = shop.store.known_stories(opened)
    return Coverage(
        feeds=len(shop.config.feeds),
        failures=_silent_feeds(shop),
        entries=len(judged),
        passed=sum(item.passed for item in judged),
        articles=len(articles),
        junk=sum(article.junk is not None for article in articles),
        on_topic=len(on_topic),
        stories=len(known),
        languages=dict(sorted(languages.items(), key=lambda item: (-item[1], item[0]))),
    )


def _silent_feeds(shop: Shop) -> tuple[FeedFailure, ...]:
    """Feeds whose last poll failed, whichever run made it."""
    failures = [
        FeedFailure(feed=state.feed.url, name=state.feed.name, reason=state.error)
        for state in shop.store.feed_states(shop.config.feeds)
        if state.error
    ]
    return tuple(sorted(failures, key=lambda failure: (failure.name, failure.feed)))


def _freeze(shop: Shop, edition: Edition, chosen: Chosen) -> Edition:
    from pipeline.cluster import official_feeds, remember

    official = official_feeds({feed.url: feed.kind for feed in shop.config.feeds})
    shown = {
        story.id: shown_record(remember(story, edition=edition.id, day=edition.day, official=official))
        for story in chosen.shown(edition)
    }
    used = [*chosen.stories, *(notice for batch in chosen.batches.values() for notice in batch)]
    inputs = {"stories": {story.id: [article.id for article in story.articles] for story in used}}
    frozen = shop.store.freeze(edition, inputs, shown=shown, now=shop.now)
    shop.report.editions.append(frozen.id)
    shop.report.stories[frozen.id] = len(frozen.cards)
    shop.report.untranslated += [f"{pair}: {shop.models.command(pair)}" for pair in frozen.coverage.untranslated]
    return frozen
