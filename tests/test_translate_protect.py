"""What is hidden from the engines comes back, whatever the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.translate.glossary import Glossary
from pipeline.translate.protect import FactGuard

GUARD = FactGuard(("Norddomäne",), glossary=Glossary.load())
RULES, NEURAL = ("apertium", "firefox"), ("firefox",)


@pytest.mark.parametrize(
    ("source", "sentence", "hidden"),
    [
        ("fr", "La faille touche Apache sur nos serveurs.", "Apache"),
        ("fr", "Écrivez à Marie Exemple <marie@example.org> demain.", "<marie@example.org>"),
        ("es", "El fallo CVE-2026-12345 afecta a Zorglub 2.6.17.", "CVE-2026-12345"),
        ("it", "La versione 1.2.3 di mod_exempla è vulnerabile.", "mod_exempla"),
        ("fr", "Il faut installer la version 14.3(1).", "14.3(1)"),
        ("fr", "Le service Norddomäne est fermé.", "Norddomäne"),
    ],
)
def test_names_and_identifiers_are_hidden_from_rules(source: str, sentence: str, hidden: str) -> None:
    """A rule-based engine would translate them like words."""
    assert hidden not in GUARD.prepare(sentence, source, "en", way="plain", engines=RULES).text


@pytest.mark.parametrize(
    ("source", "sentence", "seen"),
    [
        ("fr", "Une réunion en Allemagne mardi.", "Allemagne"),
        ("fr", "Le rapport de la Commission européenne.", "Commission"),
        ("es", "La policía del Reino Unido informa.", "Reino Unido"),
        ("it", "Quest'anno la riunione è a Londra.", "Quest'anno"),
    ],
)
def test_what_has_a_name_in_english_is_translated(source: str, sentence: str, seen: str) -> None:
    """Countries, institutions, and words that are capitalised for their place only."""
    assert seen in GUARD.prepare(sentence, source, "en", way="plain", engines=RULES).text


def test_from_one_version_to_another_is_one_thing() -> None:
    """Hidden alone, the first was drawn before its noun: "3.0 versions at 3.4"."""
    sentence = "Les versions 3.0 à 3.4 sont vulnérables."
    prepared = GUARD.prepare(sentence, "fr", "en", way="plain", engines=RULES)

    assert prepared.text == "Les versions XQ1X sont vulnérables."
    assert GUARD.finish(sentence, "XQ1X versions are vulnerable.", prepared, "fr", "en") == (
        "3.0 to 3.4 versions are vulnerable.",
        (),
    )


def test_an_article_is_no_part_of_a_name() -> None:
    """ "dall'FBI" was hidden as a whole, and stayed Italian."""
    text = GUARD.prepare("L'uomo è ricercato dall'FBI.", "it", "en", way="plain", engines=RULES).text

    assert text == "L'uomo è ricercato dall'XQ1X."


def test_portuguese_is_put_plainly_before_a_model_that_needs_no_other_hop() -> None:
    """Headline verbs that it takes for nouns; on a chain the sentence goes as it is."""
    sentence = "Autoridade multa operadora em 14 milhões de reais por falhas."

    assert GUARD.prepare(sentence, "pt", "en", way="plain", engines=NEURAL).text == (
        "Autoridade impõe multa de 14 milhões de reais contra operadora por falhas."
    )


def test_a_word_before_an_identifier_is_no_name() -> None:
    """The first word of the sentence is capitalised for its place, though an id follows it."""
    text = GUARD.prepare("Signalée CVE-2026-12345, la faille est grave.", "fr", "en", way="plain", engines=RULES).text

    assert text == "Signalée XQ1X, la faille est grave."


def _said(sentence: str, translated: str, *, source: str = "en", target: str = "fr") -> str:
    """What becomes of an engine's answer to a sentence whose names were hidden."""
    prepared = GUARD.prepare(sentence, source, target, way="plain", engines=RULES)
    return GUARD.finish(sentence, translated, prepared, source, target)[0]


