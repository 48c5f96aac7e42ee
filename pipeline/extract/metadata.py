"""What a page says about itself: JSON-LD, meta tags, headings; its date is read by `dates`."""

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
from pipeline.text.normalise import clean_text, fold

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
#: Parts of a <title>: "Headline | Outlet", "Headline - Outlet".
_TITLE_SEPARATOR = re.compile(r" [|–—·•»«:\-] | ?[|»] ?")
#: Chinese and Japanese pages join the outlet to the headline without a space.
_GLUED_SITE = re.compile(r"(?<=[\u3040-\u30ff\u4e00-\u9fff！？」”』])[-_－—|｜][\u3040-\u30ff\u4e00-\u9fff]{2,8}$")
_HEADLINE_NAME = re.compile(r"headline|title|heading", re.IGNORECASE)
#: Parts of a heading that are not the headline.
_KICKER_NAME = re.compile(
    r"kicker|overline|dachzeile|topline|roofline|spitzmarke|supertitle|date|category|hidden|sr-only|subline"
    r"|subtitle|label|badge",
    re.IGNORECASE,
)
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
    title, language = _title(tree, meta, articles, _heading(tree), site), _language(tree, meta)
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


def _heading(tree: Any) -> tuple[str, ...]:
    """Texts of the <h1> elements, those that call themselves headline or title first, kickers and dates left out."""
    found = [(h, text) for h in tree.iter("h1") if (text := _headline_text(h)) and len(text) > 3]
    found.sort(
        key=lambda pair: (
            not _HEADLINE_NAME.search(f"{pair[0].get('class')} {pair[0].get('itemprop')} {pair[0].get('id')}"[:300])
        )
    )
    return tuple(text for _, text in found[:8])


def _headline_text(heading: Any) -> str:
    parts = [part for part in heading if isinstance(part.tag, str) and clean_text("".join(part.itertext("*")))]
    whole = clean_text(" ".join(heading.itertext("*")))
    if len(parts) < 2 or clean_text(heading.text or "") or any(clean_text(part.tail or "") for part in parts):
        plain = [part for part in parts if _KICKER_NAME.search((part.get("class") or "")[:300])]
        for part in plain:
            whole = clean_text(whole.replace(clean_text(" ".join(part.itertext("*"))), " ", 1))
        return whole
    texts = [
        clean_text(" ".join(part.itertext("*")))
        for part in parts
        if not _KICKER_NAME.search((part.get("class") or "")[:300])
    ]
    return max(texts, key=len) if texts and max(map(len, texts)) <= 140 else whole


def _title(
    tree: Any, meta: Mapping[str, str], articles: list[Mapping[str, Any]], headings: tuple[str, ...], site: str | None
) -> str | None:
    """The headline as a reader of the page sees it: the <h1> when what the page says of itself vouches for it."""
    element = tree.find(".//title")
    window = clean_text(element.text or "") if element is not None else ""
    claims = [c for c in (_text(articles, "headline"), _first(meta, _TITLE_META)) if c]
    strong = [_without_site(_unbroken(c, window), site) for c in claims]
    for heading in headings:
        folded = fold(heading)
        if site and folded == fold(site) and folded not in map(fold, strong):
            continue
        for claim in strong:
            said = fold(claim)
            if said in folded and len(said) >= 0.5 * len(folded):
                return heading if folded.startswith(said) and not _ends_with_site(heading, claim) else claim
            if (folded in said and len(folded) >= 0.4 * len(said)) or _overlap(folded, said) >= 0.6:
                return heading
    for heading in headings:
        folded = fold(heading)
        is_site = site is not None and folded == fold(site)
        if not strong and not is_site and folded in fold(window) and len(heading) >= 0.4 * len(window):
            return heading
    if strong:
        return strong[0]
    return _second_heading(tree, window) or _without_site(window, site) or next(iter(headings), None)


def _second_heading(tree: Any, window: str) -> str | None:
    """The longest <h2>, or post title, that the window's title contains; blogs give their <h1> to themselves."""
    said = fold(window)
    texts = (clean_text(" ".join(h.itertext("*"))) for h in tree.iter("h1", "h2", "h3"))
    fitting = [text for text in texts if len(text) >= 10 and len(text) >= 0.3 * len(window) and fold(text) in said]
    return max(fitting, key=len, default=None)


def _ends_with_site(heading: str, claim: str) -> bool:
    """Whether what `heading` has more than `claim` stands behind a separator."""
    return bool(re.match(r"\s*[|–—·•»«\-]", heading[len(claim) :]))


def _unbroken(claim: str, window: str) -> str:
    """`claim`, or `window` where a bare quotation mark ended the attribute that `claim` was read from."""
    broken = len(claim) >= 10 and window.startswith(claim) and window[len(claim) :].lstrip().startswith('"')
    return window if broken else claim


def _overlap(a: str, b: str) -> float:
    first, second = set(a.split()), set(b.split())
    return len(first & second) / max(1, min(len(first), len(second)))


def _joined(name: str) -> str:
    """`name` folded, without spaces: "La Stampa" calls itself "lastampa.it"."""
    return fold(name).replace(" ", "")


def _without_site(title: str, site: str | None) -> str:
    """`title` without the outlet's name at either end."""
    if match := _GLUED_SITE.search(title):
        return title[: match.start()]
    parts = [part for part in _TITLE_SEPARATOR.split(title) if part]
    if len(parts) < 2:
        return title
    if site:
        name = _joined(site)
        for cut in (-len(parts[-1]), len(parts[0])):
            part, rest = (parts[-1], title[:cut]) if cut < 0 else (parts[0], title[cut:])
            if _joined(part) in name or name in _joined(part):
                return rest.strip(" |–—·•»«:-")
    first = re.split(r"\s*\|\s*", title)[0]
    if first != title and len(first) >= 15 and len(first.split()) >= 3:
        return first
    last = parts[-1]
    # A page that names its site, and not so, means the last part: "Interview – Teil 2".
    if not site and len(last) <= 30 and len(last.split()) <= 3 and 2 * len(last) < len(title):
        return title[: -len(last)].strip(" |–—·•»«:-")
    return title


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
