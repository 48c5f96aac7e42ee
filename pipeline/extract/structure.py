"""Structural evidence: containers that hold no article text are taken out of the tree before trafilatura sees it.

A container is told by the name that the page's author gave it (class, id, role), in many languages. One that holds a
good
part of the page's running text is kept whatever its name: themes call their whole page "has-sidebar".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipeline.model import Removed
from pipeline.tables import read_table
from pipeline.text.normalise import clean_text

#: Elements that never carry article text.
_SILENT_TAGS = (
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "applet", "canvas", "audio",
    "video", "map",
    "select", "datalist", "textarea", "input", "button", "dialog", "nav", "menu", "math-menu", "progress", "link",
)  # fmt: skip
_ROLES = frozenset(
    {
        "navigation",
        "search",
        "banner",
        "contentinfo",
        "complementary",
        "dialog",
        "alertdialog",
        "menu",
        "menubar",
        "tablist",
    }
)
_CONTAINERS = frozenset(
    [
        "div",
        "section",
        "aside",
        "ul",
        "ol",
        "p",
        "span",
        "footer",
        "header",
        "form",
        "figure",
        "table",
        "a",
        "details",
        "li",
        "h2",
        "h3",
        "h4",
        "blockquote",
        "dl",
        "article",
    ]
)
#: A container with more than this share of the text in paragraphs is the article or wraps it.
_KEPT_SHARE = 0.4
#: Text shorter than this is a label, not running text.
_RUNNING = 30
_LINK_LINES = frozenset({"p", "h2", "h3", "h4"})
_LINK_LINE_LEAST = 25
_DENSE_SHARE = 0.6
#: Paragraphs that hold more than this share of a text that was run together are its paragraphs.
_PARTED_SHARE = 0.6
_BODY_PART = re.compile(r"body|content|text|article|story|paragraph|chunk", re.IGNORECASE)
_PROSE = frozenset({"p", "blockquote", "pre", "span", "strong", "em", "i", "b"})
_WEIGHTLESS = frozenset({"a", "title", "option", "script", "style"})
#: A whole name that themes give to the article's own container.
_CONTENT_NAME = re.compile(
    r"(?:^|\s)(?:entry|article|post|story|page|body)[-_]{0,2}(?:content|body|text)(?:\s|$)", re.IGNORECASE
)
_HEADINGS = frozenset({"h2", "h3", "h4"})
#: What build tools put into a name: a hash, whose letters ("css-2ad9qf", "Paragraph_de7ad") say nothing.
_HASH = re.compile(
    r"(?<![a-z0-9])(?:css|sc|jss|jsx|svelte|astro|emotion)-(?=[a-z]{0,9}\d)[a-z0-9]{5,10}(?![a-z0-9])"
    r"|_{1,3}(?=[a-z]{0,7}\d)[a-z0-9]{5,8}(?![a-z0-9_-])",
)
#: Names for which trafilatura drops a container (its OVERALL_DISCARD and TEASER lists, roughly), or our own rules
#: would.
_UNWANTED_NAME = re.compile(
    r"nav|menu|bar(?![a-z])|sidebar|widget|shar|social|hidden|hide|teaser|meta|elated|expand|options|overlay"
    r"|slide|message|premium"
    r"|banner|button|author|tags|rating|attachment|embed|ooter|viewport|next-|comment|consent|permission|cookie"
    r"|paywall|blurred"
    r"|newsletter|syndication|timestamp|icon|promo|viral|modal|notloaded|noprint|print",
    re.IGNORECASE,
)
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
    rows = read_table(Path(__file__).parent / "data" / "structure.toml")["rule"]
    return tuple(StructureRule(r["name"], re.compile(r["pattern"]), r["why"], r["case"], r["keeps"]) for r in rows)


@cache
def _any_rule() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{rule.name}>{rule.pattern.pattern})" for rule in structure_rules()))


def prune(tree: Any) -> list[Removed]:
    """Take containers without article text out of `tree`; returns what is worth recording."""
    for element in list(tree.iter(*_SILENT_TAGS)):
        _drop(element)
    nodes = [element for element in tree.iter() if isinstance(element.tag, str)]
    weights = _text_weights(nodes)
    total = max(1, weights[tree])
    _join_split_body(nodes, weights, total)
    dead: list[tuple[Any, str]] = []
    for element in nodes:
        kind = _kind(element) or _link_only(element)
        if weights[element] > _KEPT_SHARE * total:
            _neutralise(element)
        elif kind is not None:
            dead.append((element, kind))
    removed: list[Removed] = []
    for element, kind in dead:
        if element.getparent() is None:
            continue
        if kind in _RECORDED and len(removed) < _RECORDED_MOST:
            text = clean_text(" ".join(element.itertext()))
            if 20 <= len(text) <= 2000:
                removed.append(Removed(text=text, rule=f"html/{kind}", position=len(removed)))
        _drop(element)
    return removed


def _kind(element: Any) -> str | None:
    tag = element.tag
    if tag not in _CONTAINERS:
        return None
    get = element.get
    if get("role") in _ROLES:
        return "navigation"
    names = get("class")
    if tag not in _HEADINGS and (own := get("id")):
        names = f"{names} {own}" if names else own
    return _kind_of(names[:300]) if names else None


@lru_cache(maxsize=20_000)
def _kind_of(names: str) -> str | None:
    match = _any_rule().search(_HASH.sub(" ", names.lower()))
    return match.lastgroup if match and not _CONTENT_NAME.search(names) else None


def _link_only(element: Any) -> str | None:
    """ "related" for a paragraph between others that is one link to another article and nothing else."""
    if element.tag not in _LINK_LINES or not len(element):
        return None
    links = element.findall(".//a")
    if len(links) != 1 or not (links[0].get("href") or "").startswith(("http", "/")):
        return None
    text = "".join(element.itertext()).strip()
    linked = "".join(links[0].itertext()).strip()
    if len(linked) < _LINK_LINE_LEAST or len(text) - len(linked) > 2:
        return None
    return "related"


def _join_split_body(nodes: list[Any], weights: dict[Any, int], total: int) -> None:
    """Mark the common ancestor as the article where a page cuts its body into several containers of one name.

    trafilatura reads the first of them only.
    """
    groups: dict[str, list[Any]] = {}
    for element in nodes:
        if weights[element] > 0.04 * total and element.tag in ("div", "section") and (name := element.get("class")):
            groups.setdefault(name, []).append(element)
    for name, parts in groups.items():
        share = [weights[part] / total for part in parts]
        if len(parts) < 2 or all(_is_own_article(part) for part in parts[1:]):
            continue
        if sum(share) < 0.5 or max(share) > 0.8 or not _BODY_PART.search(name) or _kind_of(name):
            continue
        ancestor = parts[0].getparent()
        while ancestor is not None and not all(ancestor in part.iterancestors() for part in parts[1:]):
            ancestor = ancestor.getparent()
        if ancestor is None or ancestor.tag in ("html", "body"):
            continue
        for part in parts:
            del part.attrib["class"]
        ancestor.set("class", "article-body")
        return


def _is_own_article(part: Any) -> bool:
    """Whether a container starts with a linked headline, as each post of a blog's front page does."""
    return part.find(".//h1") is not None or any(h.find(".//a") is not None for h in part.iter("h2"))


