"""A text taken apart into sentences and put together again, with everything between them kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.text.sentences import split_sentences

#: Written without a space between sentences.
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my"})
_CLAUSE_END = re.compile(r"[;:,，、；：–—)\]»”]\s+")
#: Between clauses, and the least characters of one: shorter ones are items of a list, which read better together.
_PAUSE = re.compile(r"(?<=[,;:])\s+")
_LEAST_CLAUSE = 60
#: Places looked at, so that a text of 200,000 characters in a bracket takes no time.
_MOST_PLACES = 20


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


def clauses(sentence: str, most: int) -> list[str]:
    """Cut a sentence of more than `most` characters between two clauses, if it has a place for it.

    The place is a comma or stronger, outside brackets and quotations, the nearest to the middle; halves are cut again.
    """
    if len(sentence) <= most:
        return [sentence]
    places = [
        m for m in _PAUSE.finditer(sentence) if m.start() >= _LEAST_CLAUSE and m.end() + _LEAST_CLAUSE <= len(sentence)
    ]
    middle = len(sentence) / 2
    for place in sorted(places, key=lambda m: abs(m.start() - middle))[:_MOST_PLACES]:
        before = sentence[: place.start()]
        if all(before.count(a) == before.count(b) for a, b in ("()", "[]", "«»", "“”")) and before.count('"') % 2 == 0:
            return [*clauses(before, most), *clauses(sentence[place.end() :], most)]
    return [sentence]


def joined(parts: Sequence[str], translated: Sequence[str]) -> str:
    """Translations of the parts of one sentence as a sentence: engines like to end a part with a full stop."""
    said: list[str] = []
    for part, text in zip(parts, translated, strict=True):
        is_inside = len(said) + 1 < len(parts) and part[-1:] in ",;:"
        said.append(text[:-1] + part[-1] if is_inside and text.endswith(".") and not text.endswith("..") else text)
    return " ".join(said)


def _cut(sentence: str, longest: int) -> int:
    half = longest // 2
    clauses = [m.end() for m in _CLAUSE_END.finditer(sentence, half, longest)]
    if clauses:
        return clauses[-1]
    space = sentence.rfind(" ", half, longest)
    return space if space > 0 else longest
