"""Reads rendered pages as a browser would and says what in them could act, load, or be hard to read."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from justhtml import JustHTML

#: Every element our templates make; anything else in a page came from a stranger's text.
OUR_ELEMENTS = frozenset(
    {
        "html", "head", "body", "meta", "title", "link", "style", "a", "article", "bdi", "br", "code", "dd", "details",
        "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "header", "li", "main", "nav", "ol", "p", "q", "section",
        "span", "summary", "table", "tbody", "td", "time", "tr", "ul",
    }
)  # fmt: skip
_URL_ATTRIBUTES = {
    "href",
    "src",
    "action",
    "formaction",
    "background",
    "poster",
    "cite",
    "data",
    "srcset",
    "xlink:href",
}
_SCHEMES = ("http://", "https://", "#", "mailto:")


@functools.lru_cache(maxsize=64)
def parse(html: str) -> Any:
    return JustHTML(html, sanitize=False).root


def walk(node: Any) -> Iterator[Any]:
    yield node
    for child in node.children or []:
        yield from walk(child)


def elements(html: str, name: str | None = None) -> list[Any]:
    return [node for node in walk(parse(html)) if not node.name.startswith(("#", "!")) and name in {None, node.name}]


def active_nodes(html: str) -> list[str]:
    """Elements, attributes and addresses that our templates never make."""
    found = []
    for node in elements(html):
        if node.name not in OUR_ELEMENTS or node.namespace != "html":
            found.append(f"<{node.name}>")
        for name, value in node.attrs.items():
            text = (value or "").strip()
            if name.startswith("on") or name in {"srcdoc", "formaction", "ping", "target"}:
                found.append(f"{node.name}@{name}")
            if name in _URL_ATTRIBUTES and not (
                text.startswith(_SCHEMES) or (node.name == "link" and text == "data:,")
            ):
                found.append(f"{node.name}@{name}={text[:30]}")
            if name == "style" and re.search(r"url\(|expression|@import|javascript:", text, re.IGNORECASE):
                found.append(f"{node.name}@style={text[:30]}")
            if name == "http-equiv" and text.lower() == "refresh":
                found.append("meta refresh")
    return found


def remote_loads(html: str) -> list[str]:
    """What a mail program or browser would fetch on opening, without a click."""
    found = [
        node.name
        for node in elements(html)
        if node.name in {"img", "iframe", "script", "object", "embed", "video", "audio"}
    ]
    for node in elements(html):
        if node.name == "link" and not (node.attrs.get("href") or "").startswith("data:"):
            found.append(f"link {node.attrs.get('href')}")
        found += [name for name in ("src", "background", "poster", "srcset") if name in node.attrs]
        if node.attrs.get("style") and "url(" in node.attrs["style"]:
            found.append("style url")
    sheets = "".join(child.text for node in elements(html, "style") for child in node.children)
    return found + re.findall(r"url\([^)]*\)|@import[^;]*", sheets)


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" or "#rgb" (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.split(";") if ":" in part)
    return {name.strip().lower(): value.replace("!important", "").strip() for name, _, value in pairs}


def visible_texts(html: str) -> Iterator[tuple[Any, list[Any], str]]:
    """Each non-empty text with its element and the chain from that element up to the root."""
    for node in walk(parse(html)):
        if node.name == "#text" and node.text.strip():
            chain, parent = [], node.parent
            while parent is not None:
                chain.append(parent)
                parent = parent.parent
            if not any(item.name in {"style", "title", "script"} for item in chain):
                yield node.parent, chain, node.text.strip()
