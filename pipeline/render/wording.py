"""Words, dates and numbers of an edition in the reader's language, from the tables in `i18n/`."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.tables import read_table
from pipeline.text.tags import primary

_TABLES = Path(__file__).resolve().parent / "i18n"
_FALLBACK = "en"
#: Scripts written from right to left, by primary language tag (ISO 15924 suppressed scripts).
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "ps", "sd", "syr", "ug", "ur", "yi"})

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def direction(language: str | None) -> str:
    """Return "rtl" or "ltr" for a language tag; "auto" where the language is unknown."""
    if language is None or language == "und":
        return "auto"
    return "rtl" if primary(language) in _RIGHT_TO_LEFT else "ltr"


def language_tag(language: str | None) -> str:
    """Return a well-formed tag (BCP 47) as it is, "und" for anything else: tags end up in attributes and XML."""
    return language if language and _TAG.fullmatch(language) else "und"


def languages() -> list[str]:
    """Languages the edition's own words exist in."""
    return sorted(path.stem for path in _TABLES.glob("*.toml"))


def named_language(name: str) -> str | None:
    """Tag of a language by its name in English or in itself: "French" and "français" are "fr"; None for no name."""
    own = {tag: _table(tag).get("languages", {}).get(tag, "") for tag in languages()}
    named = {said.casefold(): tag for names in (own, _table(_FALLBACK)["languages"]) for tag, said in names.items()}
    return named.get(name.casefold())


def wording(language: str) -> Wording:
    """Return the words for a language; where it has no table, the English ones.

    The table of a region ("pt-pt") holds only what its language ("pt") says otherwise.
    """
    # Strangers ask the public pages for any tag: what is kept in memory is of the tables, not of the tags.
    return _wording(tuple(tag for tag in dict.fromkeys((primary(language), language.lower())) if tag in _known()))


@functools.cache
def _wording(tags: tuple[str, ...]) -> Wording:
    spoken, tables = _FALLBACK, _table(_FALLBACK)
    for tag in tags:
        spoken, own = tag, _table(tag)
        tables = {name: {**part, **own.get(name, {})} for name, part in tables.items()}
    return Wording(spoken, tables)


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(languages())


@functools.cache
def _table(language: str) -> dict[str, dict[str, Any]]:
    return read_table(_TABLES / f"{language}.toml")


