"""One edition, many renderings: the same bytes each time, in the reader's words, in forms that other programs read."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
from html_checks import active_nodes, contrast, elements, remote_loads, walk
from hypothesis import given
from hypothesis import strategies as st
from sample_edition import CLOSED, sample

from pipeline.errors import InputError
from pipeline.model import Coverage, EditionFormat, Evidence, Fact, Problem, RankPart, RankSign
from pipeline.render import FORMATS, from_dict, render, to_dict
from pipeline.render.facts import fact_lines, proofs
from pipeline.render.faults import fault
from pipeline.render.links import web_address
from pipeline.render.reasons import reason
from pipeline.render.subject import subject_of
from pipeline.render.templating import escape_markdown, unbroken, wrap
from pipeline.render.translated import short_route
from pipeline.render.view import view
from pipeline.render.wording import direction, language_tag, languages, wording
from pipeline.resources import resource

ATOM = "{http://www.w3.org/2005/Atom}"
LEAVE = "https://digest.example/u/1"
WEB = sample("en")


def words(html: str) -> str:
    return " ".join(node.text for node in walk(elements(html, "body")[0]) if node.name == "#text")


# --- the same bytes


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_rendering_is_the_same_again(kind: str, language: str) -> None:
    """From the edition, and from the edition as the store gives it back."""
    edition = sample(language)
    stored = from_dict(json.loads(json.dumps(to_dict(edition))))

    assert render(edition, kind) == render(sample(language), kind) == render(stored, kind)  # type: ignore[arg-type]


def test_a_rendering_is_the_same_in_another_process() -> None:
    """Neither hash seeds nor the clock nor the time zone of the machine matter."""
    code = (
        "import sys, hashlib; sys.path.insert(0, 'tests'); from sample_edition import sample\n"
        "from pipeline.render import render, FORMATS\n"
        "print([hashlib.sha256(render(sample('fr'), k).encode()).hexdigest() for k in FORMATS])"
    )
    root = Path(__file__).parent.parent
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("77", "Asia/Tokyo"))
    }
    here = [hashlib.sha256(render(sample("fr"), kind).encode()).hexdigest() for kind in FORMATS]

    assert outputs == {f"{here}\n"}


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_edition_renders(kind: str) -> None:
    """A quiet day: no story, no failure, no address."""
    edition = replace(WEB, sections=(), coverage=Coverage(), url=None, publisher=None)
    text = render(edition, kind)  # type: ignore[arg-type]

    assert text.endswith("\n") or kind == "mail"
    if kind not in {"json", "atom"}:
        assert "No story on the topics followed" in text


@pytest.mark.parametrize("kind", FORMATS)
def test_a_rendering_has_unix_line_ends(kind: str) -> None:
    """And no blank at the end of a line of plain text."""
    text = render(WEB, kind)  # type: ignore[arg-type]

    assert "\r" not in text
    if kind in {"text", "markdown"}:
        assert not re.search(r"[ \t]+$", text, re.MULTILINE)
        assert "\n\n\n\n" not in text


# --- web page


@pytest.mark.parametrize("language", ["en", "fr", "ar", "he"])
def test_the_page_needs_nothing_else(language: str) -> None:
    """No script, no remote load, no active node; a policy that would stop them."""
    page = render(sample(language), "html", unsubscribe_url=LEAVE)
    policy = next(node.attrs["content"] for node in elements(page, "meta") if "http-equiv" in node.attrs)

    assert active_nodes(page) == []
    assert remote_loads(page) == []
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "style=" not in page


def test_the_policy_allows_the_style_sheet_it_comes_with() -> None:
    """The hash is that of the sheet as the browser reads it."""
    page = render(WEB, "html")
    sheet = "".join(child.text for child in elements(page, "style")[0].children)

    import base64

    assert base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode() in page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_item_of_the_page_says_its_language(language: str) -> None:
    """Page, cards, headlines and sentences, each with lang and dir."""
    page = render(sample(language), "html")
    items = [elements(page, name) for name in ("html", "body", "article", "h3", "q")]
    headings = [node for node in items[3] if node.parent.name != "nav"]

    assert all(
        node.attrs.get("lang") and node.attrs.get("dir")
        for node in [*items[0], *items[1], *items[2], *headings, *items[4]]
    )


def test_right_to_left_is_told_per_item() -> None:
    """An Arabic headline in an English page turns alone; an Arabic page turns whole."""
    page, arabic = render(WEB, "html"), render(sample("ar"), "html")
    headlines = {node.attrs["lang"]: node.attrs["dir"] for node in elements(page, "h3") if "lang" in node.attrs}

    assert elements(page, "html")[0].attrs["dir"] == "ltr"
    assert (headlines["ar"], headlines["he"], headlines["it"]) == ("rtl", "rtl", "ltr")
    assert elements(arabic, "html")[0].attrs["dir"] == "rtl"
    assert any(node.attrs["dir"] == "ltr" for node in elements(arabic, "h3") if "dir" in node.attrs)


def test_a_language_without_words_has_a_page_in_english_direction() -> None:
    """Hebrew stories under English labels: the labels must not be turned round."""
    page = render(sample("he"), "html")

    assert elements(page, "html")[0].attrs == {"lang": "en", "dir": "ltr"}
    assert any(node.attrs.get("lang") == "he" and node.attrs.get("dir") == "rtl" for node in elements(page, "h3"))


def test_every_sentence_points_at_its_source() -> None:
    """One number for the sentences in a row of one source; it leads to an item of the same card."""
    page = render(WEB, "html")
    ids = {node.attrs["id"] for node in elements(page) if "id" in node.attrs}
    references = [node for node in elements(page, "a") if node.attrs.get("class") == "ref"]

    runs = [list(groupby(sentence.original.article for sentence in card.summary)) for card in WEB.cards]
    assert len(references) == sum(map(len, runs)) < sum(len(card.summary) for card in WEB.cards)
    assert all(node.attrs["href"][1:] in ids and node.attrs["aria-label"] for node in references)
    assert "A autoridade aplicou uma multa" in page
    assert "Le ministère reproche à Alibaba Cloud" in page


def test_the_card_shows_what_was_asked_of_it() -> None:
    """Original headline, tag, route, mark, update, facts, copies, first-hand source, ranking."""
    text = words(render(WEB, "html"))

    for phrase in (
        "Original headline, in French", "Vulnerability disclosures",
        "Machine-translated (fr→ca→pt Apertium, pt→en Firefox; de→en Argos)",
        "In Italian: not translated, for want of a model",
        "Check against the original: a number may be wrong (9,5 millones)",
        "CISA added CVE-2026-31337", "CVE-2021-44228", "10.0 critical", "€225 million", "6 months",
        "Same text also at:",
        "logging.apache.org", "Why it is here", "4 outlets in 3 languages",
        "known exploited (list of 10 December 2021)",
    ):  # fmt: skip
        assert phrase in text


def test_the_footer_says_how_the_edition_was_made() -> None:
    """Feeds, failures with reasons, articles, languages, publisher, the way out."""
    text = words(render(WEB, "html", unsubscribe_url=LEAVE))

    for phrase in ("128 feeds followed", "2,143 items seen", "3 feeds failed", "HTTP 404", "French 27",
        "Example Watch", "Unsubscribe",
                   "Not translated for want of a model: Arabic, French", "23 November 2026, 06:00 (CET)"):  # fmt: skip
        assert phrase in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_enough_contrast(scheme: str) -> None:
    """Each text colour on each ground it stands on, 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    css = (resource("templates") / "web.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{([^}]*)\}", css)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", blocks[0] if scheme == "light" else blocks[1]))
    grounds = {
        "paper": ("ink", "soft", "accent", "alert", "warn"), "raised": ("ink", "soft", "accent"), "tag": ("accent",
        "ink", "soft"),
        "warn-tag": ("warn",), "alert-tag": ("alert",),
    }  # fmt: skip

    assert all(contrast(colours[text], colours[ground]) >= 4.5 for ground, texts in grounds.items() for text in texts)
    assert not re.search(r"color: #", re.sub(r":root \{[^}]*\}", "", css))


