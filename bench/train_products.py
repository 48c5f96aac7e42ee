"""Make pipeline/facts/data/products.npz: seeded, so the same labels and data give the same bytes.

    python bench/train_products.py --data DIR [--check | --count | --cross]

`--check` writes nothing and says whether the shipped file is that; `--count` counts products by the rules alone and
with the shipped judge on the halves that nothing was learned from, `--cross` on the others, each judged by what was
learned without it. Needs scikit-learn (extra `train`).

Labels of real items are by address (bench/labels/products.jsonl): each product in the ways it may be named, and what
is neither right nor wrong ("may"). Their texts are the data folder's; only the title and the first sentences are read,
as they were by whoever labelled them. Beside them stand facts-gold and items in our own words:
bench/labels/products-own.jsonl, and the open halves of tests/data/facts_*, which count less, since the rules were
written on them.
"""

from __future__ import annotations

import os
import re
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import scipy.sparse as sp
from facts import read_news
from judges import keep, options, quantised
from sklearn.linear_model import LogisticRegression
from stream_items import SOURCES, read_lines, stream

from pipeline.detect import detect
from pipeline.facts.candidates import Candidate, candidates, lead_of
from pipeline.facts.disclosure import may_disclose
from pipeline.facts.product import is_entitled, product_facts
from pipeline.facts.product_judge import Judge, judge_of, judged, overlap, standing
from pipeline.facts.product_marks import all_marks
from pipeline.facts.spans import Passage, passages
from pipeline.model import Article, Fact
from pipeline.text.names import name_key

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "pipeline" / "facts" / "data" / "products.npz"
LABELS, OWN = ROOT / "bench" / "labels" / "products.jsonl", ROOT / "bench" / "labels" / "products-own.jsonl"
NEWS = ("facts_news", "facts_styles", "facts_press")
SEED = 9
#: Code points of a text that whoever labelled it read.
OPENING, SHORTEST_OPENING = 480, 160
#: Weight of an item by its origin: the rules were written on those of the tests; the own ones teach other languages.
WEIGHTS = {"fresh": 1.0, "gold": 1.0, "own": 1.2, "facts_news": 0.6, "facts_styles": 0.6, "facts_press": 0.6}
#: Candidates that have a mark, for it to be learned.
LEAST = 6
C, C_STANDING = 0.2, 1.0
#: Parts of the items: each is scored by what was learned of the others, before the short regressions are learned.
FOLDS, CROSS = 4, 5
#: Words that a name may have beside those of the label.
MORE = 2


@dataclass(slots=True)
class Item:
    """One labelled article with its candidates."""

    origin: str
    half: str
    article: Article
    #: Each product in the ways it may be named.
    products: list[list[str]]
    #: What is neither right nor wrong.
    may: list[str]
    passages: list[Passage] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    found: list[Candidate] = field(default_factory=list)
    marked: list[set[str]] = field(default_factory=list)
    #: 1 a product, 0 none, None left out, by candidate.
    truth: list[int | None] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return WEIGHTS[self.origin]


class Weights(NamedTuple):
    """A logistic regression over marks."""

    numbers: dict[str, int]
    model: LogisticRegression

    def scores(self, marked: Sequence[set[str]]) -> list[float]:
        return [float(v) for v in self.model.decision_function(_matrix(marked, self.numbers))] if marked else []


def items(data: Path) -> list[Item]:
    """All labelled items, each with its candidates."""
    found = [*_fresh(data), *_gold(data), *_own()]
    for item in found:
        article = item.article
        item.passages = passages(article, partial(may_disclose, language=article.language))
        item.facts = list(product_facts(article, item.passages))
        read = lead_of(item.passages)
        item.found = candidates(read, article, item.facts)
        item.marked = all_marks(item.found, read, article)
        item.truth = _truths(item)
    return found


def _fresh(data: Path) -> Iterator[Item]:
    """Real items of the streams, drawn by a seed among what the classifier takes for disclosures."""
    rows = read_lines(LABELS)
    wanted = {row["url"] for row in rows}
    texts = {article.id: article for article in stream(data, tuple(SOURCES)) if article.id in wanted}
    if missing := wanted - texts.keys():
        raise SystemExit(f"{len(missing)} labelled items are not in {data}: {min(missing)}")
    read = [_opened(texts[row["url"]]) for row in rows]
    for row, article in zip(rows, detect(read), strict=True):
        yield Item("fresh", row["half"], article, row["products"], row["may"])


