"""Tokens that stand in a sentence while it is translated, and what comes back in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.model import Problem
from pipeline.text.taken import Taken
from pipeline.translate.inflection import joined

#: Letters that no language joins, digits between: neural models copy it, dictionaries do not know it.
_MASK = "XQ{number}X"
_ANY_MASK = re.compile(r"[xX]\s?[qQ]\s?(\d{1,2})\s?[xX]s?(?![0-9A-Za-zÀ-ÖØ-öø-ɏ])")
_MOST_MASKS = 90
#: Articles at the end of a text, with what stays of them; Portuguese names have some, French names of programs none.
_ARTICLES = {
    "fr": (
        (re.compile(r"(?<!\w)(de|à) la $"), r"\1 "), (re.compile(r"(?<!\w)du $"), "de "),
        (re.compile(r"(?<!\w)au $"), "à "), (re.compile(r"(?<!\w)(de|à) l['’]$"), r"\1 "),
        (re.compile(r"(?<!\w)[Ll](?:[ea] |['’])$"), ""),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a sentence, in characters, that is hidden while it is translated."""

    start: int
    end: int
    #: What stands there after translation.
    text: str
    is_term: bool = False
    #: A name that the source writes without an article.
    is_bare: bool = False


def masked(sentence: str, spans: Iterable[Span]) -> tuple[str, tuple[Span, ...]]:
    """Replace spans, the longest where they overlap, by tokens; nothing when there are too many or tokens already."""
    taken = Taken(sentence)
    longest_first = sorted(spans, key=lambda s: (s.start - s.end, s.start))
    kept = [span for span in longest_first if taken.claim(span.start, span.end)]
    if not kept or len(kept) > _MOST_MASKS or _ANY_MASK.search(sentence):
        return sentence, ()
    kept.sort(key=lambda s: s.start)
    parts, position = [], 0
    for number, span in enumerate(kept, start=1):
        parts += [sentence[position : span.start], _MASK.format(number=number)]
        position = span.end
    return "".join([*parts, sentence[position:]]), tuple(kept)


def unmasked(translated: str, hidden: Sequence[Span], target: str) -> tuple[str, tuple[Problem, ...]]:
    """The text with everything back; each token must be there once."""
    if not hidden:
        return translated, ()
    text, position = "", 0
    seen: list[int] = []
    for match in _ANY_MASK.finditer(translated):
        number = int(match[1])
        text += translated[position : match.start()]
        position = match.end()
        if not 0 < number <= len(hidden):
            text += match[0]
            continue
        seen.append(number)
        span = hidden[number - 1]
        if not span.is_term:  # "an XQ1X" may turn out to be "a TV"
            text = _without_article(text, target) if span.is_bare else text
            text = joined(text, span.text, "", target) or text + span.text
            continue
        opens = not any(map(str.isalnum, text))
        written = span.text[:1].upper() + span.text[1:] if opens else span.text
        text = joined(text, written, "", target) or text + written
    text += translated[position:]
    lost = [hidden[number - 1].text for number in range(1, len(hidden) + 1) if seen.count(number) != 1]
    return text, tuple(Problem(kind="protected-lost", detail=item) for item in lost)


def _without_article(text: str, target: str) -> str:
    """A text that goes on with a name, without the article that another language put there ("dans le", "du")."""
    for article, kept in _ARTICLES.get(target, ()):
        text, count = article.subn(kept, text)
        if count:
            break
    return text
