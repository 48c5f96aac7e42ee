"""The article's paragraphs: trafilatura on the pruned tree, and the standfirst where it lost that."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from pipeline.extract.inline import merge_inline
from pipeline.extract.metadata import Metadata
from pipeline.text.mending import mended
from pipeline.text.normalise import clean_text, fold

# trafilatura logs an error for each page without text; for us that is a value, not an event.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

#: What pages call their standfirst, in a dozen languages.
_LEAD_NAME = re.compile(
    r"(?<![a-z])(?:lead(?![a-z]*(?:er|board|gen))|lede|teaser|intro|standfirst|chap[oe]au?|chapo|subheadline"
    r"|sub-?title|subhead|summary|excerpt"
    r"|abstract|vorspann|dek|deck|preface|sumario|entradilla|bajada|copete|occhiello|sommario|ingress|description"
    r"|perex|zajawka|accroche"
    r"|einleitung|anleser|resume)|(?:lead|teaser|intro|standfirst|chapo|subheadline|summary|excerpt|vorspann"
    r"|preface|description)(?![a-z])",
    re.IGNORECASE,
)
_NO_LEAD = re.compile(
    r"related|list|grid|card|carousel|newsletter|image|caption|author|video|meta-?description|comment|nav|menu"
    r"|aside|share|product"
)
#: A line that is nothing but a date, a time, an address or a byline.
_HEAD_LINE = re.compile(
    r"(?:https?://\S+|(?:by|par|von|por|di|da|door|autor|author|text|texte|testo|redaction"
    r"|redaktion)\s?:? [\w.' -]{3,40}"
    r"|(?:[a-z]{3,12}day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|montag|dienstag|mittwoch|donnerstag"
    r"|freitag|samstag|sonntag"
    r"|lunes|martes|miercoles|jueves|viernes|sabado|domingo|(?:segunda|terca|quarta|quinta|sexta)-feira"
    r"|lunedi|martedi|mercoledi|giovedi|venerdi)?,? ?(?:(?:published|updated|posted|publie|mis a jour"
    r"|aktualisiert|stand|publicado|actualizado"
    r"|pubblicato|aggiornato|opublikowano)\w*:? ?(?:le |on |am |el |il )?)?"
    r"(?:\d{1,2}[./ -](?:de )?(?:\d{1,2}|[a-z]{3,10})\.?[./ ,-]+(?:de )?\d{4}|[a-z]{3,10}\.? \d{1,2},? \d{4}"
    r"|\d{4}-\d\d-\d\d)"
    r"[ ,|–-]*(?:(?:a|at|um|alle|as|a las)? ?\d{1,2}[:h.]\d{2}(?: ?uhr| ?[ap]\.?m\.?| ?[a-z]{2,4})?)?.{0,24})$"
)
_LEAD_TAGS = frozenset({"p", "div", "h2", "h3", "section", "span", "strong", "header", "b"})
#: Elements behind the headline that a standfirst is looked for in, and its length in characters: shorter ones are
#: decks, which
#: say what the headline says (tuned on both extraction sets).
_LEAD_WITHIN, _LEAD_LEAST, _LEAD_MOST = 60, 120, 1000
_BULLET = re.compile(r"^[-•*–]\s+")


def article_paragraphs(tree: Any) -> list[str]:
    """Paragraphs that trafilatura finds in a tree, in reading order; the tree is spent afterwards."""
    from trafilatura import bare_extraction
    from trafilatura.xml import xmltotxt

    merge_inline(tree)
    try:
        document = bare_extraction(tree, fast=True, include_comments=False, with_metadata=False)
    except Exception:  # noqa: BLE001  (any page may come in; what trafilatura trips over has no text for us)
        return []
    if document is None or isinstance(document, dict) or document.body is None:
        return []
    return _tidy_paragraphs(xmltotxt(document.body, include_formatting=False).split("\n"))


def _tidy_paragraphs(lines: list[str]) -> list[str]:
    """Lines as NFC text without bullets, empty ones and a line that says what the one before it said."""
    paragraphs: list[str] = []
    for line in lines:
        text = _BULLET.sub("", mended(clean_text(line)))
        if text and not text.isspace() and (not paragraphs or paragraphs[-1] != text):
            paragraphs.append(text)
    return paragraphs


def plain_html(markup: str) -> list[str]:
    """Paragraphs of a feed's own HTML (or plain text) content."""
    from pipeline.extract.document import parse_html

    if "<" not in markup and "&" not in markup:
        return _tidy_paragraphs(markup.split("\n"))
    tree = parse_html(f"<html><body><div>{markup}</div></body></html>")
    return _block_paragraphs(tree) if tree is not None else []


_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "svg",
        "head",
        "title",
        "button",
        "select",
        "option",
        "textarea",
        "form",
        "nav",
    ]
)


def _block_paragraphs(tree: Any) -> list[str]:
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
    return _tidy_paragraphs(lines)


def find_lead(tree: Any, meta: Metadata) -> list[str]:
    """The standfirst as the page shows it, in paragraphs; extraction often takes it for a teaser of another article.

    It is the element near the headline that is named like a standfirst or says what the page's description says.
    """
    heading = next((h for h in tree.iter("h1") if not meta.title or fold(meta.title)[:20] in fold(_text_of(h))), None)
    described = fold((meta.description or "")[:80])[:45]
    if heading is None:
        return []
    passed = 0
    for element in _after(heading):
        passed += 1
        if passed > _LEAD_WITHIN:
            break
        if element.tag not in _LEAD_TAGS:
            continue
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"[:300]
        named = bool(_LEAD_NAME.search(names))
        if not named and not (described and len(described) >= 40):
            continue
        text = clean_text(_text_of(element))
        if not _LEAD_LEAST <= len(text) <= _LEAD_MOST or _linked(element) > 0.4 * len(text):
            continue
        if (named and not _NO_LEAD.search(names.lower())) or (described and fold(text[:80]).startswith(described[:40])):
            return _block_paragraphs(element)
    return []


def with_lead(paragraphs: list[str], lead: list[str]) -> list[str]:
    """`paragraphs`, with the standfirst in front when extraction lost it."""
    if not lead or not paragraphs:
        return paragraphs or lead
    text, body = " ".join(lead), " ".join(paragraphs)
    if text[:50] in body or text[-50:] in body:
        return paragraphs
    return [*lead, *paragraphs]


def without_head_lines(paragraphs: list[str], title: str | None) -> list[str]:
    """`paragraphs` without the headline, dates and bylines that stand before the first sentence."""
    headline = fold(title or "")
    start = 0
    for paragraph in paragraphs[:6]:
        if fold(paragraph) != headline and not (len(paragraph) <= 90 and _HEAD_LINE.match(fold(paragraph))):
            break
        start += 1
    return paragraphs[start:]


def _after(element: Any) -> Iterator[Any]:
    """Elements behind `element` in document order, those inside it left out."""
    while element is not None:
        sibling = element.getnext()
        while sibling is not None:
            yield from (e for e in sibling.iter() if isinstance(e.tag, str))
            sibling = sibling.getnext()
        element = element.getparent()


def _text_of(element: Any) -> str:
    return " ".join(element.itertext("*"))


def _linked(element: Any) -> int:
    return sum(len(_text_of(a)) for a in element.iter("a"))
