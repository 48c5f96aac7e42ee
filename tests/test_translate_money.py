"""Signs of currencies as words before an engine that does not know them, thousands as English writes them after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.quantities import find_quantities
from pipeline.translate.checks import check
from pipeline.translate.money import grouped, spelled_out
from pipeline.translate.protect import FactGuard


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("fr", "Une amende de 25 € hier.", "Une amende de 25 euros hier."),
        ("fr", "Une amende de 12 M€ hier.", "Une amende de 12 millions d'euros hier."),
        ("fr", "Soit 3,2 Md€.", "Soit 3,2 milliards d'euros."),
        ("fr", "Soit 3,2 Md€ et 500 k€.", "Soit 3,2 milliards d'euros et 500 mille euros."),
        ("fr", "Soit 25 millions d'€.", "Soit 25 millions d'euros."),
        ("fr", "Plus de €350 mds au pays.", "Plus de 350 milliards d'euros au pays."),
        ("fr", "Soit 12 mln €.", "Soit 12 millions d'euros."),
        ("fr", "Soit £2.5 millions.", "Soit 2.5 millions de livres sterling."),
        ("es", "Multa de 1.200,50 € y 3 M€.", "Multa de 1.200,50 euros y 3 millones de euros."),
        ("pt", "Multa de € 25 milhões.", "Multa de 25 milhões de euros."),
        ("it", "Multa di 3 mln €.", "Multa di 3 milioni di euro."),
        ("de", "Ein Bußgeld von 5 Mio. €.", "Ein Bußgeld von 5 Millionen Euro."),
        ("nl", "Een boete van 250.000 €.", "Een boete van 250.000 euro."),
        ("fr", "Le prix en € et la version 2.", "Le prix en € et la version 2."),
        ("en", "A fine of £25,000 and $1.3M.", "A fine of 25,000 pounds sterling and 1.3 million dollars."),
        ("en", "A fine of AU$5.8 million, or €3bn.", "A fine of 5.8 million Australian dollars, or 3 billion euros."),
        ("ja", "€25", "€25"),
    ],
)
def test_signs_become_words(language: str, text: str, words: str) -> None:
    """The same amount in words; a sign without a number, or a language without a table, stays."""
    assert spelled_out(text, language) == words


@given(st.integers(1, 999_999), st.sampled_from(["fr", "es", "pt", "it", "de", "nl"]), st.sampled_from("€£"))
def test_the_amount_stays_the_same(value: int, language: str, sign: str) -> None:
    """What is read in the words is what was read in the sign."""
    before = find_quantities(f"X {value} {sign} y", language)
    after = find_quantities(f"X {spelled_out(f'{value} {sign}', language)} y", language)

    assert [(q.kind, q.value) for q in before] == [(q.kind, q.value) for q in after]


def test_only_engines_without_signs_get_words() -> None:
    """Apertium alone keeps the sign."""
    guard = FactGuard()
    texts = {
        engines: guard.prepare("Multa de 25 €.", "es", "pt", way="plain", engines=engines).text
        for engines in (("apertium",), ("apertium", "firefox"))
    }

    assert list(texts.values()) == ["Multa de 25 €.", "Multa de 25 euros."]


def test_thousands_are_grouped_as_in_english() -> None:
    """Only numbers that the sentence writes so; a telephone number or a version is left alone."""
    sentence = "Près de 276 000 comptes et 1 250 000 euros."
    text = "Nearly 276 000 accounts and EUR 1 250 000, 11 200 of 5 276 000."

    changed = grouped(text, find_quantities(sentence, "fr"), sentence)

    assert changed == "Nearly 276,000 accounts and EUR 1,250,000, 11 200 of 5 276,000."


@pytest.mark.parametrize(("translated", "kinds"), [("A fine of 25.", ["currency-lost"]), ("A fine of 25 euros.", [])])
def test_a_currency_that_vanished_is_a_breach(translated: str, kinds: list[str]) -> None:
    """An amount is not said by its number alone."""
    assert [p.kind for p in check("Une amende de 25 €.", translated, "fr", "en")] == kinds


def test_a_scale_is_no_name() -> None:
    """ "Md" in "3,2 Md€" is capitalised, and hidden as a name it would keep the sign from becoming a word."""
    prepared = FactGuard().prepare("Une amende de 3,2 Md€.", "fr", "en", way="plain", engines=("apertium", "firefox"))

    assert prepared.text == "Une amende de 3,2 milliards d'euros."
