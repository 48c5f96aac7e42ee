"""What every mail must be, whatever the day's news: the same rules for each language, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from functools import cache
from typing import Any

import pytest
from html_checks import (
    OUR_ELEMENTS,
    active_nodes,
    contrast,
    declarations,
    elements,
    parse,
    remote_loads,
    visible_texts,
    walk,
)
from sample_edition import CLOSED, COVERAGE, DAY, TOPICS, Book, feeds, sample, stories
from scripts import script

from pipeline.compose import compose
from pipeline.model import Edition
from pipeline.render import render
from pipeline.render.mail import MAX_BYTES, encoded_size

LEAVE = "https://digest.example/u/4f3a"
LANGUAGES = ("en", "fr", "ar", "he", "zh")


@cache
def mail(language: str) -> str:
    return render(sample(language), "mail", unsubscribe_url=LEAVE)


def texts(html: str) -> str:
    return " ".join(text for _, _, text in visible_texts(html))


def attributes(html: str, name: str) -> list[str]:
    return [node.attrs[name] or "" for node in elements(html) if name in node.attrs]


def links(html: str) -> list[Any]:
    return [node for node in elements(html, "a") if "href" in node.attrs]


def cards(html: str) -> list[Any]:
    return [node for node in elements(html, "td") if re.fullmatch(r"n\d+", node.attrs.get("id") or "")]


def styles(html: str) -> str:
    return "".join(child.text for node in elements(html, "style") for child in node.children)


def dark_rules(html: str) -> dict[str, dict[str, str]]:
    """Class -> declarations of the dark colour scheme."""
    sheet = styles(html)
    start = sheet.index("prefers-color-scheme")
    rules: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet[sheet.index("{", start) + 1 :]):
        for selector in selectors.split(","):
            rules.setdefault(selector.strip().lstrip("."), {}).update(declarations(body))
    return rules


def colours(html: str, is_dark: bool) -> list[tuple[str, str, str]]:
    """Text, its colour and the colour behind it, as a client computes them."""
    dark = dark_rules(html) if is_dark else {}
    found = []
    for _, chain, text in visible_texts(html):
        if any("pre" in (node.attrs or {}).get("class", "").split() for node in chain):
            continue
        colour = behind = ""
        for node in chain:
            attrs = node.attrs or {}
            own = declarations(attrs.get("style") or "")
            for name in (attrs.get("class") or "").split():
                own |= dark.get(name, {})
            colour = colour or own.get("color", "")
            behind = behind or own.get("background-color", "")
        found.append((text[:30], colour, behind))
    return found


def is_balanced(html: str) -> bool:
    """Every table in a cell or the body, every row in a table: what Word's engine needs."""
    return all(
        [item.name for item in walk(table) if item.name == "tr"] and table.parent.name in {"td", "body", "div"}
        for table in elements(html, "table")
    )


