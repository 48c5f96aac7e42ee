"""What a higher body does with a measure: lowers it, gives back what was taken, lets it stand again; and pleas."""

from __future__ import annotations

import pytest
from facts_kit import facts, told

from pipeline.facts import find_sanctions
from pipeline.model import Fact
from pipeline.render.facts import fact_lines
from pipeline.render.wording import languages, wording

#: Kinds of measures that somebody can lift.
_LIFTED = frozenset(
    {
        *("fine", "suspension", "ban", "formal_notice", "designation", "asset_freeze", "injunction", "export_control"),
        *("licence_withdrawal", "restriction"),
    }
)


@pytest.mark.parametrize(
    ("language", "title", "lead", "measure", "amounts"),
    [
        ("en", "Court halves Examplia's fine over data leak", "", "fine", []),
        ("en", "Appeals court cuts £4m fine against Examplia to £1m", "", "fine", [1e6]),
        ("en", "Examplia fine halved on appeal", "A tribunal lowered it from £4 million to £2 million.", "fine", [2e6]),
        ("en", "Judge reduces hacker's prison sentence to two years", "", "sentence", []),
        ("fr", "Le Conseil d'État réduit de moitié l'amende d'Examplia", "", "fine", []),
        ("fr", "La cour d'appel de Paris ramène l'amende d'Examplia de 4 à 2 millions d'euros", "", "fine", [2e6]),
        ("fr", "Peine réduite en appel pour le pirate d'Examplia", "", "sentence", []),
        ("de", "Gericht halbiert Bußgeld gegen Examplia", "", "fine", []),
        ("de", "Oberlandesgericht Köln senkt Geldbuße für Examplia auf 2 Millionen Euro", "", "fine", [2e6]),
        ("es", "El Supremo reduce a la mitad la multa a Examplia", "", "fine", []),
        ("it", "Il Tar riduce la sanzione a Examplia da 4 a 2 milioni di euro", "", "fine", [2e6]),
        ("pt", "Tribunal reduz multa da Examplia para metade", "", "fine", []),
        ("nl", "Rechtbank halveert boete voor Examplia", "", "fine", []),
        ("pl", "Sąd obniżył karę dla Examplia", "", "fine", []),
        ("ru", "Суд снизил штраф для Examplia", "", "fine", []),
        ("zh", "上诉法院将示例公司罚款从5000万元降至2000万元", "", "fine", [2e7]),
    ],
)
def test_a_lowered_measure_says_so(language: str, title: str, lead: str, measure: str, amounts: list[float]) -> None:
    """It stands with less, and the sum is the new one."""
    found = facts(language, title, lead)

    assert told(found) == [(measure, "reduced")]
    assert [fact.value for fact in found if fact.type == "amount"] == amounts


@pytest.mark.parametrize(
    ("language", "title", "measure", "status"),
    [
        ("en", "Regulator reinstates Examplia's licence", "licence_withdrawal", "lifted"),
        ("en", "Examplia gets its banking licence back", "licence_withdrawal", "lifted"),
        ("en", "India unblocks Examplia messenger", "ban", "lifted"),
        ("en", "Supreme Court reinstates €5 million fine against Examplia", "fine", "upheld"),
        ("en", "Examplia fails to overturn €4m fine", "fine", "upheld"),
        ("fr", "L'Arcep rétablit l'autorisation d'Examplia", "licence_withdrawal", "lifted"),
        ("fr", "La Cour de cassation rétablit l'amende infligée à Examplia", "fine", "upheld"),
        ("fr", "Examplia échoue à faire annuler son amende", "fine", "upheld"),
        ("de", "Examplia erhält Lizenz zurück", "licence_withdrawal", "lifted"),
        ("de", "Gericht setzt Verbot von Examplia wieder in Kraft", "ban", "upheld"),
        ("es", "El regulador devuelve la licencia a Examplia", "licence_withdrawal", "lifted"),
        ("es", "El Tribunal Supremo restablece la multa a Examplia", "fine", "upheld"),
        ("it", "Examplia riottiene la licenza", "licence_withdrawal", "lifted"),
        ("it", "La Cassazione ripristina la multa a Examplia", "fine", "upheld"),
        ("pt", "Anatel devolve licença à Examplia", "licence_withdrawal", "lifted"),
        ("pt", "Tribunal restabelece coima à Examplia", "fine", "upheld"),
        ("nl", "Examplia krijgt vergunning terug", "licence_withdrawal", "lifted"),
        ("nl", "Gerechtshof herstelt boete voor Examplia", "fine", "upheld"),
        ("zh", "监管机构恢复示例公司牌照", "licence_withdrawal", "lifted"),
        ("zh", "最高法院恢复对示例公司的罚款", "fine", "upheld"),
    ],
)
def test_what_was_taken_away_comes_back(language: str, title: str, measure: str, status: str) -> None:
    """A licence given back lifts its withdrawal; a fine that stands again is upheld."""
    assert told(facts(language, title)) == [(measure, status)]


