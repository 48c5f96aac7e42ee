"""The order of the stages: from feeds to frozen editions and their renderings.

Each batch is committed before the next one starts: a run that was killed goes on where it stopped, and neither fetches
nor translates again what was committed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.model import Edition, Story
from pipeline.progress import LogProgress, Progress
from pipeline.run.choosing import without_recaps
from pipeline.run.editions import make_edition
from pipeline.run.gather import fetch_articles, poll_feeds, triage_entries
from pipeline.run.judge import group_stories, judge_articles
from pipeline.run.keeping import forget_old, refuse_forgotten
from pipeline.run.lists import add_lists
from pipeline.run.memory import StoreMemory
from pipeline.run.models import ModelGetter
from pipeline.run.openings import check_translation, open_http, open_translator, open_workers
from pipeline.run.output import write_edition
from pipeline.run.report import RunReport
from pipeline.run.shop import Shop

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pipeline.fetch.http import Http
    from pipeline.store import Store
    from pipeline.translate import Memory, Translator

#: A run that was killed longer ago than this is not gone on with: its news would be stale.
RESUMED_WITHIN = timedelta(hours=2)

#: `pipeline.fetch` takes no earlier date for one either.
_FIRST_YEAR = 1990

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
        ConfigError: The day lies in the future, before there were feeds, or before what is kept; an engine or glossary
            is none.
        OutputError: A rendering cannot be written.
    """
    zone = ZoneInfo(config.settings.edition.timezone)
    close_of(day, now, zone)  # a wrong day is refused before anything is done
    check_translation(config)
    with ExitStack() as stack:
        stack.enter_context(store.run_lock(now=now))
        now = _clock(store, now, zone)
        day, closed = close_of(day, now, zone)
        number = store.start_run(now=now)
        online = stack.enter_context(http(config)) if fetch else None
        shop = _shop(config, store, data, online, stack.enter_context(open_workers()), now, day, progress)
        languages = languages or config.settings.edition.languages
        refuse_forgotten(shop, languages, day, closed)
        stories = _stories(shop, data, closed)
        speak = _speaker(shop, data, translator)
        for language in languages:
            edition = make_edition(shop, stories, language, day, closed, speak)
            if edition is not None:
                _write(shop, edition, output, templates)
        shop.report.timed("forget", lambda: forget_old(shop))
        store.finish_run(number, now=now, report=shop.report.record())
    return shop.report


def _shop(
    config: Config,
    store: Store,
    data: Path,
    http: Http | None,
    executor: Executor,
    now: datetime,
    day: date,
    progress: Progress | None,
) -> Shop:
    """What every stage of a run has at hand."""
    from pipeline.vectors import load_embedder
    from pipeline.vectors.e5 import load_token_encoder

    shown = progress or LogProgress()
    return Shop(
        config=config,
        store=store,
        http=http,
        executor=executor,
        embedder=load_embedder(),
        tokens=load_token_encoder(),
        now=now,
        progress=shown,
        report=RunReport(day=day),
        models=ModelGetter(config=config, data=data, is_online=http is not None, progress=shown),
    )


def _stories(shop: Shop, data: Path, closed: datetime) -> list[Story]:
    """Everything before the editions: what the feeds tell, read, judged and grouped; without the recaps."""
    timed = shop.report.timed
    timed("poll", lambda: poll_feeds(shop))
    timed("triage", lambda: triage_entries(shop))
    timed("fetch", lambda: fetch_articles(shop))
    timed("read", lambda: judge_articles(shop))
    timed("lists", lambda: add_lists(shop, data, closed))
    return timed("group", lambda: without_recaps(group_stories(shop, closed)))


def _write(shop: Shop, edition: Edition, output: Path, templates: Path | None) -> None:
    paths = shop.report.timed("render", lambda: write_edition(edition, output, templates=templates))
    shop.report.paths += [str(path) for path in paths]


def _clock(store: Store, now: datetime, zone: ZoneInfo) -> datetime:
    """The time of the run: a run that goes on where a killed one stopped keeps that one's, and so its edition.

    Behind midnight it is another day's run: today's edition, which holds the news of yesterday too, is not left out.
    """
    last = store.runs(limit=1)
    if not last or last[0].status != "running" or not timedelta(0) <= now - last[0].started <= RESUMED_WITHIN:
        return now
    started = last[0].started
    return started if started.astimezone(zone).date() == now.astimezone(zone).date() else now


def close_of(day: date | None, now: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
    """The day of an edition and the end of its news: now for today, midnight for a past day.

    Raises:
        ConfigError: The day lies in the future, or before there were feeds.
    """
    today = now.astimezone(zone).date()
    if day is None or day == today:
        return today, now
    if day > today:
        raise ConfigError("--date", f"{day.isoformat()} lies in the future")
    if day.year < _FIRST_YEAR:
        raise ConfigError("--date", f"{day.isoformat()} lies before {_FIRST_YEAR}; no feed has news of that day")
    return day, datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)


def _speaker(shop: Shop, data: Path, opener: OpenTranslator | None) -> Callable[[], Translator]:
    memory = StoreMemory(shop.store, now=shop.now)
    if opener is not None:
        return lambda: opener(shop.config, data, memory)
    return lambda: open_translator(shop.config, data, memory=memory)
