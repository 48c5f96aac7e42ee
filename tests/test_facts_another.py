"""Flaws that a text names beside its own lend it no id, score, attack or patch."""

from __future__ import annotations

from datetime import UTC, datetime

import facts_kit
import pytest


def values(kind: str, title: str, text: str, language: str = "en") -> list[object]:
    return facts_kit.values(facts_kit.facts(language, title, text, published=datetime(2026, 6, 1, tzinfo=UTC)), kind)


def test_a_title_may_name_an_earlier_flaw() -> None:
    """What the earlier one was is told by the words before its id."""
    title = "CVE-2026-11111 - Examplesoft: incomplete fix for CVE-2026-22222 lets strangers in"

    assert values("cve", title, "The flaw is old.") == ["CVE-2026-11111"]


FILLER = "It sits in the log-in form. Anyone may reach it. No account is needed. The form is on. Few switch it off."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "CVE-2026-11111 resembles the previously exploited CVE-2026-22222, another hole in the same service."),
        (
            "en",
            "This service was vulnerable to CVE-2026-22222; CVE-2026-11111 is not a bypass of CVE-2026-22222.",
        ),
        ("en", "CVE-2026-11111 is a variant of CVE-2026-22222 and CVE-2026-33333."),
        ("fr", "CVE-2026-11111 ressemble à CVE-2026-22222, déjà exploitée."),
        ("de", "CVE-2026-11111 ähnelt der bereits ausgenutzten CVE-2026-22222."),
        ("es", "CVE-2026-11111 recuerda a CVE-2026-22222, ya explotada."),
        ("it", "CVE-2026-11111 ricorda CVE-2026-22222, già sfruttata."),
        ("nl", "CVE-2026-11111 lijkt op CVE-2026-22222."),
        ("zh", "CVE-2026-11111 类似于 CVE-2026-22222。"),
    ],
)
def test_an_id_compared_with_is_another_flaw(language: str, text: str) -> None:
    """Also within one sentence, and what is said of it is not said of the story's."""
    assert values("cve", "Examplesoft Desk: CVE-2026-11111", text, language) == ["CVE-2026-11111"]
    assert values("cve", "A flaw in Examplesoft Desk", f"{FILLER} {text}", language) == ["CVE-2026-11111"]
    assert values("exploited", "Examplesoft Desk: CVE-2026-11111", text, language) == []


@pytest.mark.parametrize(
    ("title", "text", "ids"),
    [
        ("Flaw in Examplesoft Desk", "The flaw is CVE-2026-1111. The list names CVE-2026-11112.", ["CVE-2026-11112"]),
        ("Flaw CVE-2026-1111… in Examplesoft", "The flaw CVE-2026-11112 lets strangers in.", ["CVE-2026-11112"]),
        ("Flaw in Examplesoft Desk", "Two flaws, CVE-2026-1111 and CVE-2026-1112.", ["CVE-2026-1111", "CVE-2026-1112"]),
    ],
)
def test_an_id_cut_short_is_none(title: str, text: str, ids: list[str]) -> None:
    """Where the whole id stands too, or an ellipsis follows."""
    assert values("cve", title, text) == ids


@pytest.mark.parametrize(
    "text",
    [
        "The flaw has yet to be assigned a CVE ID. Last spring's CVE-2026-22222 was exploited in attacks.",
        f"The flaw lets strangers in. {FILLER} The agency also warned of active exploitation of CVE-2025-22222.",
    ],
)
def test_a_flaw_without_number_borrows_none(text: str) -> None:
    """Ids that follow are of other flaws, and their attacks too."""
    assert values("cve", "Flaw in Examplesoft Desk", text) == []
    assert values("exploited", "Flaw in Examplesoft Desk", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Copper Leaf, another hole of that spring, was added to CISA's Known Exploited Vulnerabilities catalog.",
        "The gang knows the Copper Leaf flaw well. It has been exploited in attacks since May.",
        "Sellers praised a bug dubbed Copper Leaf. Copper Leaf was exploited in attacks.",
        "Copper Leaf (CVE-2026-22222) came first. It was exploited in attacks and scores CVSS 9.9.",
    ],
)
def test_a_flaw_with_another_name_is_another(text: str) -> None:
    """Its attacks and its score are not the story's, nor in the sentence that goes on with "It"."""
    title = "DeskLeak: a flaw in Examplesoft Desk"
    text = f"The bug, dubbed DeskLeak and tracked as CVE-2026-11111, lets strangers in. {FILLER} {text}"

    assert values("cve", title, text) == ["CVE-2026-11111"]
    assert values("exploited", title, text) == []
    assert values("cvss", title, text) == []


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("CVE-2026-11111 is open. Last year, CVE-2026-22222 (CVSS 9.8) was worse. It beat even CVSS 9.5.", []),
        ("CVE-2026-11111, which is much like CVE-2026-22222 (CVSS 9.8), has a CVSS score below that.", []),
        ("CVE-2026-11111 (CVSS ver 3.1 score of 7.5) lets strangers in.", [7.5]),
        ("CVE-2026-11111 is rated by CVSS version 3.1 base score of 7.8.", [7.8]),
        ("Severity of CVE-2026-11111: HIGH, CVSS 3.1 vector unknown.", []),
        ("CVE-2026-11111 has a CVSS score of 3.1.", [3.1]),
    ],
)
def test_a_score_is_of_its_id(text: str, scores: list[float]) -> None:
    """Of the id before it; the version of the scale is none."""
    assert values("cvss", "CVE-2026-11111 in Examplesoft Desk", text) == scores


def test_what_happened_years_ago_is_another_story() -> None:
    """Also where a lost space glued the year's preposition to the word before it; an older id is another's."""
    text = (
        f"CVE-2026-11111 is new. {FILLER} A gang exploited the zero-day CVE-2023-22222 in theftsin 2023 to steal data."
    )

    assert values("cve", "Flaw in Examplesoft Desk", text) == ["CVE-2026-11111"]
    assert values("exploited", "Flaw in Examplesoft Desk", text) == []


def test_a_patch_to_come_is_none() -> None:
    """ "Before fixes land" there are none."""
    assert values("patched", "Flaw in Examplesoft Desk", "Reduce exposure before fixes land.") == []


def test_who_was_convicted_before_is_not_hit_now() -> None:
    """A sentence that opens with a year of long ago names others."""
    text = "In 2016, Jo Doe and his brother Al Doe were sentenced to two years. Jo Doe was convicted on Monday."

    assert values("target", "Former contractor convicted for wiping databases", text) == ["Jo Doe"]