def test_a_rebate_for_paying_early_lowers_nothing() -> None:
    """Who imposed the fine takes off what the tariff foresees."""
    title = "Agency imposes fine of €4,000 on Examplia, reduced to €2,400 for prompt payment"

    assert told(facts("en", title)) == [("fine", "imposed")]


def test_who_revises_a_decision_goes_before_who_took_it() -> None:
    """The court that speaks last, also where it stands behind its verb."""
    lead = "L'amende prononcée par la Cnil est justifiée, a décidé le Conseil d'État."
    found = facts("fr", "Examplia n'échappera pas à son amende", lead)

    assert [fact.value for fact in found if fact.type == "authority"] == ["Conseil d'État"]
    assert told(found) == [("fine", "upheld")]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Hacker pleads guilty to attacks on hospital"),
        ("en", "Former employee admits hacking Examplia"),
        ("fr", "Le pirate d'un hôpital plaide coupable"),
        ("de", "Hacker bekennt sich schuldig"),
        ("es", "El pirata se ha declarado culpable"),
        ("it", "Hacker si dichiara colpevole"),
        ("pt", "Hacker declara-se culpado"),
        ("nl", "Hacker bekent schuld"),
        ("pl", "Haker przyznał się do winy"),
        ("zh", "黑客认罪"),
        ("ja", "ハッカーが有罪を認める"),
    ],
)
def test_a_plea_is_no_conviction(language: str, title: str) -> None:
    """Nobody has judged yet: neither a fact, nor a sign that the text is about a sanction."""
    assert told(facts(language, title)) == []
    assert find_sanctions(title, "", language) == []


def test_a_plea_with_a_sentence_is_one() -> None:
    assert told(facts("en", "Hacker pleads guilty, gets two years in prison")) == [("sentence", "imposed")]


@pytest.mark.parametrize(
    ("language", "measure", "status", "words"),
    [
        ("en", "fine", "reduced", "fine (reduced)"),
        ("fr", "fine", "reduced", "amende (réduction)"),
        ("de", "fine", "reduced", "Geldbuße (herabgesetzt)"),
        ("en", "licence_withdrawal", "lifted", "licence given back"),
        ("fr", "licence_withdrawal", "lifted", "licence rétablie"),
        ("en", "ban", "lifted", "ban lifted"),
        ("fr", "designation", "lifted", "retrait d’une liste de sanctions"),
        ("de", "asset_freeze", "lifted", "Vermögen freigegeben"),
        ("es", "ban", "lifted", "prohibición levantada"),
        ("pt-PT", "export_control", "lifted", "controlo das exportações revogado"),
        ("en", "licence_withdrawal", "annulled", "licence withdrawn (annulled)"),
    ],
)
def test_the_card_says_how_far_it_went(language: str, measure: str, status: str, words: str) -> None:
    """In words that read well beside the measure."""
    lines = fact_lines([Fact(type="measure", value=measure, status=status)], {}, wording(language))

    assert [value.text for line in lines for value in line.values] == [words]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("measure", sorted(_LIFTED))
def test_a_lifted_measure_is_told_as_what_was_done(language: str, measure: str) -> None:
    """ "Ban (lifted)" opens with what no longer holds; "ban lifted" says what came of it."""
    (line,) = fact_lines([Fact(type="measure", value=measure, status="lifted")], {}, wording(language))

    assert "(" not in line.values[0].text


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Teen hacker spared jail over attack on council"),
        ("fr", "L'ex-salarié évite la prison"),
        ("de", "Hacker entgeht Haftstrafe"),
        ("es", "El pirata se libra de la cárcel"),
        ("zh", "黑客免于牢狱之灾"),
    ],
)
def test_a_sentence_that_sends_nobody_to_prison_is_one(language: str, title: str) -> None:
    assert told(facts(language, title)) == [("sentence", "imposed")]
