"""How long what was read stays in the store: a bounded part of what is too old goes at the end of every run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.model import edition_id
from pipeline.run.shop import TAIL, Shop
from pipeline.store import Run, Store

#: Rows of each kind that one run lets go at most: two weeks of two hundred feeds, which take some ten seconds.
_MOST = 20_000


def kept_since(config: Config, runs: Sequence[Run], now: datetime) -> datetime | None:
    """From when on what was read is kept; None for ever.

    What has become too old is so by the clock of an earlier run, too: one start under a clock that is years ahead
    forgets nothing.

    Args:
        config: Says how long; open stories, and what an edition looks back on, are kept in any case.
        runs: Earlier ones, the newest first.
        now: Aware UTC.
    """
    settings = config.settings
    if settings.store.keep is None or not runs:
        return None
    least = settings.stories.window + settings.edition.window + TAIL
    return min(now, runs[0].started) - max(settings.store.keep, least)


def forget_old(shop: Shop) -> None:
    """Let go of what is too old; what a run does not get to is for the next one."""
    before = kept_since(shop.config, shop.store.runs(limit=2)[1:], shop.now)
    if before is not None:
        shop.report.forgotten = shop.store.forget(before, now=shop.now, most=_MOST)


def refuse_forgotten(shop: Shop, languages: Sequence[str], day: date, closed: datetime) -> None:
    """Make no edition of a day whose articles are gone; one that there is can be written out again for ever.

    Raises:
        ConfigError: An edition is missing, and so are articles of its window.
    """
    before = kept_since(shop.config, shop.store.runs(limit=2)[1:], shop.now)
    if before is None or closed - shop.config.settings.edition.window >= before:
        return
    if any(shop.store.edition(edition_id(day, language)) is None for language in languages):
        kept = f"articles are kept since {before:%Y-%m-%d} (`store.keep`)"
        raise ConfigError("--date", f"{day.isoformat()} can have no edition any more: {kept}")


def forget_all(config: Config, store: Store, now: datetime) -> datetime | None:
    """Let go of all that is too old, however long it takes; from when on things are kept, None for ever."""
    with store.run_lock(now=now):
        before = kept_since(config, store.runs(limit=1), now)
        if before is not None:
            store.forget(before, now=now)
    return before
