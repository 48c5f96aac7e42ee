"""Articles to stories: candidates, scores, guards, average linkage, then ids that stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster import candidates, group, guards, pairmodel
from pipeline.cluster.copies import find_copies, fold_copies
from pipeline.cluster.decisions import Decision, apply_decisions
from pipeline.cluster.features import hopeless
from pipeline.cluster.round_ups import find_round_ups
from pipeline.cluster.scoring import PairScorer
from pipeline.cluster.signature import Signature, find_boilerplate, outlet, sign, when
from pipeline.model import Article, Story
from pipeline.vectors import Embedder, embed_articles, stack

#: How far apart two reports of one event may be published.
WINDOW = timedelta(days=14)
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
#: Text behind an article that may lead a story.
_LEAD_CHARACTERS = 200
#: Topics this much less likely than the likeliest are about as likely.
_AS_LIKELY = 0.1


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
) -> list[Story]:
    """Group articles about one event, in any languages, into stories.

    Args:
        articles: Any order; those without a vector are given one when `embedder` is passed. An article that a
            known story holds already replaces the older version there.
        known: Stories of the last days; they keep their ids, and their articles stay together.
        window: Longest time between two articles that are compared.
        decisions: The editor's merges and splits, replayed.
        embedder: Makes missing vectors.
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
    labels, signed = _label(batch, rows_together, apart, window, embedder)
    return _stories(batch, labels, known, signed)


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
    ordered = sorted(listed, key=lambda a: (when(a) or _UNDATED, a.id))
    home = np.array([homes.get(a.id, -1) for a in ordered], dtype=np.int64)
    return Batch(ordered, home < 0, home)