RULES: dict[str, Callable[[str], bool]] = {
    # Document
    "begins with the HTML5 doctype": lambda html: html.startswith("<!DOCTYPE html>"),
    "has one html, head, body and title": lambda html: all(
        len(elements(html, name)) == 1 for name in ("html", "head", "body", "title")
    ),
    "says its charset in the first kilobyte": lambda html: "charset=utf-8" in html[:1024],
    "says its language on html": lambda html: bool(elements(html, "html")[0].attrs.get("lang")),
    "says its direction on html": lambda html: elements(html, "html")[0].attrs.get("dir") in {"ltr", "rtl"},
    "says its language on body": lambda html: bool(elements(html, "body")[0].attrs.get("lang")),
    "says its direction on body": lambda html: elements(html, "body")[0].attrs.get("dir") in {"ltr", "rtl"},
    "repeats both on the outer sheet, as webmail drops body": lambda html: any(
        "lang" in node.attrs and "dir" in node.attrs for node in elements(html, "table")
    ),
    "has a viewport": lambda html: any(node.attrs.get("name") == "viewport" for node in elements(html, "meta")),
    "announces dark mode": lambda html: any(
        node.attrs.get("name") == "color-scheme" and "dark" in node.attrs["content"] for node in elements(html, "meta")
    ),
    "has a title with words": lambda html: len("".join(node.text for node in elements(html, "title")[0].children)) > 10,
    "keeps no unfilled template": lambda html: "{{" not in html and "{%" not in html,
    "has no None or undefined in its words": lambda html: not re.search(r"\bNone\b|undefined", texts(html)),
    "has no NUL or control character": lambda html: not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", html),
    "has lines a mail server takes": lambda html: max(map(len, html.encode().splitlines())) < 20_000,
    # Nothing acts, nothing loads, nothing spies
    "has no active node": lambda html: active_nodes(html) == [],
    "loads nothing remote": lambda html: remote_loads(html) == [],
    "has no image at all": lambda html: not elements(html, "img"),
    "has no script": lambda html: "<script" not in html.lower(),
    "has no form": lambda html: not elements(html, "form") and not elements(html, "input"),
    "has no style sheet link": lambda html: not elements(html, "link"),
    "uses our elements only": lambda html: {node.name for node in elements(html)} <= OUR_ELEMENTS,
    "links to http and https only": lambda html: all(
        node.attrs["href"].startswith(("https://", "http://", "#")) for node in links(html)
    ),
    "rewrites no link": lambda html: not any("redirect" in node.attrs["href"] for node in links(html)),
    "has words in every link": lambda html: all(
        any(child.name == "#text" and child.text.strip() for child in walk(node)) for node in links(html)
    ),
    # Structure
    "marks every table as layout": lambda html: all(
        node.attrs.get("role") == "presentation" for node in elements(html, "table")
    ),
    "gives every table zero padding, spacing and border": lambda html: all(
        node.attrs.get("cellpadding") == node.attrs.get("cellspacing") == node.attrs.get("border") == "0"
        for node in elements(html, "table")
    ),
    "nests its tables well": is_balanced,
    "has one main heading": lambda html: len(elements(html, "h1")) == 1,
    "steps through the headings without a gap": lambda html: all(
        after - before <= 1
        for before, after in zip(levels(html), levels(html)[1:], strict=False)
    ),
    "has a heading per story": lambda html: len(elements(html, "h3")) == 7 == len(cards(html)),
    "says language and direction on every story": lambda html: all(
        node.attrs.get("lang") and node.attrs.get("dir") for node in cards(html)
    ),
    "says language and direction on every headline": lambda html: all(
        node.attrs.get("lang") and node.attrs.get("dir") for node in elements(html, "h3")
    ),
    "uses each id once": lambda html: len(attributes(html, "id")) == len(set(attributes(html, "id"))),
    "jumps to places that exist": lambda html: {
        node.attrs["href"][1:] for node in links(html) if node.attrs["href"].startswith("#")
    } <= set(attributes(html, "id")),
    "uses well-formed language tags": lambda html: all(
        re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", tag) for tag in attributes(html, "lang")
    ),
    "uses the three directions only": lambda html: set(attributes(html, "dir")) <= {"ltr", "rtl", "auto"},
    "turns right-to-left headlines in the style too": lambda html: all(
        "rtl" in node.attrs["style"] or elements(html, "body")[0].attrs["dir"] == "rtl"
        for node in elements(html, "h3")
        if node.attrs["dir"] == "rtl"
    ),
    "announces itself as a message, with its title and language": lambda html: [
        (node.attrs["aria-roledescription"], bool(node.attrs["aria-label"]), node.attrs["lang"])
        for node in elements(html, "div")
        if node.attrs.get("role") == "article"
    ] == [("email", True, elements(html, "body")[0].attrs["lang"])],
    "is 640 pixels wide for Word": lambda html: '<!--[if mso]><table role="presentation" width="640"' in html,
    "hides its preview line": lambda html: "display: none" in next(
        node.attrs["style"] for node in elements(html, "div") if node.attrs.get("class") == "pre"
    ),
    # Style
    "inlines its styles": lambda html: len(attributes(html, "style")) > 50,
    "keeps only @media rules in the head": lambda html: not re.sub(
        r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}|/\*.*?\*/", "", styles(html), flags=re.DOTALL
    ).strip(),
    "keeps the dark colours": lambda html: "prefers-color-scheme: dark" in styles(html),
    "keeps the rules for phones": lambda html: "max-width: 480px" in styles(html),
    "uses no unit but px and %": lambda html: not re.search(r"\d(em|rem|vw|vh|pt)\b", " ".join(attributes(html,
    "style"))),
    "uses no letters under 12 px in sight": lambda html: all(
        float(size) >= 12
        for node in elements(html)
        if node.attrs.get("class") != "pre"
        for size in re.findall(r"font-size: ([\d.]+)px", node.attrs.get("style") or "")
    ),
    "names a generic font last": lambda html: all(
        families.strip().endswith("serif") for families in re.findall(r"font-family: ([^;]+)",
        " ".join(attributes(html, "style")))
    ),
    "has enough contrast in light": lambda html: min(contrast(c, b) for _, c, b in colours(html, False)) >= 4.5,
    "has enough contrast in dark": lambda html: min(contrast(c, b) for _, c, b in colours(html, True)) >= 4.5,
    "really is dark in dark": lambda html: all(contrast(b, "#000000") < 2 for _, _, b in colours(html, True)),
    "does not tell its links by colour alone": lambda html: all(
        "underline" in (node.attrs.get("style") or "") for node in links(html) if node.attrs["href"].startswith("http")
    ),
    # Leaving, size
    "shows the way out twice": lambda html: [node.attrs["href"] for node in links(html)].count(LEAVE) == 2,
    "shows the way out in the first 10 KB": lambda html: LEAVE in html[:10_000],
    "links the web edition": lambda html: any("digest.example/2026" in node.attrs["href"] for node in links(html)),
    "names its publisher": lambda html: "Example Watch" in texts(html),
    "fits into 90 KB in either encoding": lambda html: encoded_size(html) <= MAX_BYTES == 90_000,
    "reads without its styles": lambda html: len(texts(re.sub(r"<style.*?</style>| style=\"[^\"]*\"", "", html,
    flags=re.DOTALL))) > 2000,
}  # fmt: skip