@pytest.mark.parametrize(
    ("sentence", "translated", "shown"),
    [
        ("A flaw in Examplia Desk.", "Une faille dans le XQ1X.", "Une faille dans Examplia Desk."),
        ("Examplia Desk has a flaw.", "Le XQ1X a une faille.", "Examplia Desk a une faille."),
        ("The owner of Orbexa Desk pays.", "Le patron du XQ1X paie.", "Le patron d'Orbexa Desk paie."),
        ("Who runs the Orbexa Desk?", "Qui opère le XQ1X ?", "Qui opère l'Orbexa Desk ?"),
        ("Somebody said that Examplia Desk fails.", "On dit que le XQ1X échoue.", "On dit qu'Examplia Desk échoue."),
        ("The vendor of Orbexa Desk pays.", "Le patron de l'XQ1X paie.", "Le patron d'Orbexa Desk paie."),
        ("Somebody told the ZZX on it.", "Quelqu'un a informé le XQ1X.", "Quelqu'un a informé le ZZX."),
        ("A flaw in AI tools.", "Une faille dans des outils d'XQ1X.", "Une faille dans des outils d'IA."),
    ],
)  # fmt: skip
def test_names_fit_into_french(sentence: str, translated: str, shown: str) -> None:
    """Portuguese writes an article before names that English and French name without; "AI" has a French name."""
    assert _said(sentence, translated) == shown


def test_the_article_before_a_name_fits_in_english() -> None:
    """The engine saw a token, and wrote the article that fits its letters."""
    assert _said("Une TV Examplia.", "An XQ1X.", source="fr", target="en") == "A TV Examplia."


def test_neural_engines_see_the_sentence() -> None:
    """They copy names themselves and read better so; the user's own words are hidden always."""
    sentence = "A falha CVE-2026-12345 afeta o Apache."

    assert GUARD.prepare(sentence, "pt", "en", way="plain", engines=NEURAL).text == sentence


def test_a_lost_term_is_put_in_with_number_and_article() -> None:
    """On a route with rules: the first way asks again, the second writes the term."""
    sentence = "Une porte dérobée et des portes dérobées."
    plain = GUARD.prepare(sentence, "fr", "en", way="plain", engines=RULES)
    _, problems = GUARD.finish(sentence, "A stripped gate and stripped gates.", plain, "fr", "en")
    assert {p.kind for p in problems} == {"term-lost"}

    hidden = GUARD.prepare(sentence, "fr", "en", way="terms", engines=RULES)
    assert hidden.text == "Une XQ1X et des XQ2X."
    assert GUARD.finish(sentence, "An XQ1X and XQ2X.", hidden, "fr", "en") == ("A backdoor and backdoors.", ())


def test_both_days_of_a_range_are_kept() -> None:
    """Engines keep one of the two."""
    sentence = "Le salon a lieu du 2 au 4 mars 2026."
    hidden = GUARD.prepare(sentence, "fr", "en", way="masked", engines=RULES)

    text, problems = GUARD.finish(sentence, "The fair takes place from XQ1X March 2026.", hidden, "fr", "en")

    assert (text, problems) == ("The fair takes place from 2 to 4 March 2026.", ())


@pytest.mark.parametrize("answer", ["It is over.", "XQ1X and XQ1X.", "XQ1X XQ9X"])
def test_a_token_lost_or_doubled_is_a_problem(answer: str) -> None:
    """Each must come back once."""
    sentence = "Norddomäne ist wieder da."
    prepared = GUARD.prepare(sentence, "de", "en", way="plain", engines=NEURAL)

    _, problems = GUARD.finish(sentence, answer, prepared, "de", "en")

    assert bool(problems) == (answer != "XQ1X XQ9X")


@example("0_", "fr", "masked", RULES)
@example("_0÷", "fr", "plain", RULES)
@example("AA公司", "zh", "plain", RULES)
@given(
    st.text(max_size=120) | st.text(alphabet="XQ1 2xq<>@.aÉ-_", max_size=60),
    st.sampled_from(["fr", "pt", "de", "zh"]),
    st.sampled_from(["plain", "masked", "bare"]),
    st.sampled_from([RULES, NEURAL]),
)
def test_unmasking_undoes_masking(sentence: str, source: str, way: str, engines: tuple[str, ...]) -> None:
    """An engine that copies gives the sentence back, days of a range aside."""
    guard = FactGuard(("a",))
    prepared = guard.prepare(sentence, source, source, way=way, engines=engines)

    text, problems = guard.finish(sentence, prepared.text, prepared, source, source)

    assert all(p.kind != "protected-lost" for p in problems)
    assert text == sentence or (way == "bare" and text.rstrip(".") == sentence.rstrip(".")) or "–" in text


