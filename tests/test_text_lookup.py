"""Lookups that save time find what the plain way finds."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import runs
from pipeline.text.hints import Letters
from pipeline.text.normalise import fold
from pipeline.text.runs import Runs
from pipeline.text.spellings import Spellings

_SPELLINGS = Spellings([("都柏林", "Dublin"), ("柏林", "Berlin"), ("林肯", "Lincoln"), ("柏林", "a lake")])


def test_every_spelling_of_a_text_is_found() -> None:
    """Also the one inside another, the one across its end, and both meanings of one."""
    assert sorted(_SPELLINGS.every("在都柏林肯")) == ["Berlin", "Dublin", "Lincoln", "a lake"]


def test_the_longest_spelling_wins() -> None:
    """What it holds is not found again, and a shorter one elsewhere is."""
    assert list(_SPELLINGS.longest("都柏林肯，柏林")) == ["Dublin", "Berlin"]


def test_spellings_at_a_place_come_longest_first() -> None:
    """A stem and a longer one."""
    stems = Spellings([("irla", "IE"), ("irland", "IE"), ("iran", "IR")])

    assert list(stems.at("irlandais")) == [("irland", "IE"), ("irla", "IE")]
    assert not list(stems.at("nothing", 2))
    assert not list(Spellings([]).every("irlandais"))


@given(st.lists(st.text("ab漢", min_size=1, max_size=3), max_size=5), st.text("ab\n漢 \ud800", max_size=12))
def test_letters_are_found_in_the_texts_that_hold_them(some: list[str], text: str) -> None:
    """One by one or all at once, also beside half a character."""
    assert Letters(some).held_by(text) == {number for number, letters in enumerate(some) if letters in text}


def test_runs_are_read_once() -> None:
    """Each distinct one, and a long one whenever it comes."""
    read: list[str] = []
    found = Runs(lambda run: read.append(run) or len(run))  # type: ignore[func-returns-value]
    long = "漢" * (runs._LONGEST + 1)

    assert sorted(found.of(f"a bc a {long}")) == [1, 2, len(long)]
    assert sorted(found.of(f"bc\n{long}\u3000a")) == [1, 2, len(long)]
    assert sorted(read) == ["a", "bc", long, long]


def test_runs_are_forgotten_before_they_fill_the_memory() -> None:
    """And read again."""
    found = Runs(len)
    for number in range(runs._MOST + 5):
        assert found[str(number)] == len(str(number))

    assert len(found) == 5


@given(st.text())
def test_folding_looks_at_every_letter(text: str) -> None:
    """As letter by letter: no mark of Latin, Greek or Cyrillic letters stays, and no letter that stands for another."""
    folded = fold(text)

    assert not any("\u0300" <= letter <= "\u036f" for letter in unicodedata.normalize("NFKD", folded))
    assert not set(folded) & set("ßøđłħæœþðıŀ")
