"""Numbers, amounts of money, percentages, durations and dates, with their values, in many languages.

One scanner walks over the numbers of a text and reads what stands around each: a currency before or after, a scale
("million", "Mio.", "万"), a percent sign, a unit of time. The words are data (data/quantities.toml).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from pipeline.text.dates import find_dates
from pipeline.text.identifiers import Identifier, find_identifiers
from pipeline.text.numerals import (
    CJK_NUMBER,
    CJK_SCALE,
    NUMBER,
    cjk_factor,
    data,
    number_words,
    parse_cjk,
    parse_number,
    word_pattern,
)
from pipeline.text.taken import Taken

QuantityKind = Literal["number", "amount", "percent", "duration", "date"]

#: Mean lengths; 8.5 years and 102 months are the same number of days.
_DAYS = {
    "second": 1 / 86400,
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 365.25 / 12,
    "year": 365.25,
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity; start and end are code points of the text and cover symbol, scale and unit.

    `value` is a float, or for a date an ISO string ("2021-12-12", "2021-12", "2021", "--12-12"). `unit` is an ISO 4217
    code for an amount, "second" … "year" for a duration, "%" for a percentage, else None.
    """

    kind: QuantityKind
    value: float | str
    unit: str | None
    start: int
    end: int

    @property
    def days(self) -> float | None:
        """Length of a duration in days, None for anything else."""
        return float(self.value) * _DAYS[self.unit] if self.kind == "duration" and self.unit else None

    @property
    def key(self) -> str:
        """Same string for equal values in any language: "number:2021" for the year too, "duration:548.00" in days."""
        if self.kind == "date":
            return f"number:{self.value}" if str(self.value).isdecimal() else f"date:{self.value}"
        if self.kind == "duration":
            return f"duration:{self.days:.2f}"
        value = f"{self.value:.12g}"
        return f"{self.kind}:{value}:{self.unit}" if self.kind == "amount" else f"{self.kind}:{value}"


def find_quantities(
    text: str, language: str | None, *, identifiers: Iterable[Identifier] | None = None
) -> list[Quantity]:
    """Find quantities in any text.

    Args:
        text: Any text.
        language: BCP 47 tag; decides between "1.500" = 1500 and 1.5 and names the words that are read.
        identifiers: What `find_identifiers` found, to save finding it again; numbers inside are no quantities.
    Returns:
        In order of position, without overlap. Number words of one to twenty and tens count ("two flaws"), except where
        the word has another common meaning and no unit follows.
    """
    tag = (language or "und").lower().split("-")[0]
    tag = "en" if tag == "und" else tag
    taken = Taken(text)
    for item in find_identifiers(text) if identifiers is None else identifiers:
        if item.kind != "domain":
            taken.add(item.start, item.end)
    sources = (_dates(text, tag), _digits(text, tag, taken), _words(text, tag, taken))
    found = [quantity for source in sources for quantity in source if taken.claim(quantity.start, quantity.end)]
    return _shared_units(text, sorted(found, key=lambda q: q.start))


def _dates(text: str, tag: str) -> Iterator[Quantity]:
    for start, end, value in find_dates(text, tag):
        unit = _after(text, end, tag) if value.isdecimal() else None
        if unit is None or unit.kind == "number":
            yield Quantity("date", value, None, start, end)


def _digits(text: str, tag: str, taken: Taken) -> Iterator[Quantity]:
    position = 0
    while match := NUMBER.search(text, position):
        position = match.end()
        if taken.at(match.start()):
            continue
        token, end = match[0], match.end()
        if tag == "en" and " " in token and not token.endswith(" 000"):  # no grouping in "Windows 11 200 users"
            token, end = token.split(" ")[0], match.start() + len(token.split(" ")[0])
        broken = _BROKEN.match(text, end)
        if broken and not taken.meets(end, broken.end()):  # "£1. 2 million", "100, 000": a space lost its way
            token, end = token + text[end] + (broken[1] or broken[2]), broken.end()
        value = parse_number(token, tag)
        if _glued_to_word(text, match.start()):
            position = max(end, position)
            continue
        prefix, start = _currency_before(text, match.start(), tag)
        quantity = _read(text, value, start, end, tag, prefix)
        position = max(quantity.end, match.end() if end >= match.end() else end)
        yield quantity


