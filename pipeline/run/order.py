"""The order of the stages: from feeds to frozen editions and their renderings.

Each batch is committed before the next one starts: a run that was killed goes on where it stopped, and neither fetches
nor translates again what was committed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from pipeline.config import Config
from pipeline.errors import ConfigError, FeedError, FetchError
from pipeline.model import Article, Entry, Feed, FeedFailure, FeedState, Page, Story, Triage
from pipeline.progress import LogProgress, Progress, Step
from pipeline.run.editions import make_edition
from pipeline.run.lists import add_lists
from pipeline.run.memory import StoreMemory
from pipeline.run.models import ModelGetter
from pipeline.run.openings import is_own_host, languages_of, open_http, open_translator, open_workers
from pipeline.run.output import write_edition
from pipeline.run.report import RunReport
from pipeline.run.shop import TAIL, Shop

if TYPE_CHECKING:
    from pipeline.fetch.http import Http
    from pipeline.store import Store
    from pipeline.translate import Memory, Translator

log = logging.getLogger("cyberdigest")
_T = TypeVar("_T")

#: Pages read between two commits: the most that a kill can cost.
READ_BATCH = 24
#: Texts scored between two commits.
SCORE_BATCH = 256
#: A run that was killed longer ago than this is not gone on with: its news would be stale.
RESUMED_WITHIN = timedelta(hours=2)

OpenHttp = Callable[[Config], AbstractContextManager["Http"]]
OpenTranslator = Callable[[Config, Path, "Memory"], "Translator"]


def run(
    config: Config,
    *,
    store: Store,
    data: Path,
    output: Path,
    now: datetime,
    day: date | None = None,
    languages: Sequence[str] = (),
    fetch: bool = True,
    templates: Path | None = None,
    progress: Progress | None = None,
    http: OpenHttp = open_http,
    translator: OpenTranslator | None = None,
) -> RunReport:
    """Poll, read, group, translate, freeze and render; what was done before is not done again.

    Args:
        config: The settings and feeds.
        store: An open store; the run takes its lock.
        data: Folder of the models.
        output: Folder the renderings are written to.
        now: Aware UTC; the only clock of the run.
        day: Day of the edition in the configured time zone; today by default. A past day closes at its midnight.
        languages: Languages of the editions; the configured ones by default.
        fetch: Whether feeds and pages are fetched at all.
        templates: Folder whose templates go before ours.
        http: Opens the network.
        translator: Opens the translator.
    Raises:
        BusyError: Another run holds the lock.
        ConfigError: The day lies in the future.
        OutputError: A rendering cannot be written.
    """
    from pipeline.vectors import load_embedder

    close_of(day, now, ZoneInfo(config.settings.edition.timezone))  # a wrong day is refused before anything is done
    with ExitStack() as stack:
        stack.enter_context(store.run_lock(now=now))
        now = _clock(store, now)
        day, closed = close_of(day, now, ZoneInfo(config.settings.edition.timezone))
        report = RunReport(day=day)
        number = store.start_run(now=now)
        shown = progress or LogProgress()
        shop = Shop(
            config=config,
            store=store,
            http=stack.enter_context(http(config)) if fetch else None,
            executor=stack.enter_context(open_workers()),
            embedder=load_embedder(),
            now=now,
            progress=shown,
            report=report,
            models=ModelGetter(config=config, data=data, is_online=fetch, progress=shown),
        )
        report.timed("poll", lambda: _poll(shop))
        report.timed("triage", lambda: _triage(shop))
        report.timed("fetch", lambda: _fetch(shop))
        report.timed("read", lambda: _read(shop))
        report.timed("lists", lambda: add_lists(shop, data, closed))
        stories = report.timed("group", lambda: _group(shop, closed))
        speak = _speaker(shop, data, translator)
        for language in languages or config.settings.edition.languages:
            edition = make_edition(shop, stories, language, day, closed, speak)
            if edition is None:
                continue
            paths = report.timed("render", lambda made=edition: write_edition(made, output, templates=templates))  # type: ignore[misc]
            report.paths += [str(path) for path in paths]
        store.finish_run(number, now=now, status="done", report=report.record())
    return report


def _clock(store: Store, now: datetime) -> datetime:
    """The time of the run: a run that goes on where a killed one stopped keeps that one's, and so its edition."""
    last = store.runs(limit=1)
    if last and last[0].status == "running" and timedelta(0) <= now - last[0].started <= RESUMED_WITHIN:
        return last[0].started
    return now


def close_of(day: date | None, now: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
    """The day of an edition and the end of its news: now for today, midnight for a past day.

    Raises:
        ConfigError: The day lies in the future.
    """
    today = now.astimezone(zone).date()
    if day is None or day == today:
        return today, now
    if day > today:
        raise ConfigError("--date", f"{day.isoformat()} lies in the future")
    return day, datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)


def _batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _poll(shop: Shop) -> None:
    if shop.http is None:
        return
    from pipeline.fetch.feeds import poll

    states = shop.store.feed_states(shop.config.feeds)
    own = [state for state in states if is_own_host(shop.config, state.feed.url)]
    others = [state for state in states if state not in own]
    interval = shop.config.settings.fetch.interval
    with shop.progress.step("Polling feeds", len(states)) as step:
        for group, least in ((others, interval), (own, timedelta(0))):
            # An own host is the user's to burden; other people's are asked once an interval at most.
            due = [_due(state, shop.now) if group is own else state for state in group]
            for result in poll(due, shop.http, now=shop.now, min_interval=least):
                new = 0
                if result.status != "waiting":  # who was not asked keeps what the last poll said
                    state = replace(result.state, error=result.error.reason if result.error else None)
                    new = shop.store.save_poll(state, result.entries)
                _note_poll(shop.report, result.state.feed, result.status, result.error, new)
                if result.error is not None:
                    step.note(f"{result.state.feed.name}: {result.error.reason}")
                step.advance()


