"""Known names written in other scripts, so that two reports of one firm share its name whatever they are written in."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.text.names.known import known
from pipeline.text.normalise import fold
from pipeline.text.scripts import EAST_ASIAN_LETTER
from pipeline.text.spellings import Spellings

_CYRILLIC = re.compile(r"[а-яёіїєґ]", re.IGNORECASE)
#: Letters that a case may add to a Cyrillic name, and take from its end.
_ADDED, _CUT = 4, 1
#: Letters of the shortest stem.
_STEM = 4


@lru_cache(maxsize=1 << 16)
def usual_names(word: str) -> tuple[str, ...]:
    """Usual names (ids of data/names.toml) of what a run of Chinese, Japanese or Korean, or a Cyrillic word, spells."""
    wide, stems = _spellings()
    if EAST_ASIAN_LETTER.search(word):
        return tuple(dict.fromkeys(wide.every(word)))
    if not _CYRILLIC.match(word):
        return ()
    folded = fold(word)
    return tuple(dict.fromkeys(name for stem, name in stems.at(folded) if len(folded) <= len(stem) + _ADDED))


@lru_cache(maxsize=1)
def _spellings() -> tuple[Spellings, Spellings]:
    """Wide spellings, and the stems of Cyrillic ones."""
    wide: list[tuple[str, str]] = []
    stems: list[tuple[str, str]] = []
    for name, spellings in _known_names():
        for spelling in spellings:
            if len(spelling) > 1 and EAST_ASIAN_LETTER.match(spelling):
                wide.append((spelling, name))
            elif _CYRILLIC.match(spelling) and " " not in spelling:
                folded = fold(spelling)
                stems.append((folded[: max(_STEM, len(folded) - _CUT)], name))
    return Spellings(wide), Spellings(stems)


def _known_names() -> list[tuple[str, list[str]]]:
    tables = known()
    return [
        *tables["organisations"].items(),
        *((name, entry.get("spellings", [])) for name, entry in tables["products"].items()),
    ]
