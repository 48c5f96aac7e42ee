"""Names of whom a measure hits apart from its words: at the head of the title, in a list or later in the lead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.facts.actors import actors
from pipeline.facts.cases import has_cases, named_by_case
from pipeline.facts.joined import together
from pipeline.facts.measures import Place
from pipeline.facts.parties import parties, without_kind
from pipeline.facts.patterns import load
from pipeline.facts.roles import Actor
from pipeline.facts.spans import Passage
from pipeline.text.names import Name
from pipeline.text.tags import primary

#: A name and the sentence that it stands in.
Named = tuple[Name, Passage]

#: "Examplia, sanzione annullata": what became of the one that the title begins with.
_LABELLED = re.compile(
    r",\s(?:(?:la|il|una|maxi|nueva|nuova|nova)[\s-])?(?:mult|sanzion|sanci|sanç|coima|stangata|bloqu|blocc|divieto|veto"
    r"|suspen|sospe|conden|condann|proib|prohib)\w*",
    re.IGNORECASE,
)
#: "la URCDP | comprobó que | Examplia".
_FINDS = re.compile(rf"\s(?:{'|'.join(load('deciding')['finds'])})\s?$", re.IGNORECASE)
#: "among those sanctioned are".
_LISTED = re.compile(rf"(?<!\w)(?:{'|'.join(load('deciding')['listed'])})\s(?:\w+\s){{0,3}}?", re.IGNORECASE)
#: "Examplia: France blocks the betting site": what the title speaks of, and what is said in place of its name.
_HEADED = re.compile(r"(?P<name>[^:：]{2,40}?)\s?[:：]\s")
_SERVICE = re.compile(
    rf"(?:(?:the|this|le|la|les|l['’]|der|die|das|el|il|lo|o|a|het|de)\s?)?(?:{'|'.join(load('deciding')['service'])})(?!\w)",
    re.IGNORECASE,
)
#: "the company": whoever the title speaks of.
_ANAPHOR = re.compile(rf"(?<!\w)(?:{'|'.join(load('deciding')['anaphor'])})(?![a-zà-ÿ])", re.IGNORECASE)


def patient(read: Sequence[Passage], language: str | None) -> list[Named]:
    """The name that opens the title as the one it comes to ("Examplia pierde el recurso")."""
    verbs = load("deciding").get(f"patient_{primary(language)}")
    title = next((p for p in read if p.is_title), None)
    if verbs is None or title is None:
        return []
    names = [n for n in parties(title.text, language) if not title.text[: n.start].strip(' “"«')]
    found = actors(title.text, language)
    is_body = any(a.start < n.end and n.start < a.end for n in names for a in found)
    if is_body or not names:
        return []
    is_labelled = _LABELLED.match(title.text, names[0].end) and not _others(title.text, names[0], language)
    return [(names[0], title)] if is_labelled or _verb_of(tuple(verbs)).match(title.text, names[0].end) else []


def _others(text: str, name: Name, language: str | None) -> list[Name]:
    """Names behind that one, no authority's."""
    return [n for n in _no_authorities(text, language) if n.start > name.end]


def _no_authorities(text: str, language: str | None) -> list[Name]:
    """Names of a sentence that are no authority's."""
    found = actors(text, language)
    return [n for n in parties(text, language) if not any(a.start < n.end and n.start < a.end for a in found)]


@lru_cache(maxsize=8)
def _verb_of(verbs: tuple[str, ...]) -> re.Pattern[str]:
    """One of these verbs right behind a name, an apposition apart."""
    return re.compile(rf"(?:,[^,]{{1,40}},)?\s(?:{'|'.join(verbs)})(?!\w)")


def found_at_fault(read: Sequence[Passage], language: str | None, deciding: Sequence[Actor]) -> list[Named]:
    """The name of which the lead says that who decided found it at fault ("la URCDP comprobó que Examplia …")."""
    ids = {actor.id for actor in deciding}
    for passage in read:
        if passage.is_title:
            continue
        found = [a for a in actors(passage.text, language) if a.id in ids]
        for name in parties(passage.text, language):
            if any(a.end <= name.start and _FINDS.fullmatch(passage.text, a.end, name.start) for a in found):
                return [(name, passage)]
    return []


def listed_later(read: Sequence[Passage], language: str | None) -> list[Named]:
    """Names of the lead behind words that say who is on the list."""
    for passage in read:
        match = None if passage.is_title else _LISTED.search(passage.text)
        if match is None:
            continue
        names = [n for n in parties(passage.text, language) if n.start >= match.end()]
        if names:
            return [(n, passage) for n in together(passage.text, names, names[0], language)]
    return []


def headed(described: list[Named], language: str | None) -> list[Named]:
    """The name in front of the title's colon, where the title calls whom it hits a site, an app or a company."""
    if not described or not described[0][1].is_title or not _SERVICE.match(described[0][0].text):
        return []
    title = described[0][1]
    head = _HEADED.match(title.text)
    if head is None or head.end() > described[0][0].start:
        return []
    return [(n, title) for n in _no_authorities(title.text, language) if (n.start, n.end) == head.span("name")]


def referred_to(places: Sequence[Place], read: Sequence[Passage], language: str | None) -> list[Named]:
    """The name that opens the title, where the sentence of the measure goes on with "the company"."""
    title = next((p for p in read if p.is_title), None)
    if title is not None and has_cases(language):
        return [(n, title) for n in named_by_case(title.text, (0, 0), actors(title.text, language), language)]
    if title is None or not any(_ANAPHOR.search(p.text) for p, _, _ in places if not p.is_title):
        return []
    return [(n, title) for n in _no_authorities(title.text, language) if not title.text[: n.start].strip()]


def shown_in_title(read: Sequence[Passage], language: str | None) -> list[Named]:
    """The one name of the title behind what somebody is ("Nein zur Gesichtssuche bei Messenger Examplia")."""
    title = next((p for p in read if p.is_title), None)
    if title is None:
        return []
    named = _no_authorities(title.text, language)
    shown = [n for n in named if without_kind(title.text, n.start, language) < n.start]
    return [(shown[0], title)] if len(shown) == 1 else []
