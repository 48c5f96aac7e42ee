"""Persons and bodies by what they are ("nurse from Exampletown", "trzech oficerów"), each in several lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from pipeline.facts.capital_runs import CAPITAL, Way, run_pattern
from pipeline.facts.patterns import load, spoken
from pipeline.facts.speech import Speech, speech
from pipeline.text.numerals import data as quantity_words

_ROLES = load("target_candidates")["roles"]
#: Languages that write what somebody is as the end of one word ("Belastingambtenaar").
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no"})
#: Languages that put no plain word behind the noun for somebody.
_HEAD_LAST = _COMPOUNDING | {"en"}
_WORD = re.compile(r"[^\W_](?:[\w’'&/.-]*[\w])?")
_WORD_BEFORE = re.compile(r"(?:^|(?<=[\s'’(\"„«“]))[^\W_][\w’-]*(?<!['’])\s$")
_WORD_BEHIND = re.compile(r"\s([^\W\d_][\w-]{2,})(?![\w'’])")
_NAME_BEHIND = re.compile(rf"\s[„«“\"]?{CAPITAL}(?:\s{CAPITAL}){{0,3}}[”»“\"]?")
_AGE_BEHIND = re.compile(r",?\s(?:de \d+ an(?:s|os)|di \d+ anni|\d+ (?:Jahre alt|jaar|ans|let|lat|år))")
#: So many words in front of a noun may say what somebody is like.
_WORDS_BEFORE = 3
#: The longest word that is looked at in front of one, in code points.
_WITHIN = 40
_OF = (
    "of|from|in|at|de|des|du|del|en|à|della|dello|dei|degli|delle|di|da|do|dos|das|em|von|vom|der|aus|bei|im|van|uit|bij|te"
    "|z|ze|w|od|из|с|в|від|з|із|från|i|fra|på|u|na"
)
#: Prepositions that go on with what somebody is.
_ON = re.compile(
    rf"\s(?:(?:d|dell|de l|all|sull)['’]|(?:{_OF})\s(?:(?:the|la|le|les|los|las|der|dem|den|het|de|el)\s|l['’])?)"
    r"(?=[^\W_])"
)
_LINKED = re.compile(rf"(?<!\w)(?:{_OF})\s(?:(?:the|la|le|der|dem|den|het)\s)?$|(?<!\w)(?:d|dell)['’]$")


def phrases(text: str, language: str | None) -> Iterator[Way]:
    """Nouns for somebody ("role") with what stands in front, and with what goes on behind ("role+")."""
    words, tag = speech(language), spoken(language)[0]
    for head in _heads(tag).finditer(text):
        starts = list(_starts(text, head.start(), words))
        for end, is_more in _ends(text, head.end(), words, tag):
            yield from (("role+" if is_more else "role", start, end) for start in starts)


def is_linked(text: str, start: int) -> bool:
    """Whether a preposition stands right before a place that may go on with what somebody is ("hacker from | …")."""
    return _LINKED.search(text, max(0, start - _WITHIN), start) is not None


@lru_cache(maxsize=32)
def _heads(tag: str) -> re.Pattern[str]:
    own = _ROLES.get(tag, ())
    joined = r"(?:\w{3,}-?)?" if tag in _COMPOUNDING else ""
    listed = rf"|{joined}(?:{'|'.join(own)})" if own else ""
    bodies = "|".join(load("people")["institution"])
    return re.compile(rf"(?<![\w-])(?:(?:{speech(tag).compound.pattern}){listed}|(?:{bodies}))(?![\w-])", re.IGNORECASE)


def _starts(text: str, start: int, words: Speech) -> Iterator[int]:
    """The noun itself, then with one to three words in front of it that are no small words."""
    yield start
    for _ in range(_WORDS_BEFORE):
        window = max(0, start - _WITHIN)
        before = _WORD_BEFORE.search(text[window:start])
        if before is None or not _is_like(before[0].strip(), words):
            return
        start = window + before.start()
        yield start


def _is_like(word: str, words: Speech) -> bool:
    """Whether a word may say in front of a noun what somebody is like."""
    small = (words.articles, words.one, words.onto, words.why, words.ends, words.links, words.maybe)
    return not any(pattern.fullmatch(word) for pattern in small)


def _is_plain(word: str, words: Speech) -> bool:
    """Whether a word behind a noun may belong to it: no small word, verb, number or noun for what was done."""
    small = (words.articles, words.one, words.onto, words.why, words.ends, words.links, words.things)
    return not any(p.fullmatch(word) for p in small) and word.casefold() not in _numerals() and not word.isdecimal()


@lru_cache(maxsize=1)
def _numerals() -> frozenset[str]:
    return frozenset(chain.from_iterable(words.split() for words in quantity_words()["numbers"].values()))


def _ends(text: str, end: int, words: Speech, tag: str) -> Iterator[tuple[int, bool]]:
    """Where the noun ends, then what stands behind it, and whether that is more than the noun."""
    yield end, False
    places = [end, *(() if tag in _HEAD_LAST else _adjectives(text, end, words))]
    if named := _NAME_BEHIND.match(text, end):
        places.append(named.end())
    yield from ((place, True) for place in places[1:])
    for place in places:
        yield from ((stop, True) for stop in _linked_behind(text, place, words))
    if age := _AGE_BEHIND.match(text, end):
        yield age.end(), True


def _adjectives(text: str, end: int, words: Speech) -> Iterator[int]:
    """Where one and two plain words behind a noun end."""
    for _ in range(2):
        more = _WORD_BEHIND.match(text, end)
        if more is None or more[1][0].isupper() or not _is_plain(more[1], words):
            return
        end = more.end()
        yield end


def _linked_behind(text: str, place: int, words: Speech) -> Iterator[int]:
    """Where what one and two prepositions go on with ends."""
    for _ in range(2):
        on = _ON.match(text, place)
        stops = list(_behind_preposition(text, on.end(), words)) if on is not None else []
        if not stops:
            return
        yield from stops
        place = max(stops)


def _behind_preposition(text: str, start: int, words: Speech) -> Iterator[int]:
    """Where a name, or one and two plain nouns, end that stand behind a preposition."""
    if run := run_pattern(words.tag).match(text, start):
        yield run.end()
        return
    for _ in range(2):
        word = _WORD.match(text, start)
        if word is None or not _is_plain(word[0], words):
            return
        yield word.end()
        start = word.end() + 1
