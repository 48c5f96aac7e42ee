"""Facts of a sanction: what was done, how far it went, by whom, to whom, how much, how long, on which law."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.facts.actors import actors
from pipeline.facts.amounts import amount_facts
from pipeline.facts.cases import has_cases, named_by_case
from pipeline.facts.deciding import pick_deciding
from pipeline.facts.described import is_description
from pipeline.facts.durations import deadline_facts, duration_facts
from pipeline.facts.inflected import uninflected
from pipeline.facts.joined import together
from pipeline.facts.law import law_facts
from pipeline.facts.marks import is_quoted
from pipeline.facts.measures import Finding, Place, alike, choose_measures, find_measures
from pipeline.facts.parties import parties, without_kind
from pipeline.facts.patterns import authorities, load
from pipeline.facts.persons import pick_persons
from pipeline.facts.roles import Actor, revises
from pipeline.facts.spans import Passage
from pipeline.facts.taken import reported
from pipeline.facts.targets import pick_targets
from pipeline.facts.weighed import pick_authorities
from pipeline.model import Article, Fact
from pipeline.text.background import opens_long_ago
from pipeline.text.names import Name, maker, organisations, products, same_name
from pipeline.text.normalise import FIRST_IDEOGRAPH
from pipeline.text.quantities import Quantity, find_quantities
from pipeline.text.tags import primary

#: Sentences of the lead that are read for measures, beside the title.
_LEAD_SENTENCES = 5
_WITH_AMOUNT = frozenset({"fine", "damages", "other"})
_WITH_DURATION = frozenset(
    {"sentence", "suspension", "ban", "restriction", "injunction", "conviction", "export_control", "designation"}
)
_OF_COURTS = frozenset({"sentence", "conviction"})
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
    return choose_measures(reported(article, _read(passages), plain=plain))


def _read(passages: Sequence[Passage]) -> list[Passage]:
    title = [p for p in passages if p.is_title]
    lead = [p for p in passages if not p.is_title and p.is_lead]
    return [*title, *lead[:_LEAD_SENTENCES]]


def _all(
    article: Article, read: Sequence[Passage], findings: Sequence[Finding], numbers: dict[int, list[Quantity]]
) -> Iterator[Fact]:
    hit: list[tuple[Name, Passage]] = []
    for finding in findings:
        places = _places(finding, read, article.language)
        is_requested = finding.status == "proposed" and finding.trigger.measure in _OF_COURTS
        deciding, who = pick_deciding(
            places, read, article.language, is_revised=finding.status in _REVISED, is_requested=is_requested
        )
        measure = _kind(finding, deciding, numbers)
        status = _how_far(finding, deciding, who, places, article.language)
        yield _measure_fact(finding, measure, status)
        yield from (_authority_fact(actor, who) for actor in deciding)
        # What comes beside it hits the same; what the lead tells of earlier days names others.
        hit = hit or _patient(read, article.language)
        hit = hit or _hit(_of_now(places, article), article.language, deciding, read)
        hit = hit or _hit(places, article.language, deciding, read)
        yield from (_target_fact(*uninflected(*pair, read, article.language)) for pair in hit)
        if measure in _WITH_AMOUNT and (measure != "other" or _FORFEIT.search(_words_of(finding))):
            yield from amount_facts(finding, places, numbers, deciding, read, article.language)
        yield from _time_facts(finding, measure, places, read, numbers, article.language)
    yield from law_facts(read)


def _words_of(finding: Finding) -> str:
    return finding.passage.text[slice(*finding.span)]


def _measure_fact(finding: Finding, measure: str, status: str) -> Fact:
    evidence = finding.passage.evidence(*finding.span)
    return Fact(type="measure", value=measure, status=status, name=_words_of(finding), evidence=evidence)


def _authority_fact(actor: Actor, who: Passage) -> Fact:
    surface = who.text[actor.start : actor.end]
    value = actor.id if actor.listed else surface
    return Fact(type="authority", value=value, name=surface, evidence=who.evidence(actor.start, actor.end))


def _target_fact(name: Name, passage: Passage) -> Fact:
    evidence = passage.evidence(name.start, name.end)
    return Fact(type="target", value=_usual(name.text), name=name.text, evidence=evidence)


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


def _of_now(places: Sequence[Place], article: Article) -> Sequence[Place]:
    """The places that do not open with a date of long ago; all where every one does, or nobody knows what day it is."""
    if article.published is None:
        return places
    published, tag = article.published.date(), primary(article.language, "en")
    return [p for p in places if p[0].is_title or not opens_long_ago(p[0].text, tag, published)] or places


def _kind(finding: Finding, deciding: Sequence[Actor], numbers: dict[int, list[Quantity]]) -> str:
    """What was done, once it is known who did it: a sanction of a sum is a fine, so is what a regulator has paid."""
    measure, passage = finding.trigger.measure, finding.passage
    word = passage.text[slice(*finding.span)]
    if measure == "damages" and not _FOR_VICTIMS.search(passage.text) and any(a.level in _FINING for a in deciding):
        return "fine"
    sums = [q for q in numbers[passage.place] if q.kind == "amount"]
    if measure == "other" and _is_fine_by_court(finding, deciding, word):
        return "fine"
    if measure == "fine" and _SANCTION.match(word) and not sums and deciding and all(map(_lists, deciding)):
        return "designation"  # "l'Ue sanziona la società"
    is_of_sum = any(0 <= q.start - finding.span[1] <= _SUM_AFTER for q in sums)
    if measure == "other" and is_of_sum and not _FORFEIT.search(word):
        return "fine"
    if measure == "designation" and deciding and all(actor.id == _LISTS_BUYERS for actor in deciding):
        return "export_control"
    if measure == "designation" and sums and deciding and all(_fines(actor) for actor in deciding):
        return "fine"  # "sanctionné à hauteur de 500 000 euros"
    return measure


#: Who fines rather than awards damages.
_FINING = frozenset({"regulator", "ministry", "international", "government"})


def _fines(actor: Actor) -> bool:
    return actor.level == "regulator" and actor.id != _LISTS


_SANCTION = re.compile(r"san[czç]", re.IGNORECASE)
#: Whose sanctions are lists of persons and firms.
_LISTERS = frozenset({"EU", "Council of the EU", "US Treasury", "OFAC", "OFSI"})


def _lists(actor: Actor) -> bool:
    return actor.level == "government" or actor.id in _LISTERS


def _is_fine_by_court(finding: Finding, deciding: Sequence[Actor], word: str) -> bool:
    """Whether courts of a state annul or uphold what "escaped" or a "sanzione": administrative ones are of a sum."""
    if not deciding or any(a.level != "court" or a.id in _EU_COURTS for a in deciding):
        return False
    return finding.trigger.is_escape or (finding.status in _REVISED and bool(_SANCTION.match(word)))


_EU_COURTS = frozenset({"CJEU", "EU General Court"})
#: The ministry whose black list says who may not buy.
_LISTS_BUYERS = "US Commerce"
#: The regulator whose sanctions are a list of persons.
_LISTS = "OFAC"
#: "une sanction de 800 000 euros": how far behind the word the sum may stand.
_SUM_AFTER = 24
_FOR_VICTIMS = re.compile(
    r"damages|compensat|restitution|victim|users|dommage|indemni|rembours|Schadens?ersatz|Entschädig|daños|risarc"
    r"|indeni|schadevergoeding|odszkodowan|赔偿|賠償",
    re.IGNORECASE,
)


#: Judges who order blocks themselves, and lift what they ordered.
_ITS_OWN = re.compile("|".join(load("deciding")["lifts_its_own"]))
#: "suspende el bloqueo": until it is decided, so that nothing is annulled yet.
_STAYED = re.compile(r"suspen|sospen|paus(?:es|ed|ing)|setzte?\s|schorte?\s", re.IGNORECASE)
#: How far in front of a measure the verb stands that stays it, in code points.
_BEFORE_STAYED = 40


def _words_around(finding: Finding) -> str:
    return finding.passage.text[max(0, finding.span[0] - _BEFORE_STAYED) : finding.span[1]]


def _how_far(
    finding: Finding, deciding: Sequence[Actor], who: Passage, places: Sequence[Place], language: str | None
) -> str:
    """How far the measure went: what a court lifts it annuls, and the lead may say that it confirms it."""
    status = finding.status
    if finding.trigger.is_escape and deciding and all(actor.level == "court" for actor in deciding):
        return "annulled"  # who escapes a fine before a court
    if not deciding or any(actor.level != "court" for actor in deciding):
        return status
    if status == "lifted":
        is_its_own = any(_ITS_OWN.search(who.text, actor.start, actor.end) for actor in deciding)
        return status if is_its_own or _STAYED.search(_words_around(finding)) else "annulled"
    if status == "imposed" and finding.passage.is_title and not who.is_title:
        told = [f.status for f in find_measures(who, language) if f.status in _REVISED]
        named = any(p is who for p, _, _ in places)
        return told[0] if told and named and revises(who.text, deciding[0]) else status
    return status


def _is_over(measure: str, status: str) -> bool:
    """What was lifted, or a conviction that was annulled, lasts no longer; a span of time says how long it did."""
    return status == "lifted" or (measure == "conviction" and status == "annulled")


_REVISED = ("upheld", "annulled", "reduced")


_FORFEIT = re.compile(r"forfeit|confisca|没收", re.IGNORECASE)


def _patient(read: Sequence[Passage], language: str | None) -> list[tuple[Name, Passage]]:
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


#: "Examplia, sanzione annullata": what became of the one that the title begins with.
_LABELLED = re.compile(
    r",\s(?:(?:la|il|una|maxi|nueva|nuova|nova)[\s-])?(?:mult|sanzion|sanci|sanç|coima|stangata|bloqu|blocc|divieto|veto"
    r"|suspen|sospe|conden|condann|proib|prohib)\w*",
    re.IGNORECASE,
)


def _others(text: str, name: Name, language: str | None) -> list[Name]:
    """Other names of a sentence that are no authority's."""
    found = actors(text, language)
    return [
        n
        for n in parties(text, language)
        if n.start > name.end and not any(a.start < n.end and n.start < a.end for a in found)
    ]


