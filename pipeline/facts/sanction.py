"""Facts of a sanction: what was done, how far it went, by whom, to whom, how much, how long, on which law."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.amounts import amount_facts
from pipeline.facts.bystanders import is_bystander
from pipeline.facts.deciding import pick_deciding
from pipeline.facts.durations import deadline_facts, duration_facts
from pipeline.facts.forms import without_form
from pipeline.facts.hit import find_hit
from pipeline.facts.homonyms import whose
from pipeline.facts.inflected import uninflected
from pipeline.facts.law import law_facts
from pipeline.facts.measures import REVISED, Finding, Place, alike, choose_measures, find_measures
from pipeline.facts.named_apart import Named
from pipeline.facts.qualified import as_told_beside, how_far, is_forfeit, kind_of
from pipeline.facts.roles import Actor
from pipeline.facts.scene import Scene
from pipeline.facts.spans import Passage
from pipeline.facts.taken import reported
from pipeline.facts.target_judge import judged
from pipeline.model import Article, Fact
from pipeline.text.background import is_background
from pipeline.text.names import Name, organisations
from pipeline.text.quantities import Quantity, find_quantities

#: Sentences of the lead that are read for measures, beside the title.
_LEAD_SENTENCES = 5
#: Measures of a sum, of a span of time, of courts alone, and those that somebody has to obey until a day.
_WITH_AMOUNT = frozenset({"fine", "damages", "other"})
_WITH_DURATION = frozenset(
    {"sentence", "suspension", "ban", "restriction", "injunction", "conviction", "export_control", "designation"}
)
_OF_COURTS = frozenset({"sentence", "conviction"})
#: "Ohio's AG": one report writes the office out, the next does not.
_SHORT_OFFICE = re.compile(r"(?:['’]s)? AG$")
_WITH_DEADLINE = frozenset({"formal_notice", "injunction"})


def sanction_facts(article: Article, passages: Sequence[Passage], *, plain: bool = True) -> Iterator[Fact]:
    """Facts of the measures that title and lead report, each value once, the most prominent first.

    Without `plain`, wordings that only mean a measure of somebody in power are not looked for.
    """
    findings = find_reported(article, passages, plain=plain)
    if not findings:
        return
    read = _read(passages)
    numbers = {p.place: find_quantities(p.text, article.language) for p in read}
    seen: set[tuple[str, object, str | None]] = set()
    for fact in _all(article, read, findings, numbers):
        key = (fact.type, fact.value, fact.unit)
        if key not in seen:
            seen.add(key)
            yield fact


def find_reported(article: Article, passages: Sequence[Passage], *, plain: bool = True) -> Sequence[Finding]:
    """The measures that title and lead report, the most prominent first."""
    read = _read(passages)
    chosen = choose_measures(reported(article, read, plain=plain))
    return [as_told_beside(finding, read, article.language) for finding in chosen]


def _read(passages: Sequence[Passage]) -> list[Passage]:
    title = [p for p in passages if p.is_title]
    lead = [p for p in passages if not p.is_title and p.is_lead]
    return [*title, *lead[:_LEAD_SENTENCES]]


def _all(
    article: Article, read: Sequence[Passage], findings: Sequence[Finding], numbers: dict[int, list[Quantity]]
) -> Iterator[Fact]:
    hit: list[Named] = []
    for finding in findings:
        places = _places(finding, read, article.language)
        deciding, who = _decided(finding, places, read, article)
        measure = kind_of(finding, deciding, numbers)
        status = how_far(finding, deciding, who, places, article.language)
        yield _measure_fact(finding, measure, status)
        yield from (_authority_fact(actor, who) for actor in deciding)
        # What comes beside it hits the same; what the lead tells of earlier days names others.
        hit = hit or judged(_scene(article, read, finding, places, deciding, numbers))
        yield from (_target_fact(*uninflected(*pair, read, article.language)) for pair in hit)
        if measure in _WITH_AMOUNT and (measure != "other" or is_forfeit(finding)):
            now = [p for p in read if p in (finding.passage, read[0]) or not _looks_back(p, article, is_of_deed=True)]
            yield from amount_facts(finding, _now(places, now), numbers, deciding, now, article.language)
        yield from _time_facts(finding, measure, places, read, numbers, article.language)
    yield from law_facts(read)


def _decided(
    finding: Finding, places: Sequence[Place], read: Sequence[Passage], article: Article
) -> tuple[Sequence[Actor], Passage]:
    """Who decided, and the sentence that says so."""
    is_requested = finding.status == "proposed" and finding.trigger.measure in _OF_COURTS
    deciding, who = pick_deciding(
        places, read, article.language, is_revised=finding.status in REVISED, is_requested=is_requested
    )
    return [whose(actor, who, read, article) for actor in deciding], who


def _scene(
    article: Article,
    read: Sequence[Passage],
    finding: Finding,
    places: Sequence[Place],
    deciding: Sequence[Actor],
    numbers: dict[int, list[Quantity]],
) -> Scene:
    spans = {finding.passage.place: finding.span}
    told = [
        (name, passage)
        for name, passage in find_hit(article, places, read, deciding)
        if not is_bystander(name, passage.text, spans.get(passage.place))
    ]
    theirs = {p.place for _, p in told}
    now = [p for p in read if p.place in theirs or p.is_title or not _looks_back(p, article)]
    return Scene(article.language, now, finding, deciding, told, numbers)


def _looks_back(passage: Passage, article: Article, *, is_of_deed: bool = False) -> bool:
    published = article.published.date() if article.published else None
    return is_background(passage.text, article.language, published, is_of_deed=is_of_deed)


def _now(places: Sequence[Place], read: Sequence[Passage]) -> list[Place]:
    return [place for place in places if place[0] in read]


def first_scene(article: Article, passages: Sequence[Passage]) -> Scene | None:
    """What whom the first measure hits is judged by, None where title and lead report no measure."""
    read, findings = _read(passages), find_reported(article, passages)
    if not findings:
        return None
    numbers = {p.place: find_quantities(p.text, article.language) for p in read}
    places = _places(findings[0], read, article.language)
    deciding, _ = _decided(findings[0], places, read, article)
    return _scene(article, read, findings[0], places, deciding, numbers)


def _places(finding: Finding, read: Sequence[Passage], language: str | None) -> list[Place]:
    """Where the measure is spoken of: the sentence it was found in, then the others that name it."""
    places: list[Place] = [(finding.passage, finding.trigger, finding.span)]
    for passage in read:
        if passage is finding.passage:
            continue
        told = find_measures(passage, language)
        is_refined = passage.is_title and bool(told)  # the title is vague, the lead says what was done
        same = [f for f in told if is_refined or alike(f.trigger.measure, finding.trigger.measure)]
        if same:
            places.append((passage, same[0].trigger, same[0].span))
    if len(places) > 1 and places[1][0].is_title and finding.trigger.measure == "fine":
        places[0], places[1] = places[1], places[0]  # "sanciona Examplia", whose fine the lead tells
    if finding.trigger.measure in ("sentence", "conviction"):  # the lead names who the title describes
        named = {id(p) for p, _, _ in places}
        places.extend((p, finding.trigger, (0, 0)) for p in read[1:3] if id(p) not in named)
    return places


def _measure_fact(finding: Finding, measure: str, status: str) -> Fact:
    evidence = finding.passage.evidence(*finding.span)
    return Fact(type="measure", value=measure, status=status, name=finding.words, evidence=evidence)


def _authority_fact(actor: Actor, who: Passage) -> Fact:
    surface = who.text[actor.start : actor.end]
    value = actor.id if actor.listed else _SHORT_OFFICE.sub(" Attorney General", surface)
    return Fact(type="authority", value=value, name=surface, evidence=who.evidence(actor.start, actor.end))


def _target_fact(name: Name, passage: Passage) -> Fact:
    evidence = passage.evidence(name.start, name.end)
    return Fact(type="target", value=_usual(name.text), name=name.text, evidence=evidence)


def _usual(name: str) -> str:
    """The usual name of a known organisation, with or without a legal form; else the words of the text."""
    hits, bare = organisations().find(name), without_form(name)
    return hits[0].id if hits and hits[0].end - hits[0].start in (len(name), len(bare)) else name


def _time_facts(
    finding: Finding,
    measure: str,
    places: Sequence[Place],
    read: Sequence[Passage],
    numbers: dict[int, list[Quantity]],
    language: str | None,
) -> Iterator[Fact]:
    """How long the measure lasts, or how long somebody has to obey it."""
    is_lasting = measure in _WITH_DURATION and not _is_over(measure, finding.status)
    lasting = list(duration_facts(places, numbers)) if is_lasting else []
    yield from lasting
    if measure in _WITH_DEADLINE and not lasting:
        yield from deadline_facts(read, numbers, language)


def _is_over(measure: str, status: str) -> bool:
    """What was lifted, or a conviction that was annulled, lasts no longer; a span of time says how long it did."""
    return status == "lifted" or (measure == "conviction" and status == "annulled")