#: A number that an extraction artefact parted: only before a scale word, or before three zeros.
_BROKEN = re.compile(r"(?:\.\s(\d{1,2})(?=\s?(?:million|billion|m\b|bn\b|mln|Mio|M€|milli))|,\s(000)(?!\d))")
_GLUED = re.compile(r"[A-Za-z_][-_]?$|[#@]$", re.ASCII)
_GLUED_CURRENCY = re.compile(r"(?:[A-Z]{3}|Rs|RMB|Fr)$")


def _glued_to_word(text: str, start: int) -> bool:
    """ "iOS17", "AES-256", "GPT-5" and "#5" hold no quantity."""
    before = text[max(0, start - 4) : start]
    return bool(_GLUED.search(before)) and not _GLUED_CURRENCY.search(before)


@lru_cache(maxsize=64)
def _currency_prefixes(tag: str) -> tuple[re.Pattern[str], dict[str, str]]:
    tables = data()
    names = dict(tables["currency_symbol"]) | tables["currency_symbol_by_language"].get(tag, {})
    names |= {code: code for code in tables["currency_code"]["codes"]} | tables["currency_code_alias"]
    forms = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?:(?<![A-Za-z])|(?=[€£¥₩₹]))({forms})[\s\u00a0]?$"), names


def _currency_before(text: str, start: int, tag: str) -> tuple[str | None, int]:
    """Currency that ends where the number starts, and the start of the two together."""
    pattern, names = _currency_prefixes(tag)
    window = text[max(0, start - 8) : start]
    match = pattern.search(window)
    if match is None:
        return None, start
    return names[match[1]], start - len(window) + match.start()


@lru_cache(maxsize=64)
def _scales(tag: str) -> dict[str, float]:
    tables = data()
    words = {w: float(value) for value, forms in tables["scale"].items() for w in forms}
    return words | {w: float(v) for w, v in tables["scale_by_language"].get(tag, {}).items()}


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
_CJK_UNIT_LANGUAGES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=64)
def _unit_pattern(tag: str) -> re.Pattern[str]:
    """Unit right after a number, a scale or a joining word; longest spelling first."""
    spaced = [u for u in _units(tag) if not _CJK_UNIT_LANGUAGES.search(u)]
    glued = [u for u in _units(tag) if _CJK_UNIT_LANGUAGES.search(u)]
    one = "|".join(re.escape(u) for u in sorted(spaced, key=len, reverse=True))
    two = "|".join(re.escape(u) for u in sorted(glued, key=len, reverse=True))
    joint = r"\)?(?:[\s\u00a0\u202f-]{1,2}|\s?\(\d{1,3}\)\s)?(?:d['’]\s?|de\s|di\s|of\s|in\s|full\s|additional\s|en\s)?"
    return re.compile(rf"{joint}({one})(?![\w€$£])|\s?({two})", re.IGNORECASE)


_SCALE_WORD = re.compile(r"[\s\u00a0\u202f-]{0,2}([^\W\d_]{1,12}\.?)(?![^\W_])")
_SCALE_GLUED = re.compile(r"(k|K|m|M|B|Md|T)(?![^\W_€$£])(?=\W|$)")
_SCALE_SPACED = re.compile(r"[\s\u00a0\u202f](M|k|Md)(?=[\s\u00a0\u202f]?[€$£]|\sd['’]euros?|\sd['’]€|\sEUR|\sUSD)")


