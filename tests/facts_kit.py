"""Facts of invented articles, and their words."""

from __future__ import annotations

from pipeline.facts import find_facts
from pipeline.model import Article, Fact


def facts(language: str, title: str, text: str = "") -> tuple[Fact, ...]:
    """The facts of an article that holds a title and one paragraph at most."""
    paragraphs = (text,) if text else ()
    item = Article(
        id="a", feed="https://example.org/feed", url=None, title=title, paragraphs=paragraphs, language=language
    )
    return find_facts([item])[0].facts


def names(found: tuple[Fact, ...], kind: str) -> list[str | None]:
    """The words of the facts of one kind."""
    return [f.name for f in found if f.type == kind]
