"""Scales behind a number: "million", "Mio.", "bn", "k", "万"."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.text.caseless import caseless
from pipeline.text.numerals import CJK_SCALE, cjk_factor, data

_SCALE_WORD = re.compile(r"[\s\u00a0\u202f-]{0,2}([^\W\d_]{1,12}\.?)(?![^\W_])")
_SCALE_GLUED = re.compile(r"(k|K|m|M|B|Md|T)(?![^\W_€$£])(?=\W|$)")
_SCALE_SPACED = re.compile(r"[\s\u00a0\u202f](M|k|Md)(?=[\s\u00a0\u202f]?[€$£]|\sd['’]euros?|\sd['’]€|\sEUR|\sUSD)")


def scale_after(text: str, end: int, tag: str, *, money: bool) -> tuple[float, int]:
    """Factor of the scale after position `end`, and where it ends; (1.0, end) where there is none.

    Args:
        text: Any text.
        end: Where the number before ends.
        tag: Primary language tag.
        money: A currency stands before the number, which makes a scale of "m" and "B".
    """
    return _scale_letter(text, end, tag, money=money) or _scale_words(text, end, tag, money=money)


def _scale_letter(text: str, end: int, tag: str, *, money: bool) -> tuple[float, int] | None:
    """ "5k", "3 M€"."""
    if (glued := _SCALE_GLUED.match(text, end)) and (
        money or glued[1] in ("k", "K", "M", "Md") or _glued_people(text, glued)
    ):
        letter = glued[1]
        if not (letter == "m" and not money and tag != "en"):
            return data()["scale_glued"][letter], glued.end()
    if spaced := _SCALE_SPACED.match(text, end):
        return data()["scale_glued"][spaced[1]], spaced.end()
    return None


def _scale_words(text: str, end: int, tag: str, *, money: bool) -> tuple[float, int]:
    factor = 1.0
    scales = _scales(tag)
    for _ in range(2):  # "mil millones", "mille milliards"
        cjk = CJK_SCALE.match(text, end)
        if cjk:
            factor, end = factor * cjk_factor(cjk[1]), cjk.end()
            continue
        word = _SCALE_WORD.match(text, end)
        if word is None:
            break
        spelling = caseless(word[1])
        value = scales.get(spelling)
        stop = word.end()
        if value is None and spelling.endswith("."):
            value, stop = scales.get(spelling[:-1]), stop - 1
        if value is None or (spelling in ("m", "md") and not money):
            break
        factor, end = factor * value, stop
    return factor, end


@lru_cache(maxsize=64)
def _scales(tag: str) -> dict[str, float]:
    tables = data()
    words = {caseless(w): float(value) for value, forms in tables["scale"].items() for w in forms}
    return words | {caseless(w): float(v) for w, v in tables["scale_by_language"].get(tag, {}).items()}


def _glued_people(text: str, glued: re.Match[str]) -> bool:
    """ "6.6m people": a glued m without currency is a million only before a word of letters."""
    return glued[1] in ("m", "B") and bool(re.match(r"\s[a-z]{4,}", text[glued.end() : glued.end() + 8]))
