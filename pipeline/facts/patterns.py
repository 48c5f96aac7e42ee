"""The word lists of this room, compiled once per language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pipeline.text.gazetteer import Gazetteer

_DATA = Path(__file__).parent / "data"
_WITHOUT_SPACES = frozenset({"zh", "ja"})

Form = Literal["acts", "suffers", "noun"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that name a measure, and how whom and who stand around them."""

    measure: str
    form: Form
    #: Place in the list; earlier wins.
    order: int
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Authority:
    """One entry of the gazetteer."""

    id: str
    level: str
    country: str


@lru_cache(maxsize=8)
def load(name: str) -> dict[str, Any]:
    """One of the tables in data/."""
    with (_DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def spoken(language: str | None) -> tuple[str, ...]:
    """Languages whose words are looked for: the article's own and English, which headlines borrow from."""
    tag = (language or "und").lower().split("-")[0]
    if tag in ("und", "mul"):
        return ("en", "fr", "de", "es", "zh")
    if tag in ("yue", "wuu"):
        return ("zh", "en")
    return (tag, "en") if tag != "en" else ("en",)


def compile_words(words: list[str], language: str) -> re.Pattern[str]:
    """One pattern for a list of words: whole words, any case, but [A-Z] stays a capital."""
    body = "|".join(f"(?:{word})" for word in words).replace("[A-Z]", "(?-i:[A-Z])")
    body = body.replace(" (?=", "(?= ")  # the end of a word is looked for before the space
    if language not in _WITHOUT_SPACES:
        body = rf"(?<![\w'’])(?:{body})(?!\w)" if language == "en" else rf"(?<!\w)(?:{body})(?!\w)"
    return re.compile(body, re.IGNORECASE)


@lru_cache(maxsize=64)
def triggers(language: str) -> tuple[Trigger, ...]:
    """What names a measure in a language, most telling first."""
    return tuple(
        Trigger(entry["measure"], entry["form"], order, compile_words(entry[language], language))
        for order, entry in enumerate(load("measures")["trigger"])
        if language in entry
    )


@lru_cache(maxsize=64)
def statuses(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What says how far a measure went, strongest first."""
    tables: Mapping[str, Mapping[str, list[str]]] = load("measures")["status"]
    return tuple(
        (status, compile_words(words[language], language)) for status, words in tables.items() if language in words
    )


@lru_cache(maxsize=64)
def claims(kind: str, language: str) -> dict[str, re.Pattern[str]]:
    """Patterns "yes", "no" and "unless" of "exploited" or "patched"."""
    tables: Mapping[str, Mapping[str, list[str]]] = load("disclosure")[kind]
    return {name: compile_words(words[language], language) for name, words in tables.items() if language in words}


@lru_cache(maxsize=64)
def flaw_words(language: str) -> re.Pattern[str] | None:
    """Words for a flaw."""
    words: Mapping[str, list[str]] = load("disclosure")["flaw"]
    return compile_words(words[language], language) if language in words else None


@lru_cache(maxsize=1)
def authorities() -> tuple[Gazetteer, Mapping[str, Authority]]:
    """The gazetteer of who decides, and its entries by id."""
    table: Mapping[str, list[str]] = load("authorities")
    entries = {name: Authority(name, row[0], row[1]) for name, row in table.items()}
    return Gazetteer({name: row[2:] for name, row in table.items()}), entries


@lru_cache(maxsize=1)
def laws() -> Gazetteer:
    """The gazetteer of laws."""
    table: Mapping[str, list[str]] = load("law")
    return Gazetteer(table)
