"""Typography of the target language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translate.headline import polish


@pytest.mark.parametrize(
    ("text", "target", "style", "polished"),
    [
        ("the flaw « Log4Shell » is fixed .", "en", "headline", "The flaw “Log4Shell” is fixed"),
        ("Is it over ?", "en", "headline", "Is it over?"),
        ("iPhone flaw fixed", "en", "headline", "iPhone flaw fixed"),
        ("Firm fined in the U.K.", "en", "headline", "Firm fined in the U.K."),
        ("Fine for Example Inc.", "en", "headline", "Fine for Example Inc."),
        ('It is „gut“ and "bad".', "en", "text", "It is “gut” and “bad”."),
        ("Une faille: grave!", "fr", "text", "Une faille\u00a0: grave\u00a0!"),
        ('La faille "Log4Shell"', "fr", "headline", "La faille «\u00a0Log4Shell\u00a0»"),
        ("L'éditeur dit qu'il corrige 'Pack2'.", "fr", "text", "L’éditeur dit qu’il corrige 'Pack2'."),
        ("Aujourd'hui, jusqu'ici.", "fr", "text", "Aujourd’hui, jusqu’ici."),
        ("It's the firm's.", "en", "text", "It's the firm's."),
        ("See https://example.org/a:b at 12:30.", "fr", "text", "See https://example.org/a:b at 12:30."),
        ("「Log4Shell」 fixed", "en", "text", "“Log4Shell” fixed"),
        ("And so on...", "en", "headline", "And so on..."),
    ],
)
def test_polish(text: str, target: str, style: str, polished: str) -> None:
    """Quotes, spaces, full stop, first letter."""
    assert polish(text, target, style) == polished


@given(st.text(alphabet='ab "«»“”„.:!? \u00a0A1', max_size=60), st.sampled_from(["en", "fr", "de", "pt"]))
def test_polishing_twice_changes_nothing_more(text: str, target: str) -> None:
    """A fixed point after one pass."""
    once = polish(text, target, "headline")

    assert polish(once, target, "headline") == once
