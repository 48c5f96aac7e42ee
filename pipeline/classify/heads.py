"""The trained heads of `disclosure` and `sanction`: linear in vector, concepts and words; numpy only.

The weights are made by bench/train_topics.py; docs/topics.md is their model card.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.features import concept_feature_names, concept_rows, word_features
from pipeline.classify.reported import reported_feature_names, reported_rows

_DATA = Path(__file__).parent / "data"
#: The encoder the heads with a vector part were trained on.
ENCODER = "use-multilingual-v3"
#: Languages the encoder was trained on. In others its vectors say less and the words are mostly new, so that the same
#: news gets lower logits: they have a calibration of their own.
ENCODER_LANGUAGES = frozenset(
    ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
)

#: A measure of another field (an oil embargo, a cartel of bakers) is no sanction, however plainly it is told: its
#: log-odds of being outside count this many times against it. Being inside adds nothing.
OUTSIDE = 2.5

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Features of n texts: vectors (None without the encoder the heads know), concepts and what is reported, words."""

    vectors: Floats | None
    concepts: Floats
    words: tuple[tuple[NDArray[np.int64], Floats], ...]


@dataclass(frozen=True, slots=True)
class Linear:
    """One linear head: weights of the vector (None: it reads none), of concepts and of words."""

    vector: Floats | None
    concepts: Floats
    words: Floats
    bias: float

    def logits(self, inputs: Inputs) -> NDArray[np.float64]:
        """Shape (n,)."""
        words = np.array([float(values @ self.words[buckets]) for buckets, values in inputs.words])
        found: NDArray[np.float64] = inputs.concepts @ self.concepts + words + self.bias
        return found if self.vector is None or inputs.vectors is None else found + inputs.vectors @ self.vector


@dataclass(frozen=True, slots=True)
class Head:
    """One topic. Of both variants, `full` reads the vector too, `words` does without; each is calibrated by itself."""

    name: str
    #: From this probability on an article carries the label; maximises F1 in cross-validation.
    threshold: float
    #: variant -> whether the text reports what the topic is about.
    measure: dict[str, Linear]
    #: variant -> whether that is of the field; {} for a topic that asks for none.
    field: dict[str, Linear]
    #: `calibration_of` a text -> slope and offset of the logistic calibration.
    calibration: dict[str, tuple[float, float]]

    def probabilities(self, inputs: Inputs, languages: Sequence[str | None]) -> NDArray[np.float64]:
        """Shape (n,): calibrated probabilities, 0.0 to 1.0; vector and language choose the calibration row by row."""
        # A row of zeros is a text that could not be embedded.
        embedded = np.zeros(len(languages), bool) if inputs.vectors is None else np.abs(inputs.vectors).sum(axis=1) > 0
        logits = self._logits("words", inputs)
        if embedded.any():
            logits = np.where(embedded, self._logits("full", inputs), logits)
        names = [
            calibration_of(language, has_vector=bool(has)) for language, has in zip(languages, embedded, strict=True)
        ]
        slope, offset = np.array([self.calibration[name] for name in names]).reshape(-1, 2).T
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(slope * logits + offset, -30.0, 30.0))))

    def outside(self, variant: str, inputs: Inputs) -> NDArray[np.float64]:
        """Shape (n,): what is taken off the logits because the text is of another field; 0.0 or less."""
        if not self.field:
            return np.zeros(len(inputs.concepts))
        return OUTSIDE * np.minimum(0.0, self.field[variant].logits(inputs))

    def _logits(self, variant: str, inputs: Inputs) -> NDArray[np.float64]:
        return self.measure[variant].logits(inputs) + self.outside(variant, inputs)


def calibration_of(language: str | None, *, has_vector: bool) -> str:
    """Which calibration a text gets: of its variant, and of languages whose words and vectors say less if it is one."""
    variant = "full" if has_vector else "words"
    return variant if language is None or language in ENCODER_LANGUAGES else f"{variant}/foreign"


def feature_names() -> list[str]:
    """What each column of `Inputs.concepts` says."""
    return [*concept_feature_names(), *reported_feature_names()]


def read_inputs(
    titles: Sequence[str], leads: Sequence[str], languages: Sequence[str | None], vectors: Floats | None
) -> Inputs:
    """Features of titles and first words; pass vectors of the encoder ENCODER only."""
    return Inputs(
        vectors=vectors,
        concepts=np.hstack([concept_rows(titles, leads), reported_rows(titles, leads, languages)]),
        words=tuple(word_features(title, lead) for title, lead in zip(titles, leads, strict=True)),
    )


@lru_cache(maxsize=1)
def load_heads() -> dict[str, Head]:
    """The shipped heads by topic name.

    Raises:
        ValueError: The weights were made for other concepts than those of data/concepts.toml; train again.
    """
    about = json.loads((_DATA / "heads.json").read_text(encoding="utf-8"))
    if about["features"] != feature_names():
        raise ValueError("pipeline/classify/data: heads.npz was trained for other concepts; run bench/train_topics.py")
    with np.load(_DATA / "heads.npz", allow_pickle=False) as arrays:
        return {
            name: Head(
                name=name,
                threshold=topic["threshold"],
                measure=_linear(arrays, f"{name}/measure", topic["bias"]["measure"]),
                field=_linear(arrays, f"{name}/field", topic["bias"].get("field", {})),
                calibration={name: tuple(found) for name, found in topic["calibration"].items()},
            )
            for name, topic in about["topics"].items()
        }


def _linear(arrays: Mapping[str, NDArray[np.generic]], key: str, biases: Mapping[str, float]) -> dict[str, Linear]:
    """The head of each variant that has a bias."""

    def part(variant: str, name: str) -> Floats:
        return arrays[f"{key}/{variant}/{name}"].astype(np.float32)

    return {
        variant: Linear(
            vector=part(variant, "vector") if variant == "full" else None,
            concepts=part(variant, "concepts"),
            words=part(variant, "words"),
            bias=bias,
        )
        for variant, bias in biases.items()
    }


def triage_floor() -> float:
    """The probability that all but one in a hundred of the training positives reach on title and summary."""
    return float(json.loads((_DATA / "heads.json").read_text(encoding="utf-8"))["triage_floor"])
