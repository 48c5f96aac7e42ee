"""Print what a person must read to judge the grouping of a month: its largest stories, small ones, and singletons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from remembering import token_encoder
from stream_items import stream

from pipeline.cluster import cluster, explain_pairs
from pipeline.facts import find_facts
from pipeline.model import Article, Story
from pipeline.vectors import embed_articles, load_embedder, stack

#: Code points of a title that are printed.
_TITLE = 160


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many stories are printed, and how many code points of each lead."""

    largest: int
    pairs: int
    singletons: int
    lead: int


def read(data: Path, sources: Sequence[str], months: Sequence[str], amounts: Amounts) -> None:
    """Group the items seen in the months ("2026-07") as one batch and print the chosen stories."""
    embedder = load_embedder(threads=1)
    articles = [
        a for a in stream(data, sources)
        if a.first_seen is not None and a.first_seen.isoformat().startswith(tuple(months))
    ]  # fmt: skip
    articles = embed_articles(find_facts(articles), embedder)
    tokens = token_encoder()
    stories = sorted(cluster(articles, embedder=embedder, tokens=tokens), key=lambda s: (-len(s.articles), s.id))
    print(f"{len(articles)} articles, {len(stories)} stories, {sum(len(s.articles) > 1 for s in stories)} of several")
    for story in stories[: amounts.largest]:
        _print_story(story, amounts.lead)
    for story in _spread([s for s in stories[amounts.largest :] if len(s.articles) == 2], amounts.pairs):
        chance = explain_pairs(story.articles, window=timedelta(days=14), embedder=embedder, tokens=tokens)[
            0
        ].probability
        _print_story(story, amounts.lead, f" score {chance:.2f}")
    _print_singletons(stories, amounts)


def _print_story(story: Story, lead: int, note: str = "") -> None:
    print(f"=== {story.id} {len(story.articles)} articles, {len(story.copies)} copies{note}")
    for article in story.articles:
        print(f"    {_line(article, lead)}{' [copy]' if article.id in story.copies else ''}")


def _print_singletons(stories: Sequence[Story], amounts: Amounts) -> None:
    """Articles that stayed alone, each with the three that are nearest by vector."""
    every = [a for s in stories for a in s.articles]
    vectors = stack(every)
    chosen = _spread([s.articles[0] for s in stories if len(s.articles) == 1], amounts.singletons)
    for article in chosen:
        print(f"--- {_line(article, amounts.lead)}")
        cosine = stack([article])[0] @ vectors.T
        for k in [k for k in np.argsort(-cosine) if every[k].id != article.id][:3]:
            print(f"      {cosine[k]:.2f} {_line(every[k], 0)}")


def _line(article: Article, lead: int) -> str:
    day = f"{article.published:%m-%d}" if article.published else "undated"
    text = f" || {' '.join(article.text.split())[:lead]}" if lead else ""
    return f"{day} {article.site} | {article.title[:_TITLE]}{text}"


def _spread(items: Sequence[Any], count: int) -> list[Any]:
    """An even choice of the items, in order."""
    return [items[k] for k in np.linspace(0, len(items) - 1, min(count, len(items))).astype(int)]
