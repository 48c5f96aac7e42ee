"""Facts of a sanction: what was done, how far it went, by whom, to whom, how much, how long, on which law."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.facts.patterns import Trigger, laws, spoken, statuses, triggers
from pipeline.facts.roles import (
    Actor,
    actors,
    against,
    entry,
    is_description,
    pick_authorities,
    pick_persons,
    pick_targets,
)
from pipeline.facts.spans import Passage
from pipeline.model import Article, Fact
from pipeline.text.names import Name, maker, organisations, products, same_name
from pipeline.text.quantities import Quantity, find_quantities

#: Sentences of the lead that are read for measures, beside the title.
_LEAD_SENTENCES = 5
_WITH_AMOUNT = frozenset({"fine", "damages", "other"})
_WITH_DURATION = frozenset(
    {"sentence", "suspension", "ban", "restriction", "injunction", "conviction", "export_control", "designation"}
)
#: Kinds that a more telling one of the lead replaces.
_VAGUE = frozenset({"other", "conviction", "restriction", "designation", "ban", "suspension"})
_CURRENCY = {
    "GB": "GBP", "US": "USD", "KR": "KRW", "CN": "CNY", "JP": "JPY", "SE": "SEK", "NO": "NOK", "DK": "DKK", "PL": "PLN", "CZ": "CZK",
    "HU": "HUF",     "CH": "CHF", "AU": "AUD", "CA": "CAD", "SG": "SGD", "IN": "INR", "RU": "RUB", "TR": "TRY", "BR": "BRL", "RO": "RON",
}  # fmt: skip
_EURO = frozenset(
    [
        "EU",
        "FR",
        "DE",
        "IT",
        "ES",
        "NL",
        "BE",
        "IE",
        "AT",
        "PT",
        "FI",
        "GR",
        "LU",
        "SI",
        "SK",
        "EE",
        "LV",
        "LT",
        "HR",
        "CY",
        "MT",
    ]
)


@dataclass(frozen=True, slots=True)
class _Finding:
    """A measure in one sentence."""

    passage: Passage
    trigger: Trigger
    span: tuple[int, int]
    status: str


def sanction_facts(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """Facts of the measures that title and lead report, each value once, the most prominent first."""
    read = _read(passages)
    findings = _chosen([f for p in read for f in _findings(p, article.language)])
    if not findings:
        return
    numbers = {p.offset if not p.is_title else -1: find_quantities(p.text, article.language) for p in read}
    seen: set[tuple[str, object, str | None]] = set()
    for fact in _all(article, read, findings, numbers):
        key = (fact.type, fact.value, fact.unit)
        if key not in seen:
            seen.add(key)
            yield fact


def _read(passages: Sequence[Passage]) -> list[Passage]:
    title = [p for p in passages if p.is_title]
    lead = [p for p in passages if not p.is_title and p.is_lead]
    return [*title, *lead[:_LEAD_SENTENCES]]


@lru_cache(maxsize=64)
def _findings(passage: Passage, language: str | None) -> tuple[_Finding, ...]:
    """The measures of one sentence, the most telling first; no two about the same words."""
    found: list[_Finding] = []
    taken: list[tuple[int, int]] = []
    matches = [
        (trigger.order, match.start(), trigger, match.span())
        for tag in spoken(language)
        for trigger in triggers(tag)
        for match in trigger.pattern.finditer(passage.text)
    ]
    for _, _, trigger, span in sorted(matches, key=lambda m: (m[0], m[1])):
        if any(span[0] < e and s < span[1] for s, e in taken) or any(
            f.trigger.measure == trigger.measure for f in found
        ):
            continue
        taken.append(span)
        trigger = _in_voice(trigger, passage.text, span)
        found.append(_Finding(passage, trigger, span, _status(passage.text, trigger, span, language)))
    return tuple(found)


_ACTIVE = re.compile(r"(?:\b(?:has|have|had|a|ont|vient de|viennent de)(?:,[^,]{1,40},)?\s)$", re.IGNORECASE)


_PARTICIPLE = re.compile(r"(?:ed|banned|ée?s?|cionad[oa]s?)$")
_BE = re.compile(r"\b(?:was|were|been|be|being|is|are|est|sont|été|être|fue|fueron|sido)\s(?:\w+ly\s)?$", re.IGNORECASE)
_FATE = re.compile(r"\s(?:for|by|over|after|par|pour|por)\b", re.IGNORECASE)


def _in_voice(trigger: Trigger, text: str, span: tuple[int, int]) -> Trigger:
    """ "has fined", "a condamné": a participle after its auxiliary is a deed, not a fate."""
    is_fate = _BE.search(text[max(0, span[0] - 14) : span[0]]) or _FATE.match(text, span[1])
    if trigger.form == "acts" and is_fate and _PARTICIPLE.search(text[span[0] : span[1]]):
        return replace(trigger, form="suffers")
    if trigger.form == "suffers" and _ACTIVE.search(text[max(0, span[0] - 14) : span[0]]):
        return replace(trigger, form="acts")
    return trigger


def _status(text: str, trigger: Trigger, span: tuple[int, int], language: str | None) -> str:
    window = text[max(0, span[0] - 140) : span[1] + 140]
    for tag in spoken(language):
        for status, pattern in statuses(tag):
            match = pattern.search(window)
            if match and not (status in ("annulled",) and trigger.form == "suffers" and trigger.measure == "sentence"):
                if trigger.measure in ("sentence", "conviction") and status in ("threatened", "proposed", "lifted"):
                    continue
                return status
    return "proposed" if trigger.measure == "lawsuit" else "imposed"


def _chosen(findings: list[_Finding]) -> list[_Finding]:
    """What the title reports; the lead only where the title is silent or vague."""
    title = [f for f in findings if f.passage.is_title]
    lead = [f for f in findings if not f.passage.is_title]
    if title:
        main = min(title, key=lambda f: f.trigger.order)
        if main.trigger.measure in _VAGUE:
            better = [f for f in lead if _refines(main, f)]
            if better:
                return [better[0]]
        return [main, *_beside(main, [*title, *lead])]
    if not lead:
        return []
    first = [f for f in lead if f.passage is lead[0].passage]
    main = min(first, key=lambda f: f.trigger.order)
    if main.trigger.measure in _VAGUE:
        better = [f for f in lead if _refines(main, f)]
        return [better[0]] if better else [main]
    return [main, *_beside(main, lead)]


#: What comes along with what: a prison term with a payment, a fine with an order.
_BESIDE = {"sentence": ("damages",), "fine": ("injunction",)}


def _beside(main: _Finding, findings: Sequence[_Finding]) -> list[_Finding]:
    """A second measure that the text reports in the same breath."""
    wanted = _BESIDE.get(main.trigger.measure, ())
    found = [f for f in findings if f.trigger.measure in wanted and f.status == "imposed"]
    if found and (
        found[0].passage is main.passage
        or found[0].trigger.measure == "injunction"
        or _ORDERED.search(found[0].passage.text)
    ):
        return found[:1]
    return []


_ORDERED = re.compile(r"ordered to pay|condamnée?s? [^.;]{0,60}à (?:verser|payer)", re.IGNORECASE)


def _refines(vague: _Finding, finding: _Finding) -> bool:
    """Whether the lead says more exactly what the title means."""
    exact = {
        "conviction": {"sentence", "damages", "fine"},
        "other": {"fine", "designation", "asset_freeze", "formal_notice"},
        "restriction": {"export_control"},
        "designation": {"fine", "sentence"},
        "ban": {"export_control"},
        "suspension": {"export_control"},
    }
    return finding.trigger.measure in exact[vague.trigger.measure]


def _all(
    article: Article, read: Sequence[Passage], findings: Sequence[_Finding], numbers: dict[int, list[Quantity]]
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
            yield from _amount(finding, places, numbers, deciding, read)
        if measure in _WITH_DURATION:
            yield from _duration(places, numbers)
    yield from _laws(read)


_FORFEIT = re.compile(r"forfeit|confisca|没收", re.IGNORECASE)
_Place = tuple[Passage, Trigger, tuple[int, int]]


def _places(finding: _Finding, read: Sequence[Passage], language: str | None) -> list[_Place]:
    """Where the measure is spoken of: the sentence it was found in, then the others that name it."""
    places: list[_Place] = [(finding.passage, finding.trigger, finding.span)]
    for passage in read:
        if passage is finding.passage:
            continue
        same = [f for f in _findings(passage, language) if _alike(f.trigger.measure, finding.trigger.measure)]
        if same:
            places.append((passage, same[0].trigger, same[0].span))
    if finding.trigger.measure in ("sentence", "conviction"):  # the lead names who the title describes
        named = {id(p) for p, _, _ in places}
        places.extend((p, finding.trigger, (0, 0)) for p in read[1:3] if id(p) not in named)
    return places


def _alike(a: str, b: str) -> bool:
    groups = (
        {"sentence", "conviction"},
        {"ban", "export_control", "suspension", "restriction"},
        {"designation", "asset_freeze", "other"},
        {"fine", "damages", "other"},
        {"lawsuit", "fine"},
    )
    return a == b or any(a in group and b in group for group in groups)


def _deciding(places: Sequence[_Place], read: Sequence[Passage]) -> tuple[list[Actor], Passage]:
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


def _more_exact(general: Actor, places: Sequence[_Place], read: Sequence[Passage]) -> tuple[Actor, Passage] | None:
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
    places: Sequence[_Place], language: str | None, deciding: Sequence[Actor], read: Sequence[Passage]
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


def _amount(
    finding: _Finding,
    places: Sequence[_Place],
    numbers: dict[int, list[Quantity]],
    deciding: Sequence[Actor],
    read: Sequence[Passage],
) -> Iterator[Fact]:
    """Amounts near the words; the authority's own currency wins over a conversion, the title over the lead."""
    home = _home_currency(deciding)
    first: tuple[Quantity, Passage] | None = None
    named = {id(p) for p, _, _ in places}
    spoken_of = [*places, *((p, finding.trigger, (0, 0)) for p in read if id(p) not in named)]
    for passage, _, span in spoken_of:
        if first is not None and span == (0, 0):
            break
        amounts = _amounts(passage, span, numbers, home)
        best = _nearest(passage.text, amounts, span)
        if best is None:
            continue
        pair = _conversion(passage.text, best, amounts)
        best = pair if pair is not None and pair.unit == home else best
        if first is None:
            first = best, passage
            if home is None or best.unit == home:
                break
        elif best.unit == home:
            first = best, passage  # the title converted what the lead gives as imposed
            break
    if first is not None:
        quantity, passage = first
        for one in _enumerated(passage.text, quantity, _amounts(passage, (0, len(passage.text)), numbers, home)):
            evidence = passage.evidence(one.start, one.end)
            surface = passage.text[one.start : one.end]
            yield Fact(type="amount", value=float(one.value), unit=one.unit, name=surface, evidence=evidence)


