"""Make pipeline/facts/data/targets.npz: the weights of the clues that a measure hits somebody.

    python bench/train_targets.py --data DIR [--check | --folds]

`--check` writes nothing and says whether the shipped file is that; `--folds` counts by five-fold what the judge finds
of items that it did not learn from, beside what the rules alone find. Needs scipy (extra `train`). News with whom a
measure hits: bench/labels/targets.jsonl, targets-own.jsonl in our own words, the open parts of the annotated news of
tests/data, and of the data folder facts-gold. The rules were written with most of tests/data at hand, so that what they
say there does not show how far they are to be trusted elsewhere: that is learned on the other items alone.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import scipy.sparse as sp
from facts import _articles, _same_target
from judges import keep, options, quantised
from scipy.optimize import minimize

from pipeline.facts.inflected import uninflected
from pipeline.facts.sanction import first_scene
from pipeline.facts.scene import Scene
from pipeline.facts.spans import passages
from pipeline.facts.target_candidates import Candidate
from pipeline.facts.target_clues import SIZE, clue_numbers
from pipeline.facts.target_judge import Scored, chosen, completed, everybody
from pipeline.text.hanzi import in_short_form

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "pipeline" / "facts" / "data" / "targets.npz"
TESTS = ROOT / "tests" / "data"
#: Sets of which the rules have learned, and those that show how far they can be trusted.
OPEN_HALVES = ("facts_news", "facts_press", "facts_styles", "facts_long")
#: Strength of the pull to zero, share of the loss that is each candidate's own, weight of what others wrote.
RIDGE, OWN, FRESH = 4.0, 0.4, 1.5
FOLDS = 5
#: "Marcina K." is a case of "Marcin K.": letters that may differ at the end of a word.
_ENDING = 3
_DECLINING = frozenset({"pl", "cs", "ru", "uk"})


@dataclass(frozen=True)
class Item:
    """News with whom its measure hits."""

    key: str
    origin: str
    gold: frozenset[str]
    #: None where no measure is found, so that nobody is looked for.
    scene: Scene | None
    everyone: tuple[Candidate, ...]
    #: Numbers of the clues of each, with and without those of the rules.
    clues: tuple[tuple[int, ...], ...]
    without_rules: tuple[tuple[int, ...], ...]
    right: tuple[bool, ...]

    @property
    def is_fresh(self) -> bool:
        """Whether no rule was written with the item at hand."""
        return self.origin in ("targets", "targets-own", "gold", "facts_lands")


def rows(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(set, row) of all items; a row has id, lang, title, lead and targets."""
    for name in OPEN_HALVES:
        for path in sorted((TESTS / name).glob("*.jsonl")):
            yield from ((name, row) for row in _lines(path) if row["half"] == "open")
    for name in ("facts_lands", "facts_south"):
        yield from ((name, row) for row in _lines(TESTS / f"{name}.jsonl"))
    yield from (("gold", row) for row in _lines(data / "facts-gold" / "items.jsonl"))
    for name in ("targets", "targets-own"):
        yield from ((name, row) for row in _lines(ROOT / "bench" / "labels" / f"{name}.jsonl"))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            if "gold" not in row:
                yield row
            elif row["gold"]["sanctions"]:
                yield row | {"targets": [t for s in row["gold"]["sanctions"] for t in s["targets"]]}


def items(data: Path) -> list[Item]:
    found = list(rows(data))
    articles = _articles([row for _, row in found])
    return [
        _item(origin, row, first_scene(article, passages(article)))
        for (origin, row), article in zip(found, articles, strict=True)
    ]


def _item(origin: str, row: dict[str, Any], scene: Scene | None) -> Item:
    gold = frozenset(in_short_form(name, row["lang"]) for name in row["targets"])  # as scenes are read
    if scene is None:
        return Item(f"{origin}/{row['id']}", origin, gold, None, (), (), (), ())
    everyone = everybody(scene)
    silent = replace(scene, told=None)
    right = [any(_is_meant(g, name, row["lang"]) for g in gold for name in _names(c, everyone)) for c in everyone]
    return Item(
        f"{origin}/{row['id']}",
        origin,
        gold,
        scene,
        tuple(everyone),
        tuple(map(tuple, clue_numbers(scene, everyone))),
        tuple(map(tuple, clue_numbers(silent, everyone))),
        tuple(right),
    )


def _names(c: Candidate, everyone: Sequence[Candidate]) -> tuple[str, str]:
    return c.name.text, completed(c, everyone).name.text


def _is_meant(gold: str, name: str, language: str) -> bool:
    """Whether a name is the annotated one, in any case of it where a language declines names."""
    if _same_target(gold, name):
        return True
    ours, theirs = name.casefold().split(), gold.casefold().split()
    if language not in _DECLINING or len(ours) != len(theirs):
        return False
    return all(word == base or _bends(word, base) for word, base in zip(ours, theirs, strict=True))


def _bends(word: str, base: str) -> bool:
    stem = max(_ENDING, min(len(word), len(base)) - 2)
    return word[:stem] == base[:stem] and len(word) > _ENDING and abs(len(word) - len(base)) <= _ENDING