# --- text


def columns(line: str) -> int:
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line if not unicodedata.combining(char)
    )


@pytest.mark.parametrize("language", ["en", "fr", "ar", "zh"])
def test_the_text_is_72_columns_wide(language: str) -> None:
    """Only an address may be longer, on a line of its own."""
    for line in render(sample(language), "text", unsubscribe_url=LEAVE).splitlines():
        assert columns(line) <= 72 or re.fullmatch(r"\s*https?://\S+", line)


def test_the_text_says_all_the_page_says() -> None:
    """It is an edition of its own, not a teaser."""
    text = " ".join(render(WEB, "text", unsubscribe_url=LEAVE).split())

    for card in WEB.cards:
        assert card.headline.text in text
        assert all(sentence.text in text for sentence in card.summary)
        assert all(source.outlet in text and (source.url or "") in text for source in card.sources)
    assert LEAVE in text


@pytest.mark.parametrize(("language", "stop"), [("en", "."), ("zh", "。")])
@pytest.mark.parametrize("kind", ["html", "mail", "text", "markdown", "atom"])
def test_lines_of_a_list_are_ended_like_sentences(kind: EditionFormat, language: str, stop: str) -> None:
    """Each has the full stop of its language, one that has its own gets no second; the words stay as they are."""
    card = WEB.cards[0]
    first, second, third = card.summary
    lines = (
        replace(first, text="Denial of service", language=language),
        replace(second, text="Which systems?", language=language),
        replace(third, text="Examplia 4.2.1", language=language),
    )
    section = replace(WEB.sections[0], cards=(replace(card, summary=lines), *WEB.sections[0].cards[1:]))
    shown = render(replace(WEB, sections=(section, *WEB.sections[1:])), kind)
    plain = " ".join(re.sub(r"<[^>]*>|&lt;[^&]*&gt;|\\\\|&nbsp;", " ", shown).replace("\\", "").split())

    assert f"Denial of service{stop}" in plain
    assert f"Examplia 4.2.1{stop}" in plain
    assert f"Which systems?{stop}" not in plain


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300), st.integers(0, 12))
def test_wrapping_loses_nothing(text: str, indent: int) -> None:
    """Not a character but spaces; no line too wide but for one long word."""
    folded = wrap(text, indent)

    assert re.sub(r"\s", "", folded) == re.sub(r"\s", "", text)
    for line in folded.splitlines():
        assert (
            columns(line) <= 72 or " " not in line.strip() or any(unicodedata.east_asian_width(c) in "WF" for c in line)
        )


