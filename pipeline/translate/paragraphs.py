"""Whole texts on demand: one article's paragraphs in one batch."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Fact, Translation
from pipeline.translate.translator import Translator


def translate_paragraphs(
    translator: Translator, paragraphs: Sequence[str], source: str | None, target: str, *, facts: Sequence[Fact] = ()
) -> tuple[Translation, ...]:
    """Translate the paragraphs of one article together.

    Args:
        translator: An open translator.
        paragraphs: In reading order; lists, line ends and blank lines inside a paragraph are kept.
        source: Language of the article; None when it is not known.
        target: Language wanted.
        facts: What is known of the article.
    Returns:
        One translation per paragraph, in order, each with its own route and problems, so that a reader sees which
        paragraph is in the original; () without paragraphs.
    """
    texts = [(paragraph, source) for paragraph in paragraphs]
    return tuple(translator.translate(texts, target, facts=[facts] * len(texts)))
