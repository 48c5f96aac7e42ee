"""The labelled pairs that the pair model of pipeline/cluster learns from: features, labels, folds of each data set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from pair_items import read_pairs
from stories import FORTNIGHTS, XLINGUAL_WINDOW, fortnight, pairs_gold, similarity, xlingual
from stream_items import stream

from pipeline.cluster import WINDOW, candidates
from pipeline.cluster.features import pair_features
from pipeline.cluster.scoring import PairScorer
from pipeline.facts import find_facts
from pipeline.model import Article
from pipeline.vectors import embed_articles, load_embedder, stack

FOLDS = 5
#: The fold of what is in no fold: every model learns from it.
NO_FOLD = -1
#: Mark on the scale of the similarity set, 1 (the same) to 4, up to which two reports are of one event.
ONE_EVENT_MARK = 1.5
#: What each set counts, however many pairs it has; found by cross-validation.
SET_WEIGHTS = {"xlingual": 100.0, "pairs": 300.0, "semeval": 250.0, "read": 250.0, "fortnight": 100.0, "unread": 300.0}
#: Months of the streams from which unread pairs are drawn. In an invented fortnight every second pair that looks like
#: one event is one, in the streams one in twenty: without these the model joins what shares a name and a topic.
UNREAD_MONTHS = {
    ("vigilintel", "veille-fr"): ("2026-05", "2026-06"),
    ("veille-fr", "newsdatahub", "s33r"): ("2025-11",),
}


@dataclass(frozen=True)
class Examples:
    """n pairs of one data set; arrays have a place for every pair."""

    name: str
    articles: list[Article]
    scorer: PairScorer
    #: Rows of `articles`.
    left: Any
    right: Any
    #: Shape (n, columns): FEATURES and MORE_FEATURES, and WORDING once train_wording.py has added it.
    features: Any
    #: Whether both report one event.
    same: Any
    fold: Any
    #: As `fold`, but by event where that is NO_FOLD: the words of a pair are judged by a model that has not seen them.
    events: Any


def examples(data: Path) -> list[Examples]:
    """The pairs to learn from: all true ones and the candidates that look like it."""
    return [
        _whole_stories(data),
        _gold(data),
        _similar(data),
        _read(data),
        *map(_fortnight, FORTNIGHTS),
        *(_unread(data, list(sources), months) for sources, months in UNREAD_MONTHS.items()),
    ]


def story_folds(gold: list[str]) -> Any:
    """The fold of each article, by the event it reports: no event is in two folds."""
    return np.array([crc32(event.encode()) % FOLDS for event in gold])


def _whole_stories(data: Path) -> Examples:
    articles, gold = xlingual(data)
    scorer = _scorer(articles, XLINGUAL_WINDOW)
    pairs = candidates.join(_candidates(articles, scorer), _true(gold))
    days = scorer.table.days
    pairs = pairs[np.abs(days[pairs[:, 0]] - days[pairs[:, 1]]) <= XLINGUAL_WINDOW / timedelta(days=1)]
    same = np.array([gold[a] == gold[b] for a, b in pairs])
    return _examples("xlingual", articles, scorer, pairs, same, story_folds(gold)[pairs[:, 0]])


def _gold(data: Path) -> Examples:
    articles, named, same, _ = pairs_gold(data)
    return _examples("pairs", articles, _scorer(articles), _rows(articles, named), same, np.arange(len(named)) % FOLDS)


def _similar(data: Path) -> Examples:
    """Pairs of the similarity set: articles 0 and 1, 2 and 3, …."""
    articles, marks = similarity(data)
    pairs = np.arange(len(articles)).reshape(-1, 2)
    same, fold = marks <= ONE_EVENT_MARK, np.arange(len(marks)) % FOLDS
    return _examples("semeval", articles, _scorer(articles), pairs, same, fold)


def _read(data: Path) -> Examples:
    """Pairs of stream items that the reader was sure of."""
    articles, named, same, sure = read_pairs(data)
    pairs = _rows(articles, named)[sure]
    return _examples("read", articles, _scorer(articles), pairs, same[sure], np.arange(sure.sum()) % FOLDS)


def _fortnight(path: Path) -> Examples:
    """The open half of an invented fortnight: candidates and true pairs, in no fold."""
    articles, events, held = fortnight(path)
    scorer = _scorer(articles)
    pairs = candidates.join(_candidates(articles, scorer), _true(events))
    pairs = pairs[~held[pairs].any(axis=1)]
    same = np.array([events[a] == events[b] for a, b in pairs])
    made = _examples("fortnight", articles, scorer, pairs, same, np.full(len(pairs), NO_FOLD))
    return replace(made, events=story_folds(events)[pairs[:, 0]])


def _unread(data: Path, sources: list[str], months: tuple[str, ...]) -> Examples:
    """Candidates of these months that no guard bars, not labelled yet; a first model draws from them."""
    dated = [a for a in stream(data, sources) if a.first_seen and a.first_seen.isoformat().startswith(months)]
    articles = embed_articles(find_facts(dated), load_embedder(threads=1))
    scorer = _scorer(articles)
    pairs = _candidates(articles, scorer)
    pairs = pairs[scorer.guard(pairs[:, 0], pairs[:, 1]) < 0]
    unknown = np.zeros(len(pairs), dtype=bool)
    return _examples("unread", articles, scorer, pairs, unknown, np.full(len(pairs), NO_FOLD))


def _scorer(articles: list[Article], window: timedelta = WINDOW) -> PairScorer:
    return PairScorer(articles, stack(articles), window, load_embedder(threads=1))


def _rows(articles: list[Article], named: list[tuple[str, str]]) -> Any:
    """Pairs of ids as pairs of rows, shape (n, 2)."""
    row = {article.id: k for k, article in enumerate(articles)}
    return np.array([(row[a], row[b]) for a, b in named])


def _candidates(articles: list[Article], scorer: PairScorer) -> Any:
    fresh = np.ones(len(articles), dtype=bool)
    present = scorer.table.present
    sharing = candidates.sharing(present, candidates.rare_tokens(present), fresh, least=2)
    return candidates.join(candidates.neighbours(stack(articles), fresh), sharing)


def _true(gold: list[str]) -> Any:
    pairs = [(a, b) for a in range(len(gold)) for b in range(a + 1, len(gold)) if gold[a] == gold[b]]
    return np.array(pairs, dtype=np.int64)


def _examples(name: str, articles: list[Article], scorer: PairScorer, pairs: Any, same: Any, fold: Any) -> Examples:
    left, right = pairs[:, 0], pairs[:, 1]
    scorer.look_closer(np.union1d(left, right))
    features = np.hstack([pair_features(scorer.table, left, right), scorer.more_features(left, right)])
    return Examples(name, articles, scorer, left, right, features, same, fold, fold)
