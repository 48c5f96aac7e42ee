"""How much and how long: the amount and the duration of a measure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.facts.actors import Actor, entry
from pipeline.facts.measures import Finding, Place
from pipeline.facts.patterns import Trigger
from pipeline.facts.spans import Passage
from pipeline.model import Fact
from pipeline.text.quantities import Quantity

_CURRENCY = {
    "GB": "GBP", "US": "USD", "KR": "KRW", "CN": "CNY", "JP": "JPY", "SE": "SEK", "NO": "NOK", "DK": "DKK",
    "PL": "PLN", "CZ": "CZK", "HU": "HUF", "CH": "CHF", "AU": "AUD", "CA": "CAD", "SG": "SGD", "IN": "INR",
    "RU": "RUB", "TR": "TRY", "BR": "BRL", "RO": "RON",
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


def amount_facts(
    finding: Finding,
    places: Sequence[Place],
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


def duration_facts(places: Sequence[Place], numbers: dict[int, list[Quantity]]) -> Iterator[Fact]:
    """How long the measure lasts; months of the lead win over rounded years of the title."""
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
