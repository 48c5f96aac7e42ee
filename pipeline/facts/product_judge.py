"""Which names of an article are products that its flaw is in: a small learned judge over candidates.

Every candidate gets log odds by a logistic regression over its marks (pipeline/facts/product_marks.py), without regard
to what the rules made of it. Then two short regressions over those odds and how the candidate stands among the others
say whether a fact of the rules stays, and whether a name that the rules left comes. Weights in data/products.npz, made
by bench/train_products.py.

Source: Wolpert, Stacked generalization, Neural Networks 5 (1992).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.facts.candidates import Candidate, candidates, lead_of
from pipeline.facts.product import is_entitled
from pipeline.facts.product_marks import all_marks, is_within
from pipeline.facts.spans import Passage
from pipeline.model import Article, Fact
from pipeline.text.names import name_key

_WEIGHTS = Path(__file__).parent / "data" / "products.npz"
#: Least probability for a fact of the rules to stay and for another name to come; precision goes before recall.
STAYS, COMES = 0.4, 0.65
#: No mark outweighs all others: log odds are cut here.
_SUREST = 6.0
#: What no name comes with: the rules know that it is the surroundings, or a word for anything.
_NEVER = frozenset(
    [f"around: {word}" for word in ("machine", "reached", "host", "compound", "another", "beside")]
    + ["against: generic", "against: place"]
)
#: What a fact stays with, whatever is thought of it: databases of flaws put the name behind the id.
_CERTAIN = "for: id"
#: An article that names so many things is a list of news.
_MANY = 9


class Judge(NamedTuple):
    """Whole numbers by mark, so that a score is the same on every machine; the two short regressions."""

    weights: dict[str, int]
    scale: float
    bias: float
    stays: tuple[list[float], float]
    comes: tuple[list[float], float]

    def score(self, marks: set[str]) -> float:
        """Log odds that a candidate with these marks is a product."""
        return self.bias + self.scale * sum(self.weights.get(mark, 0) for mark in marks)

    def chance(self, row: Sequence[float], *, ruled: bool) -> float:
        """Probability that a candidate that stands so among all is one, of the rules' or of the others."""
        weights, bias = self.stays if ruled else self.comes
        return 1 / (1 + math.exp(-bias - sum(weight * value for weight, value in zip(weights, row, strict=True))))


def judged(
    article: Article, passages: Sequence[Passage], facts: Sequence[Fact], *, tells: bool, judge: Judge | None = None
) -> list[Fact]:
    """The products of an article: facts of the rules without those that are none, and the names that they left.

    Args:
        article: Of one that is not about a flaw nothing is changed.
        passages: Its title and sentences.
        facts: What the rules found.
        tells: Whether title or opening speak of a flaw, for articles whose topics nobody has looked at.
        judge: Other weights than those that ship.
    Returns:
        Those of the title first.
    """
    is_about = "disclosure" in article.labels if article.topics or article.labels else tells
    if not is_about or (passages and passages[0].is_title and is_entitled(passages[0].text)):
        return list(facts)
    read = lead_of(passages)
    found = candidates(read, article, facts)
    marked = all_marks(found, read, article)
    judge = judge or _shipped()
    scores = [judge.score(marks) for marks in marked]
    standings = [standing(number, found, marked, scores) for number in range(len(found))]
    chances = [
        judge.chance(row, ruled=candidate.fact is not None) for candidate, row in zip(found, standings, strict=True)
    ]
    told = list(zip(found, marked, chances, strict=True))
    gone = [c for c, marks, chance in told if c.fact and chance < STAYS and _CERTAIN not in marks]
    kept = [fact for fact in facts if not any(fact is c.fact for c in gone)]
    free = [(chance, c) for c, marks, chance in told if _may_come(c, marks)]
    kept += _coming(free, {name_key(str(fact.value)) for fact in kept}, [c.key for c in gone])
    return sorted(kept, key=lambda fact: fact.evidence is None or fact.evidence.field != "title")


def _may_come(candidate: Candidate, marks: set[str]) -> bool:
    is_ground = "listed: platform" in marks and "around: on" in marks
    is_machine = "around: a machine" in marks and "heard" not in marks  # "GitHub Desktop" is a program
    return candidate.fact is None and not is_ground and not is_machine and not marks & _NEVER


def _coming(free: Sequence[tuple[float, Candidate]], taken: set[str], gone: Sequence[str]) -> Iterator[Fact]:
    """Facts of the names that come, the surest first; none within another or around one.

    The whole of a name whose part did not stay ("Desk 10" for "Desk") comes as easily as the part would have stayed.
    """
    for chance, candidate in sorted(free, key=lambda pair: -pair[0]):
        least = STAYS if any(is_within(part, candidate.key) for part in gone) else COMES
        if chance < least or any(overlap(candidate.key, key) for key in taken):
            continue
        taken.add(candidate.key)
        first = candidate.mentions[0]
        evidence = first.passage.evidence(first.start, first.end)
        yield Fact(type="product", value=candidate.value, name=first.name, evidence=evidence)


def standing(
    number: int, found: Sequence[Candidate], marked: Sequence[set[str]], scores: Sequence[float]
) -> list[float]:
    """How a candidate stands among all: what the two short regressions are over.

    Returns:
        Its log odds; how far it is above the best of the others; the best of the rules' others; then ones and zeros.
    """
    me, marks = found[number], marked[number]
    apart = [s for other, s in zip(found, scores, strict=True) if other is not me and not overlap(other.key, me.key)]
    ruled = [s for other, s in zip(found, scores, strict=True) if other is not me and other.fact]
    above = scores[number] - max(apart, default=-_SUREST)
    told = (
        not ruled,
        "stands in both" in marks,
        "stands in title" in marks,
        "organisation" in marks,
        any(other.fact for other in found if other.key in me.mates),
        "within a longer one" in marks,
        "holds a shorter one" in marks,
        "heard" in marks,
        "unheard" in marks and "another heard in title" in marks,
        "listed" in marks,
        any(mark.startswith("against") for mark in marks),
        len(found) > _MANY,
    )
    return [scores[number], _cut(above), max(ruled, default=-_SUREST), *map(float, told)]


def _cut(odds: float) -> float:
    return max(-_SUREST, min(_SUREST, odds))


def overlap(one: str, other: str) -> bool:
    """Whether two keys are one, or one stands in the other."""
    return one == other or is_within(one, other) or is_within(other, one)


@cache
def _shipped() -> Judge:
    """Read the weights; kept for the life of the process."""
    with np.load(_WEIGHTS) as stored:
        return judge_of(stored)


def judge_of(stored: Mapping[str, NDArray[Any]]) -> Judge:
    """A judge by the arrays of products.npz."""
    weights = dict(zip(stored["marks"].tolist(), stored["weights"].tolist(), strict=True))
    (stays, *stay), (comes, *come) = stored["stays"].tolist(), stored["comes"].tolist()
    return Judge(weights, float(stored["scale"]), float(stored["bias"]), (stay, stays), (come, comes))
