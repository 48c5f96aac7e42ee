"""Whether a sentence tells of something else than the news: an earlier case, a resemblance, an old date in front."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from pipeline.tables import read_table
from pipeline.text.dates import find_dates
from pipeline.text.hints import WordPattern, hints
from pipeline.text.tags import primary

#: A sentence that opens with a date this long before the publication looks back; reports follow events by weeks.
_OLD = timedelta(days=60)
#: How far into a sentence its opening date may end.
_OPENING = 30
_WITHOUT_SPACES = frozenset({"zh", "ja"})
_BARE_MONTH = re.compile(
    r"^(?:\w+ \w+, )?(?:back )?(?:in|since|en|depuis|im|seit)\s(?:early |late |mid-)?(?P<month>[^\W\d]{3,10}),?\s", re.I
)


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, list[str]]]:
    return read_table(Path(__file__).parent / "data" / "background.toml")


@lru_cache(maxsize=64)
def _words(table: str, language: str) -> WordPattern | None:
    words = _tables()[table].get(language)
    if not words:
        return None
    body = "|".join(words)
    whole = body if language in _WITHOUT_SPACES else rf"(?<!\w)(?:{body})(?!\w)"
    return WordPattern(re.compile(whole, re.IGNORECASE), hints(words))


#: An article's few sentences are asked about by one reader of facts after the other.
_REMEMBERED = 128


@lru_cache(maxsize=_REMEMBERED)
def is_background(
    sentence: str, language: str | None, published: date | None = None, *, is_of_deed: bool = False
) -> bool:
    """Whether a sentence looks back or aside.

    Args:
        sentence: One sentence.
        language: BCP 47 tag; English words are looked for in every language.
        published: Day of the report; with it a sentence that opens with a date of months ago looks back.
        is_of_deed: Whether a year long past in it may be that of the deed: what is punished today lies years back.
    """
    tag = primary(language, "en")
    for spoken in dict.fromkeys((tag, "en")):
        past, another, then = (_words(table, spoken) for table in ("past", "another", "then"))
        if past is not None and past.search(sentence):
            return True
        if another is not None and then is not None and another.search(sentence) and then.search(sentence):
            return True
    if _opens_in_the_past(sentence, tag, published):
        return True
    if published is None:
        return False
    return opens_long_ago(sentence, tag, published) or (not is_of_deed and _years_ago(sentence, published))


#: What may stand in front of the time that a sentence opens with.
_HEAD = r"[«„“\"'(\[]?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d-]|[.,]\d)"


@lru_cache(maxsize=64)
def _opening(language: str) -> re.Pattern[str] | None:
    words = _tables()["opens"].get(language)
    if not words:
        return None
    bodies = [word.replace("{year}", _YEAR.replace("<year>", f"<year{number}>")) for number, word in enumerate(words)]
    end = "" if language in _WITHOUT_SPACES or language == "ko" else r"(?!\w)"
    return re.compile(rf"{_HEAD}(?:{'|'.join(bodies)}){end}", re.IGNORECASE)


def _opens_in_the_past(sentence: str, tag: str, published: date | None) -> bool:
    """ "In 2024, …", "Last year …": whether a sentence is headed by a time before the year of the publication."""
    for spoken in dict.fromkeys((tag, "en")):
        pattern = _opening(spoken)
        match = pattern.match(sentence) if pattern else None
        if match is not None:
            years = [int(value) for name, value in match.groupdict().items() if value]
            return not years or (published is not None and years[0] < published.year)
    return False


#: "in 2023", "en 1998", also where a lost space glued it to the word before; not how long something has been there.
_IN_YEAR = re.compile(
    r"(?<!introduced )(?<!released )(?<!founded )(?<!launched )(?<!added )(?<!introduit )(?<!introduite )(?<!back )"
    r"(?:\b|(?<=[a-z]{3}))(?:in|en|im|during|nel|em|w|в)\s(?P<year>(?:19|20)\d\d)(?![\d-]|\.\d)"
)
#: A year this long before the publication is another story's.
_YEARS = 2


def _years_ago(sentence: str, published: date) -> bool:
    return any(int(match["year"]) <= published.year - _YEARS for match in _IN_YEAR.finditer(sentence))


def opens_long_ago(sentence: str, language: str, published: date) -> bool:
    """Whether a sentence opens with a date of months before the publication."""
    for start, end, value in find_dates(sentence[: _OPENING + 20], language):
        if end <= _OPENING and start <= _OPENING // 2:
            return _day(value, published) < published - _OLD
    match = _BARE_MONTH.match(sentence)
    if match is None:
        return False
    for _, _, value in find_dates(f"1 {match['month']}", language):
        return value.startswith("--") and _day(value, published) < published - _OLD
    return False


def _day(value: str, published: date) -> date:
    """The last day a partial date can mean, the one before publication where the year is missing."""
    if value.startswith("--"):
        month, day = (*(int(part) for part in value[2:].split("-")), 28)[:2]
        found = date(published.year, month, min(day, 28))
        return found if found <= published else found.replace(year=published.year - 1)
    parts = [int(part) for part in value.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 12, parts[2] if len(parts) > 2 else 28)