def test_200_000_characters_take_seconds() -> None:
    """A text without a full stop, with names, numbers and terms, is read in linear time."""
    sentence = "la faille de Apache CVE-2026-12345 touche 12 serveurs et " * 3600

    start = time.process_time()
    prepared = GUARD.prepare(sentence, "fr", "en", way="masked", engines=RULES)
    GUARD.finish(sentence, sentence, prepared, "fr", "en")

    assert time.process_time() - start < 30


def _finished(source: str, sentence: str, translated: str) -> str:
    prepared = GUARD.prepare(sentence, source, "en", way="bare", engines=NEURAL)
    return GUARD.finish(sentence, translated, prepared, source, "en")[0]


@pytest.mark.parametrize(
    ("sentence", "translated", "shown"),
    [
        ("Un record en 2025", "A record in the year 2025", "A record in 2025"),
        ("Une faille chez Exemple - Clairon", "A flaw at Exemple - Clairon - Clairon", "A flaw at Exemple - Clairon"),
        ("Rendez-vous - rendez-vous", "Appointment - appointment", "Appointment - appointment"),
        ("Fuite de 276 000 comptes", "Leak of 276 000 accounts", "Leak of 276,000 accounts"),
        ("Fuite de 12 To de données", "Leak of 12 To of data", "Leak of 12 TB of data"),
        ("Score de 9,8 sur 10", "Score of 9,8 of 10", "Score of 9.8 of 10"),
        ("Exemple corrige une faille", "Exemple Fixs a Flaw", "Exemple Fixes a Flaw"),
        ("La version 2.4 d'Acme sort", "The 2.4 version of Acme is out", "Version 2.4 of Acme is out"),
        ("Il publie la version 2.4 d'Acme", "It issues the 2.4 version of Acme", "It issues version 2.4 of Acme"),
        ("Une note CVSS de 9.8", "A CVSS note of 9.8", "A CVSS score of 9.8"),
        ("La note CVSS 9.8 de la note", "The CVSS 9.8 note of the note", "The CVSS 9.8 score of the note"),
        ("Leurs avoirs sont gelés", "Your assets are frozen", "Their assets are frozen"),
        ("Vos avoirs sont gelés", "Your assets are frozen", "Your assets are frozen"),
        ("Protégez les avoirs", "Protect your assets", "Protect your assets"),
    ],
)
def test_habits_of_the_engines_are_mended(sentence: str, translated: str, shown: str) -> None:
    """Years, outlets written twice, thousands, octets, versions, whose."""
    assert _finished("fr", sentence, translated) == shown


@pytest.mark.parametrize(
    ("source", "sentence", "translated", "shown"),
    [
        ("pt", "EUA punem grupo", "EUA punish a group", "US punish a group"),
        ("pt", "Grupo EUANET cai", "EUANET group falls", "EUANET group falls"),
        ("it", "Multa di 79 milioni di euro", "A fine of 79 million euro", "A fine of 79 million euros"),
        ("it", "Nella zona euro", "In the euro zone", "In the euro zone"),
    ],
)
def test_acronyms_and_plurals_of_the_source_are_english(
    source: str, sentence: str, translated: str, shown: str
) -> None:
    """What an engine copies as if it were a name."""
    assert _finished(source, sentence, translated) == shown


@pytest.mark.parametrize(
    ("sentence", "translated", "shown"),
    [
        ("Over 1,400 are open.", "Plus de 1.400 sont ouverts.", "Plus de 1\u202f400 sont ouverts."),
        ("It costs 23,500,000 dollars.", "Il coûte 23.500.000 dollars.", "Il coûte 23\u202f500\u202f000 dollars."),
        ("Version 1.400 is fixed.", "La version 1.400 est corrigée.", "La version 1.400 est corrigée."),
    ],
)  # fmt: skip
def test_thousands_are_parted_as_french_does(sentence: str, translated: str, shown: str) -> None:
    """A point or a comma between them would be read as a decimal; versions keep theirs."""
    prepared = GUARD.prepare(sentence, "en", "fr", way="bare", engines=NEURAL)

    assert GUARD.finish(sentence, translated, prepared, "en", "fr") == (shown, ())