def test_wrapping_breaks_chinese_anywhere_but_before_a_stop() -> None:
    """It is written without spaces; a stop does not begin a line."""
    lines = wrap("安" * 35 + "。" + "全" * 40, 2).splitlines()

    assert all(columns(line) <= 74 for line in lines)
    assert not any(line.strip().startswith("。") for line in lines)


# --- Markdown


def test_markdown_reads_as_a_document() -> None:
    """Headings, lists and links come out as such."""
    from markdown_it import MarkdownIt

    html = MarkdownIt().render(render(WEB, "markdown"))

    assert [len(elements(html, name)) for name in ("h1", "h2", "h3")] == [1, 2, 7]
    assert len(elements(html, "a")) >= 14
    assert "https://kernelpost.example/" in html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. x", "1\\. x"),
        ("- x", "\\- x"),
        ("2026 was", "2026 was"),
        ("a*b_c", "a\\*b\\_c"),
        ("<b>", "\\<b\\>"),
        ("CVE-2026-1", "CVE-2026-1"),
    ],
)
def test_markdown_signs_are_literal(text: str, expected: str) -> None:
    """Only where they would be read as signs."""
    assert escape_markdown(text) == expected


# --- JSON


def test_json_gives_the_edition_back() -> None:
    """Equal in every field; the file says what it is."""
    value = json.loads(render(WEB, "json"))

    assert from_dict(value) == WEB
    assert list(value)[:3] == ["format", "version", "id"]
    assert value["closed"] == "2026-11-23T05:00:00Z"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"format": "x"}, "edition"), ({"version": 2}, "edition"), ({"version": None}, "edition"), ({"extra": 1},
        "edition.extra"),
        ({"day": "yesterday"}, "edition.day"), ({"closed": 5}, "edition.closed"), ({"sections": {}},
        "edition.sections"),
        ({"sections": [{"topic": "t", "title": "t", "cards": [{}]}]}, "edition.sections[0].cards[0]"),
        ({"title": None}, "edition.title"),
        ({"coverage": {"languages": {"en": "many"}}}, "edition.coverage.languages.en"), ({"coverage": []},
        "edition.coverage"),
    ],
)  # fmt: skip
def test_a_damaged_edition_is_refused_by_name(change: dict[str, object], where: str) -> None:
    """The error names the key."""
    with pytest.raises(InputError) as error:
        from_dict({**to_dict(WEB), **change})

    assert error.value.where == where


def test_a_missing_key_is_named() -> None:
    """As in a file cut short."""
    value = to_dict(WEB)
    del value["title"]

    with pytest.raises(InputError, match="title"):
        from_dict(value)


@pytest.mark.parametrize(
    ("template", "where", "said"),
    [
        ("{{ 1 / 0 }}", ":1", "ZeroDivisionError: division by zero"),
        ("{{ edition.nope }}", ":1", "edition has no attribute 'nope'"),
        ('\n{{ edition.say("nope") }}', ":2", "KeyError: 'nope'"),
        ("{{ edition.title.upper(1, 2) }}", ":1", "TypeError: "),
        ('{% extends "edition.txt" %}', ":1", "RecursionError"),
        ('\n{% include "nope.txt" %}', ":2", "there is no template nope.txt"),
        ("\udcff", "", "not UTF-8 text"),
    ],
)
def test_a_mistake_in_an_own_template_names_the_file(tmp_path: Path, template: str, where: str, said: str) -> None:
    """Whatever an expression comes to; only our own files may fail loudly."""
    (tmp_path / "edition.txt").write_text(template, encoding="utf-8", errors="surrogateescape")

    with pytest.raises(InputError) as error:
        render(WEB, "text", templates=tmp_path)

    assert error.value.where.endswith(where)
    assert error.value.where.startswith(str(tmp_path / "edition.txt"))
    assert said in error.value.reason


