"""From feeds to kept articles: poll, triage, fetch the pages that may matter; committed batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.errors import FetchError
from pipeline.model import Article, Entry, Feed, FeedFailure, Page, Triage
from pipeline.progress import Step
from pipeline.run.openings import is_own_host
from pipeline.run.report import RunReport
from pipeline.run.shop import SCORE_BATCH, Shop, batches

if TYPE_CHECKING:
    from pipeline.fetch.feeds import FeedResult

#: Pages read between two commits: the most that a kill can cost.
READ_BATCH = 24


def poll_feeds(shop: Shop) -> None:
    """Ask every feed that is due for its entries, and keep them."""
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
            due = [replace(state, not_before=None) for state in group] if group is own else group
            for result in poll(due, shop.http, now=shop.now, min_interval=least):
                new = 0
                if result.status != "waiting":  # who was not asked keeps what the last poll said
                    state = replace(result.state, error=result.error.reason if result.error else None)
                    new = shop.store.save_poll(state, result.entries)
                _note_poll(shop.report, result, new)
                if result.error is not None:
                    step.note(f"{result.state.feed.name}: {result.error.reason}")
                step.advance()


def _note_poll(report: RunReport, result: FeedResult, new: int) -> None:
    feed = result.state.feed
    report.feeds += 1
    report.new_entries += new
    report.not_modified += result.status == "not modified"
    report.waiting += result.status == "waiting"
    report.unread += bool(result.error or (result.status == "waiting" and result.state.error))
    if result.error is not None:
        report.failures.append(FeedFailure(feed=feed.url, name=feed.name, reason=result.error.reason))
        report.failures.sort(key=lambda failure: (failure.name, failure.feed))
    if result.moved_to is not None:
        report.moved.append(f"{feed.name}: {result.moved_to} ({feed.url})")
        report.moved.sort()


def triage_entries(shop: Shop) -> None:
    """Score title and summary of new entries: pages under the floor are not fetched."""
    from pipeline.classify import triage

    entries = shop.store.entries_to_triage(shop.since)
    floor = shop.config.settings.fetch.triage_floor
    with shop.progress.step("Sorting entries", len(entries)) as step:
        for batch in batches(entries, SCORE_BATCH):
            fresh = [entry for entry in batch if (entry.published or entry.first_seen) >= shop.since]
            verdicts = triage(
                fresh, topics=shop.config.topics, embedder=shop.embedder, floor=floor, words=lambda: shop.tokens
            )
            shop.store.save_triage([*verdicts, *_too_old(batch, fresh)])
            shop.report.too_old += len(batch) - len(fresh)
            shop.report.off_topic += sum(not verdict.passed for verdict in verdicts)
            step.advance(len(batch))


def _too_old(batch: Sequence[Entry], fresh: Sequence[Entry]) -> list[Triage]:
    kept = {entry.id for entry in fresh}
    return [
        Triage(entry=entry.id, score=0.0, passed=False, reason="too old") for entry in batch if entry.id not in kept
    ]


def fetch_articles(shop: Shop) -> None:
    """Pages and their text: kept before anything is judged, so that no page is asked for twice."""
    if shop.http is None:
        return
    from pipeline.extract import Losses, extract
    from pipeline.fetch.pages import fetch_pages

    entries = shop.store.entries_to_read(shop.since)
    feeds, losses = shop.feeds, Losses()
    with shop.progress.step("Reading pages", len(entries)) as step:
        for batch in batches(entries, READ_BATCH):
            wanted = [entry for entry in batch if entry.url and _wants_page(feeds.get(entry.feed))]
            pages: dict[str, Page | FetchError] = {}
            for entry, page in fetch_pages(wanted, shop.http):
                pages[entry.id] = page
                if isinstance(page, FetchError):
                    step.note(f"{entry.url}: {page.reason}")
                    shop.report.pages_failed += 1
                shop.report.pages_fetched += isinstance(page, Page)
            pairs = [(entry, pages.get(entry.id)) for entry in batch]
            articles = extract(pairs, executor=shop.executor, feeds=feeds, losses=losses)
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
