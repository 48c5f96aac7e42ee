"""What stands around a paragraph tells too: a site's lines stand together and name the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

#: Log odds that a paragraph gains by standing beside what the site said, and by the outlet's name in it.
#: Tuned on open pages and on what is taken of real articles (docs/quality.md).
BESIDE, NAMED = 1.0, 1.0
MOST = BESIDE + NAMED
_NAME = re.compile(r"[^\W\d_]{4,}")
#: Words of outlets' names that any sentence may have.
_COMMON = frozenset([
    "actu", "blog", "daily", "data", "digital", "digitale", "gazette", "global", "group", "herald", "info",
    "informatik", "informatique", "international", "internet", "journal", "magazine", "media", "morning",
    "national", "network", "netz", "news", "noticias", "online", "post", "press", "presse", "radio", "report",
    "review", "revue", "safety", "secure", "security", "seguridad", "sicherheit", "sicurezza", "software",
    "systems", "tech", "technik", "technology", "time", "times", "today", "week", "weekly", "welt", "wire",
    "world", "zeitung",
])  # fmt: skip


def ease(kept: Sequence[tuple[int, str]], length: int, outlet: str | None) -> Callable[[int], float]:
    """How much less sure of a paragraph the judge of lines must be, in log odds, by its place in `kept`.

    Args:
        kept: Paragraphs with their numbers on the page; numbers that are missing were the site's.
        length: How many paragraphs the page has.
        outlet: The site's name, where it is known.
    """
    places = {number for number, _ in kept}
    names = _names(outlet)

    def eased(place: int) -> float:
        number, text = kept[place]
        beside = any(0 <= next_to < length and next_to not in places for next_to in (number - 1, number + 1))
        return BESIDE * beside + NAMED * (names is not None and names.search(text) is not None)

    return eased


def _names(outlet: str | None) -> re.Pattern[str] | None:
    """The words that only this outlet has in its name, as it writes them."""
    words = [word for word in _NAME.findall(outlet or "") if word[0].isupper() and word.lower() not in _COMMON]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b") if words else None