def levels(html: str) -> list[int]:
    return [int(node.name[1]) for node in elements(html) if re.fullmatch(r"h[1-6]", node.name)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_every_mail(rule: str, language: str) -> None:
    """The rule's name says what the mail does."""
    assert RULES[rule](mail(language))


def test_there_are_rules_enough() -> None:
    """RELIABILITY's goal is forty."""
    assert len(RULES) >= 40


def many(count: int, language: str = "en", words: int = 1) -> Edition:
    """A heavy day: the sample's stories over and over, made longer."""
    chosen = [replace(story, id=f"{story.id}-{number}") for number in range(count // 7 + 1) for story in stories()][
        :count
    ]
    chosen = [
        replace(story, summary=tuple(replace(item, text=" ".join([item.text] * words)) for item in story.summary))
        for story in chosen
    ]
    return compose(
        chosen, day=DAY, language=language, title="Heavy day", topics=TOPICS, feeds=feeds(), translator=Book(),
        coverage=COVERAGE, closed=CLOSED, url="https://digest.example/heavy", publisher="Example Watch",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "words", "language"), [(28, 1, "en"), (60, 2, "fr"), (60, 6, "ar"), (400, 3, "en"), (7, 400, "he")]
)
def test_a_heavy_day_is_shortened_not_clipped(count: int, words: int, language: str) -> None:
    """Within the limit whatever the day, way out first, and the web edition named for the rest."""
    html = render(many(count, language, words), "mail", unsubscribe_url=LEAVE)

    assert encoded_size(html) <= MAX_BYTES
    assert LEAVE in html[:10_000]
    assert len(cards(html)) > 0
    assert any(node.attrs["href"] == "https://digest.example/heavy" for node in links(html))
    assert active_nodes(html) == []


def test_the_first_stories_keep_their_details() -> None:
    """Shortening begins at the end: a full card never follows a brief one, and the reader is told."""
    html = render(many(40), "mail")
    full = ["orig" in str([node.attrs.get("class") for node in walk(card) if node.name == "p"]) or
            any(node.name == "table" for node in walk(card)) for card in cards(html)]  # fmt: skip

    assert full == sorted(full, reverse=True)
    assert not all(full)
    assert "without details" in texts(html)


def test_the_encoded_size_is_what_a_message_has() -> None:
    """The figure is no smaller than either encoding of Python's own mail package."""
    html = mail("ar")
    for encoding in ("base64", "quoted-printable"):
        message = EmailMessage()
        message.set_content(html, subtype="html", charset="utf-8", cte=encoding)
        assert len(message.get_payload().encode()) <= encoded_size(html) * 1.02


def test_a_mail_without_a_way_out_shows_none() -> None:
    """As in the file written for the editor."""
    html = render(sample(), "mail")

    assert "Unsubscribe" not in texts(html)
    assert parse(html) is not None


def test_two_readers_mails_differ_in_the_way_out_only() -> None:
    """Everything else is the frozen edition."""
    one, other = (
        render(sample(), "mail", unsubscribe_url=f"https://digest.example/u/{name}") for name in ("aaaa", "bbbb")
    )

    assert one.replace("/u/aaaa", "/u/bbbb") == other


def test_the_linter_tells_what_a_client_lacks() -> None:
    """bench/mail_lint.py: the newest version of each platform decides; unwatched clients do not count."""
    linter = script("bench/mail_lint.py")
    features = [
        {"slug": "html-bdi", "stats": {"post": {"web": {"2020": "y", "2024": "n"}}, "rare": {"web": {"2024": "n"}}}},
        {"slug": "css-margin", "stats": {"post": {"web": {"2024": "a #1"}}}},
    ]

    assert linter.lint('<bdi style="margin-top: 0">x</bdi>', features, ["post"]) == [
        ("css-margin", "a", "post web #1"),
        ("html-bdi", "n", "post web"),
    ]
    assert linter.css_features("padding-left: 2px; border-top-color: red !important; display: none") == {
        "css-padding", "css-unit-px", "css-border", "css-important", "css-display", "css-display-none",
    }  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("en", "Change language and topics"), ("fr", "Changer la langue")])
@pytest.mark.parametrize("form", ["mail", "text", "html"])
def test_the_foot_leads_to_the_readers_own_choices(form: Any, language: str, words: str) -> None:
    """Beside the way out; only where there is such a page, and only an address of the web."""
    choices = "https://digest.example/preferences/4f3a"

    shown = render(sample(language), form, unsubscribe_url=LEAVE, preferences_url=choices)
    assert choices in shown
    assert words in shown
    assert shown.rindex(choices) < shown.rindex(LEAVE)
    for without in (None, "javascript:alert(1)"):
        assert words not in render(sample(language), form, unsubscribe_url=LEAVE, preferences_url=without)
