"""Whether a text is in another language or script than its title: then it is of another page, or a notice."""

from __future__ import annotations

import re

from pipeline.text.scripts import EAST_ASIAN_LETTER

_WORD = re.compile(r"\w+")
_SCRIPTS = (re.compile(r"[a-z]"), EAST_ASIAN_LETTER, re.compile(r"[\u0600-\u06ff]"), re.compile(r"[\u0400-\u04ff]"))
_STOP_WORDS = {
    "fr": "le la les des une du et en est dans pour sur par au aux qui que avec ses plus son sont cette ces ont il se",
    "en": "the of and to in is for on by with that from are as at has was an be its their this have it his will were",
    "de": "der die das und den von im mit ist auf fur ein eine nicht dem des sich zu werden auch wird bei aus einer",
    "es": "el los las de y en que del una por con para se su un es al como lo mas ha sus fue",
    "it": "il di che della per un una del con non gli dei nel sono alla da le si ha delle piu ma",
    "pt": "o os as de do da e em um uma que dos para com por na no nao foi ao mais seu sua das",
    "no": "og i det er for til av som med har ikke den at en fra vedtatt gjelder ved dette",
}
_STOPS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}


def is_foreign(title: str, body: str) -> bool:
    """Whether title and text share neither script nor language nor any long word: the text of another page."""
    scripts = script(title), script(body)
    # Latin and East Asian go together in product news.
    if (scripts[0] != scripts[1] and 2 in scripts) or scripts in ((0, 3), (3, 0), (1, 3), (3, 1)):
        return True
    languages = _spoken(title, 3), _spoken(body, 6)
    if None in languages or languages[0] == languages[1]:
        return False
    long_words = {word for word in _WORD.findall(title) if len(word) > 4}
    return long_words.isdisjoint(_WORD.findall(body))


def script(folded: str) -> int:
    """Number of the script that most letters are of: 0 Latin, 1 East Asian, 2 Arabic, 3 Cyrillic; 0 without letters."""
    counts = [len(pattern.findall(folded)) for pattern in _SCRIPTS]
    # An English product name in a Chinese title is no English title.
    counts[1] *= 3
    return counts.index(max(counts)) if any(counts) else 0


def is_other_language(title: str, body: str) -> bool:
    """Whether both show by small words what language they are in, and it is not the same."""
    first, second = _spoken(title, 2), _spoken(body, 4)
    return first is not None and second is not None and first != second


def _spoken(folded: str, least: int) -> str | None:
    words = _WORD.findall(folded)
    counts = sorted(
        ((sum(word in stops for word in words), language) for language, stops in _STOPS.items()), reverse=True
    )
    return counts[0][1] if counts[0][0] >= least and counts[0][0] > 1.5 * counts[1][0] else None