@pytest.mark.parametrize(
    ("sentence", "hidden"),
    [
        ("It is reached via POST /api/install without a login.", "POST /api/install"),
        ("It writes to /etc/passwd, and restarts.", "/etc/passwd"),
        ("Either and/or both, 3/4 of them.", None),
    ],
)
def test_requests_and_paths_are_hidden_from_dictionaries(sentence: str, hidden: str | None) -> None:
    """To Apertium "api" is celery and POST has been laid."""
    prepared = GUARD.prepare(sentence, "en", "fr", way="plain", engines=("firefox", "apertium"))

    assert (hidden is None) == ("XQ" not in prepared.text)
    assert hidden is None or hidden not in prepared.text


def test_a_neural_engine_before_dictionaries_gets_words_of_one_sense() -> None:
    """A headline's verbs look like nouns to it; an engine that reads sentences by itself gets them as they are."""
    headline = "Examplia Patches Critical Flaw in Orbexa Desk"
    chained, alone = (
        GUARD.prepare(headline, "en", "fr", way="plain", engines=engines).text
        for engines in (("firefox", "apertium"), ("firefox",))
    )

    assert chained == "Examplia fixes critical vulnerability in XQ1X"
    assert alone == "Examplia patches critical flaw in Orbexa Desk"


def test_terms_that_stay_english_are_hidden_and_not_mended() -> None:
    """A patch on a Tuesday; the glossary's word for a patch does not get into the name."""
    guard = FactGuard(glossary=Glossary.load())
    sentence = "The Patch Tuesday of May is out."
    prepared = guard.prepare(sentence, "en", "fr", way="plain", engines=("firefox", "apertium"))

    assert prepared.text == "The XQ1X of May is out."
    shown, _ = guard.finish(sentence, "Le XQ1X de mai est sorti.", prepared, "en", "fr")
    assert shown == "Le Patch Tuesday de mai est sorti."


def test_the_united_states_are_no_name_to_be_kept() -> None:
    """ "U.S." is translated like "US"."""
    prepared = GUARD.prepare("The U.S. fined Orbexa Desk.", "en", "fr", way="plain", engines=("firefox", "apertium"))

    assert prepared.text == "The US fined XQ1X."


def test_a_term_before_a_name_is_not_part_of_it() -> None:
    """ "IA de Zorglub" is no name: the term is translated, the name hidden."""
    prepared = GUARD.prepare("Selon les agents IA de Zorglub, rien.", "fr", "en", way="plain", engines=RULES)

    assert prepared.text == "Selon les agents IA de XQ1X, rien."


def test_two_names_of_one_product_stay_two() -> None:
    """Only a spelling that holds a common word of the source gives way to the usual one."""
    sentence = "Multiples vulnérabilités dans cURL et libcurl."
    prepared = GUARD.prepare(sentence, "fr", "en", way="plain", engines=RULES)

    assert GUARD.finish(sentence, prepared.text, prepared, "fr", "en")[0] == sentence


@pytest.mark.parametrize(
    ("sentence", "target", "shown"),
    [
        ("Le noyau Linux de SUSE est affecté.", "en", "SUSE Linux kernel"),
        ("Le navigateur Chrome de Google est affecté.", "en", "Google Chrome"),
        ("Le navigateur Chrome de Google est affecté.", "es", "Chrome"),
    ],
)
def test_a_product_follows_its_maker_in_english_only(sentence: str, target: str, shown: str) -> None:
    """ "Linux de SUSE" is two names and a French word between them."""
    prepared = GUARD.prepare(sentence, "fr", target, way="plain", engines=RULES)
    text, _ = GUARD.finish(sentence, prepared.text, prepared, "fr", target)

    assert shown in text
    assert ("Google Chrome" in text or "SUSE Linux" in text) == (target == "en")
