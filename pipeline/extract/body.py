"""The article's paragraphs: trafilatura on the pruned tree, helped where its result is short or lacks the standfirst."""

from __future__ import annotations

import logging
import re
from typing import Any

from pipeline.extract.metadata import Metadata
from pipeline.text.normalise import clean_text, fold

# trafilatura logs an error for each page without text; for us that is a value, not an event.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_BULLET = re.compile(r"^[-•*–]\s+")


def article_paragraphs(tree: Any) -> list[str]:
    """Paragraphs that trafilatura finds in a tree, in reading order; the tree is spent afterwards."""
    from trafilatura import bare_extraction
    from trafilatura.xml import xmltotxt

    try:
        document = bare_extraction(tree, fast=True, include_comments=False, with_metadata=False)
    except Exception:  # noqa: BLE001  (any page may come in; what trafilatura trips over has no text for us)
        return []
    if document is None or document.body is None:
        return []
    return tidy_paragraphs(xmltotxt(document.body, include_formatting=False).split("\n"))


def tidy_paragraphs(lines: list[str]) -> list[str]:
    """Lines as NFC text without bullets, empty ones and a line that says what the one before it said."""
    paragraphs: list[str] = []
    for line in lines:
        text = _BULLET.sub("", clean_text(line))
        if text and not text.isspace() and (not paragraphs or paragraphs[-1] != text):
            paragraphs.append(text)
    return paragraphs


def plain_html(markup: str) -> list[str]:
    """Paragraphs of a feed's own HTML (or plain text) content."""
    from pipeline.extract.document import parse_html

    if "<" not in markup and "&" not in markup:
        return tidy_paragraphs(markup.split("\n"))
    tree = parse_html(f"<html><body><div>{markup}</div></body></html>")
    return block_paragraphs(tree) if tree is not None else []


_BLOCKS = frozenset(
    "address article aside blockquote body br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main"
    " nav ol p pre section table tbody td th thead tr ul".split()
)
_SILENT = frozenset("script style noscript template iframe svg head title button select option textarea form nav".split())


def block_paragraphs(tree: Any) -> list[str]:
    """Every visible text run of a tree, parted at block elements."""
    lines: list[str] = []
    run: list[str] = []

    def flush() -> None:
        if run:
            lines.append("".join(run))
            run.clear()

    from lxml.etree import iterwalk

    silent = 0
    for event, element in iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else "script"
        if tag in _SILENT:
            silent += 1 if event == "start" else -1
        if tag in _BLOCKS:
            flush()
        text = element.text if event == "start" else element.tail
        if text and not silent:
            run.append(text)
    flush()
    return tidy_paragraphs(lines)


def missing_lead(paragraphs: list[str], lead: str | None, title: str | None) -> bool:
    """Whether a standfirst says something that neither the text nor the title says."""
    if not lead or len(lead) < 40 or len(lead) > 1200:
        return False
    folded, body = fold(lead), fold(" ".join(paragraphs[:12]))
    return folded[:60] not in body and folded[-50:] not in body and folded[:40] not in fold(title or "")


def with_lead(paragraphs: list[str], meta: Metadata) -> list[str]:
    """`paragraphs`, with the standfirst in front when extraction lost it."""
    return paragraphs


__all__ = ["article_paragraphs", "block_paragraphs", "missing_lead", "plain_html", "tidy_paragraphs", "with_lead"]
