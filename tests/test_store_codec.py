"""What is written is read back."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import model
from pipeline.store import codec

NOUNS = [kind for kind in vars(model).values() if isinstance(kind, type) and dataclasses.is_dataclass(kind)]

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(float, st.floats(allow_nan=False))


@pytest.mark.parametrize("kind", NOUNS, ids=lambda kind: kind.__name__)
def test_every_noun_round_trips(kind: type) -> None:
    """Store then load gives the same value, whatever is in it."""

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_type(kind))
    def check(value: object) -> None:
        text = codec.dumps(value)
        assert codec.loads(kind, text) == value
        assert "\n" not in text

    check()


def test_time_order_is_text_order() -> None:
    times = [datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)]
    times.append(times[1] + timedelta(microseconds=1))
    assert sorted(map(codec.encode_time, times)) == list(map(codec.encode_time, sorted(times)))


def test_time_of_another_zone_becomes_utc_and_naive_is_refused() -> None:
    east = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert codec.encode_time(east) == "2025-12-31T23:00:00.000000Z"
    with pytest.raises(ValueError, match="time zone"):
        codec.encode_time(datetime(2026, 1, 1))


def test_lone_surrogate_and_nul_survive() -> None:
    value = model.Triage(entry="\ud800\x00", score=0.0, passed=False, reason="no text")
    text = codec.dumps(value)
    assert "\x00" not in text
    text.encode()
    assert codec.loads(model.Triage, text) == value


def test_unknown_keys_are_ignored_and_missing_ones_refused() -> None:
    data = codec.to_data(model.Feed(url="u", name="n"))
    assert codec.from_data(model.Feed, data | {"colour": "red"}) == model.Feed(url="u", name="n")
    with pytest.raises(ValueError, match="Feed"):
        codec.from_data(model.Feed, {"url": "u"})


def test_dates_durations_and_bytes() -> None:
    @dataclasses.dataclass(frozen=True)
    class Mixed:
        day: date
        span: timedelta
        raw: bytes
        pair: tuple[int, str]
        maybe: date | None = None

    value = Mixed(date(2026, 1, 2), timedelta(minutes=3), b"\x00\xff", (1, "a"))
    codec._fields.cache_clear()
    globals()["Mixed"] = Mixed
    assert codec.loads(Mixed, codec.dumps(value)) == value
    with pytest.raises(TypeError):
        codec.dumps({"x": object()})
