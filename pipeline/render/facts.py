"""Facts as a reader scans them: one line per kind, values in the reader's language, the sentence that shows each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.model import Fact
from pipeline.render.wording import Wording
from pipeline.text.normalise import clean_text

Severity = Literal["", "low", "medium", "high", "critical"]

#: Kinds shown on a card, in this order, and how many values of each before "and 3 more".
_SHOWN = {
    "authority": 3, "measure": 3, "target": 3, "amount": 3, "duration": 2, "legal_basis": 3,
    "cve": 6, "cvss": 2, "kev": 1, "exploited": 1, "patched": 1, "epss": 1, "product": 4,
}  # fmt: skip
#: Lower bounds of the severity ratings of CVSS 3.1 and 4.0 (section 5 and 6, qualitative severity rating scale).
_RATINGS: tuple[tuple[float, Severity], ...] = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FactValue:
    """One value and the sentence that shows it."""

    text: str
    severity: Severity
    #: The sentence, "" when the fact comes from a list.
    evidence: str
    #: Outlet of the sentence, "" when unknown.
    outlet: str
    #: Plain words for a tooltip.
    tooltip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """All values of one kind."""

    kind: str
    label: str
    values: tuple[FactValue, ...]
    #: "and 3 more", "" when all are shown.
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One sentence and the facts it shows."""

    #: Values in words, joined: "CNIL · fine · €20 million".
    facts: str
    text: str
    #: Outlet of the sentence, "" when unknown.
    outlet: str


def proofs(lines: Sequence[FactLine]) -> tuple[Proof, ...]:
    """Group the facts of a card by the sentence that shows them."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        for value in line.values:
            if value.evidence:
                found.setdefault((value.evidence, value.outlet), []).append(value.text)
    return tuple(
        Proof(facts=" · ".join(dict.fromkeys(texts)), text=text, outlet=outlet)
        for (text, outlet), texts in found.items()
    )


def fact_lines(facts: Sequence[Fact], outlets: Mapping[str, str], say: Wording) -> tuple[FactLine, ...]:
    """Group a card's facts by kind, strongest value first; `outlets` maps article ids to names."""
    lines = []
    for kind, most in _SHOWN.items():
        found = [fact for fact in facts if fact.type == kind]
        if kind in {"amount", "cvss", "epss"}:
            found.sort(key=lambda fact: -_number(fact))
        values = {_words(fact, say): fact for fact in reversed(found)}
        shown = [_value(text, values[text], outlets, say) for text in reversed(values) if text]
        if shown:
            more = say("facts.more", count=len(shown) - most) if len(shown) > most else ""
            label = say(f"facts.{kind}")
            lines.append(FactLine(kind=kind, label=label, values=tuple(shown[:most]), more=more))
    return tuple(lines)


def _value(text: str, fact: Fact, outlets: Mapping[str, str], say: Wording) -> FactValue:
    evidence = clean_text(fact.evidence.sentence) if fact.evidence else ""
    outlet = outlets.get(fact.evidence.article, "") if fact.evidence else ""
    tooltip = say("says", outlet=outlet, text=evidence) if outlet and evidence else evidence
    return FactValue(text=text, severity=_severity(fact), evidence=evidence, outlet=outlet, tooltip=tooltip)


def _words(fact: Fact, say: Wording) -> str:
    if fact.type in {"exploited", "patched"}:
        return say(f"facts.{fact.type}_{'yes' if fact.value is True else 'no'}")
    if fact.type == "kev":
        return say("facts.kev_since", date=say.iso_date(fact.status)) if fact.status else say("facts.kev_value")
    if fact.type == "measure":
        return _measure(fact, say)
    if isinstance(fact.value, float | int) and not isinstance(fact.value, bool):
        return _quantity(fact, float(fact.value), say)
    if fact.type == "date":
        return say.iso_date(str(fact.value))
    return clean_text(str(fact.value)) or clean_text(fact.name or "")


def _quantity(fact: Fact, value: float, say: Wording) -> str:
    if fact.type == "amount":
        return say.money(value, fact.unit)
    if fact.type == "epss":
        return say.percent(value)
    if fact.type == "cvss":
        severity = _severity(fact)
        score = say.number(value) if value != int(value) else f"{say.number(value)}{say('numbers.decimal')}0"
        return f"{score} {say(f'facts.severity_{severity}')}" if severity else score
    return say.quantity(value, fact.unit)


#: Measures whose end is open by their nature: "lawsuit (proposed)" would say that none was filed.
_OPEN = frozenset({"lawsuit", "investigation", "indictment"})


def _measure(fact: Fact, say: Wording) -> str:
    value = clean_text(str(fact.value))
    words = say(f"measures.{value}") if say.has(f"measures.{value}") else value
    if value in _OPEN and fact.status == "proposed":
        return words
    status = say(f"statuses.{fact.status}") if fact.status and say.has(f"statuses.{fact.status}") else ""
    return f"{words} ({status})" if status else words


def _number(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, float | int) else 0.0


def _severity(fact: Fact) -> Severity:
    if fact.type in {"kev", "exploited"} and fact.value is not False:
        return "critical"
    if fact.type != "cvss" or isinstance(fact.value, bool | str):
        return ""
    return next((name for floor, name in _RATINGS if fact.value >= floor), "")