# --- Atom


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_feed_obeys_rfc_4287(language: str) -> None:
    """Required elements once, times in RFC 3339, IRIs, unique ids, known types."""
    edition = sample(language)
    feed = ET.fromstring(render(edition, "atom"))
    entries = feed.findall(f"{ATOM}entry")

    assert feed.tag == f"{ATOM}feed"
    assert len(entries) == len(edition.cards)
    for part in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{name}")) == 1, name
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", part.findtext(f"{ATOM}id") or "")
        for name in ("updated", "published"):
            assert all(datetime.fromisoformat(node.text or "").tzinfo for node in part.findall(f"{ATOM}{name}"))
        alternates = [link for link in part.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
        assert all(web_address(link.get("href")) for link in part.findall(f"{ATOM}link"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    assert {content.get("type") for content in feed.iter(f"{ATOM}content")} == {"html"}


def test_a_feed_reader_reads_it() -> None:
    """feedparser finds no fault, and the headlines."""
    parsed = feedparser.parse(render(WEB, "atom").encode())

    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == [card.headline.text for card in WEB.cards]
    assert parsed.entries[0].link == "https://digest.example/2026-11-23-en#n1"


def test_a_story_keeps_its_entry_over_days() -> None:
    """A reader shows the update of a story it knows."""
    later = replace(WEB, id="2026-11-24-en", day=date(2026, 11, 24), closed=datetime(2026, 11, 24, 5, tzinfo=UTC))
    one, other = (ET.fromstring(render(edition, "atom")) for edition in (WEB, later))

    ids = [[node.text for node in feed.iter(f"{ATOM}id")] for feed in (one, other)]
    assert ids[0] == ids[1]
    assert one.findtext(f"{ATOM}updated") != other.findtext(f"{ATOM}updated")


# --- words


def test_the_page_speaks_french() -> None:
    """Labels, dates, numbers, amounts; no English word of ours is left."""
    text = words(render(sample("fr"), "html", unsubscribe_url=LEAVE))

    for phrase in (
        "Lundi 23 novembre 2026", "7 sujets", "225 millions d’euros", "6 mois", "10,0 critique", "Dans cette édition",
        "Se désabonner",
        "Titre original, en portugais", "En italien : non traduit, faute de modèle", "2143 brèves vues",
        "23 novembre 2026 à 6 h 00 (CET)", "Comment cette édition a été faite",
        "exploitation avérée (liste du 10 décembre 2021)", "Même texte aussi chez", "Sanctions et décisions",
    ):  # fmt: skip
        assert phrase in text.replace("\u202f", " ").replace("\xa0", " ")
    assert not re.search(r"\b(Unsubscribe|stories|Authority|Original source|Update)\b", text)


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_a_table_of_words_has_the_keys_and_names_of_the_english_one(language: str) -> None:
    """No key that nothing reads, no {name} that nothing fills in."""
    import tomllib

    folder = Path(resource("pipeline")) / "render/i18n"
    english, own = (tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")) for name in ("en", language))
    for table, entries in own.items():
        assert set(entries) <= set(english[table]) | (set(entries) if table in {"languages", "measures"} else set()), (
            table
        )
        for key, value in entries.items():
            if (
                isinstance(value, str)
                and isinstance(english[table].get(key), str)
                and table not in {"dates", "numbers"}
            ):
                assert set(re.findall(r"\{\w+\}", value)) == set(re.findall(r"\{\w+\}", english[table][key])), key


@pytest.mark.parametrize("language", languages())
def test_every_word_the_templates_ask_for_exists(language: str) -> None:
    """A missing key would stop the run on the day it is needed."""
    say = wording(language)
    used = set()
    for path in resource("templates").glob("*.*"):
        used |= set(re.findall(r"say\(\"([\w.]+)\"", path.read_text(encoding="utf-8")))

    assert used
    assert all(say.has(key if "." in key else f"ui.{key}") for key in used)


@pytest.mark.parametrize(
    ("language", "value", "currency", "expected"),
    [
        ("en", 225_000_000.0, "EUR", "€225 million"), ("fr", 225_000_000.0, "EUR", "225 millions d’euros"),
        ("fr", 1_200_000_000.0, "EUR", "1,2 milliard d’euros"), ("fr", 2_000_000.0, "USD", "2 millions de dollars"),
        ("fr", 20_000.0, "EUR", "20 000 €"), ("en", 20_000.0, "EUR", "€20,000"), ("en", 1_234_567.0, "USD",
        "$1,234,567"),
        ("en", 8_026_000_000.0, "CNY", "CN¥8.026 billion"), ("en", 5e6, "CHF", "CHF 5 million"), ("fr", 5e6, "XYZ",
        "5 millions XYZ"),
        ("en", 0.5, "EUR", "€0.5"), ("en", 12.34, None, "12.34"), ("fr", 1e6, "PLN", "1 million de zlotys"),
        ("en", 1e12, "JPY", "¥1 trillion"), ("en", 746_000_000.5, "EUR", "€746,000,000.5"),
    ],
)  # fmt: skip
def test_amounts_are_written_as_a_reader_would(
    language: str, value: float, currency: str | None, expected: str
) -> None:
    """And never rounded."""
    assert wording(language).money(value, currency).replace("\u202f", " ").replace("\xa0", " ") == expected


@given(st.floats(0.01, 1e15, allow_nan=False).map(lambda value: round(value, 2)))
def test_no_amount_is_rounded(value: float) -> None:
    """Reading the words gives the number back."""
    said = wording("en").money(value, None)
    number, _, scale = said.replace(",", "").partition(" ")
    factor = {"": 1, "million": 10**6, "billion": 10**9, "trillion": 10**12}[scale]

    assert abs(float(number) * factor - value) <= 1e-6 * max(1.0, value * 1e-6)


@pytest.mark.parametrize(
    ("language", "key", "count", "expected"),
    [("en", "stories", 0, "0 stories"), ("en", "stories", 1, "1 story"), ("fr", "stories", 0, "0 sujet"), ("fr",
    "stories", 1, "1 sujet"),
     ("fr", "stories", 2, "2 sujets"), ("sv", "stories", 2, "2 stories"), ("en", "entries", 12345,
     "12,345 items seen")],
)  # fmt: skip
def test_plurals_follow_the_language(language: str, key: str, count: int, expected: str) -> None:
    """Zero is singular in French, plural in English."""
    assert wording(language)(f"coverage.{key}", count) == expected


@pytest.mark.parametrize(
    ("language", "day", "expected"),
    [("fr", date(2026, 11, 23), "23 novembre 2026"), ("fr", date(2026, 11, 1), "1er novembre 2026"), ("en", date(2026,
    11, 1), "1 November 2026"),
     ("sv", date(2026, 11, 1), "1 November 2026")],
)  # fmt: skip
def test_dates_follow_the_language(language: str, day: date, expected: str) -> None:
    """English where there is no table."""
    assert wording(language).long_date(day) == expected


def test_times_are_told_in_the_edition_s_zone() -> None:
    """Also across the change of the clocks; an unknown zone is UTC."""
    say = wording("en")

    assert say.moment(CLOSED, "Europe/Paris") == "23 November 2026, 06:00 (CET)"
    assert say.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "Europe/Paris") == "2 July 2026, 00:30 (CEST)"
    assert say.moment(CLOSED, "Mars/Base") == "23 November 2026, 05:00 (UTC)"


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("fr→ca apertium, ca→pt apertium, pt→en firefox", "fr→ca→pt Apertium, pt→en Firefox"), ("pt→en firefox",
        "pt→en Firefox"),
        ("de→en argos; de→en firefox; de→en argos", "de→en Argos; de→en Firefox"), ("by hand", "by hand"),
    ],
)  # fmt: skip
def test_a_route_is_told_in_few_words(route: str, expected: str) -> None:
    """Hops of one engine together."""
    assert short_route(route) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("amount-lost", "Check against the original: may be missing: x"),
        ("version-added", "Check against the original: may be invented: x"),
        ("never-heard-of", "Check against the original: never-heard-of (x)"),
        ("kept-original", "Check against the original: a sentence was left in the original"),
    ],
)
def test_every_failed_check_is_told_in_words(kind: str, expected: str) -> None:
    """By its kind, by the end of its kind, else as it is."""
    edition = sample()
    card = edition.sections[1].cards[1]
    assert card.headline.translation is not None
    translation = replace(card.headline.translation, problems=(Problem(kind=kind, detail="x"),))
    changed = replace(card, headline=replace(card.headline, translation=translation), summary=())
    section = replace(edition.sections[1], cards=(changed,))

    assert view(replace(edition, sections=(section,))).cards[0].marks == (expected,)


