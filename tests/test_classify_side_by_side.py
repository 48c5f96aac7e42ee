"""Texts beside the examples of a topic, word by word: what nearness says, what is read, and what it brings."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

import numpy as np
import pytest
from e5_kit import Broken, Hashing, real_encoder
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify import classify, explain, triage
from pipeline.classify.side_by_side import Readings
from pipeline.model import Article, Entry, TopicSpec
from pipeline.vectors import load_embedder
from pipeline.vectors.e5 import TokenEncoder

#: That of the background's mean.
WIDTH = 384
LINES = ("a red kite", "two blue boats at sea")
#: A subject that no concept knows, and examples that say it in other words each.
LIGHTHOUSES = TopicSpec(
    name="lighthouses",
    titles={"en": "Lighthouses"},
    examples=(
        "Last lighthouse keeper of the island retires",
        "Un phare breton ouvert aux visiteurs cet été",
        "Storm damages lamp of nineteenth-century lighthouse",
        "Leuchtturm an der Nordsee wird saniert",
        "Volunteers repaint the old light on the cape",
    ),
)
_fresh = count()


def readings(titles: Sequence[str], encoder: TokenEncoder | None, texts: Sequence[str] | None = None) -> Readings:
    return Readings(titles, texts or [""] * len(titles), lambda: encoder)


def headline(title: str, text: str = "") -> Article:
    return Article(id=title, feed="f", url=None, title=title, paragraphs=(text,) if text else ())


def nearness(title: str, lines: tuple[str, ...] = LINES) -> list[float]:
    texts = readings([title], Hashing(WIDTH))
    examples = texts.examples(lines)
    assert examples is not None
    found: list[float] = texts.nearness([0], examples)[0].tolist()
    return found


def test_an_example_is_as_near_to_itself_as_can_be_and_the_order_of_words_is_of_no_account() -> None:
    assert nearness("a red kite")[0] == pytest.approx(1.0, abs=1e-6)
    assert nearness("kite red a")[0] == pytest.approx(1.0, abs=1e-6)
    assert nearness("a red kite")[1] < 0.5


def test_both_what_is_found_of_the_example_and_of_the_text_count() -> None:
    """All of the example is in the longer text, and all of the shorter text is in the example."""
    longer, shorter = nearness("a red kite over old roofs")[0], nearness("kite")[0]
    assert 0.5 < longer < 1.0
    assert 0.5 < shorter < 1.0


@given(st.lists(st.sampled_from(["kite", "boat", "sea", "red", "blue", "two"]), min_size=1, max_size=8).map(" ".join))
def test_nearness_to_an_example_does_not_depend_on_the_others(title: str) -> None:
    together, alone = nearness(title), [nearness(title, (line,))[0] for line in LINES]
    assert together == pytest.approx(alone, abs=1e-5)
    assert all(-1.0 <= near <= 1.0 + 1e-6 for near in together)


def test_the_border_rises_with_how_alike_the_examples_are() -> None:
    texts = readings([], Hashing(WIDTH))
    borders = []
    for lines in (("a red kite",), LINES, ("a red kite", "a red kite above")):
        examples = texts.examples(lines)
        assert examples is not None
        borders.append(examples.border)
    assert borders[0] == 0.15
    assert borders[0] < borders[1] < borders[2] < 0.15 + 0.27


def test_examples_without_words_are_left_out() -> None:
    texts = readings(["a red kite", ""], Hashing(WIDTH))
    examples = texts.examples(("", "a red kite"))
    assert examples is not None
    assert examples.lines == ("a red kite",)
    assert texts.nearness([0, 1], examples)[:, 0].tolist() == pytest.approx([1.0, -1.0], abs=1e-6)
    assert texts.nearness([], examples).shape == (0, 1)
    assert texts.examples(("",)) is None


def test_a_text_is_read_once_by_its_first_words() -> None:
    encoder = Hashing(WIDTH)
    texts = Readings(["Kites", "Boats"], ["Red ones. " * 100, ""], lambda: encoder)
    examples = texts.examples((f"kites {next(_fresh)}",))
    assert examples is not None
    asked = len(encoder.asked)
    texts.nearness([0], examples)
    texts.nearness([0, 1], examples)
    assert [text[:15] for text in encoder.asked[asked:]] == ["Kites. Red ones", "Boats"]
    assert len(encoder.asked[asked]) == 200


def test_no_word_is_read_for_topics_without_examples() -> None:
    def load() -> TokenEncoder:
        raise AssertionError("asked for")

    built_in = TopicSpec(name="disclosure", titles={"en": "Disclosures"})
    done = classify([headline("Flaw in router")], topics=[built_in], embedder=load_embedder(), words=load)
    assert set(done[0].topics) == {"disclosure"}


@pytest.mark.parametrize("load", [lambda: None, lambda: Broken(WIDTH)], ids=["none installed", "broken"])
def test_without_words_sentence_vectors_judge(load: object, caplog: pytest.LogCaptureFixture) -> None:
    lines = [headline("Phare fermé pour travaux"), headline("Flaw in router")]
    with caplog.at_level(logging.WARNING):
        done = classify(lines, topics=[LIGHTHOUSES], embedder=load_embedder(), words=load)  # type: ignore[arg-type]
    told = explain(lines[0], [LIGHTHOUSES], load_embedder(), words=load).topics[0]  # type: ignore[arg-type]
    assert [bool(article.labels) for article in done] == [True, False]
    assert any(reason.name == "meaning (sentence vector)" for reason in told.reasons)
    assert ("words are not compared" in caplog.text) == bool(load())  # type: ignore[operator]


def test_words_find_a_subject_that_no_concept_knows() -> None:
    """In languages the examples are not in and beside other subjects; other news of our field is not on the topic."""
    encoder = real_encoder()
    topic = TopicSpec(
        name="data-centres",
        titles={"en": "Data centres and their power"},
        examples=(
            "Data centre planned beside the river needs as much power as a town",
            "Un centre de données refusé par le conseil municipal",
            "Rechenzentrum heizt künftig ein Schwimmbad",
            "Grid operator pauses new connections for server farms",
            "Vecinos protestan contra el consumo de agua de un centro de datos",
        ),
    )
    on = [
        "Serverownia zużyje więcej prądu niż całe miasto",
        "数据中心用水量引发居民担忧",
        "Court halts building of server halls on farmland",
        "Il comune approva il nuovo data center, restano i dubbi sull'energia",
    ]
    off = [
        "Ferry runs aground in fog, passengers safe",
        "Microsoft patches two zero-days",
        "Flaw in mail servers lets attackers in",
        "Customer data stolen from a hotel chain",
        "Museum reopens after repairs",
    ]
    done = classify(
        [headline(line) for line in [*on, *off]], topics=[topic], embedder=load_embedder(), words=lambda: encoder
    )
    found = [bool(article.labels) for article in done]
    assert found == [True] * len(on) + [False] * len(off)


def test_an_article_has_the_same_probability_beside_whatever_others() -> None:
    encoder = real_encoder()
    batch = [headline("Faro restaurado", "El faro volverá a lucir."), headline("Flaw in router"), headline("Old light")]

    def probabilities(articles: Sequence[Article]) -> dict[str, float]:
        done = classify(articles, topics=[LIGHTHOUSES], embedder=load_embedder(), words=lambda: encoder)
        return {article.id: article.topics["lighthouses"] for article in done}

    together = probabilities(batch)
    assert together == pytest.approx({k: v for a in batch for k, v in probabilities([a]).items()}, abs=2e-4)
    assert together == pytest.approx(probabilities(batch[::-1]), abs=2e-4)


@pytest.mark.parametrize("label", ["Lighthouses", "Ransomware", "Ransomware in hospitals"])
def test_what_shares_nothing_with_a_topic_is_not_fetched(label: str) -> None:
    """However much concepts count: the score of nothing is below the floor of triage, 0.03."""
    examples = LIGHTHOUSES.examples
    if label != "Lighthouses":
        examples = ("Ransomware stops a brewery", "Klinik nach Erpressungstrojaner offline", "Une mairie rançonnée")
    topic = TopicSpec(name=label, titles={"en": label}, examples=examples)
    done = classify([headline("Striker out for six weeks with knee injury")], topics=[topic], embedder=load_embedder())
    assert done[0].topics[label] < 0.03


def test_triage_and_explanations_read_words_too() -> None:
    encoder = real_encoder()
    title = "Thieves steal brass lens from lighthouse"
    seen = datetime(2026, 5, 4, tzinfo=UTC)
    entry = Entry(id="e", feed="f", url=None, guid="e", title=title, summary="", first_seen=seen)
    found = triage([entry], topics=[LIGHTHOUSES], embedder=load_embedder(), floor=0.5, words=lambda: encoder)[0]
    told = explain(headline(title), [LIGHTHOUSES], load_embedder(), words=lambda: encoder).topics[0]
    assert found.passed
    assert found.score == pytest.approx(told.probability, abs=1e-3)
    assert any(reason.name == "meaning (words in context)" for reason in told.reasons)
    assert told.nearest[0][1] == max(near for _, near in told.nearest)
    assert "lighthouse" in told.nearest[0][0]


def test_the_mean_of_words_fits_the_encoder() -> None:
    from pipeline.classify.side_by_side import _mean

    assert _mean().shape == real_encoder().encode(["a"])[0].states.shape[1:] == (WIDTH,)
    assert np.isfinite(_mean()).all()