def densest_paragraphs(tree: Any) -> list[str]:
    """Running text of the smallest container that holds most of it; for pages that trafilatura finds nearly empty."""
    return [line for line in _lines(_densest(tree)) if len(line) > _RUNNING]


def parted_paragraphs(tree: Any, text: str) -> list[str]:
    """`text` in the paragraphs of the page, where trafilatura ran them together, which it does with short pages.

    Nothing of `text` but what stands outside the densest container is lost; without paragraphs there, `[text]`.
    """
    lines = [line for line in _lines(_densest(tree)) if line in text]
    return lines if len(lines) > 1 and sum(map(len, lines)) > _PARTED_SHARE * len(text) else [text]


def _densest(tree: Any) -> Any:
    nodes = [element for element in tree.iter() if isinstance(element.tag, str)]
    weights = _text_weights(nodes)
    best, total = tree, weights[tree]
    while heavy := [child for child in best if weights.get(child, 0) > _DENSE_SHARE * total]:
        best = heavy[0]
    return best


def _lines(container: Any) -> list[str]:
    texts = (
        clean_text(" ".join(element.itertext()))
        for element in container.iter("p", "h2", "h3", "blockquote", "li")
        if element.find(".//p") is None
    )
    return [text for text in texts if text]


def _neutralise(element: Any) -> None:
    """Take names off a wrapper for which trafilatura would drop the text in it."""
    for attribute in ("class", "id"):
        names = element.get(attribute)
        if names and _UNWANTED_NAME.search(names[:2000]):
            kept = " ".join(name for name in names.split()[:40] if not _UNWANTED_NAME.search(name))
            if kept:
                element.set(attribute, kept)
            else:
                del element.attrib[attribute]
    for attribute in ("role", "aria-hidden", "style"):
        if attribute in element.attrib:
            del element.attrib[attribute]


def _text_weights(nodes: list[Any]) -> dict[Any, int]:
    """Running text in and below each element, that of paragraphs three times; labels and links weigh nothing."""
    weights = dict.fromkeys(nodes, 0)
    for element in reversed(nodes):
        weight = weights[element]
        tag, text, tail = element.tag, element.text, element.tail
        if text and len(text) > _RUNNING and tag not in _WEIGHTLESS:
            weight += 3 * len(text) if tag in _PROSE else len(text)
            weights[element] = weight
        if tail and len(tail) > _RUNNING:
            weight += 3 * len(tail)
        if weight and (parent := element.getparent()) in weights:
            weights[parent] += weight
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
