"""What a page says about itself: JSON-LD, meta tags; its date is read by `dates`, its headline by `titles`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipeline.extract.dates import published
from pipeline.extract.titles import page_title
from pipeline.text.normalise import clean_text

_ARTICLE_TYPES = re.compile(r"article|blogposting|report|posting|review|recipe", re.IGNORECASE)
_TITLE_META = (
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "headline",
    "title",
    "parsely-title",
    "sailthru.title",
)
_AUTHOR_META = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl")
_SITE_META = ("og:site_name", "application-name", "publisher", "dc.publisher")
_DESCRIPTION_META = ("og:description", "description", "twitter:description", "dc.description")
_BYLINE_NAME = re.compile(
    r"(?:^|\s)(?:author|author-?_?name|byline|byline__name|autor|auteur|autore|fn|vcard)(?:\s|$)", re.IGNORECASE
)
_BY = re.compile(r"^(?:(?:posted |written |words )?by|von|par|por|di|da|door|autor\w*|author)\s?:? ", re.IGNORECASE)
_CONTROL_IN_JSON = re.compile(r"[\x00-\x1f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the page says about itself; None where it says nothing usable."""

    title: str | None = None
    published: datetime | None = None
    author: str | None = None
    site: str | None = None
    canonical: str | None = None
    language: str | None = None
    description: str | None = None
    #: Full text as JSON-LD carries it; may hold markup.
    body: str | None = None


def read_metadata(tree: Any, url: str, *, latest: datetime | None = None, want_date: bool = True) -> Metadata:
    """Read a page's metadata.

    Args:
        tree: The page before anything was pruned from it.
        url: Its address, for relative links and dates in the path.
        latest: Dates after this are not believed.
        want_date: False leaves the page's date unread, for entries that the feed has dated.
    """
    meta = _meta_tags(tree)
    articles = list(_articles(tree))
    site = _first(meta, _SITE_META) or _names(a.get("publisher") for a in articles)
    claims = [claim for claim in (_text(articles, "headline"), _first(meta, _TITLE_META)) if claim]
    title, language = page_title(tree, claims, site), _language(tree, meta)
    dated = published(tree, meta, articles, url, title=title, language=language, latest=latest) if want_date else None
    return Metadata(
        title=title,
        published=dated,
        author=_author(tree, meta, articles),
        site=site,
        canonical=_canonical(tree, meta, url),
        language=language,
        description=_first(meta, _DESCRIPTION_META) or _text(articles, "description"),
        body=max((b for a in articles if isinstance(b := a.get("articleBody"), str)), key=len, default=None),
    )


def _meta_tags(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = element.get("content")
        if name and content and (value := clean_text(content[:2000])):
            found.setdefault(name.strip().lower(), value)
    return found


def _first(meta: Mapping[str, str], names: Iterable[str]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _articles(tree: Any) -> Iterator[Mapping[str, Any]]:
    """JSON-LD objects that describe an article, the page's own first."""
    for script in tree.iterfind('.//script[@type="application/ld+json"]'):
        text = script.text or ""
        if not text or len(text) > 1_000_000:
            continue
        try:
            yield from _walk(json.loads(_CONTROL_IN_JSON.sub(" ", text).strip().rstrip(";")), 0)
        except (ValueError, RecursionError):
            continue


def _walk(node: object, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > 6:
        return
    if isinstance(node, list):
        for item in node[:200]:
            yield from _walk(item, depth + 1)
    elif isinstance(node, dict):
        if _ARTICLE_TYPES.search(str(node.get("@type", ""))):
            yield node
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(node.get(key), list | dict):
                yield from _walk(node[key], depth + 1)


def _text(articles: Iterable[Mapping[str, Any]], key: str) -> str | None:
    for article in articles:
        value = article.get(key)
        if isinstance(value, str) and (cleaned := _plain(value)):
            return cleaned
    return None


def _plain(value: str) -> str:
    return clean_text(unescape(re.sub(r"<[^<>]{1,300}>", " ", unescape(value[:5000]))))


def _names(values: Iterable[object]) -> str | None:
    for value in values:
        names: list[str] = []
        for item in value if isinstance(value, list) else [value]:
            name = item.get("name") if isinstance(item, dict) else item
            if isinstance(name, list):
                name = ", ".join(str(part) for part in name)
            if isinstance(name, str) and (cleaned := _plain(name)) and not cleaned.startswith(("http://", "https://")):
                names.append(cleaned)
        if names:
            return ", ".join(dict.fromkeys(names))
    return None


def _author(tree: Any, meta: Mapping[str, str], articles: list[Mapping[str, Any]]) -> str | None:
    name = _names(a.get("author") for a in articles) or _first(meta, _AUTHOR_META) or _byline(tree)
    if name is None or len(name) > 200 or name.startswith(("http://", "https://", "www.")):
        return None
    return name


def _byline(tree: Any) -> str | None:
    for element in tree.iter("a", "span", "p", "div", "address", "strong"):
        marks = f"{element.get('rel') or ''} {element.get('itemprop') or ''} {element.get('class') or ''}"
        if len(marks) > 2 and _BYLINE_NAME.search(marks[:300]):
            name = _BY.sub("", clean_text(" ".join(element.itertext("*"))))
            if 4 <= len(name) <= 60 and len(name.split()) <= 6 and not any(c.isdigit() for c in name):
                return name
    return None


def _canonical(tree: Any, meta: Mapping[str, str], url: str) -> str | None:
    """Absolute http(s) address, None when the page names none or only its own front page."""
    link = next((e.get("href") for e in tree.iter("link") if (e.get("rel") or "").lower() == "canonical"), None)
    for claim in (link, meta.get("og:url")):
        if not claim:
            continue
        try:
            address = urljoin(url, claim.strip())
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname and parts.path not in ("", "/"):
            return str(address)
    return None


def _language(tree: Any, meta: Mapping[str, str]) -> str | None:
    root = tree.getroottree().getroot()
    for claim in (root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang"),
                  meta.get("content-language"), meta.get("og:locale")):  # fmt: skip
        if claim and re.match(r"\s*[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*\s*$", claim):
            return claim.strip().replace("_", "-")
    return None
