"""Names in a text: the known ones, runs of capitals, runs of katakana; a longer name around a known one wins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.text.names.capitals import capitalised
from pipeline.text.names.known import organisations, products
from pipeline.text.names.words import name_words
from pipeline.text.tags import primary
from pipeline.text.taken import Taken

_KATAKANA = re.compile(r"[ァ-ヴー・]{4,}")


@dataclass(frozen=True, slots=True)
class Name:
    """One name as written; start and end count code points of the text."""

    text: str
    start: int
    end: int


def find_names(text: str, language: str | None) -> list[Name]:
    """Find names.

    Args:
        text: Any text; a title-case headline is read with a list of common words.
        language: BCP 47 tag. German nouns count only when they look like no noun.
    Returns:
        In order of position, without overlap.
    """
    return list(_find(primary(language), text))


#: Sentences whose names are remembered: those of an article are asked about for products and for parties.
_REMEMBERED = 64


@lru_cache(maxsize=_REMEMBERED)
def _find(tag: str, text: str) -> tuple[Name, ...]:
    found = _known_names(text)
    known = Taken(text)
    for span in found:
        known.add(*span)
    longer: list[tuple[int, int]] = []
    for span in (*capitalised(text, tag), *_katakana(text)):
        if not known.meets(*span):
            found.append(span)
        elif not known.covers(*span):  # a longer name around a known one ("Alibaba Cloud Computing Ltd")
            longer.append(span)
    covered = Taken(text)
    for span in longer:
        covered.add(*span)
    kept = [span for span in found if not covered.meets(*span)]
    spans = sorted([*kept, *longer], key=lambda span: span[0])
    return tuple(Name(text[start:end], start, end) for start, end in spans)


def _known_names(text: str) -> list[tuple[int, int]]:
    """Names of the lists, the longer where two overlap."""
    taken = Taken(text)
    hits = sorted((*organisations().find(text), *products().find(text)), key=lambda h: (h.start - h.end, h.start))
    return [(hit.start, hit.end) for hit in hits if taken.claim(hit.start, hit.end)]


def _katakana(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in _KATAKANA.finditer(text) if m[0].strip("・") not in name_words("katakana")]
