"""Two reports laid side by side, word by word: the last look at a pair that is in doubt.

Each word in context of one report (`pipeline.vectors.e5`) looks for the word of the other that is nearest, and what it
finds counts by how rare and how telling the word is. A projection that was learned from labelled pairs brings near what
tells one event in other words or another language, and parts what differs between events of one kind: who, what, how
much. Likeness of the whole texts and of the titles goes along; a logistic regression makes one number of all.

Source: the alignment follows Khattab and Zaharia, "ColBERT" (2020), and Zhang et al., "BERTScore" (2020).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.vectors.e5 import TokenEncoder, Tokens

_LOG = logging.getLogger(__name__)
Floats = NDArray[np.float32]

#: Written by bench/train_wording.py.
MODEL = Path(__file__).parent / "data" / "pair_wording.npz"
#: Code points of title and lead that are read.
READ = 360
#: Most articles of one run whose words are read, at 10 to 20 a second.
LOOKS = 1000
#: What is told for every pair; in the order of `Model.coefficients`.
LIKENESS = ("texts", "titles", "words_least", "words_most", "title_words_least", "title_words_most",
            "between_titles_least", "between_titles_most")  # fmt: skip
#: How far a word's learned weight may go from its rareness, as a power of e.
MOST_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned; width is that of the tokens' vectors."""

    #: Mean of all tokens, shape (width,): vectors are told from it.
    mean: Floats
    #: Added to a vector to find the nearest words, and to compare whole texts; shape (width, width).
    for_words: Floats
    for_texts: Floats
    #: What makes a word telling, shape (width,), and the same for all.
    weight: Floats
    weight_bias: float
    #: How rare each piece of a word is in the background: natural logarithm, by number in the vocabulary.
    rareness: Floats
    #: Of LIKENESS, and what is added.
    coefficients: Floats
    bias: float


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one report, ready to be compared; n of them, the first `title` are the title's."""

    #: Shape (n, width), rows of length 1.
    places: Floats
    #: What each counts, shape (n,).
    weights: Floats
    title: int
    #: Shape (width,), length 1: the whole text, and the title.
    whole: Floats
    heading: Floats


@lru_cache(maxsize=1)
def load_model() -> Model:
    """What MODEL holds."""
    with np.load(MODEL, allow_pickle=False) as arrays:
        return read_model(arrays)


def read_model(arrays: Mapping[str, Any]) -> Model:
    """A model from its arrays: matrices as two narrow factors, rareness for the pieces that were seen."""
    rareness = np.full(int(arrays["vocabulary"]), float(arrays["rarest"]), dtype=np.float32)
    rareness[arrays["seen"]] = arrays["rareness"]
    products = [(arrays[f"{name}_a"].astype(np.float32) @ arrays[f"{name}_b"].astype(np.float32))
                for name in ("words", "texts")]  # fmt: skip
    return Model(
        mean=arrays["mean"].astype(np.float32),
        for_words=products[0],
        for_texts=products[1],
        weight=arrays["weight"].astype(np.float32),
        weight_bias=float(arrays["weight_bias"]),
        rareness=rareness,
        coefficients=arrays["coefficients"].astype(np.float32),
        bias=float(arrays["bias"]),
    )


def prepare(tokens: Tokens, title: int, model: Model) -> Words:
    """Tokens of a report, the first `title` of them the title's (all, if it has fewer)."""
    states = tokens.states - model.mean
    telling = np.clip(states @ model.weight + np.float32(model.weight_bias), -MOST_WEIGHT, MOST_WEIGHT)
    turned = states + states @ model.for_texts
    title = min(max(title, 1), len(states))
    return Words(
        places=_unit(states + states @ model.for_words),
        weights=model.rareness[tokens.ids] * np.exp(telling),
        title=title,
        whole=_unit(turned.sum(axis=0)),
        heading=_unit(turned[:title].sum(axis=0)),
    )


def likeness(a: Words, b: Words) -> Floats:
    """The values of LIKENESS, each -1 to 1, the same for (b, a)."""
    near = a.places @ b.places.T
    titles = near[: a.title, : b.title]
    pairs = (
        (_found(near.max(axis=1), a.weights), _found(near.max(axis=0), b.weights)),
        (_found(near[: a.title].max(axis=1), a.weights[: a.title]),
         _found(near[:, : b.title].max(axis=0), b.weights[: b.title])),
        (_found(titles.max(axis=1), a.weights[: a.title]), _found(titles.max(axis=0), b.weights[: b.title])),
    )  # fmt: skip
    ends = [end(pair) for pair in pairs for end in (min, max)]
    return np.array([a.whole @ b.whole, a.heading @ b.heading, *ends], dtype=np.float32)


class Wordings:
    """Reads the words of articles of one batch when they are first asked for, as long as there is room."""

    def __init__(self, encoder: TokenEncoder, texts: Callable[[int], tuple[str, str]]) -> None:
        """`texts` gives title and lead of a row."""
        self._encoder, self._texts = encoder, texts
        self._words: dict[int, Words | None] = {}
        self._is_broken = False

    def _read(self, rows: Iterable[int]) -> None:
        """Read those that have not been yet, up to LOOKS in all."""
        rows = sorted(set(rows) - self._words.keys())[: LOOKS - len(self._words)]
        if not rows or self._is_broken:
            return
        try:
            words = read_words(self._encoder, [self._texts(row) for row in rows], load_model())
        except (OSError, ValueError) as error:
            # The pairs keep the judgement of the looks before: less sure, but an edition.
            _LOG.warning("words are not compared: %s", error)
            self._is_broken = True
            return
        self._words.update(zip(rows, words, strict=True))

    def compare(self, left: Sequence[int], right: Sequence[int]) -> Floats:
        """Log-odds of one event by the words alone, shape (n,); not a number where one of the two was not read."""
        self._read([*left, *right])
        model = load_model()
        found = np.full(len(left), np.nan, dtype=np.float32)
        for place, (a, b) in enumerate(zip(left, right, strict=True)):
            one, other = self._words.get(a), self._words.get(b)
            if one is not None and other is not None:
                found[place] = likeness(one, other) @ model.coefficients + model.bias
        # The last digits depend on what was read beside them; the trees' thresholds should not.
        return np.round(found, 2)


def read_words(encoder: TokenEncoder, texts: Sequence[tuple[str, str]], model: Model) -> list[Words | None]:
    """Words of each title and lead; None where there are none."""
    return [prepare(*found, model) if len(found[0].ids) else None for found in read_tokens(encoder, texts)]


def read_tokens(encoder: TokenEncoder, texts: Sequence[tuple[str, str]]) -> list[tuple[Tokens, int]]:
    """Tokens of each title and lead, and how many of them are the title's."""
    tokens = encoder.encode([(f"{title}. {lead}" if title else lead)[:READ] for title, lead in texts])
    return list(zip(tokens, encoder.count([f"{title}." for title, _ in texts]), strict=True))


def _found(nearest: Floats, weights: Floats) -> float:
    """Weighted mean of how near the nearest words are."""
    return float((nearest * weights).sum() / max(float(weights.sum()), 1e-6))


def _unit(rows: NDArray[Any]) -> Floats:
    """Of length 1 along the last axis; zeros stay."""
    unit = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-6)
    found: Floats = unit.astype(np.float32, copy=False)
    return found
