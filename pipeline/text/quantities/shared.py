"""Joined numbers that share what stands behind the second ("4 and 5 years")."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.text.numerals import NUMBER, parse_number
from pipeline.text.quantities.quantity import Quantity

_JOINT = re.compile(
    r"\s?(?:,|and|or|to|et|ou|à|und|oder|bis|y|o|e|a|en|of|tot|i|lub|do|и|или|до|[-–—~～]|至|到|和|及|から)\s?",
    re.IGNORECASE,
)


def with_shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
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
