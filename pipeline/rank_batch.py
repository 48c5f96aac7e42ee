"""Notices of one outlet on one product: a database lists every flaw by itself, readers want the product once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.model import Story
from pipeline.rank import outlets_of
from pipeline.text.identifiers import find_identifiers
from pipeline.text.normalise import fold

#: A number that says of itself that it is one, whoever gave it: ZDI-26-318, TALOS-2025-2303.
_NUMBER = re.compile(r"\W{0,2}[A-Z]{2,10}-\d{2,6}-\d{2,6}\b")
#: What may stand before the number in the title of a notice, beside brackets: "[SECURITY] [DSA 5999-1] …".
_BEFORE = re.compile(r"\W{0,2}(?:SECURITY\W{1,3})?")
_ADVISORIES = frozenset({"cve", "ghsa", "advisory"})
#: Words that tell a product apart from others of its maker: "Microsoft Azure Monitor" is not "Microsoft Azure DevOps".
_NAMING = 3


def fold_batches(stories: Sequence[Story]) -> tuple[list[Story], Mapping[str, tuple[Story, ...]]]:
    """Put notices of one outlet on one product behind the first of them.

    A flaw that is known to be exploited is news by itself and stays; so does an update, and whatever a second outlet
    reports.

    Args:
        stories: Ranked, best first.
    Returns:
        The stories that may have cards, in the same order; and per story id the notices that stand behind it.
    """
    # Names of one product begin with one word.
    heads: dict[tuple[str, str, str], list[tuple[str, Story]]] = {}
    behind: dict[str, tuple[Story, ...]] = {}
    kept = []
    for story in stories:
        notice = _notice(story)
        if notice is None:
            kept.append(story)
            continue
        outlet, topic, product = notice
        known = heads.setdefault((outlet, topic, product.split()[0]), [])
        first = next((head for name, head in known if _is_one(name, product)), None)
        if first is not None and not _is_exploited(story):
            behind[first.id] = (*behind.get(first.id, ()), story)
            continue
        kept.append(story)
        if first is None:
            known.append((product, story))
    return kept, behind


def _is_one(name: str, other: str) -> bool:
    """Whether two names are of one product: "X.Org" of one title, "X.Org Server" of the next, or two parts of it."""
    short, long = sorted((name, other), key=len)
    return long == short or long.startswith(f"{short} ") or _are_parts(name.split(), other.split())


def _are_parts(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two names differ in their last word alone, after three: "Acme Vault Backup Daemon" and "… Dashboard"."""
    return len(words) == len(others) > _NAMING and words[:-1] == others[:-1]


def _notice(story: Story) -> tuple[str, str, str] | None:
    """Outlet, topic and folded product of a notice; None for every other kind of story."""
    outlets, lead = outlets_of(story), story.articles[0]
    if story.status != "new" or len(outlets) != 1 or not _is_numbered(lead.title):
        return None
    title = fold(lead.title)
    products = {name for f in lead.facts if f.type == "product" and (name := fold(str(f.value))) and name in title}
    if not products:
        return None
    product = max(products, key=lambda name: (len(name), name))
    return next(iter(outlets)), next(iter(story.labels), ""), product


def _is_numbered(title: str) -> bool:
    """Whether a title begins with the number of an advisory, or ends with it in brackets, as distributions do."""
    numbers = [item for item in find_identifiers(title) if item.kind in _ADVISORIES]
    return _NUMBER.match(title) is not None or any(
        _BEFORE.fullmatch(title, 0, item.start)
        or (item.kind == "advisory" and title[: item.start].endswith("(") and title[item.end :].strip() == ")")
        for item in numbers
    )


def _is_exploited(story: Story) -> bool:
    return any(
        (fact.type == "exploited" and fact.value is True) or (fact.type == "kev" and fact.value is not False)
        for article in story.articles
        for fact in article.facts
    )
