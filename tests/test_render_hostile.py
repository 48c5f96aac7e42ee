"""A stranger's text is shown, never run: every payload in every field, through compose and every rendering."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from html_checks import OUR_ELEMENTS, active_nodes, elements, remote_loads, walk
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sample_edition import CLOSED, DAY

from pipeline.compose import compose
from pipeline.model import (
    Article,
    Coverage,
    Edition,
    Evidence,
    Fact,
    Feed,
    FeedFailure,
    Problem,
    RankPart,
    Story,
    SummarySentence,
    TopicSpec,
    Translation,
)
from pipeline.render import render
from pipeline.render.links import leaving_address, shown_host, web_address

PAYLOADS = (Path(__file__).parent / "data/render/payloads.txt").read_text(encoding="utf-8").splitlines()
ATOM = "{http://www.w3.org/2005/Atom}"


def poisoned(bad: str) -> Edition:
    """An edition with the payload in every field that comes from outside."""
    evidence = Evidence(article="a", field="text", start=0, end=1, sentence=bad)
    facts = tuple(
        Fact(type=kind, value=bad, unit=bad, name=bad, status=bad, evidence=evidence)
        for kind in ("cve", "product", "authority", "target", "measure", "legal_basis", "date", "kev")
    )
    numbers = (Fact(type="amount", value=5e6, unit=bad), Fact(type="duration", value=2.0, unit=bad))
    first = Article(
        id="a", feed="https://f.example/", url="https://f.example/1?q=" + bad, title=bad, paragraphs=(bad,), site=bad,
        published=CLOSED - timedelta(hours=1), language="pt", links=(bad, f"https://x.gov/advisory?{bad}"),
        facts=facts + numbers,
    )  # fmt: skip
    second = replace(first, id="b", url=bad, feed="https://g.example/", language=bad, published=None)
    copy = replace(first, id="c", url="javascript:alert(1)", feed="https://h.example/")
    said = SummarySentence(text=bad, article="a", start=0, end=len(bad), language="pt")
    story = Story(
        id="s" + bad, articles=(first, second, copy), copies={"c": "a"}, labels=("t", bad), headline=replace(said,
        field="title"),
        summary=(said, replace(said, article="b", language=bad)), why=(RankPart(name=bad, value=1.0, weight=1.0,
        note=bad),),
        status="update", change=bad, rank=1.0,
    )  # fmt: skip

    class Echo:
        """Answers with the payload, by a route and with problems of the same kind."""

        def translate(self, texts: Any, target: str, *, style: str = "text", facts: Any = ()) -> list[Translation]:
            problems = (Problem(kind=bad, detail=bad), Problem(kind="kept-original", detail=bad))
            return [
                Translation(
                    text=bad, source=bad, target=target, route=bad if style == "text" else None, problems=problems
                )
                for _ in texts
            ]

    return compose(
        [story, replace(story, id="other", labels=(), headline=None)],
        day=DAY, language="en", title=bad, topics=[TopicSpec(name="t", titles={"en": bad}), TopicSpec(name=bad,
        titles={"en": bad})],
        feeds={"https://f.example/": Feed(url="https://f.example/", name=bad, language="pt")}, translator=Echo(),
        coverage=Coverage(feeds=1, failures=(FeedFailure(feed=bad, name=bad, reason=bad),), languages={bad: 1},
        untranslated=(bad,)),
        closed=CLOSED, timezone=bad, url=bad, publisher=bad,
    )  # fmt: skip


def feed_contents(xml: str) -> list[str]:
    return [content.text or "" for content in ET.fromstring(xml).iter(f"{ATOM}content")]


def assert_inert(edition: Edition, leave: str) -> None:
    page = render(edition, "html", unsubscribe_url=leave)
    mail = render(edition, "mail", unsubscribe_url=leave)
    markdown = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(render(edition, "markdown"))
    )
    for html in (page, mail, *feed_contents(render(edition, "atom"))):
        assert active_nodes(html) == []
        assert remote_loads(html) == []
    made = {node.name for node in elements(markdown)}
    assert made <= OUR_ELEMENTS | {"em", "strong", "hr"}, made
    assert all((node.attrs["href"] or "").startswith(("http://", "https://")) for node in elements(markdown, "a"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_stays_text_everywhere(payload: str) -> None:
    """Page, mail, feed and Markdown hold our own elements only, and no address but http and https."""
    assert_inert(poisoned(payload), payload)


@pytest.mark.parametrize("payload", ["<b>&</b>", "{{7*7}}", "a \\ b * c _ d", "&lt;i&gt;", "＜script＞"])
def test_a_payload_can_be_read_as_it_was_written(payload: str) -> None:
    """Escaped once, neither twice nor not at all: a reader sees what the outlet wrote."""
    edition = poisoned(payload)
    for html in (render(edition, "html"), render(edition, "mail"), MarkdownIt().render(render(edition, "markdown"))):
        headlines = ["".join(text.text for text in walk(node) if text.name == "#text") for node in elements(html, "h3")]
        assert any(payload in headline for headline in headlines)
    assert payload in render(edition, "text")
    assert any(
        entry.findtext(f"{ATOM}title") == payload
        for entry in ET.fromstring(render(edition, "atom")).iter(f"{ATOM}entry")
    )


def test_our_own_page_has_no_active_node() -> None:
    """The check itself is no formality: it finds what it should."""
    assert active_nodes("<p onclick=x><img src=y><a href=javascript:1>z</a>") == [
        "p@onclick",
        "<img>",
        "img@src=y",
        "a@href=javascript:1",
    ]


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_stays_text(text: str) -> None:
    """Lone surrogates, controls and all; and everything can be written as UTF-8."""
    edition = poisoned(text)

    assert_inert(edition, text)
    for kind in ("html", "mail", "text", "markdown", "json", "atom"):
        render(edition, kind).encode("utf-8")  # type: ignore[arg-type]


@pytest.mark.parametrize("override", ["\u202e", "\u202d", "\u2066", "\u2067", "\u2068", "\u202a", "\u202b"])
def test_no_text_can_turn_its_neighbours_round(override: str) -> None:
    """Bidi overrides and isolates are gone from every rendering (CVE-2021-42574)."""
    edition = poisoned(f"abc{override}def")

    for kind in ("html", "mail", "text", "markdown", "atom"):
        assert override not in render(edition, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("control", [chr(number) for number in (0, 1, 7, 8, 11, 12, 27, 127, 0x85, 0x9B, 0xFFFE)])
def test_no_control_character_gets_through(control: str) -> None:
    """Neither to a terminal nor to an XML parser."""
    edition = poisoned(f"abc{control}def")

    for kind in ("html", "mail", "text", "markdown", "atom"):
        assert control not in render(edition, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", "jav\tascript:alert(1)", "jav&#9;ascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://example.org/", "//evil.example/", "/path",
        "\\\\evil\\x",
        "http:evil.example", "https:/evil.example", "http://", "http://user:pw@example.org/",
        "https://example.org\\@evil.example/",
        "https://example.org/\nx", "https://[::1", "https://example.org:99999/", "mailto:a@b.example", "",
        "https://" + "a" * 3000,
    ],
)  # fmt: skip
def test_an_address_that_is_not_plain_web_is_dropped(url: str) -> None:
    """The item then has no link."""
    assert web_address(url) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a?b=c&d=%20#e", "https://example.org/a?b=c&d=%20#e"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("https://exämple.org/é", "https://ex%C3%A4mple.org/%C3%A9"),
        ('https://example.org/"><b>', "https://example.org/%22%3E%3Cb%3E"),
        ("HTTPS://Example.org/", "https://Example.org/"),
    ],
)
def test_an_address_is_written_so_that_nothing_can_leave_it(url: str, expected: str) -> None:
    """Quotes, brackets and letters beyond ASCII are percent-encoded."""
    assert web_address(url) == expected


@pytest.mark.parametrize(
    ("url", "is_fine"),
    [
        ("mailto:leave@digest.example?subject=unsubscribe%20abc", True), ("https://digest.example/u/1", True),
        ("mailto:a@b.example?body=x", False), ("mailto:a@b.example,c@d.example", False), ("javascript:alert(1)", False),
    ],
)  # fmt: skip
def test_leaving_is_by_web_or_by_one_mail(url: str, is_fine: bool) -> None:
    """Nothing else is offered as a way out."""
    assert (leaving_address(url) == url) is is_fine


def test_addresses_of_links_are_at_most_so_long() -> None:
    for start in ("https://e.example/", "mailto:a@e."):
        longest = start.ljust(2000, "x")
        assert leaving_address(longest) == longest
        assert leaving_address(longest + "x") is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.example.org/a", "example.org"), ("https://WWW.Example.org:8443/", "example.org"),
        ("https://news.www.example/", "news.www.example"), ("no address", "no address"),
    ],
)  # fmt: skip
def test_links_show_the_name_of_their_site(url: str, shown: str) -> None:
    assert shown_host(url) == shown