def _opened(article: Article) -> Article:
    text = opening(article.text)
    lines = tuple(text.split("\n")) if text else ()
    return replace(article, paragraphs=lines, language=None, labels=("disclosure",))


def opening(text: str) -> str:
    """The first sentences of a text: what whoever labelled it read."""
    text = re.sub(r"\s*\n\s*", "\n", text).strip()
    if len(text) <= OPENING:
        return text
    cut = text[:OPENING]
    end = max(map(cut.rfind, (". ", "。", ".\n", "! ", "? ")))
    if end > SHORTEST_OPENING:
        return cut[: end + 1]
    return cut[: cut.rfind(" ")] if " " in cut[300:] else cut


def _gold(data: Path) -> Iterator[Item]:
    for row in read_lines(data / "facts-gold" / "items.jsonl"):
        if row["gold"]["disclosure"]:
            article = replace(_invented(row), language={"xx": "und"}.get(row["lang"], row["lang"]))
            yield Item("gold", "open", article, [[name] for name in row["gold"]["disclosure"]["products"]], [])


def _own() -> Iterator[Item]:
    for row in read_lines(OWN):
        yield Item("own", "open", _invented(row), row["products"], row["may"])
    for name in NEWS:
        for row in read_news(ROOT / "tests" / "data" / name):
            if row["gold"]["disclosure"]:
                products = [[product] for product in row["gold"]["disclosure"]["products"]]
                yield Item(name, row["half"], _invented(row), products, [])


def _invented(row: dict[str, Any]) -> Article:
    lead = (row["lead"],) if row["lead"] else ()
    return Article(
        id=row["id"],
        feed="",
        url=None,
        title=row["title"],
        paragraphs=lead,
        language=row["lang"],
        labels=("disclosure",),
    )


def _truths(item: Item) -> list[int | None]:
    """Which candidates are products; a part of a product's name is none where the whole is there."""
    told = [_truth(candidate.key, item) for candidate in item.found]
    is_whole = 1 in told
    return [
        (0 if is_whole else 1 if candidate.is_listed else None) if truth == _PART else None if truth == _LEFT else truth
        for candidate, truth in zip(item.found, told, strict=True)
    ]


_PART, _LEFT = -2, -1


def _truth(key: str, item: Item) -> int:
    for name in (name_key(name) for names in item.products for name in names):
        if key == name:
            return 1
        if f" {name} " in f" {key} ":
            return 1 if len(key.replace(name, "", 1).split()) <= MORE else _LEFT
        if f" {key} " in f" {name} ":
            return _PART
    return _LEFT if any(overlap(key, name_key(name)) for name in item.may) else 0


def _matrix(marked: Sequence[set[str]], numbers: dict[str, int]) -> Any:
    rows = [[numbers[mark] for mark in sorted(marks) if mark in numbers] for marks in marked]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((n for row in rows for n in row), np.int32, ends[-1])
    return sp.csr_matrix((np.ones(ends[-1]), columns, ends), (len(rows), len(numbers)))


def learn(known: Sequence[Item]) -> Weights:
    """The regression over marks."""
    rows = [
        (marks, truth, item.weight)
        for item in known
        for marks, truth in zip(item.marked, item.truth, strict=True)
        if truth is not None
    ]
    counts = Counter(mark for marks, _, _ in rows for mark in marks)
    numbers = {mark: n for n, mark in enumerate(sorted(mark for mark, count in counts.items() if count >= LEAST))}
    model = LogisticRegression(C=C, max_iter=5000, tol=1e-7)
    marked, truth, weights = zip(*rows, strict=True)
    return Weights(numbers, model.fit(_matrix(marked, numbers), truth, sample_weight=weights))


def score(some: Sequence[Item], weights: Weights) -> None:
    for item in some:
        item.scores = weights.scores(item.marked)


def learn_standing(known: Sequence[Item]) -> dict[str, np.ndarray]:
    """The two short regressions, over scores that nothing of the item itself went into."""
    for part in range(FOLDS):
        mine = [item for item in known if _part(item, FOLDS, SEED) == part]
        score(mine, learn([item for item in known if _part(item, FOLDS, SEED) != part]))
    return {"stays": _standing(known, ruled=True), "comes": _standing(known, ruled=False)}


