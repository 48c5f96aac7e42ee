"""Measure the grouping of articles into stories.

    python bench/stories.py --data DIR            all figures as JSON
    python bench/stories.py --data DIR --read     print the largest stories and singletons of a month, for reading;
                                                  --sources, --month, --pairs and --lead say of what and how much
    python bench/stories.py --speed               time and memory with synthetic vectors

DIR holds xlingual-security-stories, pairs-gold, semeval2022-news-similarity, cyber-stream-vigilintel and
veille-fr-headlines. Their texts are for measuring only.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from remembering import token_encoder
from story_reading import Amounts, read
from stream_items import SOURCES, read_lines

from pipeline.cluster import cluster
from pipeline.cluster.pairmodel import lone, threshold
from pipeline.cluster.scoring import PairScorer
from pipeline.facts import find_facts
from pipeline.model import Article, Story
from pipeline.vectors import embed_articles, load_embedder, pack, stack

Cluster = Callable[[Sequence[Article], timedelta], list[Story]]
#: Two fortnights of invented news in twelve languages, each item with its event: follow-ups, nicknames, other
#: sums, short leads, and beside them what only looks alike. By event half is learned from ("open"), half is only
#: measured ("held").
LABELS = Path(__file__).resolve().parent / "labels"
FORTNIGHTS = (LABELS / "fortnight.jsonl", LABELS / "fortnight-2.jsonl")
#: A third one, of which nothing is learned: of one half ("read") the errors have been read, of the other none.
UNLEARNED = LABELS / "fortnight-3.jsonl"
#: The xlingual gold joins reports up to 45 days apart.
XLINGUAL_WINDOW = timedelta(days=46)


def measure(data: Path) -> dict[str, float]:
    """Every quality figure that has a floor, with the shipped weights."""
    figures = dict(xlingual_figures(data, run_cluster))
    figures |= pairs_figures(data, run_cluster)
    figures |= similarity_figures(data)
    figures |= fortnight_figures(run_cluster)
    figures |= fortnight_figures(run_daily, "_daily")
    return {name: round(value, 4) for name, value in figures.items()}


def run_cluster(articles: Sequence[Article], window: timedelta) -> list[Story]:
    """The stage as the pipeline runs it."""
    return cluster(articles, window=window, embedder=load_embedder(threads=1), tokens=token_encoder())


def run_daily(articles: Sequence[Article], window: timedelta) -> list[Story]:
    """The stage as a run every morning meets them: a day's articles, and the stories of the days before."""
    known: list[Story] = []
    for day in sorted({a.published for a in articles if a.published}):
        new = [a for a in articles if a.published == day]
        known = cluster(new, known=known, window=window, embedder=load_embedder(threads=1), tokens=token_encoder())
    return known


def make_article(name: str, title: str, text: str, language: str | None, day: str | None, site: str) -> Article:
    """One article of a data set; a blank line parts paragraphs."""
    published = datetime.fromisoformat(day[:10]).replace(tzinfo=UTC) if day else None
    paragraphs = tuple(p.strip() for p in text.split("\n\n") if p.strip())
    return Article(id=name, feed=site, url=None, title=title, paragraphs=paragraphs, published=published,
                   language=language, site=site)  # fmt: skip


def embedded(articles: Sequence[Article]) -> list[Article]:
    """The articles with the facts and vectors that the pipeline gives them."""
    return embed_articles(find_facts(articles), load_embedder(threads=1))


def xlingual(data: Path) -> tuple[list[Article], list[str]]:
    """Articles of the cross-lingual advisories and the gold story of each."""
    rows = read_lines(data / "xlingual-security-stories" / "docs.jsonl.gz")
    articles = [make_article(r["id"], r["title"], r["text"], r["lang"], r["date"], r["source"]) for r in rows]
    return embedded(articles), [r["story"] for r in rows]


