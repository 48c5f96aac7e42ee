"""Lands that a text speaks of, by name, adjective, capital, or a body whose name tells the land; in any language."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from pathlib import Path

from pipeline.tables import read_table
from pipeline.text.normalise import fold

_WORD = re.compile(r"[^\W\d_]{2,}")
_WIDE = re.compile(r"[぀-ヿ㐀-鿿가-힯]+")
#: Letters of the shortest and longest stem.
_SHORTEST, _LONGEST = 4, 10


def find_lands(text: str) -> frozenset[str]:
    """ISO 3166 codes, "EU" for the Union."""
    found = set(chain.from_iterable(map(_by_word, set(_WORD.findall(text)))))
    found.update(str(match.lastgroup) for match in _phrases().finditer(fold(text)))
    return frozenset(found)


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str], dict[str, str], re.Pattern[str]]:
    """Whole words, stems and wide spellings, each with its land, and what finds the last, the longest first."""
    lands = read_table(Path(__file__).parent / "data" / "lands.toml")
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    wide: dict[str, str] = {}
    for code, spellings in lands.items():
        if code == "phrases":
            continue
        for word in spellings["words"]:
            (stems if word.endswith("*") else words)[word.rstrip("*")] = code
        wide.update(dict.fromkeys(spellings["wide"], code))
    return words, stems, wide, re.compile("|".join(sorted(wide, key=len, reverse=True)))


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    """Names of several words, in a group for each land."""
    lands = read_table(Path(__file__).parent / "data" / "lands.toml")["phrases"]
    body = "|".join(rf"(?P<{code}>(?:{'|'.join(names)}))" for code, names in lands.items())
    return re.compile(rf"\b(?:{body})\b")


@lru_cache(maxsize=1 << 16)
def _by_word(word: str) -> tuple[str, ...]:
    words, stems, wide, spelling = _tables()
    if _WIDE.match(word):
        return tuple(wide[found] for found in spelling.findall(word))
    if word in words:
        return (words[word],)
    folded = fold(word)
    if folded in words:
        return (words[folded],)
    for length in range(min(_LONGEST, len(folded)), _SHORTEST - 1, -1):
        if folded[:length] in stems:
            return (stems[folded[:length]],)
    return ()
