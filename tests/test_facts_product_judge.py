"""The learned judge of products: what comes beside the rules' facts, what goes, and what it leaves alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from facts_kit import article, facts, names, values

from pipeline.facts import find_facts
from pipeline.facts.candidates import candidates, lead_of
from pipeline.facts.product import product_facts
from pipeline.facts.product_judge import judged
from pipeline.facts.product_marks import all_marks
from pipeline.facts.spans import passages
from pipeline.model import Article, Fact

LABELS = Path(__file__).parent.parent / "bench/labels/products.jsonl"


def _ruled(read: Article) -> list[Fact]:
    return list(product_facts(read, passages(read)))


@pytest.mark.parametrize(
    ("language", "title", "text", "came"),
    [
        ("zh", "每周安全动态", "GitHub Desktop 路径遍历漏洞；Perl 随机数可预测漏洞；7-Zip 堆溢出漏洞", "7-Zip"),
        ("zh", "每日安全推送", "GitHub Desktop 路径遍历漏洞；PHP 提权漏洞；Pixel 10 零点击漏洞链", "GitHub Desktop"),
        ("en", "56 flaws", "Flaws across Windows, Office, Exchange Server, and more.", "Office"),
        ("en", "CISA adds Quietgate, TableTurn, and Mosaic Desk flaws to its list of exploited bugs", "", "TableTurn"),
    ],
)
def test_a_name_that_no_rule_tells_comes(language: str, title: str, text: str, came: str) -> None:
    """What stands around a name tells it in lists and in round-ups, where no grammar of one language does."""
    read = article(language, title, text)

    assert came not in [str(fact.value) for fact in _ruled(read)]
    assert came in values(facts(language, title, text), "product")


def test_the_name_of_a_flaw_goes() -> None:
    """A new name beside a program that everybody knows is what the flaw is called."""
    read = article(
        "en", "PinStorm: Another Linux Root Hole, Another Exploit", "PinStorm is a flaw in the Linux kernel."
    )

    assert "PinStorm" in [str(fact.value) for fact in _ruled(read)]
    assert values(find_facts([read])[0].facts, "product") == ["Linux"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Gang enters through VPN", "The gang exploits a flaw in FortiOS and deploys Cobalt Strike from Google Drive."),
        ("Researchers using Claude find flaw in Firefox", "Anthropic's Claude found a use-after-free in Firefox."),
        ("CVE-2026-11111 - WordPress Veamos plugin <= 1.9 - SQL Injection", ""),
        ("Flaw in Formulix lets a fake tool hijack your Windows PC", ""),
    ],
)
def test_surroundings_do_not_come(title: str, text: str) -> None:
    """Tools of attackers and finders, hosts of add-ons and machines stay out, however well they are known."""
    read = article("en", title, text)

    assert names(find_facts([read])[0].facts, "product") == [fact.name for fact in _ruled(read)]


def test_an_article_about_something_else_is_left_alone() -> None:
    """Where the topics say that it is about no flaw, nothing comes and nothing goes."""
    read = article("zh", "每周安全动态", "GitHub Desktop 路径遍历漏洞；Perl 随机数可预测漏洞；7-Zip 堆溢出漏洞")
    other = replace(read, topics={"disclosure": 0.1, "sanction": 0.9}, labels=("sanction",))

    assert values(find_facts([other])[0].facts, "product") == [fact.value for fact in _ruled(other)]


def test_evidence_is_the_name_where_it_stands() -> None:
    """A fact that comes shows its words and their sentence, as every fact does."""
    text = "Flaws across Windows, Office, Exchange Server, and more."
    office = next(fact for fact in facts("en", "56 flaws", text) if fact.value == "Office")

    assert office.evidence is not None
    assert text[office.evidence.start : office.evidence.end] == office.name == "Office"
    assert office.evidence.sentence == text


def test_marks_do_not_ask_what_the_rules_made_of_a_name() -> None:
    """What is learned of a name holds whether a rule found it or not."""
    read = article("en", "A critical Formulix flaw lets attackers in", "Formulix 4.2 fixes the flaw, Acme says.")
    read_passages = passages(read)
    lead = lead_of(read_passages)
    found = {
        by_rules: candidates(lead, read, list(product_facts(read, read_passages)) if by_rules else [])
        for by_rules in (True, False)
    }
    marks = {
        by_rules: {c.key: m for c, m in zip(some, all_marks(some, lead, read), strict=True)}
        for by_rules, some in found.items()
    }

    assert any(candidate.fact for candidate in found[True])
    assert marks[True] == marks[False]


def test_nothing_is_judged_of_nothing() -> None:
    """An article without text or title has no products."""
    assert judged(article("en", ""), [], [], tells=True) == []


def test_labels_hold_no_texts() -> None:
    """Real items are labelled by address: names of products, no sentence."""
    for line in LABELS.read_text("utf-8").splitlines():
        row = json.loads(line)
        assert set(row) == {"url", "half", "products", "may"}
        assert all(len(name) <= 60 for names in (*row["products"], row["may"]) for name in names), row["url"]