def test_a_text_that_stays_for_a_failed_check_says_which() -> None:
    """That it stayed is said once, not again among the reasons."""
    edition = sample("fr")
    section, card = next((s, c) for s in edition.sections for c in s.cards if c.headline.translation)
    problems = (Problem(kind="amount-lost", detail="€350 mds"), Problem(kind="kept-original", detail="…"))
    translation = replace(card.headline.translation, text=card.headline.original.text, source="de", route=None,
                          problems=problems)  # fmt: skip
    changed = replace(card, headline=replace(card.headline, translation=translation), summary=())
    seen = view(replace(edition, sections=(replace(section, cards=(changed,)),)))

    assert seen.cards[0].marks == (
        "Laissé en allemand, un contrôle de la traduction ayant échoué\xa0: manque peut-être\xa0: €350 mds",
    )


def test_the_preview_line_goes_on_where_the_subject_ends() -> None:
    """A mail box shows both in a row: the first headline is in the subject, the next ones are here."""
    first, *others = [card.headline.text for card in WEB.cards]
    lone = replace(WEB, sections=(replace(WEB.sections[0], cards=WEB.cards[:1]),))

    assert first[:30] in subject_of(WEB)
    assert view(WEB).preview == " · ".join(others[:3])
    assert view(lone).preview == WEB.cards[0].summary[0].text
    assert view(replace(WEB, sections=())).preview == wording("en")("nothing_at_all")


