"""Several who are hit, each with a sum, and sums beside the year of the deed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from facts_kit import facts, values

BOTH = ["Examplia", "Formulix"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The CNIL fined Examplia 27 million euros and Formulix 15 million euros over a data breach."),
        ("en", "The CNIL fined Examplia €27 million and Formulix €15 million over a data breach."),
        ("fr", "La CNIL a infligé une amende de 27 millions d'euros à Examplia et 15 millions à Formulix."),
        ("fr", "La CNIL a infligé 27 millions d'euros d'amende à Examplia et 15 millions à Formulix."),
        ("fr", "La CNIL a prononcé une amende de 27 millions d’euros à l’encontre de Examplia et une amende de "
               "15 millions d’euros à l’encontre de Formulix."),
        ("es", "La AEPD ha multado a Examplia con 27 millones de euros y a Formulix con 15 millones de euros."),
        ("es", "La AEPD impuso una multa de 27 millones de euros a Examplia y otra de 15 millones a Formulix."),
    ],
)  # fmt: skip
def test_each_has_a_sum(language: str, text: str) -> None:
    found = facts(language, "Amende", text)
    assert values(found, "target") == BOTH
    assert values(found, "amount") == [27e6, 15e6]


def test_a_title_names_each_with_a_sum() -> None:
    found = facts("en", "Court fines Examplia 7.2 billion roubles and Formulix 2 billion")
    assert (values(found, "target"), values(found, "amount")) == (BOTH, [7.2e9, 2e9])


@pytest.mark.parametrize(
    "text",
    [
        "The CNIL fined Examplia 27 million euros and Formulix welcomed the decision.",
        "The CNIL fined Examplia 27 million euros and said Formulix had lost 15 million euros.",
    ],
)
def test_who_has_no_sum_of_a_fine_is_not_hit(text: str) -> None:
    found = facts("en", "CNIL fines Examplia", text)
    assert (values(found, "target"), values(found, "amount")) == (["Examplia"], [27e6])


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("fr", "Examplia mise à l'amende pour le vol de données en 2023",
         "Les abonnés avaient porté plainte. La CNIL a infligé 27 millions d'euros d'amende à Examplia après un vol de "
         "données en 2023."),
        ("en", "Examplia fined over data theft in 2023",
         "Customers had complained. The ICO fined Examplia 27 million euros over a theft of data in 2023."),
    ],
)  # fmt: skip
def test_the_year_of_the_deed_makes_no_fine_an_old_one(language: str, title: str, text: str) -> None:
    found = facts(language, title, text, published=datetime(2026, 1, 14, tzinfo=UTC))
    assert values(found, "amount") == [27e6]


def test_what_was_fined_years_before_stays_out() -> None:
    text = "The watchdog ordered changes. In 2022, the ICO had fined Examplia 5 million euros."
    assert values(facts("en", "ICO fines Examplia", text, published=datetime(2026, 1, 14, tzinfo=UTC)), "amount") == []
