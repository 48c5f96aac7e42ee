"""Articles to stories: candidates, scores, guards, average linkage, then ids that stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster import candidates, group, guards, pairmodel
from pipeline.cluster.assemble import make_stories
from pipeline.cluster.copies import fold_copies
from pipeline.cluster.decisions import Decision, apply_decisions
from pipeline.cluster.features import hopeless
from pipeline.cluster.round_ups import find_round_ups
from pipeline.cluster.scoring import PairScorer
from pipeline.cluster.signature import UNDATED, Signature, find_boilerplate, outlet, sign, when
from pipeline.model import Article, Story
from pipeline.vectors import Embedder, embed_articles, stack
from pipeline.vectors.e5 import TokenEncoder

#: How far apart two reports of one event may be published.
WINDOW = timedelta(days=14)
#: Log-odds from which pairs are compared that nothing but a name brings together: read in seven months of the streams
#: and in open halves of invented fortnights, nearly all above are one event, of those between 0 and this two in three.
LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Batch:
    """All articles of a run in canonical order, so that the order of the input cannot matter."""

    articles: Sequence[Article]
    #: Rows that no known story holds yet.
    fresh: NDArray[np.bool_]
    #: Row -> number of the known story it is in, -1 for none.
    home: NDArray[np.int64]


def cluster(
    articles: Sequence[Article],
    *,
    known: Sequence[Story] = (),
    window: timedelta = WINDOW,
    decisions: Sequence[Decision] = (),
    embedder: Embedder | None = None,
    tokens: TokenEncoder | None = None,
) -> list[Story]:
    """Group articles about one event, in any languages, into stories.

    Args:
        articles: Any order; those without a vector are given one when `embedder` is passed. An article that a
            known story holds already replaces the older version there.
        known: Stories of the last days; they keep their ids, and their articles stay together.
        window: Longest time between two articles that are compared.
        decisions: The editor's merges and splits, replayed.
        embedder: Makes missing vectors, and looks closer where a pair is in doubt.
        tokens: Lays the words of two reports side by side where that leaves doubt.
    Returns:
        Every known story, grown or not, and the new ones; by id. Ids depend on the earliest article alone.
    """
    known = sorted(known, key=lambda s: (_story_time(s), s.id))
    batch = _batch(articles, known, embedder)
    if not batch.articles:
        return []
    rulings = apply_decisions(decisions, known)
    row_of = {article.id: row for row, article in enumerate(batch.articles)}
    rows_together = [[row_of[a] for a in names if a in row_of] for names in rulings.together]
    apart = [(row_of[a], row_of[b]) for a, b in sorted(rulings.apart) if a < b and a in row_of and b in row_of]
    labels, signed = _label(batch, rows_together, apart, window, (embedder, tokens))
    return make_stories(batch.articles, labels, batch.home.tolist(), known, signed)


def _batch(articles: Sequence[Article], known: Sequence[Story], embedder: Embedder | None) -> Batch:
    newest = {article.id: article for article in articles}
    homes: dict[str, int] = {}
    every: dict[str, Article] = {}
    for number, story in enumerate(known):
        for article in story.articles:
            homes.setdefault(article.id, number)
            every.setdefault(article.id, newest.get(article.id, article))
    every.update(newest)
    listed = list(every.values())
    if embedder is not None:
        listed = embed_articles(listed, embedder)
    ordered = sorted(listed, key=lambda a: (when(a) or UNDATED, a.id))
    home = np.array([homes.get(a.id, -1) for a in ordered], dtype=np.int64)
    return Batch(ordered, home < 0, home)


def _label(
    batch: Batch,
    together: Sequence[Sequence[int]],
    apart: Sequence[tuple[int, int]],
    window: timedelta,
    encoders: tuple[Embedder | None, TokenEncoder | None],
) -> tuple[NDArray[np.int64], dict[str, Signature]]:
    """Cluster number of every row, and the signatures of the articles that were compared."""
    start = _start(batch, together, apart)
    boilerplate = find_boilerplate(batch.articles)
    signed = {row: sign(batch.articles[row], boilerplate) for row in np.flatnonzero(batch.fresh).tolist()}
    lonely, original = _set_aside(batch, signed, apart)
    is_out = lonely | (original != np.arange(len(original)))
    vectors = stack(batch.articles)
    pairs = _near(batch, np.where(is_out[:, None], np.float32(0), vectors), window)
    namesakes = candidates.namesakes([article.title for article in batch.articles], batch.fresh)
    rows = reduce(np.union1d, (np.unique(pairs), np.flatnonzero(batch.fresh), namesakes))
    for row in rows.tolist():
        if row not in signed:
            signed[row] = sign(batch.articles[row], boilerplate)
    number = np.full(len(batch.articles), -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    chosen = [batch.articles[row] for row in rows]
    signatures = [signed[int(row)] for row in rows]
    scorer = PairScorer(chosen, vectors[rows], window, *encoders, signatures=signatures, boilerplate=boilerplate)
    pairs, scores = _score(scorer, number[pairs], batch.fresh[rows], is_out[rows], [a.title for a in chosen])
    inside = [(int(number[a]), int(number[b])) for a, b in apart if number[a] >= 0 and number[b] >= 0]
    begin = _merge_labels(_smallest(start[rows]), number[original[rows]])
    labels = group.agglomerate(
        len(rows), pairs, scores, scorer.score,
        threshold=pairmodel.threshold(), lone=pairmodel.lone(), start=begin, apart=inside,
    )  # fmt: skip
    return _merge_labels(start, _spread(rows, labels, len(start))), {
        batch.articles[row].id: signature for row, signature in signed.items()
    }


def _score(
    scorer: PairScorer,
    near: candidates.Pairs,
    fresh: NDArray[np.bool_],
    is_out: NDArray[np.bool_],
    titles: Sequence[str],
) -> tuple[candidates.Pairs, NDArray[np.float32]]:
    """Pairs worth comparing, and their scores; of those that a name alone brings together, the likely ones."""
    table = scorer.table

    def hopeful(pairs: candidates.Pairs) -> candidates.Pairs:
        pairs = pairs[~is_out[pairs].any(axis=1)]
        left: candidates.Pairs = pairs[~hopeless(table, pairs[:, 0], pairs[:, 1])]
        return left

    rare = candidates.rare_tokens(table.present)
    pairs = hopeful(candidates.join(near, candidates.sharing(table.present, rare, fresh, least=2)))
    # Two titles of one line each, in two languages, are often far apart in meaning: one rare name is enough.
    by_names = candidates.sharing(table.in_title_names, rare, fresh, least=1)
    named = hopeful(candidates.without(by_names, pairs))
    scores, by_name = (scorer.score(some[:, 0], some[:, 1]) for some in (pairs, named))
    likely = [k for k in np.flatnonzero(by_name >= LIKELY)
              if not candidates.share_lands_alone(titles[named[k, 0]], titles[named[k, 1]])]  # fmt: skip
    return np.concatenate([pairs, named[likely]]), np.concatenate([scores, by_name[likely]])


def _set_aside(
    batch: Batch, signed: Mapping[int, Signature], apart: Sequence[tuple[int, int]]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Rows that join no other (round-ups, too little text); and per row the earliest new one it is a near-copy of.

    Rows that the editor keeps apart are no copies, whatever they say, and all that is no copy is its own original.
    """
    lonely = find_round_ups(batch.articles)
    lonely[[row for row, signature in signed.items() if guards.is_too_little(signature)]] = True
    ruled = {row for pair in apart for row in pair}
    rows = np.array([row for row in signed if not lonely[row] and row not in ruled], dtype=np.int64)
    original = np.arange(len(batch.articles))
    outlets = [outlet(batch.articles[row]) for row in rows]
    original[rows] = rows[fold_copies([signed[int(row)] for row in rows], outlets)]
    return lonely, original


