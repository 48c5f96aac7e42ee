"""Topics of the user's own, from 5 to 20 example headlines in any language; no training by the user.

Two likenesses to the examples: the mix of concepts (data/concepts.toml, the same in every language), and the sentence
vector along the direction from a shipped background of ordinary news (vectors only, no texts) to the examples.
The more the examples agree in their concepts, the more the concepts count. Real headlines often name their subject
in roundabout words; what the topic's label says ("Data breaches") then tells which of their concepts is meant.
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
from pipeline.model import TopicSpec
from pipeline.vectors import Embedder

_DATA = Path(__file__).parent / "data"
#: Characters of the text read; the mix of concepts is steadier in longer texts.
TEXT_CHARACTERS = 4000
# Tuned on four subjects of casie-events, each with ten invented examples and with twelve draws of ten real headlines
# (docs/topics.md): share of the identity in the covariance, most that concepts may count, likeness of concepts which
# counts as 1, its border, and the steepness.
_SHRINK = 0.9
_CONCEPT_SHARE = 0.95
CONCEPT_FULL = 0.72
_BORDER_CONCEPTS = 0.47
_STEEPNESS = 8.0
#: Of meaning, in standard deviations of the background: the least border, where it lies between the background and an
#: example that the direction does not know, and what one deviation counts. Meaning far off does not outvote concepts.
_BORDER_LEAST, _BORDER_SHARE, _DEVIATION = 2.0, 0.6, 0.2
_MEANING_LEAST = -0.5
#: How much the concepts of the label count beside those of the examples, and how much concepts count at least then.
_LABEL, _LABEL_SHARE = 1.25, 0.9
#: Concepts of setting and not of subject: they stand in news of every kind.
_SETTING = frozenset(["authority", "field", "rulemaking", "round_up", "other_crime", "amount", "duration", "version",
                      "state", "formal_step", "lifted", "suspend", "court", "appeal", "own_rule", "lawsuit", "vendor",
                      "study", "ai_model", "lets_in", "demonstration", "lock", "faulty", "pays", "imposes", "cut_off",
                      "plea", "threat", "opinion", "fake", "other_field"])  # fmt: skip

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
class OwnTopic:
    """A topic made of examples."""

    #: Mean mix of concepts of the examples, length 1 (0 when they hold none), and how much it counts.
    concepts: Doubles
    concept_share: float
    #: Where the vectors of examples lie from those of ordinary news, and what lies on the border along it.
    direction: Doubles
    border: float
    #: Vectors of the examples, in their order.
    examples: Floats

    def likeness(self, titles: Sequence[str], texts: Sequence[str], vectors: Floats) -> tuple[Doubles, Doubles]:
        """How far beyond the border the texts are, in concepts and in meaning, each shape (n,); less than 0 is not."""
        by_concepts = concept_mixes(titles, texts) @ self.concepts / CONCEPT_FULL - _BORDER_CONCEPTS
        return by_concepts, np.maximum(_MEANING_LEAST, _DEVIATION * (vectors @ self.direction - self.border))

    def probabilities(self, titles: Sequence[str], texts: Sequence[str], vectors: Floats) -> Doubles:
        """Shape (n,): 0.0 to 1.0."""
        by_concepts, by_meaning = self.likeness(titles, texts, vectors)
        share = self.concept_share
        score = share * by_concepts + (1 - share) * by_meaning
        return 1.0 / (1.0 + np.exp(-np.clip(_STEEPNESS * score, -30.0, 30.0)))


def own_topic(topic: TopicSpec, embedder: Embedder) -> OwnTopic:
    """What the examples of a topic amount to; remembered for as long as the process lives."""
    label = ". ".join([re.sub(r"[-_]", " ", topic.name), *(topic.titles[tag] for tag in sorted(topic.titles))])
    return _own_topic(topic.examples, label, _Key(embedder))


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
def _own_topic(examples: tuple[str, ...], label: str, key: _Key) -> OwnTopic:
    embedder = key.embedder
    vectors = embedder.embed(examples)
    mixes = concept_mixes(examples, [""] * len(examples))
    # How alike an example is to the others: examples which agree in nothing give the concepts no say.
    share = min(_CONCEPT_SHARE, max(0.0, 1.5 * _leave_one_out(mixes)))
    named = concept_mixes([label], [""])[0] * (mixes > 0).any(axis=0)
    concepts = _unit(mixes.mean(axis=0)) + _LABEL * _unit(named)
    direction, border = _direction(vectors, embedder)
    return OwnTopic(
        concepts=_unit(concepts),
        concept_share=max(share, _LABEL_SHARE) if named.any() else share,
        direction=direction,
        border=border,
        examples=vectors,
    )


def _unit(row: Doubles) -> Doubles:
    """The row with length 1; a row of zeros stays."""
    length = float(np.linalg.norm(row))
    return row / length if length else row


def _direction(vectors: Floats, embedder: Embedder) -> tuple[Doubles, float]:
    """From the background to the examples, one standard deviation of the background long, and the border along it."""
    if embedder.name != ENCODER:
        # No background to compare with: the border lies halfway to the examples.
        direction = vectors.mean(axis=0).astype(np.float64)
        return direction * 2 * _BORDER_LEAST / max(float((vectors @ direction).mean()), 1e-9), _BORDER_LEAST
    background, inverse = _background()
    middle = background.mean(axis=0)
    direction = _scaled(inverse @ (vectors.mean(axis=0) - middle), background)
    unknown = [
        float((vector - middle) @ _scaled(inverse @ (others.mean(axis=0) - middle), background))
        for vector, others in ((vectors[i], np.delete(vectors, i, axis=0)) for i in range(len(vectors)))
        if len(others)
    ]
    beyond = max(_BORDER_LEAST, _BORDER_SHARE * float(np.mean(unknown))) if unknown else _BORDER_LEAST
    return direction, float(middle @ direction) + beyond


def _scaled(direction: Doubles, background: Doubles) -> Doubles:
    """The direction so long that the background's standard deviation along it is 1."""
    scaled: Doubles = direction / max(float((background @ direction).std()), 1e-9)
    return scaled


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
def _background() -> tuple[Doubles, Doubles]:
    """The background's vectors, made by ENCODER, and the inverse of their shrunk covariance."""
    with np.load(_DATA / "background.npz", allow_pickle=False) as arrays:
        rows = arrays["vectors"].astype(np.float64)
    covariance = np.cov(rows, rowvar=False)
    scale = float(np.trace(covariance)) / len(covariance)
    inverse = np.linalg.inv((1 - _SHRINK) * covariance + _SHRINK * scale * np.eye(len(covariance)))
    return rows, inverse.astype(np.float64)
