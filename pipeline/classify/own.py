"""Topics of the user's own, from 5 to 20 example headlines in any language; no training by the user.

A linear discriminant over sentence vector and concepts: the direction from a shipped background of ordinary news
(vectors only, no texts) to the examples, corrected by the background's covariance, so that what all cyber news has
in common counts little.
"""

from __future__ import annotations

from collections.abc import Sequence
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
#: Share of the identity in the covariance, weight of a concept against the vector, characters of the text read for
#: concepts; tuned on casie-events (docs/topics.md).
_SHRINK = 0.5
_CONCEPT_WEIGHT = 0.1
_LEAD = 200
#: How far from the background (0) to the examples (1) the border lies.
_BORDER = 0.5

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
    """A topic made of examples; `direction` weighs the vector's columns, then the concepts."""

    direction: Doubles
    #: Vectors of the examples, in the order of the topic's `examples`.
    examples: Floats
    slope: float
    offset: float

    def probabilities(self, titles: Sequence[str], leads: Sequence[str], vectors: Floats) -> Doubles:
        """Shape (n,): 0.0 to 1.0."""
        scores = _design(vectors, concept_presence(titles, leads)) @ self.direction
        return 1.0 / (1.0 + np.exp(-np.clip(self.slope * scores + self.offset, -30.0, 30.0)))


def own_topic(topic: TopicSpec, embedder: Embedder) -> OwnTopic:
    """The discriminant of a topic with examples; remembered for as long as the process lives."""
    return _own_topic(topic.examples, _Key(embedder))


def concept_presence(titles: Sequence[str], leads: Sequence[str]) -> Floats:
    """Shape (n, concepts): 1.0 for each concept in the title or the first words."""
    index = {name: i for i, name in enumerate(concept_names())}
    rows = np.zeros((len(titles), len(index)), dtype=np.float32)
    for row, title, lead in zip(rows, titles, leads, strict=True):
        for hit in find_concepts(fold_text(f"{title}\n{lead[:_LEAD]}")):
            row[index[hit.concept]] = 1.0
    return rows


@lru_cache(maxsize=64)
def _own_topic(examples: tuple[str, ...], key: _Key) -> OwnTopic:
    embedder = key.embedder
    vectors = embedder.embed(examples)
    positive = _design(vectors, concept_presence(examples, [""] * len(examples)))
    background, inverse = _background(embedder.name, embedder.dimensions)
    gap = positive.mean(axis=0) - background.mean(axis=0)
    direction = inverse @ gap
    low, high = float((background @ direction).mean()), float((positive @ direction).mean())
    span = max(high - low, 1e-9)
    slope = 8.0 / span
    return OwnTopic(
        direction=direction, examples=vectors, slope=slope, offset=-slope * (low + _BORDER * span)
    )  # fmt: skip


@lru_cache(maxsize=4)
def _background(name: str, dimensions: int) -> tuple[Doubles, Doubles]:
    """The background's rows and the inverse of their shrunk covariance; concepts only for another encoder."""
    with np.load(_DATA / "background.npz", allow_pickle=False) as arrays:
        concepts = arrays["concepts"].astype(np.float32)
        if name == ENCODER:
            vectors = arrays["vectors"].astype(np.float32)
        else:
            vectors = np.zeros((len(concepts), dimensions), dtype=np.float32)
    rows = _design(vectors, concepts)
    covariance = np.cov(rows, rowvar=False)
    scale = float(np.trace(covariance)) / len(covariance)
    inverse: Doubles = np.linalg.inv((1 - _SHRINK) * covariance + _SHRINK * scale * np.eye(len(covariance)))
    return rows, inverse


def _design(vectors: Floats, concepts: Floats) -> Doubles:
    return np.hstack([vectors, _CONCEPT_WEIGHT * concepts]).astype(np.float64)
