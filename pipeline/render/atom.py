"""An edition as an Atom feed (RFC 4287): one entry per story, its summary and sources inside."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from pipeline.model import Card, Edition
from pipeline.render.parts import CardView, EditionView
from pipeline.render.templating import fill
from pipeline.render.view import view
from pipeline.text.normalise import clean_text

_ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: Name space of our version 5 UUIDs; never change it, readers would see every story again.
_IDENTITY = uuid.UUID("7f0f5e1c-6f0e-5d38-9d0a-0d1f5a3b9c11")


def render_atom(edition: Edition, templates: Path | None) -> str:
    """Write the feed; a story keeps its entry's id over days, so a reader shows an update as one."""
    return render_feed([edition], templates)


def render_feed(editions: Sequence[Edition], templates: Path | None, *, self_url: str | None = None) -> str:
    """Write one feed of several editions of one language; a story that came again stands there once, as it was last.

    Args:
        editions: At least one, newest first.
        templates: Folder whose files go before ours.
        self_url: Address of the feed itself.
    """
    newest = editions[0]
    shown = view(newest)
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed", {_XML_LANG: shown.lang})
    _add(feed, "id", _identity(f"feed:{newest.title}:{newest.language}"))
    _add(feed, "title", shown.title)
    _add(feed, "subtitle", f"{shown.full_date} · {' · '.join(shown.stats)}")
    _add(feed, "updated", _time(newest.closed))
    author = _add(feed, "author")
    _add(author, "name", shown.publisher or shown.title)
    _add(feed, "generator", "cyberdigest")
    if self_url:
        _add(feed, "link", rel="self", type="application/atom+xml", href=self_url)
    if shown.url:
        _add(feed, "link", rel="alternate", type="text/html", href=shown.url)
    told: set[str] = set()
    for edition in editions:
        seen = shown if edition is newest else view(edition)
        for card, card_view in zip(edition.cards, seen.cards, strict=True):
            if card.story not in told:
                _entry(feed, card, card_view, edition, seen, templates)
            told.add(card.story)
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def _entry(
    feed: ET.Element, card: Card, seen: CardView, edition: Edition, shown: EditionView, templates: Path | None
) -> None:
    entry = _add(feed, "entry")
    entry.set(_XML_LANG, seen.headline.lang)
    _add(entry, "id", _identity(f"story:{card.story}:{edition.language}"))
    _add(entry, "title", seen.headline.text)
    _add(entry, "updated", _time(edition.closed))
    if card.published:
        _add(entry, "published", _time(card.published))
    sources = [source.url for source in (*seen.sources, *seen.copies) if source.url]
    target = f"{shown.url}#{seen.anchor}" if shown.url else next(iter(sources), None)
    if target:
        _add(entry, "link", rel="alternate", href=target)
    for url in dict.fromkeys(sources):
        if url != target:
            _add(entry, "link", rel="via", href=url)
    titles = {section.topic: section.title for section in shown.sections}
    for label in dict.fromkeys(card.labels):
        _add(entry, "category", term=clean_text(label), label=titles.get(label, clean_text(label)))
    if seen.sentences:
        _add(entry, "summary", " ".join(sentence.text + sentence.stop for sentence in seen.sentences))
    _add(entry, "content", fill("feed-entry.html", shown, templates, card=seen).strip(), type="html")


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text
    return element


def _identity(name: str) -> str:
    whole = name.encode("utf-8", "replace").decode()  # half a character has no bytes to hash
    return f"urn:uuid:{uuid.uuid5(_IDENTITY, whole)}"


def _time(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
