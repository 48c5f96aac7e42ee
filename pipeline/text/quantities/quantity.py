"""The quantity a text tells, comparable across languages and units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
