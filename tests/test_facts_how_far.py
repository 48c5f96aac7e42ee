"""How far a measure went: planned, threatened, fought in vain, undone; and what was never imposed."""

from __future__ import annotations

import pytest
from facts_kit import facts, told


@pytest.mark.parametrize(
    ("language", "title", "lead", "status"),
    [
        ("de", "Innenminister legt Verordnungsentwurf vor, der Examplia-Kameras verbietet", "", "proposed"),
        ("en", "Regulator puts forward a ban on Examplia trackers", "", "proposed"),
        ("fr", "Le ministère préconise l'interdiction d'Examplia", "", "proposed"),
        ("ru", "Внесён законопроект о запрете приложения «Пример»", "Министерство его поддержало.", "proposed"),
        ("da", "Datatilsynet indstiller Examplia til en bøde på 300.000 kroner", "", "proposed"),
        ("de", "Examplia muss mit Bußgeld rechnen", "Die Datenschutzbehörde setzte eine Frist.", "threatened"),
        ("nl", "ACM waarschuwt Examplia", "Anders volgt een boete van 90.000 euro, zegt de ACM.", "threatened"),
        ("cs", "Pokuta pro Examplia potvrzena", "Úřad zamítl rozklad.", "upheld"),
        ("fr", "Le Conseil d'État confirme les 4 millions d'euros d'amende d'Examplia", "", "upheld"),
        ("uk", "Суд відмовив Examplia у скасуванні штрафу", "", "upheld"),
        ("zh", "法院驳回示例公司诉讼 维持罚款", "", "upheld"),
        ("nl", "Boete voor Examplia geschrapt door rechtbank", "", "annulled"),
        ("en", "Judge overrules fine against Examplia", "", "annulled"),
    ],
)
def test_the_words_around_a_measure_say_how_far_it_went(language: str, title: str, lead: str, status: str) -> None:
    """In the sentence that names it."""
    assert [how_far for _, how_far in told(facts(language, title, lead))] == [status]


@pytest.mark.parametrize(
    ("language", "title", "lead", "status"),
    [
        (
            "de",
            "Bußgeld gegen Klinik Beispiel",
            "Das Landgericht Köln wies die Beschwerde der Klinik ab.",
            "upheld",
        ),
        ("en", "Examplia fine of £2m", "The High Court rejected its appeal on Monday.", "upheld"),
        ("fr", "Amende de 2 millions pour Examplia", "Le Conseil d'État a rejeté la requête de la société.", "upheld"),
        (
            "da",
            "Bøde på 300.000 kroner til Examplia",
            "Datatilsynet indstiller firmaet til en bøde på 300.000 kroner.",
            "proposed",
        ),
        (
            "en",
            "Watchdog hits Examplia with £2m fine",
            "The regulator warned that further fines could be imposed on the company.",
            "imposed",
        ),
    ],
)
def test_the_sentence_beside_a_measure_may_say_how_far_it_went(
    language: str, title: str, lead: str, status: str
) -> None:
    """What comes on top of a deed is no threat of it."""
    assert told(facts(language, title, lead)) == [("fine", status)]


@pytest.mark.parametrize(
    ("language", "title", "lead"),
    [
        ("de", "Klinik Beispiel verlor Akten", "Ein Bußgeld verhängte die Behörde nicht."),
        ("de", "Klinik Beispiel verlor Akten", "Ein Bußgeld hat die Behörde nicht verhängt."),
        ("nl", "Toezichthouder spreekt Examplia aan", "Een boete legde de toezichthouder niet op."),
        ("fr", "La Cnil clôt le dossier Examplia", "Une amende n'a pas été prononcée."),
        ("en", "Regulator closes its Examplia case", "A fine was not imposed."),
        ("es", "La AEPD archiva el caso Examplia", "Una multa no se impuso."),
        ("cs", "ÚOOÚ uzavřel případ Examplia", "Pokutu úřad neuložil."),
        ("da", "Datatilsynet afslutter sag", "En bøde gives der ikke."),
        ("sv", "Kommunen fick kritik", "Någon sanktionsavgift tar myndigheten inte ut."),
    ],
)
def test_a_measure_that_opens_a_denial_is_none(language: str, title: str, lead: str) -> None:
    """The negation stands behind it, at the end of the clause."""
    assert told(facts(language, title, lead)) == []


def test_a_fine_for_what_was_not_done_is_one() -> None:
    """The negation belongs to the reason."""
    lead = "Ein Bußgeld wegen nicht gemeldeter Panne hat die Behörde verhängt."

    assert told(facts("de", "Klinik Beispiel verlor Akten", lead)) == [("fine", "imposed")]


def test_what_comes_otherwise_does_not_threaten_the_order() -> None:
    """The notice stands; only the fine behind "faute de quoi" is to come."""
    lead = "La Cnil met en demeure Examplia de chiffrer ses données, faute de quoi elle risque une amende."

    assert ("formal_notice", "imposed") in told(facts("fr", "Examplia mise en demeure", lead))