def _scale(text: str, end: int, tag: str, *, money: bool) -> tuple[float, int]:
    """Factor of the scale words after position `end`, and where they end."""
    factor = 1.0
    if (glued := _SCALE_GLUED.match(text, end)) and (
        money or glued[1] in ("k", "K", "M", "Md") or _glued_people(text, glued)
    ):
        letter = glued[1]
        if not (letter == "m" and not money and tag != "en"):
            return data()["scale_glued"][letter], glued.end()
    if spaced := _SCALE_SPACED.match(text, end):
        return data()["scale_glued"][spaced[1]], spaced.end()
    scales = _scales(tag)
    for _ in range(2):  # "mil millones", "mille milliards"
        cjk = CJK_SCALE.match(text, end)
        if cjk:
            factor, end = factor * cjk_factor(cjk[1]), cjk.end()
            continue
        word = _SCALE_WORD.match(text, end)
        if word is None:
            break
        spelling = word[1].lower()
        value = scales.get(spelling)
        stop = word.end()
        if value is None and spelling.endswith("."):
            value, stop = scales.get(spelling[:-1]), stop - 1
        if value is None or (spelling in ("m", "md") and not money):
            break
        factor, end = factor * value, stop
    return factor, end


def _glued_people(text: str, glued: re.Match[str]) -> bool:
    """ "6.6m people": a glued m without currency is a million only before a word of letters."""
    return glued[1] in ("m", "B") and bool(re.match(r"\s[a-z]{4,}", text[glued.end() : glued.end() + 8]))


def _after(text: str, end: int, tag: str) -> Quantity | None:
    """Unit after position `end`, as a quantity without value."""
    match = _unit_pattern(tag).match(text, end)
    if match is None:
        return None
    spelling = (match[1] or match[2]).lower()
    kind, unit = _units(tag)[spelling]
    if (
        match[1]
        and len(spelling) <= 3
        and spelling.isalpha()
        and kind == "amount"
        and spelling.upper() in data()["currency_word"]
    ):
        surface = match[1]
        if not (surface.isupper() or spelling in ("eur", "yen", "won")):
            return None  # "eth" and "ron" are words, ETH and RON currencies
    return Quantity(kind, 0.0, unit, end, match.end())


def _read(text: str, value: float, start: int, end: int, tag: str, prefix: str | None) -> Quantity:
    """The quantity around a number whose digits end at `end`."""
    if not prefix and end < len(text) and text[end] in "%％":
        return Quantity("percent", value, "%", start, end + 1)
    factor, end = _scale(text, end, tag, money=prefix is not None)
    value = value * factor
    if factor > 1 and (more := _CJK_MORE.match(text, end)):  # 1亿2000万
        value, end = value + parse_number(more[1], tag) * cjk_factor(more[2]), more.end()
    value = float(f"{value:.12g}")  # 80.26 times 10^8 is a whole number
    unit = _after(text, end, tag)
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


_CJK_MORE = re.compile(r"(\d[\d.,]{0,9})([万萬亿億만억])")


@lru_cache(maxsize=1)
def _half_pattern() -> re.Pattern[str]:
    return re.compile(r"\s(?:" + "|".join(map(re.escape, data()["half"]["after"])) + r")(?!\w)", re.IGNORECASE)


def _words(text: str, tag: str, taken: Taken) -> Iterator[Quantity]:
    """Quantities whose number is spelled out."""
    if tag in ("zh", "ja", "ko", "yue"):
        yield from _cjk_words(text, tag, taken)
    pattern = word_pattern(tag)
    if pattern is None:
        return
    words, ambiguous = number_words(tag)
    one = frozenset(data()["one"]["words"])
    half = frozenset(data()["half"]["before"])
    for match in pattern.finditer(text):
        spelling = match[0].lower()
        value = 0.5 if spelling in half else 1.0 if spelling in one else words[spelling]
        quantity = _read(text, value, match.start(), match.end(), tag, None)
        if spelling in ("a", "an") and not _measured(text, quantity):
            continue
        bare = quantity.kind == "number" and quantity.end == match.end()
        if bare and (value <= 1 or spelling in ambiguous):
            continue
        yield quantity


