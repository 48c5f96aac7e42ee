"""`cyberdigest feeds`: what stands in the list, what answers today, which feeds a page names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fetch_server import Answer, Server

from pipeline.cli import main

FEED = Answer(
    b"""<rss version="2.0"><channel><title>Example Wire</title><item><title>Printers leak</title>
    <link>https://wire.example.org/1</link><pubDate>Sun, 01 Jun 2025 08:00:00 GMT</pubDate></item></channel></rss>""",
    headers={"Content-Type": "application/rss+xml"},
)
PAGE = b'<html><head><link rel="alternate" type="application/rss+xml" title="Wire" href="/new"></head><body>Hi'


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A host with a feed, a feed that moved, and a page; feeds.yaml of the current folder lists all three."""
    monkeypatch.chdir(tmp_path)
    moved = Answer(status=301, headers={"Location": "/new"})
    page = Answer(PAGE, headers={"Content-Type": "text/html"})
    with Server({"/new": FEED, "/old": moved, "/page": page, "/bare": Answer(b"<p>Hi")}) as running:
        feeds = "".join(f"  - {{url: '{running.url(path)}', name: {path[1:]}}}\n" for path in ("/new", "/old", "/page"))
        settings = f"fetch: {{allow_private: ['127.0.0.1:{running.port}']}}\n"
        Path("feeds.yaml").write_text(f"{settings}feeds:\n{feeds}", encoding="utf-8")
        yield running


def test_check_says_of_each_feed_what_came(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Entries and their newest day, a new address, what is no feed; only --strict makes a failure one."""
    assert main(["feeds", "check"]) == 0
    told, counted = capsys.readouterr()
    lines = {line.split("\t")[0]: line.split("\t")[1] for line in told.splitlines()}
    assert lines["new"] == "1 entry, 2025-06-01"
    assert lines["old"] == f"1 entry, 2025-06-01, moved for good to {server.url('/new')}"
    assert lines["page"].startswith("FAILED: an HTML page instead of a feed")
    assert counted == "2 of 3 feeds answered\n"
    assert main(["feeds", "check", "--strict"]) == 69


def test_check_ends_with_69_when_nothing_answers(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Addresses on the command line are asked instead of the list."""
    assert main(["feeds", "check", server.url("/none")]) == 69
    assert "none of 1 feed could be read" in capsys.readouterr().err


def test_discover_prints_the_feeds_of_a_page(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Address and title; a page that names none is an error."""
    assert main(["feeds", "discover", server.url("/page")]) == 0
    assert capsys.readouterr().out == f"{server.url('/new')}\tWire\n"
    assert main(["feeds", "discover", server.url("/bare")]) == 69
    assert "the page links to no feed" in capsys.readouterr().err


def test_a_run_names_the_new_address_of_a_feed(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the feeds that failed, so that the list can be mended."""
    assert main(["run"]) == 0
    assert f"feed moved for good: old: {server.url('/new')} ({server.url('/old')})" in capsys.readouterr().out


def test_a_run_says_why_entries_were_not_read(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Else nobody knows why the first edition is empty."""
    cake = b"<rss version='2.0'><channel><item><title>A cake with plums</title><guid>1</guid></item></channel></rss>"
    server.routes["/page"] = Answer(cake, headers={"Content-Type": "application/rss+xml"})
    settings = Path("feeds.yaml").read_text(encoding="utf-8").replace("fetch: {", "fetch: {triage_floor: 0.5, ")
    Path("feeds.yaml").write_text(settings, encoding="utf-8")

    assert main(["run"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        "0 articles read, 0 pages fetched, 0 pages failed, 2 entries older than edition.window, 1 entry off topic"
    )
