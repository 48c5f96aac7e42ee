"""What was done and how far it went, once it is known who decided: what a court lifts it annuls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.facts.actors import actors
from pipeline.facts.measures import REVISED, Finding, Place, alike, find_measures
from pipeline.facts.patterns import appeals_lost, decisions_undone, load, spoken
from pipeline.facts.roles import Actor, revises
from pipeline.facts.spans import Passage
from pipeline.text.background import is_background
from pipeline.text.hints import WordPattern
from pipeline.text.quantities import Quantity

#: Who fines rather than awards damages.
_FINING = frozenset({"regulator", "ministry", "international", "government"})
#: A sanction of any kind.
_SANCTION = re.compile(r"san[czç]", re.IGNORECASE)
_FORFEIT = re.compile(r"forfeit|confisca|没收", re.IGNORECASE)
#: Whose sanctions are lists of persons and firms.
_LISTERS = frozenset({"EU", "Council of the EU", "US Treasury", "OFAC", "OFSI"})
#: Courts that judge on the lists of the Union rather than on fines of a state.
_EU_COURTS = frozenset({"CJEU", "EU General Court"})
#: The ministry whose black list says who may not buy.
_LISTS_BUYERS = "US Commerce"
#: The regulator whose sanctions are a list of persons.
_LISTS = "OFAC"
#: "une sanction de 800 000 euros": how far behind the word the sum may stand.
_SUM_AFTER = 24
#: Who gets the money is somebody hurt: damages.
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


def kind_of(finding: Finding, deciding: Sequence[Actor], numbers: dict[int, list[Quantity]]) -> str:
    """What was done, once it is known who did it: a sanction of a sum is a fine, so is what a regulator has paid."""
    measure, passage = finding.trigger.measure, finding.passage
    word = finding.words
    if measure == "damages" and not _FOR_VICTIMS.search(passage.text) and any(a.level in _FINING for a in deciding):
        return "fine"
    sums = [q for q in numbers[passage.place] if q.kind == "amount"]
    if measure == "other" and _is_fine_by_court(finding, deciding, word):
        return "fine"
    if measure == "fine" and _SANCTION.match(word) and not sums and deciding and all(map(_lists, deciding)):
        return "designation"  # "l'Ue sanziona la società"
    is_of_sum = any(0 <= q.start - finding.span[1] <= _SUM_AFTER for q in sums)
    if measure == "other" and is_of_sum and not is_forfeit(finding):
        return "fine"
    if measure == "designation" and deciding and all(actor.id == _LISTS_BUYERS for actor in deciding):
        return "export_control"
    if measure == "designation" and sums and deciding and all(_fines(actor) for actor in deciding):
        return "fine"  # "sanctionné à hauteur de 500 000 euros"
    return measure


def _fines(actor: Actor) -> bool:
    return actor.level == "regulator" and actor.id != _LISTS


def _lists(actor: Actor) -> bool:
    return actor.level == "government" or actor.id in _LISTERS


def _is_fine_by_court(finding: Finding, deciding: Sequence[Actor], word: str) -> bool:
    """Whether courts of a state annul or uphold what "escaped" or a "sanzione": administrative ones are of a sum."""
    if not deciding or any(a.level != "court" or a.id in _EU_COURTS for a in deciding):
        return False
    return finding.trigger.is_escape or (finding.status in REVISED and bool(_SANCTION.match(word)))


def how_far(
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
        told = [f.status for f in find_measures(who, language) if f.status in REVISED]
        named = any(p is who for p, _, _ in places)
        return told[0] if told and named and revises(who.text, deciding[0]) else status
    return status


#: Kinds of which the sentence next to theirs says how far they went.
_TOLD_BESIDE = frozenset(
    {
        *("fine", "ban", "suspension", "restriction", "damages", "export_control", "licence_withdrawal"),
        *("designation", "other", "sentence"),
    }
)


def as_told_beside(finding: Finding, read: Sequence[Passage], language: str | None) -> Finding:
    """The measure as the title or the first sentences of the lead say how far it went, where its own does not.

    What was upheld or undone any of them says; that it is only a plan, the one right behind the title. What is
    threatened there comes on top of what the title tells as a deed ("further penalties").
    """
    if finding.status != "imposed" or finding.trigger.measure not in _TOLD_BESIDE:
        return finding
    for place, passage in enumerate(read[:_NEXT]):
        if passage is finding.passage or is_background(passage.text, language):
            continue
        told = _told_of(finding, passage, language) or finding.status
        if told == "proposed" and finding.trigger.measure == "sentence" and _names_court(passage, language):
            continue  # "six years were asked for; the court …"
        is_to_come = told == "proposed" or (told == "threatened" and finding.trigger.form == "noun")
        if told in REVISED or told == "lifted" or (is_to_come and place <= 1):
            return replace(finding, status=told)
    return finding


#: Title and two sentences.
_NEXT = 3


def _names_court(passage: Passage, language: str | None) -> bool:
    return any(actor.level == "court" for actor in actors(passage.text, language))


def _told_of(finding: Finding, passage: Passage, language: str | None) -> str | None:
    """How far a sentence says that the measure of another went; None where it says nothing."""
    same = [f.status for f in find_measures(passage, language) if alike(f.trigger.measure, finding.trigger.measure)]
    if same:
        return same[0] if same[0] != "imposed" else None
    own = spoken(language)[0]
    if _says(appeals_lost(own), passage):
        return "upheld"
    return "annulled" if _says(decisions_undone(own), passage) and _names_court(passage, language) else None


def _says(words: WordPattern | None, passage: Passage) -> bool:
    return words is not None and words.search(passage.text) is not None


def is_forfeit(finding: Finding) -> bool:
    """Whether the words say that goods or gains are taken away."""
    return bool(_FORFEIT.search(finding.words))


def _words_around(finding: Finding) -> str:
    return finding.passage.text[max(0, finding.span[0] - _BEFORE_STAYED) : finding.span[1]]
