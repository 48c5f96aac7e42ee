"""The edition's own words: every language whole, with its plurals, dates and numbers, and nothing left in English."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from html_checks import elements, walk
from sample_edition import CLOSED, sample

from pipeline.cluster import Change, render_changes
from pipeline.config.sections import EditionSettings
from pipeline.model import Problem, Translation
from pipeline.render import render, to_dict
from pipeline.render.subject import subject_of
from pipeline.render.wording import languages, wording
from pipeline.resources import resource

FOLDER = Path(resource("pipeline")) / "render/i18n"
TABLES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))
}  # fmt: skip
ENGLISH = TABLES["en"]
#: Tables of regions hold only what their language says otherwise.
WHOLE = [language for language in TABLES if "-" not in language]
#: Tables whose entries are data of the language: other forms, other placeholders.
FREE = {"dates", "numbers"}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w*\}", text))


def texts(value: object) -> Iterator[str]:
    """A text, or the forms of one by number."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for form in value.values():
            yield from texts(form)


def said(language: str) -> Iterator[str]:
    """All words of an edition in a language, as they stand in its table."""
    for name, table in TABLES[language].items():
        for value in table.values() if name not in FREE | {"languages", "public"} else ():
            yield from texts(value)


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


class Echo:
    """A translator that has every model and says each text again, in doubt."""

    def translate(
        self, texts: Sequence[tuple[str, str | None]], target: str, *, style: str = "text", facts: Any = ()
    ) -> list[Translation]:
        """One answer per text."""
        doubt = (Problem(kind="number-changed", detail="9,5"),)
        return [
            Translation(text=text, source=source or "und", target=target, route=f"{source}→{target} argos",
                        problems=doubt if "9,5" in text else ())
            for text, source in texts
        ]  # fmt: skip


def page_of(language: str) -> str:
    """What a reader of the web page sees, with no translation and with all."""
    pages = [render(edition, "html") for edition in (sample(language), sample(language, translator=Echo()))]
    return plain(" ".join(node.text for page in pages for node in walk(elements(page, "body")[0]) if node.text))


def test_eight_languages_are_spoken() -> None:
    assert set(WHOLE) >= {"ar", "de", "en", "es", "fr", "it", "nl", "pt"}


def test_the_settings_name_the_languages_that_are_spoken() -> None:
    """Their page is made from this text."""
    told = EditionSettings.model_fields["languages"].description or ""

    assert sorted(re.findall(r"`([\w-]+)`", told.lower())) == languages()


@pytest.mark.parametrize("language", WHOLE)
def test_every_language_has_exactly_the_keys_of_english(language: str) -> None:
    """A missing one would show an English word, one too many is read by nobody."""
    assert {name: set(table) for name, table in TABLES[language].items()} == {
        name: set(table) for name, table in ENGLISH.items()
    }


@pytest.mark.parametrize("language", sorted(set(TABLES) - set(WHOLE)))
def test_a_region_says_otherwise_only_what_its_language_says(language: str) -> None:
    """A line that says the same would hide later changes of the language's own."""
    base = TABLES[language.split("-")[0]]

    for name, table in TABLES[language].items():
        assert set(table) <= set(base[name])
        assert not {key for key, value in table.items() if value == base[name][key]}


@pytest.mark.parametrize("language", sorted(set(TABLES) - {"en"}))
def test_a_translation_fills_in_what_english_fills_in(language: str) -> None:
    """In each form by number; else a reader misses a name, or the run stops."""
    for name, table in TABLES[language].items():
        for key, value in table.items() if name not in FREE else ():
            expected = set().union(*map(placeholders, texts(ENGLISH[name][key])))
            assert all(placeholders(text) == expected for text in texts(value)), f"{name}.{key}"


@pytest.mark.parametrize("language", WHOLE)
def test_only_the_ordinary_status_goes_without_words(language: str) -> None:
    empty = [
        f"{name}.{key}"
        for name, table in TABLES[language].items()
        for key, value in table.items()
        if any(not text.strip() for text in texts(value)) and (name, key) != ("numbers", "thousands")
    ]

    assert empty == ["statuses.imposed"]


