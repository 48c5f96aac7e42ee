"""Whom a measure hits where a particle behind his name says so: in Japanese (に, を, の) and Korean (에, 를)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts.patterns import load
from pipeline.facts.roles import Actor
from pipeline.text.names import Name
from pipeline.text.tags import primary

_TABLES = {"ja": "japanese", "ko": "korean"}
#: Between the names of a list.
_AND = re.compile(r"、|·|・(?=.{2}・)|(?<=\S)(?:と|及び|および|ならびに)(?=[ァ-ヶA-Z])")
_QUOTED = re.compile(r"[「『“‘'\"](?P<name>[^」』”’'\"]{2,24})[」』”’'\"]")


@dataclass(frozen=True, slots=True)
class _Particles:
    """The words of one language."""

    #: Where whom it hits stands, the surest place first; with his name in a group `who`.
    patterns: tuple[re.Pattern[str], ...]
    #: What is said of somebody in front of his name.
    kind: re.Pattern[str]
    #: Somebody without a name, whose description stays whole.
    whole: re.Pattern[str]
    nobody: re.Pattern[str]


def has_particles(language: str | None) -> bool:
    """Whether particles behind names tell who is hit in a language."""
    return primary(language) in _TABLES


@lru_cache(maxsize=4)
def _particles(tag: str) -> _Particles:
    words = load("grammar_targets")[_TABLES[tag]]
    done = rf"(?:{'|'.join(words['done'])})"
    patterns = tuple(re.compile(pattern.replace("{done}", done)) for pattern in words["patterns"])
    kind, whole, nobody = (re.compile(words[name]) for name in ("kind", "whole", "nobody"))
    return _Particles(patterns, kind, whole, nobody)


def named_by_particle(text: str, found: Sequence[Actor], chosen: Sequence[Actor], language: str | None) -> list[Name]:
    """Who stands in front of the particle that leads from the measure to whom it hits."""
    words = _particles(primary(language))
    for pattern in words.patterns:
        for match in pattern.finditer(text):
            names = [n for n in _each(text, *match.span("who"), words) if not _is_of(n, found, chosen)]
            if names:
                return names
    return []


def _each(text: str, start: int, end: int, words: _Particles) -> Iterator[Name]:
    """The names of a list, each without what is said of it in front."""
    place = start
    for joint in [*_AND.finditer(text, start, end), None]:
        stop = joint.start() if joint else end
        name = _bare(text, place, stop, words)
        if name is not None:
            yield name
        place = joint.end() if joint else end


def _bare(text: str, start: int, end: int, words: _Particles) -> Name | None:
    if quoted := _QUOTED.search(text, start, end):
        start, end = quoted.span("name")
    elif not words.whole.search(text, start, end) and (kind := words.kind.match(text, start, end)):
        start = kind.end()
    name = text[start:end].strip(" 　「」『』“”'\"")
    if len(name) <= 1 or words.nobody.search(name):
        return None
    start = text.index(name, start)
    return Name(name, start, start + len(name))


def _is_of(name: Name, found: Sequence[Actor], chosen: Sequence[Actor]) -> bool:
    """Whether a name is who decides, a court or a state; another public body may be hit."""
    met = (actor for actor in found if actor.start < name.end and name.start < actor.end)
    return any(actor in chosen or actor.level in ("court", "government") for actor in met)
