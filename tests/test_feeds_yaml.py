"""The shipped feeds.yaml: enough sources, enough languages, no address twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

from pipeline.fetch.urls import canonical_url

FEEDS_YAML = Path(__file__).parents[1] / "feeds.yaml"
KINDS = {"news", "cert", "regulator", "vendor", "law"}
KEYS = {"url", "name", "language", "kind", "weight", "tags", "content", "max_entries"}


@pytest.fixture(scope="module")
def feeds() -> list[dict[str, Any]]:
    return YAML(typ="safe").load(FEEDS_YAML.read_text(encoding="utf-8"))["feeds"]


def test_there_are_enough_feeds_in_enough_languages(feeds: list[dict[str, Any]]) -> None:
    """At least ninety feeds, twelve languages, and French is strong."""
    languages = Counter(feed["language"] for feed in feeds)

    assert len(feeds) >= 90
    assert len(languages) >= 12
    assert languages["fr"] >= 15


def test_all_kinds_are_there(feeds: list[dict[str, Any]]) -> None:
    """Not only security news: CERTs, regulators and sanction authorities too."""
    kinds = Counter(feed.get("kind", "news") for feed in feeds)

    assert set(kinds) == KINDS
    assert kinds["cert"] >= 15
    assert kinds["regulator"] + kinds["law"] >= 12


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
        assert feed.get("max_entries") != 100, feed
