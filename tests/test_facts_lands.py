"""Sanctions in the words of German, Dutch, Nordic and Slavic papers, invented: no field may fall under its floor."""

from __future__ import annotations

import pytest
from facts_kit import facts, names, told, values


@pytest.mark.parametrize(
    ("language", "title", "target"),
    [
        ("de", "Bundesnetzagentur bestraft Mobilfunkanbieter Funknetz Ost", "Funknetz Ost"),
        ("de", "Bußgeld gegen Callcenter Rufwerk", "Rufwerk"),
        ("de", "Die Datenschutzbehörde verbietet der Schulplattform Lernwelt die Auswertung von Noten", "Lernwelt"),
        ("ru", "Суд оштрафовал ООО «Северный мост» на 2 млн рублей", "ООО «Северный мост»"),
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


@pytest.mark.parametrize(
    ("language", "title", "lead", "target"),
    [
        ("sv", "PTS förbjuder Kortbolags telefoner i 5G-nätet", "Utrustning från Kortbolag ska bort.", "Kortbolag"),
        ("ru", "Суд оштрафовал на 2 млн рублей «Тихую гавань»", "«Тихая гавань» обжалует решение.", "Тихая гавань"),
        ("ru", "Хакера Антона Белова приговорили к двум годам колонии", "Антон Белов вину признал.", "Антон Белов"),
        ("pl", "UOKiK ukarał Zakątka za ukryte opłaty", "Zakątek zapowiada odwołanie.", "Zakątka"),
    ],
)
def test_name_is_shown_as_the_text_has_it_in_no_case(language: str, title: str, lead: str, target: str) -> None:
    """A genitive gives way to the nominative that stands elsewhere, where only an ending tells them apart."""
    assert names(facts(language, title, lead), "target") == [target]


@pytest.mark.parametrize(
    ("language", "title", "lead", "measure"),
    [
        ("de", "Rote Karte für Messenger Plauderi", "Das Innenministerium untersagt den Betrieb.", ("ban", "imposed")),
        ("de", "Vier Jahre hinter Gittern für den Betrüger", "So das Landgericht Neustadt.", ("sentence", "imposed")),
        ("nl", "Webshop Kadolino tikt 40.000 euro af", "De ACM vond de korting vals.", ("fine", "imposed")),
        ("sv", "Sju år bakom galler", "Lunds tingsrätt dömde 22-åringen på torsdagen.", ("sentence", "imposed")),
        ("pl", "Żółta kartka dla miasta Brzezie", "UODO udzielił upomnienia.", ("formal_notice", "imposed")),
        ("ru", "Роскомнадзор закрыл доступ к сервису «Болталка»", "", ("ban", "imposed")),
        ("uk", "Нацбанк забрав ліцензію у «ПейСвіт»", "", ("licence_withdrawal", "imposed")),
        ("de", "Karten-App Wegfind bleibt verboten", "Das Verwaltungsgericht Neustadt wies den Antrag ab.",
         ("ban", "upheld")),
    ],
)  # fmt: skip
def test_idiom_of_somebody_in_power(language: str, title: str, lead: str, measure: tuple[str, str]) -> None:
    """What papers say for a ban, a fine or a term."""
    assert told(facts(language, title, lead))[:1] == [measure]


def test_idiom_without_power_is_none() -> None:
    """A club shows red cards too."""
    assert told(facts("de", "Rote Karte für Torwart Muster", "Der Verein verlor mit zwei Toren Abstand.")) == []


@pytest.mark.parametrize(
    ("language", "title", "authority"),
    [
        ("nl", "Webwinkel Kadolino krijgt boete van toezichthouder ACM", "ACM"),
        ("pl", "Warszawa chce wykluczyć sprzęt Kamery z sieci", "Warszawa"),
        ("sv", "Danmark hotar stänga ute Bussbyggs fordon", "Danmark"),
    ],
)
def test_who_decides_is_named_most_exactly(language: str, title: str, authority: str) -> None:
    """The name behind a bare word for the body; a capital that only wants to."""
    assert names(facts(language, title), "authority") == [authority]
