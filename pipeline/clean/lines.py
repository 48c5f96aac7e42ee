"""Line evidence: a small learned judge of whole paragraphs that belong to the site and not to the article.

Phrase rules remove a kind of call once it is known. The judge adds up what all such lines share: they speak to the
reader, name what a site offers, tell nothing that happened. It is a logistic regression over the words of a line, their
cue classes and its form; weights in data/lines/weights.npz, made by bench/train_lines.py. It judges a paragraph by
itself, so that cleaning twice equals cleaning once.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.clean.around import MOST
from pipeline.text.cues import MOST_TOKENS, Word, cue_classes, letter_word
from pipeline.text.linewords import MOST_CLASSES, feature_numbers
from pipeline.text.scripts import UNSPACED_LETTER

_WEIGHTS = Path(__file__).parent / "data" / "lines" / "weights.npz"
#: Longest paragraph that is judged, in characters; none of the lines it was trained on is longer.
LONGEST = 260
#: Weights of the first glance, which looks at single words.
GLANCE_SIZE = 1 << 14
#: Lines of up to so many words are headings of articles more often than anything else: they must score so much more.
_SHORT = ((3, 2.0), (5, 1.5))
#: So must items of a numbered list.
_NUMBERED, _SURER = re.compile(r"\d{1,2}[.)] "), 2.0
#: A row of a table, as extraction writes it: the article's.
_ROW = "| "
#: A pointer to the whole of what the article tells ("the full list of affected models"): it must be surer, too.
_WHOLE = re.compile(
    r"\b(?:full|complete) (?:list|table|timetable|schedule|calendar)\b|\b(?:liste|tableau|calendrier) complet"
    r"|\b(?:vollständige|komplette)[nr]? (?:liste|tabelle|terminplan)|\b(?:tabla|elenco|tabella) complet"
    r"|\b(?:lista|calend[aá]rio|tabela|programa) complet|\bvolledige (?:lijst|tabel)|\bpełn\w{1,3} (?:list|tabel)"
    r"|\bполн\w{1,4} (?:спис|таблиц)",
    re.IGNORECASE,
)
#: A label with a name, in up to this many words: a credit, a field of a form of facts.
_LABELLED, _LABELLED_WORDS = re.compile(r"[^:?!]{2,30}: ?[^:?!.]{2,30}"), 4
#: A question and nothing behind it: interviews and teasers have more of them than sites.
_ASKED, _ASKED_SURER = re.compile(r"\A[^.!?。！？]{12,260}[?？]\.?\Z"), 1.5
#: What a text says in short, or what stands on an agenda.
_IN_SHORT = re.compile(
    r"(?:tl;dr|in (?:short|brief)|at a glance|en bref|l['’]essentiel|en resumen|in breve|em resumo|kurz gefasst"
    r"|auf einen blick|in het kort|w skrócie|коротко|kort sagt|kısaca|au (?:programme|menu)|on the agenda) ?:",
    re.IGNORECASE,
)
#: Where a text was printed first: readers are owed its source.
_FIRST_PRINTED = re.compile(
    r"originally (?:published|appeared)|erschien(?:en)? zuerst|zuerst erschienen"
    r"|(?:initialement|d'abord) (?:publié|paru)|publicad[oa] originalmente|originariamente pubblicat"
    r"|oorspronkelijk (?:verschenen|gepubliceerd)",
    re.IGNORECASE,
)
#: Four words or more in quotation marks: somebody tells what a site, a letter or a crook says.
_QUOTING = re.compile(
    r"[«„“\"‘「『]\s?(?:[^\s»“”\"’」』]{1,30}\s{1,3}){3}[^»“”\"’」』]{0,200}[»“”\"’」』]|「[^」]{10,200}」"
)
_QUOTING_SURER = 3.0
#: Lines with one beginning that make a list or a table ("Time: 18:00"), which is the article's.
_LISTED = 4
#: Single numbers beside the weights in weights.npz.
_STORED = ("scale", "bias", "threshold", "least", "least_east_asian")


class LineJudge:
    """Integer weights, so that a line's score is the same on every machine."""

    def __init__(
        self,
        *,
        weights: list[int],
        glance: list[int],
        scale: float,
        bias: float,
        threshold: float,
        least: float,
        least_east_asian: float,
    ) -> None:
        self.scale, self.bias, self.threshold = scale, bias, threshold
        #: Smallest sum at a glance, per root of the number of words (of characters), that is worth a full look.
        self.least, self.least_east_asian = least, least_east_asian
        self._weights, self._glance = weights, glance
        self._tokens = _Hints(
            lambda token: [n for word in cue_classes().words(token) for n in glance_numbers(word)], glance
        )
        self._characters = _Hints(lambda character: [character_number(character)], glance)

    def takes(self, line: str, ease: float = 0.0) -> bool:
        """Whether the paragraph goes; `ease` is what speaks for it in the text around it, in log odds."""
        score, least = self.score(line), self.threshold - ease
        # A margin is never negative: most lines need none.
        return score is not None and score > least and score > least + _margin(line)

    def score(self, line: str) -> float | None:
        """Log odds that a line is the site's own; None where it is too long or its words alone tell that it is not."""
        if len(line) > LONGEST:
            return None
        if not line.isascii() and UNSPACED_LETTER.search(line):
            # A Chinese or Japanese character says as much as two letters.
            if len(line) > LONGEST // 2:
                return None
            if self._characters.sum(line) <= self.least_east_asian * math.sqrt(len(line)):
                return None
        else:
            tokens = line.split()
            if self._tokens.sum(tokens) <= self.least * math.sqrt(len(tokens)):
                return None
        return self.odds(line)

    def odds(self, line: str) -> float:
        """Log odds that a line is the site's own, whatever its words are at a glance."""
        numbers = feature_numbers(line)
        return self.bias + self.scale * sum(map(self._weights.__getitem__, numbers)) / math.sqrt(len(numbers))


