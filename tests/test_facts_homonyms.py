"""Bodies of several lands with one name: the report tells whose it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from facts_kit import article, facts, values

from pipeline.facts import find_facts
from pipeline.facts.actors import entry
from pipeline.facts.patterns import load


@pytest.mark.parametrize(
    ("language", "title", "text", "authority"),
    [
        # a land right beside the name
        ("fr", "La CNPD luxembourgeoise inflige une amende à Examplia", "", "CNPD-LU"),
        ("en", "New Zealand FMA fines lender Examplia $2 million", "", "FMA-NZ"),
        ("en", "Court fines Examplia", "The High Court of Ireland imposed a fine of €200,000.", "Irish High Court"),
        # another body of the land is named
        ("en", "Federal Court fines Examplia $5 million", "ASIC had sued the company.", "Federal Court of Australia"),
        ("en", "Treasury fines lender Examplia", "HM Treasury published the notice on Monday.", "UK Treasury"),
        # the only land that is told of
        ("en", "Danish retailer Examplia fined by Datatilsynet", "The shop kept its data.", "Datatilsynet-DK"),
        ("de", "Bundesverwaltungsgericht bestätigt Bußgeld", "Das Gericht in Wien wies Examplia ab.", "BVwG"),
        ("ru", "МВД Украины оштрафовало Examplia", "", "MVS-UA"),
        # the land of the language
        ("da", "Datatilsynet giver Examplia en bøde på 300.000 kroner", "", "Datatilsynet-DK"),
        ("no", "Datatilsynet gir Examplia gebyr på 300 000 kroner", "", "Datatilsynet-NO"),
        ("uk", "Верховний суд підтвердив штраф для Examplia", "", "Supreme Court of Ukraine"),
        ("zh", "商务部将两家美国企业列入不可靠实体清单", "商务部公告称,禁止其从事进出口活动。", "MOFCOM"),
        ("zh", "三家企业被美国列入实体清单", "商务部工业与安全局周一公布,美国商务部禁止出口。", "US Commerce"),
        # nothing tells: the usual one; whom it hits says nothing of who is known the world over
        ("en", "Federal court fines Examplia $5 million", "", "US court"),
        ("pt", "CNPD aplica coima de 85 mil euros à Examplia", "", "CNPD"),
        ("en", "FTC fines Korean phone maker Examplia $5 million", "", "FTC"),
    ],
)
def test_a_body_is_the_one_of_the_land_that_is_meant(language: str, title: str, text: str, authority: str) -> None:
    assert values(facts(language, title, text), "authority") == [authority]


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://news.example.org.au/a", "Federal Court of Australia"),
        ("https://news.example.org.uk/a", "US court"),
        ("https://news.example.org/a", "US court"),
    ],
)
def test_the_outlet_s_land_tells_where_the_report_does_not(url: str, authority: str) -> None:
    told = replace(article("en", "Federal Court fines Examplia for spam"), url=url)
    assert values(find_facts([told])[0].facts, "authority") == [authority]


def test_a_land_s_court_without_an_entry_keeps_its_words_and_lends_no_currency() -> None:
    found = facts("en", "Federal Court fines Examplia 5 million naira", "The judge in Lagos spoke for Nigeria.")
    assert values(found, "authority") == ["Federal Court"]


def test_every_body_of_the_table_is_an_authority_of_that_land() -> None:
    for row in load("homonyms")["homonym"]:
        for land, name in row["bodies"].items():
            known = entry(name) if name else None
            assert not name or (known is not None and known.country == land), (land, name)
