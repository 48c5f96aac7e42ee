"""Which feeds a web page names in its head."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from pipeline.fetch.urls import canonical_url
from pipeline.text.markup import without_endless_tags
from pipeline.text.normalise import clean_text

_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
    "text/xml",
    "application/xml",
}
_LONGEST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredFeed:
    """A feed that a page names, or the feed itself."""

    url: str
    title: str | None = None
    #: Media type, e.g. "application/rss+xml".
    type: str | None = None


def feed_links(page: str, base_url: str) -> list[DiscoveredFeed]:
    """Feeds in the `<link rel="alternate">` elements of a page, in their order, each once."""
    from lxml import etree, html

    try:
        markup = without_endless_tags(page[:_LONGEST_PAGE]).encode("utf-8", "replace")
        root = html.fromstring(markup, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        return []
    bases = root.xpath("//base/@href")
    found: dict[str, DiscoveredFeed] = {}
    for link in root.xpath("//link[@href]"):
        media_type = (link.get("type") or "").partition(";")[0].strip().lower()
        relations = (link.get("rel") or "").lower().split()
        if media_type not in _FEED_TYPES or "alternate" not in relations or _is_api(link.get("href")):
            continue
        try:
            url = urljoin(urljoin(base_url, bases[0] if bases else ""), link.get("href").strip())
        except ValueError:
            continue
        if canonical_url(url) and url.isprintable():
            title = clean_text(link.get("title") or "") or None
            found.setdefault(url, DiscoveredFeed(url=url, title=title, type=media_type))
    return list(found.values())


def _is_api(href: str) -> bool:
    """WordPress announces its API and oEmbed documents the way feeds are announced."""
    return "/wp-json/" in href or "oembed" in href
