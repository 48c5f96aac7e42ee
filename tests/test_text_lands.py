"""Lands, known names in other scripts, sums in other currencies: what reports share across languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.tables import read_table
from pipeline.text import lands
from pipeline.text.lands import find_lands
from pipeline.text.names.spelled import usual_names
from pipeline.text.rates import in_euros


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Irish regulator fined Examplia", {"IE"}),
        ("L'autorité irlandaise sanctionne Examplia", {"IE"}),
        ("Ирландия оштрафовала «Экзамплию»", {"IE"}),
        ("アイルランド当局、イグザンプリアに制裁金", {"IE"}),
        ("아일랜드, 이그잼플리아에 과징금", {"IE"}),
        ("爱尔兰对示例公司处以罚款", {"IE"}),
        ("Dublin verhängt Bußgeld gegen Examplia", {"IE"}),
        ("La AEPD multa a Examplia", {"ES"}),
        ("South Korea and the United States agree", {"KR", "US"}),
        ("Pyongyang's hackers, says North Korea watcher", {"KP", "KR"}),
        ("US bans Examplia", {"US"}),
        ("Le royaume-uni et les États-Unis", {"GB", "US"}),
        ("«Соединённые\nШтаты», «United\u00a0States»", {"US"}),
        ("Казна, евросоюз", {"EU"}),
        ("Bruxelles menace Examplia d'astreintes", {"EU"}),
        ("Comisia Europeană amendează Examplia", {"EU"}),
        ("Η ελληνική αρχή επέβαλε πρόστιμο", {"GR"}),
        ("У Росії заблокували Examplia", {"RU"}),
        ("Ruotsalainen apteekki sai sakot", {"SE"}),
        ("Komdigi blokir Examplia", {"ID"}),
    ],
)
def test_a_land_is_found_by_any_of_its_names(text: str, found: set[str]) -> None:
    assert find_lands(text) == found


@pytest.mark.parametrize(
    "text",
    ["Tell us more", "Bis zum Ende des Jahres", "A check of individual indicators", "Eu não sei",
     "Große Strafe für Examplia", "Seul Examplia paie", "Коренной вопрос", "Germanium, Perugia: vietato", ""],
)  # fmt: skip
def test_other_words_are_no_land(text: str) -> None:
    """Pronouns, prepositions and words that only begin like a land's name."""
    assert find_lands(text) == frozenset()


def test_no_stem_is_so_short_that_other_words_begin_with_it() -> None:
    """Three letters are of many words: German "weg", English "jape"."""
    table = read_table(Path(lands.__file__).parent / "data" / "lands.toml")

    stems = [
        word for code, spellings in table.items() if code != "phrases" for word in spellings["words"] if "*" in word
    ]

    assert min(map(len, stems)) > len("abc*")


def test_no_spelling_means_two_lands() -> None:
    """A word, a stem or a wide spelling stands under one land, and no stem takes another land's word."""
    table = read_table(Path(lands.__file__).parent / "data" / "lands.toml")
    seen: dict[str, str] = {}
    for code, spellings in table.items():
        if code != "phrases":
            for spelling in [*spellings["words"], *spellings["wide"]]:
                assert seen.setdefault(spelling, code) == code, spelling
    stems = {spelling.rstrip("*"): code for spelling, code in seen.items() if spelling.endswith("*")}
    for spelling, code in seen.items():
        assert find_lands(spelling.rstrip("*")) <= {code} or any(spelling.startswith(stem) for stem in stems), spelling


@pytest.mark.parametrize(
    ("word", "names"),
    [("卡巴斯基产品", ("Kaspersky",)), ("Касперского", ("Kaspersky",)), ("Яндексу", ("Yandex",)),
     ("쿠팡이", ("Coupang",)),
     ("Kaspersky", ()), ("яндекструдер", ()), ("", ())],
)  # fmt: skip
def test_a_name_in_another_script_is_the_usual_name(word: str, names: tuple[str, ...]) -> None:
    """Also in a case, and inside a run without spaces; Latin letters need no help."""
    assert usual_names(word) == names


def test_sums_are_compared_in_euros() -> None:
    assert in_euros(100.0, "EUR") == 100.0
    assert in_euros(241.7e9, "KRW") == pytest.approx(148e6, rel=0.1)
    assert in_euros(5.0, "XXX") is None
    assert in_euros(5.0, None) is None
