"""The bench that lives through a year: its world is the same each time, and what it promises is noticed when broken."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest
from scripts import script

year = script("bench/year.py")
world_of = script("bench/year_world.py")
HOST = "readdresses.example.org"


def world(seed: int = 1) -> Any:
    return world_of.World(date(2027, 12, 1), seed)


def test_a_day_always_looks_the_same() -> None:
    """Whatever was asked before; and another seed makes another year."""
    first, again = world(), world()
    asked = [(outlet.host, day) for day in (9, 3) for outlet in world_of.OUTLETS]
    told = [first.answer(host, "/feed.xml", day) for host, day in asked]
    assert told == [again.answer(host, "/feed.xml", day) for host, day in asked]
    assert told != [world(2).answer(host, "/feed.xml", day) for host, day in asked]


def test_no_two_events_share_a_name() -> None:
    """Else one told twice would be no fault of the program."""
    events = [event for day in range(400) for event in world().events(day)]
    assert max(Counter(events).values()) == 1


@pytest.mark.parametrize(
    ("host", "day", "status"),
    [
        ("steady.example.org", 300, 200),
        ("moves.example.org", 40, 301),
        ("new.moves.example.org", 40, 200),
        ("closes.example.org", 59, 200),
        ("closes.example.org", 60, 410),
        ("elsewhere.example.org", 1, 404),
    ],
)
def test_sites_do_as_their_names_say(host: str, day: int, status: int) -> None:
    assert world().answer(host, "/feed.xml", day)[0] == status


def test_each_address_of_a_feed_has_its_page() -> None:
    """Also after the addresses have changed."""
    for day in (49, 50):
        addresses = re.findall(rf"<guid>http://{HOST}([^<]+)<", world().answer(HOST, "/feed.xml", day)[1])
        assert len(addresses) == world_of.LISTED
        assert {world().answer(HOST, path, day)[0] for path in addresses} == {200}
        assert {path[1] for path in addresses} == {"a" if day < 50 else "b"}


def books(**changes: Any) -> Any:
    values = {"seconds": [1.0] * 200, "memory_kb": [1000] * 200, "entries": [500] * 200, "size_kb": [900] * 200}
    return year.Books(**values | changes)


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, []),
        ({"stories": Counter(s1=2)}, ["a story was told as new twice"]),
        ({"wrong_mails": 1}, ["a reader did not get each edition once"]),
        ({"seconds": [1.0] * 150 + [2.0] * 50}, ["runs became slower"]),
        ({"memory_kb": [1000] * 150 + [1200] * 50}, ["memory grew"]),
        ({"entries": list(range(300, 500))}, ["the store keeps growing"]),
    ],
)
def test_a_broken_promise_is_named(changes: dict[str, Any], broken: list[str]) -> None:
    assert year.judge(books(**changes)) == broken


def test_the_machine_is_off_on_two_days_of_each_45() -> None:
    assert [day for day in range(90) if year.is_off(day)] == [30, 31, 75, 76]
