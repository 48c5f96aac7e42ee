"""Who in a title and its lead could be hit at all: names in any dress, bodies, persons by what they are; too many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.facts.actors import actors
from pipeline.facts.capital_runs import Way, runs, with_forms
from pipeline.facts.forms import CJK_PREFIX, with_form
from pipeline.facts.parties import is_nobody, parties
from pipeline.facts.patterns import spoken
from pipeline.facts.role_phrases import phrases
from pipeline.facts.spans import Passage
from pipeline.facts.unspaced import ARABIC, HANGUL, QUOTED, chunks, words
from pipeline.text.names import Name, organisations
from pipeline.text.scripts import UNSPACED_LETTER
from pipeline.text.tags import primary

#: Longest candidate, in code points.
_LONGEST = 90
_OPEN, _CLOSE = frozenset('«„“「『《"‘'), frozenset('»”“」』》"’')
#: "2社", "三名": a count of somebody.
_COUNTED = re.compile(r"[\d一二两三四五六七八九十数]+ ?[社人名件家款个]")
#: "U.S. Attorney Jane Roe", "Judge Doe": who speaks for the law or applies it, by his office.
_OF_LAW = re.compile(
    r"(?<!\w)(?:(?:U\.S\.|US|Assistant|Deputy|District|State|Chief) )*(?:Attorney|Prosecutor|Judge|Magistrate)"
    r"(?: General)?(?: [A-Z][\w'’-]*\.?){1,4}"
)
#: "Dark web market": half of a word that a title begins with.
_HALF = re.compile(r"(?:Dark|Deep)(?=[ -]?(?:web|net)\b)")
#: Ways that show where a name with its legal form begins and ends.
_WHOLE = frozenset({"form", "form part"})

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be hit, and how he was found."""

    name: Name
    passage: Passage
    #: Place of the sentence: 0 for the title, then 1, 2 … in the lead.
    index: int
    #: "party", "known", "quoted", "run", "part", "form", "form part", "role", "role+", "chunk", "cjk form", "masked",
    #: "word"; "rule" where nothing but the rules found him.
    found: frozenset[str]


def candidates(read: Sequence[Passage], language: str | None) -> list[Candidate]:
    """Every candidate of title and lead, in order; each span once."""
    first = 0 if read[0].is_title else 1
    return [
        Candidate(Name(passage.text[start:end], start, end), passage, index, ways)
        for index, passage in enumerate(read, first)
        for (start, end), ways in sorted(_kept(passage.text, language, _by_span(passage.text, language)).items())
    ]


def _by_span(text: str, language: str | None) -> dict[_Span, frozenset[str]]:
    """How each span was found."""
    found: dict[_Span, set[str]] = {}
    for way, start, end in _ways(text, language):
        start, end = _trimmed(text, start, end)
        if 0 < end - start <= _LONGEST and any(c.isalpha() for c in text[start:end]):
            found.setdefault((start, end), set()).add(way)
    return {span: frozenset(ways) for span, ways in found.items()}


def _ways(text: str, language: str | None) -> Iterator[Way]:
    """(way, start, end) of all candidates of a sentence, some of them several times."""
    named = list(_named(text, language))
    yield from named
    for _, start, end in named:
        full = with_form(text, Name(text[start:end], start, end))
        if (full.start, full.end) != (start, end):
            yield "form", full.start, full.end
    if UNSPACED_LETTER.search(text):
        yield from chunks(text, "ja" if primary(language) == "ja" else "zh")
    elif HANGUL.search(text) or ARABIC.search(text):
        yield from words(text)
    else:
        yield from phrases(text, language)


def _named(text: str, language: str | None) -> Iterator[Way]:
    yield from (("party", n.start, n.end) for n in parties(text, language))
    yield from (("known", h.start, h.end) for h in organisations().find(text))
    yield from (("quoted", *m.span("name")) for m in QUOTED.finditer(text))
    yield from with_forms(text, language)
    theirs = [actor.end for actor in actors(text, language)]
    for way, start, end in runs(text, spoken(language)[0]):
        yield way, start, end
        behind = next((stop for stop in theirs if start < stop < end and text[stop] == " "), None)
        if behind is not None and text[behind + 1].isupper():
            yield "part", behind + 1, end  # "At Leeds Crown Court | Amy Fenn admitted"


def _trimmed(text: str, start: int, end: int) -> _Span:
    """A span without the spaces around it, and without quotation marks that have no partner in it or hold all of it."""
    while start < end:
        first, last = text[start], text[end - 1]
        if first in " \u3000,，、":
            start += 1
        elif last in " \u3000,，、:;":
            end -= 1
        elif first in _OPEN and last in _CLOSE and end - start > 2:
            start, end = start + 1, end - 1
        elif first in _OPEN and not _CLOSE & set(text[start + 1 : end]):
            start += 1
        elif last in _CLOSE and not _OPEN & set(text[start : end - 1]):
            end -= 1
        else:
            break
    return start, end


def _kept(text: str, language: str | None, found: Mapping[_Span, frozenset[str]]) -> dict[_Span, frozenset[str]]:
    """Without parts of names with a legal form, counts, laws and money, and what holds an authority without spaces."""
    prefixed = [span for span, ways in found.items() if "cjk form" in ways and CJK_PREFIX.match(text, span[0])]
    whole = [*prefixed, *(span for span, ways in found.items() if ways & _WHOLE)]
    theirs = [(actor.start, actor.end) for actor in actors(text, language)]
    beside = [match.span() for pattern in (_OF_LAW, _HALF) for match in pattern.finditer(text)]

    def is_kept(span: _Span) -> bool:
        is_part = any(_holds(other, span) for other in whole) or any(_holds(span, other) for other in prefixed)
        is_clause = UNSPACED_LETTER.search(text, *span) is not None and any(_holds(span, actor) for actor in theirs)
        is_beside = any(start <= span[0] and span[1] <= end for start, end in beside)
        return not (is_part or is_clause or is_beside or _COUNTED.fullmatch(text, *span) or is_nobody(text, *span))

    return {span: ways for span, ways in found.items() if ways & _WHOLE or is_kept(span)}


def _holds(whole: _Span, part: _Span) -> bool:
    return whole[0] <= part[0] and part[1] <= whole[1] and whole != part
