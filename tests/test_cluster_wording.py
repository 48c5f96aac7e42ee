"""The words of two reports side by side: what likeness says, what is read, and when."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from zlib import crc32

import numpy as np
import pytest
from e5_kit import Broken, Hashing, real_encoder
from hypothesis import given
from hypothesis import strategies as st
from test_cluster import ALIBABA, article

from pipeline.cluster import cluster, explain_pairs, scoring, wording
from pipeline.cluster.scoring import COLUMNS, PairScorer
from pipeline.cluster.wording import LIKENESS, Model, Wordings, Words, likeness, load_model, prepare, read_tokens
from pipeline.vectors import load_embedder, stack
from pipeline.vectors.e5 import load_token_encoder

WIDTH = 8


def plain_model(width: int = WIDTH) -> Model:
    """Nothing learned: every word counts alike and stays where it is."""
    return Model(
        mean=np.zeros(width, dtype=np.float32),
        for_words=np.zeros((width, width), dtype=np.float32),
        for_texts=np.zeros((width, width), dtype=np.float32),
        weight=np.zeros(width, dtype=np.float32),
        weight_bias=0.0,
        rareness=np.ones(1000, dtype=np.float32),
        coefficients=np.ones(len(LIKENESS), dtype=np.float32),
        bias=-4.0,
    )


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Model:
    model = plain_model()
    monkeypatch.setattr(wording, "load_model", lambda: model)
    return model


def words(title: str, lead: str, model: Model) -> Words:
    ((tokens, head),) = read_tokens(Hashing(len(model.mean)), [(title, lead)])
    return prepare(tokens, head, model)


def test_the_same_words_are_as_near_as_can_be(plain: Model) -> None:
    one = words("Regulator fines Acme", "The sum is high.", plain)
    assert likeness(one, one) == pytest.approx(np.ones(len(LIKENESS)), abs=1e-5)


def test_what_is_found_is_a_share_of_what_was_asked(plain: Model) -> None:
    """All words of the short one stand in the long one, not the other way round."""
    short, long = words("Acme fined", "", plain), words("Acme fined", "by a regulator for years of silence", plain)
    found = dict(zip(LIKENESS, likeness(short, long).tolist(), strict=True))
    assert found["words_most"] == pytest.approx(1.0, abs=1e-5)
    assert found["words_least"] < 0.9
    assert found["between_titles_least"] == pytest.approx(1.0, abs=1e-5)


def test_rare_words_count_more(plain: Model) -> None:
    one, other = words("the Acme", "", plain), words("the Heron", "", plain)
    rareness = np.ones(1000, dtype=np.float32)
    rareness[crc32(b"the") % 1000] = 0.01
    rare = replace(plain, rareness=rareness)
    before = likeness(one, other)
    after = likeness(words("the Acme", "", rare), words("the Heron", "", rare))
    assert (after[2:] < before[2:] - 0.1).all()


def test_words_are_moved_and_weighed_as_was_learned() -> None:
    """Told from the mean, turned by each projection, weighed by how rare and, within bounds, how telling they are."""
    draw = np.random.default_rng(1)
    mean, weight = draw.standard_normal((2, WIDTH)).astype(np.float32)
    for_words, for_texts = draw.standard_normal((2, WIDTH, WIDTH)).astype(np.float32)
    rareness = draw.uniform(1, 9, 1000).astype(np.float32)
    model = replace(plain_model(), mean=mean, weight=weight, weight_bias=0.5, rareness=rareness)
    model = replace(model, for_words=for_words, for_texts=for_texts)
    ((tokens, head),) = read_tokens(Hashing(), [("Acme fined", "by a regulator for years of silence")])
    found = prepare(tokens, head, model)

    telling = []
    for place, (piece, state) in enumerate(zip(tokens.ids, tokens.states - mean, strict=True)):
        moved = state + state @ for_words
        assert found.places[place] == pytest.approx(moved / np.linalg.norm(moved), abs=1e-4)
        telling.append(float(state @ weight) + 0.5)
        held = min(max(telling[-1], -wording.MOST_WEIGHT), wording.MOST_WEIGHT)
        assert found.weights[place] == pytest.approx(rareness[piece] * np.exp(held), rel=1e-4)
    assert max(telling) > wording.MOST_WEIGHT or min(telling) < -wording.MOST_WEIGHT
    turned = tokens.states - mean + (tokens.states - mean) @ for_texts
    for vector, rows in ((found.whole, turned), (found.heading, turned[:2])):
        assert vector == pytest.approx(rows.sum(axis=0) / np.linalg.norm(rows.sum(axis=0)), abs=1e-4)


@given(st.lists(st.text("abc ", max_size=12), min_size=4, max_size=4))
def test_likeness_is_the_same_both_ways(parts: list[str]) -> None:
    model = plain_model()
    one, other = (words(f"x{title}", lead, model) for title, lead in (parts[:2], parts[2:]))
    there, back = likeness(one, other), likeness(other, one)
    assert there == pytest.approx(back, abs=1e-5)
    assert (np.abs(there) < 1.0001).all()


def test_articles_are_read_once_up_to_a_limit(plain: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not read is not a number; an article without words neither."""
    monkeypatch.setattr(wording, "LOOKS", 3)
    told = [("Acme fined", "today"), ("Acme fined", "yesterday"), ("", ""), ("Heron", "leaks"), ("Heron", "again")]
    encoder = Hashing()
    wordings = Wordings(encoder, told.__getitem__)

    first, nothing = wordings.compare([0, 0], [1, 2])
    assert first > 1
    assert np.isnan(nothing)
    assert np.isnan(wordings.compare([0, 3], [3, 4])).all()
    assert wordings.compare([1], [0]).tolist() == [first]
    assert encoder.asked == ["Acme fined. today", "Acme fined. yesterday", ""]