class Wording:
    """One language's words; `language` is the one they are really in."""

    def __init__(self, language: str, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self.language = language
        self._tables = tables

    def __call__(self, key: str, count: int | None = None, **values: object) -> str:
        """Return the words of "table.key" with {names} filled in; a bare key is looked up in the table ui."""
        table, _, name = key.rpartition(".")
        found = self._tables[table or "ui"][name]
        if isinstance(found, Mapping):
            found = found[self._plural(count if count is not None else 0)]
        if count is not None:
            values["count"] = self.number(count)
        return str(found).format_map(values)

    def has(self, key: str) -> bool:
        """Whether "table.key" exists."""
        table, _, name = key.rpartition(".")
        return name in self._tables.get(table or "ui", {})

    def language_name(self, tag: str | None) -> str:
        """Name of a language, e.g. "French"; the tag itself when no table names it."""
        names = self._tables["languages"]
        return str(names.get(tag or "und") or names.get(primary(tag or "und")) or tag)

    def long_date(self, day: date) -> str:
        """Write 23 November 2026."""
        return self._date("long", day)

    def full_date(self, day: date) -> str:
        """Write Monday 23 November 2026."""
        text = self._date("with_weekday", day)
        return text[:1].upper() + text[1:]

    def short_date(self, day: date) -> str:
        """Write 23 Nov."""
        return self._date("short", day)

    def short_moment(self, when: datetime, timezone: str) -> str:
        """Write 22 Nov, 21:00, in the edition's time zone, which the footer names; of a bare day 22 Nov."""
        local = when.astimezone(zone(timezone))
        # Who publishes a day without an hour writes midnight, in UTC or at home.
        for day in (when.astimezone(UTC), local):
            if day.time() == time.min:
                return self.short_date(day)
        return self(
            "dates.short_time", date=self._date("short", local), hour=f"{local:%H}", h=local.hour, minute=f"{local:%M}"
        )

    def iso_date(self, text: str) -> str:
        """Write an ISO date of a fact ("2021-12-09", "2021-12", "2021") in words; anything else stays as it is."""
        try:
            if len(text) == 7:
                return self._date("month_year", date.fromisoformat(f"{text}-01"))
            return self.long_date(date.fromisoformat(text[:10])) if len(text) >= 10 else text
        except ValueError:
            return text

    def moment(self, when: datetime, timezone: str) -> str:
        """Write a time in the edition's time zone, with the zone's abbreviation."""
        local = when.astimezone(zone(timezone))
        return self(
            "dates.time",
            date=self.long_date(local),
            hour=f"{local:%H}",
            h=local.hour,
            minute=f"{local:%M}",
            zone=local.tzname(),
        )

    def number(self, value: float) -> str:
        """Write a number exactly, with the language's separators; never rounded."""
        text = f"{Decimal(repr(value) if isinstance(value, float) else value):f}"
        whole, _, fraction = text.partition(".")
        fraction = fraction.rstrip("0")
        numbers = self._tables["numbers"]
        if len(whole.lstrip("-")) >= numbers["grouped_from"]:
            whole = f"{int(whole):,}".replace(",", numbers["thousands"])
        return whole + (numbers["decimal"] + fraction if fraction else "")

    def score(self, value: float) -> str:
        """Write 9.0 and 9.8: never without its tenths, as CVSS is told."""
        text = self.number(value)
        return text if value != int(value) else f"{text}{self._tables['numbers']['decimal']}0"

    def signed(self, value: float) -> str:
        """Write +2.85 or −0.30: two places and a sign, for a column."""
        digits = f"{abs(value):.2f}".replace(".", self._tables["numbers"]["decimal"])
        return f"{'−' if value < 0 else '+'}{digits}"

    def percent(self, share: float) -> str:
        """Write 0.975 as 97.5 %."""
        exact = float(Decimal(repr(share)) * 100)
        return self("numbers.percent", number=self.number(exact))

    def money(self, value: float, currency: str | None) -> str:
        """Write an amount: "€225 million", "225 millions d'euros"; scaled only where nothing is rounded away."""
        numbers = self._tables["numbers"]
        exact = Decimal(repr(float(value)))
        for size in sorted((int(size) for size in numbers["scales"]), reverse=True):
            scaled = exact / size
            if scaled >= 1 and scaled == round(scaled, 3):
                words = numbers["scales"][str(size)][self._plural(float(scaled))]
                number = words.format(number=self.number(float(scaled)))
                return self._with_currency(number, currency, "money_scaled", value)
        return self._with_currency(self.number(value), currency, "money", value)

    def quantity(self, value: float, unit: str | None) -> str:
        """Write a duration or another number with its unit: "6 months"."""
        if unit and self.has(f"units.{unit}"):
            words = self._tables["units"][unit][self._plural(value)]
            return str(words).format(number=self.number(value))
        return f"{self.number(value)} {unit}" if unit else self.number(value)

    def _with_currency(self, number: str, currency: str | None, key: str, value: float) -> str:
        if currency is None:
            return number
        numbers = self._tables["numbers"]
        symbols = (
            numbers["currencies_scaled"] or numbers["currencies"] if key == "money_scaled" else numbers["currencies"]
        )
        if currency in symbols:
            name = symbols[currency]
            name = name[self._plural(value)] if isinstance(name, Mapping) else name
            return str(numbers[key]).format(number=number, currency=name)
        return str(numbers[f"{key}_code"]).format(number=number, currency=currency)

    def _date(self, form: str, day: date) -> str:
        dates = self._tables["dates"]
        number = dates["first_day"] if day.day == 1 and form != "month_year" else "{day}"
        return str(dates[form]).format(
            day=number.format(day=day.day),
            month=dates["months"][day.month - 1],
            month_short=dates["months_short"][day.month - 1],
            weekday=dates["weekdays"][day.weekday()],
            year=day.year,
        )

    def _plural(self, value: float) -> str:
        is_one = abs(value) < 2 if self._tables["numbers"]["plural"] == "below two" else value == 1
        return "one" if is_one else "other"


def zone(name: str) -> ZoneInfo:
    """Return the time zone, UTC where the name is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
