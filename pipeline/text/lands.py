"""Lands that a text speaks of, by name, adjective, capital, or a body whose name tells the land; in any language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.tables import read_table
from pipeline.text.hints import hints, holds_any
from pipeline.text.normalise import fold
from pipeline.text.runs import Runs
from pipeline.text.scripts import EAST_ASIAN_LETTER
from pipeline.text.spellings import Spellings

_WORD = re.compile(r"[^\W\d_]{2,}")
#: Stands among lands where a name of several words must be looked for.
_PHRASE = ""


def find_lands(text: str) -> frozenset[str]:
    """ISO 3166 codes, "EU" for the Union."""
    found = set(chain.from_iterable(_RUNS.of(text)))
    if _PHRASE in found:
        found.remove(_PHRASE)
        found.update(str(match.lastgroup) for match in _phrases()[0].finditer(fold(text)))
    return frozenset(found)


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], Spellings, Spellings]:
    """Whole words, stems and wide spellings, each with its land."""
    words: dict[str, str] = {}
    stems: list[tuple[str, str]] = []
    wide: list[tuple[str, str]] = []
    for code, spellings in _lands().items():
        if code == "phrases":
            continue
        words.update((word, code) for word in spellings["words"] if not word.endswith("*"))
        stems.extend((word.rstrip("*"), code) for word in spellings["words"] if word.endswith("*"))
        wide.extend((spelling, code) for spelling in spellings["wide"])
    return words, Spellings(stems), Spellings(wide)


@lru_cache(maxsize=1)
def _phrases() -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Names of several words, in a group for each land; and letters of which any of them holds some in one word."""
    lands: Mapping[str, list[str]] = _lands()["phrases"]
    body = "|".join(rf"(?P<{code}>(?:{'|'.join(names)}))" for code, names in lands.items())
    letters = (max(hint.split(), key=len) for hint in hints(list(chain.from_iterable(lands.values()))))
    return re.compile(rf"\b(?:{body})\b"), tuple(sorted(set(letters)))


def _lands() -> dict[str, Any]:
    return read_table(Path(__file__).parent / "data" / "lands.toml")


def _read_run(run: str) -> tuple[str, ...]:
    """Lands of what stands between two spaces, and _PHRASE where it may be of a name of several words."""
    lands = tuple(chain.from_iterable(map(_by_word, _WORD.findall(run))))
    return (*lands, _PHRASE) if holds_any(fold(run), _phrases()[1]) else lands


_RUNS = Runs(_read_run)


def _by_word(word: str) -> tuple[str, ...]:
    words, stems, wide = _tables()
    if EAST_ASIAN_LETTER.match(word):
        return tuple(wide.longest(word))
    if word in words:
        return (words[word],)
    folded = fold(word)
    if folded in words:
        return (words[folded],)
    return tuple(land for _, land in stems.at(folded))[:1]
