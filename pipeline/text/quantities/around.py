"""What stands around a number and makes a quantity of it: a currency before, a scale and a unit behind."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.text.caseless import caseless
from pipeline.text.numerals import cjk_factor, data, parse_number
from pipeline.text.quantities.quantity import Quantity, QuantityKind
from pipeline.text.quantities.scales import scale_after
from pipeline.text.scripts import EAST_ASIAN_LETTER

#: Spellings of one language that are other words in another.
_NOT_UNITS = {
    "en": ("real", "an", "ore", "lev", "ron", "let", "lat", "rok", "ay", "mo", "dong", "dag", "ora", "mes", "timer",
           "roku", "ani", "nap", "rand"),
    "fr": ("real", "min", "ora", "won", "let", "rand", "mo", "lei", "ore"),
    "it": ("lei", "an", "ans"),
    "de": ("real", "let", "rand", "won", "an", "uhr"),
    "es": ("let", "ora", "real", "ani"),
    "pt": ("let", "ora"),
    "nl": ("an", "let", "rand"),
    "pl": ("dag", "ora", "an"),
    "ro": ("let",),
    "sv": ("rand",),
}  # fmt: skip
_MILLION = 1e6
#: What goes on with "1亿", "4억 ", "3천": 2000万, 8천만, 5백만. 百 and 千 count the 万 or 亿 behind them.
_CJK_MORE = re.compile(
    r"(?:(?<=[억조만천백])\s)?(\d[\d.,]{0,9})(?:([百千백천]?)([万萬亿億만억])|([百千백천])(?=\d[\d.,]{0,9}[百千백천]?[万萬亿億만억]))"
)
_CJK_COUNTING = re.compile(r"[百千백천]$")
#: "2 million 400 thousand": what comes to millions, before its own scale.
_MORE = re.compile(r"[ \u00a0](?:(?:y|e|et|und|ve|i|и|en) )?(\d{1,3})(?=[ \u00a0])")


def quantity_around(text: str, value: float, start: int, end: int, tag: str, prefix: str | None) -> Quantity:
    """The quantity around a number.

    Args:
        text: Any text.
        value: The number as written, without its scale.
        start: Where it starts, with its currency if that stands before it.
        end: Where its digits or letters end.
        tag: Primary language tag.
        prefix: ISO 4217 code of the currency before it, if any.
    """
    if not prefix and end < len(text) and text[end] in "%％":
        return Quantity("percent", value, "%", start, end + 1)
    factor, end = scale_after(text, end, tag, money=prefix is not None)
    value = value * factor
    if factor > 1 and _CJK_MORE.match(text, end):
        value, end = _with_more(text, value, end, tag)
    elif factor >= _MILLION and (more := _MORE.match(text, end)):
        smaller, behind = scale_after(text, more.end(), tag, money=prefix is not None)
        if 1 < smaller < factor:
            value, end = value + float(more[1]) * smaller, behind
    value = float(f"{value:.12g}")  # 80.26 times 10^8 is a whole number
    unit = unit_after(text, end, tag)
    if prefix is not None:
        if unit and unit.kind == "amount" and (unit.unit == prefix or text[start] in "$€£"):
            return Quantity("amount", value, unit.unit if unit.unit != "USD" else prefix, start, unit.end)
        return Quantity("amount", value, prefix, start, end)
    is_verb = unit is not None and unit.unit == "KRW" and tag == "en" and value < 1000  # "Team 5 won"
    if unit is None or is_verb or (unit.kind == "percent" and factor > 1):
        return Quantity("number", value, None, start, end)
    if unit.kind == "duration" and unit.unit is not None:
        half = _half_pattern().match(text, unit.end)
        if half:
            return Quantity("duration", value + 0.5, unit.unit, start, half.end())
    return Quantity(unit.kind, value, unit.unit, start, unit.end)


def _with_more(text: str, value: float, end: int, tag: str) -> tuple[float, int]:
    """A number in Chinese, Japanese or Korean with the digits and scales that go on with it, and where they end."""
    whole, counting = (0.0, value) if _CJK_COUNTING.search(text[end - 1 : end]) else (value, 0.0)
    while more := _CJK_MORE.match(text, end):
        counting += parse_number(more[1], tag) * cjk_factor(more[2] or more[4] or "")
        if more[3]:
            whole, counting = whole + counting * cjk_factor(more[3]), 0.0
        end = more.end()
    return whole + counting, end


def currency_before(text: str, start: int, tag: str) -> tuple[str | None, int]:
    """Currency that ends where the number starts, and the start of the two together."""
    pattern, names = _currency_prefixes(tag)
    window = text[max(0, start - 8) : start]
    match = pattern.search(window)
    if match is None:
        return None, start
    return names[match[1]], start - len(window) + match.start()


@lru_cache(maxsize=64)
def _currency_prefixes(tag: str) -> tuple[re.Pattern[str], dict[str, str]]:
    tables = data()
    names = dict(tables["currency_symbol"]) | tables["currency_symbol_by_language"].get(tag, {})
    names |= {code: code for code in tables["currency_code"]["codes"]} | tables["currency_code_alias"]
    forms = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?:(?<![A-Za-z])|(?=[€£¥₩₹]))({forms})[\s\u00a0]?$"), names


def unit_after(text: str, end: int, tag: str) -> Quantity | None:
    """Unit after position `end`, as a quantity without value."""
    match = _unit_pattern(tag).match(text, end)
    if match is None:
        return None
    found = _by_case(tag).get(caseless(match[1] or match[2]))
    if found is None:
        return None
    kind, unit = found
    if kind == "amount" and match[1] and _is_word(match[1]):
        return None
    return Quantity(kind, 0.0, unit, end, match.end())


def _is_word(written: str) -> bool:
    """ "eth" and "ron" are words, ETH and RON currencies."""
    spelling = written.lower()
    is_code = len(spelling) <= 3 and spelling.isalpha() and spelling.upper() in data()["currency_word"]
    return is_code and not written.isupper() and spelling not in ("eur", "yen", "won")


@lru_cache(maxsize=64)
def _unit_pattern(tag: str) -> re.Pattern[str]:
    """Unit right after a number, a scale or a joining word; longest spelling first."""
    spaced = [u for u in _units(tag) if not EAST_ASIAN_LETTER.search(u)]
    glued = [u for u in _units(tag) if EAST_ASIAN_LETTER.search(u)]
    one = "|".join(re.escape(u) for u in sorted(spaced, key=len, reverse=True))
    two = "|".join(re.escape(u) for u in sorted(glued, key=len, reverse=True))
    joint = r"\)?(?:[\s\u00a0\u202f-]{1,2}|\s?\(\d{1,3}\)\s)?(?:d['’]\s?|de\s|di\s|of\s|in\s|full\s|additional\s|en\s)?"
    return re.compile(rf"{joint}({one})(?![\w€$£])|\s?({two})", re.IGNORECASE)


@lru_cache(maxsize=64)
def _units(tag: str) -> dict[str, tuple[QuantityKind, str]]:
    """Everything that may follow a number as its unit, by lower-case spelling."""
    tables = data()
    units: dict[str, tuple[QuantityKind, str]] = {}
    for name, forms in tables["duration"].items():
        units |= dict.fromkeys(forms, ("duration", name))
    units |= dict.fromkeys(tables["percent"]["words"], ("percent", "%"))
    for code, forms in tables["currency_word"].items():
        units |= dict.fromkeys(forms, ("amount", code))
    units |= {form.lower(): ("amount", code) for form, code in tables["currency_word_by_language"].get(tag, {}).items()}
    units |= {form.lower(): ("amount", code) for form, code in tables["currency_symbol"].items()}
    units |= {
        form.lower(): ("amount", code) for form, code in tables["currency_symbol_by_language"].get(tag, {}).items()
    }
    units |= {code.lower(): ("amount", code) for code in tables["currency_code"]["codes"]}
    units |= {"rmb": ("amount", "CNY"), "%": ("percent", "%"), "％": ("percent", "%")}
    for word in _NOT_UNITS.get(tag, ()):
        units.pop(word, None)
    return units


@lru_cache(maxsize=64)
def _by_case(tag: str) -> dict[str, tuple[QuantityKind, str]]:
    return {caseless(spelling): unit for spelling, unit in _units(tag).items()}


@lru_cache(maxsize=1)
def _half_pattern() -> re.Pattern[str]:
    return re.compile(r"\s(?:" + "|".join(map(re.escape, data()["half"]["after"])) + r")(?!\w)", re.IGNORECASE)
