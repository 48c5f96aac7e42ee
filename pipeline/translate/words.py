"""Words that show a language, words that deny, idioms and names with a name of their own: data/words.toml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pipeline.tables import read_table

_WORDS = Path(__file__).parent / "data" / "words.toml"


@lru_cache(maxsize=1)
def table() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Name of a table -> language -> its words or phrases."""
    tables = read_table(_WORDS)
    return {
        name: {tag: frozenset(words.split() if isinstance(words, str) else words) for tag, words in table.items()}
        for name, table in tables.items()
    }


def word_table(name: str, language: str) -> frozenset[str]:
    """Words or phrases of one table of data/words.toml; empty when the table has no such language."""
    return table()[name].get(language, frozenset())


@lru_cache(maxsize=64)
def forms(name: str, language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words and beginnings of words."""
    words = word_table(name, language)
    prefixes = tuple(sorted(word[:-1] for word in words if word.endswith("*")))
    return frozenset(word for word in words if not word.endswith("*")), prefixes


@lru_cache(maxsize=16)
def acronyms(language: str) -> Mapping[str, str]:
    """English acronyms that a language writes otherwise, with its own."""
    return dict(pair.split("=", 1) for pair in word_table("acronyms", language))
