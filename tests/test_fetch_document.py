"""Which of the things a feed says of an item count, and what is left of a feed that was cut off."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.errors import ParseError
from pipeline.fetch.document import read_document
from pipeline.model import Entry, Feed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = Feed(url="https://outlet.example.org/feed", name="Outlet")


def read(text: str, content_type: str | None = None) -> list[Entry]:
    return read_document(text.encode(), feed=FEED, base_url=FEED.url, content_type=content_type, charset=None, now=NOW)


def from_json(item: dict[str, Any], **document: Any) -> Entry:
    (entry,) = read(json.dumps({"items": [item], **document}))
    return entry


def from_atom(inside: str, **root: str) -> Entry:
    more = "".join(f' {name.replace("_", ":")}="{value}"' for name, value in root.items())
    (entry,) = read(f'<feed xmlns="http://www.w3.org/2005/Atom"{more}><entry>{inside}</entry></feed>')
    return entry


@pytest.mark.parametrize(("item", "field", "expected"), [
    ({"url": "https://x.example/1", "external_url": "https://y.example/1"}, "url", "https://x.example/1"),
    ({"external_url": "https://y.example/1"}, "url", "https://y.example/1"),
    ({"url": "/1"}, "url", "https://home.example/1"),
    ({"summary": "Short.", "content_text": "Long."}, "summary", "Short."),
    ({"content_text": "Long."}, "summary", "Long."),
    ({"authors": [{"name": "Ada"}, {"name": "Bob"}], "author": {"name": "Eve"}}, "author", "Ada"),
    ({"author": {"name": "Eve"}}, "author", "Eve"),
    ({"authors": []}, "author", None),
    ({"authors": "Ada"}, "author", None),
    ({"authors": ["Ada"]}, "author", None),
    ({"date_published": "2026-11-22T10:00:00Z", "date_modified": "2026-11-23T10:00:00Z"}, "published",
     datetime(2026, 11, 22, 10, tzinfo=UTC)),
    ({"date_modified": "2026-11-23T10:00:00Z"}, "published", datetime(2026, 11, 23, 10, tzinfo=UTC)),
    ({"language": "fr"}, "language", "fr"),
    ({}, "language", "de"),
    ({"id": 7}, "guid", "7"),
    ({"id": True}, "guid", None),
    ({"id": " "}, "guid", None),
    ({"id": ["7"]}, "guid", None),
])  # fmt: skip
def test_a_json_feed_is_read_leniently(item: dict[str, Any], field: str, expected: object) -> None:
    made = from_json({"title": "T", **item}, home_page_url="https://home.example/", language="de")
    assert getattr(made, field) == expected


def test_what_is_no_item_of_a_json_feed_is_passed_over() -> None:
    assert [entry.title for entry in read(json.dumps({"items": [7, {"title": "T"}, None]}))] == ["T"]


@pytest.mark.parametrize(("text", "content_type", "reason"), [
    ("[]", "application/feed+json", "no list of items"),
    ("7", "application/json", "no list of items"),
    ('{"items": {}}', None, "no list of items"),
    (' {"items": [', None, "the JSON is broken"),
    ("[" * 100_000, "application/json", "the JSON is broken"),
    ("[]", "text/xml", "not a feed"),
    ("<a><b/></a>", None, "not a feed: no RSS, Atom or RDF element in it"),
    ("<a><b></a>", None, "not a feed: .*mismatched tag"),
    (" \n", None, "the answer is empty"),
    ("<html><p>Sorry.", None, "an HTML page instead of a feed$"),
    ("<?xml version='1.0'?> <!-- a --> <!-- b -->\n<!DOCTYPE html><p>Sorry.", None, "an HTML page instead of a feed"),
    ("<html><link rel=alternate type='application/rss+xml' href='/rss'>", None,
     "names a feed: https://outlet.example.org/rss"),
    ("<rss version='2.0'><channel><title>x</title>", None, "cut off before its first entry"),
    ("<rss version='2.0'><channel><title>x</title><item", None, "cut off before its first entry"),
])  # fmt: skip
def test_what_is_no_feed_is_told_by_its_kind(text: str, content_type: str | None, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        read(text, content_type)


@pytest.mark.parametrize("end", ["</channel></rss>", "</channel></rss>\n<!-- made in 0.1 s -->\n", "</channel>"])
def test_a_feed_without_entries_is_one_when_it_ends(end: str) -> None:
    """The remark of a cache behind it is no part of it."""
    assert read(f"<rss version='2.0'><channel><title>x</title>{end}") == []


ONE, TWO = "<item><title>One</title></item>", "<item><title>Two</title></item>"


@pytest.mark.parametrize(("inside", "titles"), [
    (f"{ONE}{TWO}</channel></rss>", ["One", "Two"]),
    (f"{ONE}{TWO}</channel>", ["One", "Two"]),
    (f"{ONE}{TWO}", ["One", "Two"]),
    (f"{ONE}<item><title>Two</ti", ["One"]),
    (f"{ONE}<item><title>Two</title><descr", ["One"]),
    (f"{ONE}{TWO}<item>", ["One", "Two"]),
    ("<item><title>One</title><descr", ["One"]),
])  # fmt: skip
def test_the_item_in_which_a_feed_is_cut_off_waits_for_the_next_poll(inside: str, titles: list[str]) -> None:
    """Unless there is no other."""
    assert [entry.title for entry in read(f"<rss version='2.0'><channel><title>x</title>{inside}")] == titles


@pytest.mark.parametrize(("inside", "field", "expected"), [
    ("<content type='text'>plain</content><content type='html'>&lt;p&gt;rich&lt;/p&gt;</content>", "content",
     "<p>rich</p>"),
    ("<published>2026-11-20T10:00:00Z</published><updated>2026-11-22T10:00:00Z</updated>", "published",
     datetime(2026, 11, 20, 10, tzinfo=UTC)),
    ("<updated>2026-11-22T10:00:00Z</updated>", "published", datetime(2026, 11, 22, 10, tzinfo=UTC)),
    ("<issued>2026-11-21T10:00:00Z</issued>", "published", datetime(2026, 11, 21, 10, tzinfo=UTC)),
    ("<link rel='related' href='/other'/>", "url", "https://outlet.example.org/other"),
    ("<link href='/own'/><link rel='related' href='/other'/>", "url", "https://outlet.example.org/own"),
    ("<link rel='enclosure' href='/sound.mp3'/>", "url", None),
    ("<author><name>Ada</name></author>", "author", "Ada"),
])  # fmt: skip
def test_of_several_things_an_atom_feed_says_one_counts(inside: str, field: str, expected: object) -> None:
    assert getattr(from_atom(f"<title>T</title>{inside}"), field) == expected


@pytest.mark.parametrize(("inside", "language"), [
    ("<title xml:lang='fr'>T</title>", "fr"),
    ("<title>T</title><summary xml:lang='es'>S</summary>", "de"),
    ("<summary xml:lang='es'>S</summary>", "es"),
    ("<title>T</title>", "de"),
])  # fmt: skip
def test_an_entry_of_another_language_says_so(inside: str, language: str) -> None:
    """By its title, or its summary where there is none; else the whole feed's counts."""
    assert from_atom(inside, xml_lang="de").language == language


