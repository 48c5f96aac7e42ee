"""Whom a measure hits, among everybody whom title and lead name: a judge of candidates, beside the rules.

Each candidate gets a score, the sum of the weights of his clues (pipeline/facts/target_clues.py), which
bench/train_targets.py learned from annotated news. What the rules say is one of the clues, and whom they name stays
where nobody is likelier. Who is joined to him or likely by himself comes with him; a place that only ends a
description, and a description beside a name with a legal form, give way; a name is shown with its form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.facts.bystanders import is_bystander
from pipeline.facts.described import is_description
from pipeline.facts.forms import has_form
from pipeline.facts.role_phrases import is_linked
from pipeline.facts.scene import Scene, are_joined
from pipeline.facts.spans import Passage
from pipeline.facts.target_candidates import Candidate, candidates
from pipeline.facts.target_clues import clue_numbers
from pipeline.text.names import Name, same_name
from pipeline.text.normalise import FIRST_IDEOGRAPH, fold
from pipeline.text.tags import primary

_WEIGHTS = Path(__file__).parent / "data" / "targets.npz"
#: Scores from which somebody is hit: the first, whoever is joined to one who is, and anybody else. These and the next
#: were chosen by five-fold counts (docs/quality.md).
_FIRST, _JOINED, _APART = -0.7, -0.7, 2.0
#: The first where the rules name nobody: often no measure was taken at all, most often where the rules are good.
_UNTOLD, _UNTOLD_SURE = 1.4, 2.0
#: Where nobody is likely, the rules are believed unless the one whom they name scores less than this.
_BELIEVED = -3.0
#: So much likelier than whom the rules name must a part of his name be, his name with a kind, or more of one that no
#: space bounds; and the beginning of such a one, whose end is part of it.
_BOUNDS, _UNSPACED = 2.0, 3.0
#: The same of anybody else where the rules give a name, in the languages in which they mostly are right.
_SURER, _SURE = 1.0, frozenset({"en", "fr", "zh"})
#: So much less likely may a name with its legal form be than the description that gives way to it.
_YIELDS = 1.0
#: No measure hits more that a card would name.
_MOST = 6
_FORMS = frozenset({"form", "cjk form"})
_WITHOUT_NAME = frozenset({"role", "role+", "word", "chunk", "part", "rule"})


class Scored(NamedTuple):
    """A candidate and how likely a measure hits him, in log odds."""

    score: float
    candidate: Candidate


class _Judge(NamedTuple):
    """Whole numbers, so that a score is the same on every machine."""

    weights: list[int]
    scale: float
    bias: float

    def score(self, numbers: Sequence[int]) -> float:
        return self.bias + self.scale * sum(map(self.weights.__getitem__, numbers))


@cache
def _judge() -> _Judge:
    """Read the weights; kept for the life of the process."""
    with np.load(_WEIGHTS) as stored:
        return _Judge(stored["weights"].tolist(), float(stored["scale"]), float(stored["bias"]))


def judged(scene: Scene) -> list[tuple[Name, Passage]]:
    """Whom the measure of a scene hits, in the order of the text, each with the sentence that shows him."""
    found = everybody(scene)
    rows = zip(clue_numbers(scene, found), found, strict=True)
    return chosen([Scored(_judge().score(numbers), c) for numbers, c in rows], scene)


def everybody(scene: Scene) -> list[Candidate]:
    """The candidates of a scene, and whom the rules name where he is none of them."""
    found = [
        c for c in candidates(scene.read, scene.language) if not _holds_sum(c, scene) and not _is_bystander(c, scene)
    ]
    spans = {(c.passage.place, c.name.start, c.name.end) for c in found}
    first = 0 if scene.read[0].is_title else 1
    places = [passage.place for passage in scene.read]
    return found + [
        Candidate(name, passage, places.index(passage.place) + first, frozenset({"rule"}))
        for name, passage in scene.told or ()
        if (passage.place, name.start, name.end) not in spans
    ]


def _is_bystander(c: Candidate, scene: Scene) -> bool:
    measure = scene.finding.span if c.passage is scene.finding.passage else None
    return is_bystander(c.name, c.passage.text, measure)


def _holds_sum(c: Candidate, scene: Scene) -> bool:
    """Whether a candidate reaches into a sum ("operator EUR 500")."""
    sums = (q for q in scene.numbers.get(c.passage.place, ()) if q.kind == "amount")
    return any(q.start < c.name.end and c.name.start < q.end for q in sums)


def chosen(scored: Sequence[Scored], scene: Scene) -> list[tuple[Name, Passage]]:
    """The first, those who come with him, and of each the full name; whom the rules name where nobody is likely."""
    if not scored:
        return []
    ranked = sorted(scored, key=lambda s: (-s.score, s.candidate.index, s.candidate.name.start, s.candidate.name.end))
    told = {fold(name.text) for name, _ in scene.told or ()}
    theirs = [s for s in ranked if fold(s.candidate.name.text) in told]
    best = ranked[0]
    if theirs and best.score - theirs[0].score <= _margin(best.candidate, theirs[0].candidate, scene.language):
        group = _group(theirs[0], theirs[1:], ranked)
    elif best.score >= (_FIRST if theirs else _UNTOLD_SURE if primary(scene.language) in _SURE else _UNTOLD):
        group = _group(best, (), ranked)
    else:
        return list(scene.told or ()) if theirs and theirs[0].score > _BELIEVED else []
    return [(c.name, c.passage) for c in sorted(group, key=lambda c: (c.index, c.name.start))]


def _margin(best: Candidate, told: Candidate, language: str | None) -> float:
    """How much likelier than whom the rules name another must be."""
    if best.passage is not told.passage or best.name.end <= told.name.start or told.name.end <= best.name.start:
        return _SURER if primary(language) in _SURE and not _is_described(told) else 0.0
    text, start = told.passage.text, told.name.start
    is_part = start <= best.name.start and best.name.end <= told.name.end
    has_kind = best.name.end == told.name.end and not is_linked(text, start)
    if ord(text[start]) > FIRST_IDEOGRAPH:
        return _UNSPACED if is_part and best.name.end < told.name.end else _BOUNDS
    return _BOUNDS if is_part or has_kind else 0.0


def _group(first: Scored, told: Sequence[Scored], ranked: Sequence[Scored]) -> list[Candidate]:
    """The first in full, whom else the rules name, and who comes along."""
    everyone = [s.candidate for s in ranked]
    head = _in_full(completed(first.candidate, everyone), everyone)
    named = _named_instead(first, ranked) if _is_described(head) else None
    group = [named or head]
    for s in () if named else told:
        _add(group, completed(s.candidate, everyone))
    for s in ranked:
        if s.score < _JOINED or len(group) >= _MOST:
            break
        full = completed(s.candidate, everyone)
        if _comes_along(full, s.score, group):
            _add(group, full)
    return group


def completed(c: Candidate, found: Sequence[Candidate]) -> Candidate:
    """The same name with its legal form, where title or lead has it ("Examplia" of "Examplia sp. z o.o.")."""
    if has_form(c.name.text):
        return _whole(c, found)
    longer = [f for f in found if "form" in f.found and len(f.name.text) > len(c.name.text)]
    for f in longer:
        if f.passage is c.passage and f.name.start <= c.name.start and c.name.end <= f.name.end:
            return f
    if not c.name.text[:1].isupper() and ord(c.name.text[0]) < FIRST_IDEOGRAPH:
        return c
    own = re.compile(rf"(?:\S+ [«„“\"])?{re.escape(fold(c.name.text))}[ ,»”“\"]")
    return next((f for f in longer if own.match(fold(f.name.text))), c)


def _whole(c: Candidate, found: Sequence[Candidate]) -> Candidate:
    """The name to which a form belongs, where only its end was taken ("Nord AB" of "Apotek Nord AB")."""
    longer = (f for f in found if "form" in f.found and f.passage is c.passage and f.name.end == c.name.end)
    whole = next((f for f in longer if f.name.start < c.name.start), None)
    if whole is None or not whole.passage.text[: whole.name.start].strip():
        return c
    cut = whole.passage.text[whole.name.start : c.name.start]
    return whole if all(word[:1].isupper() for word in cut.split()) else c


def _in_full(c: Candidate, found: Sequence[Candidate]) -> Candidate:
    """Who is said to be more: the description that a place ends, the noun that another sentence puts a name to."""
    if has_form(c.name.text):
        return c
    if is_linked(c.passage.text, c.name.start):
        ends = (f for f in found if "role+" in f.found and f.passage is c.passage and f.name.end == c.name.end)
        return next((f for f in ends if f.name.start < c.name.start), c)
    if not _is_described(c):
        return c
    key = f"{fold(c.name.text)} "
    more = (f for f in found if f.found & _WITHOUT_NAME and fold(f.name.text).startswith(key))
    return next((f for f in more if f.name.text.split()[-1][:1].isupper()), c)


def _is_described(c: Candidate) -> bool:
    """Whether words say who somebody is and give no name."""
    if has_form(c.name.text):
        return False
    return is_description(c.name.text) or (c.found <= _WITHOUT_NAME and not c.name.text[:1].isupper())


def _named_instead(first: Scored, ranked: Sequence[Scored]) -> Candidate | None:
    """The likeliest name with a legal form, where it is not much less likely than a description."""
    named = next((s for s in ranked if s.candidate.found & _FORMS and has_form(s.candidate.name.text)), None)
    return named.candidate if named is not None and first.score - named.score < _YIELDS else None


def _comes_along(c: Candidate, score: float, group: Sequence[Candidate]) -> bool:
    """Whether somebody is hit beside those who are: joined to one of them, or likely by himself."""
    if any(are_joined(c, other) for other in group):
        return True
    if score < _APART or (has_form(group[0].name.text) and not has_form(c.name.text)):
        return False
    return c.passage is group[0].passage or c.index > 0


def _add(group: list[Candidate], c: Candidate) -> None:
    """Add somebody who is not in the group yet, in whole or in part."""
    key = fold(c.name.text)
    for other in group:
        meets = c.passage is other.passage and c.name.start < other.name.end and other.name.start < c.name.end
        theirs = fold(other.name.text)
        if meets or key in theirs or theirs in key or same_name(c.name.text, other.name.text):
            return
    group.append(c)
