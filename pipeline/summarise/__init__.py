"""Summaries made of the articles' own sentences, and the headline of a story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Story, SummarySentence
from pipeline.summarise.choose import choose
from pipeline.summarise.headline import headline
from pipeline.summarise.said import Embedder

__all__ = ["summarise"]


def summarise(stories: Sequence[Story], *, limit: int = 3, embedder: Embedder | None = None) -> list[Story]:
    """Set headline and summary of each story, in the same order and count.

    Args:
        stories: Their articles with facts, the lead first.
        limit: Most sentences of a summary; fewer where the articles have no more that stand alone.
        embedder: Tells sentences of several articles that mean the same apart; without it names and numbers do.
    Returns:
        Every sentence verbatim: `article.text[start:end] == text`. What the headline already says is not repeated
        by a summary of one sentence.
    """
    return [_summarised(story, limit, embedder) for story in stories]


def _summarised(story: Story, limit: int, embedder: Embedder | None) -> Story:
    chosen = choose(story, limit=limit, embedder=embedder)
    summary = tuple(
        SummarySentence(text=c.text, article=c.article.id, start=c.start, end=c.end, language=c.article.language)
        for c in chosen
    )
    return replace(story, headline=headline(story), summary=summary)
