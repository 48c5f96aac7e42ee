"""Sentences of title and text with their place, so that every fact can show where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pipeline.model import Article, Evidence, Fact, TextField
from pipeline.text.hanzi import CHINESE, in_short_form
from pipeline.text.headline import headline_span
from pipeline.text.sentences import split_sentences
from pipeline.text.tags import primary

#: Beyond this many code points of the text a sentence is no lead; tuned on how long leads of news are.
LEAD = 1200
#: No fact is looked for after this many code points; longer pages are archives and round-ups.
READ = 40_000

#: From here on a page speaks of other articles.
_RELATED = re.compile(r"(?<=[.!?\s])Related (?:posts|articles|stories|reading)\s?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of an article (the title is one)."""

    article: str
    field: TextField
    #: Offset of the sentence in its field.
    offset: int
    #: Chinese in short form, which the word lists are written in, sign for sign.
    text: str
    #: As the article has it, where `text` is not.
    printed: str | None = None

    @property
    def is_title(self) -> bool:
        """Whether it is the title."""
        return self.field == "title"

    @property
    def place(self) -> int:
        """Where it stands among the sentences of its article: -1 for the title, else its offset in the text."""
        return -1 if self.is_title else self.offset

    @property
    def is_lead(self) -> bool:
        """Whether it is the title or stands in the first paragraphs."""
        return self.is_title or self.offset < LEAD

    def evidence(self, start: int, end: int) -> Evidence:
        """Evidence for a span of this sentence."""
        return Evidence(
            article=self.article,
            field=self.field,
            start=self.offset + start,
            end=self.offset + end,
            sentence=self.text if self.printed is None else self.printed,
        )


def passages(article: Article, is_wanted: Callable[[str], bool] = bool) -> list[Passage]:
    """Title, then the sentences of the text.

    Args:
        article: Its text is read up to what it says of other articles.
        is_wanted: Told of each paragraph behind the lead; those it does not want are not split (most of the cost).
    """
    return list(_passages(article, is_wanted))


def _passages(article: Article, is_wanted: Callable[[str], bool]) -> Iterator[Passage]:
    if article.title.strip():
        start, end = headline_span(article.title)
        yield _passage(article, "title", start, article.title[start:end])
    text = article.text[:READ]
    if related := _RELATED.search(text):
        text = text[: related.start()]
    offset = 0
    for paragraph in text.split("\n\n"):
        if offset < LEAD or is_wanted(paragraph):
            for start, end in split_sentences(paragraph, article.language):
                yield _passage(article, "text", offset + start, paragraph[start:end])
        offset += len(paragraph) + 2


def _passage(article: Article, field: TextField, offset: int, printed: str) -> Passage:
    text = in_short_form(printed, article.language)
    return Passage(article.id, field, offset, text, None if text is printed else printed)


def as_printed(fact: Fact, article: Article) -> Fact:
    """A fact in the signs of its article, where it was read in others."""
    if fact.evidence is None or fact.name is None or primary(article.language) not in CHINESE:
        return fact
    field = article.title if fact.evidence.field == "title" else article.text
    printed = field[fact.evidence.start : fact.evidence.end]
    if printed == fact.name or in_short_form(printed, article.language) != fact.name:
        return fact
    return replace(fact, name=printed, value=printed if fact.value == fact.name else fact.value)