@pytest.mark.parametrize("language", languages())
def test_dates_and_numbers_have_all_their_parts(language: str) -> None:
    say = wording(language)

    assert {len(say.long_date(date(2026, month, 2)).split()) for month in range(1, 13)} <= {3, 5}
    assert len({say.short_date(date(2026, month, 2)) for month in range(1, 13)}) == 12
    assert len({say.full_date(date(2026, 11, day)) for day in range(1, 8)}) == 7
    assert "2026" in say.moment(CLOSED, "Europe/Paris")
    assert "CET" in say.moment(CLOSED, "Europe/Paris")
    assert "{" not in say.short_moment(CLOSED, "UTC") + say.iso_date("2026-03") + say.percent(0.5)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("count", [0, 1, 2, 5, 21, 12345])
def test_every_counted_word_has_its_plural(language: str, count: int) -> None:
    """With the number in it."""
    say = wording(language)
    counted = [
        f"{name}.{key}"
        for name, table in ENGLISH.items()
        for key, value in table.items()
        if isinstance(value, dict) and any("{count}" in text for text in texts(value))
    ]

    assert len(counted) > 12
    assert all(say.number(count) in say(key, count) for key in counted)
    assert all(say.number(count) in say.quantity(count, unit) for unit in ENGLISH["units"])


@pytest.mark.parametrize(
    ("language", "day", "weekday", "short", "moment"),
    [
        ("de", "1. November 2026", "Sonntag, 1. November 2026", "1. Nov.", "23. November 2026, 06:00 Uhr (CET)"),
        ("es", "1 de noviembre de 2026", "Domingo, 1 de noviembre de 2026", "1 nov.",
         "23 de noviembre de 2026, 6:00 (CET)"),
        ("it", "1º novembre 2026", "Domenica 1º novembre 2026", "1º nov", "23 novembre 2026, ore 6.00 (CET)"),
        ("nl", "1 november 2026", "Zondag 1 november 2026", "1 nov.", "23 november 2026, 6.00 uur (CET)"),
        ("pt", "1º de novembro de 2026", "Domingo, 1º de novembro de 2026", "1º de nov.",
         "23 de novembro de 2026, 6h00 (CET)"),
        ("pt-PT", "1 de novembro de 2026", "Domingo, 1 de novembro de 2026", "1 nov.",
         "23 de novembro de 2026, 6h00 (CET)"),
    ],
)  # fmt: skip
def test_dates_and_times_are_written_as_newspapers_do(
    language: str, day: str, weekday: str, short: str, moment: str
) -> None:
    say, first = wording(language), date(2026, 11, 1)

    written = [say.long_date(first), say.full_date(first), say.short_date(first), say.moment(CLOSED, "Europe/Paris")]
    assert [plain(text) for text in written] == [day, weekday, short, moment]


@pytest.mark.parametrize(
    ("language", "small", "large", "one", "number"),
    [
        ("ar", "20,000 يورو", "1.2 مليار دولار", "1 يورو", "2,143"),
        ("de", "20.000 Euro", "1,2 Milliarden Dollar", "1 Euro", "2143"),
        ("es", "20.000 euros", "1.200 millones de dólares", "1 euro", "2.143"),
        ("it", "20.000 euro", "1,2 miliardi di dollari", "1 euro", "2.143"),
        ("nl", "20.000 euro", "1,2 miljard dollar", "1 euro", "2143"),
        ("pt", "20.000 euros", "1,2 bilhão de dólares", "1 euro", "2.143"),
        ("pt-PT", "20 000 euros", "1200 milhões de dólares", "1 euro", "2143"),
    ],
)  # fmt: skip
def test_amounts_are_written_as_newspapers_do(language: str, small: str, large: str, one: str, number: str) -> None:
    """A Spanish or European Portuguese "billion" is a thousand times ours, and not used."""
    say = wording(language)

    written = [say.money(20_000.0, "EUR"), say.money(1.2e9, "USD"), say.money(1.0, "EUR"), say.number(2143)]
    assert [plain(text) for text in written] == [small, large, one, number]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "confirmed by CNIL; now exploited; fine; €1.2 million; 6 months; 2 more facts; 1 more source"),
        ("fr", "confirmé par CNIL; désormais exploitée; amende; 1,2 million d’euros; 6 mois; 2 autres faits; "
         "1 source de plus"),
        ("ar", "أكدته جهة رسمية: CNIL; تُستغل الآن; غرامة; 1.2 مليون يورو; 6 شهر; وقائع أخرى: 2; مصادر أخرى: 1"),
        ("de", "bestätigt von CNIL; jetzt ausgenutzt; Geldbuße; 1,2 Millionen Euro; 6 Monate; 2 weitere Angaben; "
         "1 weitere Quelle"),
        ("es", "confirmado por CNIL; ya se explota; multa; 1,2 millones de euros; 6 meses; 2 datos más; 1 fuente más"),
        ("it", "confermato da CNIL; ora sfruttata; multa; 1,2 milioni di euro; 6 mesi; 2 altri dati; 1 fonte in più"),
        ("nl", "bevestigd door CNIL; nu misbruikt; boete; 1,2 miljoen euro; 6 maanden; nog 2 feiten; nog 1 bron"),
        ("pt", "confirmado por CNIL; agora explorada; multa; 1,2 milhão de euros; 6 meses; mais 2 dados; mais 1 fonte"),
        ("sv", "confirmed by CNIL; now exploited; fine; €1.2 million; 6 months; 2 more facts; 1 more source"),
    ],
)  # fmt: skip
def test_what_changed_is_told_in_the_language_of_the_edition(language: str, expected: str) -> None:
    """In English where there is no table."""
    items = ("exploited yes", "measure fine", "amount 1200000 EUR", "duration 6 month", "cve CVE-2026-1", "cvss 9")
    changes = [
        Change(kind="official", items=("CNIL",)),
        Change(kind="facts", items=items),
        Change(kind="sources", count=1),
    ]

    assert plain(render_changes(changes, wording(language))) == expected


