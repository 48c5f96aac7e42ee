"""The conditional of hearsay, and subjects that chains leave away, in English."""

from __future__ import annotations

import pytest

from pipeline.translate.hearsay import hedged
from pipeline.translate.persons import without_listener, without_speaker


@pytest.mark.parametrize(
    ("source", "sentence", "text", "wanted"),
    [
        ("fr", "Les deux hommes auraient blanchi 3 millions.", "They would have laundered 3 million.",
         "They reportedly laundered 3 million."),
        ("fr", "Le pirate aurait été vu à Lyon.", "The hacker would have been seen in Lyon.",
         "The hacker would reportedly have been seen in Lyon."),
        ("es", "El grupo habría vendido los datos.", "The group would have sold the data.",
         "The group reportedly sold the data."),
        ("it", "Avrebbe rubato i dati.", "It would have stolen the data.", "It would reportedly have stolen the data."),
        ("pt", "O grupo teria acessado o sistema.", "The group would have accessed the system.",
         "The group reportedly accessed the system."),
        ("fr", "La société n’aurait pas chiffré les données.", "The company would not have encrypted the data.",
         "The company would reportedly not have encrypted the data."),
    ],
)  # fmt: skip
def test_what_is_told_by_hearsay_is_hedged(source: str, sentence: str, text: str, wanted: str) -> None:
    """Who tells it is not said in such a sentence, so "would have" alone would deny it."""
    assert hedged(text, sentence, source) == wanted
    assert hedged(wanted, sentence, source) == wanted


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("fr", "Sans ce correctif, ils auraient volé les données."),
        ("fr", "Elle aurait dû chiffrer les données."),
        ("fr", "Ils ont volé les données."),
        ("es", "Si lo supiera, habría avisado."),
        ("de", "Sie hätten die Daten gestohlen."),
    ],
)
def test_suppositions_stay(source: str, sentence: str) -> None:
    """What depends on a condition, or ought to have been, is no hearsay."""
    assert hedged("They would have accessed the data.", sentence, source) == "They would have accessed the data."


@pytest.mark.parametrize(
    ("sentence", "text", "wanted"),
    [
        ("Elle n'avait pas demandé l'accord des clients.", "I had not asked for it.", "It had not asked for it."),
        ("Ils avaient ignoré l'alerte, dit la police.", "I was warned, police say.", "They were warned, police say."),
        ("Selon elle, rien n'a fui.", "To her, I have lost nothing.", "To her, it has lost nothing."),
        ("Je n'avais rien vu.", "I had seen nothing.", "I had seen nothing."),
        ("« Nous avions prévenu », dit-il.", "“I had warned,” he says.", "“I had warned,” he says."),
        ("Elle l'a dit.", "Henry I had said so.", "Henry I had said so."),
    ],
)  # fmt: skip
def test_nobody_speaks_who_is_not_there(sentence: str, text: str, wanted: str) -> None:
    """Catalan and Portuguese leave the subject away, and the model behind them takes it for the speaker."""
    assert without_speaker(text, sentence) == wanted


@pytest.mark.parametrize(
    ("sentence", "text", "wanted"),
    [
        ("Sinon, elle paiera 20 000 euros.", "If not, you will pay 20,000 euros.", "If not, it will pay 20,000 euros."),
        ("Ils sont accusés de vol.", "You are accused of theft.", "They are accused of theft."),
        ("La faille permet de lire.", "The flaw lets you read.", "The flaw lets you read."),
    ],
)
def test_nobody_is_spoken_to_who_is_not_there(sentence: str, text: str, wanted: str) -> None:
    """Only as a subject: "lets you" is how English says "permet de"."""
    assert without_listener(text, sentence) == wanted
