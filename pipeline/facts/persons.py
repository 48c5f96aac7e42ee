"""Persons by their full names, whom a court sentences."""

from __future__ import annotations

import re

from pipeline.facts.actors import actors
from pipeline.facts.described import PERSON_TAIL, WHO
from pipeline.facts.hittable import DEMONYMS, OF_SOMEBODY
from pipeline.facts.joined import together
from pipeline.facts.marks import OPENING_QUOTE, is_beyond
from pipeline.facts.parties import parties
from pipeline.facts.patterns import Trigger
from pipeline.text.names import Name, organisations, products

_PERSON_AFTER = re.compile(rf"\s{WHO}(?!\w)", re.IGNORECASE)
#: "Jo Doe", "Jo Q. Doe", "Jo D." as papers shorten the accused.
_FULL_NAME = re.compile(r"[^\W\d_][\w'’-]+(?:(?: [A-ZÀ-Þ]\.)?(?: [^\W\d_][\w'’.-]+){1,3}(?: [A-ZÀ-Þ])?| [A-ZÀ-Þ](?=$))")
#: "Jo D. | was sentenced": a name that goes on behind the point is longer.
_SHORTENED = re.compile(r" [A-ZÀ-Þ]$")
_GOES_ON = re.compile(r"\.?,?\s(?-i:[a-zà-ÿ(])")
_NOT_A_PARTY = re.compile(
    r"(?:Attorney|Judge|Prosecutor|Minister|Secretary|Commissioner|General|President|procureur|ministre|juge"
    r"|Senator|said|says|announced|déclaré|selon|according to|par|by|of|von|photo|©)\s$"
    r"|(?:议员|总统|部长|主席|首相|发言人|律师)\s?$",
    re.IGNORECASE,
)


#: "Fueron condenados por atacar …": nobody is named before.
_WERE = re.compile(r"(?:Fue|Fueron|Foi|Foram|Ha sido|Han sido|È stat[oa]|Sono stat[ie]|Eran|Erano)\s")


def _is_why(text: str, name: Name, trigger: Trigger, span: tuple[int, int], language: str | None) -> bool:
    """ "LulzSec were sentenced for attacking the Health Service": whether somebody stands before, and a name in why."""
    is_behind = name.start >= span[1] > 0 and is_beyond(text, name, trigger, span[1])
    return is_behind and (bool(_WERE.match(text)) or any(n.end <= span[0] for n in parties(text, language)))


def pick_persons(text: str, language: str | None, span: tuple[int, int], trigger: Trigger | None = None) -> list[Name]:
    """Full names of persons in a sentence, those before the words of the measure first.

    With `trigger`, no name behind its words that stands in why it was done.
    """
    found = actors(text, language)
    persons = [
        n
        for n in parties(text, language)
        if _FULL_NAME.fullmatch(n.text)
        and not any(a.start < n.end and n.start < a.end for a in found)
        and not _NOT_A_PARTY.search(text[max(0, n.start - 16) : n.start])
        and not OPENING_QUOTE.search(text[: n.start])
        and not OF_SOMEBODY.search(text[max(0, n.start - 48) : n.start])
        and not _PERSON_AFTER.match(text, n.end)
        and not PERSON_TAIL.search(n.text)
        and not (_SHORTENED.search(n.text) and not _GOES_ON.match(text, n.end))
        and not (trigger is not None and _is_why(text, n, trigger, span, language))
        and not organisations().find(n.text)
        and not products().find(n.text)
        and not any(
            word.lower() in DEMONYMS or word.isupper() for word in n.text.replace(".", " ").split() if len(word) > 1
        )
    ]
    if not persons:
        return []
    near = [n for n in persons if n.end <= span[0]] or persons
    return together(text, persons, near[0], language)
