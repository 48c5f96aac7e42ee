"""The headline of a page, out of what its headings, its window and its metadata say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipeline.text.normalise import clean_text, fold

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


def page_title(tree: Any, claims: Sequence[str], site: str | None) -> str | None:
    """The headline as a reader of the page sees it: the <h1> when what the page says of itself vouches for it.

    Args:
        tree: The page before anything was pruned from it.
        claims: What its metadata give as its title, the most trusted first.
        site: The outlet, which is taken off either end.
    """
    element = tree.find(".//title")
    window = clean_text(element.text or "") if element is not None else ""
    headings = _headings(tree)
    strong = [_without_site(_unbroken(c, window), site) for c in claims]
    if strong:
        vouched = _vouched(headings, strong, site)
        return strong[0] if vouched is None else vouched
    named = _in_window(headings, window, site) or _second_heading(tree, window) or _without_site(window, site)
    return named or next(iter(headings), None)


def _vouched(headings: Sequence[str], claims: Sequence[str], site: str | None) -> str | None:
    """The first heading that says what a claim says, or the claim where the heading only adds to it."""
    for heading in headings:
        folded = fold(heading)
        if site and folded == fold(site) and folded not in map(fold, claims):
            continue
        for claim in claims:
            said = fold(claim)
            if said in folded and len(said) >= 0.5 * len(folded):
                return heading if folded.startswith(said) and not _ends_with_site(heading, claim) else claim
            if (folded in said and len(folded) >= 0.4 * len(said)) or _overlap(folded, said) >= 0.6:
                return heading
    return None


def _in_window(headings: Sequence[str], window: str, site: str | None) -> str | None:
    """The first heading that makes up much of the window's title, and is not the outlet's name."""
    for heading in headings:
        folded = fold(heading)
        is_site = site is not None and folded == fold(site)
        if not is_site and folded in fold(window) and len(heading) >= 0.4 * len(window):
            return heading
    return None


def _headings(tree: Any) -> tuple[str, ...]:
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