@pytest.mark.parametrize(("text", "titles"), [
    ("<rss version='2.0'/>", []), ("<feed xmlns='http://www.w3.org/2005/Atom'/>", []),
    (f"<news>{ONE}{TWO}</news>", ["One", "Two"]),
])  # fmt: skip
def test_what_lacks_its_frame_is_read(text: str, titles: list[str]) -> None:
    assert [entry.title for entry in read(text)] == titles


def test_markup_comes_as_it_was_written() -> None:
    """What is active in it, and where its links lead, is looked at where it is shown."""
    markup = '<p onclick="a()"><a href="/1">One</a></p>'
    made = from_atom(f"<title>T</title><content type='html'><![CDATA[{markup}]]></content>")
    assert made.content == markup


def test_addresses_in_xml_start_where_it_came_from() -> None:
    """Not at the home that a feed names, as those of a JSON Feed do."""
    (made,) = read(
        "<rss version='2.0'><channel><title>x</title><link>https://home.example/a/</link>"
        "<item><title>T</title><link>1</link></item></channel></rss>"
    )
    assert made.url == "https://outlet.example.org/1"


@pytest.mark.parametrize(("home", "address", "url"), [
    ("", "https://outlet.example.org/1", "https://outlet.example.org/1"),
    ("<link>https://home.example/a/</link>", "1", "https://home.example/a/1"),
    ("", "1", "https://outlet.example.org/1"),
])  # fmt: skip
def test_the_address_behind_a_counter_of_clicks_is_taken(home: str, address: str, url: str) -> None:
    """It starts at the home of the outlet: the feed comes from the counter's own host."""
    (entry,) = read(
        "<rss version='2.0' xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel><title>x</title>"
        f"{home}<item><title>T</title><link>https://clicks.example/7</link>"
        f"<feedburner:origLink>{address}</feedburner:origLink></item></channel></rss>"
    )
    assert entry.url == url
