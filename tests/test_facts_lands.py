"""Sanctions in the words of German, Dutch, Nordic and Slavic papers, invented: no field may fall under its floor."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from facts_kit import facts, names, told, values
from scripts import script

DATA = Path(__file__).parent / "data/facts_lands.jsonl"
#: Least precision and recall, 0.03 under what was seen; the items were read while the rules were written.
FLOORS = {
    "authority": (0.87, 0.83),
    "target": (0.74, 0.66),
    "measure": (0.88, 0.89),
    "measure_and_status": (0.81, 0.82),
    "amount": (0.97, 0.88),
    "duration": (0.86, 0.57),
}


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


@lru_cache(maxsize=1)
def _counts() -> dict[str, tuple[int, int, int]]:
    counts: dict[str, tuple[int, int, int]] = script("bench/facts.py").count(_rows())
    return counts


@pytest.mark.parametrize("field", FLOORS)
def test_field_keeps_its_floors(field: str) -> None:
    """Precision first: a wrong fact on a card is worse than a missing one."""
    right, missed, wrong = _counts()[field]
    precision, recall = FLOORS[field]

    assert right / (right + wrong) >= precision, f"{wrong} wrong of {right + wrong}"
    assert right / (right + missed) >= recall, f"{missed} missed of {right + missed}"


def test_languages_are_all_there() -> None:
    """Nine languages, and enough items that tell of no measure."""
    assert {row["lang"] for row in _rows()} == {"de", "nl", "sv", "da", "no", "pl", "cs", "ru", "uk"}
    assert sum(not row["gold"]["sanctions"] for row in _rows()) >= 15


@pytest.mark.parametrize(
    ("language", "title", "target"),
    [
        ("de", "Bundesnetzagentur bestraft Mobilfunkanbieter Funknetz Ost", "Funknetz Ost"),
        ("de", "Bußgeld gegen Callcenter Rufwerk", "Rufwerk"),
        ("de", "Die Datenschutzbehörde verbietet der Schulplattform Lernwelt die Auswertung von Noten", "Lernwelt"),
        ("ru", "Суд оштрафовал ООО «Северный мост» на 2 млн рублей", "Северный мост"),
        ("uk", "Суд оштрафував компанію «Тихий дім» на 2 млн гривень", "Тихий дім"),
        ("pl", "UOKiK ukarał spółkę „Zielony Zakątek” za ukryte opłaty", "Zielony Zakątek"),
        ("sv", "Spelbolaget Kortborg får böter på 3 miljoner kronor av Konsumentverket", "Kortborg"),
        ("nl", "ACM beboet webwinkel Laarzenland voor nepkortingen", "Laarzenland"),
    ],
)
def test_name_stands_behind_what_somebody_is(language: str, title: str, target: str) -> None:
    """A kind in front of a name, or its quotation marks, show it where capitals do not."""
    assert names(facts(language, title), "target") == [target]


@pytest.mark.parametrize(
    ("language", "title", "lead"),
    [
        ("de", "Datenleck bei Zahnklinik", "Ob ein Bußgeld folgt, wollte die Behörde nicht sagen."),
        ("nl", "Datalek bij tandarts", "Of er een boete volgt, kon de toezichthouder niet zeggen."),
        ("sv", "Dataläcka på skola", "Ingen sanktionsavgift blir aktuell, skriver IMY."),
        ("da", "Lækage hos tandlæge", "Datatilsynet giver ingen bøde."),
        ("no", "Lekkasje hos tannlege", "Datatilsynet gir ikke gebyr."),
        ("pl", "Wyciek w przychodni", "UODO nie nałożył kary."),
        ("cs", "Únik dat z nemocnice", "Úřad nemocnici bez pokuty upozornil."),
        ("ru", "Утечка в клинике", "Роскомнадзор не назначил штраф."),
        ("uk", "Витік у клініці", "Регулятор обійшовся без штрафу."),
    ],
)
def test_denied_measure_is_none(language: str, title: str, lead: str) -> None:
    """What is denied or only asked about is no measure."""
    assert told(facts(language, title, lead)) == []


@pytest.mark.parametrize(
    ("language", "title", "days"),
    [
        ("sv", "Hackare döms till två års fängelse", (2.0, "year")),
        ("da", "Hacker idømt halvandet års fængsel", (1.5, "year")),
        ("de", "Hacker zu zweieinhalb Jahren Haft verurteilt", (2.5, "year")),
        ("nl", "Hacker veroordeeld tot anderhalf jaar cel", (1.5, "year")),
        ("ru", "Хакера приговорили к четырём годам колонии", (4.0, "year")),
        ("ru", "Мосгорсуд снизил срок хакеру с шести до пяти лет колонии", (5.0, "year")),
        ("uk", "Хакера засудили до п'яти років позбавлення волі", (5.0, "year")),
    ],
)
def test_term_in_words(language: str, title: str, days: tuple[float, str]) -> None:
    """Terms in words, in any case, with halves; of two that changed the new one."""
    found = [(fact.value, fact.unit) for fact in facts(language, title) if fact.type == "duration"]

    assert found == [days]


def test_sum_without_currency_is_of_the_country() -> None:
    """ "på 12 miljoner": the currency of the land that speaks the language, in a title."""
    found = facts(
        "sv", "Sanktionsavgift på 12 miljoner för Kartborg upphävs", "Förvaltningsrätten gick på bolagets linje."
    )

    assert values(found, "amount") == [12_000_000.0]
    assert told(found)[0][0] == "fine"
