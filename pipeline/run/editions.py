"""One edition: the stories with news in it chosen, translated, composed and frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.model import Article, Coverage, Edition, FeedFailure, Story, TopicSpec
from pipeline.run.shop import TAIL, Shop
from pipeline.run.shown import shown_record, shown_story
from pipeline.run.writer import written_summaries
from pipeline.text.tags import primary

if TYPE_CHECKING:
    from pipeline.translate import Translator


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The stories of an edition, and behind some of them the notices that have no cards of their own."""

    stories: list[Story]
    batches: Mapping[str, Sequence[Story]] = field(default_factory=dict)

    def shown(self, edition: Edition) -> list[Story]:
        """Whatever readers of the edition get to see, on a card or on one line of another's."""
        cards = {card.story for card in edition.cards}
        told = [story for story in self.stories if story.id in cards]
        return [*told, *(notice for story in told for notice in self.batches.get(story.id, ()))]


def make_edition(
    shop: Shop, stories: Sequence[Story], language: str, day: date, closed: datetime, speak: Callable[[], Translator]
) -> Edition | None:
    """The frozen edition of a day and language: the one there is, or a new one.

    Args:
        shop: The run.
        stories: All that are open, with their articles.
        language: BCP 47 tag of the edition.
        day: By the calendar of the edition's zone.
        closed: End of its news, aware UTC.
        speak: Opens the translator; not called when the edition is there.
    Returns:
        None when it would be empty because no feed answered: frozen, it would stand for a day nobody has looked at.
    """
    edition_id = f"{day.isoformat()}-{language}"
    there = shop.store.edition(edition_id)
    if there is not None:
        shop.report.kept.append(there.id)
        shop.report.stories[there.id] = len(there.cards)
        return there
    with speak() as translator:
        chosen = shop.report.timed("choose", lambda: _choose(shop, stories, language, day, closed, translator))
        if shop.report.timed("models", lambda: shop.models.get(chosen.stories, language, translator.routes)):
            translator.refresh()  # a new route may make another article the one to tell a story
            chosen = shop.report.timed("choose", lambda: _choose(shop, stories, language, day, closed, translator))
        made = _made(shop, chosen, language, day, closed, translator)
    if not made.cards and shop.report.is_silent:
        shop.report.unmade.append(edition_id)
        return None
    return _freeze(shop, made, chosen)


def _made(shop: Shop, chosen: _Chosen, language: str, day: date, closed: datetime, translator: Translator) -> Edition:
    with shop.progress.step(f"Translating to {language}", len(chosen.stories)) as step:
        made = shop.report.timed("translate", lambda: _compose(shop, chosen, language, day, closed, translator))
        step.advance(len(chosen.stories))
    return made


def _choose(
    shop: Shop, stories: Sequence[Story], language: str, day: date, closed: datetime, translator: Translator
) -> _Chosen:
    """The stories with news in the window, best first, summarised in words that the reader can have."""
    from pipeline.cluster import is_round_up, mark_updates, official_feeds
    from pipeline.rank import rank
    from pipeline.rank_batch import fold_batches
    from pipeline.render.wording import wording
    from pipeline.summarise import summarise

    settings = shop.config.settings.edition
    opened = closed - settings.window
    current = [
        story
        for story in stories
        if any(opened <= _moment(article) <= closed for article in story.articles)
        and not all(is_round_up(article) for article in story.articles)  # a recap of the week tells nothing new
    ]
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
    summaries = summarise(told, limit=settings.sentences, embedder=shop.embedder)
    return _Chosen(
        [replace(done, articles=story.articles) for done, story in zip(summaries, leading, strict=True)],
        {story.id: summarise(batches[story.id], limit=0) for story in chosen if story.id in batches},
    )


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


def _compose(
    shop: Shop, chosen: _Chosen, language: str, day: date, closed: datetime, translator: Translator
) -> Edition:
    from pipeline.compose import compose

    settings = shop.config.settings.edition
    name = f"{day.isoformat()}-{language}"
    # Published nowhere else, the edition is read in the newsletter's own archive.
    archived = shop.config.settings.mail.archived(name)
    written = shop.report.timed("write", lambda: written_summaries(shop, chosen.stories, language))
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
        url=f"{settings.url.rstrip('/')}/{name}.html" if settings.url else archived,
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


def _freeze(shop: Shop, edition: Edition, chosen: _Chosen) -> Edition:
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
