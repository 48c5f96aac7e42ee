"""Whom a measure hits where rules do not say: candidates, their legal forms, and the judge of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from facts_kit import article, facts, names
from hypothesis import given
from hypothesis import strategies as st

from pipeline.facts.forms import has_form, with_form, without_form
from pipeline.facts.sanction import first_scene
from pipeline.facts.spans import passages
from pipeline.facts.target_candidates import candidates
from pipeline.facts.target_judge import judged
from pipeline.text.names import Name


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("de", "Die Musterhof GmbH & Co. KG klagt", "Musterhof GmbH & Co. KG"),
        ("de", "untersagt dem Onlinehändler Exemplia Europe SE das Geschäft", "Exemplia Europe SE"),
        ("fr", "la société Exemplia SA", "Exemplia SA"),
        ("nl", "de boete tegen Boekenhulp vzw vervalt", "Boekenhulp vzw"),
        ("pl", "kara dla Dobra Poczta sp. z o.o. jest ostateczna", "Dobra Poczta sp. z o.o."),
        ("pt", "título da Exemplo Net, Lda. por escutas", "Exemplo Net, Lda."),
        ("ru", "штраф ООО «Пример-Связь» отменён", "ООО «Пример-Связь»"),
        ("ja", "株式会社例示堂に勧告した", "株式会社例示堂"),
        ("en", "fined Sample & Daughters Ltd yesterday", "Sample & Daughters Ltd"),
        ("it", "condannato un infermiere di Vallecolle per accessi abusivi", "infermiere di Vallecolle"),
        ("pl", "zamroziła aktywa trzech oficerów z jednostki 1234", "trzech oficerów"),
        ("en", "revoked the licence of a nurse from Northport", "nurse from Northport"),
        ("zh", "判处被告人周某有期徒刑", "周某"),
        ("ko", "달려예시에 과징금을 부과했다", "달려예시"),
    ],
)
def test_everybody_is_a_candidate(language: str, text: str, name: str) -> None:
    """Names with their legal form, and persons by what they are and where they are from."""
    found = candidates(passages(article(language, text)), language)

    assert name in {c.name.text for c in found}


def test_part_of_a_name_with_its_form_is_no_candidate() -> None:
    """The form shows where a name ends, so that no shorter one is meant there."""
    found = candidates(passages(article("fr", "amende pour Exemplia Services SA à Lyon")), "fr")

    assert not {"Exemplia", "Services", "Exemplia Services", "Services SA"} & {c.name.text for c in found}


@pytest.mark.parametrize(
    ("name", "bare"), [("Exemplia S.A.", "Exemplia"), ("Exemplia, S.L.", "Exemplia"), ("Exemplia", "Exemplia")]
)
def test_legal_form_is_told_from_the_name(name: str, bare: str) -> None:
    """With its form and without."""
    assert has_form(name) == (name != bare)
    assert without_form(name) == bare


def test_known_organisation_keeps_its_usual_name() -> None:
    """What a list calls somebody is what the card shows."""
    assert with_form("ООО «Яндекс»", Name("Яндекс", 5, 11)).text == "Яндекс"
    found = facts("en", "Regulator fines chat service", "The ICO has fined Huawei Ltd. £2m.")
    assert [fact.value for fact in found if fact.type == "target"] == ["Huawei"]


@pytest.mark.parametrize(
    ("language", "title", "lead", "targets"),
    [
        ("de", "Aufsicht untersagt Fahrdienst die Weitergabe von Routen",
         "Die Seemobil AG darf Routen nicht länger weitergeben. Das hat der Datenschutzbeauftragte verfügt.",
         ["Seemobil AG"]),
        ("fr", "Le Conseil d'État confirme l'amende d'un géant de la publicité",
         "La haute juridiction a rejeté la requête de la société Exemplia SA. L'amende est définitive.",
         ["Exemplia SA"]),
        ("pl", "KNF cofnęła zezwolenie spółce Exempla",
         "Komisja Nadzoru Finansowego cofnęła Exempla sp. z o.o. zezwolenie.", ["Exempla sp. z o.o."]),
        ("es", "Hacienda multa a una gestoría por perder nóminas",
         "La Agencia Española de Protección de Datos impone 20.000 euros a Gestoría Ejemplo S.L. por la brecha.",
         ["Gestoría Ejemplo S.L."]),
        ("it", "Multata una palestra per le impronte dei clienti",
         "Il Garante privacy ha sanzionato per 40 mila euro la Esempio Sport srl di Vallecolle.",
         ["Esempio Sport srl"]),
        ("en", "Ireland fines video app again",
         "The Data Protection Commission has hit Samplestream Ltd with a further €9m.", ["Samplestream Ltd"]),
        ("sv", "Region får betala för öppna listor",
         "Integritetsskyddsmyndigheten tar ut en sanktionsavgift av Region Exempelbygd.", ["Region Exempelbygd"]),
    ],
)  # fmt: skip
def test_the_name_of_the_lead_wins_over_what_the_title_says(
    language: str, title: str, lead: str, targets: list[str]
) -> None:
    """A title that says what somebody is, and a lead that names him, speak of one."""
    assert names(facts(language, title, lead), "target") == targets


@pytest.mark.parametrize(
    ("language", "title", "lead"),
    [
        ("en", "Politicians demand higher fines after leak at Exemplia", ""),
        ("de", "Datenleck bei Exemplia AG", "Ob ein Bußgeld folgt, wollte die Behörde nicht sagen."),
        ("fr", "Exemplia SA présente ses résultats", "Le groupe attend une hausse de son chiffre d'affaires."),
    ],
)
def test_nobody_is_hit_where_no_measure_is_taken(language: str, title: str, lead: str) -> None:
    """The judge is asked only where a measure was found."""
    assert names(facts(language, title, lead), "target") == []


def test_what_the_rules_say_is_one_of_the_clues() -> None:
    """Who is named with them and without them is the same where the grammar is plain."""
    told = article("fr", "La CNIL inflige une amende de 3 millions d'euros à Exemplia", "La société a un mois.")
    scene = first_scene(told, passages(told))

    assert scene is not None
    assert [name.text for name, _ in judged(scene)] == ["Exemplia"]
    assert [name.text for name, _ in judged(replace(scene, told=None))] == ["Exemplia"]


@given(st.text(max_size=120), st.sampled_from(["de", "en", "fr", "ja", "ko", "ar", "ru", "zh", None]))
def test_candidates_are_the_words_of_the_text(text: str, language: str | None) -> None:
    """Any text has candidates where it says so, each span once a sentence."""
    read = passages(article(language or "und", text))
    found = candidates(read, language) if read else []

    assert all(c.passage.text[c.name.start : c.name.end] == c.name.text for c in found)
    spans = [(c.index, c.name.start, c.name.end) for c in found]
    assert len(set(spans)) == len(spans)