#: A fine in a title may leave out the currency ("42 millions d'amende").
_LEAST_WITHOUT_CURRENCY = 10_000


def _amounts(
    passage: Passage, span: tuple[int, int], numbers: dict[int, list[Quantity]], home: str | None
) -> list[Quantity]:
    quantities = numbers[-1 if passage.is_title else passage.offset]
    amounts = [q for q in quantities if q.kind == "amount"]
    if amounts or not passage.is_title:
        return amounts
    currency = home or next((q.unit for qs in numbers.values() for q in qs if q.kind == "amount"), None)
    return [
        replace(q, kind="amount", unit=currency)
        for q in quantities
        if q.kind == "number" and float(q.value) >= _LEAST_WITHOUT_CURRENCY and 0 <= span[0] - q.end <= 4 and currency
    ]


def _enumerated(text: str, chosen: Quantity, amounts: Sequence[Quantity]) -> list[Quantity]:
    """All of "15 et 27 millions d'euros"; the new one of "de 32 à 15 millions"."""
    for other in amounts:
        low, high = sorted((chosen, other), key=lambda q: q.start)
        between = text[low.end : high.start].strip().lower()
        if other is chosen or len(between) > 5 or other.unit != chosen.unit:
            continue
        if between in ("et", "and", "und", "y", "e", "en", "i", "、", "和", "及"):
            return [low, high]
        if between in ("à", "to", "auf", "a", "naar", "至"):
            return [high]
    return [chosen]


