"""What is reworded around a rule-based engine: every rule with its sample, and what must stay as it is."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.model import Problem
from pipeline.translate import apertium, bridge

RULES = [(place, rule) for place, rules in bridge.rules().items() for rule in rules]


@pytest.mark.parametrize(("place", "rule"), RULES, ids=lambda x: x if isinstance(x, str) else x.sample[0])
def test_each_rule_does_what_its_sample_says(place: str, rule: bridge.Rule) -> None:
    """A rule alone turns its sample into the other; a second time changes nothing."""
    given, wanted = rule.sample

    assert bridge.reworded(given, (rule,)) == wanted
    assert bridge.reworded(wanted, (rule,)) == wanted


@pytest.mark.parametrize(
    "sentence",
    [
        "La ville n'a publié aucun correctif.",
        "Personne n'a revendiqué l'attaque.",
        "Aucun accès, il n'a pas pu entrer.",
        "La banque n'est pas le seul organisme.",
        "L'entreprise n'a jamais répondu.",
        "Le site industriel est fermé.",
        "Dix-sept serveurs et vingt-sept villes.",
        "La touche est cassée.",
        "Il a été arrêté pour la nuit.",
    ],
)
def test_what_is_read_rightly_stays(sentence: str) -> None:
    """Denials of the verb, and words that only look like those of a rule."""
    assert bridge.before(sentence, "fr") == sentence


@pytest.mark.parametrize(
    "sentence",
    ["Uma falha de energia parou o centro.", "A falha em proteger os dados.", "O sistema falha.", "A via rápida.",
     "O ator de teatro.", "Ela precisa o momento."],
)  # fmt: skip
def test_portuguese_words_in_their_other_sense_stay(sentence: str) -> None:
    """Power cuts, failing to do something, roads and actors are no flaws, ways and attackers."""
    assert bridge.before(sentence, "pt") == sentence


def test_tokens_and_other_languages_are_left_alone() -> None:
    """What is hidden stays hidden; a language without rules comes back as it is."""
    assert bridge.before("XQ1X n'a touché que XQ2X.", "fr").count("XQ") == 2
    assert bridge.before("Aucune attaque n'a été vue.", "pt") == "Aucune attaque n'a été vue."
    assert bridge.after("Nenhum ataque não foi visto.", "ca") == "Nenhum ataque não foi visto."


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("en", "pt", "the US fines two firms over a data breach and patches high-severity flaws in 2031 "),
        ("es", "pt", "el fallo permite a los atacantes un fallo que la autoridad multa con 2 millones "),
        ("it", "ca", "la falla consente di leggere il sito che il giudice ferma per sei mesi "),
        ("pt", "fr", "os atacantes estão explorando a falha que dá acesso a la 3 de par deux mois "),
    ],
)
def test_a_long_text_takes_seconds_in_every_language(source: str, target: str, words: str) -> None:
    """No pattern looks back and forth without a bound."""
    start = time.process_time()
    bridge.after(bridge.before(words * 1000, source), target)

    assert time.process_time() - start < 20


def test_a_text_of_200_000_characters_takes_seconds() -> None:
    """No pattern looks back and forth without a bound."""
    text = "aucun des serveurs et ni la ville ni la police de la société, touchant plus que des noms " * 2200

    start = time.process_time()
    bridge.after(bridge.before(text, "fr"), "pt")

    assert time.process_time() - start < 20


@pytest.mark.needs("apertium")
@pytest.mark.parametrize(
    ("french", "portuguese"),
    [
        ("Aucune attaque n'a été observée.", "Nenhum ataque foi observad"),
        ("Pas un seul serveur n'a été touché.", "Nenhum servidor foi afetado"),
        ("Ni la police ni la ville n'ont parlé.", "Nem a polícia nem a cidade falaram"),
        ("La vulnérabilité ne peut être exploitée que localement.", "pode ser explorada só localmente"),
        ("La faille est exploitée.", "A vulnerabilidade é explorada"),
        ("Elle inflige une amende de 3 euros.", "mpõe uma multa de 3 euros"),
        ("De multiples vulnérabilités ont été découvertes.", "Múltiplas vulnerabilidades"),
        ("Il paiera pour ne pas avoir respecté la loi.", "por não ter respeitado"),
        ("La semaine 21 (du 18 au 24 mai).", "de 18 a 24 de"),
        ("Rien n'indique que des données aient été volées.", "Nada indica que os dados"),
    ],
)
def test_the_chain_reads_them_rightly(french: str, portuguese: str) -> None:
    """Through both hops of the real programs."""
    engine = apertium.ApertiumEngine(modes=Path("/usr/share/apertium/modes"), threads=1)
    edges = {(edge.source, edge.target): edge for edge in engine.edges()}
    text: str | Problem = french
    for pair in (("fr", "ca"), ("ca", "pt")):
        (text,) = engine.translate([str(text)], edges[pair])

    assert portuguese in str(text)
