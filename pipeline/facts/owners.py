"""Whose a product is: of "Examplia's Desk Module" the first name is the maker's, the second the product's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.facts.spans import Passage
from pipeline.model import Fact
from pipeline.text.names import products

#: " 's" and the name behind it: a word that holds a capital, and up to three more that begin with one or a digit.
_OWNS = re.compile(r"['’]s (?P<name>[a-z]{0,3}[A-Z][\w-]*(?: [A-Z\d][\w-]*){0,3})")


def without_owners(facts: Iterable[Fact], passages: Sequence[Passage]) -> Iterator[Fact]:
    """Product facts; where one is followed by what it owns, that instead, each value once.

    A program that is known by its own name has parts ("Chrome's V8"), and stays.
    """
    seen: set[object] = set()
    for fact in facts:
        owned = _owned(fact, passages)
        if owned.value not in seen:
            seen.add(owned.value)
            yield owned


def _owned(fact: Fact, passages: Sequence[Passage]) -> Fact:
    shown = fact.evidence
    if shown is None or any(hit.id == fact.value for hit in products().find(str(fact.value))):
        return fact
    for passage in passages:
        place = shown.end - passage.offset
        if (passage.field, passage.text) == (shown.field, shown.sentence) and 0 < place <= len(passage.text):
            match = _OWNS.match(passage.text, place)
            if match is not None:
                name = match["name"]
                return replace(fact, value=name, name=name, evidence=passage.evidence(*match.span("name")))
    return fact
