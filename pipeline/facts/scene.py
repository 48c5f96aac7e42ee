"""A title and its lead with what was found in them: what all who could be hit have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.facts.actors import actors
from pipeline.facts.described import is_description
from pipeline.facts.forms import has_form
from pipeline.facts.measures import Finding, find_measures
from pipeline.facts.patterns import load, spoken
from pipeline.facts.roles import Actor
from pipeline.facts.spans import Passage
from pipeline.facts.target_candidates import Candidate
from pipeline.text.gazetteer import Hit
from pipeline.text.names import Name, organisations, products
from pipeline.text.normalise import fold
from pipeline.text.quantities import Quantity


@dataclass(frozen=True, slots=True)
class Scene:
    """A title and its lead, and the measure whose targets are looked for."""

    language: str | None
    read: Sequence[Passage]
    finding: Finding
    deciding: Sequence[Actor]
    #: Whom the rules name, with the sentence; None where they are not to be heard.
    told: Sequence[tuple[Name, Passage]] | None
    #: Quantities by the place of their sentence.
    numbers: dict[int, list[Quantity]]


class Surroundings:
    """What the candidates of a scene share, worked out once."""

    def __init__(self, scene: Scene, found: Sequence[Candidate]) -> None:
        self.scene = scene
        self.tag = spoken(scene.language)[0]
        self.measure = scene.finding.trigger.measure
        #: By the place of a sentence.
        self.measures = {p.place: _measures(p, scene) for p in scene.read}
        self.actors = {p.place: actors(p.text, scene.language) for p in scene.read}
        self.groups = {p.place: _groups(p.text, [c for c in found if c.passage is p]) for p in scene.read}
        self.deciding = {actor.id for actor in scene.deciding}
        #: Sentences, folded.
        self.texts = [fold(p.text) for p in scene.read]
        self.whole = "\n".join(self.texts)
        self.forms = [c for c in found if has_form(c.name.text)]
        self.roles = [c for c in found if "role+" in c.found]
        self.told_spans = {(p.place, n.start, n.end) for n, p in scene.told or ()}
        self.told = [fold(name.text) for name, _ in scene.told or ()]
        self.is_role_told = any(is_description(n.text) or n.text.islower() for n, _ in scene.told or ())
        self.organisations = {p.place: organisations().find(p.text) for p in scene.read}
        self.products = {p.place: products().find(p.text) for p in scene.read}
        #: Which of the sentences is the first that speaks of a measure.
        self.first = next((i for i, p in enumerate(scene.read) if self.measures[p.place]), 0)

    def group_of(self, c: Candidate) -> list[Name]:
        """The names of the list that a candidate is one of, or in; his own where he is in none."""
        for group in self.groups[c.passage.place]:
            if any(n.start <= c.name.start and c.name.end <= n.end for n in group):
                return group
        return [c.name]

    def is_known(self, c: Candidate, listed: Mapping[int, Sequence[Hit]]) -> bool:
        """Whether a name of a list stands in a candidate."""
        return any(c.name.start <= hit.start and hit.end <= c.name.end for hit in listed[c.passage.place])

    def roles_ending_in(self, c: Candidate) -> list[Candidate]:
        """Who somebody is said to be where the candidate only stands at the end of it ("hacker from | Exampletown")."""
        name = c.name
        return [
            r for r in self.roles if r.passage is c.passage and r.name.start < name.start and name.end <= r.name.end
        ]


def _measures(passage: Passage, scene: Scene) -> tuple[Finding, ...]:
    """The measures of a sentence, the scene's own first."""
    found, own = find_measures(passage, scene.language), scene.finding
    if passage is own.passage:
        return (own, *(f for f in found if f.span != own.span))
    if not found and own.trigger.is_plain:
        return find_measures(passage, scene.language, plain=True)
    return found


#: How candidates are found that are whole names.
_NAMES = frozenset({"party", "run", "form", "quoted", "known", "cjk form", "masked"})
_AND = "|".join(load("target_candidates")["lists"]["and"])
_JOINED = re.compile(
    rf",?\s(?:{_AND}|&)\s(?:[^\W\d_A-ZÀ-Þ]{{1,14}}['’]?\s?){{0,3}}(?:M\.|Mme|Mr|Herr|Frau|[A-ZÄÖÜ][a-zäöü]+er(?=\s))?,?\s?"
    r"|[、和与與及と・]|[”」»]\s?[、和与與及と]?\s?[“「«]|(?:と|、)(?:傘下|子会社|関連会社)の"
)
_COMMA = re.compile(r",\s|、")


def are_joined(one: Candidate, other: Candidate) -> bool:
    """Whether "and" or a comma stands between two names of a sentence, and hardly anything else."""
    if one.passage is not other.passage:
        return False
    left, right = sorted((one.name, other.name), key=lambda n: n.start)
    gap = one.passage.text[left.end : right.start]
    return bool(_JOINED.fullmatch(gap) or _COMMA.fullmatch(gap))


def _groups(text: str, found: Sequence[Candidate]) -> list[list[Name]]:
    """The lists of names in a sentence, two names at least, the last joined by a word for "and"."""
    groups: list[list[Name]] = []
    group: list[Name] = []
    is_joined = False
    for name in _apart(found):
        gap = text[group[-1].end : name.start] if group else ""
        if group and _JOINED.fullmatch(gap):
            group.append(name)
            is_joined = True
        elif group and not is_joined and _COMMA.fullmatch(gap):
            group.append(name)
        else:
            groups += [group] if is_joined else []
            group, is_joined = [name], False
    return [*groups, group] if is_joined else groups


def _apart(found: Sequence[Candidate]) -> list[Name]:
    """The longest names that hold no list, in order; no two share a letter."""
    names: list[Name] = []
    for c in sorted((c for c in found if c.found & _NAMES), key=lambda c: c.name.start - c.name.end):
        is_list = _JOINED.search(c.name.text) and len(c.name.text.split()) > 2 and not has_form(c.name.text)
        if not is_list and not any(n.start < c.name.end and c.name.start < n.end for n in names):
            names.append(c.name)
    return sorted(names, key=lambda n: n.start)
