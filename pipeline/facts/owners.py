"""Whose a product is: of "Examplia's Desk Module" the first name is the maker's, the second the product's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.model import Fact
from pipeline.text.names import products

#: " 's" and the name behind it: a word that holds a capital, and up to three more that begin with one or a digit.
_OWNS = re.compile(r"['’]s (?P<name>[a-z]{0,3}[A-Z][\w-]*(?: [A-Z\d][\w-]*){0,3})")


def without_owners(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Product facts; where one is followed by what it owns, that instead, each value once.

    A program that is known by its own name has parts ("Chrome's V8"), and stays.
    """
    seen: set[object] = set()
    for fact in facts:
        owned = _owned(fact)
        if owned.value not in seen:
            seen.add(owned.value)
            yield owned


def _owned(fact: Fact) -> Fact:
    shown = fact.evidence
    if shown is None or any(hit.id == fact.value for hit in products().find(str(fact.value))):
        return fact
    name = fact.name or str(fact.value)
    at = shown.sentence.find(f"{name}'s ") if f"{name}'s " in shown.sentence else shown.sentence.find(f"{name}’s ")
    match = _OWNS.match(shown.sentence, at + len(name)) if at >= 0 else None
    if match is None:
        return fact
    start = shown.start + (match.start("name") - at)
    evidence = replace(shown, start=start, end=start + len(match["name"]))
    return replace(fact, value=match["name"], name=match["name"], evidence=evidence)