class _Hints(dict[str, int]):
    """What each token or character adds to the first glance, worked out when it is first met."""

    def __init__(self, numbers: Callable[[str], list[int]], glance: list[int]) -> None:
        super().__init__()
        self._numbers, self._glance = numbers, glance

    def __missing__(self, token: str) -> int:
        if len(self) > MOST_TOKENS:
            self.clear()
        self[token] = hint = sum(map(self._glance.__getitem__, self._numbers(token)))
        return hint

    def sum(self, tokens: Iterable[str]) -> int:
        return sum(map(self.__getitem__, tokens))


def _margin(line: str) -> float:
    """How much surer than of others the judge must be of a line that looks like the article's."""
    if line.startswith(_ROW) or _FIRST_PRINTED.search(line) or _IN_SHORT.match(line):
        return math.inf
    margin = _SURER if _NUMBERED.match(line) or _WHOLE.search(line) else 0.0
    margin += _QUOTING_SURER if _QUOTING.search(line) else 0.0
    margin += _ASKED_SURER if _ASKED.match(line) else 0.0
    if UNSPACED_LETTER.search(line):
        return margin
    spaces = line.count(" ")
    if spaces < _LABELLED_WORDS and _LABELLED.fullmatch(line):
        return math.inf
    return max(margin, next((more for words, more in _SHORT if spaces < words), 0.0))


def site_lines(paragraphs: Sequence[str], ease: Callable[[int], float] = lambda _: 0.0) -> frozenset[str]:
    """The paragraphs of a text that read like its site's own lines, none where nothing else is there.

    Many lines of one beginning stay, since they are a list; and a text of such lines only, since it may be all that a
    feed gives.

    Args:
        paragraphs: The text.
        ease: How much less sure of a paragraph the judge must be, by its place among them (pipeline/clean/around.py).
    """
    takes = line_judge().takes
    # What may go in any surroundings: that many lines are a list, or all that there is, must not change when some go.
    likely = {text for text in paragraphs if len(text) <= LONGEST and takes(text, MOST)}
    if all(text in likely for text in paragraphs):
        return frozenset()
    beginnings = Counter(map(_beginning, likely))
    return frozenset(
        text
        for place, text in enumerate(paragraphs)
        if text in likely and beginnings[_beginning(text)] < _LISTED and takes(text, ease(place))
    )


def _beginning(line: str) -> str:
    return line.split(maxsplit=1)[0].lower() if line.strip() else ""


@cache
def line_judge() -> LineJudge:
    """Read the weights; kept for the life of the process."""
    with np.load(_WEIGHTS) as stored:
        numbers = {name: float(stored[name]) for name in _STORED}
        return LineJudge(weights=stored["weights"].tolist(), glance=stored["glance"].tolist(), **numbers)


def glance_numbers(word: Word) -> list[int]:
    """Which weights of the first glance a word adds: its own, and one for each of its cue classes."""
    return [
        MOST_CLASSES + word.key % (GLANCE_SIZE - MOST_CLASSES),
        *(n for n in range(MOST_CLASSES) if word.mask >> n & 1),
    ]


def character_number(character: str) -> int:
    """Which weight of the first glance a Chinese or Japanese character adds, or one that stands beside such."""
    return MOST_CLASSES + letter_word(character).key % (GLANCE_SIZE - MOST_CLASSES)