def _standing(known: Sequence[Item], *, ruled: bool) -> np.ndarray:
    rows, truths, weights = [], [], []
    for item in known:
        if not ruled and is_entitled(item.article.title):
            continue
        kept = [candidate.key for candidate in item.found if candidate.fact]
        for number, (candidate, truth) in enumerate(zip(item.found, item.truth, strict=True)):
            is_other = not candidate.fact and not any(overlap(candidate.key, key) for key in kept)
            if truth is None or not (candidate.fact if ruled else is_other):
                continue
            rows.append(standing(number, item.found, item.marked, item.scores))
            truths.append(truth)
            weights.append(item.weight)
    model = LogisticRegression(C=C_STANDING, max_iter=5000, tol=1e-7).fit(rows, truths, sample_weight=weights)
    return np.asarray(np.round(np.r_[model.intercept_, model.coef_[0]], 5))


def _part(item: Item, parts: int, seed: int) -> int:
    return zlib.crc32(f"{seed}{item.article.title}".encode()) % parts


def train(known: Sequence[Item]) -> dict[str, np.ndarray]:
    """The arrays of products.npz."""
    shorts = learn_standing(known)
    weights = learn(known)
    numbers, scale = quantised(weights.model.coef_[0])
    used = np.flatnonzero(numbers)
    marks = np.array(sorted(weights.numbers))[used]
    print(f"{len(known)} items, {sum(len(item.found) for item in known)} candidates, {len(used)} marks")
    bias = round(float(weights.model.intercept_[0]), 6)
    return {
        "marks": marks,
        "weights": numbers[used],
        "scale": np.asarray(round(scale, 8)),
        "bias": np.asarray(bias),
    } | shorts


def cross(known: Sequence[Item]) -> None:
    """Judge each part by what was learned of the others, and count."""
    names: dict[int, set[str]] = {}
    for part in range(CROSS):
        judge = judge_of(train([item for item in known if _part(item, CROSS, 0) != part]))
        names |= {id(item): _judged(item, judge) for item in known if _part(item, CROSS, 0) == part}
    report(known, lambda item: names[id(item)])


def _judged(item: Item, judge: Judge | None = None) -> set[str]:
    return {str(fact.value) for fact in judged(item.article, item.passages, item.facts, tells=True, judge=judge)}


def report(some: Sequence[Item], judge: Callable[[Item], set[str]]) -> None:
    """Print right, missed and wrong products by set, by the rules alone and by the judge."""
    for name in (*dict.fromkeys(item.origin for item in some), "all"):
        chosen = [item for item in some if name in (item.origin, "all")]
        for way, read in (("rules", _ruled), ("judge", judge)):
            counts = np.sum([count(item, read(item)) for item in chosen], axis=0)
            right, missed, wrong = map(int, counts)
            precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
            f1 = 2 * precision * recall / max(1e-9, precision + recall)
            figures = f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  ({right}, {missed}, {wrong})"
            print(f"{name:14} {way}  {len(chosen):4} items  {figures}")


def _ruled(item: Item) -> set[str]:
    return {str(fact.value) for fact in item.facts}


def count(item: Item, names: set[str]) -> tuple[int, int, int]:
    """Right, missed and wrong; a name is right where one stands in the other, as in bench/facts.py."""
    keys = {name_key(name) for name in names}
    wanted = [{name_key(name) for name in ways} for ways in item.products]
    allowed = {key for ways in wanted for key in ways} | set(map(name_key, item.may))
    right = sum(any(overlap(key, way) for key in keys for way in ways) for ways in wanted)
    return right, len(wanted) - right, sum(not any(overlap(key, way) for way in allowed) for key in keys)


def main() -> None:
    """See the module's docstring."""
    asked = options(
        __doc__,
        count="count on the halves that nothing was learned from",
        cross="count on the others, each part by what the rest teaches",
    )
    all_items = items(asked.data)
    known = [item for item in all_items if item.half == "open"]
    if asked.count:
        report([item for item in all_items if item.half == "held"], _judged)
    elif asked.cross:
        cross(known)
    else:
        keep(OUT, train(known), check=asked.check)


if __name__ == "__main__":
    main()
