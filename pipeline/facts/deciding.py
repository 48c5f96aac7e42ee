"""Who decided: the authorities that the sentences of a measure show, the most exact of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.facts.actors import actors, entry, is_bare, is_unnamed
from pipeline.facts.measures import Place
from pipeline.facts.parties import parties
from pipeline.facts.patterns import Authority, Trigger, authorities, load
from pipeline.facts.roles import (
    Actor,
    acts,
    against,
    announces,
    is_decision_of,
    is_indefinite,
    is_label,
    is_next_instance,
    is_subject,
    revises,
)
from pipeline.facts.spans import Passage
from pipeline.facts.weighed import pick_authorities


def pick_deciding(
    places: Sequence[Place],
    read: Sequence[Passage],
    language: str | None,
    *,
    is_revised: bool = False,
    is_requested: bool = False,
) -> tuple[list[Actor], Passage]:
    """Who decided, as the most telling sentence names them; the ministry rather than "Beijing" where both are named.

    Args:
        is_revised: The measure was upheld, lowered or annulled, so that the court that says so goes before whom it
            was imposed by.
        is_requested: The term is only asked for: who asks is named, no court.
    """
    measure = places[0][1].measure
    if is_requested:
        return _who_asks(places, read, language)
    if is_revised and (court := _court_that_revises(read, language)) is not None:
        return [court[0]], court[1]
    for passage, trigger, span in places:
        picked = pick_authorities(passage.text, trigger, span, actors(passage.text, language))
        if not picked or all(is_label(passage.text, actor) for actor in picked):
            picked = _named_before(passage, trigger, span, language) or picked
        if not picked:
            continue
        if len(picked) == 1 and (spelled := _spelled_out(picked[0], read, language)) is not None:
            return [spelled[0]], spelled[1]
        is_vague = _is_general(picked[0]) or is_unnamed(picked[0]) or is_indefinite(passage.text, picked[0])
        if len(picked) == 1 and is_vague:
            exact = _more_exact(picked[0], measure, places, read, language)
            if exact is not None:
                return [exact[0]], exact[1]
        return picked, passage
    if (found := _shown_elsewhere(measure, read, language, is_revised=is_revised)) is not None:
        return [found[0]], found[1]
    word = places[0][0].text[slice(*places[0][2])]
    return _court_that_opens(read, language) if _JUDGED.match(word) else ([], places[0][0])


def _shown_elsewhere(
    measure: str, read: Sequence[Passage], language: str | None, *, is_revised: bool
) -> tuple[Actor, Passage] | None:
    """Who decided by what another sentence says of him: that he opens it, acts, announces or is who decided."""
    for passage in read:
        for actor in actors(passage.text, language):
            opens = not passage.is_title and is_subject(passage.text, actor)
            if opens and actor.level == "prosecutor" and measure == "fine":
                return actor, passage  # who announces that somebody settled
            is_named = is_decision_of(passage.text, actor)
            does = not passage.is_title and acts(passage.text, actor)
            tells = announces(passage.text, actor)
            is_shown = actor.listed or opens or does or tells or is_named
            is_theirs = is_revised or measure in _OF_COURTS_TOO
            is_court = actor.level == "court" and (is_named or ((opens or does or tells) and is_theirs))
            may = (_may_decide(actor, measure) or is_court) and not is_next_instance(passage.text, actor)
            if is_shown and may and (tells or not against(passage.text, actor)):
                return actor, passage
    return None


_ASKING = re.compile(
    rf"(?<![\w-])(?:{'|'.join(load('deciding')['asking'])})(?![\w-])|{'|'.join(load('deciding')['asking_cjk'])}",
    re.IGNORECASE,
)


def _who_asks(places: Sequence[Place], read: Sequence[Passage], language: str | None) -> tuple[list[Actor], Passage]:
    """The prosecutor who asks for a term, as the sentence that says so names him, else the first that does."""
    for passage in dict.fromkeys([*(p for p, _, _ in places), *read]):
        named = [a for a in actors(passage.text, language) if a.level == "prosecutor"]
        words = [Actor(m[0], "prosecutor", *m.span(), listed=False) for m in _ASKING.finditer(passage.text)]
        if found := sorted([*named, *words], key=lambda a: (a.start, a.start - a.end)):
            return found[:1], passage
    return [], places[0][0]


#: "condamnée à 100 000 euros d'amende": words of a judgement, whatever it imposes.
_JUDGED = re.compile(r"condamn|verurteil|condena|condann|veroordeel|sentenced|被判|判", re.IGNORECASE)


def _court_that_opens(read: Sequence[Passage], language: str | None) -> tuple[list[Actor], Passage]:
    """The court whose sentence the lead goes on with, where the title only says that there was a judgement."""
    for passage in read:
        for actor in actors(passage.text, language):
            if actor.level == "court" and not passage.is_title and is_subject(passage.text, actor):
                return [actor], passage
    return [], read[0]


def _court_that_revises(read: Sequence[Passage], language: str | None) -> tuple[Actor, Passage] | None:
    """ "The court dismissed the appeal": the first court that is said to decide on another's decision."""
    for passage in read:
        for actor in actors(passage.text, language):
            if actor.level == "court" and not is_bare(actor) and revises(passage.text, actor):
                return actor, passage
    return None


