"""Why a story is where it is, in the reader's language: the parts of the rank, piece by piece."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.model import RankPart, RankSign
from pipeline.render.wording import Wording
from pipeline.text.fact_words import authority_in_words, measure_in_words
from pipeline.text.normalise import clean_text

#: Signs told by a number in the right plural.
_COUNTED = frozenset({"outlets", "copies", "hours", "days"})


def reason(part: RankPart, topics: Mapping[str, str], say: Wording) -> str:
    """Word one part; `topics` maps names to titles. What this program does not know stays in English."""
    known = [sign for sign in part.signs if say.has(f"why.{sign.name}")]
    if not known or len(known) < len(part.signs):
        return clean_text(part.note)
    return ", ".join(_said(sign, topics, say) for sign in known)


def _said(sign: RankSign, topics: Mapping[str, str], say: Wording) -> str:
    key = f"why.{sign.name}"
    if sign.name in _COUNTED:
        return say(key, int(sign.number or 0))
    text = topics.get(sign.text, sign.text) if sign.name == "topic" else _text(sign, say)
    share = say.percent(sign.number) if sign.number is not None else ""
    return say(key, text=clean_text(text), number=say.number(sign.number or 0.0), share=share)


def _text(sign: RankSign, say: Wording) -> str:
    if sign.name == "languages":
        return ", ".join(say.language_name(tag) for tag in sign.text.split(","))
    if sign.name == "amount":
        return say.money(sign.number or 0.0, sign.text or None)
    if sign.name == "measure":
        return measure_in_words(sign.text, None, say)
    if sign.name == "authority":
        return authority_in_words(sign.text, say)
    return say.iso_date(sign.text) if sign.name == "known_since" else sign.text
