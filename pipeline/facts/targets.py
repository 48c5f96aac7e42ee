"""Whom a measure hits, by one sentence that tells of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.facts.cases import has_cases, named_by_case
from pipeline.facts.described import has_capitals, named_by_grammar
from pipeline.facts.objects import direct_object
from pipeline.facts.outright import said_outright
from pipeline.facts.particles import has_particles, named_by_particle
from pipeline.facts.parties import told_by_kind
from pipeline.facts.patterns import Trigger, spoken
from pipeline.facts.roles import Actor
from pipeline.facts.sides import SIDES
from pipeline.facts.telling import Telling, covers, read_telling, with_others
from pipeline.facts.voice import is_active, is_inverted
from pipeline.text.names import Name, organisations

#: Languages whose names show by the kind in front of them, or by quotation marks.
_SHOWN_BY_KIND = frozenset({"de", "ru", "uk"})
#: "ten years | for | two brothers".
_FOR_WHOM = re.compile(
    r"\s(?:ferme\s)?(?:for|against|pour|contre|für|gegen|para|contra|per|contro|voor|tegen|dla)\s(?:[a-zà-ÿ]{1,4}\s)?",
    re.IGNORECASE,
)


def pick_targets(
    text: str,
    language: str | None,
    trigger: Trigger,
    span: tuple[int, int],
    found: Sequence[Actor],
    chosen: Sequence[Actor],
) -> list[Name]:
    """Whom the sentence shows as hit: the names on the right side of the words, joined ones together."""
    if has_cases(language):
        return named_by_case(text, span, found, language)
    if has_particles(language) and (marked := named_by_particle(text, found, chosen, language)):
        return marked
    if is_inverted(text, trigger, span, language) or is_active(text, trigger, span, found):
        trigger = replace(trigger, form="acts")
    sentence = read_telling(text, language, trigger, span, found, chosen)
    if outright := said_outright(sentence):
        return outright
    sides = SIDES[trigger.form](sentence)
    if not has_capitals(text) and (named := named_by_grammar(text, found)):
        return named
    side = next((side for side in sides if side), None)
    if side is None:
        everybody = sentence.everybody
        return sentence.description or direct_object(text, trigger, span, language, everybody, with_goods=True)
    description, first = sentence.description, _surest(sentence, side)
    if covers(description, first, language) or _comes_first(text, description, first, trigger, span):
        return description
    return with_others(sentence, first) if first in sentence.names else list(side)


def _surest(sentence: Telling, side: Sequence[Name]) -> Name:
    """The first name of a side; where nouns have capitals or companies quotation marks, the first that shows as one."""
    tag = spoken(sentence.language)[0]
    if tag not in _SHOWN_BY_KIND:
        return side[0]
    told = told_by_kind(sentence.text, tag)
    return next((n for n in side if n in told or organisations().find(n.text)), side[0])


def _comes_first(text: str, description: Sequence[Name], name: Name, trigger: Trigger, span: tuple[int, int]) -> bool:
    """ "prison for two brothers behind Acme": who is hit stands right after the words, a name later."""
    return trigger.form == "noun" and any(
        span[1] <= d.start < name.start and _FOR_WHOM.fullmatch(text, span[1], d.start) for d in description
    )
