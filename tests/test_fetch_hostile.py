"""Documents made to hurt: each is dealt with in seconds, and costs the other feeds nothing."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from fetch_server import Answer, Server
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import ParseError
from pipeline.fetch import parser
from pipeline.fetch.feeds import parse_feed, poll
from pipeline.fetch.http import Http
from pipeline.model import Entry, Feed, FeedState

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = Feed(url="https://hostile.example.org/feed", name="Hostile")


def rss(inside: str, prolog: str = "") -> bytes:
    return f'<?xml version="1.0"?>{prolog}<rss version="2.0"><channel><title>x</title>{inside}</channel></rss>'.encode()


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return rss("<item><title>T &l9;</title></item>", f'<!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]>')


def one_big_entity() -> bytes:
    return rss("<item><title>T " + "&e;" * 1000 + "</title></item>", f'<!DOCTYPE rss [<!ENTITY e "{"x" * 100_000}">]>')


ITEM = "<item><title>T</title><link>https://x.example/1</link>{}</item>"
#: Of one tag in escaped markup: what looks for tags in the document sees none.
ATTRIBUTES = "&lt;b>x &lt;p " + " ".join(f"b{n}=1" for n in range(100_000)) + ">words"
AUTHOR = "a@" + "a." * 16_000 + "!"
DOCUMENTS: dict[str, bytes] = {
    "billion laughs": laughs(),
    "one big entity": one_big_entity(),
    "unclosed doctype": rss(ITEM.format(""), "<!DOCTYPE rss ["),
    "author": rss(ITEM.format(f"<author>{AUTHOR}</author>")),
    "creator": rss(ITEM.format(f"<dc:creator>{AUTHOR}</dc:creator>")),
    "author cdata": rss(ITEM.format(f"<author><![CDATA[{AUTHOR}]]></author>")),
    "author pieces": rss(ITEM.format("<author>a@" + "a.<!-- -->" * 16_000 + "!</author>")),
    "author references": rss(ITEM.format("<author>a@" + "&#97;." * 16_000 + "!</author>")),
    "author after an element": rss(ITEM.format(f"<author>x<b></b>{AUTHOR}</author>")),
    "author in capitals": rss(ITEM.format(f"<AUTHOR>x<b></b>{AUTHOR}</AUTHOR>")),
    "author long": rss(ITEM.format("<author>" + "a@a." * 200_000 + "</author>")),
    "date": rss(ITEM.format(f"<pubDate>{'1 ' * 100_000}</pubDate>")),
    "nested tags": rss(ITEM.format("<a>" * 50_000 + "</a>" * 50_000)),
    "nested unclosed": rss(ITEM.format("<a>" * 100_000)),
    "nested html": rss(ITEM.format("<description><![CDATA[" + "<div>" * 50_000 + "]]></description>")),
    "open comments": rss(ITEM.format("<!--" * 50_000)),
    "open cdata": rss(ITEM.format("<![CDATA[" * 50_000)),
    "open tags": rss(ITEM.format("<a " * 100_000)),
    "many attributes in escaped html": rss(ITEM.format("<description>" + ATTRIBUTES + "</description>")),
    "many attributes in a page": f"<!doctype html><html><body {' '.join(f'b{n}=1' for n in range(100_000))}>".encode(),
    "many attributes": rss(ITEM.format("<a " + " ".join(f'b{n}="1"' for n in range(50_000)) + "/>")),
    "one long tag": rss(ITEM.format(f'<a b="{"c" * 1_000_000}"/>')),
    "ampersands": rss(ITEM.format("<description>" + "&" * 500_000 + "</description>")),
    "references": rss(ITEM.format("<description>" + "&#x3c;" * 100_000 + "</description>")),
    "brackets in title": rss("<item><title><![CDATA[" + "<b " * 100_000 + "]]></title></item>"),
    "long title": rss(f"<item><title>{'word ' * 200_000}</title></item>"),
    "title of tags": rss("<item><title>" + "&lt;b&gt;" * 50_000 + "x</title></item>"),
    "ten thousand items": rss("".join(f"<item><title>{n}</title></item>" for n in range(10_000))),
    "processing instructions": rss(ITEM.format("<?x " * 50_000)),
    "namespaces": rss(ITEM.format("".join(f'<n{n}:a xmlns:n{n}="u{n}"/>' for n in range(5_000)))),
    "comments in front": b"<!-- -->" * 50_000 + rss(ITEM.format("")),
    "nulls": b"\x00" * 500_000 + rss(ITEM.format("")),
    "utf-16 noise": b"\xff\xfe" + b"<\x00" * 200_000,
    "json depth": b'{"items":' + b"[" * 200_000,
    "json objects": b'{"a":' * 100_000,
    "json number": b'{"items":[{"id":1e999999,"title":"T"},{"id":' + b"9" * 5_000 + b',"title":"U"}]}',
    "json many": json.dumps({"items": [{"id": n, "title": "T"} for n in range(20_000)]}).encode(),
    "html": b"<html>" + b"<link rel='alternate' type='application/rss+xml' href='/f'>" * 5_000,
    "html depth": b"<html>" + b"<b><table>" * 50_000,
    "closing tags": rss(ITEM.format("</a>" * 100_000)),
    "roots": b"</rss><!--" * 100_000,
    "binary": bytes(range(256)) * 4_000,
    "words": b"word " * 200_000,
    "quotes": rss(ITEM.format("<a b='" * 30_000)),
    "base": rss(ITEM.format('<link xml:base="' + "../" * 5_000 + '">x</link>')),
    "surrogates": rss("<item><title>&#xD800;&#xDFFF;&#0;&#x110000;T</title></item>"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_documents_end_soon_and_well(name: str) -> None:
    """Five seconds, entries or a ParseError, nothing else."""
    start = time.perf_counter()
    try:
        entries = parse_feed(DOCUMENTS[name], feed=FEED, base_url=FEED.url, content_type=None, now=NOW)
    except ParseError:
        entries = []

    # The limit is five seconds; the machine running the tests may be busy.
    assert time.perf_counter() - start < 10
    assert len(entries) <= FEED.max_entries
    assert all(len(entry.title) <= 500 for entry in entries)


LONG_AUTHOR = f"<author>x<b></b>a@{'a.' * 60_000}!</author>"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (rss(ITEM.format(LONG_AUTHOR)), None),
        (rss("\u00e9" + ITEM.format(LONG_AUTHOR)).decode().encode("cp037"), "cp037"),
        (b"\xff" + rss(ITEM.format(LONG_AUTHOR)).replace(b"<", b"\\x3c"), "unicode_escape"),
        (("\u6f22" * 150 + rss(ITEM.format(LONG_AUTHOR)).decode()).encode("utf-16-le"), "utf-16-le"),
    ],
    ids=["element", "ebcdic", "escapes", "utf-16"],
)
def test_no_disguise_brings_a_slow_name_past_the_limits(body: bytes, charset: str | None) -> None:
    """feedparser takes a minute for this name: it is read where it can be killed, or not at all."""
    start = time.perf_counter()
    with suppress(ParseError):
        parse_feed(body, feed=FEED, base_url=FEED.url, content_type=None, charset=charset, now=NOW)

    assert time.perf_counter() - start < 15


@pytest.mark.parametrize("name", ["billion laughs", "author", "creator", "author cdata"])
def test_the_harmless_part_of_a_hostile_document_is_kept(name: str) -> None:
    """No entity is expanded, long names are cut, and the item is there."""
    (entry,) = parse_feed(DOCUMENTS[name], feed=FEED, base_url=FEED.url, content_type=None, now=NOW)

    assert entry.title.startswith("T")
    assert len(entry.author or "") <= 320


def test_external_entities_are_never_fetched() -> None:
    """Neither a file nor an address named by a DOCTYPE is opened."""
    with Server({"/x": Answer(b"canary")}) as canary:
        for target in (canary.url("/x"), "file:///etc/hostname"):
            entities = f'<!ENTITY x SYSTEM "{target}"><!ENTITY % p SYSTEM "{target}"> %p;'
            prolog = f'<!DOCTYPE rss SYSTEM "{target}" [{entities}]>'
            document = rss("<item><title>T &x;</title></item>", prolog)
            (entry,) = parse_feed(document, feed=FEED, base_url=FEED.url, content_type=None, now=NOW)
            assert entry.title == "T &x;"

    assert canary.seen == []


def test_a_parser_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads odd documents lives only so long."""
    monkeypatch.setattr(parser, "_WALL_SECONDS", 0.5)
    monkeypatch.setattr(parser, "_PROGRAM", "import time; time.sleep(60)")
    start = time.perf_counter()

    with pytest.raises(ParseError, match=r"longer than 0\.5 s"):
        parse_feed(laughs(), feed=FEED, base_url=FEED.url, content_type=None, now=NOW)

    assert time.perf_counter() - start < 5


