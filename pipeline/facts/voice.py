"""Whether words that sound like a fate tell of a deed: "the watchdog fined", "Condannato il fondatore"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.facts.described import clause_start, opens_behind_comma
from pipeline.facts.objects import direct_object
from pipeline.facts.patterns import Trigger
from pipeline.facts.roles import Actor
from pipeline.text.tags import primary

#: Behind a participle: by whom, or why.
BY_WHOM = re.compile(r"\s(?:by|door|par|von|por|da|voor|for|over)\s", re.IGNORECASE)
_DECIDING = frozenset({"regulator", "ministry", "court", "international"})
#: Languages that may put who is hit behind the participle ("Condannato il fondatore di X", "Multada la empresa X").
_INVERTING = frozenset({"it", "es", "pt", "fr", "pl", "ru", "ro"})
#: What may stand between the start of a clause and such a participle.
_AUXILIARY = re.compile(
    r"(?:\w+,\s|\W)*(?:(?:ha sido|han sido|è stat[oa]|sono stat[ie]|foi|foram|został\w*|a été|ont été|fue"
    r"|fueron|è|sono)\s)?",
    re.IGNORECASE,
)
#: Room for a space and an article between a participle and whom it hits, in code points.
_ARTICLE = 6


def is_active(text: str, trigger: Trigger, span: tuple[int, int], found: Sequence[Actor]) -> bool:
    """ "The watchdog fined Examplia": an authority right before a word that is also a participle."""
    if trigger.form != "suffers" or BY_WHOM.match(text, span[1]) or " " in text[slice(*span)]:
        return False
    return any(0 <= span[0] - actor.end <= 1 and actor.level in _DECIDING for actor in found)


def is_inverted(text: str, trigger: Trigger, span: tuple[int, int], language: str | None) -> bool:
    """Whether a clause opens with the participle, so that who is hit stands behind it.

    Behind a comma it may do so too ("Privacy, sanzionate due aziende"), or go on with who stands before the comma
    ("Un médico, multado").
    """
    start = span[0]
    tag = primary(language)
    if trigger.form != "suffers" or tag not in _INVERTING:
        return False
    if opens_behind_comma(text, start, start):
        told = direct_object(text, replace(trigger, form="acts"), span, language, ())
        return bool(told) and told[0].start - span[1] <= _ARTICLE
    return bool(_AUXILIARY.fullmatch(text, clause_start(text, start), start))
