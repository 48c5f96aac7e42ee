"""Whose rival or owner somebody is, whom he works for and whom he did harm: no measure hits them."""

from __future__ import annotations

import pytest

from pipeline.facts import find_facts
from pipeline.model import Article


def targets(language: str, title: str, lead: str) -> list[object]:
    article = Article(id="a", feed="f", url=None, title=title, paragraphs=(lead,), language=language)
    return [fact.value for fact in find_facts([article])[0].facts if fact.type == "target"]


@pytest.mark.parametrize(
    ("language", "title", "lead", "found"),
    [
        ("en", "Four years in prison for the hacker who breached Dell", "The court said so.", ["hacker"]),
        ("en", "Man who stole coins from Brightwallet jailed", "Southwark Crown Court gave Peter Lund, 27, four years.",
         ["Peter Lund"]),
        ("es", "Cuatro años de cárcel para el 'hacker' que robó datos de la Agencia Tributaria",
         "Lo decidió la Audiencia Nacional.", ["hacker"]),
        ("sv", "Två års fängelse för mannen som hackade Nordklinik", "Göteborgs tingsrätt dömde Erik Falk.",
         ["Erik Falk"]),
        ("de", "Geldstrafe für Ärztin, die Akten der Klinik Sonnberg verkaufte",
         "Laura Wendt muss 12.000 Euro zahlen, entschied das Amtsgericht Jena.", ["Laura Wendt"]),
    ],
    ids=["en", "en-name", "es", "sv", "de"],
)  # fmt: skip
def test_a_victim_is_not_punished(language: str, title: str, lead: str, found: list[str]) -> None:
    assert targets(language, title, lead) == found


@pytest.mark.parametrize(
    ("language", "title", "victim"),
    [
        ("en", "Three years for engineer who wiped Castell Freight's servers", "Castell Freight"),
        ("de", "Vier Jahre Haft für den Mann, der die Stadtwerke Kelm erpresste", "Stadtwerke Kelm"),
        ("es", "Tres años de cárcel para el joven que atacó a Banco Lindero", "Banco Lindero"),
        ("it", "Quattro anni al ragazzo che aveva violato i server di Banca Ligustro", "Banca Ligustro"),
        ("pt", "Seis anos de prisão para homem que invadiu sistemas do Banco Serrano", "Banco Serrano"),
        ("nl", "Drie jaar cel voor man die Zorggroep Linde afperste", "Zorggroep Linde"),
        ("fr", "Prison avec sursis pour l'homme qui a diffusé les fichiers d'Orvance", "Orvance"),
    ],
)
def test_where_nobody_else_is_named_nobody_is_rather_than_the_victim(language: str, title: str, victim: str) -> None:
    assert victim not in targets(language, title, "")


@pytest.mark.parametrize(
    ("language", "title", "lead", "found"),
    [
        ("en", "Regulator fines Parcelo rival Sendit 3 million euros", "The Dutch authority said so.", ["Sendit"]),
        ("en", "Norway fines Datifi owner Holmgruppen", "Datatilsynet set the penalty.", ["Holmgruppen"]),
        ("en", "India blocks Chattr clone Blinkline", "The IT ministry cited security.", ["Blinkline"]),
        ("de", "Parcelo-Konkurrent Sendit muss drei Millionen Euro zahlen", "Das entschied die Aufsicht.", ["Sendit"]),
        ("de", "Türkei sperrt Zwick, Rivale von Tweetalot", "Die Behörde BTK berief sich auf ein Gericht.", ["Zwick"]),
        ("fr", "La CNIL sanctionne Livrio, rival de Fastmeal", "L'amende s'élève à 250 000 euros.", ["Livrio"]),
        ("it", "Il Garante multa Corrilì, rivale di Portami", "La sanzione è di 300.000 euro.", ["Corrilì"]),
    ],
)
def test_whose_rival_or_owner_somebody_is_is_not_hit(language: str, title: str, lead: str, found: list[str]) -> None:
    assert targets(language, title, lead) == found


def test_whom_somebody_works_for_is_not_hit() -> None:
    found = targets("en", "UK freezes assets of hackers tied to Evil Bear", "The Foreign Office listed Igor Mazin.")
    assert found == ["Igor Mazin"]
    assert targets("fr", "La Suisse gèle les avoirs de trois pirates liés au GRU", "") == ["trois pirates"]


def test_a_company_that_runs_something_is_hit_in_its_name_and_so_is_whom_a_judge_fined() -> None:
    """A clause on a company names what it is known by; behind the measure itself, a name is whom it hits."""
    assert targets("fr", "La société qui exploite Vinado sanctionnée à hauteur de 2,3 millions d'euros",
                   "L'autorité lituanienne a infligé l'amende.") == ["Vinado"]  # fmt: skip
    assert targets("en", "Judge who fined Acmesoft 5 million dollars retires", "She leaves in May.") == ["Acmesoft"]


def test_the_letter_of_a_dollar_is_no_part_of_a_name() -> None:
    assert targets("en", "Singapore watchdog fines Marbella Trading S$74,000 over leak", "The PDPC said so.") == [
        "Marbella Trading"
    ]


def test_a_verdict_thrown_out_is_annulled_and_no_fine_is_none() -> None:
    def measures(title: str, lead: str) -> list[tuple[object, str | None]]:
        article = Article(id="a", feed="f", url=None, title=title, paragraphs=(lead,), language="en")
        return [(fact.value, fact.status) for fact in find_facts([article])[0].facts if fact.type == "measure"]

    thrown_out = measures("Appeals court throws out $650 million privacy verdict against Lumeo", "It gave no reason.")
    barred = measures("FTC bars data broker Kestrel Analytics from selling location data", "It will pay no fine.")
    assert thrown_out == [("damages", "annulled")]
    assert barred == [("ban", "imposed")]
