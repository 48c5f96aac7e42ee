"""Sanctions in the words of the press of sixteen languages, invented: no field may fall under its floor.

The items were read while the rules were written. Of one set they are German, Dutch, Nordic and Slavic, of the other
Spanish, Italian, Portuguese, Japanese, Turkish, Korean and Arabic.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from scripts import script

DATA = Path(__file__).parent / "data"
#: Least precision and recall by set and field, 0.03 under what was seen.
FLOORS = {
    "facts_lands": {
        "authority": (0.90, 0.83),
        "target": (0.77, 0.69),
        "measure": (0.84, 0.84),
        "measure_and_status": (0.81, 0.81),
        "amount": (0.94, 0.83),
        "duration": (0.90, 0.59),
    },
    "facts_south": {
        "authority": (0.88, 0.83),
        "target": (0.90, 0.84),
        "measure": (0.93, 0.92),
        "measure_and_status": (0.92, 0.91),
        "amount": (0.94, 0.88),
        "duration": (0.92, 0.97),
    },
}
#: The languages of a set, and the least items in it that tell of no measure.
HOLDS = {
    "facts_lands": ({"de", "nl", "sv", "da", "no", "pl", "cs", "ru", "uk"}, 15),
    "facts_south": ({"es", "it", "pt", "ja", "tr", "ko", "ar"}, 40),
}


@lru_cache(maxsize=2)
def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@lru_cache(maxsize=2)
def _counts(name: str) -> dict[str, tuple[int, int, int]]:
    counts: dict[str, tuple[int, int, int]] = script("bench/facts.py").count(_rows(name))
    return counts


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, floors in FLOORS.items() for field in floors])
def test_field_keeps_its_floors(name: str, field: str) -> None:
    """Precision first: a wrong fact on a card is worse than a missing one."""
    right, missed, wrong = _counts(name)[field]
    precision, recall = FLOORS[name][field]

    assert right / (right + wrong) >= precision, f"{wrong} wrong of {right + wrong}"
    assert right / (right + missed) >= recall, f"{missed} missed of {right + missed}"


@pytest.mark.parametrize("name", HOLDS)
def test_languages_are_all_there(name: str) -> None:
    """All its languages, and enough items that tell of no measure."""
    languages, unpunished = HOLDS[name]

    assert {row["lang"] for row in _rows(name)} == languages
    assert sum(not row["gold"]["sanctions"] for row in _rows(name)) >= unpunished
