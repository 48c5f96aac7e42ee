"""Polling feeds: who is asked, with which validators, what came of it and when to ask again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pipeline.errors import FeedError, FetchError, ParseError
from pipeline.fetch.decode import decode
from pipeline.fetch.discovery import DiscoveredFeed, feed_links
from pipeline.fetch.http import Http, Request, Response
from pipeline.fetch.messages import content_type as split_content_type
from pipeline.fetch.parser import parse
from pipeline.fetch.politeness import LONGEST_WAIT
from pipeline.model import Entry, Feed, FeedState

__all__ = ["DiscoveredFeed", "FeedResult", "discover", "parse_feed", "poll"]

FeedStatus = Literal["ok", "not modified", "waiting", "failed", "gone"]

#: First pause after a failure; doubled each time. A server that answered is owed the usual interval at least; shorter
#: when none was reached: then nobody was bothered.
_BACK_OFF = timedelta(minutes=5)
_BACK_OFF_UNREACHED = timedelta(minutes=1)
#: A little less than a day: a run every morning asks every morning, be it some minutes earlier than yesterday's.
_LONGEST_BACK_OFF = timedelta(hours=23)
#: A feed that is gone is looked for again once a month, in case it was a mistake.
_GONE = LONGEST_WAIT
_LONGEST_VALIDATOR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedResult:
    """What one poll of one feed brought."""

    #: To be kept in the same transaction as the entries.
    state: FeedState
    entries: tuple[Entry, ...] = ()
    status: FeedStatus
    error: FeedError | None = None
    #: Where the feed has moved for good, a hint for the editor of feeds.yaml.
    moved_to: str | None = None


def poll(
    states: Sequence[FeedState], http: Http, *, now: datetime, min_interval: timedelta = timedelta(0)
) -> Iterator[FeedResult]:
    """Ask every feed whose time has come; results come as the answers do, one for each state.

    Args:
        now: Time of this poll, aware UTC.
        min_interval: A feed whose server answered, be it with an error, is not asked again before this has passed.

    A time further away than anybody may ask for was written by a clock that was wrong, and does not count.
    """
    due: dict[Request, list[FeedState]] = {}
    for state in states:
        if state.not_before is not None and now < state.not_before <= now + max(LONGEST_WAIT, min_interval):
            yield FeedResult(state=state, status="waiting")
            continue
        request = Request(url=state.feed.url, etag=state.etag, last_modified=state.last_modified, kind="feed")
        due.setdefault(request, []).append(state)
    for request, answer in http.fetch_many(due):
        for state in due[request]:
            yield _result(state, answer, now=now, min_interval=min_interval)


def parse_feed(
    body: bytes, *, feed: Feed, base_url: str, content_type: str | None, now: datetime, charset: str | None = None
) -> list[Entry]:
    """The entries of a feed document (RSS, RDF, Atom or JSON Feed), newest first.

    Args:
        base_url: Address the document came from; relative links start there.
        content_type: Content-Type header or media type; a charset in it counts unless `charset` is given.
        now: First-seen time of the entries; later dates are clamped to it.
    Raises:
        ParseError: It is no feed, or so broken that no entry can be read.
    """
    media_type, named = split_content_type({"content-type": content_type or ""})
    return parse(body, feed=feed, base_url=base_url, content_type=media_type, charset=charset or named, now=now)


def discover(url: str, http: Http) -> list[DiscoveredFeed]:
    """Feeds that the page at `url` names; the address itself when it is a feed; empty when there is none.

    Raises:
        FetchError: The address cannot be fetched.
    """
    answer = http.fetch(Request(url=url, kind="feed", accept="text/html, application/xhtml+xml, */*;q=0.5"))
    links = feed_links(decode(answer.body, answer.charset), answer.final_url)
    if links:
        return links
    try:
        now = datetime.fromisoformat("2000-01-01T00:00:00+00:00")  # the entries are thrown away
        _entries(answer, Feed(url=url, name=url), now)
    except ParseError:
        return []
    return [DiscoveredFeed(url=answer.moved_permanently_to or url, type=answer.content_type)]


def _result(state: FeedState, answer: Response | FetchError, *, now: datetime, min_interval: timedelta) -> FeedResult:
    if isinstance(answer, FetchError):
        return _failure(state, answer, now, min_interval)
    is_unchanged = answer.status == 304
    try:
        entries = () if is_unchanged else tuple(_entries(answer, state.feed, now))
    except ParseError as error:
        return _failure(state, error, now, min_interval)
    etag, last_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    if is_unchanged:  # a 304 may leave out what has not changed
        etag, last_modified = etag or state.etag, last_modified or state.last_modified
    kept = replace(
        state,
        etag=_validator(etag),
        last_modified=_validator(last_modified),
        not_before=now + min_interval if min_interval else None,
        failures=0,
    )
    status: FeedStatus = "not modified" if is_unchanged else "ok"
    return FeedResult(state=kept, entries=entries, status=status, moved_to=answer.moved_permanently_to)


def _entries(answer: Response, feed: Feed, now: datetime) -> list[Entry]:
    return parse(
        answer.body,
        feed=feed,
        base_url=answer.final_url,
        content_type=answer.content_type,
        charset=answer.charset,
        now=now,
    )


def _failure(state: FeedState, error: FeedError, now: datetime, min_interval: timedelta) -> FeedResult:
    """Validators stay: what was read last is still the last that was read."""
    failures = state.failures + 1
    is_gone = isinstance(error, FetchError) and error.status == 410
    pause = _GONE if is_gone else _back_off(error, failures, min_interval)
    kept = replace(state, not_before=now + pause, failures=failures)
    return FeedResult(state=kept, status="gone" if is_gone else "failed", error=error)


def _back_off(error: FeedError, failures: int, min_interval: timedelta) -> timedelta:
    """How long to leave a feed alone after so many failures in a row; what its server asks for makes it longer only."""
    was_reached = not isinstance(error, FetchError) or error.status is not None
    first = max(_BACK_OFF, min_interval) if was_reached else _BACK_OFF_UNREACHED
    doubled = first * (1 << min(failures - 1, 20))
    pause = min(doubled, max(first, _LONGEST_BACK_OFF))
    asked = error.retry_after if isinstance(error, FetchError) else None
    return pause if asked is None else max(pause, timedelta(seconds=asked))


def _validator(value: str | None) -> str | None:
    return value if value and len(value) <= _LONGEST_VALIDATOR else None