#: "faces legal action": who stands before it is sued.
_SUED = ("fac", "is ", "are ", "was ", "were ", "been ", "class", "action", "wird ", "wurde ")


#: What only authorities do, so that letters in front of it stand for one.
_OFFICIAL = frozenset({"fine", "formal_notice", "licence_withdrawal", "designation", "asset_freeze"})
_LETTERS = re.compile(r"[A-ZÀ-ÞА-ЯЁ]{2,7}(?:-[A-Z]{2,4})?")


def _named_before(passage: Passage, trigger: Trigger, span: tuple[int, int], language: str | None) -> list[Actor]:
    """Who acts, where no list has him: a name right before the verb of a suit, letters before a fine ("CMF fines")."""
    word = passage.text[slice(*span)].lower()
    if trigger.form != "acts" or span == (0, 0) or word.startswith(_SUED):
        return []
    names = [n for n in parties(passage.text, language) if 0 <= span[0] - n.end <= 1 and not n.text.islower()]
    if trigger.measure != "lawsuit":
        names = [n for n in names if trigger.measure in _OFFICIAL and _LETTERS.fullmatch(n.text)]
    return [Actor(n.text, "plaintiff", n.start, n.end, listed=False) for n in names[-1:]]


def _spelled_out(actor: Actor, read: Sequence[Passage], language: str | None) -> tuple[Actor, Passage] | None:
    """The listed body whose letters a title uses that the list does not have ("AP", an agency of news too)."""
    if actor.listed or not _LETTERS.fullmatch(actor.id):
        return None
    named = ((a, p) for p in read for a in actors(p.text, language) if a.listed and a.id == actor.id)
    return next(named, None)


_GENERAL = frozenset({"EU", "Brussels", "US government", "UK government", "China", "White House"})
_FALLBACK_LEVELS = frozenset({"regulator", "ministry", "international"})


#: What courts order as often as regulators, where the lead opens with one.
_OF_COURTS_TOO = frozenset({"injunction", "ban", "suspension", "fine"})


def _is_general(actor: Actor) -> bool:
    return actor.level in ("government", "place") or actor.id in _GENERAL


def _may_decide(actor: Actor, measure: str) -> bool:
    if measure in ("sentence", "conviction"):
        return actor.level == "court"
    if measure == "damages":
        return actor.level in ("court", "regulator")  # who has a company pay back
    return actor.level in _FALLBACK_LEVELS or actor.id.endswith("government")


def _more_exact(
    general: Actor, measure: str, places: Sequence[Place], read: Sequence[Passage], language: str | None
) -> tuple[Actor, Passage] | None:
    """A body that the lead names as deciding: of the same country, or the subject of a sentence."""
    known = entry(general.id)
    for passage in (*(p for p, _, _ in places), *read):
        for actor in actors(passage.text, language):
            if actor.id == general.id or is_bare(actor) or against(passage.text, actor):
                continue
            if actor.level == "court" and measure == "lawsuit":
                continue  # it is sued before a court
            other = entry(actor.id)
            is_same_country = known is not None and other is not None and other.country == known.country
            is_exact = actor.level in _EXACT or (measure == "lawsuit" and actor.level == "prosecutor")
            if is_same_country and is_exact and actor.id not in _GENERAL:
                return actor, passage
            if (
                is_same_country
                and known is not None
                and known.id == "US"
                and actor.id == "US government"
                and passage.text[actor.start : actor.end] != "Washington"
            ):
                return actor, passage
            is_foreign = known is not None and other is not None and not is_same_country
            is_foreign = is_foreign and not (known is not None and other is not None and _is_member(known, other))
            is_told = (
                is_subject(passage.text, actor) or is_decision_of(passage.text, actor) or acts(passage.text, actor)
            )
            if not passage.is_title and actor.level in _EXACT and _bears_name(actor, general):
                return actor, passage
            is_its_court = general.level == actor.level == "court" and not is_next_instance(passage.text, actor)
            is_free = not passage.is_title and not is_foreign and (is_told or (is_bare(general) and is_its_court))
            if is_free and _fills_in(actor, general, measure):
                return actor, passage
    return None


def _bears_name(actor: Actor, general: Actor) -> bool:
    """Whether an unlisted body begins with the name of the country that the title tells of ("澳大利亚内政部")."""
    hits = [] if actor.listed else authorities()[0].find(actor.id)
    return general.level == "government" and bool(hits) and hits[0].start == 0 and hits[0].id == general.id


#: Members of the EU, whose regulators decide what titles say of the Union.
_MEMBERS = frozenset(load("deciding")["eu_members"])


def _is_member(union: Authority, body: Authority) -> bool:
    return union.country == "EU" and body.country in _MEMBERS


_EXACT = frozenset({"regulator", "ministry", "court", "international"})


def _fills_in(actor: Actor, general: Actor, measure: str) -> bool:
    """Whether a body named in the lead may be the one that the title calls a court, a regulator or by its country."""
    if general.level == "court":
        return actor.level == "court"
    if actor.level == "court":
        of_state = measure == "fine" and general.level == "government"  # "Russia fines X", by a court of Moscow
        return of_state or measure in ("sentence", "conviction", "damages", "injunction", "ban")
    return actor.level in ("regulator", "ministry")
