"""Money as engines understand it: signs spelled out before, thousands grouped as English does after.

The vocabulary of the Portuguese Firefox model has no "€", "£" or "¥": "25 €" came out as "25 s.", "12 M€" as
"12 million".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.tables import read_table
from pipeline.text.quantities import Quantity

_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f.,’']\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_SPACE = r"[ \u00a0\u202f]"
_S = f"{_SPACE}?"
#: Groups of three digits parted by spaces.
SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)")


def spelled_out(text: str, language: str) -> str:
    """The text with signs of currencies as words ("12 M€": "12 millions d'euros"); as it is in other languages."""
    found = _patterns(language)
    if found is None or not any(sign in text for sign in found[1]):
        return text
    patterns, signs, scales, joint = found
    thousands = {scales.get("k")}

    def words(match: re.Match[str]) -> str:
        name, scale = signs[match["sign"]], match["scale"]
        if not scale:
            return f"{match['number']} {name}"
        scale = scales.get(scale, scale)
        if scale in thousands:  # "500 mille euros"
            return f"{match['number']} {scale} {name}"
        # "d'euros", but "de livres"
        return f"{match['number']} {scale} {joint}{name}".replace("d'l", "de l")

    for pattern in patterns:
        text = pattern.sub(words, text)
    return text


def grouped(text: str, quantities: Sequence[Quantity], sentence: str) -> str:
    """An English text with the sentence's numbers such as "276 000" as "276,000"."""
    for item in quantities:
        for match in SPACED.finditer(sentence[item.start : item.end]):
            digits = re.split(r"\s", match[0])
            pattern = rf"(?<![\d.,]){_SPACE.join(digits)}(?![\d]|[.,]\d)"
            text = re.sub(pattern, ",".join(digits), text)
    return text


@cache
def _patterns(
    language: str,
) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], dict[str, str], dict[str, str], str] | None:
    tables: dict[str, Any] = _tables()
    if language not in tables:
        return None
    table = tables[language]
    signs: dict[str, str] = table["signs"]
    scales: dict[str, str] = table["scales"]
    sign = "(?P<sign>" + "|".join(map(re.escape, signs)) + ")"
    words = [*scales, *scales.values()]
    scale = "(?P<scale>" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"
    number = f"(?P<number>{_NUMBER})"
    after = re.compile(
        rf"(?<![\w.,]){number}(?:{_S}{scale})?{_S}(?:{re.escape(table['joint'].strip())}{_S})?{sign}(?!\w)"
    )
    before = re.compile(rf"(?<!\w){sign}{_S}{number}(?:{_S}{scale}(?!\w))?(?![\d]|[.,]\d)")
    return (after, before), signs, scales, table["joint"]


@cache
def _tables() -> dict[str, Any]:
    return read_table(Path(__file__).parent / "data" / "money.toml")
