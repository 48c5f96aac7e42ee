"""Titles that list several news: each is judged by itself too, for what one item tells is faint in the title of five.

A round-up carries a topic when one of its headlines does (docs/topics.md). The whole title is judged as well; the
likelier answer counts.
"""

from __future__ import annotations

import re

from pipeline.classify.concepts import find_concepts, fold_text
from pipeline.text.scripts import EAST_ASIAN_LETTER

#: Not the end of a character reference that a feed left in its title ("Meta&#8217;s").
_SEMICOLON = re.compile(r"(?<!&amp)(?<!&quot)(?<!&#\d\d)(?<!&#\d\d\d)(?<!&#\d\d\d\d)\s*[；;]\s*")
_BAR = re.compile(r"\s*｜\s*|\s+\|\s+")
_LIST = re.compile(r"\s*[,，、;；]\s*")
_HEAD = re.compile(r"[:：]\s")
#: Least width of a headline, a Chinese, Japanese or Korean character counting two; a shorter part is a name or a date.
_LEAST = 12


def beats(title: str) -> tuple[str, ...]:
    """The headlines that a title lists, in its order; none for the title of one news.

    Two headlines at least, parted by semicolons ("A; B; C | Morning paper"), or by commas after the name of a
    round-up ("In other news: A, B, C").
    """
    if _SEMICOLON.search(title):
        parts = _headlines([part for piece in _BAR.split(title) for part in _SEMICOLON.split(piece)])
        return parts if len(parts) > 1 else ()
    head, *rest = _HEAD.split(title, maxsplit=1)
    if rest and _LIST.search(rest[0]) and any(hit.concept == "round_up" for hit in find_concepts(fold_text(head))):
        parts = _headlines(_LIST.split(rest[0]))
        return parts if len(parts) > 1 else ()
    return ()


def _headlines(parts: list[str]) -> tuple[str, ...]:
    return tuple(part.strip() for part in parts if len(part.strip()) + len(EAST_ASIAN_LETTER.findall(part)) >= _LEAST)
