"""What an edition showed of a story, as the store keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline.cluster import ShownStory


def shown_record(shown: ShownStory) -> dict[str, Any]:
    """JSON-able form; sets are sorted, so equal values give equal bytes."""
    return {
        "edition": shown.edition,
        "day": shown.day.isoformat(),
        "facts": sorted(shown.facts),
        "articles": sorted(shown.articles),
        "headline": shown.headline,
        "official": shown.official,
    }


def shown_story(record: Mapping[str, Any]) -> ShownStory:
    """The value a record came from."""
    return ShownStory(
        edition=record["edition"],
        day=date.fromisoformat(record["day"]),
        facts=frozenset(record["facts"]),
        articles=frozenset(record["articles"]),
        headline=record["headline"],
        official=record["official"],
    )
