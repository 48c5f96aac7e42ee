"""Facts of a sanction: what was done, how far it went, by whom, to whom, how much, how long, on which law."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.actors import Actor, actors, against, entry, pick_authorities
from pipeline.facts.law import law_facts
from pipeline.facts.measures import Finding, Place, alike, choose_measures, find_measures
from pipeline.facts.spans import Passage
from pipeline.facts.targets import is_description, pick_persons, pick_targets
from pipeline.facts.terms import amount_facts, duration_facts
from pipeline.model import Article, Fact
from pipeline.text.background import is_background
from pipeline.text.identifiers import find_cves
from pipeline.text.names import Name, maker, organisations, products, same_name
from pipeline.text.quantities import Quantity, find_quantities

#: Sentences of the lead that are read for measures, beside the title.
_LEAD_SENTENCES = 5
#: What stands on and can be broken.
_LASTING = frozenset(
    {"injunction", "ban", "restriction", "export_control", "designation", "asset_freeze", "suspension"}
)
#: Words that mean a measure only where somebody is named who may take it.
_LOOSE = frozenset({"restriction", "ban", "suspension", "injunction", "other", "designation", "licence_withdrawal"})
_WITH_AMOUNT = frozenset({"fine", "damages", "other"})
_WITH_DURATION = frozenset(
    {"sentence", "suspension", "ban", "restriction", "injunction", "conviction", "export_control", "designation"}
)


def sanction_facts(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """Facts of the measures that title and lead report, each value once, the most prominent first."""
    read = _read(passages)
    findings = choose_measures(
        [f for p in read for f in find_measures(p, article.language) if _is_taken(f, article, read)]
    )
    if not findings:
        return
    numbers = {p.offset if not p.is_title else -1: find_quantities(p.text, article.language) for p in read}
    seen: set[tuple[str, object, str | None]] = set()
    for fact in _all(article, read, findings, numbers):
        key = (fact.type, fact.value, fact.unit)
        if key not in seen:
            seen.add(key)
            yield fact


#: "violating a court injunction", "to evade sanctions", "bypass restrictions": the measure stood before.
_STANDING = re.compile(
    r"(?:violat(?:e[sd]?|ing)|in (?:violation|breach) of|breach(?:es|ed|ing)|def(?:y|ies|ied|ying)|flout\w*"
    r"|circumvent\w*|evad\w+|bypass\w*|skirt\w*|contourn\w+|au mépris d[eu]s?|en violation d[eu]s?|umgeh\w+|eludir"
    r"|違反|违反|规避|绕过)"
    r"\s?(?:[\w'’-]+\s){0,4}$",
    re.IGNORECASE,
)
#: Code and settings: no authority limits them.
_TECHNICAL = re.compile(r"\w\(\)|[a-z]\w*\.[a-z]\w+\(|[A-Z]{2,}_[A-Z]|\b\w+_\w|\b[a-z]\w*/[a-z]\w*\.[a-z]{2,4}\b")


def _is_taken(finding: Finding, article: Article, read: Sequence[Passage]) -> bool:
    """Whether the sentence reports a measure: not a standing or an earlier one, none of a program."""
    text, start = finding.passage.text, finding.span[0]
    if finding.trigger.measure in _LASTING and _STANDING.search(text[max(0, start - 60) : start]):
        return False
    if finding.passage.is_title:
        return True
    published = article.published.date() if article.published else None
    if _TECHNICAL.search(text) or is_background(text, article.language, published):
        return False
    if any(p.is_title and find_cves(p.text) for p in read):
        return False
    return finding.trigger.measure not in _LOOSE or any(actors(p.text) for p in read)


def _read(passages: Sequence[Passage]) -> list[Passage]:
    title = [p for p in passages if p.is_title]
    lead = [p for p in passages if not p.is_title and p.is_lead]
    return [*title, *lead[:_LEAD_SENTENCES]]


def _all(
    article: Article, read: Sequence[Passage], findings: Sequence[Finding], numbers: dict[int, list[Quantity]]
) -> Iterator[Fact]:
    for finding in findings:
        evidence = finding.passage.evidence(*finding.span)
        measure = finding.trigger.measure
        word = finding.passage.text[slice(*finding.span)]
        yield Fact(type="measure", value=measure, status=finding.status, name=word, evidence=evidence)
        places = _places(finding, read, article.language)
        deciding, who = _deciding(places, read)
        for actor in deciding:
            surface = who.text[actor.start : actor.end]
            yield Fact(
                type="authority",
                value=actor.id if actor.listed else surface,
                name=surface,
                evidence=who.evidence(actor.start, actor.end),
            )
        for name, passage in _hit(places, article.language, deciding, read):
            yield Fact(
                type="target", value=_usual(name.text), name=name.text, evidence=passage.evidence(name.start, name.end)
            )
        if measure in _WITH_AMOUNT and (measure != "other" or _FORFEIT.search(word)):
            yield from amount_facts(finding, places, numbers, deciding, read)
        if measure in _WITH_DURATION:
            yield from duration_facts(places, numbers)
    yield from law_facts(read)


_FORFEIT = re.compile(r"forfeit|confisca|没收", re.IGNORECASE)


def _places(finding: Finding, read: Sequence[Passage], language: str | None) -> list[Place]:
    """Where the measure is spoken of: the sentence it was found in, then the others that name it."""
    places: list[Place] = [(finding.passage, finding.trigger, finding.span)]
    for passage in read:
        if passage is finding.passage:
            continue
        same = [f for f in find_measures(passage, language) if alike(f.trigger.measure, finding.trigger.measure)]
        if same:
            places.append((passage, same[0].trigger, same[0].span))
    if finding.trigger.measure in ("sentence", "conviction"):  # the lead names who the title describes
        named = {id(p) for p, _, _ in places}
        places.extend((p, finding.trigger, (0, 0)) for p in read[1:3] if id(p) not in named)
    return places


def _deciding(places: Sequence[Place], read: Sequence[Passage]) -> tuple[list[Actor], Passage]:
    """Who decided, as the most telling sentence names them; the ministry rather than "Beijing" where both are named."""
    measure = places[0][1].measure
    for passage, trigger, span in places:
        picked = pick_authorities(passage.text, trigger, span, actors(passage.text))
        if not picked:
            continue
        if len(picked) == 1 and _is_general(picked[0]):
            exact = _more_exact(picked[0], places, read)
            if exact is not None:
                return [exact[0]], exact[1]
        return picked, passage
    for passage in read:
        for actor in actors(passage.text):
            if actor.listed and _may_decide(actor, measure) and not against(passage.text, actor):
                return [actor], passage
    return [], places[0][0]


_GENERAL = frozenset({"EU", "Brussels", "US government", "UK government", "China", "White House"})
_FALLBACK_LEVELS = frozenset({"regulator", "ministry", "international"})


def _is_general(actor: Actor) -> bool:
    return actor.level == "government" or actor.id in _GENERAL


def _may_decide(actor: Actor, measure: str) -> bool:
    if measure in ("sentence", "conviction", "damages"):
        return actor.level == "court"
    return actor.level in _FALLBACK_LEVELS or actor.id.endswith("government")


def _more_exact(general: Actor, places: Sequence[Place], read: Sequence[Passage]) -> tuple[Actor, Passage] | None:
    """An authority of the same country that the lead names as deciding; a government rather than its country."""
    known = entry(general.id)
    if known is None:
        return None
    for passage in (*(p for p, _, _ in places), *read):
        for actor in actors(passage.text):
            other = entry(actor.id)
            if (
                other is None
                or other.country != known.country
                or actor.id == general.id
                or against(passage.text, actor)
            ):
                continue
            if other.level in ("regulator", "ministry", "court", "international") and actor.id not in _GENERAL:
                return actor, passage
            if (
                known.id == "US"
                and actor.id == "US government"
                and passage.text[actor.start : actor.end] != "Washington"
            ):
                return actor, passage
    return None


def _hit(
    places: Sequence[Place], language: str | None, deciding: Sequence[Actor], read: Sequence[Passage]
) -> list[tuple[Name, Passage]]:
    described: list[tuple[Name, Passage]] = []
    best: list[tuple[Name, Passage]] = []
    is_personal = places[0][1].measure in ("sentence", "conviction")
    for passage, trigger, span in places:
        found = actors(passage.text)
        chosen = pick_authorities(passage.text, trigger, span, found) or deciding
        names = pick_persons(passage.text, language, span) if is_personal else []
        names = names or pick_targets(passage.text, language, trigger, span, found, chosen)
        pairs = [(name, passage) for name in names]
        is_full = bool(pairs) and (names[0].text[:1].isupper() or ord(names[0].text[0]) > 0x2E80)
        if is_full and not is_description(names[0].text) and not (is_personal and not _is_person(names[0].text)):
            if not best:
                best = pairs
            elif len(pairs) > len(best) and any(same_name(best[0][0].text, name.text) for name in names):
                best = pairs  # the lead names the others too
        described = described or pairs
    return _makers(best, read) or described


def _makers(pairs: list[tuple[Name, Passage]], read: Sequence[Passage]) -> list[tuple[Name, Passage]]:
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
    return " " in name or ord(name[0]) > 0x2E80


def _usual(name: str) -> str:
    """The usual name of a known organisation, else the words of the text."""
    hits = organisations().find(name)
    return hits[0].id if hits and hits[0].end - hits[0].start == len(name) else name