@lru_cache(maxsize=8)
def _verb_of(verbs: tuple[str, ...]) -> re.Pattern[str]:
    """One of these verbs right behind a name, an apposition apart."""
    return re.compile(rf"(?:,[^,]{{1,40}},)?\s(?:{'|'.join(verbs)})(?!\w)")


_FINDS = re.compile(rf"\s(?:{'|'.join(load('deciding')['finds'])})\s?$", re.IGNORECASE)


def _found_at_fault(
    read: Sequence[Passage], language: str | None, deciding: Sequence[Actor]
) -> list[tuple[Name, Passage]]:
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


_OF_LISTS = frozenset({"asset_freeze", "designation", "export_control"})
_LISTED = re.compile(rf"(?<!\w)(?:{'|'.join(load('deciding')['listed'])})\s(?:\w+\s){{0,3}}?", re.IGNORECASE)


def _listed_later(read: Sequence[Passage], language: str | None) -> list[tuple[Name, Passage]]:
    """Names of the lead behind words that say who is on the list."""
    for passage in read:
        match = None if passage.is_title else _LISTED.search(passage.text)
        if match is None:
            continue
        names = [n for n in parties(passage.text, language) if n.start >= match.end()]
        if names:
            return [(n, passage) for n in together(passage.text, names, names[0], language)]
    return []


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


