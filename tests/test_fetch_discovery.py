"""Which feeds a page names."""

from __future__ import annotations

import pytest

from pipeline.fetch.discovery import DiscoveredFeed, feed_links

HOME = "https://outlet.example.org/news/"


def link(href: str, *, rel: str = "alternate", type: str = "application/rss+xml", more: str = "") -> str:
    return f'<link rel="{rel}" type="{type}" href="{href}" {more}>'


def urls(*links: str, head: str = "") -> list[str]:
    return [found.url for found in feed_links(f"<html><head>{head}{''.join(links)}</head></html>", HOME)]


def test_feeds_stand_in_the_order_of_the_page() -> None:
    """With title and media type."""
    page = link("rss", more="title=' All\n news '") + link("/atom", type="application/atom+xml")
    assert feed_links(page, HOME) == [
        DiscoveredFeed(url=f"{HOME}rss", title="All news", type="application/rss+xml"),
        DiscoveredFeed(url="https://outlet.example.org/atom", type="application/atom+xml"),
    ]


def test_a_feed_named_twice_is_one() -> None:
    """By its first name."""
    found = feed_links(link("/rss", more="title='First'") + link("/rss", more="title='Second'"), HOME)
    assert [feed.title for feed in found] == ["First"]


@pytest.mark.parametrize(("one", "is_feed"), [
    (link("/f", rel="ALTERNATE home"), True), (link("/f", rel="stylesheet"), False), (link("/f", rel=""), False),
    (link("/f", type="Application/RSS+XML; charset=utf-8"), True), (link("/f", type="application/feed+json"), True),
    (link("/f", type="text/html"), False), (link("/f", type=""), False),
    ("<link rel='alternate' href='/f'>", False), ("<link type='text/xml' href='/f'>", False),
    (link("/wp-json/f", type="application/json"), False), (link("/oembed/f", type="text/xml"), False),
    (link("javascript:alert(1)"), False), (link("ftp://x.example/f"), False), (link("http://[/f"), False),
    (link("/f\x1b[2J"), False), (link("  /f  "), True),
])  # fmt: skip
def test_what_is_a_feed_and_what_only_looks_like_one(one: str, is_feed: bool) -> None:
    assert bool(urls(one)) == is_feed


def test_the_base_of_the_page_counts() -> None:
    """Where it names one that is an address."""
    assert urls(link("f"), head="<base href='https://other.example/a/'>") == ["https://other.example/a/f"]
    assert urls(link("f"), head="<base href='/b/'>") == ["https://outlet.example.org/b/f"]
    assert urls(link("f"), head="<base href='http://['>") == []


@pytest.mark.parametrize("page", ["", " ", "\x00", "words"])
def test_a_page_that_is_none_names_none(page: str) -> None:
    assert feed_links(page, HOME) == []
