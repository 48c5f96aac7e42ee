"""Who has the power to punish, where a sentence names anybody who has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.facts.actors import actors
from pipeline.facts.patterns import power_words, spoken
from pipeline.facts.roles import Actor, against, is_subject
from pipeline.facts.spans import Passage
from pipeline.text.normalise import FIRST_IDEOGRAPH

#: Who may only warn, search or arrest, or bring a suit.
_WITHOUT_POWER = frozenset({"cyber", "police", "association"})
#: How far from the start of a sentence its subject may stand, in code points; an ideogram says as much as three.
_OPENING = 32
_OPENING_IDEOGRAMS = 11
#: Words of powers.toml for courts, before which others than authorities go too.
_COURT = re.compile(
    r"court|judge|jury|jur[eé]|magistrat|tribuna|juge|^la justice|^cour$|gericht|richter|kammer|juez|jueza|jueces|juzg"
    r"|justicia|audiencia|supremo|giudic|corte|cassazione|juiz|juíza|justiça|sentença|rechter|rechtbank|hof|sąd|sędzi"
    r"|суд|法院|法官|法庭|一审|二审|判|裁|법원|재판|고법|지법|대법|원심|항소|domstol|rätt|rett|oikeus|mahkeme|محكمة",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def power_at(passage: Passage, language: str | None) -> int | None:
    """Where a sentence first names somebody with the power to punish: a name, a capacity or a word ("watchdog")."""
    text = passage.text
    starts = [
        actor.start
        for actor in actors(text, language)
        if _may_punish(text, actor) and (actor.level != "place" or is_subject(text, actor))
    ]
    patterns = [power_words(tag) for tag in spoken(language)]
    starts += [match.start() for pattern in patterns if pattern is not None and (match := pattern.search(text))]
    return min(starts, default=None)


def names_power(passage: Passage, language: str | None) -> bool:
    """Whether a sentence names somebody with the power to punish."""
    return power_at(passage, language) is not None


def opens_with_power(passage: Passage, language: str | None) -> bool:
    """Whether a sentence begins with somebody who has the power to punish, as what he says or does."""
    start = power_at(passage, language)
    is_ideographic = any(ord(sign) >= FIRST_IDEOGRAPH for sign in passage.text[:_OPENING_IDEOGRAMS])
    return start is not None and start <= (_OPENING_IDEOGRAMS if is_ideographic else _OPENING)


def lead_opens_with_power(read: Sequence[Passage], language: str | None) -> bool:
    """Whether the first sentence behind the title begins so."""
    opening = next((p for p in read if not p.is_title), None)
    return opening is not None and opens_with_power(opening, language)


@lru_cache(maxsize=64)
def names_official(passage: Passage, language: str | None) -> bool:
    """Whether a sentence names an authority that may sue or settle: no court, before which others go too."""
    text = passage.text
    if any(a.level == "association" or (a.level != "court" and _may_punish(text, a)) for a in actors(text, language)):
        return True
    patterns = [power_words(tag) for tag in spoken(language)]
    return any(
        not _COURT.search(match[0]) for pattern in patterns if pattern is not None for match in pattern.finditer(text)
    )


def _may_punish(text: str, actor: Actor) -> bool:
    return actor.level not in _WITHOUT_POWER and not against(text, actor)