def _hit(
    places: Sequence[Place], language: str | None, deciding: Sequence[Actor], read: Sequence[Passage]
) -> list[tuple[Name, Passage]]:
    described: list[tuple[Name, Passage]] = []
    best: list[tuple[Name, Passage]] = []
    is_personal = places[0][1].measure in ("sentence", "conviction")
    is_listing = places[0][1].measure in _LISTING
    for passage, trigger, span in sorted(places, key=lambda p: is_listing and not p[0].is_title):
        found = actors(passage.text, language)
        own = pick_authorities(passage.text, trigger, span, found)
        chosen = own or deciding
        is_by_name = is_personal and not has_cases(language)
        names = pick_persons(passage.text, language, span, trigger) if is_by_name else []
        names = names or pick_targets(passage.text, language, trigger, span, found, chosen)
        if span == (0, 0):  # a sentence that only goes on: its first word has its capital from its place
            names = [n for n in names if _is_person(n.text) or is_description(n.text)]
        pairs = [(name, passage) for name in names]
        is_full = bool(pairs) and (names[0].text[:1].isupper() or ord(names[0].text[0]) > FIRST_IDEOGRAPH)
        if described and ord(described[0][0].text[0]) > FIRST_IDEOGRAPH and not passage.is_title:
            is_full = is_full and ord(names[0].text[0]) > FIRST_IDEOGRAPH  # a Latin name beside it is somebody else's
        if is_personal and is_full and passage.is_title and is_quoted(passage.text, names[0]):
            is_full = False  # a gang or a nickname, whose people the lead may name
        if is_full and not is_description(names[0].text) and not (is_personal and not _is_person(names[0].text)):
            if not best:
                best = pairs
            elif _of_another_state(own, deciding):
                continue  # "Spain has banned Acme and Examplia, too"
            elif len(pairs) > len(best) and any(same_name(best[0][0].text, name.text) for name in names):
                best = pairs  # the lead names the others too
        described = described or pairs
    if not best and is_listing:  # "three officers" in the title, their names in the lead
        lists = [[(n, p) for n in pick_persons(p.text, language, (0, 0))] for p in read if not p.is_title]
        best = next((names[:_MOST_LISTED] for names in lists if len(names) > 1), [])
    if not best and places[0][1].measure in _OF_LISTS:
        best = _listed_later(read, language)
    if not best and described:
        best = _found_at_fault(read, language, deciding)
    if not best and described and not is_personal:
        best = _named_later(places, language, deciding, read)
    named = _makers(best, read) or _headed(described, language) or described
    return named or _referred_to(places, read, language) or _shown_in_title(read, language)