_STOLEN = re.compile(
    r"(?:stole|steal\w*|stolen|worth|damage\w*|revenue|turnover|chiffre d['’]affaires|Umsatz|laundering|ransom of"
    r"|vol[ée]|perdu\w*|losses|detourn\w+|détourn\w+|ingresos|fatturato|收入|交易总额|寻求|réclam\w+)[^.;。]{0,24}$",
    re.IGNORECASE,
)


def _nearest(text: str, amounts: Sequence[Quantity], span: tuple[int, int]) -> Quantity | None:
    usable = [q for q in amounts if not _STOLEN.search(text[max(0, q.start - 40) : q.start])]
    after = [q for q in usable if q.start >= span[0]]
    ordered = sorted(
        usable,
        key=lambda q: (
            min(abs(q.start - span[1]), abs(span[0] - q.end), 0 if q.start >= span[0] and q.end <= span[1] else 10**6),
            q.start,
        ),
    )
    return ordered[0] if ordered else (after[0] if after else None)


def _conversion(text: str, quantity: Quantity, amounts: Sequence[Quantity]) -> Quantity | None:
    """The other of two amounts of which one stands in brackets right after the other."""
    for other in amounts:
        low, high = sorted((quantity, other), key=lambda q: q.start)
        if other is not quantity and re.fullmatch(r"\s?[(（\[][^\d)）]{0,16}", text[low.end : high.start]):
            return other
    return None


