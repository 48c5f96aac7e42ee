"""Sums of several currencies side by side: what one paper gives in won and another in euros is one sum."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipeline.tables import read_table


def in_euros(sum: float, currency: str | None) -> float | None:
    """A sum in euros, right within a tenth or so; None where the currency (ISO 4217) has no rate in data/rates.toml."""
    rate = _rates().get(currency or "")
    return sum / rate if rate else None


@lru_cache(maxsize=1)
def _rates() -> dict[str, float]:
    """Units of each currency for a euro."""
    table: dict[str, float] = read_table(Path(__file__).parent / "data" / "rates.toml")["for_a_euro"]
    return table
