"""What was read long ago leaves the store; nothing that was let go of comes back as news."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from deliver_cases import NOW, edition, everything, freeze, readers, send
from smtp_server import Server

from pipeline.errors import InputError
from pipeline.model import Article, Entry, Feed, FeedState, Story, Triage
from pipeline.store import Forgotten, Remembered, Store
from pipeline.store.forgetting import PIECE

FEED = Feed(url="https://outlet.example.org/feed", name="Outlet")
OTHER = Feed(url="https://other.example.org/feed", name="Other")
LONG_AGO = NOW - timedelta(days=200)
BEFORE = NOW - timedelta(days=90)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as store:
        yield store


def entry(name: str, seen: datetime = LONG_AGO, *, feed: Feed = FEED, **changes: object) -> Entry:
    """An item without a date, as many feeds have them: only being known keeps it from being news."""
    base = Entry(
        id=f"{feed.name}-{name}", feed=feed.url, guid=name, url=f"{feed.url}/{name}", title=f"News {name}",
        content="<p>" + "Words. " * 200, first_seen=seen,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def article(name: str, published: datetime = LONG_AGO, **changes: object) -> Article:
    base = Article(
        id=name, feed=FEED.url, url=f"{FEED.url}/{name}", title=f"News {name}", published=published,
        first_seen=published, labels=("disclosure",), vector=b"1234",
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def poll(store: Store, *entries: Entry, feed: Feed = FEED) -> int:
    """New items of one look at the feed."""
    return store.save_poll(FeedState(feed=feed), entries)


def test_an_old_entry_goes_with_its_verdict_and_a_young_one_stays(store: Store) -> None:
    old, young = entry("old"), entry("young", BEFORE)
    poll(store, old, young)
    store.save_triage([Triage(entry=item.id, score=0.5, passed=True, reason="topic") for item in (old, young)])

    assert store.forget(BEFORE, now=NOW) == Forgotten(entries=1)

    assert store.entries([old.id, young.id]) == [young]
    assert [verdict.entry for verdict in store.triage_between(LONG_AGO, NOW)] == [young.id]
    assert store.holdings().names == 1
    assert store.forget(BEFORE, now=NOW) == Forgotten()


@pytest.mark.parametrize(
    "again",
    [
        pytest.param({}, id="as it was"),
        pytest.param({"title": "News, corrected"}, id="under another title"),
        pytest.param({"id": "Outlet-renumbered", "guid": "n"}, id="under another guid"),
    ],
)
def test_a_feed_that_still_lists_a_forgotten_entry_brings_no_news(store: Store, again: dict[str, object]) -> None:
    poll(store, entry("old"))
    store.forget(BEFORE, now=NOW)

    assert poll(store, entry("old", NOW, **again), entry("new", NOW)) == 1
    assert [found.guid for found in store.entries_to_triage(LONG_AGO)] == ["new"]


def test_entries_of_two_feeds_are_told_apart(store: Store) -> None:
    poll(store, entry("same"))
    store.forget(BEFORE, now=NOW)

    assert poll(store, entry("same", NOW, feed=OTHER), feed=OTHER) == 1


def test_what_a_feed_lists_for_years_stays_known(store: Store) -> None:
    poll(store, entry("old"))
    store.forget(BEFORE, now=NOW)

    for days in range(0, 1500, 20):
        assert poll(store, entry("old", NOW + timedelta(days=days))) == 0


def test_a_feed_that_was_away_or_empty_for_years_has_no_news(store: Store) -> None:
    """Unchanged ("304") as well as empty: both look like no entries. Only what it lists in the end can tell."""
    poll(store, entry("old"))
    store.forget(BEFORE, now=NOW)
    poll(store)

    assert poll(store, entry("old", NOW + timedelta(days=1500)), entry("new", NOW + timedelta(days=1500))) == 1


def test_what_a_feed_has_ceased_to_list_is_no_longer_known_after_a_year(store: Store) -> None:
    """Else the names would be more every day."""
    poll(store, entry("old"), entry("gone"))
    store.forget(BEFORE, now=NOW)
    assert store.holdings().names == 2

    for days in range(0, 400, 20):
        poll(store, entry("old", NOW + timedelta(days=days)))

    assert store.holdings().names == 1


def test_a_closed_story_goes_with_its_articles_and_an_open_one_keeps_all_of_its(store: Store) -> None:
    ended = [article("a"), article("b", LONG_AGO + timedelta(days=1))]
    lasting = [article("c"), article("d", BEFORE)]
    lone = article("e", labels=())
    store.save_articles([*ended, *lasting, lone])
    open_story = Story(id="open", articles=tuple(lasting))
    store.save_stories([Story(id="closed", articles=tuple(ended)), open_story])

    assert store.forget(BEFORE, now=NOW) == Forgotten(articles=3)

    assert store.known_stories(LONG_AGO) == [open_story]
    assert store.articles(["a", "b", "c", "d", "e"]) == lasting
    assert store.story("closed") is None


def test_an_article_of_long_ago_that_was_read_lately_stays(store: Store) -> None:
    late = article("late", LONG_AGO, first_seen=NOW)
    store.save_articles([late])

    assert not store.forget(BEFORE, now=NOW)
    assert store.article("late") == late


def test_what_readers_were_shown_is_known_while_the_story_is_open(store: Store) -> None:
    """Under the name of a story that became part of it, too."""
    day = date(2026, 5, 1)
    store.save_articles([article("a"), article("b", NOW)])
    lasting = Story(id="open", articles=(article("b", NOW),), aliases=("was",))
    store.save_stories([Story(id="closed", articles=(article("a"),)), lasting])
    made = replace(edition(), id="2026-05-01-en", day=day)
    told = {"closed": {"n": 1}, "open": {"n": 2}, "was": {"n": 3}, "vanished": {"n": 4}}
    store.freeze(made, {}, shown=told, now=LONG_AGO)
    assert store.shown(list(told), language="en") == told

    assert store.forget(BEFORE, now=NOW) == Forgotten(articles=1, shown=2)

    assert store.shown(list(told), language="en") == {"open": {"n": 2}, "was": {"n": 3}}
    assert store.edition(made.id) == made


def test_an_editors_words_stay_and_a_machines_go(store: Store) -> None:
    def line(key: str, *, is_corrected: bool) -> Remembered:
        return Remembered(
            key=key, source="fr", target="en", text="Bonjour.", translation="Good morning.", engine="argos",
            is_corrected=is_corrected, changed=LONG_AGO,
        )  # fmt: skip

    lines = [line("machine", is_corrected=False), line("editor", is_corrected=True)]
    store.memory_put_many(lines, now=LONG_AGO)
    store.memory_put_many([line("young", is_corrected=False)], now=BEFORE)
    store.add_decision("merge", {"stories": ["a", "b"]}, now=LONG_AGO)

    assert store.forget(BEFORE, now=NOW) == Forgotten(translations=1)

    assert {item.key for item in store.memory_items()} == {"editor", "young"}
    assert len(store.decisions()) == 1


def test_the_log_of_the_runs_ends_there_too(store: Store) -> None:
    for moment in (LONG_AGO, BEFORE, NOW):
        store.finish_run(store.start_run(now=moment), now=moment, report={})

    assert store.forget(BEFORE, now=NOW) == Forgotten(runs=1)
    assert [run.started for run in store.runs()] == [NOW, BEFORE]


def test_readers_editions_and_deliveries_are_left_alone(store: Store, url: str) -> None:
    with Server() as server:
        readers(store, 2)
        send(store, freeze(store), server.port)
    store.suppress("0f", "complaint", now=NOW)
    before = everything(url)
    assert "reader0001@example.org" in before
    store.forget(NOW + timedelta(days=9000), now=NOW)

    assert everything(url) == before


def test_a_days_work_has_a_bound_and_the_rest_is_done_later(store: Store) -> None:
    count = 2 * PIECE + 3
    poll(store, *(entry(str(number)) for number in range(count)))
    store.save_articles([article(str(number)) for number in range(count)])

    assert store.forget(BEFORE, now=NOW, most=PIECE) == Forgotten(entries=PIECE, articles=PIECE)
    assert store.forget(BEFORE, now=NOW) == Forgotten(entries=count - PIECE, articles=count - PIECE)
    assert store.holdings().names == count


class _KillError(Exception):
    pass


@pytest.mark.parametrize(
    "point", [f"forget {what}: {when}" for what in ("entries", "articles", "shown", "memory", "runs")
              for when in ("before", "written", "committed")]
)  # fmt: skip
def test_a_killed_cleaning_is_ended_by_the_next_one(url: str, point: str) -> None:
    """Wherever it stops: known is known, and a story has its articles or is gone."""
    with Store.open(url) as store:
        poll(store, entry("old"))
        store.save_articles([article("a"), article("b", NOW)])
        store.save_stories([Story(id="closed", articles=(article("a"),))])
        store.freeze(replace(edition(), day=date(2026, 5, 1)), {}, shown={"closed": {}}, now=LONG_AGO)
        line = Remembered(key="k", source="fr", target="en", text="a", translation="b", engine="e", changed=LONG_AGO)
        store.memory_put_many([line], now=LONG_AGO)
        store.start_run(now=LONG_AGO)

    def kill(name: str) -> None:
        if name == point:
            raise _KillError

    with Store.open(url, at=kill) as store, pytest.raises(_KillError):
        store.forget(BEFORE, now=NOW)
    with Store.open(url) as store:
        assert poll(store, entry("old", NOW)) == 0
        store.forget(BEFORE, now=NOW)
        assert poll(store, entry("old", NOW)) == 0
        assert store.article("a") is None
        assert store.holdings().rows | {"editions": 0} == dict.fromkeys(store.holdings().rows, 0) | {"articles": 1}
        assert store.shown(["closed"], language="en") == {}


def test_cleaning_is_quick_beside_much_that_stays(store: Store) -> None:
    """A day's share leaves within seconds of a store that has months of it."""
    poll(store, *(entry(str(number), LONG_AGO + timedelta(hours=number // 50)) for number in range(20_000)))
    started = time.perf_counter()
    gone = store.forget(LONG_AGO + timedelta(days=1), now=NOW)

    assert gone.entries == 1200
    assert time.perf_counter() - started < 5


def test_space_is_used_again_and_can_be_given_back(store: Store, url: str) -> None:
    """The file does not grow while it has room, and `give_back` makes it small; a server does that itself."""
    poll(store, *(entry(str(number)) for number in range(2000)))
    full = store.holdings()
    store.forget(BEFORE, now=NOW)
    emptied = store.holdings()
    poll(store, *(entry(f"n{number}", NOW) for number in range(1500)))

    if url.startswith("postgresql"):
        with pytest.raises(InputError, match="autovacuum"):
            store.give_back()
        return
    assert full.free_bytes < emptied.free_bytes < emptied.size_bytes
    assert store.holdings().size_bytes <= emptied.size_bytes
    store.forget(NOW + timedelta(days=1), now=NOW)
    store.give_back()
    assert store.holdings().size_bytes < full.size_bytes / 3
    assert store.holdings().free_bytes == 0
    assert poll(store, entry("1", NOW)) == 0


def test_a_story_is_found_by_its_id_and_by_one_that_it_has_swallowed(store: Store) -> None:
    told = Story(id="new", articles=(article("a"),), aliases=('it\'s "old" 100%_',))
    other = Story(id="other", articles=(article("b"),))
    store.save_articles([article("a"), article("b")])
    store.save_stories([told, other])

    assert store.story("new") == told
    assert store.story(told.aliases[0]) == told
    assert store.story("other") == other
    assert store.story("ol") is None
    assert store.story("disclosure") is None
