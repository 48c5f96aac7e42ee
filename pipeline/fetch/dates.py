"""Dates as feeds write them, from RFC 822 to "lundi 23 novembre 2026": aware UTC or nothing, never a guess at today."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache

from pipeline.text.normalise import fold
from pipeline.text.numerals import data

#: Offsets in minutes of zone names that feeds use (RFC 822 knows only the American ones).
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "met": 60, "cest": 120,
    "mesz": 120, "mest": 120, "eet": 120, "eest": 180, "msk": 180, "trt": 180, "ist": 330, "wib": 420, "ict": 420,
    "sgt": 480, "hkt": 480, "awst": 480, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
    "brt": -180, "art": -180, "clt": -240, "ast": -240, "adt": -180, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip

#: Beginnings of month names, accents stripped, in the languages of most feeds. Longest match wins; whole names in other
#: languages stand in the table that texts are read with.
_MONTHS = {
    1: "jan janv janvier januar januari enero ene gennaio gen janeiro stycz sty ledna led leden січ янв ιαν",
    2: "feb fevr fev fevrier februar februari febrero febbraio fevereiro lut luty unora uno unor лют фев φεβ",
    3: "mar mars maerz marz mrz mart maart mrt marzo marco marc brezna bre brezen бер мар μαρ",
    4: "apr avr avril april abril abr aprile kwie kwi dubna dub duben квіт кві апр απρ",
    5: "may mai mei mayo maggio mag maio maj kvetna kve kveten трав тра май мая μαι",
    6: "jun juin juni june junio giugno giu junho czerw cze cervna cvn cerven черв чер июн ιουν",
    7: "jul juil juillet juli july julio luglio lug julho lip cervence cvc cervenec лип июл ιουλ",
    8: "aug aout aou august augusti augustus agosto ago sierp sie srpna srp srpen серп сер авг αυγ",
    9: "sep sept septembre september septiembre setiembre settembre set setembro wrzes wrz zari zar вер сен σεπ",
    10: "oct okt octobre oktober october octubre ottobre ott outubro out pazdz paz rijna rij rijen жовт жов окт οκτ",
    11: "nov novembre november noviembre novembro list lis listopadu listopada lisopad лист лис ноя νοε",
    12: "dec dez decembre dezember december diciembre dic dicembre dezembro gru prosince pro груд гру дек δεκ",
}
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:h](\d{2})(?::(\d{2}))?(?:[.,]\d{1,9})?\s*([ap]\.?m\.?)?(?![\d])", re.IGNORECASE)
#: One digit of hours behind a zone only: "UTC+8", but no list of numbers.
_OFFSET = re.compile(r"(GMT|UTC)?\s*([+-])(\d{2}|(?(1)\d|(?!)))(?::?(\d{2}))?(?![\d/.-])")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2}))?Z?$")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[./](\d{1,2})[./](\d{1,2})(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:er|st|nd|rd|th|º|ª)?[.\s-]*(?:de\s+)?([^\W\d_]{3,12})\.?[\s,-]*(?:de\s+)?(\d{4}|\d{2})(?!\d)"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_ASCTIME = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})\s+[\d:]+\s+(?:[a-z]+\s+)?(\d{4})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")

#: Before the web there were no feeds: such dates are a zero of somebody's clock.
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_LONGEST = 100


def parse_date(text: str | None, *, now: datetime, language: str | None = None) -> datetime | None:
    """The moment a feed names, in UTC; None when it names none we understand.

    Args:
        text: Any spelling; without a zone it counts as UTC.
        now: Later dates become this one: nothing was published after it was seen.
        language: Of the feed: says whether 05/11/2026 is in May ("en") or in November, and what CST means.
    """
    if not text:
        return None
    folded = fold(text[:_LONGEST]).strip()
    day = _day(folded, language)
    if day is None:
        return None
    try:
        moment = datetime(*day, tzinfo=UTC) + _clock(folded) - _zone(folded, language)
    except (ValueError, OverflowError):
        return None
    if moment < _OLDEST:
        return None
    return min(moment, now)


def _day(text: str, language: str | None) -> tuple[int, int, int] | None:
    if match := _COMPACT.match(text.upper()):
        return int(match[1]), int(match[2]), int(match[3])
    for pattern in (_ISO, _CJK, _YEAR_FIRST):
        if match := pattern.search(text):
            return int(match[1]), int(match[2]), int(match[3])
    for match in _DAY_MONTH.finditer(text):
        if month := _month(match[2]):
            return _year(match[3]), month, int(match[1])
    for pattern in (_MONTH_DAY, _ASCTIME):
        for match in pattern.finditer(text):
            if month := _month(match[1]):
                return _year(match[3]), month, int(match[2])
    if match := _NUMERIC.search(text):
        return _numeric(int(match[1]), int(match[2]), int(match[3]), language)
    return _by_dateutil(text)


def _numeric(first: int, second: int, year: int, language: str | None) -> tuple[int, int, int]:
    is_month_first = second > 12 or (first <= 12 and (language or "").lower() in {"en", "en-us"})
    return (year, first, second) if is_month_first else (year, second, first)


def _by_dateutil(text: str) -> tuple[int, int, int] | None:
    """Last resort; only where a four-digit year is written out, because dateutil fills gaps with today."""
    if not re.search(r"(?<!\d)(?:19|2\d|3\d)\d{2}(?!\d)", text):
        return None
    from dateutil import parser

    blanks = datetime(2000, 1, 1), datetime(2001, 2, 2)  # noqa: DTZ001 - days are read, in no zone
    try:
        found = [parser.parse(text, default=blank, ignoretz=True).date() for blank in blanks]
    except (ValueError, OverflowError, TypeError, RecursionError):
        return None
    # Two different defaults, one answer: then nothing was filled in.
    return (found[0].year, found[0].month, found[0].day) if found[0] == found[1] else None


def _month(word: str) -> int | None:
    return next((month for name, month in _month_names() if word.startswith(name)), None)


@cache
def _month_names() -> tuple[tuple[str, int], ...]:
    """Beginnings of names with their months, the longest first."""
    whole = {
        fold(name): month
        for names in data()["months"].values()
        for month, forms in enumerate(names, 1)
        for name in forms.split()
    }
    known = whole | {name: month for month, names in _MONTHS.items() for name in names.split()}
    return tuple(sorted(known.items(), key=lambda item: (-len(item[0]), item[0])))


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= 70 else 2000)


def _clock(text: str) -> timedelta:
    if match := _COMPACT.match(text.upper()):
        return timedelta(hours=int(match[4] or 0), minutes=int(match[5] or 0), seconds=int(match[6] or 0))
    match = _TIME.search(text)
    if match is None:
        return timedelta()
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    if half := (match[4] or "").lower()[:1]:
        hours = hours % 12 + (12 if half == "p" else 0)
    if hours > 24 or minutes > 59 or seconds > 60:
        return timedelta()
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)  # 24:00:00 is the next day's midnight


def _zone(text: str, language: str | None) -> timedelta:
    time = _TIME.search(text)
    rest = text[time.end() :] if time else ""
    if match := _OFFSET.search(rest.upper()):
        minutes = int(match[3]) * 60 + int(match[4] or 0)
        return timedelta(minutes=-minutes if match[2] == "-" else minutes) if minutes <= 15 * 60 else timedelta()
    for word in re.findall(r"[a-z]+", rest):
        if word == "cst" and (language or "").startswith("zh"):
            return timedelta(hours=8)
        if word in _ZONES:
            return timedelta(minutes=_ZONES[word])
    return timedelta()
