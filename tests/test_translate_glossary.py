"""Terms of the field: found in a source, written in the target, mended in what an engine made of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.translate.glossary import Glossary
from pipeline.translate.inflection import joined, plurals

GLOSSARY = Glossary.load()


def test_the_shipped_glossary_has_the_field_in_seven_languages() -> None:
    """At least 150 concepts, nearly all in each language."""
    assert len(GLOSSARY) >= 150


@pytest.mark.parametrize(
    ("language", "text", "written"),
    [
        ("fr", "Un rançongiciel et deux portes dérobées.", ["ransomware", "backdoors"]),
        (
            "fr",
            "Les dépassements de tampon, l'hameçonnage, une mise en demeure",
            ["buffer overflows", "phishing", "formal notice"],
        ),
        ("fr", "RAPPEL À L'ORDRE : injection SQL", ["reprimand", "SQL injection"]),
        ("de", "Mehrere Schwachstellen und ein Bußgeld nach der Durchsuchung", ["vulnerabilities", "fine", "search"]),
        ("de", "Eine Sicherheitslücke; Bussgelder", ["security flaw", "fines"]),
        (
            "es",
            "La sanción, el apercibimiento y las denegaciones de servicio",
            ["sanction", "reprimand", "denials of service"],
        ),
        ("it", "Le falle di sicurezza e la messa in mora", ["security flaws", "formal notice"]),
        ("pt", "Estouros de buffer e escalação de privilégios", ["buffer overflows", "privilege escalation"]),
        ("nl", "Twee kwetsbaarheden, een boete voor het datalek", ["vulnerabilities", "fine", "data breach"]),
    ],
)
def test_terms_are_found_with_their_number(language: str, text: str, written: list[str]) -> None:
    """Inflected forms, any case, with or without accents; the English form has the number of the source."""
    assert [GLOSSARY.written(term, "en") for term in GLOSSARY.find(text, language)] == written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Uma falha no sistema elétrico da cidade.", 0),
        ("Uma falha permite um ataque de força bruta.", 2),
        ("Uma falha, CVE-2026-12345, foi corrigida.", 1),
        ("O programa termina com uma falha de segmentação.", 1),
    ],
)
def test_ambiguous_words_are_terms_only_in_the_field(text: str, found: int) -> None:
    """A word with other meanings counts beside another term or an identifier; the longer phrase wins."""
    assert len([t for t in GLOSSARY.find(text, "pt") if text[t.start : t.end].lower() != "sistema"]) == found


@pytest.mark.parametrize(
    ("language", "source", "target", "translated", "mended"),
    [
        (
            "pt",
            "Uma falha de segurança foi corrigida.",
            "en",
            "A security failure was fixed.",
            "A security flaw was fixed.",
        ),
        (
            "fr",
            "La Commission nationale de l'informatique et des libertés",
            "en",
            "The National Commission on Computer and Freedoms",
            "The French data protection authority",
        ),
        ("fr", "Une faille zero-day.", "en", "A zero-day failure.", "A zero-day vulnerability."),
        ("fr", "Deux portes dérobées.", "en", "Two hidden doors.", "Two backdoors."),
        ("fr", "Un rançongiciel.", "en", "An rançongiciel.", "A ransomware."),
        ("es", "El desbordamiento de búfer", "en", "Buffer burst", "Buffer overflow"),
        ("fr", "Les noyaux", "en", "The nuclei", "The kernels"),
        ("en", "A backdoor", "fr", "Une porte arrière", "Une porte dérobée"),
        ("en", "The phishing", "fr", "Le phishing", "L'hameçonnage"),
        ("en", "A phishing attack", "fr", "Une attaque de phishing", "Une attaque d'hameçonnage"),
        ("en", "A patch", "fr", "Un patch", "Un correctif"),
    ],
)
def test_wrong_renderings_are_mended(language: str, source: str, target: str, translated: str, mended: str) -> None:
    """Number, capital and the article before the term fit."""
    result = GLOSSARY.mend(GLOSSARY.find(source, language), translated, target)

    assert result.lower() == mended.lower()


@pytest.mark.parametrize(
    ("source", "translated"),
    [
        ("Uma falha de segurança após a falha de energia.", "A security flaw after the power failure."),
        ("Uma vulnerabilidade no servidor.", "A weakness in the server."),
        ("A empresa falhou.", "The company was a failure."),
    ],
)
def test_right_renderings_and_other_words_stay(source: str, translated: str) -> None:
    """What is right, and what is no term, is left alone."""
    assert GLOSSARY.mend(GLOSSARY.find(source, "pt"), translated, "en") == translated


def test_a_short_form_that_was_carried_over_speaks_for_no_term() -> None:
    """ "(XSS)" stood in the source beside the term; the term itself was rendered wrongly."""
    source = "Injection de code indirecte à distance (XSS)"
    terms = GLOSSARY.find(source, "fr")
    translated = "Remotely indirect code injection (XSS)"

    assert GLOSSARY.mend(terms, translated, "en", source) == "Cross-site scripting (XSS)"
    assert not GLOSSARY.lost(terms, "An XSS flaw", "en", "Une injection de code indirecte à distance")


@given(st.text(max_size=200), st.sampled_from(["fr", "de", "es", "it", "pt", "nl", "en", "ja", "xx"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    """Terms lie inside the text, in order, without overlap; mending never fails."""
    terms = GLOSSARY.find(text, language)

    ends = [0, *(term.end for term in terms)]
    assert all(end <= term.start < term.end <= len(text) for end, term in zip(ends, terms, strict=False))
    GLOSSARY.mend(terms, text, "en")


def test_an_own_toml_glossary_wins(tmp_path: Path) -> None:
    """The user's rendering replaces ours; the version changes."""
    path = tmp_path / "own.toml"
    path.write_text('["extortion trojan"]\nfr = "rançongiciel"\n', encoding="utf-8")
    own = Glossary.load(path)
    term = own.find("Un rançongiciel.", "fr")[0]

    assert own.written(term, "en") == "extortion trojan"
    assert own.is_own(term)
    assert own.version != GLOSSARY.version


