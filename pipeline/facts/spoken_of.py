"""Measures that a text only speaks of: in advice, in letters of fraudsters, in laws, in what many claim together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.facts.measures import Finding
from pipeline.facts.patterns import beside_terms, context_words, load, spoken
from pipeline.facts.powers import lead_opens_with_power, names_official, names_power, opens_with_power, power_at
from pipeline.facts.spans import Passage
from pipeline.text.normalise import FIRST_IDEOGRAPH

#: Kinds that a letter threatens with.
_THREATENED_BY_LETTER = frozenset({"fine", "other", "formal_notice", "suspension"})
#: What an acquittal is the contrary of.
_TERMS = frozenset({"sentence", "conviction"})
#: Kinds that laws foresee.
_FORESEEN = frozenset({"fine", "other", "damages"})
#: "settlement", "agrees to pay": what private persons agree upon too; what somebody must pay he was told to.
_AGREED = re.compile(r"settle|resolve|agree|^(?:will |to )?pa(?:y|id)s?\b|和解", re.IGNORECASE)
#: How far around a measure of money the words stand that make it a possible one, in code points.
_AROUND = 60
_DIGIT = re.compile(r"\d")
#: "fines", "Bußgelder": in general, where no sum stands beside them.
_SEVERAL = re.compile(
    r"(?:fines|penalties|sanctions|amendes|pénalités|gelder|strafen|multas|sanciones|coimas|multe|sanzioni|boetes|kary"
    r"|grzywny|штрафы|штрафов|böter|bøder|bøter|pokuty|штрафи|штрафів)$",
    re.IGNORECASE,
)


#: "kary dla Examplia": a genitive that looks like a plural, of somebody named.
_OF_ONE = re.compile(r"\s(?:dla|na|wobec)\s[A-ZŁŚŻŹĆ]")


def is_only_spoken_of(finding: Finding, read: Sequence[Passage], language: str | None) -> bool:
    """Whether nobody takes the measure that the words of a finding name."""
    passage = finding.passage
    title = next((p for p in read if p.is_title), passage)
    return (
        _is_of_another_trial(finding, title, language)
        or _is_only_a_power(finding, language)
        or _is_denied(finding, language)
        or (finding.status == "imposed" and _is_within("heavier", finding, language))
        or _is_within("everybody", finding, language)
        or _is_maximum(finding)
        or _is_outcome_of_probe(finding, title)
        or _is_noun_of_talk(finding, title, language)
        or (finding.trigger.measure == "damages" and _has("offered", passage, language))
        or _is_private(finding, title, read, language)
        or _is_of_a_house(finding, title, read, language)
        or _is_doubtful(finding, title, read, language)
    )


def _is_of_another_trial(finding: Finding, title: Passage, language: str | None) -> bool:
    """Whether the title tells of an acquittal and the lead of a term that somebody got before."""
    is_term = finding.trigger.measure in _TERMS and finding.status == "imposed"
    return is_term and not finding.passage.is_title and _has("acquitted", title, language)


#: How far around a measure the words stand that give somebody the power to take it, in code points.
_BEFORE_POWER, _BEHIND_POWER = 70, 40


def _is_only_a_power(finding: Finding, language: str | None) -> bool:
    """Whether a sentence of the lead says what somebody may do: "the regulator can impose fines"."""
    text, (start, end) = finding.passage.text, finding.span
    if finding.trigger.measure not in _POWERS or (finding.passage.is_title and finding.status != "imposed"):
        return False
    window = text[max(0, start - _BEFORE_POWER) : end + _BEHIND_POWER]
    opening = max(0, start - _BEFORE_POWER)
    patterns = [context_words("empowered", tag) for tag in spoken(language)[:1]]
    return any(
        match.start() + opening <= end and match.end() + opening >= start - _NEAR
        for pattern in patterns
        if pattern is not None
        for match in pattern.finditer(window)
    )


#: So many code points may stand between those words and the measure.
_NEAR = 30
#: What laws let authorities do.
_POWERS = frozenset(
    {"fine", "other", "designation", "suspension", "ban", "restriction", "asset_freeze", "licence_withdrawal"}
)


#: How far before a measure its denial stands, in code points.
_BEFORE_DENIED = 48
_UNDONE = frozenset({"annulled", "lifted", "reduced"})


#: "may take no new customers": what the words forbid they deny themselves.
_SAYS_NO = "no_new_customers"


def _is_denied(finding: Finding, language: str | None) -> bool:
    """Whether the words right before say that it was not taken; no prison ("avoids jail") is a sentence all the same.

    Plain wordings may hold a negation ("leaves the app without users").
    """
    if finding.status in _UNDONE:
        return False  # "no fine any more": there was one
    text, start = finding.passage.text, finding.span[0]
    window = text[max(0, start - _BEFORE_DENIED) : start]
    trigger = finding.trigger
    kinds = ("nobody",) if trigger.measure in _TERMS else ("nobody", "denied")
    patterns = [context_words(kind, tag) for kind in kinds for tag in spoken(language)]
    if any(pattern is not None and pattern.search(window) for pattern in patterns):
        return True
    if trigger.measure in _TERMS or trigger.is_plain or trigger.name == _SAYS_NO:
        return False
    if _is_denied_behind(finding, language):
        return True
    within = context_words("denied_within", spoken(language)[0])
    return within is not None and bool(within.search(text, *finding.span) or within.match(text, finding.span[1] + 1))


def _is_denied_behind(finding: Finding, language: str | None) -> bool:
    """Whether the measure opens the clause and what follows denies it: "Ein Bußgeld hat die Behörde nicht verhängt"."""
    text, start = finding.passage.text, finding.span[0]
    noun = _WORD.match(text, start)
    behind = context_words("denied_behind", spoken(language)[0])
    return noun is not None and behind is not None and behind.match(text, noun.end()) is not None


#: The first word of a measure with the space behind it; where no spaces part words, its characters up to the particle.
_WORD = re.compile(r"[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff金])|[가-힣]{2,4}(?=[은는도])|罚[款金]|罰[款金]|\w[\w-]*\s?")


#: "multas de hasta diez millones", "最大50億円の罰金": the most that a law foresees.
_UP_TO = re.compile(
    r"\s?(?:\w+\s)?(?:(?:de|da|di|von|of|per)?\s?(?:hasta|fino a|até|up to|bis zu|jusqu['’]à)"
    r"|(?:pode|poderá|puede|podría|può|potrebbe|can|could|kann|peut)"
    r" (?:chegar|alcançar|llegar|alcanzar|ascender|arrivare|raggiungere|reach|atteindre|bis))(?!\w)",
    re.IGNORECASE,
)
_MOST_BEFORE = re.compile(r"(?:最大|最高)[\d,.億万千円ドルユーロウォンの]{0,14}$|최대 ?[\d,.억만]{1,10} ?원?의? ?$")


def _is_maximum(finding: Finding) -> bool:
    """Whether a fine is told by its upper bound alone."""
    text, (start, end) = finding.passage.text, finding.span
    is_planned = finding.status == "proposed" and _SEVERAL.search(text[start:end])
    if finding.trigger.measure != "fine" or not (finding.status == "imposed" or is_planned):
        return False
    is_bound = _UP_TO.match(text, end) if finding.trigger.form == "noun" else None
    return bool(is_bound or _MOST_BEFORE.search(text[max(0, start - 24) : start]))


_PROBE = re.compile(rf"(?<!\w)(?:{'|'.join(load('deciding')['probe'])})", re.IGNORECASE)


def _is_outcome_of_probe(finding: Finding, title: Passage) -> bool:
    """Whether the lead tells what may come of the inquiry that the title tells of."""
    may_come = finding.status in ("threatened", "proposed") and finding.trigger.measure != "lawsuit"
    return may_come and not finding.passage.is_title and bool(_PROBE.search(title.text))


def _is_within(kind: str, finding: Finding, language: str | None) -> bool:
    """ "tougher fines", "ransom payments are banned": whether such words hold or meet those of the measure."""
    text, (start, end) = finding.passage.text, finding.span
    patterns = [context_words(kind, tag) for tag in spoken(language)[:1]]
    return any(m.start() < end and start < m.end() for p in patterns if p is not None for m in p.finditer(text))


def _is_noun_of_talk(finding: Finding, title: Passage, language: str | None) -> bool:
    """Whether the word stands in advice, in a letter of fraudsters or in what a law foresees."""
    measure, passage = finding.trigger.measure, finding.passage
    if not _is_noun(finding, language) or opens_with_power(title, language):
        return False
    is_scam = _has("scam", title, language) or _has("scam", passage, language)
    if (measure in _THREATENED_BY_LETTER and is_scam) or _has("talk", title, language):
        return True
    return measure in _FORESEEN and not passage.is_title and _has("law", title, language)


def _is_private(finding: Finding, title: Passage, read: Sequence[Passage], language: str | None) -> bool:
    """Whether private persons agree or claim: no authority stands by the money."""
    measure, passage = finding.trigger.measure, finding.passage
    is_claimed = _has("private", title, language) or _has("private", passage, language)
    if measure == "damages":
        return is_claimed and not names_power(passage, language) and not names_power(title, language)
    if measure != "fine" or not _AGREED.search(finding.words):
        return False
    if is_claimed and not names_official(passage, language) and not names_official(title, language):
        return True
    return not any(names_official(p, language) for p in read)


def _is_of_a_house(finding: Finding, title: Passage, read: Sequence[Passage], language: str | None) -> bool:
    """Whether a company or a school rules over its own people."""
    if finding.trigger.measure not in _RULES or finding.trigger.form == "noun":
        return False
    if not _has("house", finding.passage, language) or lead_opens_with_power(read, language):
        return False
    return not names_power(finding.passage, language) and not names_power(title, language)


_RULES = frozenset({"ban", "restriction", "suspension"})


def _is_doubtful(finding: Finding, title: Passage, read: Sequence[Passage], language: str | None) -> bool:
    """Whether a measure to come is nobody's plan: lawyers think a fine possible, a club demands one."""
    passage = finding.passage
    if names_power(passage, language) or names_power(title, language):
        return False
    is_told_of_its_target = passage.is_title and finding.trigger.form == "suffers"
    if finding.status in ("proposed", "threatened") and finding.trigger.measure not in ("lawsuit", "sentence"):
        return not is_told_of_its_target and not (passage.is_title and lead_opens_with_power(read, language))
    if finding.trigger.measure != "fine" or not _is_noun(finding, language):
        return False
    start, end = finding.span
    around = passage.text[max(0, start - _AROUND) : end + _AROUND]
    patterns = [beside_terms("possible", tag) for tag in spoken(language)]
    if any(pattern is not None and pattern.search(around) for pattern in patterns):
        return True
    word = passage.text[start:end]
    is_of_one = _OF_ONE.match(passage.text, end) is not None
    is_plural = _SEVERAL.search(word) is not None and not is_of_one
    is_general = is_plural or (ord(word[-1]) >= FIRST_IDEOGRAPH and not passage.is_title)
    return is_general and not _DIGIT.search(passage.text)


def _is_noun(finding: Finding, language: str | None) -> bool:
    """Whether the word names the measure; "fines" and "sanctions" are verbs only behind who takes it."""
    if finding.trigger.form == "noun":
        return True
    power = power_at(finding.passage, language)
    is_plural = _SEVERAL.search(finding.words)
    return bool(is_plural) and (power is None or power >= finding.span[0])


def _has(kind: str, passage: Passage, language: str | None) -> bool:
    patterns = [context_words(kind, tag) for tag in spoken(language)]
    return any(pattern is not None and pattern.search(passage.text) for pattern in patterns)
