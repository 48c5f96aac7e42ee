"""Which stories an edition holds: those with news in its window, each told by words that its reader can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pipeline.model import Article, Edition, Story
from pipeline.run.shop import Shop
from pipeline.run.shown import shown_story
from pipeline.run.stumbles import passing_over
from pipeline.text.tags import primary

if TYPE_CHECKING:
    from pipeline.translate import Translator


@dataclass(frozen=True, slots=True)
class Chosen:
    """The stories of an edition, and behind some of them the notices that have no cards of their own."""

    stories: list[Story]
    batches: Mapping[str, Sequence[Story]] = field(default_factory=dict)

    def shown(self, edition: Edition) -> list[Story]:
        """Whatever readers of the edition get to see, on a card or on one line of another's."""
        cards = {card.story for card in edition.cards}
        told = [story for story in self.stories if story.id in cards]
        return [*told, *(notice for story in told for notice in self.batches.get(story.id, ()))]


def choose(
    shop: Shop, stories: Sequence[Story], language: str, day: date, closed: datetime, translator: Translator
) -> Chosen:
    """The stories with news in the window, best first, summarised in words that the reader can have.

    Args:
        shop: The run.
        stories: All that are open and tell news of their own (see `without_recaps`), with their articles.
        language: BCP 47 tag of the edition.
        day: By the calendar of the edition's zone; what editions before it have shown counts as told.
        closed: End of the window, inclusive, aware UTC; the settings say how long it is.
        translator: Knows which languages the reader can have.
    """
    from pipeline.cluster import mark_updates, official_feeds
    from pipeline.rank import rank
    from pipeline.rank_batch import fold_batches
    from pipeline.render.wording import wording
    from pipeline.summarise import summarise

    settings = shop.config.settings.edition
    opened = closed - settings.window
    current = [story for story in stories if any(opened <= _moment(article) <= closed for article in story.articles)]
    known = [name for story in current for name in (story.id, *story.aliases)]
    shown = {name: shown_story(item) for name, item in shop.store.shown(known, language=language, before=day).items()}
    official = official_feeds({feed.url: feed.kind for feed in shop.config.feeds})
    marked = [
        story
        for story in mark_updates(current, shown, official=official, say=wording(language))
        if story.status != "unchanged"
    ]
    ranked, batches = fold_batches(rank(marked, now=closed, feeds=shop.feeds, watch=shop.config.settings.watch))
    topics = [spec.name for spec in shop.config.topics]

    def is_readable(tag: str) -> bool:
        return _distance(tag, language, translator) < float("inf")

    ordered = readable_first(ranked, is_readable)
    chosen = by_section(ordered, topics, limit=settings.limit, per_outlet=settings.per_outlet)
    leading = [_lead(story, language, translator) for story in chosen]
    told = [only_readable(story, is_readable) for story in leading]

    def in_short(some: Sequence[Story], limit: int) -> list[Story]:
        return passing_over(
            some, lambda part: summarise(part, limit=limit, embedder=shop.embedder), shop.report.stumbled
        )

    done = {story.id: story for story in in_short(told, settings.sentences)}
    return Chosen(
        [replace(done[story.id], articles=story.articles) for story in leading if story.id in done],
        {story.id: in_short(batches[story.id], 0) for story in chosen if story.id in batches},
    )


def without_recaps(stories: Sequence[Story]) -> list[Story]:
    """The stories that some report tells as its own news: a recap of the week, or an outlet's daily list, tells none.

    All open stories are asked together, since an outlet's habit shows in many titles only.
    """
    from pipeline.cluster import find_round_ups

    articles = [article for story in stories for article in story.articles]
    recaps = {a.id for a, is_one in zip(articles, find_round_ups(articles), strict=True) if is_one}
    return [story for story in stories if not all(article.id in recaps for article in story.articles)]


def readable_first(ranked: Sequence[Story], is_readable: Callable[[str], bool]) -> list[Story]:
    """The stories in the order of the rank, those behind that no report tells in words the reader can have.

    They are news all the same, but no reader's first of the day, nor the subject of a mail.
    """
    known = {tag: is_readable(tag) for story in ranked for article in story.articles if (tag := article.language)}
    return sorted(ranked, key=lambda story: not any(known.get(a.language or "", True) for a in story.articles))


def only_readable(story: Story, is_readable: Callable[[str], bool]) -> Story:
    """The story with the reports that a summary may quote: a headline alone says more than what nobody reads."""
    readable = tuple(a for a in story.articles if a.language is None or is_readable(a.language))
    return replace(story, articles=readable) if readable else story


def by_section(ranked: Sequence[Story], topics: Sequence[str], *, limit: int, per_outlet: int) -> list[Story]:
    """The stories of each section that fit into it, in the order of the rank.

    Sections are chosen one by one: a day without sanctions gives no outlet a second share of the disclosures.
    """
    from pipeline.rank import select

    sections: dict[str | None, list[Story]] = {}
    for story in ranked:
        sections.setdefault(next((label for label in story.labels if label in topics), None), []).append(story)
    kept = {story.id for group in sections.values() for story in select(group, limit=limit, per_outlet=per_outlet)}
    return [story for story in ranked if story.id in kept]


def _lead(story: Story, language: str, translator: Translator) -> Story:
    """The story told first by whom the reader understands best: no translation, then the best route, then none.

    An update is told by who brought it: the old report again would hide what is new.
    """
    fresh = frozenset(story.fresh)
    known = {article.language: _distance(article.language, language, translator) for article in story.articles}
    ordered = sorted(
        story.articles,
        key=lambda article: (
            article.junk is not None,
            article.id in story.copies,
            known[article.language],
            bool(fresh) and article.id not in fresh,
        ),
    )
    return replace(story, articles=tuple(ordered))


def _distance(spoken: str | None, language: str, translator: Translator) -> float:
    """How far a report's words are from the reader's: 0 for the same language, infinite where no route leads."""
    tag = primary(spoken)
    if tag == primary(language):
        return 0.0
    route = translator.routes.best(tag, language)
    return 1.0 + route.cost if route is not None else float("inf")


def _moment(article: Article) -> datetime:
    return article.published or article.first_seen or datetime.min.replace(tzinfo=UTC)
