"""Names in the form that is no case: "Yutongs", "Антона Белова" as the article writes them elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.facts.parties import parties
from pipeline.facts.patterns import spoken
from pipeline.facts.spans import Passage
from pipeline.text.names import Name

#: Languages whose names take a genitive s, and those whose names are declined.
_WITH_S = frozenset({"sv", "da", "no", "de"})
_DECLINING = frozenset({"pl", "cs", "ru", "uk"})
#: So many letters at least are the same in all cases of a word, and so many at most are its ending.
_STEM, _ENDING = 3, 3
#: Ends of the nominative of feminine names, and what stands for it in the other cases.
_FEMININE = ("a", "а", "я")
#: Those of adjectives ("Тихая гавань").
_ADJECTIVE = ("ая", "яя", "ый", "ий", "ое")
_OF_CASES = tuple("yięąeuúýыиуюеіїої")


def uninflected(name: Name, passage: Passage, read: Sequence[Passage], language: str | None) -> tuple[Name, Passage]:
    """A name and its sentence, or those of the same name elsewhere in title or lead where it stands in no case."""
    tag = spoken(language)[0]
    if tag not in _WITH_S and tag not in _DECLINING:
        return name, passage
    for other in read:
        for candidate in parties(other.text, language):
            if _is_basic(candidate.text, name.text, tag):
                return candidate, other
    return name, passage


def _is_basic(candidate: str, name: str, tag: str) -> bool:
    """Whether one form of a name is the nominative of another."""
    if candidate == name:
        return False
    if tag in _WITH_S:
        return name == f"{candidate}s"
    ours, theirs = name.split(), candidate.split()
    pairs = list(zip(ours, theirs, strict=False))
    return len(ours) == len(theirs) and all(word == base or _bends(word, base) for word, base in pairs)


def _bends(word: str, base: str) -> bool:
    """ "Антона" is a case of "Антон", "Metę" of "Meta"."""
    if base.endswith(_ADJECTIVE):
        return len(base) > _STEM and word != base and word.startswith(base[:-2]) and len(word) <= len(base) + 1
    stem = base[:-1] if base.endswith(_FEMININE) else base
    if len(stem) < _STEM or not word.startswith(stem) or len(word) - len(stem) > _ENDING:
        return False
    return word.endswith(_OF_CASES) if base.endswith(_FEMININE) else len(word) > len(base)
