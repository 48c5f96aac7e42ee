"""The laws that a text names as the ground of a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.patterns import laws
from pipeline.facts.spans import Passage
from pipeline.model import Fact

_ARTICLE = re.compile(
    r"\b(?:Art(?:icles?|\.|ikel|ículos?|icol[oi]|igos?)?|Sections?|§§?|Regulation"
    r"|art\.)\s?(\d{1,3}[a-z]?(?:\s?\(\d{1,2}\))?(?:\s?\([a-z]\))?)(?:(?:,|\sand|\set|\sund|\sy"
    r"|\se)\s\d{1,3}[\d()a-z]{0,8}){0,4}"
    r"\s?(?:of (?:the )?|du |de la |de l['’]|der |des |del |della |dello |do |da |van de )?$",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\b(?:Executive Order \d{5}|E\.O\. \d{5}|\d{1,2} U\.?S\.?C\.? §? ?\d{3,4}[a-z]?)\b")


def law_facts(read: Sequence[Passage]) -> Iterator[Fact]:
    """Laws with the article that stands before or after them ("GDPR art. 83"), and orders by number."""
    for passage in read:
        text = passage.text
        for hit in laws().find(text):
            article = _ARTICLE.search(text, max(0, hit.start - 60), hit.start)
            start = article.start() if article else hit.start
            trailing = (
                re.match(r"\s?[,(]?\s?Art(?:icle|\.)?\s?(\d{1,3})", text[hit.end : hit.end + 20])
                if not article
                else None
            )
            number = article[1] if article else trailing[1] if trailing else None
            value = f"{hit.id} art. {''.join(number.split())}" if number else hit.id
            yield Fact(
                type="legal_basis", value=value, name=text[start : hit.end], evidence=passage.evidence(start, hit.end)
            )
        for match in _ORDER.finditer(text):
            yield Fact(type="legal_basis", value=match[0], evidence=passage.evidence(*match.span()))
