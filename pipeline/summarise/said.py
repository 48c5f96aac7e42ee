"""Whether two sentences say the same: by their words, by the facts they name, across languages by meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.summarise.candidates import Candidate, content_words
from pipeline.text.identifiers import find_identifiers
from pipeline.text.names import find_names, name_key
from pipeline.text.quantities import find_quantities


class Embedder(Protocol):
    """What `pipeline.vectors` offers; only asked about sentences of several articles."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, one per text."""
        ...


#: A second sentence this alike (share of the shorter one's words) says the same …
_SURELY_SAME = 0.75
#: … or this alike, if beside names and values, which the sentences of a story share, some words are the same as well.
_SAME_WORDS, _LEAST_REST = 0.6, 0.34
#: … or this near in meaning, across languages.
_SAME_MEANING = 0.86
#: … or this share of names and values in common, across languages.
_SAME_NAMES = 0.75
#: Beside the same values and this share of the names, this share of the other words is enough;
_MOST_NAMES, _SAME_REST = 0.6, 0.4
#: beside the same names and the same sum, no more than so many words of its own: another verb, another word for a fine.
_FEW, _FEW_PAIRS, _PAIRS_OF_A_NAME = 3, 8, 2
#: Endings of cases, and what has to be equal before them.
_ENDING, _SHORTEST_STEM = 2, 5
#: Words that any report of a flaw uses: they make no two sentences alike.
_OF_ANY_FLAW = re.compile(
    r"vulnerab|vulnérab|flaw|bugs?$|issues?$|versions?$|faille|lucke|schwachstell|securi|affect|betroff|sicherheit|secur"
)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a sentence names, in forms that are equal in any wording, and its words beside."""

    names: frozenset[str]
    #: Sums, terms, shares, dates, identifiers, versions.
    values: frozenset[str]
    #: Whether a sum is among the values: two sentences that name it beside the same name tell one act.
    has_sum: bool
    words: frozenset[str]


def same_said(a: Candidate, b: Candidate, embedder: Embedder | None = None) -> bool:
    """Whether two sentences say the same, by words or facts in one language, by meaning or facts across two."""
    first, second = _facts(a.text, a.article.language), _facts(b.text, b.article.language)
    alike = _share(a.words, b.words)
    if alike >= _SURELY_SAME or (alike >= _SAME_WORDS and _share(first.words, second.words) >= _LEAST_REST):
        return True
    if a.article.language == b.article.language and _same_act(first, second):
        return True
    if a.article.id == b.article.id:
        return False
    if embedder is not None:
        vectors = embedder.embed([a.text, b.text])
        if float(vectors[0] @ vectors[1]) >= _SAME_MEANING:
            return True
    if a.article.language == b.article.language:
        return False
    handles, others = first.names | first.values, second.names | second.values
    return min(len(handles), len(others)) >= 2 and _share(handles, others) >= _SAME_NAMES


def _same_act(a: _Facts, b: _Facts) -> bool:
    """Whether one has no value that the other lacks, nearly the same names, and says little beside.

    Without a name or without a value in common, two sentences tell two things of one story.
    """
    less, more = sorted((a, b), key=lambda facts: (len(facts.names) + len(facts.values), len(facts.words)))
    if not less.values or not less.values <= more.values:
        return False
    own = len(less.words - more.words)
    if not less.names:  # in scripts without capitals pairs of characters stand for names
        return less.has_sum and len(less.words) - own >= _PAIRS_OF_A_NAME and own <= _FEW_PAIRS
    known = sum(any(_is_one(name, other) for other in more.names) for name in less.names) / len(less.names)
    if known >= _MOST_NAMES and _share(less.words, more.words) >= _SAME_REST:
        return True
    return known == 1 and less.has_sum and own <= _FEW


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    """Share of the smaller set that the other has; 0.0 of nothing."""
    return len(a & b) / max(1, min(len(a), len(b)))


def _is_one(name: str, other: str) -> bool:
    """Whether two names are equal but for the ending of a case."""
    stem = min(len(name), len(other)) - _ENDING
    return name == other or (stem >= _SHORTEST_STEM and name[:stem] == other[:stem])


@lru_cache(maxsize=4096)
def _facts(text: str, language: str | None) -> _Facts:
    names = find_names(text, language)
    quantities = [q for q in find_quantities(text, language) if q.kind != "number"]
    identifiers = find_identifiers(text)
    spans = [(q.start, q.end) for q in quantities] + [(i.start, i.end) for i in identifiers]
    named = content_words(" ".join([*(n.text for n in names), *(text[start:end] for start, end in spans)]))
    return _Facts(
        names=frozenset(name_key(n.text) for n in names),
        values=frozenset({*(q.key for q in quantities), *(f"{i.kind}:{i.value}" for i in identifiers)}),
        has_sum=any(q.kind == "amount" for q in quantities),
        words=frozenset(w for w in content_words(text) - named if not _OF_ANY_FLAW.match(w)),
    )
