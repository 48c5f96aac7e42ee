"""Names that facts know stay names, on every route, and common words stay words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.model import Evidence, Fact, FactType, Problem
from pipeline.translate import DictMemory, Edge, Translator, open_translator
from pipeline.translate.glossary import Glossary
from pipeline.translate.named import Known
from pipeline.translate.protect import FactGuard

GUARD = FactGuard(glossary=Glossary.load())
CHAIN, RULES, NEURAL, ARGOS = ("firefox", "apertium"), ("apertium", "firefox"), ("firefox",), ("argos",)


def fact(name: str, sentence: str = "", kind: FactType = "product") -> Fact:
    """A fact with the sentence that shows it."""
    evidence = Evidence(article="a", field="title", start=0, end=len(name), sentence=sentence) if sentence else None
    return Fact(type=kind, value=name, name=name, evidence=evidence)


@pytest.mark.parametrize(
    ("language", "name", "sentence"),
    [
        ("en", "Copy Fail", "The bug is called Copy Fail."),
        ("en", "Word", "A flaw in “Word” was fixed."),
        ("en", "Word", "Word and Examplia have a flaw."),
        ("en", "Signal", "Criminals read Signal's messages."),
        ("en", "Edge", "Edge update closes two holes"),
        ("en", "Next.js", "Next.js fixes a bypass"),
        ("de", "Signal", "Der Messenger Signal ist betroffen."),
        ("de", "Orbexa", "Orbexas Server standen still."),
        ("nl", "Notes", "Het lek zit in Notes-bestanden."),
        ("it", "Software Libero", "Il programma Software Libero ha una falla."),
        ("fr", "Word", "Une faille dans «\u00a0Word\u00a0» est corrigée."),
    ],
)
def test_names_are_found(language: str, name: str, sentence: str) -> None:
    """In quotation marks, with an ending, in a compound, at the start of a sentence."""
    assert Known([fact(name)]).inside(sentence, language) == (name,)


@pytest.mark.parametrize(
    ("language", "name", "sentence"),
    [
        ("en", "Word", "The word of the firm was not enough."),
        ("en", "Word", "Word of the flaw spread at once."),
        ("en", "Edge", "Attackers Gain an Edge in Cloud Networks"),
        ("en", "Word", "Wordpress has a flaw."),
        ("de", "Signal", "Das Signal wurde gestört."),
        ("ru", "Сигнал", "Ошибка в Сигнал исправлена."),
    ],
)
def test_words_that_only_look_like_a_name_are_words(language: str, name: str, sentence: str) -> None:
    """Small letters, the first of a sentence, a headline's capitals, a German noun; other scripts are transcribed."""
    assert Known([fact(name)]).inside(sentence, language) == ()


def test_a_fact_vouches_for_the_sentence_that_showed_it() -> None:
    """In Title Case a capital says nothing; who found the product there knows."""
    headline = "Attackers Abuse Edge to Read Passwords"

    assert Known([fact("Edge", headline)]).inside(headline, "en") == ("Edge",)


@pytest.mark.parametrize(
    ("kind", "name", "sentence", "is_found"),
    [
        ("target", "Target", "A suit against Target was dismissed.", True),
        ("target", "three individuals", "It fined three individuals.", False),
        ("authority", "Garante", "The Garante blocked the app.", True),
        ("authority", "Irish regulator", "The Irish regulator fined Examplia.", False),
        ("authority", "Federal Court", "The Federal Court fined Examplia.", False),
        ("amount", "Garante", "The Garante blocked the app.", False),
    ],
)
def test_firms_and_authorities(kind: FactType, name: str, sentence: str, *, is_found: bool) -> None:
    """What goes by a name of its own stays; courts and descriptions are called otherwise in other languages."""
    assert Known([fact(name, kind=kind)]).inside(sentence, "en") == ((name,) if is_found else ())


def test_what_kind_of_thing_it_is_is_translated() -> None:
    """The fact says "Linux kernel"; a kernel is "noyau" in French."""
    assert Known([fact("Orbexa kernel")]).inside("A bug in the Orbexa kernel.", "en") == ("Orbexa",)


def test_the_lists_know_better() -> None:
    """A program that they hold under its whole name is called by it in the other language."""
    sentence = "La version 2.4.52 du serveur HTTP Apache corrige une faille."

    assert Known([fact("serveur HTTP Apache", sentence)]).inside(sentence, "fr") == ()