def _home_currency(deciding: Sequence[Actor]) -> str | None:
    for actor in deciding:
        known = entry(actor.id)
        if known is not None:
            return "EUR" if known.country in _EURO else _CURRENCY.get(known.country)
    return None


_AGE = re.compile(r"(?:-|\s)?old\b|^\s?(?:岁)", re.IGNORECASE)
_AGE_BEFORE = re.compile(
    r"(?:aged|âgée?s?(?: respectivement)? de|homme de|femme de|hombre de|mujer de|im Alter von|di anni)\s?$",
    re.IGNORECASE,
)
_NOT_TERM = re.compile(
    r"\s?(?:ago|earlier|later|before|after|of (?:supervised|probation)|avant|plus tard|auparavant|später|nach"
    r"|antes|después|dopo|前|后|plus de)",
    re.IGNORECASE,
)
_TERM = re.compile(
    r"\s?(?:\(|en |in |of |de |di )?(?:(?:US |U\.S\. |federal |state )?(?:prison|jail)|behind bars|prison"
    r"|réclusion|Haft|Gefängnis|prisión|cárcel|carcere|reclusione|prisão|cel\b|więzienia|监禁|有期徒刑|懲役)",
    re.IGNORECASE,
)


def _duration(places: Sequence[_Place], numbers: dict[int, list[Quantity]]) -> Iterator[Fact]:
    best: tuple[Quantity, Passage] | None = None
    for passage, trigger, span in places:
        usable = [
            q
            for q in numbers[-1 if passage.is_title else passage.offset]
            if q.kind == "duration" and _is_term(passage.text, q, span, trigger)
        ]
        if not usable:
            continue
        chosen = min(
            usable,
            key=lambda q: (
                not _TERM.match(passage.text, q.end),
                0 if q.start >= span[0] else 1,
                abs(q.start - span[0]),
            ),
        )
        if best is None:
            best = chosen, passage
            continue
        held = best[0].days or 0.0
        if (
            _close_to(held, chosen.days or 0.0)
            and chosen.unit == "month"
            and best[0].unit == "year"
            and held != chosen.days
        ):
            best = chosen, passage  # "nearly five years" in the title, 56 months in the lead
            break
    if best is not None:
        quantity, passage = best
        surface = passage.text[quantity.start : quantity.end]
        yield Fact(
            type="duration",
            value=float(quantity.value),
            unit=quantity.unit,
            name=surface,
            evidence=passage.evidence(quantity.start, quantity.end),
        )


def _is_term(text: str, quantity: Quantity, span: tuple[int, int], trigger: Trigger) -> bool:
    after, before = text[quantity.end : quantity.end + 24], text[max(0, quantity.start - 30) : quantity.start]
    if (
        _AGE.match(after)
        or _AGE_BEFORE.search(before)
        or _NOT_TERM.match(after)
        or quantity.unit in ("second", "minute", "hour")
    ):
        return False
    if trigger.measure == "sentence":
        return True
    if trigger.measure == "injunction":
        return True
    return quantity.start - span[1] < 80 and span[0] - quantity.end < 40


def _close_to(a: float, b: float) -> bool:
    return abs(a - b) <= 0.12 * max(a, b)


_ARTICLE = re.compile(
    r"\b(?:Art(?:icles?|\.|ikel|ículos?|icol[oi]|igos?)?|Sections?|§§?|Regulation"
    r"|art\.)\s?(\d{1,3}[a-z]?(?:\s?\(\d{1,2}\))?(?:\s?\([a-z]\))?)(?:(?:,|\sand|\set|\sund|\sy"
    r"|\se)\s\d{1,3}[\d()a-z]{0,8}){0,4}"
    r"\s?(?:of (?:the )?|du |de la |de l['’]|der |des |del |della |dello |do |da |van de )?$",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\b(?:Executive Order \d{5}|E\.O\. \d{5}|\d{1,2} U\.?S\.?C\.? §? ?\d{3,4}[a-z]?)\b")


def _laws(read: Sequence[Passage]) -> Iterator[Fact]:
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
