"""Polling within a run: who is asked, what the report counts, what is known of a feed afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from fetch_server import Answer, Seen, Server

from pipeline.config import load_config
from pipeline.fetch.http import Http
from pipeline.model import Article
from pipeline.progress import LogProgress
from pipeline.run.gather import fetch_articles, poll_feeds, triage_entries
from pipeline.run.judge import judge_articles
from pipeline.run.report import RunReport
from pipeline.run.shop import Shop
from pipeline.store import Store
from pipeline.vectors import Embedder, load_embedder

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def feed(*titles: str) -> bytes:
    items = "".join(f"<item><title>{title}</title><guid>{title}</guid></item>" for title in titles)
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def with_etag(seen: Seen) -> Answer:
    if seen.headers.get("if-none-match") == '"1"':
        return Answer(status=304)
    return Answer(feed("one", "two"), headers={"ETag": '"1"'})


def opened(folder: Path, store: Store, http: Http, *, now: datetime, embedder: Embedder) -> Shop:
    """What a run has at hand when it gathers, by the feeds.yaml of a folder."""
    return Shop(
        config=load_config(folder / "feeds.yaml", environ={}), store=store, http=http, executor=None,
        embedder=embedder, now=now, progress=LogProgress(), report=RunReport(day=now.date()),
        models=cast(Any, None),
    )  # fmt: skip


def polled(server: Server, folder: Path, *, minutes: float = 0, settings: str = "") -> RunReport:
    """The report of one polling of all feeds of a server."""
    feeds = "".join(f"  - {{url: '{server.url(path)}', name: '{path[1:]}'}}\n" for path in server.routes)
    (folder / "feeds.yaml").write_text(f"{settings}\nfeeds:\n{feeds}", encoding="utf-8")
    now = NOW + timedelta(minutes=minutes)
    with Store.open(folder / "digest.db") as store, Http(allow_private=True, host_delay=0) as http:
        shop = opened(folder, store, http, now=now, embedder=cast(Any, None))
        poll_feeds(shop)
        states = {state.feed.name: state.error for state in store.feed_states(shop.config.feeds)}
    assert {name for name, error in states.items() if error} == {"zebra", "bear"} & set(states)
    return shop.report


def test_what_a_polling_counts(tmp_path: Path) -> None:
    """News, silence, failures and moves, each once; a feed that is not due keeps what its last poll said."""
    moved = Answer(status=301, headers={"Location": "/ant"})
    routes = {"/zebra": Answer(status=404), "/ant": with_etag, "/bear": Answer(b"<html>", status=200), "/old": moved}
    with Server(routes) as server:
        first = polled(server, tmp_path)
        second = polled(server, tmp_path, minutes=1)
        third = polled(server, tmp_path, minutes=120)

    def counts(report: RunReport) -> tuple[int, ...]:
        return (report.feeds, report.new_entries, report.not_modified, report.waiting, report.unread)

    assert counts(first) == (4, 4, 0, 0, 2)
    assert [failure.name for failure in first.failures] == ["bear", "zebra"]
    assert first.moved == [f"old: {server.url('/ant')} ({server.url('/old')})"]
    assert counts(second) == (4, 0, 0, 4, 2)
    assert (second.failures, second.moved) == ([], [])
    assert counts(third) == (4, 0, 2, 0, 2)
    assert not any(report.is_silent for report in (first, second, third))


def test_a_run_is_silent_until_a_feed_is_read(tmp_path: Path) -> None:
    """Whether this run asked in vain or an earlier one, whose feeds are not due yet."""
    with Server({"/zebra": Answer(status=404), "/bear": Answer(b"no feed")}) as server:
        reports = [polled(server, tmp_path, minutes=minutes) for minutes in (0, 1)]

    assert [(report.waiting, len(report.failures), report.is_silent) for report in reports] == [
        (0, 2, True),
        (2, 0, True),
    ]
    assert not RunReport(day=NOW.date()).is_silent


def test_a_host_of_the_users_own_is_asked_every_time(tmp_path: Path) -> None:
    """Other people's are asked once an interval at most."""
    with Server({"/zebra": Answer(status=404), "/ant": with_etag}) as server:
        own = f"fetch: {{allow_private: ['127.0.0.1:{server.port}']}}"
        reports = [polled(server, tmp_path, minutes=minutes, settings=own) for minutes in (0, 1)]

    assert [(report.waiting, len(report.failures)) for report in reports] == [(0, 1), (0, 1)]
    assert len(server.seen) == 4


