"""How a language leads to somebody without a name: its articles, prepositions and words for people, as patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts.patterns import load, spoken

#: Languages that put what somebody is before the last noun ("data broker"), not behind the first.
HEAD_LAST = frozenset({"en", "de", "nl", "sv", "da", "no", "pl", "ru"})
#: Languages that put "ex" right before who somebody was.
_PREFIXING = frozenset({"es", "it", "pt"})
#: Languages that write compounds as one word.
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no"})


@dataclass(frozen=True, slots=True)
class Speech:
    """How one language leads to somebody without a name."""

    tag: str
    articles: re.Pattern[str]
    #: "alleged".
    maybe: re.Pattern[str]
    #: An article that shows him as new to the reader.
    one: re.Pattern[str]
    #: Leads from the measure to him.
    onto: re.Pattern[str]
    #: Leads to him or to the cause.
    why: re.Pattern[str]
    ends: re.Pattern[str]
    links: re.Pattern[str]
    #: Nouns for what was done.
    things: re.Pattern[str]
    #: What is banned beside persons and bodies.
    goods: re.Pattern[str]
    who: re.Pattern[str]
    #: The same, also at the end of a compound ("ziekenhuishacker").
    compound: re.Pattern[str]


def _words(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words) or '(?!)'})(?:(?<=['’])|(?!\w))", re.IGNORECASE)


@lru_cache(maxsize=16)
def speech(language: str | None) -> Speech:
    """The words of a language; English ones where no list has it."""
    tag = spoken(language)[0]
    tables = load("objects")
    tag = tag if tag in tables else "en"
    patterns = {name: _words(words) for name, words in tables[tag].items()}
    who = [rf"(?:ex-?)?(?:{word})" if tag in _PREFIXING else word for word in load("people")["who"][tag]]
    tails = [rf"(?:\w{{3,}})?(?:{word})" for word in who] if tag in _COMPOUNDING else who
    return Speech(tag=tag, who=_words(who), compound=_words(tails), **patterns)