def _label(
    batch: Batch,
    together: Sequence[Sequence[int]],
    apart: Sequence[tuple[int, int]],
    window: timedelta,
    embedder: Embedder | None,
) -> tuple[NDArray[np.int64], dict[str, Signature]]:
    """Cluster number of every row, and the signatures of the articles that were compared."""
    everyone = np.arange(len(batch.articles))
    start = _start(batch, together, apart)
    boilerplate = find_boilerplate(batch.articles)
    signed = {row: sign(batch.articles[row], boilerplate) for row in np.flatnonzero(batch.fresh).tolist()}
    lonely = find_round_ups(batch.articles)
    lonely[[row for row, signature in signed.items() if guards.is_too_little(signature)]] = True
    original = _fold(batch, signed, ~lonely & ~np.isin(everyone, [row for pair in apart for row in pair]))
    vectors = stack(batch.articles)
    searched = np.where((lonely | (original != everyone))[:, None], np.float32(0), vectors)
    pairs = candidates.neighbours(searched, batch.fresh)
    days = np.array([_days(a) for a in batch.articles])
    pairs = pairs[~(np.abs(days[pairs[:, 0]] - days[pairs[:, 1]]) > window / timedelta(days=1))]
    rows = np.union1d(np.unique(pairs), np.flatnonzero(batch.fresh))
    for row in rows.tolist():
        if row not in signed:
            signed[row] = sign(batch.articles[row], boilerplate)
    number = np.full(len(everyone), -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    chosen = [batch.articles[row] for row in rows]
    signatures = [signed[int(row)] for row in rows]
    scorer = PairScorer(chosen, vectors[rows], window, embedder, signatures=signatures, boilerplate=boilerplate)
    pairs = candidates.join(number[pairs], candidates.sharing(scorer.table.present, batch.fresh[rows]))
    out = lonely[rows] | (original[rows] != rows)
    pairs = pairs[~out[pairs].any(axis=1)]
    pairs = pairs[~hopeless(scorer.table, pairs[:, 0], pairs[:, 1])]
    inside = [(int(number[a]), int(number[b])) for a, b in apart if number[a] >= 0 and number[b] >= 0]
    begin = _merge_labels(_smallest(start[rows]), number[original[rows]])
    labels = group.agglomerate(
        len(rows), pairs, scorer.score(pairs[:, 0], pairs[:, 1]), scorer.score,
        threshold=pairmodel.threshold(), lone=pairmodel.lone(), start=begin, apart=inside,
    )  # fmt: skip
    return _merge_labels(start, _spread(rows, labels, len(everyone))), {
        batch.articles[row].id: signature for row, signature in signed.items()
    }


def _fold(batch: Batch, signed: Mapping[int, Signature], may: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Row -> the earliest new row it is a near-copy of; itself for all others."""
    original = np.arange(len(batch.articles))
    rows = np.array([row for row in signed if may[row]], dtype=np.int64)
    outlets = [outlet(batch.articles[row]) for row in rows]
    original[rows] = rows[fold_copies([signed[int(row)] for row in rows], outlets)]
    return original


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


def _stories(
    batch: Batch, labels: NDArray[np.int64], known: Sequence[Story], signed: Mapping[str, Signature]
) -> list[Story]:
    members: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(row)
    home_of = batch.home.tolist()
    claims = {label: sorted({home_of[row] for row in rows if home_of[row] >= 0}) for label, rows in members.items()}
    taken = {name for story in known for name in (story.id, *story.aliases)}
    owners: dict[int, int] = {}
    for label, rows in members.items():
        for home in claims[label]:
            # A story that the editor split stays with the part that holds more of it, the earlier part among equals.
            size = sum(home_of[row] == home for row in rows)
            best = owners.get(home)
            if best is None or size > sum(home_of[row] == home for row in members[best]):
                owners[home] = label
    stories = []
    for label, rows in members.items():
        homes = [home for home in claims[label] if owners[home] == label]
        chosen = [batch.articles[row] for row in rows]
        if homes:
            kept = [known[home] for home in homes]
            ids = [name for story in kept for name in (story.id, *story.aliases)]
            changed = len(kept) > 1 or {a.id for a in kept[0].articles} != {a.id for a in chosen}
            if not changed:
                stories.append(_refreshed(kept[0], chosen))
                continue
            base = replace(kept[0], headline=None, summary=(), rank=None, why=())
            aliases = tuple(n for n in ids if n != kept[0].id)
            stories.append(_assemble(chosen, replace(base, aliases=aliases), signed))
        else:
            name = story_id(chosen, taken)
            taken.add(name)
            stories.append(_assemble(chosen, Story(id=name, articles=()), signed))
    return sorted(stories, key=lambda s: s.id)


def story_id(articles: Sequence[Article], taken: Iterable[str] = ()) -> str:
    """Identity of a new story, from its earliest article; another when that one is taken (the editor split it)."""
    first = min(articles, key=lambda a: (when(a) or _UNDATED, a.id)).id
    taken = set(taken) if not isinstance(taken, set) else taken
    salt = 0
    while True:
        seed = first if not salt else f"{first}\n{salt}"
        name = "s" + blake2b(seed.encode("utf-8", "replace"), digest_size=6).hexdigest()
        if name not in taken:
            return name
        salt += 1


def _refreshed(story: Story, articles: Sequence[Article]) -> Story:
    """The same story with the newest version of each article, in the old order."""
    newest = {article.id: article for article in articles}
    return replace(story, articles=tuple(newest[article.id] for article in story.articles))


def _assemble(articles: Sequence[Article], base: Story, signed: Mapping[str, Signature]) -> Story:
    if len(articles) == 1:
        return replace(base, articles=tuple(articles), copies={}, labels=_story_labels(articles))
    signatures = [signed[a.id] if a.id in signed else sign(a) for a in articles]
    copies = find_copies(signatures, [outlet(a) for a in articles])
    originals = [a for row, a in enumerate(articles) if row not in copies]
    lead = next((a for a in originals if len(a.text) >= _LEAD_CHARACTERS and a.junk is None), originals[0])
    return replace(
        base,
        articles=(lead, *(a for a in articles if a is not lead)),
        copies={articles[row].id: articles[original].id for row, original in copies.items()},
        labels=_story_labels(originals),
    )


def _story_labels(articles: Sequence[Article]) -> tuple[str, ...]:
    """Labels that a third of the articles carry, by mean probability; what is about as likely as the best goes by name.

    A story of two topics would else change its section with the third digit of two probabilities.
    """
    counts: dict[str, int] = {}
    for article in articles:
        for label in article.labels:
            counts[label] = counts.get(label, 0) + 1
    means = {t: sum(a.topics.get(t, 0.0) for a in articles) / len(articles) for t in counts}
    carried = [t for t in counts if 3 * counts[t] >= len(articles)]
    near = max((means[t] for t in carried), default=0.0) - _AS_LIKELY
    return tuple(sorted(carried, key=lambda t: (-min(means[t], near), t)))


def _story_time(story: Story) -> datetime:
    return min((when(a) or _UNDATED for a in story.articles), default=_UNDATED)


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
