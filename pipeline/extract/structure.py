"""Structural evidence: containers that hold no article text are taken out of the tree before trafilatura sees it.

A container is told by the name that the page's author gave it (class, id, role), in many languages. One that holds a good
part of the page's running text is kept whatever its name: themes call their whole page "has-sidebar".
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.model import Removed
from pipeline.text.normalise import clean_text

#: Elements that never carry article text.
_SILENT_TAGS = (
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "applet", "canvas", "audio", "video", "map",
    "select", "datalist", "textarea", "input", "button", "dialog", "nav", "menu", "math-menu", "progress", "link",
)  # fmt: skip
_ROLES = frozenset({"navigation", "search", "banner", "contentinfo", "complementary", "dialog", "alertdialog", "menu", "menubar", "tablist"})
_CONTAINERS = frozenset({"div", "section", "aside", "ul", "ol", "p", "span", "footer", "header", "form", "figure", "table", "a", "details", "li",
                         "h2", "h3", "h4", "blockquote", "dl", "article"})  # fmt: skip
#: A container with more than this share of the text in paragraphs is the article or wraps it.
_KEPT_SHARE = 0.25
#: Kinds whose text readers might miss, so it is recorded; menus and the like would flood the record.
_RECORDED = frozenset({"newsletter", "consent", "related", "author", "paywall", "advertisement"})
_RECORDED_MOST = 20


@dataclass(frozen=True, slots=True)
class StructureRule:
    """One line of data/structure.toml."""

    name: str
    pattern: re.Pattern[str]
    why: str
    case: str
    keeps: str


@cache
def structure_rules() -> tuple[StructureRule, ...]:
    """The rules as shipped."""
    rows = tomllib.loads((Path(__file__).parent / "data" / "structure.toml").read_text("utf-8"))["rule"]
    return tuple(StructureRule(r["name"], re.compile(r["pattern"]), r["why"], r["case"], r["keeps"]) for r in rows)


@cache
def _any_rule() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{rule.name}>{rule.pattern.pattern})" for rule in structure_rules()))


def prune(tree: Any) -> list[Removed]:
    """Take containers without article text out of `tree`; returns what is worth recording."""
    for element in list(tree.iter(*_SILENT_TAGS)):
        _drop(element)
    weights = _paragraph_weights(tree)
    total = max(1, weights.get(tree, 0))
    removed: list[Removed] = []
    dead: list[tuple[Any, str]] = []
    walk = tree.iterdescendants()
    for element in walk:
        if element.tag not in _CONTAINERS:
            continue
        name = _kind(element)
        if name is None:
            continue
        if weights.get(element, 0) > _KEPT_SHARE * total:
            # trafilatura must not drop it either.
            element.attrib.pop("class", None)
            element.attrib.pop("id", None)
            element.attrib.pop("role", None)
            continue
        dead.append((element, name))
    for element, name in dead:
        if element.getparent() is None:
            continue
        if name in _RECORDED and len(removed) < _RECORDED_MOST:
            text = clean_text(" ".join(element.itertext()))
            if 20 <= len(text) <= 2000:
                removed.append(Removed(text=text, rule=f"html/{name}", position=len(removed)))
        _drop(element)
    return removed


def _kind(element: Any) -> str | None:
    get = element.get
    role = get("role")
    if role in _ROLES:
        return "navigation"
    names = f"{get('class') or ''} {get('id') or ''}"
    if len(names) < 3:
        return None
    match = _any_rule().search(names[:300].lower())
    return match.lastgroup if match else None


def _paragraph_weights(tree: Any) -> dict[Any, int]:
    """Characters of running text below each element."""
    weights: dict[Any, int] = {}
    for paragraph in tree.iter("p", "li", "td", "blockquote", "pre", "br"):
        if paragraph.tag == "br":
            length = len((paragraph.tail or "").strip())
        else:
            length = len(paragraph.text or "") + sum(len(child.tail or "") + len(child.text or "") for child in paragraph)
        if paragraph.tag in ("li", "td") and length < 80:
            continue
        for ancestor in paragraph.iterancestors():
            weights[ancestor] = weights.get(ancestor, 0) + length
    return weights


def _drop(element: Any) -> None:
    """Remove an element, keeping the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
