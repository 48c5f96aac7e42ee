"""How long: the term of a measure, and the time somebody has to obey."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.facts.measures import Place
from pipeline.facts.patterns import Trigger, beside_terms, load, spoken
from pipeline.facts.spans import Passage
from pipeline.model import Fact
from pipeline.text.quantities import Quantity

_AGE = re.compile(r"(?:-|\s)?old\b|^\s?(?:岁)", re.IGNORECASE)
_AGE_BEFORE = re.compile(
    r"(?:(?:aged|âgée?s?(?: respectivement)? de|im Alter von|i en ålder av|w wieku)(?: \d+ (?:et|and|und))?"
    r"|homme de|femme de|hombre de|mujer de|di anni)\s?$"
    r"|(?:âgée?s? de|aged|im Alter von) \d+ (?:à|to|bis) $",
    re.IGNORECASE,
)
#: "up to 20 years", "at least forty years": what a law says, not what was given; "more than six years" is not exact.
_BOUND_BEFORE = re.compile(
    rf"(?:{'|'.join(w for kind in ('at_most', 'at_least', 'more_than') for w in load('bounds')[kind])})\s?$",
    re.IGNORECASE,
)
#: In Dutch, Danish and Ukrainian one is sentenced "to" as limits are told.
_SENTENCED_TO = re.compile(
    r"(?<!\w)(?:veroordeel|idøm|døm|засуди|засудж)\w*(?:\s[^.;]{1,80})?\s(?:tot|til|до)\s$", re.IGNORECASE
)
_NOT_TERM = re.compile(
    r"\s?(?:ago|earlier|later|before|after|of (?:supervised|probation)|avant|plus tard|auparavant|später|nach"
    r"|antes|después|dopo|après|na|depois|plus de)(?!\w)|\s?(?:前|后|後|まで|ぶり|度(?!目))",
    re.IGNORECASE,
)
_TERM = re.compile(
    r"\s?(?:\(|en |in |of |de |di |i )?(?:(?:US |U\.S\. |federal |state )?(?:prison|jail)|behind bars|prison"
    r"|réclusion|Haft|Gefängnis|prisión|cárcel|carcere|reclusione|prisão|cel\b|więzienia|fängelse|fængsel|fengsel|колонии|тюрьмы|лишения|позбавлення|vězení|监禁|有期徒刑|懲役)",
    re.IGNORECASE,
)


def duration_facts(places: Sequence[Place], numbers: dict[int, list[Quantity]]) -> Iterator[Fact]:
    """How long the measure lasts; months of the lead win over rounded years of the title."""
    best: tuple[Quantity, Passage] | None = None
    for place in places:
        chosen = _term_of(place, numbers)
        if chosen is None:
            continue
        if best is None:
            best = chosen, place[0]
        elif _is_rounded(best[0], chosen):
            best = chosen, place[0]  # "nearly five years" in the title, 56 months in the lead
            break
    if best is not None:
        quantity, passage = best
        yield _fact(passage, _with_months(passage.text, quantity, numbers[passage.place]))


def _fact(passage: Passage, quantity: Quantity) -> Fact:
    """A span of time as a fact, with its words and their sentence."""
    return Fact(
        type="duration",
        value=float(quantity.value),
        unit=quantity.unit,
        name=passage.text[quantity.start : quantity.end],
        evidence=passage.evidence(quantity.start, quantity.end),
    )


def _term_of(place: Place, numbers: dict[int, list[Quantity]]) -> Quantity | None:
    """The term that stands nearest to the words of a measure: one told as a term first, behind them before in front."""
    passage, trigger, span = place
    told = [q for q in numbers[passage.place] if q.kind == "duration"]
    pairs = [(a, b) for a, b in pairwise(told) if passage.text[a.end : b.start].strip() in _DOWN_TO]
    before, now = [a for a, _ in pairs], [b for _, b in pairs]
    usable = [q for q in told if q not in before and _is_term(passage.text, q, span, trigger, is_new=q in now)]
    return min(
        usable,
        key=lambda q: (not _TERM.match(passage.text, q.end), q.start < span[0], abs(q.start - span[0])),
        default=None,
    )


#: "from six years | to | five", "с шести лет до пяти".
_DOWN_TO = frozenset({"to", "auf", "à", "a", "para", "naar", "tot", "till", "til", "do", "до", "na"})


def _is_rounded(held: Quantity, other: Quantity) -> bool:
    """Whether years round off the months of another term."""
    if (held.unit, other.unit) != ("year", "month"):
        return False
    return _close_to(held.days or 0.0, other.days or 0.0) and (held.days or 0.0) != other.days


_YEARS_AND = re.compile(r"\s?(?:,|and|et|und|y|e|en|i|和|零|又)?\s?", re.IGNORECASE)
_MONTHS_A_YEAR = 12
#: "懲役2年6月": months behind the years of a term.
_MONTHS_BEHIND = re.compile(r"(?P<months>\d{1,2})月")


_OF_TERM = re.compile(r"(?:懲役|禁錮|拘禁刑)$")


def _with_months(text: str, chosen: Quantity, quantities: Sequence[Quantity]) -> Quantity:
    """ "three years and nine months": both together, in months."""
    for years, months in pairwise(q for q in quantities if q.kind == "duration"):
        is_pair = (years.unit, months.unit) == ("year", "month") and _YEARS_AND.fullmatch(text, years.end, months.start)
        if chosen in (years, months) and is_pair:
            value = float(years.value) * _MONTHS_A_YEAR + float(months.value)
            return replace(months, value=value, start=years.start)
    behind = _MONTHS_BEHIND.match(text, chosen.end) if chosen.unit == "year" else None
    if behind is not None and _OF_TERM.search(text[: chosen.start]):
        value = float(chosen.value) * _MONTHS_A_YEAR + float(behind["months"])
        return replace(chosen, value=value, unit="month", end=behind.end())
    return chosen


#: How far before a span of time the words of a deadline stand, in code points.
_BEFORE_DEADLINE = 32
_DEADLINE_AFTER = re.compile(
    r"\s?(?:to|pour|um|para|per|om|att|på sig|til å|til at|Zeit|na|на|içinde|süre|以内|内)(?!\w)", re.IGNORECASE
)


def deadline_facts(read: Sequence[Passage], numbers: dict[int, list[Quantity]], language: str | None) -> Iterator[Fact]:
    """How long somebody has to obey a notice or an order."""
    patterns = [p for p in (beside_terms("deadline", tag) for tag in spoken(language)) if p is not None]
    for passage in read:
        for quantity in numbers[passage.place]:
            before = passage.text[max(0, quantity.start - _BEFORE_DEADLINE) : quantity.start]
            is_due = any(p.search(before) for p in patterns) or _DEADLINE_AFTER.match(passage.text, quantity.end)
            quantity = _in_days(quantity)
            is_long = quantity.kind == "duration" and quantity.unit in ("day", "week", "month", "year")
            if is_long and is_due and not _NOT_TERM.match(passage.text, quantity.end):
                yield _fact(passage, quantity)
                return


_HOURS_A_DAY = 24


def _in_days(quantity: Quantity) -> Quantity:
    """ "48 hours" as days; what is no whole day stays."""
    if quantity.kind != "duration" or quantity.unit != "hour" or float(quantity.value) % _HOURS_A_DAY:
        return quantity
    return replace(quantity, value=float(quantity.value) / _HOURS_A_DAY, unit="day")


def _is_term(text: str, quantity: Quantity, span: tuple[int, int], trigger: Trigger, *, is_new: bool = False) -> bool:
    """Whether a span of time may be a measure's; `is_new` for what a term was changed to, which "to" leads to."""
    after, before = text[quantity.end : quantity.end + 24], text[max(0, quantity.start - 30) : quantity.start]
    if (
        _AGE.match(after)
        or _AGE_BEFORE.search(before)
        or (not is_new and _BOUND_BEFORE.search(before) and not _SENTENCED_TO.search(text[: quantity.start]))
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
