"""A text taken apart into sentences and put together again, with everything between them kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.text.sentences import split_sentences

#: Written without a space between sentences.
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my"})
_CLAUSE_END = re.compile(r"[;:,，、；：–—)\]»”]\s+")


@dataclass(frozen=True, slots=True)
class Segments:
    """Sentences of a text and what stands before, between and after them: always one gap more than sentences."""

    sentences: tuple[str, ...]
    gaps: tuple[str, ...]

    def join(self, translated: Sequence[str], target: str) -> str:
        """The text with these sentences in place of its own."""
        unspaced = target in _UNSPACED
        parts = [self.gaps[0]]
        for number, sentence in enumerate(translated):
            gap = self.gaps[number + 1]
            if number + 1 < len(translated) and "\n" not in gap:
                gap = "" if unspaced else gap or " "
            parts += (sentence, gap)
        return "".join(parts)


def segment(text: str, language: str) -> Segments:
    """Split a text; paragraphs and blank lines land in the gaps."""
    sentences, gaps, end = [], [], 0
    for start, stop in split_sentences(text, language):
        gaps.append(text[end:start])
        sentences.append(text[start:stop])
        end = stop
    return Segments(tuple(sentences), (*gaps, text[end:]))


def pieces(sentence: str, longest: int) -> list[str]:
    """Cut a sentence that is too long for an engine: after a clause, else at a space, else anywhere.

    Characters of Chinese, Japanese and Korean count threefold, as they make more tokens.
    """
    weight = 3 if sum(c > "⺀" for c in sentence[:200]) > len(sentence[:200]) // 3 else 1
    longest = max(1, longest // weight)
    found = []
    while len(sentence) > longest:
        cut = _cut(sentence, longest)
        found.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [piece for piece in (*found, sentence) if piece]


def _cut(sentence: str, longest: int) -> int:
    half = longest // 2
    clauses = [m.end() for m in _CLAUSE_END.finditer(sentence, half, longest)]
    if clauses:
        return clauses[-1]
    space = sentence.rfind(" ", half, longest)
    return space if space > 0 else longest