def test_weights_that_cannot_be_read_cost_a_look_and_no_edition(plain: Model, caplog: pytest.LogCaptureFixture) -> None:
    encoder = Broken()
    wordings = Wordings(encoder, [("Acme", ""), ("Heron", "")].__getitem__)
    with caplog.at_level(logging.WARNING):
        assert np.isnan(wordings.compare([0], [1])).all()
        assert np.isnan(wordings.compare([1], [0])).all()
    assert len(encoder.asked) == 2
    assert [record.getMessage() for record in caplog.records] == ["words are not compared: weights.bin: not weights"]


def test_only_what_the_closer_look_left_in_doubt_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = [*ALIBABA, article("x", "Harbour opens new quay", "A port city opened a quay.", subject="harbour")]
    left, right = np.triu_indices(len(batch), 1)
    encoder = Hashing(384)
    scorer = PairScorer(batch, stack(batch), timedelta(days=14), load_embedder(), encoder)
    closer = PairScorer(batch, stack(batch), timedelta(days=14), load_embedder()).open_scores(left, right)
    scores = scorer.open_scores(left, right)

    doubtful = np.abs(closer) < scoring._WORDS_DOUBT
    read = {row for pair in np.stack([left, right], 1)[doubtful].tolist() for row in pair}
    assert len(encoder.asked) == len(read)
    assert (scores[~doubtful] == closer[~doubtful]).all()
    monkeypatch.setattr(scoring, "_WORDS_MOST", len(batch) - 1)
    many = Hashing(384)
    PairScorer(batch, stack(batch), timedelta(days=14), load_embedder(), many).open_scores(left, right)
    assert many.asked == []


def test_reasons_are_those_of_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair that was read has what its words add among its reasons, others have not."""
    monkeypatch.setattr(scoring, "_WORDS_DOUBT", 100.0)
    monkeypatch.setattr(scoring, "DOUBT", 100.0)
    encoder = Hashing(384)
    scorer = PairScorer(ALIBABA, stack(ALIBABA), timedelta(days=14), load_embedder(), encoder)
    left, right = np.triu_indices(len(ALIBABA), 1)
    added = scorer.reasons(left, right)
    assert added.shape == (len(left), len(COLUMNS))
    assert (added[:, -1] != 0).any()
    without = PairScorer(ALIBABA, stack(ALIBABA), timedelta(days=14), load_embedder())
    assert (without.reasons(left, right)[:, -1] == 0).all()
    shown = explain_pairs(ALIBABA, embedder=load_embedder(), tokens=encoder)
    assert [pair.left for pair in shown] == [ALIBABA[row].id for row in left]


def test_one_event_in_other_words_is_nearer_than_another_of_its_kind() -> None:
    """With the real model: the same fine in three languages, against another regulator's fine."""
    encoder = real_encoder()
    told = [
        ("Irish regulator fines Acme 10 million euros over leaked passwords",
         "The Data Protection Commission said the company stored passwords in plain text."),
        ("Dublin inflige une amende de dix millions d'euros à Acme",
         "L'autorité irlandaise reproche à la société d'avoir conservé des mots de passe en clair."),
        ("Zehn Millionen Euro Bußgeld gegen Acme in Irland",
         "Die Datenschutzbehörde wirft dem Unternehmen vor, Passwörter unverschlüsselt gespeichert zu haben."),
        ("Spanish regulator fines Heron 40,000 euros over cameras",
         "The agency said the shop filmed the pavement without a sign."),
    ]  # fmt: skip
    same = Wordings(encoder, told.__getitem__)
    within = same.compare([0, 0, 1], [1, 2, 2])
    beyond = same.compare([0, 1, 2], [3, 3, 3])
    assert within.min() > beyond.max() + 1


def test_order_of_input_does_not_matter_where_words_are_read() -> None:
    encoder, embedder = load_token_encoder(), load_embedder()
    batch = [*ALIBABA, article("x", "Alibaba Cloud opens a data centre", "It stands in Paris.", subject="alibaba")]
    first = cluster(batch, embedder=embedder, tokens=encoder)
    assert cluster(batch[::-1], embedder=embedder, tokens=encoder) == first


def test_the_shipped_model_fits_the_encoder() -> None:
    model = load_model()
    assert model.mean.shape == (384,)
    assert model.for_words.shape == model.for_texts.shape == (384, 384)
    assert len(model.coefficients) == len(LIKENESS)
    assert np.isfinite(model.rareness).all()
    assert model.rareness.min() >= 0
