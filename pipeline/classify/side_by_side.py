"""Texts beside the examples of a topic, word by word: how much of each is found again in the other.

Each word in context (`pipeline.vectors.e5`) of an example looks for the nearest word of the text, and each word of the
text for one of the example; the mean of all is how near the two are. A sentence vector blurs what a headline is about
with what it says of it; words find the subject again wherever it stands, in another language too.

Source: the alignment follows Khattab and Zaharia, "ColBERT" (2020), and Zhang et al., "BERTScore" (2020).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.vectors.e5 import TokenEncoder, Tokens

_LOG = logging.getLogger(__name__)
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
#: Gives the encoder of words, None where there is none.
LoadWords = Callable[[], TokenEncoder | None]

#: Code points of title and text that are read, at 20 to 40 texts a second; with 360, F1 is within half a point.
READ = 200
#: Written by bench/train_topics.py: "words" is the mean of the words of real headlines, shape (width,).
_FILE = Path(__file__).parent / "data" / "background.npz"
#: The border of a topic: at least this, and more by this part of how near its examples are to one another. (0.13, 0.33)
#: to (0.21, 0) do as well within a point, on 39 topics of four sources (docs/quality.md).
_BORDER_LEAST, _BORDER_SHARE = 0.15, 0.27


@dataclass(frozen=True, slots=True)
class Examples:
    """The words of a topic's examples, and from which nearness on a text is on the topic."""

    #: Those that have words.
    lines: tuple[str, ...]
    #: Rows of length 1, those of the first example first; shape (words, width).
    words: Floats
    #: Of each example, the row of its first word and the number of its words.
    starts: NDArray[np.intp]
    lengths: NDArray[np.intp]
    border: float

    def nearness(self, text: Floats) -> Doubles:
        """How near a text (its words, as rows of length 1) is to each example, -1 to 1; shape (examples,)."""
        cosines = text @ self.words.T
        found_of_text = np.maximum.reduceat(cosines, self.starts, axis=1).mean(axis=0)
        found_of_examples = np.add.reduceat(cosines.max(axis=0), self.starts) / self.lengths
        near: Doubles = (found_of_text + found_of_examples).astype(np.float64) / 2
        return near


class Readings:
    """Reads the words of a batch of texts when they are first asked for."""

    def __init__(self, titles: Sequence[str], texts: Sequence[str], load: LoadWords) -> None:
        """`load` is called for topics with examples only."""
        self.titles, self.texts = titles, texts
        self._load = load
        self._words: dict[int, Floats] = {}

    def examples(self, lines: tuple[str, ...]) -> Examples | None:
        """The examples of a topic; None where words cannot be read, or the examples have none."""
        encoder = self._load()
        if encoder is None:
            return None
        try:
            return _examples(lines, encoder)
        except (OSError, ValueError) as error:
            # Sentence vectors judge alone: less sure, but an edition.
            _LOG.warning("words are not compared with the examples of topics: %s", error)
            return None

    def nearness(self, rows: Sequence[int], examples: Examples) -> Doubles:
        """How near texts are to each example, shape (rows, examples); a text without words is as far as can be."""
        self._read(rows)
        none = np.full(len(examples.starts), -1.0)
        near = [examples.nearness(self._words[row]) if len(self._words[row]) else none for row in rows]
        return np.stack(near) if near else np.zeros((0, len(none)))

    def _read(self, rows: Sequence[int]) -> None:
        missing = [row for row in rows if row not in self._words]
        encoder = self._load()
        if missing and encoder is not None:
            texts = [_joined(self.titles[row], self.texts[row])[:READ] for row in missing]
            self._words.update(zip(missing, _told(encoder.encode(texts)), strict=True))


def mean_of_words(lines: Sequence[str], encoder: TokenEncoder) -> Doubles:
    """The mean of all words of the lines, shape (width,) (for the background file)."""
    words = np.concatenate([tokens.states for tokens in encoder.encode(lines)])
    mean: Doubles = words.mean(axis=0, dtype=np.float64)
    return mean


def _joined(title: str, text: str) -> str:
    return f"{title}. {text}" if title and text else title or text


@lru_cache(maxsize=64)
def _examples(lines: tuple[str, ...], encoder: TokenEncoder) -> Examples | None:
    read = zip(lines, _told(encoder.encode([line[:READ] for line in lines])), strict=True)
    told = {line: words for line, words in read if len(words)}
    if not told:
        return None
    lengths = np.array([len(words) for words in told.values()])
    starts = np.cumsum(lengths) - lengths
    found = Examples(tuple(told), np.concatenate(list(told.values())), starts, lengths, _BORDER_LEAST)
    if len(told) == 1:
        return found
    near = np.stack([found.nearness(words) for words in told.values()])
    alike = float(near[~np.eye(len(told), dtype=np.bool_)].mean())
    return replace(found, border=_BORDER_LEAST + _BORDER_SHARE * alike)


def _told(texts: Sequence[Tokens]) -> list[Floats]:
    """The words of texts from the mean of all words, as rows of length 1."""
    found = []
    for tokens in texts:
        rows = tokens.states - _mean()
        found.append((rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32))
    return found


@lru_cache(maxsize=1)
def _mean() -> Floats:
    with np.load(_FILE, allow_pickle=False) as arrays:
        mean: Floats = arrays["words"].astype(np.float32)
    return mean
