"""Numbers written in words or in Chinese numerals, with what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.text.caseless import caseless
from pipeline.text.numerals import CJK_NUMBER, data, number_words, parse_cjk, word_pattern
from pipeline.text.quantities.around import quantity_around, unit_after
from pipeline.text.quantities.quantity import Quantity
from pipeline.text.taken import Taken

_A_YEAR_BEFORE = re.compile(r"(?:for|to|of|than|nearly|over|about|almost|up to|after|least) $")
_CJK_COUNTED = re.compile(r"\s?(?:个(?!月|星期|小时|工作日|自然日)|個|名|家|款|项|種|种|次|起|人|件|台|部|条|位|倍|社)")
_HALF_YEAR = re.compile(r"半(年|个月|個月|月)")
_PERCENT = re.compile(r"百分之([零〇一二三四五六七八九十百]{1,6}|\d{1,3}(?:\.\d+)?)")


def spelled_out(text: str, tag: str, taken: Taken) -> Iterator[Quantity]:
    """Quantities whose number is spelled out; Chinese numerals outside of what is taken."""
    if tag in ("zh", "ja", "ko", "yue"):
        yield from _cjk_words(text, tag, taken)
    pattern = word_pattern(tag)
    if pattern is None:
        return
    words, ambiguous = _by_spelling(tag)
    one = frozenset(map(caseless, data()["one"]["words"]))
    half = frozenset(map(caseless, data()["half"]["before"]))
    for match in pattern.finditer(text):
        spelling = caseless(match[0])
        value = 0.5 if spelling in half else 1.0 if spelling in one else words.get(spelling)
        if value is None:
            continue
        quantity = quantity_around(text, value, match.start(), match.end(), tag, None)
        if spelling in ("a", "an") and not _measured(text, quantity):
            continue
        bare = quantity.kind == "number" and quantity.end == match.end()
        if bare and (value <= 1 or spelling in ambiguous):
            continue
        yield quantity


@lru_cache(maxsize=64)
def _by_spelling(tag: str) -> tuple[dict[str, float], frozenset[str]]:
    words, ambiguous = number_words(tag)
    return {caseless(word): value for word, value in words.items()}, frozenset(map(caseless, ambiguous))


def _measured(text: str, quantity: Quantity) -> bool:
    """ "a million dollars" and "for a year" are measured, "$5 a month" and "a year ago" are not."""
    if quantity.kind == "duration":
        before = text[max(0, quantity.start - 8) : quantity.start]
        return bool(_A_YEAR_BEFORE.search(before)) and not text.startswith(" ago", quantity.end)
    return quantity.value != 1.0


def _cjk_words(text: str, tag: str, taken: Taken) -> Iterator[Quantity]:
    """Quantities in Chinese numerals: half years, hundredths, numbers before a unit or a counted thing."""
    for match in _HALF_YEAR.finditer(text):
        months = 6.0 if match[1] == "年" else 0.5
        yield Quantity("duration", months, "month", match.start(), match.end())
    for match in _PERCENT.finditer(text):
        percent: float | None = float(match[1]) if match[1][0].isdecimal() else parse_cjk(match[1])
        if percent is not None:
            yield Quantity("percent", percent, "%", match.start(), match.end())
    for match in CJK_NUMBER.finditer(text):
        if taken.at(match.start()) or (match.start() and text[match.start() - 1].isdecimal()):
            continue
        value = parse_cjk(match[0])
        if value is None or not value:
            continue
        unit = unit_after(text, match.end(), tag)
        if unit is not None:
            yield Quantity(unit.kind, value, unit.unit, match.start(), unit.end)
        elif _CJK_COUNTED.match(text, match.end()) and value > 1:
            yield Quantity("number", value, None, match.start(), match.end())
