"""Facts as a reader scans them: one line per kind, values in the reader's language, the sentence that shows each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.model import Fact
from pipeline.render.wording import Wording
from pipeline.text.fact_words import authority_in_words, measure_in_words
from pipeline.text.normalise import clean_text

Severity = Literal["", "low", "medium", "high", "critical"]

#: Kinds shown on a card, in this order, and how many values of each before "and 3 more".
_SHOWN = {
    "authority": 3, "measure": 3, "target": 3, "amount": 3, "duration": 2, "legal_basis": 3,
    "cve": 6, "cvss": 2, "kev": 2, "exploited": 1, "patched": 1, "epss": 3, "product": 4,
}  # fmt: skip
#: Kinds that a public list tells, and no article: their proof is the list's own record of the flaw.
_LISTS = {
    "kev": "https://www.cisa.gov/known-exploited-vulnerabilities-catalog?search_api_fulltext={cve}",
    "epss": "https://api.first.org/data/v1/epss?cve={cve}",
}
_RECORD = "https://www.cve.org/CVERecord?id={cve}"
_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII)
#: Lower bounds of the severity ratings of CVSS 3.1 and 4.0 (section 5 and 6, qualitative severity rating scale).
_RATINGS: tuple[tuple[float, Severity], ...] = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FactValue:
    """One value and the sentence that shows it."""

    text: str
    severity: Severity
    #: The sentence, or the list that says so; "" when neither is known.
    evidence: str
    #: Outlet of the sentence, "" when unknown.
    outlet: str
    #: Plain words for a tooltip.
    tooltip: str
    #: The flaw's public record, or what a list has about it; None for all other facts.
    url: str | None = None


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

    #: Kinds and values in words: "Authority: CNIL", "Measure: fine".
    facts: tuple[str, ...]
    text: str
    #: Outlet of the sentence, "" for a list's word.
    outlet: str
    #: The list's own record, None for a sentence.
    url: str | None = None


def proofs(lines: Sequence[FactLine], say: Wording) -> tuple[Proof, ...]:
    """Group the facts of a card by the sentence, or the list, that shows them."""
    found: dict[tuple[str, str, str | None], list[str]] = {}
    for line in lines:
        for value in line.values:
            if value.evidence:
                url = value.url if line.kind in _LISTS else None
                texts = found.setdefault((value.evidence, value.outlet, url), [])
                texts.append(f"{line.label}{say('colon')} {value.text}")
    return tuple(
        Proof(facts=tuple(dict.fromkeys(texts)), text=text, outlet=outlet, url=url)
        for (text, outlet, url), texts in found.items()
    )


def fact_lines(facts: Sequence[Fact], outlets: Mapping[str, str], say: Wording) -> tuple[FactLine, ...]:
    """Group a card's facts by kind, strongest value first; `outlets` maps article ids to names."""
    lines = []
    # Where a card names several flaws, what a list says is said of one of them.
    names_flaw = len({fact.value for fact in facts if fact.type == "cve"}) > 1
    for kind, most in _SHOWN.items():
        found = [fact for fact in facts if fact.type == kind]
        if kind in {"amount", "cvss", "epss"}:
            found.sort(key=lambda fact: -_number(fact))
        values = {_words(fact, say): fact for fact in reversed(found)}
        if kind in _LISTS and names_flaw:
            values = {_of_flaw(text, found, say): values[text] for text in values}
        shown = [_value(text, values[text], outlets, say) for text in reversed(values) if text]
        if shown:
            more = say("facts.more", count=len(shown) - most) if len(shown) > most else ""
            label = say(f"facts.{kind}")
            lines.append(FactLine(kind=kind, label=label, values=tuple(shown[:most]), more=more))
    return tuple(lines)


def _of_flaw(text: str, facts: Sequence[Fact], say: Wording) -> str:
    """Put the flaws of which a list says the same before what it says."""
    flaws = dict.fromkeys(clean_text(item.name) for item in facts if item.name and _words(item, say) == text)
    return f"{', '.join(flaws)}{say('colon')} {text}" if flaws else text


def _value(text: str, fact: Fact, outlets: Mapping[str, str], say: Wording) -> FactValue:
    if fact.type in _LISTS:
        source = say(f"facts.{fact.type}_source")
        return FactValue(
            text=text, severity=_severity(fact), evidence=source, outlet="", tooltip=source, url=_address(fact)
        )
    evidence = clean_text(fact.evidence.sentence) if fact.evidence else ""
    outlet = outlets.get(fact.evidence.article, "") if fact.evidence else ""
    tooltip = say("says", outlet=outlet, text=evidence) if outlet and evidence else evidence
    return FactValue(
        text=text, severity=_severity(fact), evidence=evidence, outlet=outlet, tooltip=tooltip, url=_address(fact)
    )


def _address(fact: Fact) -> str | None:
    """Where the flaw of a fact can be looked up; an id that is none leads nowhere."""
    cve = str(fact.value) if fact.type == "cve" else fact.name if fact.type in _LISTS else None
    return _LISTS.get(fact.type, _RECORD).format(cve=cve) if cve and _CVE.fullmatch(cve) else None


def _words(fact: Fact, say: Wording) -> str:
    if fact.type in {"exploited", "patched"}:
        return say(f"facts.{fact.type}_{'yes' if fact.value is True else 'no'}")
    if fact.type == "kev":
        used = say("facts.kev_ransomware") if fact.unit == "ransomware" else say("facts.kev_value")
        return say("facts.kev_since", value=used, date=say.iso_date(fact.status)) if fact.status else used
    if fact.type == "measure":
        return measure_in_words(clean_text(str(fact.value)), fact.status, say)
    if isinstance(fact.value, float | int) and not isinstance(fact.value, bool):
        return _quantity(fact, float(fact.value), say)
    if fact.type == "date":
        return say.iso_date(str(fact.value))
    name = clean_text(str(fact.value))
    if fact.type == "authority":
        return authority_in_words(name, say)
    return name or clean_text(fact.name or "")


def _quantity(fact: Fact, value: float, say: Wording) -> str:
    if fact.type == "amount":
        return say.money(value, fact.unit)
    if fact.type == "epss":
        chance = say.percent(value)
        return say("facts.epss_since", value=chance, date=say.iso_date(fact.status)) if fact.status else chance
    if fact.type == "cvss":
        severity = _severity(fact)
        return f"{say.score(value)} {say(f'facts.severity_{severity}')}" if severity else say.score(value)
    return say.quantity(value, fact.unit)


def _number(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, float | int) else 0.0


def _severity(fact: Fact) -> Severity:
    if fact.type in {"kev", "exploited"} and fact.value is not False:
        return "critical"
    if fact.type != "cvss" or isinstance(fact.value, bool | str):
        return ""
    return next((name for floor, name in _RATINGS if fact.value >= floor), "")
