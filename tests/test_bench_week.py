"""The bench that runs real weeks: streams of several shapes become one, and sites keep their language."""

from __future__ import annotations

import gzip
import json
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace

from scripts import script

week = script("bench/real_week.py")


def _stream(data: Path, name: str, *items: dict[str, object]) -> None:
    folder = data / name
    folder.mkdir(parents=True)
    with gzip.open(folder / "items.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(item) + "\n" for item in items)


def test_streams_of_several_shapes_become_one(tmp_path: Path) -> None:
    """Pages' text, lists of sentences and summaries of feeds are paragraphs alike; an address counts once."""
    page = {
        "url": "https://www.a.example/1",
        "site": "A",
        "title": "One",
        "published": "Mon, 01 Jun 2026 08:00:00 CEST",
    }
    text = "First &amp; last.\n\nSecond."
    _stream(tmp_path, "cyber-stream-vigilintel", {**page, "lang_guess": "en", "text": text})
    lines = {"url": "https://b.example/2", "site": "B", "title": "Deux", "published": None, "collected": "2026-06-01"}
    _stream(tmp_path, "veille-fr-headlines", {**lines, "lang_guess": "fr", "extract": ["Un.", " Deux. "]}, page)
    _stream(tmp_path, "cyber-headlines-en-s33r", {**page, "url": "https://c.example/3", "summary": None})
    found = list(week.pages(tmp_path, ["vigilintel", "veille-fr", "s33r"]))
    assert [(item.host, item.paragraphs) for _, item in found] == [
        ("a.example", ("First & last.", "Second.")),
        ("b.example", ("Un.", "Deux.")),
        ("c.example", ()),
    ]
    assert [page.published.astimezone(UTC).isoformat() for page in found[:2]] == [
        "2026-06-01T06:00:00+00:00",
        "2026-06-01T00:00:00+00:00",
    ]


def test_a_site_has_the_language_of_most_items() -> None:
    """A guess of a language that no site of the streams writes in is a slip."""
    written = [(None, SimpleNamespace(language=tag)) for tag in ("zh", "zh", "en", "bcl", "bcl", "bcl")]
    assert week.language_of(written) == "zh"
    assert week.language_of(written[3:]) == "en"


def test_an_item_without_a_readable_date_is_left_out(tmp_path: Path) -> None:
    """No day, no morning to print it."""
    item = {"url": "https://a.example/", "site": "A", "title": "One", "published": "soon", "text": "First."}
    _stream(tmp_path, "cyber-stream-vigilintel", item)
    assert list(week.pages(tmp_path, ["vigilintel"])) == []
