"""Polling: who is asked, with what, what is kept; discovery of feeds; pages of entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fetch_server import Answer, Seen, Server

from pipeline.errors import FetchError, ParseError
from pipeline.fetch.feeds import FeedResult, discover, poll
from pipeline.fetch.http import Http
from pipeline.fetch.pages import fetch_pages
from pipeline.model import Entry, Feed, FeedState, Page

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><id>f</id><updated>2026-11-23T10:00:00Z</updated>
<entry><id>1</id><title>One</title><link href="/one"/><updated>2026-11-23T10:00:00Z</updated></entry></feed>"""


def door() -> Http:
    return Http(allow_private=True, host_delay=0, deadline=10)


def state(url: str, **values: Any) -> FeedState:
    return FeedState(feed=Feed(url=url, name="F"), **values)


def one(
    server: Server, path: str, now: datetime = NOW, *, min_interval: timedelta = timedelta(0), **values: Any
) -> FeedResult:
    with door() as http:
        (result,) = poll([state(server.url(path), **values)], http, now=now, min_interval=min_interval)
    return result


def test_a_first_poll_brings_entries_and_validators() -> None:
    """What the server sent is in the new state, byte for byte."""
    headers = {"ETag": 'W/"a b"', "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}
    with Server({"/f": Answer(ATOM, headers=headers)}) as server, door() as http:
        (result,) = poll([state(server.url("/f"), failures=3)], http, now=NOW, min_interval=HOUR)

    assert (result.status, result.error) == ("ok", None)
    assert [entry.url for entry in result.entries] == [server.url("/one")]
    assert (result.state.etag, result.state.last_modified) == ('W/"a b"', "Mon, 23 Nov 2026 10:00:00 GMT")
    assert (result.state.not_before, result.state.failures) == (NOW + HOUR, 0)


def test_an_unchanged_feed_is_not_parsed_and_keeps_its_validators() -> None:
    """The second poll is conditional; 304 brings nothing and forgets nothing."""

    def route(seen: Seen) -> Answer:
        is_known = seen.headers.get("if-none-match") == '"v1"'
        return (
            Answer(status=304, headers={"Content-Length": None}) if is_known else Answer(ATOM, headers={"ETag": '"v1"'})
        )

    with Server({"/f": route}) as server, door() as http:
        (first,) = poll([state(server.url("/f"))], http, now=NOW)
        (second,) = poll([first.state], http, now=NOW)

    assert (second.status, second.entries) == ("not modified", ())
    assert second.state == first.state


def test_nobody_is_asked_before_the_time() -> None:
    """Neither within the hour nor during a Retry-After."""
    with Server({"/f": Answer(ATOM)}) as server:
        waiting = one(server, "/f", not_before=NOW + timedelta(seconds=1), etag='"v"')
        asked = one(server, "/f", not_before=NOW)

    assert (waiting.status, waiting.state.etag) == ("waiting", '"v"')
    assert asked.status == "ok"
    assert len(server.seen) == 1


def test_a_clock_that_was_wrong_parks_no_feed_for_years() -> None:
    """A run at a date to come wrote when to ask again; once the clock is right nobody has asked for such a pause."""
    with Server({"/f": Answer(ATOM)}) as server:
        longest = one(server, "/f", not_before=NOW + timedelta(days=31))
        absurd = one(server, "/f", not_before=NOW + timedelta(days=400))
        patient = one(server, "/f", not_before=NOW + timedelta(days=50), min_interval=timedelta(days=60))

    assert [result.status for result in (longest, absurd, patient)] == ["waiting", "ok", "waiting"]


def test_who_waits_keeps_nobody_else_waiting() -> None:
    """A feed that is not due is passed over; the ones behind it are asked."""
    with Server({"/a": Answer(ATOM), "/b": Answer(ATOM), "/c": Answer(ATOM)}) as server, door() as http:
        states = [state(server.url("/a"), not_before=NOW + HOUR), state(server.url("/b")), state(server.url("/c"))]
        results = {result.state.feed.url: result for result in poll(states, http, now=NOW)}

    assert [results[item.feed.url].status for item in states] == ["waiting", "ok", "ok"]
    assert {result.state.not_before for result in results.values()} == {NOW + HOUR, None}
    assert sorted(server.paths()) == ["/b", "/c"]


def test_both_validators_go_back_byte_for_byte() -> None:
    """With what a feed reader accepts; a 304 replaces the validators it brings and keeps the other."""
    known = {"etag": 'W/"a b"', "last_modified": "Mon, 23 Nov 2026 10:00:00 GMT"}
    routes = {
        "/same": Answer(status=304, headers={"Content-Length": None}),
        "/tag": Answer(status=304, headers={"Content-Length": None, "ETag": '"new"'}),
        "/date": Answer(status=304, headers={"Content-Length": None, "Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT"}),
    }
    with Server(routes) as server:
        same, tag, date = (one(server, path, **known).state for path in routes)

    assert server.seen[0].headers["if-none-match"] == known["etag"]
    assert server.seen[0].headers["if-modified-since"] == known["last_modified"]
    assert server.seen[0].headers["accept"].startswith("application/atom+xml, application/rss+xml")
    assert (same.etag, same.last_modified) == (known["etag"], known["last_modified"])
    assert (tag.etag, tag.last_modified) == ('"new"', known["last_modified"])
    assert (date.etag, date.last_modified) == (known["etag"], "Tue, 24 Nov 2026 10:00:00 GMT")


@pytest.mark.parametrize(("length", "is_kept"), [(1000, True), (1001, False)])
def test_an_endless_validator_is_not_kept(length: int, is_kept: bool) -> None:
    """It would be sent with every request from then on."""
    tag = f'"{"x" * (length - 2)}"'
    with Server({"/f": Answer(ATOM, headers={"ETag": tag})}) as server:
        assert one(server, "/f").state.etag == (tag if is_kept else None)


def test_retry_after_parks_a_feed() -> None:
    """A day means a day: at the next run no request is made."""
    with Server({"/f": Answer(status=503, headers={"Retry-After": "86400"})}) as server:
        result = one(server, "/f")
        again = one(server, "/f", now=NOW + timedelta(hours=23), not_before=result.state.not_before)

    assert isinstance(result.error, FetchError)
    assert result.state.not_before == NOW + timedelta(days=1)
    assert again.status == "waiting"
    assert len(server.seen) == 1


def test_a_feed_that_is_gone_says_so() -> None:
    """410 is parked for a month."""
    with Server({"/f": Answer(status=410)}) as server:
        result = one(server, "/f")

    assert result.status == "gone"
    assert result.state.not_before == NOW + timedelta(days=31)


def pauses(server: Server, path: str, *failures: int, min_interval: timedelta = HOUR) -> list[timedelta]:
    """How long the feed is left alone after so many failures, and one more."""
    results = [one(server, path, failures=count, min_interval=min_interval) for count in failures]
    return [result.state.not_before - NOW for result in results if result.state.not_before]


def test_failures_back_off_up_to_a_day() -> None:
    """An hour, two, four …; a run every morning still asks every morning."""
    with Server({"/f": Answer(status=500)}) as server:
        assert pauses(server, "/f", 0, 1, 2, 4, 5, 40) == [HOUR, 2 * HOUR, 4 * HOUR, 16 * HOUR, 23 * HOUR, 23 * HOUR]
        assert pauses(server, "/f", 0, 1, min_interval=timedelta(0)) == [timedelta(minutes=5), timedelta(minutes=10)]
        assert pauses(server, "/f", 0, 1, min_interval=48 * HOUR) == [48 * HOUR, 48 * HOUR]


def test_an_answer_that_is_no_feed_backs_off_as_an_error_does() -> None:
    with Server({"/f": Answer(b"<html><body>Sorry")}) as server:
        assert pauses(server, "/f", 0, 1) == [HOUR, 2 * HOUR]


def test_a_server_that_was_not_reached_is_looked_for_sooner() -> None:
    """Nobody was bothered: a morning without network is made up for as soon as there is one."""
    with Server({}) as server:
        pass
    assert pauses(server, "/f", 0, 1, 3, 40) == [timedelta(minutes=minutes) for minutes in (1, 2, 8, 23 * 60)]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_may_ask_for_more_and_not_for_less(status: int) -> None:
    """Retry-After lengthens the pause; ten seconds, asked for every time, are no leave to hammer."""
    routes = {
        "/long": Answer(status=status, headers={"Retry-After": "18000"}),
        "/short": Answer(status=status, headers={"Retry-After": "10"}),
    }
    with Server(routes) as server:
        assert pauses(server, "/long", 0, 1, 3) == [5 * HOUR, 5 * HOUR, 8 * HOUR]
        assert pauses(server, "/short", 0, 1, 3) == [HOUR, 2 * HOUR, 8 * HOUR]


@pytest.mark.parametrize("answer", [
    Answer(b"<html><body>Sorry", headers={"ETag": '"new"'}),
    Answer(ATOM[:200], headers={"ETag": '"new"', "Content-Length": "5000"}),
    Answer(status=404, headers={"ETag": '"new"'}),
])  # fmt: skip
def test_what_failed_leaves_the_validators_alone(answer: Answer) -> None:
    """Otherwise the next poll would be told that nothing is new."""
    with Server({"/f": answer}) as server:
        result = one(server, "/f", etag='"old"')

    assert result.status == "failed"
    assert (result.state.etag, result.state.failures) == ('"old"', 1)
    assert isinstance(result.error, (FetchError, ParseError))
    assert result.error.feed == result.state.feed.url


def test_a_page_instead_of_a_feed_is_named() -> None:
    """The report says what came."""
    with Server({"/f": Answer(b"<html><head></head><body>Hi")}) as server:
        result = one(server, "/f")

    assert "HTML page instead of a feed" in str(result.error)


def test_a_moved_feed_is_reported() -> None:
    """The editor learns the new address."""
    routes = {"/old": Answer(status=301, headers={"Location": "/new"}), "/new": Answer(ATOM)}
    with Server(routes) as server:
        result = one(server, "/old")

    assert result.moved_to == server.url("/new")
    assert result.state.feed.url == server.url("/old")


@pytest.mark.parametrize(("title", "charset"), [("Décision", "iso-8859-1"), ("Решение суда", "windows-1251")])
def test_the_charset_of_the_header_counts(title: str, charset: str) -> None:
    """A feed that says nowhere else in which one it is."""
    body = f"<rss version='2.0'><channel><item><title>{title}</title></item></channel></rss>".encode(charset)
    with Server({"/f": Answer(body, headers={"Content-Type": f"text/xml; charset={charset}"})}) as server:
        assert one(server, "/f").entries[0].title == title


def test_the_same_feed_twice_is_asked_once() -> None:
    """One request, a result for each state."""
    with Server({"/f": Answer(ATOM)}) as server, door() as http:
        results = list(poll([state(server.url("/f")), state(server.url("/f"), failures=1)], http, now=NOW))

    assert [result.status for result in results] == ["ok", "ok"]
    assert len(server.seen) == 1


def test_discovery() -> None:
    """Feeds that a page names, a feed itself, and neither."""
    page = b"""<html><head><base href="/sub/"><link rel="alternate" type="application/rss+xml" title="News" href="rss">
    <link rel="alternate" type="application/atom+xml" href="/atom"><link rel="alternate" hreflang="de" href="/de">
    <link rel="alternate" type="application/json" href="/wp-json/x"><link rel="stylesheet" type="text/xml" href="/x">
    <link rel="alternate" type="application/rss+xml" href="javascript:x">"""
    routes = {
        "/": Answer(page),
        "/atom": Answer(ATOM, headers={"Content-Type": "application/atom+xml"}),
        "/no": Answer(b"-"),
    }
    with Server(routes) as server, door() as http:
        found = discover(server.url("/"), http)
        itself = discover(server.url("/atom"), http)
        nothing = discover(server.url("/no"), http)
        with pytest.raises(FetchError):
            discover(server.url("/missing"), http)

    assert [(feed.url, feed.title) for feed in found] == [(server.url("/sub/rss"), "News"), (server.url("/atom"), None)]
    assert [(feed.url, feed.type) for feed in itself] == [(server.url("/atom"), "application/atom+xml")]
    assert nothing == []
    assert {seen.headers["accept"] for seen in server.seen} == {"text/html, application/xhtml+xml, */*;q=0.5"}


def entry(identity: str, url: str | None) -> Entry:
    return Entry(id=identity, feed="f", guid=None, url=url, title=identity, first_seen=NOW)


def test_pages_of_entries() -> None:
    """Every entry comes back once, with a page or an error; a shared address is fetched once."""
    routes = {
        "/a": Answer(b"<p>A</p>", headers={"Content-Type": "text/html; charset=utf-8"}),
        "/b": Answer(status=302, headers={"Location": "/a"}),
    }
    with Server(routes) as server, door() as http:
        a, b, missing = (server.url(path) for path in ("/a", "/b", "/missing"))
        entries = [entry("1", a), entry("2", b), entry("3", missing), entry("4", None), entry("5", a)]
        pages = {item.id: page for item, page in fetch_pages(entries, http)}

    page = Page(url=a, final_url=a, body=b"<p>A</p>", charset="utf-8", content_type="text/html")
    assert pages["1"] == pages["5"] == page
    assert pages["2"] == replace(page, url=b)
    assert isinstance(pages["3"], FetchError)
    assert pages["3"].status == 404
    assert isinstance(pages["4"], FetchError)
    assert sorted(server.paths()) == ["/a", "/a", "/b", "/missing"]
