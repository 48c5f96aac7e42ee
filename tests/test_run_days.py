"""One edition a day, by the calendar of the edition's zone: through changes of the clock and over missed days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from pipeline.run.order import close_of

#: Changes at two, at midnight (Cairo), of half an hour (Lord Howe), south of the equator, none; far east and west.
ZONES = ("Europe/Paris", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "America/Santiago",
         "Asia/Kathmandu", "Pacific/Kiritimati", "UTC")  # fmt: skip
FIRST = date(2026, 3, 1)


def at(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """When a timer rings that is set to a local time."""
    return datetime.combine(day, moment, zone).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("moment", [time(0, 0, 1), time(2, 30), time(6, 15), time(23, 59, 59)])
def test_400_days_are_400_editions(zone: str, moment: time) -> None:
    """A run every day at the same local time: each day once, none left out; what closes does so at the run."""
    place = ZoneInfo(zone)
    days = [FIRST + timedelta(days=number) for number in range(400)]
    made = [close_of(None, at(day, moment, place), place) for day in days]
    named = [day for day, _ in made]
    assert len(set(named)) == 400
    assert [(b - a).days for a, b in pairwise(named)] == [1] * 399
    closings = [closed for _, closed in made]
    assert closings == sorted(closings)
    # The restarts of one morning make the same edition.
    assert all(
        close_of(None, at(day, time(6, 15), place) + timedelta(hours=hours), place)[0] == day
        for day in days for hours in (0.5, 1, 6)
    )  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_a_past_day_ends_where_the_next_begins(zone: str) -> None:
    """No moment belongs to two days or to none, also where midnight itself is skipped."""
    place = ZoneInfo(zone)
    now = at(FIRST + timedelta(days=500), time(6, 15), place)
    for number in range(400):
        day = FIRST + timedelta(days=number)
        _, closed = close_of(day, now, place)
        assert (closed - timedelta(microseconds=1)).astimezone(place).date() == day
        assert closed.astimezone(place).date() == day + timedelta(days=1)


def test_missed_days_are_made_up_for_by_one_edition() -> None:
    """The host was off for a week: the timer rings once, and today's edition is made."""
    place = ZoneInfo("Europe/Paris")
    day, closed = close_of(None, at(FIRST + timedelta(days=7), time(9), place), place)
    assert (day, closed) == (FIRST + timedelta(days=7), at(day, time(9), place))
