"""Numbers as languages write them: digits with separators, words, Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.tables import read_table

#: Languages whose decimal sign is the point; all others write a comma.
_POINT_LANGUAGES = frozenset(
    ["en", "zh", "ja", "ko", "th", "he", "hi", "bn", "ml", "mr", "ta", "te", "ur", "sw", "fil", "tl", "ms", "und"]
)
_SPACES = "\u0020\u00a0\u2009\u202f"
_GROUP = "'’٬" + _SPACES

#: Digits with thousands groups and a decimal part; every part is bounded, so the match is linear.
NUMBER = re.compile(
    r"(?<![\d.,])(?:\d{1,3}(?:(?P<sep>[.,'’٬\u0020\u00a0\u2009\u202f])\d{3}(?!\d))(?:(?P=sep)\d{3}(?!\d)){0,6}"
    r"|\d{1,3}(?:,\d\d){1,4},\d{3}(?!\d)|\d{1,18})(?:[.,]\d{1,8}(?!\d))?"
)
_CJK_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
    "兩": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
}
_CJK_SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_CJK_LARGE = {"万": 1e4, "萬": 1e4, "만": 1e4, "亿": 1e8, "億": 1e8, "억": 1e8, "兆": 1e12, "조": 1e12}
CJK_NUMBER = re.compile(r"[零〇一二三四五六七八九十百千万萬亿億兆两兩]{1,16}")
#: What multiplies digits in Chinese, Japanese and Korean: 12万, 1.2億, 3千, 5 千万.
CJK_SCALE = re.compile(r"\s?([百千백천]?[万萬亿億만억]亿?|[兆조]|[百千백천])")


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    """The word lists of data/quantities.toml."""
    return read_table(Path(__file__).parent / "data" / "quantities.toml")


def parse_number(token: str, language: str) -> float:
    """Value of a match of `NUMBER`.

    "1,5" and "1.5" are both one and a half; a single separator before exactly three digits is read as the language
    writes it ("1.500" is 1500 in German and 1.5 in English), except after a leading zero.
    """
    token = unicodedata.normalize("NFKC", token)
    for char in _GROUP:
        token = token.replace(char, "")
    points, commas = token.count("."), token.count(",")
    if points and commas:
        decimal = "." if token.rfind(".") > token.rfind(",") else ","
        if token.count(decimal) > 1:
            decimal = ""
    elif points + commas > 1:
        decimal = ""
    elif points + commas == 1:
        sign = "." if points else ","
        head, tail = token.split(sign)
        grouped = len(tail) == 3 and head != "0" and len(head) <= 3
        own = "." if language in _POINT_LANGUAGES else ","
        decimal = "" if grouped and sign != own else sign
    else:
        decimal = ""
    for sign in ".,":
        if sign != decimal:
            token = token.replace(sign, "")
    return float(token.replace(",", "."))


def parse_cjk(token: str) -> float | None:
    """Value of Chinese numerals ("二十一" = 21, "三百万" = 3,000,000); None for what is no number."""
    total = section = current = 0.0
    seen_digit_run = 0
    for char in token:
        if char in _CJK_DIGITS:
            current = current * 10 + _CJK_DIGITS[char] if seen_digit_run else float(_CJK_DIGITS[char])
            seen_digit_run += 1
            continue
        seen_digit_run = 0
        if char in _CJK_SMALL:
            section += (current or 1) * _CJK_SMALL[char]
        elif char in _CJK_LARGE:
            if not (section or current or total):
                return None
            total = (
                (total + section + current) * _CJK_LARGE[char]
                if char in "亿億"
                else total + (section + current) * _CJK_LARGE[char]
            )
            section = 0.0
        current = 0.0
    return total + section + current


def cjk_factor(token: str) -> float:
    """Value of a match of `CJK_SCALE`."""
    factor = 1.0
    for char in token:
        factor *= _CJK_LARGE.get(char) or {"百": 1e2, "백": 1e2, "千": 1e3, "천": 1e3}[char]
    return factor


@lru_cache(maxsize=64)
def number_words(language: str) -> tuple[dict[str, float], frozenset[str]]:
    """Number words of a language (lower case) with their values, and those that also mean something else."""
    tables = data()
    words: dict[str, float] = {w: float(i) for i, w in enumerate(tables["numbers"].get(language, "").split(), 1)}
    tens = tables["numbers"].get(f"{language}_tens", "").split()
    units = [w for w, v in words.items() if v < 10]
    for i, ten in enumerate(tens, 2):
        words.setdefault(ten, i * 10.0)
        for value, unit in enumerate(units, 1):
            for form in _compound(language, ten, unit):
                words.setdefault(form, i * 10.0 + value)
    if language == "fr":
        for i, teen in enumerate(["dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"], 10):
            words.setdefault(f"soixante-{teen}", 60.0 + i)
            words.setdefault(f"quatre-vingt-{teen}", 80.0 + i)
    words |= {w: float(v) for w, v in tables["numbers_more"].get(language, {}).items()}
    return words, frozenset(tables["numbers_ambiguous"].get(language, ()))


def _compound(language: str, ten: str, unit: str) -> tuple[str, ...]:
    """Spellings of tens and units together."""
    if language == "de":
        return (f"{unit}und{ten}",)
    if language == "nl":
        return (f"{unit}en{ten}", f"{unit}ën{ten}")
    if language == "it":
        return (f"{ten}{unit}",)
    if language == "sv":
        return (f"{ten}{unit}",)
    joint = {"es": " y ", "pt": " e "}.get(language, " ")
    return (f"{ten}-{unit}", f"{ten}{joint}{unit}")


@lru_cache(maxsize=64)
def word_pattern(language: str) -> re.Pattern[str] | None:
    """Matches any number word of the language as a whole word; None where the lists have none."""
    words, _ = number_words(language)
    extra = [*data()["half"]["before"], *data()["one"]["words"]] if words else []
    if not words:
        return None
    forms = "|".join(re.escape(w) for w in sorted({*words, *extra}, key=len, reverse=True))
    return re.compile(rf"(?<![\w'’-])(?:{forms})(?![\w'’])", re.IGNORECASE)
