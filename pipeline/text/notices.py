"""Pages that hold nothing but a site's own words: walls, notices, forms, errors, in whatever wording.

Each line or sentence gets the log odds that it is a site's and not an article's, by a logistic regression over its
words, their cue classes and its form (pipeline/text/linewords.py); weights in data/notices.npz, made by
bench/train_notices.py. A page is judged by the mean of its lines: one call in an article is an article.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.text.linewords import feature_numbers

_WEIGHTS = Path(__file__).parent / "data" / "notices.npz"
#: Lines longer than this are judged sentence by sentence, and of a sentence no more than `LONGEST` is read.
_LINE, LONGEST = 200, 260
#: No line outvotes all others: log odds are cut here.
_SUREST = 6.0
#: Mean log odds from which a page is a notice. A single line must be surer: feeds have teasers of one sentence that
#: promise and tell nothing ("Here's why"), and they are all that such an article is known by.
_NOTICE, _SINGLE = -1.0, 1.5
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")


class _Judge(NamedTuple):
    """Whole numbers, so that a line's score is the same on every machine."""

    weights: list[int]
    scale: float
    bias: float

    def score(self, line: str) -> float:
        numbers = feature_numbers(line)
        value = self.bias + self.scale * sum(map(self.weights.__getitem__, numbers)) / math.sqrt(len(numbers))
        return max(-_SUREST, min(_SUREST, value))


def is_notice(paragraphs: Sequence[str]) -> bool:
    """Whether the paragraphs read like a site's own words and nothing else."""
    lines = list(split_lines(paragraphs))
    if not lines:
        return False
    scores = [(_judge().score(line), math.sqrt(len(line))) for line in lines]
    mean = sum(score * weight for score, weight in scores) / sum(weight for _, weight in scores)
    return mean > (_NOTICE if len(lines) > 1 else _SINGLE)


def split_lines(paragraphs: Sequence[str]) -> Iterator[str]:
    """Lines, long ones sentence by sentence: what is judged."""
    for paragraph in paragraphs:
        for line in map(str.strip, paragraph.splitlines()):
            if 0 < len(line) <= _LINE:
                yield line
            elif line:
                yield from (sentence[:LONGEST] for sentence in _SENTENCE.split(line) if sentence)


@cache
def _judge() -> _Judge:
    """Read the weights; kept for the life of the process."""
    with np.load(_WEIGHTS) as stored:
        return _Judge(stored["weights"].tolist(), float(stored["scale"]), float(stored["bias"]))