def _shown_in_title(read: Sequence[Passage], language: str | None) -> list[tuple[Name, Passage]]:
    """The one name of the title behind what somebody is ("Nein zur Gesichtssuche bei Messenger Examplia")."""
    title = next((p for p in read if p.is_title), None)
    if title is None:
        return []
    found = actors(title.text, language)
    named = [n for n in parties(title.text, language) if not any(a.start < n.end and n.start < a.end for a in found)]
    shown = [n for n in named if without_kind(title.text, n.start, language) < n.start]
    return [(shown[0], title)] if len(shown) == 1 else []


def _of_another_state(own: Sequence[Actor], deciding: Sequence[Actor]) -> bool:
    """Whether a sentence names who decides, of another country than those who decided the measure."""
    theirs, its = _countries(deciding), _countries(own)
    return bool(theirs and its) and not theirs & its


def _countries(bodies: Sequence[Actor]) -> set[str]:
    """Where bodies are of, as the list says or as their names do ("法国监管机构")."""
    listed, entries = authorities()
    ids = [name for body in bodies for name in (body.id, *(hit.id for hit in listed.find(body.id)))]
    return {entries[name].country for name in ids if name in entries}


#: "Examplia: France blocks the betting site": what the title speaks of, and what is said in place of its name.
_HEADED = re.compile(r"(?P<name>[^:：]{2,40}?)\s?[:：]\s")
_SERVICE = re.compile(
    rf"(?:(?:the|this|le|la|les|l['’]|der|die|das|el|il|lo|o|a|het|de)\s?)?(?:{'|'.join(load('deciding')['service'])})(?!\w)",
    re.IGNORECASE,
)


def _headed(described: list[tuple[Name, Passage]], language: str | None) -> list[tuple[Name, Passage]]:
    """The name in front of the title's colon, where the title calls whom it hits a site, an app or a company."""
    if not described or not described[0][1].is_title or not _SERVICE.match(described[0][0].text):
        return []
    title = described[0][1]
    head = _HEADED.match(title.text)
    if head is None or head.end() > described[0][0].start:
        return []
    found = actors(title.text, language)
    names = [n for n in parties(title.text, language) if (n.start, n.end) == head.span("name")]
    return [(n, title) for n in names if not any(a.start < n.end and n.start < a.end for a in found)]


#: "the company": whoever the title speaks of.
_ANAPHOR = re.compile(rf"(?<!\w)(?:{'|'.join(load('deciding')['anaphor'])})(?![a-zà-ÿ])", re.IGNORECASE)


def _referred_to(places: Sequence[Place], read: Sequence[Passage], language: str | None) -> list[tuple[Name, Passage]]:
    """The name that opens the title, where the sentence of the measure goes on with "the company"."""
    title = next((p for p in read if p.is_title), None)
    if title is not None and has_cases(language):
        return [(n, title) for n in named_by_case(title.text, (0, 0), actors(title.text, language), language)]
    if title is None or not any(_ANAPHOR.search(p.text) for p, _, _ in places if not p.is_title):
        return []
    named = [n for n in parties(title.text, language) if not title.text[: n.start].strip()]
    found = actors(title.text, language)
    return [(n, title) for n in named if not any(a.start < n.end and n.start < a.end for a in found)]


def _named_later(
    places: Sequence[Place], language: str | None, deciding: Sequence[Actor], read: Sequence[Passage]
) -> list[tuple[Name, Passage]]:
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


#: Measures against many, whom the lead lists.
_LISTING = frozenset({"asset_freeze", "designation"})
_MOST_LISTED = 6


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
    return " " in name or ord(name[0]) > FIRST_IDEOGRAPH


def _usual(name: str) -> str:
    """The usual name of a known organisation, else the words of the text."""
    hits = organisations().find(name)
    return hits[0].id if hits and hits[0].end - hits[0].start == len(name) else name
