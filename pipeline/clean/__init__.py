"""Boilerplate out of texts, by phrase rules and by what recurs over a site's articles; junk is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.clean.blocks import SiteBlocks, learn
from pipeline.clean.explain import explain
from pipeline.clean.phrases import clean_paragraphs
from pipeline.model import Article, Junk
from pipeline.text.junk import junk_reason

__all__ = ["SiteBlocks", "clean", "explain", "learn"]


def clean(articles: Iterable[Article], *, known: SiteBlocks | None = None) -> list[Article]:
    """Remove boilerplate and mark junk.

    Args:
        articles: As `extract` left them; cleaning a cleaned article changes nothing.
        known: Blocks that recur on each site, from `learn`.
    Returns:
        One article per input, in order; what was taken out stands in `removed` with its rule.
    """
    return [_clean_one(article, known) for article in articles]


def _clean_one(article: Article, known: SiteBlocks | None) -> Article:
    recurring = known.recurring(article) if known is not None else frozenset()
    kept, removed = clean_paragraphs(article.paragraphs, recurring, article.site)
    junk = article.junk if article.junk and not kept else _junk(article.title, kept, article.paragraphs)
    if not removed and junk == article.junk:
        return article
    return replace(article, paragraphs=kept, removed=article.removed + removed, junk=junk)


def _junk(title: str, kept: tuple[str, ...], original: tuple[str, ...]) -> Junk | None:
    """A wall whose every sentence was taken out is still that wall."""
    reason = junk_reason(title, kept) if kept else junk_reason(title, original) or "empty"
    return Junk(reason=reason) if reason else None
