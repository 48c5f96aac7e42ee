"""Phrase evidence: sentences and blocks that ask the reader for something instead of telling the news.

The rules are data (data/*.toml). Each is anchored at the start of a sentence or a block and speaks to the reader, so that
news ABOUT newsletters, cookies or subscriptions stays. A sentence rule takes one sentence out of its paragraph and leaves
the rest; nothing ever cuts to the end of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from pipeline.clean.rules import PhraseRule, phrase_rules
from pipeline.model import Removed
from pipeline.text.normalise import fold
from pipeline.text.sentences import split_sentences

#: What stands before the first word: quotation marks are left out on purpose, a quoted phrase is news.
_PREFIX = re.compile(r"[\s>»→▶►•·*#|+✉️📩📧👉🔔➡️⬇️✅🗞📰–—-]+")
#: Facts of the news: a sentence with one of these is cut by rules for other articles' titles only.
_FACT = re.compile(r"\bcve-\d{4}-\d{4,}|\bghsa-\w{4}-", re.IGNORECASE)
#: A paragraph at least this long that comes a second time in one article is a block that the page shows twice.
_REPEAT_LEAST = 60
_END = re.compile(r"[.!?…。！？:]\s*$")


def clean_paragraphs(
    paragraphs: Iterable[str], recurring: AbstractSet[str] = frozenset(), *, language: str | None = None
) -> tuple[tuple[str, ...], tuple[Removed, ...]]:
    """Take boilerplate out of an article's paragraphs.

    Args:
        paragraphs: In reading order.
        recurring: Paragraphs that recur over the site's articles.
        language: Hint for cutting sentences.
    Returns:
        What stays, and what went with its rule and the number of its paragraph. What stays is untouched but for cut sentences.
    """
    source = tuple(paragraphs)
    active = _active_rules(source)
    kept: list[str] = []
    removed: list[Removed] = []
    seen: set[str] = set()
    for position, paragraph in enumerate(source):
        if paragraph in recurring:
            removed.append(Removed(text=paragraph, rule="site/repeated", position=position))
            continue
        rest = paragraph
        if active:
            rest, cut = _clean_paragraph(paragraph, active, language)
            removed.extend(Removed(text=text, rule=rule, position=position) for text, rule in cut)
            if not rest:
                continue
        if len(rest) >= _REPEAT_LEAST:
            if rest in seen:
                removed.append(Removed(text=rest, rule="page/repeated", position=position))
                continue
            seen.add(rest)
        kept.append(rest)
    return tuple(kept), tuple(removed)


def _active_rules(paragraphs: tuple[str, ...]) -> tuple[PhraseRule, ...]:
    """Rules whose stems occur somewhere in the text; most texts leave few."""
    text = "\n".join(paragraphs).lower()
    catalogue = phrase_rules()
    present = {stem for stem in catalogue.stems if stem in text}
    return tuple(rule for rule in catalogue.rules if not present.isdisjoint(rule.stems)) if present else ()


def _clean_paragraph(
    paragraph: str, active: tuple[PhraseRule, ...], language: str | None
) -> tuple[str, list[tuple[str, str]]]:
    lowered = paragraph.lower()
    rules = [rule for rule in active if any(stem in lowered for stem in rule.stems)]
    if not rules:
        return paragraph, []
    if (rule := _match(paragraph, [r for r in rules if r.scope == "block"])) is not None:
        return "", [(paragraph, rule.full_name)]
    sentence_rules = [r for r in rules if r.scope == "sentence"]
    if not sentence_rules:
        return paragraph, []
    if len(paragraph) <= 60 and (rule := _match(paragraph, sentence_rules)) is not None:
        return "", [(paragraph, rule.full_name)]
    kept: list[str] = []
    cut: list[tuple[str, str]] = []
    for sentence in _sentences(paragraph, language or sentence_rules[0].language):
        rule = _match(sentence, sentence_rules)
        if rule is None:
            kept.append(sentence)
        else:
            cut.append((sentence.strip(), rule.full_name))
    if not cut:
        return paragraph, []
    return "".join(kept).strip(), cut


def _match(unit: str, rules: list[PhraseRule]) -> PhraseRule | None:
    if not rules:
        return None
    text = unit.strip()
    if not text or len(text) > max(rule.longest for rule in rules):
        return None
    folded = _PREFIX.sub("", fold(text), count=1) if _PREFIX.match(text) else fold(text)
    for rule in rules:
        if len(text) <= rule.longest and rule.pattern.match(folded):
            if rule.kind != "related" and _FACT.search(text):
                continue
            return rule
    return None


def _sentences(paragraph: str, language: str | None) -> Iterator[str]:
    """Sentences with the space behind them, so that joining all gives the paragraph again."""
    spans = split_sentences(paragraph, language)
    starts = [start for start, _ in spans] or [0]
    starts[0] = 0
    for start, end in zip(starts, [*starts[1:], len(paragraph)], strict=True):
        yield paragraph[start:end]
