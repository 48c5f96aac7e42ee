"""Words that tell a name from what is only written like one (data/name_words.toml, data/common_words.toml)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.tables import read_table
from pipeline.text.normalise import fold

_DATA = Path(__file__).parents[1] / "data"


@lru_cache(maxsize=8)
def name_words(kind: str) -> frozenset[str]:
    """One list of data/name_words.toml: joints, often_first, tails, acronyms, katakana or skipped."""
    return frozenset(read_table(_DATA / "name_words.toml")[kind].split())


@lru_cache(maxsize=1)
def _common() -> dict[str, Any]:
    tables = read_table(_DATA / "common_words.toml")
    return {
        "words": {tag: frozenset(words.split()) for tag, words in tables["words"].items()},
        "endings": {tag: tuple(endings) for tag, endings in tables["endings"].items()},
    }


def is_listed(word: str, tag: str) -> bool:
    """Whether a word stands in the list of a language's common words."""
    listed: frozenset[str] = _common()["words"].get(tag, frozenset())
    return fold(word) in listed


def is_common(word: str, tag: str) -> bool:
    """Whether a word is listed, or ends as common words of its language do; "Euro-Strafe" counts by its last part."""
    if is_listed(word, tag):
        return True
    if tag == "de" and "-" in word and is_common(word.rsplit("-", 1)[1], tag):
        return True  # "120-Millionen-Euro-Strafe" is a kind of its last part
    if any(c.isupper() for c in word[1:]) or any(c.isdecimal() for c in word):
        return False
    endings: tuple[str, ...] = _common()["endings"].get(tag, ())
    if len(word) > 5 and word.lower().endswith(endings):
        return True
    return tag == "de" and len(word) > 13  # German compounds are nouns, not names
