"""What shows that a chain of engines did not understand a sentence: foreign words, and persons that nobody is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.translate import Edge, Translator, open_translator
from pipeline.translate.apertium import ApertiumEngine
from pipeline.translate.glossary import Glossary
from pipeline.translate.leftover import left, noted, without_notes
from pipeline.translate.persons import unspoken
from pipeline.translate.protect import FactGuard

GUARD = FactGuard(glossary=Glossary.load())
CHAIN = ("firefox", "apertium", "apertium")


@pytest.mark.parametrize(
    ("sentence", "translated", "words"),
    [
        ("Bank glitch shows accounts.", "Bank glitch montre des comptes.", ["bank", "glitch"]),
        ("It was patched by hand.", "Il a été patched à main.", ["patched"]),
        ("They posted the data.", "Ils postaram les données.", ["postaram"]),
        ("They must disconnect them.", "Ils doivent desconectá-las.", ["desconectá"]),
        ("A flaw in the message service.", "Une faille dans le service de message.", []),
        ("A malware in the cloud.", "Un malware dans le cloud.", []),
        ("A flaw in sendmail.", "Une faille dans sendmail.", []),
        ("A fault in a sendmail daemon.", "Une erreur dans un démon sendmail.", []),
        ("Core Security found a flaw.", "Core Security a trouvé une faille.", []),
        ("A page says “access denied”.", "Une page dit « access denied ».", []),
        ("Read /etc/passwd at example.org.", "Lire /etc/passwd sur example.org.", []),
    ],
)
def test_words_left_in_another_language(sentence: str, translated: str, words: list[str]) -> None:
    """Common English words and Portuguese ones; not what French has too, names, quotations and paths."""
    assert [problem.detail for problem in left(sentence, translated, "en", "fr")] == words


def test_words_that_an_engine_did_not_know() -> None:
    """They are noted where they stand as words of their own, and the note goes before anybody reads it."""
    text = noted("L'avoos des dommages, avoos-x et example.org/avoos.", ["avoos"])

    assert without_notes(text) == ("L'avoos des dommages, avoos-x et example.org/avoos.", ("avoos",))
    assert [p.detail for p in left("It halves damages.", *_args("L'avoos."), unknown=("avoos",))] == ["avoos"]
    assert list(left("A bug in avoos.", *_args("Un bug dans avoos."), unknown=("avoos",))) == []
    assert [p.detail for p in left("An avoos fell.", *_args("Un avoos tomba."), unknown=("avoos",))] == []
    assert [p.detail for p in left("An avoos was lost.", *_args("Un avoos perdu."), unknown=("avoos",))] == ["avoos"]


def _args(translated: str) -> tuple[str, str, str]:
    return translated, "en", "fr"


@pytest.mark.parametrize(
    "sentence",
    ["The site was down for a day.", "Reports of fraud rise.", "US lender pays.", "CEO resigns.", "Hackers leak code."],
)
@pytest.mark.parametrize(
    "translated",
    [
        "Tu rapportes de fraude.",
        "Vous payez.",
        "Je dîne de l'entreprise.",
        "Après des pirates publier du code.",
        "Il la récompense paie.",
        "Europol balayer des réseaux.",
        "Un #banc de données.",
    ],
)
def test_persons_that_nobody_is(sentence: str, translated: str) -> None:
    """A noun that was read as a verb brings somebody in who is not there."""
    assert [problem.kind for problem in unspoken(sentence, translated, "fr")] == ["not-understood"]


@pytest.mark.parametrize(
    ("sentence", "translated"),
    [
        ("You can update it.", "Vous pouvez l'actualiser."),
        ("“We know,” it said.", "« Nous savons », a-t-il dit."),
        ("It fined the firm.", "Il a infligé une amende."),
        ("Two weeks ago all was well.", "Il y a deux semaines tout allait bien."),
        ("A bug let hackers steal data.", "Un bug laissait les pirates voler des données."),
        ("A bug in C# code.", "Un bug dans du code C#."),
        ("The police premier spoke.", "Le policier premier a parlé."),
        ("Overflowing a buffer runs code.", "Au déborder un tampon du code s'exécute."),
    ],
)
def test_french_sentences(sentence: str, translated: str) -> None:
    """Somebody speaks in English too, or French says it so."""
    assert list(unspoken(sentence, translated, "fr")) == []


def test_only_chains_that_hand_on_to_dictionaries_are_doubted() -> None:
    """A direct model may write a word as it is on purpose."""
    sentence, said = "Bank glitch shows accounts.", "Bank glitch montre des comptes."
    kinds = {}
    for engines in (CHAIN, ("argos",)):
        prepared = GUARD.prepare(sentence, "en", "fr", way="plain", engines=engines)
        kinds[engines] = {problem.kind for problem in GUARD.finish(sentence, said, prepared, "en", "fr")[1]}

    assert kinds == {CHAIN: {"left-untranslated"}, ("argos",): set()}


class _Half:
    """A neural engine of one direction, or dictionaries that leave a word as it is."""

    longest = 500

    def __init__(self, name: str, source: str, target: str) -> None:
        self.name, self._edge = name, Edge(engine=name, source=source, target=target, model=name)

    def edges(self) -> list[Edge]:
        return [self._edge]

    def translate(self, sentences: list[str], edge: Edge) -> list[str]:
        return [sentence.replace("The firm fell.", "L'entreprise est tombée.") for sentence in sentences]

    def close(self) -> None: ...


def test_the_original_is_shown_with_a_mark() -> None:
    """Rather than a sentence that nobody can vouch for; the others of the text are translated."""
    engines = [_Half("firefox", "en", "pt"), _Half("apertium", "pt", "fr")]
    (found,) = Translator(engines, guard=GUARD).translate(
        [("The firm fell. Bank glitch shows accounts of customers.", "en")], "fr"
    )

    assert found.text == "L'entreprise est tombée. Bank glitch shows accounts of customers."
    assert {problem.kind for problem in found.problems} == {"left-untranslated", "kept-original"}


@pytest.mark.needs("apertium")
def test_apertium_notes_what_it_does_not_know() -> None:
    """And gives an asterisk of the text back."""
    engine = ApertiumEngine(modes=Path("/usr/share/apertium/modes"), threads=1)
    edge = next(edge for edge in engine.edges() if (edge.source, edge.target) == ("ca", "fr"))

    outcome = str(engine.translate(["El zorglubit * és aquí amb XQ1X i Zorglubit."], edge)[0])

    assert without_notes(outcome) == ("Le zorglubit * est ici avec XQ1X et Zorglubit.", ("zorglubit",))


@pytest.mark.needs("apertium")
def test_a_headline_that_the_chain_does_not_understand_stays(tmp_path: Path) -> None:
    """With the programs themselves: a word that the next dictionary does not hold."""
    with open_translator(tmp_path, engines=["apertium", "firefox"], threads=1, guard=GUARD) as translator:
        found = translator.translate(
            [("The firm will dereference the pointer.", "en"), ("The court confirmed the fine.", "en")], "fr"
        )

    assert not found[0].is_translated
    assert found[1].text == "Le tribunal a confirmé l'amende."
