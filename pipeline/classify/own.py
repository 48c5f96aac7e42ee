"""Topics of the user's own, from 5 to 20 example headlines in any language; no training by the user.

Two likenesses to the examples: the mix of concepts (data/concepts.toml, the same in every language), and meaning. The
more the examples agree in their concepts, the more the concepts count. Real headlines often name their subject in
roundabout words; what the topic's label says ("Data breaches") then tells which of their concepts is meant, as far as
the label says nothing else ("Supply-chain attacks on packages" is more than attacks).

Meaning is judged twice. The sentence vector, by how much nearer it is to the examples than to its neighbours in a
shipped background of ordinary news (vectors only, no texts), is quick and says what is surely something else. The rest
is laid beside the examples word by word (`side_by_side`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.concepts import concept_names, find_concepts, fold_text
from pipeline.classify.heads import ENCODER
from pipeline.classify.side_by_side import Readings
from pipeline.model import TopicSpec
from pipeline.text.scripts import UNSPACED
from pipeline.vectors import Embedder

_DATA = Path(__file__).parent / "data"
#: Characters of the text read; the mix of concepts is steadier in longer texts.
TEXT_CHARACTERS = 4000
# Tuned on four subjects of casie-events, each with ten invented examples and with twelve draws of ten real headlines,
# and on eleven topics of ours (docs/topics.md): most that concepts may count, likeness of concepts which counts as 1,
# its border, the steepness. Concepts that are missing speak against a text less than others speak for it: headlines go
# round the word.
_CONCEPT_SHARE = 0.95
CONCEPT_FULL = 0.72
_BORDER_CONCEPTS = 0.47
_CONCEPTS_LEAST = -0.1
#: The score of a text that shares nothing with a topic, whatever counts for it: a probability of 0.008, so that neither
#: a low threshold nor triage lets everything pass.
_LEAST = -0.6
#: What is left of the concepts' share when the label says none of them: examples that agree in "attack" are of more.
_UNTOLD = 0.2
_STEEPNESS = 8.0
#: Neighbours in the background, and how much nearness to them counts against nearness to the examples: what is near to
#: everything (a headline of three common words) is near to the examples, too.
_NEIGHBOURS, _AGAINST = 10, 0.5
#: Of meaning, in standard deviations of the background: the least border; how near an example is that the others do
#: not know from which on the border rises, and by which part of that; what one deviation counts. Examples are more
#: alike than the news of their topic, so that they lift the border little. Meaning far off does not outvote concepts.
_BORDER_LEAST, _BORDER_FROM, _BORDER_SHARE, _DEVIATION = 2.8, 3.5, 0.24, 0.4
_MEANING_LEAST = -0.5
#: What a nearness of words of 1 beyond the border counts.
_WORDS = 10.0
#: Words are read where they may decide: where meaning that counts so much would bring the score this near to the border
#: of 0, and the sentence vector is not this many deviations on the far side of its own (no concepts speaking for it).
_WORDS_MOST, _IN_REACH, _FAR = 0.5, -0.02, -2.0
#: Where concepts count so much, words change the order of texts by less than a point, and are not worth the time.
_WORDS_UP_TO = 0.9
#: How much the concepts of the label count beside those of the examples, and how much concepts count at least then.
_LABEL, _LABEL_SHARE = 1.25, 0.9
#: Concepts of setting and not of subject: they stand in news of every kind.
_SETTING = frozenset(["authority", "field", "rulemaking", "round_up", "other_crime", "amount", "duration", "version",
                      "state", "formal_step", "lifted", "suspend", "court", "appeal", "own_rule", "lawsuit", "vendor",
                      "study", "ai_model", "lets_in", "demonstration", "lock", "faulty", "pays", "imposes", "cut_off",
                      "plea", "threat", "opinion", "fake", "other_field"])  # fmt: skip

#: Words of a label: "of" and "in" say nothing, of Chinese and Japanese each character does.
_LABEL_WORD = re.compile(rf"[{UNSPACED}]|[^\W_]{{3,}}")

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class _Key:
    """An embedder as part of a cache key: by its name, since vectors of one name are alike."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.embedder.name == self.embedder.name

    def __hash__(self) -> int:
        return hash(self.embedder.name)