def test_a_parser_that_crashes_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal or nonsense on stdout is a bad feed."""
    for program in ("import os; os.abort()", "print('no json')", "raise SystemExit(3)"):
        monkeypatch.setattr(parser, "_PROGRAM", program)
        with pytest.raises(ParseError, match="crashes"):
            parse_feed(laughs(), feed=FEED, base_url=FEED.url, content_type=None, now=NOW)


def test_both_ways_of_reading_give_the_same() -> None:
    """In this process or in its own: the same entries, times and tags included."""
    date = "<pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate>"
    plain = rss(f"<item><title>Sanction € 脆弱</title><link>https://x.example/1</link>{date}</item>")
    guarded = plain.replace(b"<rss", b'<!DOCTYPE rss [<!ENTITY a "b">]><rss', 1)
    options: dict[str, Any] = {"base_url": FEED.url, "content_type": None, "now": NOW}

    feed = Feed(url=FEED.url, name="x", tags=("a", "b"), language="fr")
    assert parse_feed(plain, feed=feed, **options) == parse_feed(guarded, feed=feed, **options)


def test_one_hostile_feed_among_fifty_costs_the_others_nothing() -> None:
    """Forty-nine complete results, one error, in seconds."""
    good = rss("<item><title>News</title><link>https://x.example/1</link></item>")
    routes = {f"/{n}": Answer(good) for n in range(49)} | {"/hostile": Answer(DOCUMENTS["nested unclosed"])}
    with Server(routes) as server, Http(allow_private=True, host_delay=0, per_host=10) as http:
        states = [FeedState(feed=Feed(url=server.url(path), name=path)) for path in routes]
        start = time.perf_counter()
        results = list(poll(states, http, now=NOW))

    assert time.perf_counter() - start < 12
    assert len(results) == 50
    whole = [result for result in results if not result.state.feed.url.endswith("/hostile")]
    assert all(result.status == "ok" and len(result.entries) == 1 for result in whole)


PIECES = [
    "<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "</link>", "&", "&amp;",
    "<![CDATA[", "]]>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "<pubDate>", "<!--", "-->",
    "<?xml version='1.0' encoding='x'?>", "<!DOCTYPE rss [", "https://x.example/", "23/11/2026", "<author>", "\x00",
    "<guid isPermaLink='true'>", "<content type='xhtml'>", "<summary>", "xml:base='//['", "<div>", "é", "{",
    '"items":[',
]  # fmt: skip
MARKUP = st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=40).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), MARKUP.map(lambda text: text.encode("utf-8", "replace"))))
def test_whatever_comes_is_entries_or_a_parse_error(body: bytes) -> None:
    """Nothing but ParseError leaves parse_feed, and entries keep their promises."""
    try:
        entries = parse_feed(body, feed=FEED, base_url=FEED.url, content_type=None, now=NOW)
    except ParseError:
        return
    for entry in entries:
        _keeps_its_promises(entry)


def _keeps_its_promises(entry: Entry) -> None:
    assert entry.title.strip()
    assert "\n" not in entry.title
    assert entry.url is None or entry.url.startswith(("http://", "https://"))
    assert entry.published is None or entry.published <= NOW
    assert "\x00" not in (entry.content or "") + (entry.summary or "")
