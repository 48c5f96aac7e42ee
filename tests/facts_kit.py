"""The facts of an invented article, and what tests ask of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeline.facts import find_facts
from pipeline.model import Article, Fact


def article(language: str, title: str, text: str = "", *, published: datetime | None = None) -> Article:
    """Title and text, in paragraphs parted by a blank line."""
    paragraphs = tuple(part for part in text.split("\n\n") if part)
    return Article(
        id="a", feed="https://example.org/feed", url=None, title=title, paragraphs=paragraphs, language=language,
        published=published,
    )  # fmt: skip


def facts(language: str, title: str, text: str = "", *, published: datetime | None = None) -> tuple[Fact, ...]:
    """The facts of an article by itself."""
    return find_facts([article(language, title, text, published=published)])[0].facts


def values(found: Iterable[Fact], kind: str) -> list[object]:
    """Values of the facts of one kind."""
    return [fact.value for fact in found if fact.type == kind]


def names(found: Iterable[Fact], kind: str) -> list[str | None]:
    """Words of the facts of one kind."""
    return [fact.name for fact in found if fact.type == kind]


def told(found: Iterable[Fact]) -> list[tuple[object, str | None]]:
    """The measures, and how far they went."""
    return [(fact.value, fact.status) for fact in found if fact.type == "measure"]