_A_YEAR_BEFORE = re.compile(r"(?:for|to|of|than|nearly|over|about|almost|up to|after|least) $")


def _measured(text: str, quantity: Quantity) -> bool:
    """ "a million dollars" and "for a year" are measured, "$5 a month" and "a year ago" are not."""
    if quantity.kind == "duration":
        before = text[max(0, quantity.start - 8) : quantity.start]
        return bool(_A_YEAR_BEFORE.search(before)) and not text.startswith(" ago", quantity.end)
    return quantity.value != 1.0


_CJK_COUNTED = re.compile(r"\s?(?:个(?!月|星期|小时|工作日|自然日)|個|名|家|款|项|種|种|次|起|人|件|台|部|条|位|倍|社)")
_HALF_YEAR = re.compile(r"半(年|个月|個月|月)")


def _cjk_words(text: str, tag: str, taken: Taken) -> Iterator[Quantity]:
    for match in _HALF_YEAR.finditer(text):
        months = 6.0 if match[1] == "年" else 0.5
        yield Quantity("duration", months, "month", match.start(), match.end())
    for match in re.finditer(r"百分之([零〇一二三四五六七八九十百]{1,6}|\d{1,3}(?:\.\d+)?)", text):
        percent: float | None = float(match[1]) if match[1][0].isdecimal() else parse_cjk(match[1])
        if percent is not None:
            yield Quantity("percent", percent, "%", match.start(), match.end())
    for match in CJK_NUMBER.finditer(text):
        if taken.at(match.start()) or (match.start() and text[match.start() - 1].isdecimal()):
            continue
        value = parse_cjk(match[0])
        if value is None or not value:
            continue
        unit = _after(text, match.end(), tag)
        if unit is not None:
            yield Quantity(unit.kind, value, unit.unit, match.start(), unit.end)
        elif _CJK_COUNTED.match(text, match.end()) and value > 1:
            yield Quantity("number", value, None, match.start(), match.end())


_JOINT = re.compile(
    r"\s?(?:,|and|or|to|et|ou|à|und|oder|bis|y|o|e|a|en|of|tot|i|lub|do|и|или|до|[-–—~～]|至|到|和|及|から)\s?",
    re.IGNORECASE,
)


def _shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """Give the first of two joined numbers what it left to the second.

    "15 et 27 millions d'euros", "4 and 5 years", "$5 to $10 million".
    """
    for i in range(len(found) - 2, -1, -1):
        first, second = found[i], found[i + 1]
        if second.start - first.end > 6 or not _JOINT.fullmatch(text, first.end, second.start):
            continue
        if (
            second.kind in ("date", "number", "percent")
            or isinstance(first.value, str)
            or isinstance(second.value, str)
        ):
            continue
        raw, scale = _raw(text, second)
        if first.kind == "number" and first.value < 10000 and _raw(text, first)[1] == 1:
            found[i] = replace(first, kind=second.kind, value=round(first.value * scale, 6), unit=second.unit)
        elif first.kind == second.kind == "amount" and scale > 1 and first.value < raw and _raw(text, first)[1] == 1:
            found[i] = replace(first, value=round(first.value * scale, 6))
    return found


def _raw(text: str, quantity: Quantity) -> tuple[float, float]:
    """The number as written and the scale it was multiplied by."""
    match = NUMBER.search(text, quantity.start, quantity.end)
    if match is None or not isinstance(quantity.value, float):
        return float(quantity.value) if isinstance(quantity.value, float) else 0.0, 1.0
    for scale in (1.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e12):
        for tag in ("en", "fr"):
            if abs(parse_number(match[0], tag) * scale - quantity.value) <= 1e-6 * quantity.value:
                return quantity.value / scale, scale
    return quantity.value, 1.0