def test_an_update_is_dated_by_its_newest_report() -> None:
    """Beside "Update", the day of the first report would read as yesterday's news."""
    card = next(card for card in WEB.cards if len(card.sources) > 1)
    first, *others = card.sources
    days = [replace(source, published=CLOSED - timedelta(days=2)) for source in others]
    told = replace(card, status="update", change="CVSS 9.8; 2 more sources", published=CLOSED - timedelta(days=2),
                   sources=(replace(first, published=CLOSED), *days))  # fmt: skip
    section = replace(WEB.sections[0], cards=(told, replace(told, status="new")))
    seen = view(replace(WEB, sections=(section,)))

    assert [shown.published_iso for shown in seen.cards] == ["2026-11-23", "2026-11-21"]


def test_what_an_update_brings_is_said_in_the_manner_of_its_language() -> None:
    """French parts clauses with a space before the semicolon; "Update" stands once on a card."""
    card = replace(WEB.cards[0], status="update", change="CVSS 9,8; 2 sources de plus")
    edition = replace(WEB, language="fr", sections=(replace(WEB.sections[0], cards=(card,)),))

    assert view(edition).cards[0].change == "CVSS 9,8\xa0; 2 sources de plus"
    assert words(render(edition, "mail")).count("Mise à jour") == 1


@pytest.mark.parametrize(
    ("when", "timezone", "expected"),
    [
        ("2026-11-23T21:05:00+00:00", "UTC", "23 Nov, 21:05"),
        ("2026-11-23T00:00:00+00:00", "UTC", "23 Nov"),
        ("2026-11-23T00:00:00+00:00", "America/New_York", "23 Nov"),
        ("2026-11-22T23:00:00+00:00", "Europe/Paris", "23 Nov"),
        ("2026-11-22T23:00:00+00:00", "UTC", "22 Nov, 23:00"),
    ],
)
def test_a_day_without_an_hour_is_shown_as_a_day(when: str, timezone: str, expected: str) -> None:
    """Feeds that give the day alone mean no hour, and the day is theirs, wherever the reader is."""
    assert wording("en").short_moment(datetime.fromisoformat(when), timezone) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("ar", "rtl"), ("fa-IR", "rtl"), ("he", "rtl"), ("en", "ltr"), ("und", "auto"), (None, "auto")],
)
def test_direction_follows_the_script(tag: str | None, expected: str) -> None:
    """Unknown languages are left to the browser."""
    assert direction(tag) == expected
    assert language_tag('en" onclick="x') == "und"


@pytest.mark.parametrize(("language", "said"), [("fr", "tribunal américain"), ("de", "US-Gericht"), ("en", "US court")])
def test_courts_and_governments_are_named_in_the_readers_language(language: str, said: str) -> None:
    """Agencies keep the name they are known by."""
    facts = [Fact(type="authority", value="US court"), Fact(type="authority", value="CNIL")]
    (line,) = fact_lines(facts, {}, wording(language))

    assert [value.text for value in line.values] == [said, "CNIL"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("FSC-KR", "FSC (KR)"), ("Datatilsynet-DK", "Datatilsynet (DK)"), ("CERT-FR", "CERT-FR"), ("NCSC-NL", "NCSC-NL")],
)
def test_bodies_of_one_name_in_several_lands_are_told_apart(name: str, said: str) -> None:
    """The land stands behind the name; names that have a land in them stay."""
    (line,) = fact_lines([Fact(type="authority", value=name)], {}, wording("en"))

    assert [value.text for value in line.values] == [said]


def test_many_values_are_counted_not_listed() -> None:
    """A patch day names two hundred flaws."""
    owner = Evidence(article="a", field="text", start=0, end=1, sentence="s")
    facts = [Fact(type="cve", value=f"CVE-2026-{number:05}", evidence=owner) for number in range(200)]
    line = fact_lines(facts, {"a": "Outlet"}, wording("en"))[0]

    assert len(line.values) == 6
    assert line.more == "and 194 more"
    assert line.values[0].tooltip == "Outlet: “s”"


def listed(cve: str, **said: object) -> Fact:
    """What CISA's list says of a flaw, as `enrich` writes it: beside the sentence that names the flaw."""
    owner = Evidence(article="a", field="text", start=0, end=1, sentence=f"{cve} is a flaw.")
    return Fact(type="kev", value=True, name=cve, status="2026-11-22", evidence=owner, **said)  # type: ignore[arg-type]