def test_what_is_older_than_the_window_is_not_read(tmp_path: Path) -> None:
    """It is judged once, without a look at its words."""
    old = b"<item><title>Old</title><guid>1</guid><pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate></item>"
    body = b'<rss version="2.0"><channel><title>T</title>' + old + b"</channel></rss>"
    with Server({"/ant": Answer(body)}) as server, Http(allow_private=True, host_delay=0) as http:
        (tmp_path / "feeds.yaml").write_text(f"feeds: ['{server.url('/ant')}']\n", encoding="utf-8")
        with Store.open(tmp_path / "digest.db") as store:
            shop = opened(tmp_path, store, http, now=NOW, embedder=load_embedder())
            poll_feeds(shop)
            triage_entries(shop)

            assert (shop.report.new_entries, shop.report.too_old, shop.report.off_topic) == (1, 1, 0)
            assert store.entries_to_triage(shop.since) == []
            assert store.entries_to_read(shop.since) == []


def test_a_feed_that_is_trusted_is_read_without_its_pages(tmp_path: Path) -> None:
    """`content: feed`: its own text is the article, and its site is not asked again; the pages of others are."""
    item = """<rss version="2.0"><channel><title>T</title><item><guid>{0}</guid><link>{1}</link>
<title>CVE-2026-100{0}: critical flaw in a mail server lets attackers run code, patched</title>
<description>The feed says that the mail server has a critical flaw, and that a patch is out since Monday.</description>
<pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>"""
    page = b"<html><body><article><p>The page says that a critical flaw in the mail server was patched.</p></article>"
    routes: dict[str, Any] = {"/1": Answer(page, headers={"Content-Type": "text/html"})}
    with Server(routes) as server, Http(allow_private=True, host_delay=0) as http:
        for number, path in enumerate(("/trusted", "/other")):
            routes[path] = Answer(item.format(number, server.url(f"/{number}")).encode())
        (tmp_path / "feeds.yaml").write_text(
            f"feeds:\n  - {{url: '{server.url('/trusted')}', content: feed}}\n  - '{server.url('/other')}'\n",
            encoding="utf-8",
        )
        with Store.open(tmp_path / "digest.db") as store:
            shop = opened(tmp_path, store, http, now=NOW, embedder=load_embedder())
            poll_feeds(shop)
            triage_entries(shop)
            fetch_articles(shop)
            read = store.articles_between(shop.since, NOW + timedelta(days=1), labels_only=False)

    assert sorted(path for path in server.paths() if path != "/robots.txt") == ["/1", "/other", "/trusted"]
    assert sorted(article.text.split(" that ")[0] for article in read) == ["The feed says", "The page says"]
    assert shop.report.pages_fetched == 1


def test_an_article_that_the_program_stumbles_over_ends_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are judged; it is named on one line, and tried again by the next run."""
    (tmp_path / "feeds.yaml").write_text("feeds: ['https://a.example.org/feed']\n", encoding="utf-8")
    words = "The maker of the mail server has patched it, and asks everybody to install the update."
    articles = [
        Article(
            id=str(number), feed="https://a.example.org/feed", url=f"https://a.example.org/{number}",
            title=f"Critical flaw number {number} in a mail server is patched", paragraphs=(words,),
            published=NOW, first_seen=NOW,
        )
        for number in range(3)
    ]  # fmt: skip

    def find(items: Sequence[Article]) -> list[Article]:
        if any(item.id == "1" for item in items):
            raise KeyError("eki\u0307m\n\x1b[31mred")
        return list(items)

    with Store.open(tmp_path / "digest.db") as store:
        store.save_articles(articles)
        told = []
        for _ in range(2):
            shop = Shop(
                config=load_config(tmp_path / "feeds.yaml", environ={}), store=store, http=None, executor=None,
                embedder=load_embedder(), now=NOW, progress=LogProgress(), report=RunReport(day=NOW.date()),
                models=cast(Any, None),
            )  # fmt: skip
            with monkeypatch.context() as patch:
                patch.setattr("pipeline.facts.find_facts", find)
                judge_articles(shop)
            told.append((shop.report.articles_read, list(shop.report.stumbled)))
        judge_articles(shop)
        read = store.articles_between(NOW, NOW + timedelta(days=1), labels_only=False)

    assert [count for count, _ in told] == [2, 0]
    for _, (line,) in told:
        assert line.startswith("https://a.example.org/1: KeyError: ")
        assert line.isprintable()
        assert "(test_run_gather.py:" in line
    assert [article.language for article in read] == ["en"] * 3
