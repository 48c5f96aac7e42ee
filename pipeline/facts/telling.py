"""A sentence that tells of a measure: the words that name it, and who stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.facts.described import described
from pipeline.facts.hittable import NO_NAMES, companies_first, may_be_hit
from pipeline.facts.joined import and_others, together
from pipeline.facts.marks import is_beyond
from pipeline.facts.objects import is_of_a_name
from pipeline.facts.parties import parties
from pipeline.facts.patterns import Trigger, load
from pipeline.facts.roles import Actor
from pipeline.text.names import Name

#: "hôpital | Sainte-Odile": a kind of body that is part of its name.
_KIND = re.compile(
    rf"(?<!\w)(?:{'|'.join(load('people')['institution'])})(?:\s[a-zà-ÿ-]{{4,}}){{0,2}}?"
    r"(?:\s(?:(?:de|du|des|di|del|della|da|do|of|von|van|w)\s(?:la\s|l['’])?|(?:d|dell)['’])?)$"
)


@dataclass(frozen=True, slots=True)
class Telling:
    """One such sentence."""

    text: str
    language: str | None
    trigger: Trigger
    span: tuple[int, int]
    found: Sequence[Actor]
    chosen: Sequence[Actor]
    #: Names of the sentence, and those of them that may be hit.
    everybody: list[Name]
    names: list[Name]
    #: Who it is where no name is given.
    description: list[Name]


def read_telling(
    text: str,
    language: str | None,
    trigger: Trigger,
    span: tuple[int, int],
    found: Sequence[Actor],
    chosen: Sequence[Actor],
) -> Telling:
    """What stands around the words at `span`: `found` are the authorities there, `chosen` those that decide."""
    everybody = [_with_kind(text, n) for n in parties(text, language) if n.text.casefold() not in NO_NAMES]
    names = companies_first([n for n in everybody if may_be_hit(n, text, trigger, span, found, chosen)])
    description = [
        d
        for d in described(text, trigger, span, language)
        if (d.start < span[1] or not is_beyond(text, d, trigger, span[1]))
        and not is_of_a_name(text, d, language, everybody)
    ]
    return Telling(text, language, trigger, span, found, chosen, everybody, names, description)


def _with_kind(text: str, name: Name) -> Name:
    """ "hôpital Sainte-Odile": with what kind of body it is, where that is part of its name."""
    window = max(0, name.start - 60)
    kind = _KIND.search(text[window : name.start])
    start = window + kind.start() if kind else name.start
    return Name(text[start : name.end], start, name.end)


def with_others(sentence: Telling, first: Name) -> list[Name]:
    """A name, those joined to it, and who is joined to them without one."""
    s = sentence
    return and_others(s.text, together(s.text, s.names, first, s.language), s.language, s.everybody)


def covers(description: Sequence[Name], name: Name, language: str | None) -> bool:
    """Whether a name is part of who somebody is ("GRU hackers"), and not the end of it ("Acme Bank").

    Only English and Dutch put a name in front of a noun; elsewhere the noun belongs to the name ("Examplia Schule"),
    unless the first word of the sentence has its capital from its place.
    """
    may_open = (language or "en")[:2] in ("en", "nl")
    return any(
        d.start <= name.start and name.end < d.end and (may_open or d.start < name.start or d.start == 0)
        for d in description
    )
