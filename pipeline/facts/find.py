"""Read the facts of articles: what was disclosed, who was sanctioned, when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.facts.disclosure import RULED_OUT, disclosure_facts, may_disclose
from pipeline.facts.measures import names_measure
from pipeline.facts.sanction import find_reported, sanction_facts
from pipeline.facts.spans import Passage, as_printed, passages
from pipeline.model import Article, Fact
from pipeline.text.dates import find_dates
from pipeline.text.hanzi import in_short_form
from pipeline.text.tags import primary

#: Dates kept of an article; more are background.
_DATES = 3


def find_facts(articles: Iterable[Article]) -> list[Article]:
    """Set the facts of each article, in the same order and count.

    Only what title and text state becomes a fact; title and lead decide on measures, authorities and targets, the whole
    text on ids, scores, exploitation and patches. Facts stand most prominent first.
    """
    return [replace(a, facts=tuple(as_printed(fact, a) for fact in _facts(a))) for a in articles]


def find_sanctions(title: str, lead: str, language: str | None) -> list[tuple[str, str, bool]]:
    """Measures that a headline and its first words report, whatever the topics are.

    For judging whether a text is about a sanction: cheaper than `find_facts`, and without its doubts.

    Returns:
        Of each its kind, how far it went, and whether a plain wording ("blocks", "must pay") told it that names no
        measure by itself.
    """
    if not names_measure(in_short_form(f"{title}\n{lead}", language), language):  # seven in eight texts of the feeds
        return []
    article = Article(
        id="", feed="", url=None, title=title, paragraphs=tuple(p for p in lead.split("\n\n") if p), language=language
    )
    found = find_reported(article, passages(article))
    return [(finding.trigger.measure, finding.status, finding.trigger.is_plain) for finding in found]


def _facts(article: Article) -> Iterator[Fact]:
    found = passages(article, lambda text: may_disclose(text, article.language))
    yield from disclosure_facts(article, found)
    if may_punish(article):
        yield from sanction_facts(article, found)
    yield from _dates(article, found)


def may_punish(article: Article) -> bool:
    """Whether the article may tell of a sanction: nobody has looked, or the topic was not ruled out.

    "File upload restriction bypass" holds the word of a measure; a reader knows that none was taken.
    """
    return "sanction" in article.labels or article.topics.get("sanction", 1.0) >= RULED_OUT


def _dates(article: Article, found: Sequence[Passage]) -> Iterator[Fact]:
    """Full dates of title and lead."""
    seen: set[str] = set()
    tag = primary(article.language, "en")
    for passage in found:
        if not passage.is_lead or len(seen) >= _DATES:
            return
        for start, end, value in sorted(find_dates(passage.text, tag)):
            if len(value) == 10 and value not in seen and len(seen) < _DATES:
                seen.add(value)
                name = passage.text[start:end]
                yield Fact(type="date", value=value, name=name, evidence=passage.evidence(start, end))
