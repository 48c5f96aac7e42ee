"""Whom a measure hits, by all the sentences that tell of it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.facts.actors import actors
from pipeline.facts.cases import has_cases
from pipeline.facts.described import is_description
from pipeline.facts.marks import is_quoted
from pipeline.facts.measures import Place, find_measures
from pipeline.facts.named_apart import Named, found_at_fault, headed, listed_later, patient, referred_to, shown_in_title
from pipeline.facts.patterns import authorities
from pipeline.facts.persons import pick_persons
from pipeline.facts.roles import Actor
from pipeline.facts.spans import Passage
from pipeline.facts.targets import pick_targets
from pipeline.facts.weighed import pick_authorities
from pipeline.model import Article
from pipeline.text.background import opens_long_ago
from pipeline.text.names import Name, maker, organisations, products, same_name
from pipeline.text.normalise import FIRST_IDEOGRAPH
from pipeline.text.tags import primary

#: Measures against many, whom the lead lists.
_LISTING = frozenset({"asset_freeze", "designation"})
#: Measures that persons suffer.
_PERSONAL = frozenset({"sentence", "conviction"})
#: Measures by a list that names whom they hit.
_OF_LISTS = frozenset({"asset_freeze", "designation", "export_control"})
#: Persons of such a list that are kept.
_MOST_LISTED = 6


def find_hit(
    article: Article, places: Sequence[Place], read: Sequence[Passage], deciding: Sequence[Actor]
) -> list[Named]:
    """Whom a measure hits, in the order of the text.

    Args:
        places: Where the measure is spoken of, the sentence it was found in first.
        read: Title and lead.
        deciding: Who decided.
    """
    language = article.language
    return (
        patient(read, language)
        or _hit(_of_now(places, article), language, deciding, read)
        or _hit(places, language, deciding, read)
    )


def _hit(
    places: Sequence[Place], language: str | None, deciding: Sequence[Actor], read: Sequence[Passage]
) -> list[Named]:
    """By the sentences of `places`, else by what title and lead say apart from them."""
    best, described = _in_places(places, language, deciding)
    best = best or _elsewhere(places, language, deciding, read, described)
    named = _makers(best, read) or headed(described, language) or described
    return named or referred_to(places, read, language) or shown_in_title(read, language)


def _in_places(
    places: Sequence[Place], language: str | None, deciding: Sequence[Actor]
) -> tuple[list[Named], list[Named]]:
    """Whom the sentences of the measure name, and whom the first of them describes, with or without a name."""
    best: list[Named] = []
    described: list[Named] = []
    measure = places[0][1].measure
    for place in sorted(places, key=lambda p: measure in _LISTING and not p[0].is_title):
        own, pairs = _in_place(place, language, deciding, is_personal=measure in _PERSONAL)
        if pairs and _is_named(*pairs[0], described, is_personal=measure in _PERSONAL):
            if not best:
                best = pairs
            elif _of_another_state(own, deciding):
                continue  # "Spain has banned Acme and Examplia, too"
            elif len(pairs) > len(best) and any(same_name(best[0][0].text, name.text) for name, _ in pairs):
                best = pairs  # the lead names the others too
        described = described or pairs
    return best, described


def _in_place(
    place: Place, language: str | None, deciding: Sequence[Actor], *, is_personal: bool
) -> tuple[list[Actor], list[Named]]:
    """Who decides by one sentence, and whom it shows as hit; persons first where a court sentences them."""
    passage, trigger, span = place
    found = actors(passage.text, language)
    own = pick_authorities(passage.text, trigger, span, found)
    is_by_name = is_personal and not has_cases(language)
    names = pick_persons(passage.text, language, span, trigger) if is_by_name else []
    names = names or pick_targets(passage.text, language, trigger, span, found, own or deciding)
    if span == (0, 0):  # a sentence that only goes on: its first word has its capital from its place
        names = [n for n in names if _is_person(n.text) or is_description(n.text)]
    return own, [(name, passage) for name in names]


def _is_named(name: Name, passage: Passage, described: Sequence[Named], *, is_personal: bool) -> bool:
    """Whether whom a sentence shows is called by name there, as far as the sentences before it (`described`) tell."""
    is_ideographic = ord(name.text[0]) > FIRST_IDEOGRAPH
    if not name.text[:1].isupper() and not is_ideographic:
        return False
    if described and ord(described[0][0].text[0]) > FIRST_IDEOGRAPH and not passage.is_title and not is_ideographic:
        return False  # a Latin name beside it is somebody else's
    if is_personal and passage.is_title and is_quoted(passage.text, name):
        return False  # a gang or a nickname, whose people the lead may name
    return not is_description(name.text) and not (is_personal and not _is_person(name.text))


def _elsewhere(
    places: Sequence[Place],
    language: str | None,
    deciding: Sequence[Actor],
    read: Sequence[Passage],
    described: Sequence[Named],
) -> list[Named]:
    """Whom the lead names apart from the measure, where its own sentences name nobody."""
    measure = places[0][1].measure
    found: list[Named] = []
    if measure in _LISTING:  # "three officers" in the title, their names in the lead
        lists = [[(n, p) for n in pick_persons(p.text, language, (0, 0))] for p in read if not p.is_title]
        found = next((names[:_MOST_LISTED] for names in lists if len(names) > 1), [])
    if not found and measure in _OF_LISTS:
        found = listed_later(read, language)
    if not found and described:
        found = found_at_fault(read, language, deciding)
    if not found and described and measure not in _PERSONAL:
        found = _named_later(places, language, deciding, read)
    return found


def _of_another_state(own: Sequence[Actor], deciding: Sequence[Actor]) -> bool:
    """Whether a sentence names who decides, of another country than those who decided the measure."""
    theirs, its = _countries(deciding), _countries(own)
    return bool(theirs and its) and not theirs & its


def _countries(bodies: Sequence[Actor]) -> set[str]:
    """Where bodies are of, as the list says or as their names do ("法国监管机构")."""
    listed, entries = authorities()
    ids = [name for body in bodies for name in (body.id, *(hit.id for hit in listed.find(body.id)))]
    return {entries[name].country for name in ids if name in entries}


def _named_later(
    places: Sequence[Place], language: str | None, deciding: Sequence[Actor], read: Sequence[Passage]
) -> list[Named]:
    """The name that the lead gives to whom the title describes, where it tells of a measure in other words."""
    spoken_of = {id(p) for p, _, _ in places}
    for passage in read:
        if passage.is_title or id(passage) in spoken_of:
            continue
        for finding in find_measures(passage, language)[:1]:
            found = actors(passage.text, language)
            names = pick_targets(passage.text, language, finding.trigger, finding.span, found, deciding)
            if names and names[0].text[:1].isupper() and not is_description(names[0].text):
                return [(name, passage) for name in names]
    return []


def _makers(pairs: list[Named], read: Sequence[Passage]) -> list[Named]:
    """The company in place of its products, where the text names it."""
    makers = {maker(hit.id) for name, _ in pairs for hit in products().find(name.text)}
    if len(makers) != 1 or any(organisations().find(name.text) for name, _ in pairs):
        return pairs
    company = makers.pop()
    for passage in read:
        for hit in organisations().find(passage.text):
            if hit.id == company:
                return [(Name(passage.text[hit.start : hit.end], hit.start, hit.end), passage)]
    return pairs


def _is_person(name: str) -> bool:
    return " " in name or ord(name[0]) > FIRST_IDEOGRAPH


def _of_now(places: Sequence[Place], article: Article) -> Sequence[Place]:
    """The places that do not open with a date of long ago; all where every one does, or nobody knows what day it is."""
    if article.published is None:
        return places
    published, tag = article.published.date(), primary(article.language, "en")
    return [p for p in places if p[0].is_title or not opens_long_ago(p[0].text, tag, published)] or places
