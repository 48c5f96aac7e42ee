"""Manners: what Retry-After asks for, and turns at other people's servers, on a clock of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from pipeline.fetch.politeness import Hosts, retry_after

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
T = TypeVar("T")


class _Loop(asyncio.SelectorEventLoop):
    """Nobody waits: when nothing is left to do, the time is that of the next timer."""

    now = 0.0

    def __init__(self) -> None:
        super().__init__()
        select = self._selector.select

        def leap(timeout: float | None = None) -> Any:
            self.now += timeout or 0.0
            return select(0)

        self._selector.select = leap  # type: ignore[method-assign]

    def time(self) -> float:
        return self.now


def on_own_clock(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(work)


async def starts(hosts: Hosts, *wanted: str, seconds: float = 0.0) -> list[float]:
    """When each request began that takes so many seconds; all are wanted at once."""

    async def request(host: str) -> float:
        async with hosts.turn(host):
            begun = asyncio.get_running_loop().time()
            await asyncio.sleep(seconds)
            return begun

    begun = await asyncio.gather(*map(request, wanted))
    return [round(moment, 3) for moment in begun]


def test_a_pause_lies_between_two_starts_at_one_host() -> None:
    hosts = Hosts(overall=9, per_host=9, delay=2.0)
    assert on_own_clock(starts(hosts, "a", "b", "a", "a", "b")) == [0.0, 0.0, 2.0, 4.0, 2.0]


def test_a_host_has_so_many_requests_at_once() -> None:
    hosts = Hosts(overall=9, per_host=2, delay=0.0)
    assert on_own_clock(starts(hosts, "a", "a", "a", "a", "b", seconds=5.0)) == [0.0, 0.0, 5.0, 5.0, 0.0]


def test_there_are_so_many_requests_at_once_in_all() -> None:
    hosts = Hosts(overall=1, per_host=9, delay=0.0)
    assert on_own_clock(starts(hosts, "a", "b", "c", seconds=3.0)) == [0.0, 3.0, 6.0]


def test_who_pauses_at_one_host_takes_no_place_of_others() -> None:
    hosts = Hosts(overall=1, per_host=9, delay=60.0)
    assert on_own_clock(starts(hosts, "a", "a", "b", seconds=1.0)) == [0.0, 60.0, 1.0]


def test_a_host_that_asked_to_be_left_alone_is() -> None:
    """The longest wish counts, and it ends."""

    async def asked() -> list[float]:
        hosts = Hosts(overall=9, per_host=9, delay=0.0)
        found = [hosts.closed_for("a")]
        hosts.close("a", 60.0)
        hosts.close("a", 10.0)
        found += [hosts.closed_for("a"), hosts.closed_for("b")]
        await asyncio.sleep(45.0)
        found.append(hosts.closed_for("a"))
        await asyncio.sleep(30.0)
        return [*found, hosts.closed_for("a")]

    assert on_own_clock(asked()) == [0.0, 60.0, 0.0, 15.0, 0.0]


async def left_alone(*wishes: float) -> list[tuple[float, float]]:
    """The moment of a turn after each wish of the host, and how long it is still closed then."""
    hosts = Hosts(overall=1, per_host=1, delay=1.0)
    found = []
    for seconds in wishes:
        async with hosts.turn("a"):
            found.append((asyncio.get_running_loop().time(), hosts.closed_for("a")))
            hosts.close("a", seconds)
    async with hosts.turn("a"):
        found.append((asyncio.get_running_loop().time(), hosts.closed_for("a")))
    return found


@pytest.mark.parametrize(("wishes", "turns"), [
    ((), [(0.0, 0.0)]),
    ((20.0,), [(0.0, 0.0), (20.0, 0.0)]),
    ((0.5,), [(0.0, 0.0), (1.0, 0.0)]),
    ((60.0,), [(0.0, 0.0), (60.0, 0.0)]),
    ((60.5,), [(0.0, 0.0), (1.0, 59.5)]),
    ((40.0, 20.0), [(0.0, 0.0), (40.0, 0.0), (60.0, 0.0)]),
    ((40.0, 30.0), [(0.0, 0.0), (40.0, 0.0), (41.0, 29.0)]),
    ((86400.0,), [(0.0, 0.0), (1.0, 3599.0)]),
], ids=str)  # fmt: skip
def test_a_host_is_waited_for_a_minute_in_all(wishes: tuple[float, ...], turns: list[tuple[float, float]]) -> None:
    """Whoever asks for more gets no request for as long as it asks, an hour at most."""
    assert on_own_clock(left_alone(*wishes)) == turns


def test_who_waits_for_a_host_keeps_its_pauses_and_nobody_else() -> None:
    """Those who waited start one after the other; a wish that two answers told counts once."""

    async def all_at_once() -> list[float]:
        hosts = Hosts(overall=1, per_host=2, delay=2.0)
        hosts.close("a", 50.0)
        hosts.close("a", 50.0)
        return await starts(hosts, "a", "a", "a", "b")

    assert on_own_clock(all_at_once()) == [50.0, 52.0, 54.0, 0.0]


def test_a_host_that_closes_meanwhile_is_waited_for_too() -> None:
    """A request that stood in its pause when another was told to wait."""

    async def in_its_pause() -> list[float]:
        hosts = Hosts(overall=9, per_host=9, delay=2.0)
        async with hosts.turn("a"):
            waiting = asyncio.ensure_future(starts(hosts, "a", "a"))
            await asyncio.sleep(1.0)
            hosts.close("a", 30.0)
        return await waiting

    assert on_own_clock(in_its_pause()) == [31.0, 33.0]


@pytest.mark.parametrize(("value", "seconds"), [
    ("120", 120), (" 0 ", 0), ("99999999999999999999", 31 * 86400), ("Mon, 23 Nov 2026 13:00:00 GMT", 3600),
    ("Mon, 23 Nov 2026 15:00:00 +0200", 3600), ("Mon, 23 Nov 2026 13:00:00 -0000", 3600),
    ("Sun, 22 Nov 2026 13:00:00 GMT", 0), ("Fri, 31 Dec 9999 23:59:59 GMT", 31 * 86400), ("soon", None), ("", None),
    (None, None), ("-5", None), ("1.5", None), ("٣", None),
])  # fmt: skip
def test_retry_after_is_read_in_both_forms(value: str | None, seconds: float | None) -> None:
    """Seconds and HTTP date, at most 31 days, nothing from nonsense."""
    assert retry_after(value, now=NOW) == seconds