def fit(learned: Sequence[Item]) -> tuple[np.ndarray, float]:
    """Weights and bias: of each item the right ones against all others and nobody, and each candidate by himself."""
    used = [item for item in learned if item.everyone]
    x = _matrix([numbers for item in used for numbers in (item.clues if item.is_fresh else item.without_rules)])
    y = np.array([right for item in used for right in item.right], float)
    ends = np.cumsum([0, *(len(item.right) for item in used)])
    weights = np.array([FRESH if item.origin in ("targets", "gold") else 1.0 for item in used])
    loss = _Loss(x, y, ends, weights)
    solved = minimize(loss, np.zeros(SIZE + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return solved.x[:-1], float(-solved.x[-1])


def _matrix(clues: Sequence[Sequence[int]]) -> Any:
    ends = np.cumsum([0, *map(len, clues)])
    numbers = np.fromiter((n for row in clues for n in row), np.int32, ends[-1])
    return sp.csr_matrix((np.ones(ends[-1]), numbers, ends), (len(clues), SIZE))


class _Loss:
    """Negative log likelihood and its gradient; the last parameter is the score of nobody."""

    def __init__(self, x: Any, y: np.ndarray, ends: np.ndarray, weights: np.ndarray) -> None:
        self.x, self.y, self.weights = x, y, weights
        self.starts = ends[:-1]
        self.item = np.repeat(np.arange(len(weights)), np.diff(ends))
        self.has_right = np.add.reduceat(y, self.starts) > 0

    def __call__(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        theta, nobody = parameters[:-1], parameters[-1]
        score = self.x @ theta
        loss, slope, of_nobody = self._among(score, nobody)
        own = self.weights[self.item] * OWN
        alone = score - nobody
        loss += float((own * (np.logaddexp(0, alone) - self.y * alone)).sum())
        step = own * (1 / (1 + np.exp(-alone)) - self.y)
        slope, of_nobody = slope + step, of_nobody - step.sum()
        loss += 0.5 * RIDGE * float(theta @ theta)
        return loss, np.append(self.x.T @ slope + RIDGE * theta, of_nobody)

    def _among(self, score: np.ndarray, nobody: float) -> tuple[float, np.ndarray, float]:
        """That one of the right ones is picked among the candidates of an item, nobody where none is right."""
        most = np.maximum(np.maximum.reduceat(score, self.starts), nobody)
        each = np.exp(score - most[self.item])
        none = np.exp(nobody - most)
        total = np.add.reduceat(each, self.starts) + none
        right = np.add.reduceat(each * self.y, self.starts)
        wanted = np.where(self.has_right, right, none)
        loss = float((self.weights * (np.log(total) - np.log(wanted + 1e-300))).sum())
        share = np.where(self.has_right, right, 1.0)[self.item]
        slope = self.weights[self.item] * (each / total[self.item] - self.has_right[self.item] * each * self.y / share)
        return loss, slope, float((self.weights * (none / total - ~self.has_right)).sum())


def train(data: Path) -> dict[str, np.ndarray]:
    """The arrays of targets.npz."""
    learned = items(data)
    print(f"{len(learned)} items, {sum(len(item.everyone) for item in learned)} candidates")
    theta, bias = fit(learned)
    numbers, scale = quantised(theta)
    return {"weights": numbers, "scale": np.asarray(round(scale, 8)), "bias": np.asarray(round(bias, 6))}


Pick = Callable[[Item, np.ndarray], list[str]]


def folds(data: Path) -> None:
    """Precision, recall and F1 of rules and judge by set, of items that the judge did not learn from."""
    learned = items(data)
    answers: dict[str, list[str]] = {}
    for number in range(FOLDS):
        apart = [item for item in learned if zlib.crc32(item.key.encode()) % FOLDS == number]
        theta, bias = fit([item for item in learned if item not in apart])
        for item in apart:
            if item.scene is not None and item.everyone:
                answers[item.key] = _picked(item, _matrix(item.clues) @ theta + bias)
    for origin in dict.fromkeys((*(item.origin for item in learned), "")):
        some = [item for item in learned if origin in ("", item.origin)]
        told = [[n.text for n, _ in item.scene.told or ()] if item.scene else [] for item in some]
        judged = [answers.get(item.key, []) for item in some]
        print(f"{origin or 'all':14}", "rules", _counted(some, told), " judge", _counted(some, judged))


def _picked(item: Item, scores: np.ndarray) -> list[str]:
    assert item.scene is not None
    scored = [Scored(float(score), c) for score, c in zip(scores, item.everyone, strict=True)]
    pairs = (uninflected(*pair, item.scene.read, item.scene.language) for pair in chosen(scored, item.scene))
    return [name.text for name, _ in pairs]


def _counted(some: Sequence[Item], answers: Sequence[Sequence[str]]) -> str:
    hits = misses = extras = 0
    for item, answer in zip(some, answers, strict=True):
        right = sum(any(_same_target(g, name) for name in answer) for g in item.gold)
        wrong = {name for name in answer if not any(_same_target(g, name) for g in item.gold)}
        hits, misses, extras = hits + right, misses + len(item.gold) - right, extras + len(wrong)
    precision, recall = hits / max(1, hits + extras), hits / max(1, hits + misses)
    return f"P {precision:.3f} R {recall:.3f} F1 {2 * hits / max(1, 2 * hits + misses + extras):.3f}"


def main() -> None:
    """See the module's docstring."""
    asked = options(__doc__, folds="count on items that were not learned from")
    if asked.folds:
        folds(asked.data)
    else:
        keep(OUT, train(asked.data), check=asked.check)


if __name__ == "__main__":
    main()