def pairs_gold(data: Path) -> tuple[list[Article], list[tuple[str, str]], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Distinct articles, pairs of their ids, whether the pair is one event, whether it crosses languages."""
    rows = read_lines(data / "pairs-gold" / "pairs.jsonl")
    articles: dict[str, Article] = {}
    for side in (row[key] for row in rows for key in "ab"):
        site = urlsplit(side["url"]).netloc
        made = make_article(side["url"], side["title"], side["lead"] or "", side["lang"], side["day"], site)
        articles.setdefault(made.id, made)
    pairs = [(row["a"]["url"], row["b"]["url"]) for row in rows]
    same = np.array([row["same"] == 1 for row in rows])
    cross = np.array([row["a"]["lang"] != row["b"]["lang"] for row in rows])
    return embedded(list(articles.values())), pairs, same, cross


def similarity(data: Path) -> tuple[list[Article], np.ndarray[Any, Any]]:
    """Articles two by two, and how unlike the two are: 1.0 the same, 4.0 unrelated."""
    rows = read_lines(data / "semeval2022-news-similarity" / "pairs.jsonl")
    articles = [_untitled(f"{r['pair_id']}-{k}", r[f"text{k}"], r[f"lang{k}"]) for r in rows for k in (1, 2)]
    return embedded(articles), np.array([float(r["overall"]) for r in rows])


def _untitled(name: str, text: str, language: str) -> Article:
    """The set gives title and text in one string: about a headline's length is taken for the title."""
    cut = text.rfind(" ", 0, 110) if len(text) > 110 else len(text)
    return make_article(name, text[:cut], text[cut:], language, None, name)


def xlingual_figures(data: Path, grouping: Cluster) -> dict[str, float]:
    """B-cubed over all documents."""
    articles, gold = xlingual(data)
    story_of = _story_of(grouping(articles, XLINGUAL_WINDOW))
    precision, recall, f1 = b_cubed([story_of[a.id] for a in articles], gold)
    return {"xlingual_b3_precision": precision, "xlingual_b3_recall": recall, "xlingual_b3_f1": f1}


def pairs_figures(data: Path, grouping: Cluster) -> dict[str, float]:
    """F1 of "in one story" over the labelled pairs when all items are grouped together."""
    articles, pairs, same, cross = pairs_gold(data)
    story_of = _story_of(grouping(articles, timedelta(days=14)))
    joined = np.array([story_of[a] == story_of[b] for a, b in pairs])
    return {"pairs_f1": f1_score(same, joined), "pairs_cross_f1": f1_score(same[cross], joined[cross])}


def similarity_figures(data: Path) -> dict[str, float]:
    """Pearson of the pair score with likeness, and F1 of "same story" (1.5 or less) at even odds."""
    articles, unlike = similarity(data)
    scorer = PairScorer(articles, stack(articles), timedelta(days=14), load_embedder(threads=1), token_encoder())
    left = np.arange(0, len(articles), 2)
    scores = scorer.score(left, left + 1)
    pearson = float(np.corrcoef(scores, -unlike)[0, 1])
    return {"semeval_pearson": pearson, "semeval_f1": f1_score(unlike <= 1.5, scores >= threshold() + lone())}


def held_figures(data: Path) -> dict[str, float]:
    """F1 of "one event", pair by pair, where each would found a story, over bench/labels/pairs-held.jsonl."""
    from pair_items import HELD, read_pairs

    articles, named, same, sure = read_pairs(data, HELD)
    row = {article.id: k for k, article in enumerate(articles)}
    scorer = PairScorer(articles, stack(articles), timedelta(days=14), load_embedder(threads=1), token_encoder())
    scores = scorer.score(np.array([row[a] for a, _ in named]), np.array([row[b] for _, b in named]))
    return {"held_pairs_f1": round(f1_score(same[sure], scores[sure] >= threshold() + lone()), 4)}


def fortnight(path: Path) -> tuple[list[Article], list[str], np.ndarray[Any, Any]]:
    """Articles of an invented fortnight, the event of each, and whether it was only ever measured ("held")."""
    rows = read_lines(path)
    articles = [make_article(r["id"], r["title"], r["lead"], r["lang"], r["day"], r["outlet"]) for r in rows]
    return embedded(articles), [r["event"] for r in rows], np.array([r["half"] == "held" for r in rows])


def fortnight_figures(grouping: Cluster, suffix: str = "") -> dict[str, float]:
    """B-cubed of each held half, all articles of the fortnight grouped."""
    figures: dict[str, float] = {}
    for path in (*FORTNIGHTS, UNLEARNED):
        articles, events, held = fortnight(path)
        story_of = _story_of(grouping(articles, timedelta(days=14)))
        found = [story_of[article.id] for article in articles]
        name = path.stem.replace("-", "_") + suffix
        precision, recall, f1 = b_cubed(found, events, held)
        figures |= {f"{name}_precision": precision, f"{name}_recall": recall, f"{name}_f1": f1}
    return figures


def _story_of(stories: Iterable[Story]) -> dict[str, str]:
    return {article.id: story.id for story in stories for article in story.articles}


def b_cubed(
    found: Sequence[str], gold: Sequence[str], chosen: np.ndarray[Any, Any] | None = None
) -> tuple[float, float, float]:
    """Precision, recall and F1, over the chosen items among all of them.

    Source: Bagga and Baldwin, "Entity-Based Cross-Document Coreferencing" (1998).
    """
    both, in_found, in_gold = Counter(zip(found, gold, strict=True)), Counter(found), Counter(gold)
    rows = [(f, g) for k, (f, g) in enumerate(zip(found, gold, strict=True)) if chosen is None or chosen[k]]
    precision = float(np.mean([both[row] / in_found[row[0]] for row in rows]))
    recall = float(np.mean([both[row] / in_gold[row[1]] for row in rows]))
    return precision, recall, 2 * precision * recall / (precision + recall)


def f1_score(gold: np.ndarray[Any, Any], found: np.ndarray[Any, Any]) -> float:
    """Harmonic mean of precision and recall of the positives."""
    return 2 * float((gold & found).sum()) / max(float(gold.sum() + found.sum()), 1.0)


def synthetic(count: int, per_story: int = 5, seed: int = 0) -> list[Article]:
    """Articles with made-up words and vectors, `per_story` near each other, over 14 days."""
    rng = np.random.default_rng(seed)
    stories = count // per_story + 1
    centres = rng.standard_normal((stories, 512)).astype(np.float32)
    centres += 0.5 * rng.standard_normal(512).astype(np.float32)
    words = np.array([f"word{k}" for k in range(20_000)])
    common = rng.zipf(1.3, size=(count, 70)) % 20_000
    start = datetime(2026, 6, 1, tzinfo=UTC)
    articles = []
    for k in range(count):
        story = k % stories
        row = centres[story] + 0.35 * rng.standard_normal(512).astype(np.float32)
        own = np.random.default_rng(story).integers(0, 20_000, 12)
        body = " ".join(words[np.concatenate([common[k], own])])
        title = " ".join(f"Name{x}" for x in own[:4]) + " " + " ".join(words[common[k][:4]])
        articles.append(
            Article(id=f"a{seed}-{k}", feed=f"f{k % 211}", site=f"site{k % 211}.example", url=None, title=title,
                    paragraphs=(body,), language=("en", "fr", "de")[k % 3],
                    published=start + timedelta(minutes=float(story % 20_000) + k % 60),
                    vector=pack(row / np.linalg.norm(row)))
        )  # fmt: skip
    return articles


def speed() -> dict[str, float]:
    """Seconds for 50,000 and 100,000 articles, for 2,000 new against 20,000 known, for 10,000 near-copies."""
    figures = {}
    for count in (50_000, 100_000):
        articles = synthetic(count)
        begun = time.perf_counter()
        stories = cluster(articles)
        figures[f"seconds_{count}"] = time.perf_counter() - begun
        figures[f"stories_{count}"] = float(len(stories))
    figures["times_double"] = figures["seconds_100000"] / figures["seconds_50000"]
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # A morning's run holds no 100,000 others, which the garbage collector would walk through again and again.
    del articles, stories
    gc.collect()
    articles = synthetic(22_000)
    known = cluster(articles[:20_000])
    begun = time.perf_counter()
    cluster(articles[20_000:], known=known)
    figures["seconds_2000_against_20000"] = time.perf_counter() - begun
    first = articles[0]
    copies = [
        Article(id=f"c{k}", feed=f"f{k}", site=f"s{k}.example", url=None, title=first.title, language="en",
                paragraphs=(f"{first.paragraphs[0]} Site {k % 7}.",), published=first.published, vector=first.vector)
        for k in range(10_000)
    ]  # fmt: skip
    begun = time.perf_counter()
    figures["stories_of_10000_copies"] = float(len(cluster(copies)))
    figures["seconds_10000_copies"] = time.perf_counter() - begun
    return {name: round(value, 2) for name, value in figures.items()}


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--read", action="store_true")
    parser.add_argument("--sources", nargs="+", choices=sorted(SOURCES), default=["vigilintel", "veille-fr"])
    parser.add_argument("--month", nargs="+", default=["2026-06"])
    parser.add_argument("--largest", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=0, help="stories of two articles, evenly drawn")
    parser.add_argument("--singletons", type=int, default=100)
    parser.add_argument("--lead", type=int, default=0, help="characters of the texts")
    parser.add_argument("--speed", action="store_true")
    chosen = parser.parse_args()
    if chosen.speed:
        json.dump(speed(), sys.stdout, indent=1)
    elif chosen.data is None:
        parser.error("--data is needed")
    elif chosen.read:
        amounts = Amounts(chosen.largest, chosen.pairs, chosen.singletons, chosen.lead)
        read(chosen.data, chosen.sources, chosen.month, amounts)
    else:
        json.dump(measure(chosen.data) | held_figures(chosen.data), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