def _due(state: FeedState, now: datetime) -> FeedState:
    return replace(state, not_before=None) if state.not_before is not None and state.not_before > now else state


def _note_poll(report: RunReport, feed: Feed, status: str, error: FeedError | None, new: int) -> None:
    report.feeds += 1
    report.new_entries += new
    report.not_modified += status == "not modified"
    report.waiting += status == "waiting"
    if error is not None:
        report.failures.append(FeedFailure(feed=feed.url, name=feed.name, reason=error.reason))
        report.failures.sort(key=lambda failure: (failure.name, failure.feed))


def _triage(shop: Shop) -> None:
    from pipeline.classify import triage

    entries = shop.store.entries_to_triage(shop.since)
    floor = shop.config.settings.fetch.triage_floor
    with shop.progress.step("Sorting entries", len(entries)) as step:
        for batch in _batches(entries, SCORE_BATCH):
            fresh = [entry for entry in batch if (entry.published or entry.first_seen) >= shop.since]
            verdicts = triage(fresh, topics=shop.config.topics, embedder=shop.embedder, floor=floor)
            shop.store.save_triage([*verdicts, *_too_old(batch, fresh)])
            step.advance(len(batch))


def _too_old(batch: Sequence[Entry], fresh: Sequence[Entry]) -> list[Triage]:
    kept = {entry.id for entry in fresh}
    return [
        Triage(entry=entry.id, score=0.0, passed=False, reason="too old") for entry in batch if entry.id not in kept
    ]


def _fetch(shop: Shop) -> None:
    """Pages and their text: kept before anything is judged, so that no page is asked for twice."""
    if shop.http is None:
        return
    from pipeline.extract import extract
    from pipeline.fetch.pages import fetch_pages

    entries = shop.store.entries_to_read(shop.since)
    feeds = shop.feeds
    with shop.progress.step("Reading pages", len(entries)) as step:
        for batch in _batches(entries, READ_BATCH):
            wanted = [entry for entry in batch if entry.url and _wants_page(feeds.get(entry.feed))]
            pages: dict[str, Page | FetchError] = {}
            for entry, page in fetch_pages(wanted, shop.http):
                pages[entry.id] = page
                if isinstance(page, FetchError):
                    step.note(f"{entry.url}: {page.reason}")
                    shop.report.pages_failed += 1
                shop.report.pages_fetched += isinstance(page, Page)
            pairs = [(entry, pages.get(entry.id)) for entry in batch]
            articles = extract(pairs, executor=shop.executor, feeds=feeds)
            _note_lost(shop, step, articles)
            shop.store.save_articles(articles)
            step.advance(len(batch))


def _note_lost(shop: Shop, step: Step, articles: Sequence[Article]) -> None:
    """Say which pages killed the worker that read them."""
    for article in articles:
        if any(removed.rule == "page/worker-lost" for removed in article.removed):
            step.note(f"{article.url}: reading it ended the worker; the feed's own words stand in")
            shop.report.pages_failed += 1


def _wants_page(feed: Feed | None) -> bool:
    return feed is None or feed.content == "page"


def _read(shop: Shop) -> None:
    """Clean, detect, classify and find facts in what was extracted; an article without a language was not read yet."""
    from pipeline.clean import SiteBlocks, clean, learn
    from pipeline.detect import detect
    from pipeline.facts import find_facts

    seen = shop.store.articles_between(shop.since, shop.now + TAIL, labels_only=False, by="first_seen")
    unread = [article for article in seen if article.language is None]
    if not unread:
        return
    kept = shop.store.load_blocks()
    known = SiteBlocks.from_dict(kept.get("", {})).merge(learn(unread), today=shop.now.date())
    shop.store.save_blocks({"": known.to_dict()})
    languages = languages_of(shop.config)
    with shop.progress.step("Judging articles", len(unread)) as step:
        for batch in _batches(unread, SCORE_BATCH):
            cleaned = detect(clean(batch, known=known), languages=languages)
            judged = _classify(shop, cleaned)
            shop.store.save_articles(find_facts(judged))
            shop.report.articles_read += len(batch)
            step.advance(len(batch))


def _classify(shop: Shop, articles: Sequence[Article]) -> list[Article]:
    from pipeline.classify import classify
    from pipeline.vectors import embed_articles

    return classify(embed_articles(articles, shop.embedder), topics=shop.config.topics, embedder=shop.embedder)


def _group(shop: Shop, closed: datetime) -> list[Story]:
    """Stories of the open window; articles that have a story keep it, new ones join or found one."""
    from pipeline.cluster import cluster
    from pipeline.run.decisions import decisions_of

    window = shop.config.settings.stories.window
    articles = shop.store.articles_between(closed - window, closed + timedelta(microseconds=1))
    known = shop.store.known_stories(closed - window)
    placed = {article.id for story in known for article in story.articles}
    fresh = [article for article in articles if article.id not in placed]
    decisions = decisions_of(shop.store)
    with shop.progress.step("Grouping stories", len(fresh)) as step:
        stories = cluster(fresh, known=known, window=window, decisions=decisions, embedder=shop.embedder)
        shop.store.save_stories(stories)
        step.advance(len(fresh))
    return stories


def _speaker(shop: Shop, data: Path, opener: OpenTranslator | None) -> Callable[[], Translator]:
    memory = StoreMemory(shop.store, now=shop.now)
    if opener is not None:
        return lambda: opener(shop.config, data, memory)
    return lambda: open_translator(shop.config, data, memory=memory)
