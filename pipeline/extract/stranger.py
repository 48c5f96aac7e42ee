"""Whether a page tells what its feed announced: the text of another article takes up next to nothing of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.text.normalise import fold
from pipeline.text.scripts import UNSPACED

#: A page is another article's below this share of the announced words. Of 161 evaluation pages with a description of
#: their own one is (a calendar); of texts of other pages three in four, of the same field one in two (docs/quality.md).
_LEAST = 0.15
#: Fewer different words than this announce too little to compare by.
_WORDS = 10
#: Beginnings of words that say something, numbers, and pairs of characters where words are not parted.
_LONG_WORD = re.compile(r"[^\W\d_]{5,}|\d{2,}")
_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")
_BEGINNING = 6


def tells_of_another(title: str, announced: Iterable[str], paragraphs: Iterable[str]) -> bool:
    """Whether the text of a page is not that of the article that a feed announced.

    A page in another language than its feed shares names and numbers with it, mostly too few: the feed's own words
    are the better text then, too.

    Args:
        title: The article's.
        announced: What the feed says beside it; nothing can be told without.
        paragraphs: The text of the page.
    """
    said = "\n".join(announced)
    if not said:
        return False
    words = _words(f"{title}\n{said}")
    return len(words) >= _WORDS and len(words & _words("\n".join(paragraphs))) < _LEAST * len(words)


def _words(text: str) -> set[str]:
    folded = fold(text)
    pairs = {run[at : at + 2] for run in _UNSPACED_RUN.findall(folded) for at in range(len(run) - 1)}
    return pairs | {word[:_BEGINNING] for word in _LONG_WORD.findall(_UNSPACED_RUN.sub(" ", folded))}
