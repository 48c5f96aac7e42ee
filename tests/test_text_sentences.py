"""Where sentences end: abbreviations, dots and quotations in every language that has a table of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pipeline.text.sentences as module
from pipeline.text.sentences import missing_stop, split_sentences

TABLES = tomllib.loads((Path(module.__file__).parent / "data" / "sentences.toml").read_text(encoding="utf-8"))
#: Words before and behind what is looked at, by language.
AROUND = {
    "en": ("Yesterday the people of", "paid the fine", "left the room"),
    "fr": ("Hier les gens de", "paie cette amende", "quitte cette salle"),
    "de": ("Gestern zahlte man bei", "zahlt diese Strafe", "geht nach Hause"),
    "es": ("Ayer la gente de", "paga esa multa", "deja esa sala"),
    "it": ("Ieri la gente di", "paga quella multa", "lascia quella sala"),
    "pt": ("Ontem as pessoas de", "paga essa multa", "deixa essa sala"),
    "nl": ("Gisteren gingen mensen van", "betaalt die boete", "verlaat die zaal"),
    "pl": ("Wczoraj ludzie od", "płaci tę karę", "opuszcza tę salę"),
    "ru": ("Вчера люди из", "платит этот штраф", "покидает этот зал"),
    "uk": ("Учора люди з", "платить цей штраф", "залишає цю залу"),
    "cs": ("Včera lidé z", "platí tuto pokutu", "opouští tento sál"),
    "tr": ("Dün oradan gelenler", "cezayı ödedi", "salondan ayrıldı"),
    "sv": ("I går gick folk från", "betalar den boten", "lämnar den salen"),
}
NAME = {"ru": "Примерия", "uk": "Прикладія"}
LANGUAGES = sorted(AROUND)


def split(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, language)]


def abbreviations(table: str, language: str) -> st.SearchStrategy[str]:
    words = [*TABLES[table].get("all", ()), *TABLES[table].get(language, ())]
    return st.one_of(*(st.from_regex(word, fullmatch=True) for word in words)).map(lambda word: f"{word}.")


def openers(language: str) -> st.SearchStrategy[str]:
    return st.sampled_from([word[0].upper() + word[1:] for word in TABLES["openers"][language]])


def test_every_language_of_a_table_has_words_around_it() -> None:
    """No list of abbreviations goes untested."""
    assert {language for table in TABLES.values() for language in table} - {"all"} == set(AROUND)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Thieves took the data of 6. 6m people. The firm paid.", 2),
        ("Der Betrag lag bei 1. 5 Millionen Euro. Die Firma zahlte.", 2),
        ("The fix came in version 6. 6 clerks wrote it.", 2),
    ],
)
def test_a_number_with_a_space_in_it_ends_no_sentence(text: str, sentences: int) -> None:
    """A feed that puts a space behind every full stop parts "6.6m", too; a count of clerks begins a sentence."""
    assert len(split(text, "de" if "Betrag" in text else "en")) == sentences


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_what_needs_another_word_ends_no_sentence(language: str, data: st.DataObject) -> None:
    """ "Dr. Exemplia", "U.S. Exemplia": a name behind an abbreviation opens no sentence."""
    first, last, _ = AROUND[language]
    short = data.draw(abbreviations("inside", language) | abbreviations("mostly_inside", language))
    text = f"{first} {short} {NAME.get(language, 'Exemplia')} {last}."

    assert split(text, language) == [text]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_a_word_that_opens_sentences_opens_one_behind_an_abbreviation(language: str, data: st.DataObject) -> None:
    """ "It paid Example Inc. The firm left." are two, whatever closes the first."""
    first, middle, last = AROUND[language]
    inside = re.compile("|".join([*TABLES["inside"]["all"], *TABLES["inside"].get(language, ())]))
    short = abbreviations("either", language).filter(lambda word: not inside.fullmatch(word[:-1]))
    end = data.draw(short | st.sampled_from(["…", "...", "…”"]))
    space = "" if "…" in end or "..." in end else " "
    parts = [f"{first} Exemplia {middle}{space}{end}", f"{data.draw(openers(language))} {last}."]

    assert split(" ".join(parts), language) == parts


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dots", ["…", " …", "...", " ..."])
def test_dots_before_a_small_letter_are_a_pause(language: str, dots: str) -> None:
    """ "It paid … and left." is one sentence."""
    first, middle, last = AROUND[language]
    text = f"{first} Exemplia {middle}{dots} {last}."

    assert split(text, language) == [text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("quotes", ["“”", "«»", "„“", '""', "””"])
@pytest.mark.parametrize("mark", ["?", "!"])
def test_a_quotation_that_goes_on_ends_no_sentence(language: str, quotes: str, mark: str) -> None:
    """Who asked what stands in quotation marks is part of the sentence."""
    first, middle, last = AROUND[language]
    text = f"{quotes[0]}{first} Exemplia{mark}{quotes[1]} {middle}, {last}."

    assert split(text, language) == [text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", ["4.2.1", "3.5", "CVE-2026-1111", "example.org", "12.345,67", "v2.0"])
def test_points_inside_a_value_end_no_sentence(language: str, value: str) -> None:
    """Versions, numbers and addresses stay whole; the sentence ends behind them."""
    first, middle, last = AROUND[language]
    parts = [f"{first} {value} {middle} {value}.", f"{NAME.get(language, 'Exemplia')} {last}."]

    assert split(" ".join(parts), language) == parts


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("ja", ["会社は…と述べた。", "社長は「払う。」と言った。", "彼は去った。"]),
        ("zh", ["公司说……会付款。", "他问：“谁付款？”然后离开。", "公司走了！"]),
        ("en", ["The U.S. Example Agency fined the U.K. firm.", "It moved to the U.S.", "The firm is there."]),
        ("en", ["It closed at 5 p.m. Eastern time.", "It opened at 9 a.m.", "On Monday it closed."]),
        ("fr", ["J.-P. Exemple dirige l’autorité.", "Routeurs, serveurs, etc.", "L’autorité enquête."]),
        ("de", ["Rund 3,5 Mio. Euro fehlen.", "Er zahlte 5 Mio.", "Die Firma schweigt."]),
        ("it", ["È un problema di FAM.", "L'effetto è noto.", "Colpisce la VPN.", "È stata corretta."]),
        ("pl", ["W 2026 r. Urząd nałożył karę.", "Zapłacił w 2026 r.", "W tym roku nie płaci."]),
        ("ru", ["В 2026 г. Примерия заплатила.", "Это было в 2026 г.", "В этом году она не платит."]),
        ("ar", ["دفعت الشركة الغرامة.", "من يدفع؟", "لا أحد."]),
        ("ko", ["회사가 지불했다.", '"누가 지불하나?"라고 물었다.']),
        ("tr", ["Örnek A.Ş. ceza ödedi.", "Sonra gitti."]),
        ("hi", ["कंपनी ने जुर्माना भरा।", "फिर वह चली गई।"]),
    ],
)
def test_passages(language: str, parts: list[str]) -> None:
    """As readers part them."""
    assert split(("" if language in ("ja", "zh") else " ").join(parts), language) == parts


@pytest.mark.parametrize(
    ("text", "language", "stop"),
    [("Denial of service", "en", "."), ("It fails.", "en", ""), ("Who?”", "en", ""), ("拒绝服务", "zh-Hans", "。"),
     ("سرقة البيانات", "ar", "."), ("قال؟", "ar", ""), ("", "en", ""), ("Exemplia", None, ".")],
)  # fmt: skip
def test_a_missing_full_stop_is_that_of_the_language(text: str, language: str | None, stop: str) -> None:
    """What ends by itself gets none."""
    assert missing_stop(text, language) == stop


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "It came in June.They left the room.", ["It came in June.", "They left the room."]),
        ("fr", "Le décret date de juin.Des gens sont venus.", ["Le décret date de juin.", "Des gens sont venus."]),
        ("fr", "Ils en dépendent.L'État paie.", ["Ils en dépendent.", "L'État paie."]),
        ("de", "Es kam im Juni.Der Hof war leer.", ["Es kam im Juni.", "Der Hof war leer."]),
        ("en", "Node.js and ASP.NET run on example.org.", ["Node.js and ASP.NET run on example.org."]),
        ("en", "It was everyone else. cDesk has a patch.", ["It was everyone else.", "cDesk has a patch."]),
        ("en", "Users of e.g. iDesk have a patch.", ["Users of e.g. iDesk have a patch."]),
    ],
)
def test_a_full_stop_without_its_space_ends_a_sentence(language: str, text: str, expected: list[str]) -> None:
    """Pages lose the space between two sentences; names with a point stay whole."""
    assert split(text, language) == expected
