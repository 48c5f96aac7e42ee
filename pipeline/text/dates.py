"""Dates as languages write them, to ISO 8601 (partial dates too)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from pipeline.text.caseless import caseless
from pipeline.text.numerals import data, parse_cjk

#: Languages that put the month before the day in 03/04/2026.
_MONTH_FIRST = frozenset({"en"})

_ISO = re.compile(
    r"(?<![\w.-])((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?(?![\w-]|\.\d)"
)
#: "< 2026.5.27", "before 2026.4.1": a version that counts by days.
_VERSION = re.compile(
    r"(?:[<>≤≥=@]|\b(?:before|versions?|through|prior to|up to|to|avant|antérieures? à|vor|bis))\s?$", re.I
)
_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d\d)(?![\w/-]|\.\d)")
_CJK = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d|[一二][〇零一二三四五六七八九]{3})\s?[年년]\s?)?"
    r"(?P<m>1[0-2]|0?[1-9](?!\d)|十[一二]?|[一二三四五六七八九])\s?[月월](?:\s?(?P<d>[12]\d|3[01]|0?[1-9]|[二三]?十[一二三四五六七八九]?"
    r"|[一二三四五六七八九])\s?[日号號일])?"
)
_CJK_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[年년度](?!前|间|間|代)")
#: A year alone: not a count ("2021 users"), not part of a longer number.
_YEAR = re.compile(
    r"(?<![\w.,'’/%€$£¥#+-])(19[6-9]\d|20[0-4]\d)(?![\w%‰€$£¥]|[.,]\d|[-–]\d{3}|\s?(?:[%€$£¥]|個|个|名|家|人|万|亿))"
)


def find_dates(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    """Find dates.

    Args:
        text: Any text.
        language: BCP 47 primary tag; English month names are read in every language.
    Yields:
        (start, end, value), possibly overlapping, best forms first; value is "2021-12-12", "2021-12", "2021" or
        "--12-12" for a day without its year.
    """
    if not any(c.isdigit() for c in text) and "月" not in text:
        return
    yield from _written_in_digits(text, language)
    yield from _written_in_cjk(text)
    for tag in dict.fromkeys((language, "en")):
        if tag in data()["months"]:
            yield from _named(text, tag)
    for match in _YEAR.finditer(text):
        if not _counted(text, match):
            yield match.start(), match.end(), str(int(match[1]))


def _written_in_digits(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    for match in _ISO.finditer(text):
        if match[2] == "." and _VERSION.search(text, max(0, match.start() - 16), match.start()):
            continue
        yield from _checked(match, match[1], match[3], match[4])
    for match in _NUMERIC.finditer(text):
        first, second = match[1], match[3]
        is_month_first = match[2] == "/" and language in _MONTH_FIRST and int(first) <= 12
        if is_month_first or int(second) > 12:
            first, second = second, first
        yield from _checked(match, match[4], second, first)


def _written_in_cjk(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _CJK.finditer(text):
        if match["y"] or match["d"]:
            yield from _checked(match, _cjk(match["y"], year=True), _cjk(match["m"]), _cjk(match["d"]))
    for match in _CJK_YEAR.finditer(text):
        yield match.start(), match.end(), str(int(match[1]))


def _counted(text: str, match: re.Match[str]) -> bool:
    """Whether the four digits count something: round thousands before a lower-case word ("2000 serveurs")."""
    return match[1].endswith("000") and bool(re.match(r"\s[a-zà-ÿ]{4,}", text[match.end() : match.end() + 8]))


def _cjk(numeral: str | None, *, year: bool = False) -> str | None:
    if numeral is None or numeral.isdecimal():
        return numeral
    if year:
        return "".join(str("〇一二三四五六七八九".find(c.replace("零", "〇"))) for c in numeral)
    value = parse_cjk(numeral)
    return str(int(value)) if value else None


def _checked(
    match: re.Match[str], year: str | None, month: str | None, day: str | None
) -> Iterator[tuple[int, int, str]]:
    """The date, when the calendar has it."""
    y, m, d = (int(part) if part else None for part in (year, month, day))
    if m is None:
        return
    try:
        date(y or 2024, m, 1 if d is None else d)  # 2024 has a 29th of February
    except ValueError:
        return
    if d is None:
        value = f"{y:04}-{m:02}" if y else f"--{m:02}"
    else:
        value = f"{y:04}-{m:02}-{d:02}" if y else f"--{m:02}-{d:02}"
    yield match.start(), match.end(), value


@lru_cache(maxsize=64)
def _month_patterns(language: str) -> tuple[dict[str, int], tuple[re.Pattern[str], ...]]:
    written = {name: i for i, forms in enumerate(data()["months"][language], 1) for name in forms.split()}
    month = "|".join(re.escape(n) for n in sorted(written, key=len, reverse=True))
    names = {caseless(name): number for name, number in written.items()}
    year = r"((?:19|20)\d\d)(?!\d)"
    of = r"(?:\s|\s?,\s?|\s(?:de|del|of|d['’]|do)\s|\.\s?)"
    day_first = re.compile(
        rf"(?<![\w.,/-])(\d{{1,2}})(?:st|nd|rd|th|er|e|º|ª|\.|-a|:n)?{of}({month})(?!\w)(?:{of}{year}|\s(?:de\s"
        rf"|del\s)?{year})?",
        re.IGNORECASE,
    )
    month_first = re.compile(
        rf"(?<!\w)({month})\s(\d{{1,2}})(?:st|nd|rd|th|,)?(?![\w]|[.,:]\d)(?:\s?,?\s{year})?", re.IGNORECASE
    )
    no_day = re.compile(rf"(?<!\w)({month}),?\s(?:de\s|del\s|of\s)?{year}", re.IGNORECASE)
    return names, (day_first, month_first, no_day)


def _month(names: dict[str, int], written: str) -> str | None:
    number = names.get(caseless(written))
    return str(number) if number else None


def _named(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    names, (day_first, month_first, no_day) = _month_patterns(language)
    for match in day_first.finditer(text):
        yield from _checked(match, match[3] or match[4], _month(names, match[2]), match[1])
    for match in month_first.finditer(text):
        if language == "en" and not match[1][0].isupper():
            continue  # "may 5" is a verb
        yield from _checked(match, match[3], _month(names, match[1]), match[2])
    for match in no_day.finditer(text):
        yield from _checked(match, match[2], _month(names, match[1]), None)