@dataclass(frozen=True, slots=True)
class Meaning:
    """How near sentence vectors are to the examples; with a background, beyond what ordinary news is."""

    #: Mean of the examples, seen from the middle of the background.
    centre: Doubles
    #: What ordinary news has along it, and the standard deviation of that.
    usual: float
    deviation: float
    #: In deviations.
    border: float
    background: Background | None

    def beyond(self, vectors: Floats) -> Doubles:
        """Shape (n,): deviations beyond the border, less than 0 on this side of it."""
        near: Doubles = (
            vectors @ self.centre if self.background is None else self.background.nearness(vectors, self.centre)
        )
        return (near - self.usual) / self.deviation - self.border


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far n texts are beyond the border of a topic, each shape (n,); less than 0 is on the far side."""

    concepts: Doubles
    meaning: Doubles
    #: Both, by what each counts for the topic.
    score: Doubles
    #: Whether meaning was judged word by word.
    by_words: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class OwnTopic:
    """A topic made of examples."""

    #: Mean mix of concepts of the examples, length 1 (0 when they hold none), and how much it counts.
    concepts: Doubles
    concept_share: float
    meaning: Meaning
    lines: tuple[str, ...]
    #: Vectors of the examples, in their order.
    examples: Floats

    def likeness(self, texts: Readings, vectors: Floats) -> Likeness:
        """How near n texts are; their vectors have the shape (n, dimensions)."""
        near = concept_mixes(texts.titles, texts.texts) @ self.concepts / CONCEPT_FULL - _BORDER_CONCEPTS
        by_concepts = np.maximum(_CONCEPTS_LEAST, near)
        beyond = self.meaning.beyond(vectors)
        by_meaning = np.maximum(_MEANING_LEAST, _DEVIATION * beyond)
        score = self._score(by_concepts, by_meaning)
        by_words = np.zeros(len(score), dtype=np.bool_)
        words = texts.examples(self.lines) if self.concept_share < _WORDS_UP_TO else None
        if words is not None:
            in_reach = self._score(by_concepts, np.full_like(by_meaning, _WORDS_MOST)) >= _IN_REACH
            by_words = (score >= _IN_REACH) | in_reach & ((beyond >= _FAR) | (by_concepts > 0))
            rows = np.flatnonzero(by_words)
            nearness = texts.nearness(rows.tolist(), words).mean(axis=1)
            by_meaning[rows] = np.maximum(_MEANING_LEAST, _WORDS * (nearness - words.border))
            score = self._score(by_concepts, by_meaning)
        return Likeness(by_concepts, by_meaning, score, by_words)

    def probabilities(self, texts: Readings, vectors: Floats) -> Doubles:
        """Shape (n,): 0.0 to 1.0."""
        score = self.likeness(texts, vectors).score
        lowest = self._score(np.array([_CONCEPTS_LEAST]), np.array([_MEANING_LEAST]))
        score = np.where(score < 0, score * (_LEAST / lowest), score)
        return 1.0 / (1.0 + np.exp(-np.clip(_STEEPNESS * score, -30.0, 30.0)))

    def _score(self, by_concepts: Doubles, by_meaning: Doubles) -> Doubles:
        return self.concept_share * by_concepts + (1 - self.concept_share) * by_meaning


@dataclass(frozen=True, slots=True)
class Background:
    """Ordinary news: its middle, its vectors of length 1 from there, and how near each is to its neighbours."""

    middle: Doubles
    rows: Doubles
    nearness_of_rows: Doubles

    def seen_from_middle(self, vectors: Floats) -> Doubles:
        """The vectors from the middle, with length 1."""
        rows = vectors.astype(np.float64) - self.middle
        seen: Doubles = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return seen

    def nearness(self, vectors: Floats, centre: Doubles) -> Doubles:
        """Shape (n,): nearness to `centre`, less what nearness to any news tells."""
        rows = self.seen_from_middle(vectors)
        return rows @ centre - _AGAINST * _nearest(rows @ self.rows.T)


def own_topic(topic: TopicSpec, embedder: Embedder) -> OwnTopic:
    """What the examples of a topic amount to; remembered for as long as the process lives."""
    labels = (re.sub(r"[-_]", " ", topic.name), *(topic.titles[tag] for tag in sorted(topic.titles)))
    return _own_topic(topic.examples, labels, _Key(embedder))


def concept_mixes(titles: Sequence[str], texts: Sequence[str]) -> Doubles:
    """Shape (n, concepts): how the subjects share a text, the title counted twice; rows of length 1 or 0."""
    index, rarity = _rarity()
    rows = np.zeros((len(titles), len(index)))
    for row, title, text in zip(rows, titles, texts, strict=True):
        for part, weight in ((title, 2.0), (text[:TEXT_CHARACTERS], 1.0)):
            for hit in find_concepts(fold_text(part)):
                row[index[hit.concept]] += weight
    rows = np.sqrt(np.minimum(rows, 9.0)) * rarity
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    mixes: Doubles = rows / np.where(lengths > 0, lengths, 1.0)
    return mixes


def concept_presence(titles: Iterable[str], leads: Iterable[str]) -> Floats:
    """Shape (n, concepts): 1.0 for each concept in the title or the first 300 characters (for the background file)."""
    index = {name: i for i, name in enumerate(concept_names())}
    rows = []
    for title, lead in zip(titles, leads, strict=True):
        row = np.zeros(len(index), dtype=np.float32)
        for hit in find_concepts(fold_text(f"{title}\n{lead[:300]}")):
            row[index[hit.concept]] = 1.0
        rows.append(row)
    return np.stack(rows)


@lru_cache(maxsize=64)
def _own_topic(examples: tuple[str, ...], labels: tuple[str, ...], key: _Key) -> OwnTopic:
    embedder = key.embedder
    vectors = embedder.embed(examples)
    mixes = concept_mixes(examples, [""] * len(examples))
    # How alike an example is to the others: examples which agree in nothing give the concepts no say.
    share = min(_CONCEPT_SHARE, max(0.0, 1.5 * _leave_one_out(mixes)))
    named = concept_mixes([". ".join(labels)], [""])[0] * (mixes > 0).any(axis=0)
    concepts = _unit(mixes.mean(axis=0)) + _LABEL * _unit(named)
    told = _told(labels)
    share *= _UNTOLD + (1 - _UNTOLD) * told
    return OwnTopic(
        concepts=_unit(concepts),
        concept_share=max(share, _LABEL_SHARE * told**2) if named.any() else share,
        meaning=_meaning(vectors, embedder),
        lines=examples,
        examples=vectors,
    )


def _told(labels: Sequence[str]) -> float:
    """Which part of the words of a label are concepts of subject; of the label that has most."""
    index, rarity = _rarity()
    parts = [0.0]
    for label in labels:
        folded = fold_text(label)
        spans = [(hit.start, hit.end) for hit in find_concepts(folded) if rarity[index[hit.concept]] > 0]
        words = [word.span() for word in _LABEL_WORD.finditer(folded)]
        told = [any(start < end_of and begin_of < end for begin_of, end_of in spans) for start, end in words]
        parts.append(sum(told) / max(1, len(told)))
    return max(parts)


def _unit(row: Doubles) -> Doubles:
    """The row with length 1; a row of zeros stays."""
    length = float(np.linalg.norm(row))
    return row / length if length else row


def _meaning(vectors: Floats, embedder: Embedder) -> Meaning:
    """What the vectors of the examples amount to."""
    if embedder.name != ENCODER:
        # No background to compare with: the border lies halfway to the examples.
        centre = vectors.mean(axis=0).astype(np.float64)
        halfway = max(float((vectors @ centre).mean()), 1e-9) / 2
        return Meaning(centre, 0.0, halfway / _BORDER_LEAST, _BORDER_LEAST, None)
    background = _background()
    rows = background.seen_from_middle(vectors)
    centre = rows.mean(axis=0)
    ordinary = background.rows @ centre - _AGAINST * background.nearness_of_rows
    usual, deviation = float(ordinary.mean()), max(float(ordinary.std()), 1e-9)
    border = _BORDER_LEAST
    if len(rows) > 1:
        others = (rows.sum(axis=0) - rows) / (len(rows) - 1)
        unknown = (rows * others).sum(axis=1) - _AGAINST * _nearest(rows @ background.rows.T)
        border += _BORDER_SHARE * max(0.0, (float(unknown.mean()) - usual) / deviation - _BORDER_FROM)
    return Meaning(centre, usual, deviation, border, background)


def _nearest(cosines: Doubles) -> Doubles:
    """Shape (n,): the mean of the greatest of each row of cosines."""
    nearest: Doubles = np.partition(cosines, -_NEIGHBOURS, axis=1)[:, -_NEIGHBOURS:].mean(axis=1)
    return nearest


def _leave_one_out(rows: Doubles) -> float:
    """Mean cosine of each row with the mean of the others; 0 for one row."""
    if len(rows) < 2:
        return 0.0
    others = rows.sum(axis=0) - rows
    lengths = np.linalg.norm(others, axis=1)
    return float(np.mean((rows * others).sum(axis=1) / np.where(lengths > 0, lengths, 1.0)))


@lru_cache(maxsize=1)
def _rarity() -> tuple[dict[str, int], Doubles]:
    """Column of each concept, and the weight of its rarity in the background; 0 for concepts of setting."""
    names = concept_names()
    with np.load(_DATA / "background.npz", allow_pickle=False) as arrays:
        concepts = arrays["concepts"]
    weights = np.log((len(concepts) + 1) / (1.0 + concepts.sum(axis=0, dtype=np.float64)))
    subject = np.array([name not in _SETTING for name in names], dtype=np.float64)
    return {name: i for i, name in enumerate(names)}, np.sqrt(weights) * subject


@lru_cache(maxsize=1)
def _background() -> Background:
    """The background, by vectors of ENCODER."""
    with np.load(_DATA / "background.npz", allow_pickle=False) as arrays:
        vectors = arrays["vectors"].astype(np.float64)
    middle = vectors.mean(axis=0)
    rows = vectors - middle
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -1.0)
    return Background(middle, rows, _nearest(cosines))