@pytest.mark.parametrize(
    ("language", "phrases"),
    [
        ("de", ("Montag, 23. November 2026", "7 Meldungen", "225 Millionen Euro", "6 Monate", "10,0 kritisch",
                "In dieser Ausgabe", "Originaltitel (Portugiesisch)", "Wie diese Ausgabe entstand", "Geldbuße",
                "2143 Einträge gesichtet", "Gleicher Text auch bei")),
        ("es", ("Lunes, 23 de noviembre de 2026", "7 noticias", "225 millones de euros", "6 meses", "10,0 crítica",
                "En esta edición", "Titular original, en portugués", "Cómo se ha hecho esta edición", "multa",
                "2.143 entradas vistas")),
        ("it", ("Lunedì 23 novembre 2026", "7 notizie", "225 milioni di euro", "6 mesi", "10,0 critica",
                "In questa edizione", "Titolo originale, in portoghese", "multa", "2.143 voci viste")),
        ("nl", ("Maandag 23 november 2026", "7 berichten", "225 miljoen euro", "6 maanden", "10,0 kritiek",
                "In deze editie", "Oorspronkelijke kop (Portugees)", "boete", "2143 items gezien")),
        ("pt", ("Segunda-feira, 23 de novembro de 2026", "7 notícias", "225 milhões de euros", "6 meses",
                "10,0 crítica", "Nesta edição", "multa", "2.143 itens vistos")),
    ],
)  # fmt: skip
def test_the_page_speaks_the_language_of_the_edition(language: str, phrases: tuple[str, ...]) -> None:
    text = page_of(language)

    assert [phrase for phrase in phrases if phrase not in text] == []


@pytest.mark.parametrize("language", sorted(set(TABLES) - {"en"}))
def test_no_english_word_of_ours_is_left(language: str) -> None:
    """Short words, those of the stories and those that the languages share prove nothing."""
    own = [text.lower() for tag in {language, language.split("-")[0]} for text in said(tag)]
    english = {piece.strip(" .:,“”()") for text in said("en") for piece in re.split(r"\{\w+\}", text)}
    told = str(to_dict(sample(language)))
    english = {
        piece for piece in english if len(piece) > 4 and piece not in told and not any(piece.lower() in o for o in own)
    }
    shown = [page_of(language), *(plain(render(sample(language), kind)) for kind in ("text", "markdown"))]

    assert len(english) > 60
    assert [piece for piece in sorted(english) if re.search(rf"\b{re.escape(piece)}\b", " ".join(shown))] == []


@pytest.mark.parametrize("language", languages())
def test_the_subject_names_the_day(language: str) -> None:
    subject = subject_of(sample(language))

    assert plain(wording(language).short_date(sample(language).day)) in plain(subject)
    assert len(subject) <= 100


def test_a_region_speaks_its_language() -> None:
    """Brazilian is Portuguese's own table; Swiss German is German; unknown ones are English."""
    assert wording("pt-BR").language == "pt"
    assert wording("pt-PT").language == "pt-pt"
    assert wording("pt-PT")("sources") == "Fontes"
    assert wording("de-CH").language == "de"
    assert wording("sv-SE").language == "en"