def _near(batch: Batch, vectors: NDArray[np.float32], window: timedelta) -> candidates.Pairs:
    """Pairs near in meaning, one of them new, and not further apart than the window; undated ones are near any day."""
    pairs = candidates.neighbours(vectors, batch.fresh)
    days = np.array([_days(a) for a in batch.articles])
    beyond: NDArray[np.bool_] = np.abs(days[pairs[:, 0]] - days[pairs[:, 1]]) > window / timedelta(days=1)
    within: candidates.Pairs = pairs[~beyond]
    return within


def _start(batch: Batch, together: Sequence[Sequence[int]], apart: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Known stories, one address twice, and the editor's groups are joined from the outset."""
    label = list(range(len(batch.articles)))
    homes = batch.home.tolist()
    barred: dict[int, set[int]] = {}
    for a, b in apart:
        barred.setdefault(a, set()).add(b)
        barred.setdefault(b, set()).add(a)
    first_of: dict[object, int] = {}
    for row, article in enumerate(batch.articles):
        home = homes[row]
        # Where the editor split a story, those who must not meet the same others stay together.
        foes = frozenset(r for r in barred.get(row, ()) if homes[r] == home)
        keys: list[object] = [(home, foes)] if home >= 0 else []
        keys += [article.url] if article.url is not None and row not in barred else []
        for key in keys:
            _union(label, row, first_of.setdefault(key, row))
    for rows in together:
        for row in rows:
            _union(label, row, rows[0])
    return _flat(np.array(label, dtype=np.int64))


def _story_time(story: Story) -> datetime:
    return min((when(a) or UNDATED for a in story.articles), default=UNDATED)


def _days(article: Article) -> float:
    moment = when(article)
    return moment.timestamp() / 86_400 if moment else float("nan")


def _union(label: list[int], a: int, b: int) -> None:
    a, b = _root(label, a), _root(label, b)
    label[max(a, b)] = min(a, b)


def _root(label: list[int], row: int) -> int:
    while label[row] != row:
        row = label[row]
    return row


def _flat(label: NDArray[np.int64]) -> NDArray[np.int64]:
    while (label[label] != label).any():
        label = label[label]
    return label


def _smallest(label: NDArray[np.int64]) -> NDArray[np.int64]:
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int64)


def _merge_labels(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """The finest grouping that both groupings refine: rows joined in either are joined."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows = np.arange(len(a))
    ones = np.ones(2 * len(a), dtype=np.int8)
    graph = coo_array((ones, (np.concatenate([rows, rows]), np.concatenate([a, b]))), shape=(len(a), len(a)))
    return _smallest(connected_components(graph, directed=False)[1].astype(np.int64))


def _spread(rows: NDArray[np.int64], labels: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    spread = np.arange(count)
    spread[rows] = rows[labels]
    return spread