@pytest.mark.parametrize(("source", "target", "engines"), [("fr", "en", RULES), ("en", "fr", CHAIN)])
def test_dictionaries_see_a_token(source: str, target: str, engines: tuple[str, ...]) -> None:
    """On routes with Apertium, the name is hidden and the common word beside it is not."""
    sentence = "Word, Notes, word."
    prepared = GUARD.prepare(sentence, source, target, way="plain", engines=engines, names=("Notes", "Word"))

    assert prepared.text == "XQ1X, XQ2X, word."
    assert GUARD.finish(sentence, "XQ1X, XQ2X, mot.", prepared, source, target) == ("Word, Notes, mot.", ())


@pytest.mark.parametrize("engines", [NEURAL, ARGOS])
def test_neural_models_see_the_name_first(engines: tuple[str, ...]) -> None:
    """The sentence reads better so; when the name is lost, or its capitals, the next way hides it."""
    sentence = "A falha está no Software Libero."
    plain = GUARD.prepare(sentence, "pt", "en", way="plain", engines=engines, names=("Software Libero",))
    hidden = GUARD.prepare(sentence, "pt", "en", way="terms", engines=engines, names=("Software Libero",))
    _, problems = GUARD.finish(sentence, "The flaw is in the free software Libero.", plain, "pt", "en")

    assert plain.text == sentence
    assert problems == (Problem(kind="name-lost", detail="Software Libero"),)
    assert hidden.text == "A falha está no XQ1X."


def test_headlines_in_title_case_keep_the_name() -> None:
    """All else gets small letters."""
    headline = "Attackers Abuse Edge to Read Passwords"

    assert (
        GUARD.prepare(headline, "en", "de", way="plain", engines=NEURAL, names=("Edge",)).text
        == "attackers abuse Edge to read passwords"
    )


def test_acronyms_with_a_form_of_their_own_are_left_to_it() -> None:
    """ "EU" is UE in French."""
    prepared = GUARD.prepare("The EU acts.", "en", "fr", way="plain", engines=CHAIN, names=("EU",))

    assert GUARD.finish("The EU acts.", "L'XQ1X agit.", prepared, "en", "fr") == ("L'UE agit.", ())


class _Glib:
    """An engine of neural habits: it translates "Target" unless it is hidden."""

    longest = 500

    def __init__(self, name: str) -> None:
        self.name = name
        self.seen: list[str] = []

    def edges(self) -> Sequence[Edge]:
        return [Edge(engine=self.name, source="en", target="fr", model="glib")]

    def translate(self, sentences: Sequence[str], edge: Edge) -> list[str | Problem]:
        self.seen += sentences
        return [sentence.replace("Target", "Cible").replace("was sued.", "est poursuivi.") for sentence in sentences]

    def close(self) -> None: ...


@pytest.mark.parametrize("name", ["argos", "firefox"])
def test_a_name_that_a_model_translates_is_hidden_next(name: str) -> None:
    """Facts of one text say nothing of another with the same sentence; the memory keeps both apart."""
    engine, memory = _Glib(name), DictMemory()
    translator = Translator([engine], memory=memory, guard=FactGuard())
    texts = [("The firm Target was sued.", "en")] * 2
    facts = [[fact("Target", kind="target")], []]

    found = translator.translate(texts, "fr", facts=facts)
    again = Translator([_Glib(name)], memory=memory, guard=FactGuard()).translate(texts, "fr", facts=facts)

    assert [one.text for one in found] == ["The firm Target est poursuivi.", "The firm Cible est poursuivi."]
    assert found == again
    assert "The firm XQ1X was sued." in engine.seen


@pytest.mark.needs("apertium")
def test_names_by_the_offline_chains(tmp_path: Path) -> None:
    """Both ways, with the programs themselves."""
    with open_translator(tmp_path, engines=["apertium", "firefox"], threads=1, guard=GUARD) as translator:
        (french,) = translator.translate(
            [("A bug in Word was fixed, the firm gave its word.", "en")], "fr", facts=[[fact("Word")]]
        )
        (english,) = translator.translate(
            [("Une faille dans Copie Facile touche les copies.", "fr")], "en", facts=[[fact("Copie Facile")]]
        )

    assert french.text.startswith("Un bug dans Word a été corrigé")
    assert french.text.count("Word") == 1
    assert "Copie Facile" in english.text
    assert "copies" in english.text


def test_names_by_the_shipped_model(tmp_path: Path) -> None:
    """Portuguese to English by Firefox alone: a name of common words that the model would translate."""
    with open_translator(tmp_path, engines=["firefox"], threads=1, guard=GUARD) as translator:
        (found,) = translator.translate(
            [("Uma falha no Painel Rápido permite ler senhas.", "pt")], "en", facts=[[fact("Painel Rápido")]]
        )

    assert "Painel Rápido" in found.text
    assert "passwords" in found.text