@pytest.mark.parametrize(
    "body", ["fr,en\nlettre de rappel,reminder letter\n", "\ufefffr;en\nlettre de rappel;reminder letter\n"]
)
def test_an_own_csv_glossary_is_read(tmp_path: Path, body: str) -> None:
    """A language per column, commas or semicolons, plurals by rule."""
    path = tmp_path / "own.csv"
    path.write_text(body, encoding="utf-8")
    own = Glossary.load(path)

    assert [own.written(t, "en") for t in own.find("Deux lettres de rappel", "fr")] == ["reminder letters"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.toml", "not toml ["),
        ("a.toml", 'word = "x"'),
        ("a.toml", '[word]\nfrench = "mot"'),
        ("a.toml", "[word]\nfr = 3"),
        ("a.csv", ""),
    ],
)
def test_a_broken_glossary_is_named(tmp_path: Path, name: str, body: str) -> None:
    """The error says which file and which entry."""
    path = tmp_path / name
    path.write_text(body, encoding="utf-8")

    with pytest.raises(ConfigError, match=name):
        Glossary.load(path)


def test_a_glossary_in_another_encoding_is_told(tmp_path: Path) -> None:
    """As a spreadsheet writes it that was not asked for UTF-8."""
    path = tmp_path / "a.csv"
    path.write_bytes("en,fr\nbackdoor,porte dérobée\n".encode("latin-1"))

    with pytest.raises(ConfigError, match=r"a\.csv: not UTF-8 text; save it as UTF-8"):
        Glossary.load(path)


def test_a_missing_glossary_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is an error of the settings."""
    with pytest.raises(ConfigError, match=r"none\.toml"):
        Glossary.load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("fr", "porte dérobée", "portes dérobées"),
        ("fr", "déni de service", "dénis de service"),
        ("fr", "journal", "journaux"),
        ("fr", "injection SQL", "injections SQL"),
        ("es", "inyección", "inyeccións"),
        ("es", "red zombi", "redes zombis"),
        ("it", "attacco informatico", "attacchi informatici"),
        ("pt", "falha de segurança", "falhas de segurança"),
        ("pt", "injeção", "injeções"),
        ("pt", "vírus", "vírus"),
        ("en", "denial of service", "denials of service"),
        ("en", "vulnerability", "vulnerabilities"),
        ("en", "breach", "breaches"),
    ],
)
def test_plurals(language: str, one: str, many: str) -> None:
    """The head of a noun phrase changes, what hangs on it stays; one of the guesses is right."""
    words = {word for guess in plurals(one, language) for word in guess.split()}

    assert set(many.split()) <= words


@pytest.mark.parametrize(
    ("before", "term", "language", "text"),
    [
        ("an ", "flaw", "en", "a flaw"),
        ("A ", "exploit", "en", "An exploit"),
        ("a ", "SQL injection", "en", "an SQL injection"),
        ("an ", "user", "en", "a user"),
        ("an ", "update", "en", "an update"),
        ("banana ", "flaw", "en", "banana flaw"),
        ("le ", "hameçonnage", "fr", "l'hameçonnage"),
        ("d'", "faille", "fr", "de faille"),
        ("l'", "faille", "fr", None),
    ],
)
def test_the_word_before_a_term_fits(before: str, term: str, language: str, text: str | None) -> None:
    """Articles and elision; where the gender would be a guess, there is no answer."""
    assert joined(before, term, "", language) == text
