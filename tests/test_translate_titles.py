"""English headlines in title case reach the engines as sentences."""

from __future__ import annotations

import pytest

from pipeline.translate.protect import FactGuard
from pipeline.translate.titles import in_sentence_case


@pytest.mark.parametrize(
    ("headline", "sentence"),
    [
        (
            "Critical Flaw in Examplia Lets Any User Run Code on the Server",
            "critical flaw in Examplia lets any user run code on the server",
        ),
        ("French Watchdog Fines Microsoft Over Data Leak", "French watchdog fines Microsoft over data leak"),
        ("Examplia Patches SQL Injection Flaws in iZorg 4.2", "Examplia patches SQL injection flaws in iZorg 4.2"),
        ("Attackers Exploit Bug in Windows Desk on Tuesday", "attackers exploit bug in Windows Desk on Tuesday"),
    ],
)  # fmt: skip
def test_only_the_style_of_a_headline_goes(headline: str, sentence: str) -> None:
    """Names, acronyms, peoples and days keep their capitals."""
    assert in_sentence_case(headline, "en") == sentence


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Examplia fixes a flaw in Windows Defender that let anybody in."),
        ("en", "EXAMPLIA PAYS"),
        ("en", ""),
        ("fr", "La Commission Européenne Et La Banque De France"),
    ],
)
def test_sentences_and_other_languages_stay(language: str, text: str) -> None:
    """Elsewhere a capital is a name's."""
    assert in_sentence_case(text, language) == text


def test_an_engine_gets_the_sentence_and_the_check_the_headline() -> None:
    """Neural engines too leave a word in English that looks like a name."""
    headline = "Examplia Fixes Critical Flaws in Desk"
    guard = FactGuard()
    prepared = guard.prepare(headline, "en", "de", way="plain", engines=("firefox",))

    assert prepared.text == "Examplia fixes critical flaws in Desk"
    assert guard.finish(headline, "Examplia behebt kritische Lücken in Desk", prepared, "en", "de")[1] == ()
