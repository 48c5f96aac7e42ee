"""Words in whatever case: what a pattern takes for one word is looked up as one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.caseless import caseless
from pipeline.text.quantities import find_quantities


@pytest.mark.parametrize("word", ["ekim", "kasım", "nisan", "september", "kilo", "straße", "νέος"])
def test_a_word_is_one_word_in_every_case(word: str) -> None:
    """As Turkish and other languages write capitals, and as Python does."""
    turkish = word.replace("i", "İ").upper()

    assert {caseless(form) for form in (word, word.upper(), word.title(), turkish)} == {caseless(word)}


@given(st.characters(), st.characters())
def test_it_sees_what_patterns_see(one: str, other: str) -> None:
    """Two letters that a pattern without case takes for one are one."""
    if re.fullmatch(re.escape(one), other, re.IGNORECASE):
        assert caseless(one) == caseless(other)


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("tr", "20 YIL", ("duration", 20, "year")),
        ("tr", "10 MİLYON LİRA", ("amount", 10_000_000, "TRY")),
        ("tr", "ALTI AY", ("duration", 6, "month")),
        ("en", "5 WEEKſ", ("duration", 5, "week")),
        ("en", "ſeven dayſ", ("duration", 7, "day")),
    ],
)
def test_quantities_in_capitals(language: str, text: str, found: tuple[str, float, str]) -> None:
    """A unit that was found and stood in no table ended the run."""
    assert [(item.kind, item.value, item.unit) for item in find_quantities(text, language)] == [found]
