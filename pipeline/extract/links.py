"""Links in the body of an article that leave the site: candidates for the original source of the news."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

#: Hosts that a reader shares to or follows on; never a source.
_SHARING = re.compile(
    r"(?:^|\.)(?:facebook|twitter|linkedin|pinterest|whatsapp|reddit|telegram|t|wa|xing|instagram|tiktok|youtube"
    r"|youtu|flipboard"
    r"|getpocket|tumblr|vk|bsky|threads|addtoany|feedburner|disqus|gravatar|doubleclick|googleadservices|outbrain"
    r"|taboola"
    r"|paypal|patreon|apple|play\.google|news\.google|amzn|spotify)\.(?:com|net|me|ru|be|it|org|app|to|co)$"
)
#: What an outlet writes before or on the link to what it draws on.
_SOURCE_CUE = re.compile(
    r"(?<!\w)(?:sources?|via|quellen?|fuentes?|fontes?|fonti|bron(?:nen)?|źródł[oa]|källor?|kilde|zdroj|источник\w*|kaynak)"
    r"\s*[:：(]|来源|來源|出典|原文|출처"
    r"|(?<!\w)(?:original (?:article|report|story)|article original|article d['’]origine|originalartikel"
    r"|artículo original|artigo original|articolo originale)(?!\w)",
    re.IGNORECASE,
)
_HOST = re.compile(r"https?://([\w.-]+)(?:[/?#]|$)")
_CUE_REACH = 60
_MOST = 30
_LONGEST = 2000


def leaving_links(tree: Any, page_url: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Absolute http(s) links of the article body that leave the site, in order, without repeats.

    Returns:
        All of them, and those that the article calls its source, by the words on them or shortly before them.
    """
    site = _registered((urlsplit(page_url).hostname or "").lower())
    found: dict[str, bool] = {}
    for element in _body(tree).iter("a"):
        address = _outside(element, page_url, site)
        if address is None or (address not in found and len(found) == _MOST):
            continue
        found[address] = found.get(address, False) or bool(_SOURCE_CUE.search(_around(element)))
    return tuple(found), tuple(address for address, is_named in found.items() if is_named)


def _outside(element: Any, page_url: str, site: str) -> str | None:
    """The address of a link that leaves the site, without its fragment; None for any other."""
    href = (element.get("href") or "").strip()
    # A relative link stays on the site.
    if not href.startswith(("http:", "https:", "//", "HTTP")) or len(href) > _LONGEST:
        return None
    near = _HOST.match(href)
    if near is not None and _registered(near[1].lower()) == site:  # most links; a whole parse takes ten times as long
        return None
    try:
        address = urljoin(page_url, href)
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    is_other = parts.scheme in ("http", "https") and "." in host and _registered(host) != site
    if not is_other or _SHARING.search(host) or _in_furniture(element):
        return None
    return str(address.split("#")[0])


def _around(element: Any) -> str:
    """The words on a link and those of its block just before it."""
    before = ""
    for steps, sibling in enumerate(element.itersiblings(preceding=True)):
        if len(before) >= _CUE_REACH or steps == _CUE_REACH:
            break
        before = "".join(sibling.itertext()) + (sibling.tail or "") + before
    else:
        parent = element.getparent()
        before = ((parent.text if parent is not None else None) or "") + before
    return f"{before[-_CUE_REACH:]} {''.join(element.itertext())[:200]}"


def _body(tree: Any) -> Any:
    article = tree.find(".//article")
    if article is None:
        article = tree.find(".//main")
    return tree if article is None else article


def _in_furniture(element: Any) -> bool:
    return any(a.tag in ("nav", "footer", "header", "aside", "form") for a in element.iterancestors())


def _registered(host: str) -> str:
    """Registered domain, near enough: the last two labels, three under a short second level ("co.uk")."""
    labels = host.split(".")
    keep = 3 if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else 2
    return ".".join(labels[-keep:])