def test_a_list_answers_for_what_it_says() -> None:
    """The sentence of an article names the flaw; that it is exploited says CISA, and its record is linked."""
    (line,) = fact_lines([listed("CVE-2026-31337", unit="ransomware")], {"a": "Outlet"}, wording("en"))
    (value,) = line.values
    (proof,) = proofs([line], wording("en"))

    assert value.text == "known exploited, also by ransomware (list of 22 November 2026)"
    assert (value.outlet, proof.outlet) == ("", "")
    assert "CISA" in proof.text
    assert value.url == proof.url
    assert value.url is not None
    assert value.url.startswith("https://www.cisa.gov/")
    assert value.url.endswith("CVE-2026-31337")


def test_of_several_flaws_the_listed_ones_are_named() -> None:
    """One of three is known to be exploited; nobody should think all are."""
    ids = ["CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003"]
    flaws = [Fact(type="cve", value=cve) for cve in ids]
    lines = fact_lines([*flaws, listed(ids[0]), listed(ids[2])], {}, wording("en"))

    assert [value.text for value in lines[1].values] == [
        "CVE-2026-0001, CVE-2026-0003: known exploited (list of 22 November 2026)"
    ]


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("CVE-2021-44228", "https://www.cve.org/CVERecord?id=CVE-2021-44228"),
        ('CVE-2021-1"onclick="x', None),
        ("", None),
    ],
)
def test_a_flaw_leads_to_its_record(value: str, address: str | None) -> None:
    """What is no id leads nowhere."""
    lines = fact_lines([Fact(type="cve", value=value)], {}, wording("en"))

    assert [item.url for line in lines for item in line.values] == ([address] if value else [])


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("In CVE-2021-44228, a flaw", 'In <span class="id">CVE-2021-44228</span>, a flaw'),
        ("CERTFR-2026-AVI-0001", '<span class="id">CERTFR-2026-AVI-0001</span>'),
        ("see GHSA-7x7x-abcd-1234", 'see <span class="id">GHSA-7x7x-abcd-1234</span>'),
        ("<b>A-2</b> & x", "&lt;b&gt;A-2&lt;/b&gt; &amp; x"),
    ],
)
def test_identifiers_stand_on_one_line(text: str, html: str) -> None:
    """And all else is escaped as everywhere."""
    assert str(unbroken(text)) == html


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("the server answered 404 Not Found", "le serveur a répondu 404"),
        ("no complete answer within 30 s", "pas de réponse"),
        ("an HTML page instead of a feed", "pas de flux lisible"),
        ("something new", "lecture impossible"),
    ],
)
def test_a_failure_is_told_in_the_readers_language(reason: str, told: str) -> None:
    """English readers get the exact words."""
    assert fault(reason, wording("fr")) == told
    assert fault(reason, wording("en")) == reason


def test_readers_are_told_nothing_that_only_operators_can_do() -> None:
    """The command that gets a model stands in the run report."""
    assert not [kind for kind in FORMATS if kind != "json" and "models install" in render(sample(), kind)]


def test_a_message_says_why_it_comes() -> None:
    """To whoever has forgotten; a page on the web comes to nobody."""
    said = "You get this message because this address is subscribed to"
    assert all(said in " ".join(render(sample(), kind, unsubscribe_url=LEAVE).split()) for kind in ("mail", "text"))
    assert said not in render(sample(), "html")


def test_each_report_is_shown_with_its_headline_and_time() -> None:
    """A reader without a mouse, who sees no tooltip, can judge the sources too."""
    page, text = " ".join(words(render(sample(), "html")).split()), render(sample(), "text")

    assert "Multa de 225 milhões de euros por transferir dados de menores Diário da Rede , 22 Nov, " in page
    assert "Diário da Rede (Portuguese), 22 Nov, " in text


def test_an_edition_without_stories_counts_nothing() -> None:
    """Noughts are no news."""
    empty = replace(sample(), sections=())
    assert not view(empty).stats
    assert all("0 stories" not in render(empty, kind) for kind in ("html", "mail", "text", "markdown"))


def test_facts_of_one_sentence_stand_apart_from_right_to_left() -> None:
    """Run together, "CVSS: 9.8 حرجة · CVSS: 7.4 عالية" would change places in the reader's eyes."""
    page = render(sample("ar"), "html")

    assert '<bdi dir="rtl">CVSS: 9.8 حرجة</bdi> · <bdi dir="rtl">CVSS: 7.4 عالية</bdi>' in page
    assert '<bdi dir="ltr">+0.97</bdi>' in page


# --- why a story is where it is


