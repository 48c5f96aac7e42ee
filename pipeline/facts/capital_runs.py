"""Runs of words in capitals, as far as names go that no list knows: whole, in parts, up to a legal form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.facts.forms import BEHIND
from pipeline.facts.parties import is_kind
from pipeline.facts.patterns import load, spoken
from pipeline.facts.speech import speech

#: How a candidate was found, and where it stands.
Way = tuple[str, int, int]

_LISTS = load("target_candidates")["lists"]
_UPPER = "".join(chr(c) for c in (*range(0x41, 0x250), *range(0x386, 0x530)) if chr(c).isupper())
#: A word in capitals, with the stop of an initial, or a number.
CAPITAL = rf"(?:[{_UPPER}]\.|St\.|[{_UPPER}\d](?:[\w&+]|['’](?=[^\W_]{{2}})|[-./](?=\w))*)"
_AND_WORDS = "|".join(_LISTS["and"])
_AND = re.compile(rf",\s|\s(?:{_AND_WORDS}|&)\s")
_AND_WORD = re.compile(rf"\s(?:{_AND_WORDS})\s")
#: "23-jarige | Bram", "29-летнего | Романа".
_AGED = re.compile(r"\d+[-‑][^\W\d_]+\s(?=\S)")
_FIRST_WORD = re.compile(r"([^\W_]+)\s(?=\S)")
#: "Torsten W. | Kundengelder": a name cut short, in front of a German noun or the next sentence.
_INITIAL_ENDS = re.compile(rf"[{_UPPER}][^\W\d_]+ [{_UPPER}]\.(?= )")
#: So far in front of a legal form its name may begin, in code points.
_LONGEST = 90
#: So many words in small letters may stand between the capitals of a name and its form ("Domov a reality s.r.o.").
_SMALL_WORDS = 2


@lru_cache(maxsize=32)
def _inner(tag: str) -> str:
    """Small words that may stand within a name: in German no article."""
    words = [word for word in _LISTS["within"] if tag not in _LISTS["not_within"].get(word, ())]
    return "|".join(sorted(words, key=len, reverse=True))


@lru_cache(maxsize=32)
def run_pattern(tag: str) -> re.Pattern[str]:
    """A run of words in capitals in a language, with the small words within it."""
    return re.compile(
        rf"(?:(?<![\w'’-])|(?<=[dlDL]['’])){CAPITAL}(?:\s(?:(?:{_inner(tag)})\s|[dl]['’])?{CAPITAL}|\s&\s{CAPITAL})*"
    )


def runs(text: str, tag: str) -> Iterator[Way]:
    """Every run, what its joints part, and the run without its first word."""
    for run in run_pattern(tag).finditer(text):
        yield from _of_run(text, *run.span(), tag)


def _of_run(text: str, start: int, end: int, tag: str) -> Iterator[Way]:
    if age := _AGED.match(text, start, end):
        start = age.end()
    yield "run", start, end
    place = start
    for joint in [*_AND.finditer(text, start, end), None]:
        stop = joint.start() if joint else end
        if (place, stop) != (start, end):
            yield "part", place, stop
        place = joint.end() if joint else end
    if inner := re.search(rf"\s(?:{_inner(tag)})\s|\sd['’]", text[start:end]):
        yield "part", start, start + inner.start()
        yield "part", start + inner.end(), end
    if initial := _INITIAL_ENDS.match(text, start, end):
        yield "part", start, initial.end()
    first = text.find(" ", start, end)
    if first > 0 and text[first + 1].isupper():
        yield "part", first + 1, end


def with_forms(text: str, language: str | None) -> Iterator[Way]:
    """The names that legal forms close, each without an article or a kind in front; and what "and" parts from it."""
    pattern = run_pattern(spoken(language)[0])
    for form in BEHIND.finditer(text):
        before = list(pattern.finditer(text, max(0, form.start() - _LONGEST), form.start()))
        if not before or text[before[-1].end() : form.start()].count(" ") > _SMALL_WORDS:
            continue
        start = _without_opening(text, before[-1].start(), form.start(), language)
        yield "form", start, form.end()
        if joints := list(_AND_WORD.finditer(text, start, form.start())):
            yield "form part", joints[-1].end(), form.end()


def _without_opening(text: str, start: int, end: int, language: str | None) -> int:
    """Where a name begins behind a small word with a capital from its place, and in German behind what somebody is."""
    words = speech(language)
    small = (words.articles, words.one, words.onto, words.why, words.ends, words.links)
    is_german = spoken(language)[0] == "de"
    for _ in range(2):
        first = _FIRST_WORD.match(text, start, end)
        if first is None:
            break
        kind = is_german and is_kind(first[1], language)
        if not kind and not any(pattern.fullmatch(first[1]) for pattern in small):
            break
        start = first.end()
    return start
