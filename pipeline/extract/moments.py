"""A date as a tag or a line writes it, to an aware UTC time on the day that the page prints."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?")
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")


def parse_date(value: str, *, latest: datetime | None = None, language: str = "") -> datetime | None:
    """Aware UTC time of an ISO 8601, compact or numeric date; None for anything else or out of 1995 … latest.

    The day of a date like 03/04/2026 comes first unless `language` is English or the second number cannot be a month.
    """
    zone = None
    if match := _ISO.search(value) or _COMPACT.match(value):
        parts = match.groups()
        year, month, day = (int(part) for part in parts[:3])
        hour, minute, second = (int(part or 0) for part in parts[3:6])
        zone = parts[6] if len(parts) > 6 else None
    elif match := _NUMERIC.search(value):
        day, month, year = (int(part) for part in match.groups())
        if month > 12 or (language == "en" and "/" in match[0] and day <= 12):
            day, month = month, day
        hour, minute, second = 0, 0, 0
    else:
        return _parse_words(value, latest)
    try:
        local = datetime(year, month, day, hour % 24, minute, min(second, 59), tzinfo=UTC)
        exact = local
        if zone and zone != "Z":
            exact = datetime.fromisoformat(f"{local:%Y-%m-%dT%H:%M:%S}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return _on_own_day(exact, local, latest)


def _parse_words(value: str, latest: datetime | None) -> datetime | None:
    if not 8 <= len(value) <= 60 or not re.search(r"\d{4}", value):
        return None
    from dateutil import parser

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", parser.UnknownTimezoneWarning)
            moment = parser.parse(value, default=datetime(2000, 1, 1))  # noqa: DTZ001 - whether a zone is told is asked
        local = moment.replace(tzinfo=UTC)
        exact = local if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, parser.ParserError):
        return None
    return _on_own_day(exact, local, latest)


def _on_own_day(exact: datetime, local: datetime, latest: datetime | None) -> datetime | None:
    """The moment on the day that the page prints: hours give way where UTC would move it to another day."""
    if exact.year < 1995 or (latest is not None and exact > latest):
        return None
    # East of Greenwich it may be tomorrow already.
    return exact if exact.date() == local.date() or (latest is not None and local > latest) else local


__all__ = ["parse_date"]