SIGNS = (
    RankSign(name="topic", note="disclosure 95%", text="disclosure", number=0.95),
    RankSign(name="outlets", note="1 outlet", number=1),
    RankSign(name="copies", note="2 near-copies not counted", number=2),
    RankSign(name="languages", note="in de, fr", text="de,fr"),
    RankSign(name="source", note="Outlet, weight 1.5", text="Outlet", number=1.5),
    RankSign(name="amount", note="EUR 225,000,000", text="EUR", number=225e6),
    RankSign(name="measure", note="fine", text="fine"),
    RankSign(name="authority", note="by Datatilsynet-DK", text="Datatilsynet-DK"),
    RankSign(name="days", note="2 days old", number=2),
    RankSign(name="known_since", note="known before: out since 2026-05-03", text="2026-05-03"),
)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Flaws 95%, 1 outlet, 2 copies of reports not counted, in German, French, Outlet, weight 1.5, "
         "€225 million, fine, by Datatilsynet (DK), 2 days old, known before: out since 3 May 2026"),
        ("fr", "Flaws 95 %, 1 média, 2 reprises non comptées, en allemand, français, Outlet, poids 1,5, "
         "225 millions d’euros, amende, par Datatilsynet (DK), il y a 2 jours, "
         "déjà connu : publié depuis le 3 mai 2026"),
    ],
)  # fmt: skip
def test_the_rank_is_told_in_the_readers_language(language: str, words: str) -> None:
    """Its parts are pieces, not an English sentence."""
    part = RankPart(name="any", value=1.0, weight=1.0, note="in English", signs=SIGNS)
    told = reason(part, {"disclosure": "Flaws"}, wording(language))

    assert told.replace("\xa0", " ").replace("\u202f", " ") == words


def test_every_piece_of_the_rank_has_words() -> None:
    """In every language; a piece of a newer program is told as it tells it itself."""
    source = (Path(__file__).parent.parent / "pipeline/rank.py").read_text(encoding="utf-8")
    source += (Path(__file__).parent.parent / "pipeline/rank_known.py").read_text(encoding="utf-8")
    names = set(re.findall(r'RankSign\(\s*name="(\w+)"', source))

    assert len(names) > 10
    assert all(wording(language).has(f"why.{name}") for language in languages() for name in names)
    unknown = RankPart(name="any", value=1.0, weight=1.0, note="as told", signs=(RankSign(name="new", note="x"),))
    assert reason(unknown, {}, wording("fr")) == "as told"


# --- templates of one's own


def test_a_template_of_one_s_own_goes_first(tmp_path: Path) -> None:
    """Only the file that differs need be there."""
    (tmp_path / "web.css").write_text("body { color: #123456; }")
    page = render(WEB, "html", templates=tmp_path)

    assert "#123456" in page
    assert "Harbour VPN" in page


@pytest.mark.parametrize(
    ("source", "line"),
    [("a\n{{ edition.nothing_here }}", 2), ("a\n\n{% if %}", 3), ("{{ nobody }}", 1), ('{% include "gone.txt" %}', 1)],
)
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, source: str, line: int) -> None:
    """The error is for the person who wrote it."""
    (tmp_path / "edition.txt").write_text(source)

    with pytest.raises(InputError) as error:
        render(WEB, "text", templates=tmp_path)
    assert error.value.where == f"{tmp_path / 'edition.txt'}:{line}"


@pytest.mark.parametrize(
    "source", ["{{ ''.__class__.__mro__ }}", "{{ edition.say.__init__.__globals__ }}", "{{ edition.cards.__class__ }}"]
)
def test_a_template_cannot_reach_into_python(tmp_path: Path, source: str) -> None:
    """Templates may come from someone else's repository."""
    (tmp_path / "edition.txt").write_text(source)

    with pytest.raises(InputError):
        render(WEB, "text", templates=tmp_path)


def test_a_style_sheet_cannot_end_its_element(tmp_path: Path) -> None:
    """Whatever it holds, it stays a style sheet."""
    (tmp_path / "web.css").write_text("/* </style><script>alert(1)</script> */")

    assert active_nodes(render(WEB, "html", templates=tmp_path)) == []


def test_the_view_is_all_that_templates_see() -> None:
    """Every attribute the guide names exists."""
    guide = (Path(__file__).parent.parent / "docs/editing-templates.md").read_text(encoding="utf-8")
    shown = view(WEB, unsubscribe_url=LEAVE)
    card = shown.cards[3]
    examples = {
        "edition": shown, "section": shown.sections[0], "card": card, "sentence": card.sentences[0],
        "line": card.facts[0],
        "value": card.facts[0].values[0], "source": card.sources[0], "reason": card.why[0],
        "proof": card.evidence[0], "coverage": shown.coverage,
        "failure": shown.coverage.failures[0], "link": card.originals[0],
    }  # fmt: skip
    rows = re.findall(r"^\| `(\w+)\.(\w+)`", guide, re.MULTILINE)
    named = [pair for pair in rows if pair[0] in examples and pair[1] not in {"txt", "md", "json"}]

    assert len(named) > 50
    assert [pair for pair in named if not hasattr(examples[pair[0]], pair[1])] == []
    fields = {(name, field) for name, value in examples.items() for field in type(value).__dataclass_fields__}
    assert sorted(fields - set(named)) == []
