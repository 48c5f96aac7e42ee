"""The shipped feeds.yaml: enough sources, enough languages, no address twice, in order, and its examples are valid."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML
from scripts import script

from pipeline.config import SECTIONS, Config, load_config
from pipeline.fetch.urls import canonical_url

ROOT = Path(__file__).parents[1]
FEEDS_YAML = ROOT / "feeds.yaml"
HEADINGS = {
    "news": "news",
    "cert": "CERTs",
    "regulator": "regulators",
    "vendor": "vendors and researchers",
    "law": "law and sanctions",
}
KINDS = list(HEADINGS)
KEYS = {"url", "name", "language", "kind", "weight", "tags", "content", "max_entries"}


@pytest.fixture(scope="module")
def feeds() -> list[dict[str, Any]]:
    document: dict[str, Any] = YAML(typ="safe").load(FEEDS_YAML.read_text(encoding="utf-8"))
    return list(document["feeds"])


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(FEEDS_YAML, environ={})


@pytest.fixture(scope="module")
def make_feed_table() -> ModuleType:
    return script("docs/make_feed_table.py")


def test_there_are_enough_feeds_in_enough_languages(feeds: list[dict[str, Any]]) -> None:
    """At least a hundred feeds, twelve languages, and French is strong."""
    languages = Counter(feed["language"] for feed in feeds)

    assert len(feeds) >= 100
    assert len(languages) >= 12
    assert languages["fr"] >= 25


def test_all_kinds_are_there(feeds: list[dict[str, Any]]) -> None:
    """Not only security news: CERTs in many languages, regulators and sanction authorities too."""
    kinds = Counter(feed.get("kind", "news") for feed in feeds)
    certs = {feed["language"] for feed in feeds if feed.get("kind") == "cert"}
    regulators = {feed["language"] for feed in feeds if feed.get("kind") == "regulator"}

    assert set(kinds) == set(KINDS)
    assert len(certs) >= 12
    assert len(regulators) >= 4
    assert kinds["regulator"] + kinds["law"] >= 20


def test_names_and_addresses_are_unique(feeds: list[dict[str, Any]]) -> None:
    """No feed twice, under whatever spelling."""
    addresses = Counter(canonical_url(feed["url"].rstrip("/")) for feed in feeds)
    names = Counter(feed["name"] for feed in feeds)

    assert [address for address, count in addresses.items() if count > 1 or address is None] == []
    assert [name for name, count in names.items() if count > 1] == []


def test_every_feed_is_well_formed(feeds: list[dict[str, Any]]) -> None:
    """Known keys, https, a language tag, a weight from 0 to 3, and only what differs from the defaults."""
    for feed in feeds:
        assert set(feed) <= KEYS, feed
        assert urlsplit(feed["url"]).scheme == "https", feed
        assert feed["language"].islower(), feed
        assert 0 <= feed.get("weight", 1) <= 3, feed
        assert feed.get("kind") != "news", feed
        assert feed.get("weight") != 1, feed
        assert feed.get("max_entries") != 100, feed


def test_few_addresses_are_unchecked(feeds: list[dict[str, Any]]) -> None:
    """The only tag is `unchecked`, and at most fifteen feeds carry it."""
    tags = Counter(tag for feed in feeds for tag in feed.get("tags", ()))

    assert set(tags) <= {"unchecked"}
    assert tags["unchecked"] <= 15


def test_feeds_stand_by_language_and_kind(feeds: list[dict[str, Any]], make_feed_table: ModuleType) -> None:
    """French, then English, then the others; within a language news, CERTs, regulators, vendors, law."""
    languages = list(make_feed_table.NAMES)
    places = [(languages.index(feed["language"]), KINDS.index(feed.get("kind", "news"))) for feed in feeds]

    assert languages[:2] == ["fr", "en"]
    assert places == sorted(places)


def test_every_group_has_its_heading(config: Config, make_feed_table: ModuleType) -> None:
    """A comment line names language and kind where one of them changes, and nowhere else."""
    groups = dict.fromkeys((feed.language, feed.kind) for feed in config.feeds)

    assert re.findall(r"^  # (.+)", FEEDS_YAML.read_text(encoding="utf-8"), re.MULTILINE) == [
        f"{make_feed_table.NAMES[language]}: {HEADINGS[kind]}" for language, kind in groups
    ]


def test_the_page_counts_the_feeds(config: Config, make_feed_table: ModuleType) -> None:
    """`python docs/make_feed_table.py` has been run since the last change, and leaves no language out."""
    text = make_feed_table.PAGE.read_text(encoding="utf-8")

    assert make_feed_table.page(text, config.feeds) == text
    assert f"| {len(config.feeds)} |\n{make_feed_table.END}" in text


def test_the_commented_settings_are_valid(tmp_path: Path) -> None:
    """The example above `feeds:` loads once its comment signs are gone, and shows the sections an editor needs."""
    _, example = FEEDS_YAML.read_text(encoding="utf-8").split("\n# settings\n")
    block = example.split("\n\n")[0].splitlines()
    lines = [line.removeprefix("#").removeprefix(" ") for line in block[block.index("#") :]]
    path = tmp_path / "feeds.yaml"
    path.write_text("\n".join([*lines, "feeds:", "  - https://outlet.example.org/feed", ""]), encoding="utf-8")

    settings = load_config(path, environ={}).settings

    assert settings.model_fields_set == {"edition", "topics", "watch", "fetch", "translation", "mail", "feeds"}
    assert settings.model_fields_set - {"watch"} <= set(SECTIONS)
    assert settings.mail.sender is not None
