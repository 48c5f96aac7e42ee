"""Notices of one outlet on one product: a database lists every flaw by itself, readers want the product once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
#: Ids that two notices without a product's name both cite, from which they are of one advisory.
_CITED_BY_BOTH = 2


@dataclass(frozen=True, slots=True)
class _Notice:
    """What a notice is of: the product that its title names or, where that is an id alone, the ids that it cites."""

    outlet: str
    topic: str
    product: str
    number: str = ""
    cited: frozenset[str] = frozenset()

    @property
    def group(self) -> tuple[str, str, str]:
        """What two notices must share to be compared: names of one product begin with one word, or both name none."""
        return self.outlet, self.topic, self.product.partition(" ")[0]

    def is_with(self, other: _Notice) -> bool:
        """Whether both, of one group, are of one product, or of one advisory that names none in its titles."""
        if self.product:
            return _is_one(self.product, other.product)
        cites = self.number in other.cited or other.number in self.cited
        return cites or len(self.cited & other.cited) >= _CITED_BY_BOTH


def fold_batches(stories: Sequence[Story]) -> tuple[list[Story], Mapping[str, tuple[Story, ...]]]:
    """Put notices of one outlet on one product behind the first of them.

    A flaw that is known to be exploited is news by itself and stays; so does an update, and whatever a second outlet
    reports.

    Args:
        stories: Ranked, best first.
    Returns:
        The stories that may have cards, in the same order; and per story id the notices that stand behind it.
    """
    heads: dict[tuple[str, str, str], list[tuple[_Notice, Story]]] = {}
    behind: dict[str, tuple[Story, ...]] = {}
    kept = []
    for story in stories:
        notice = _notice(story)
        if notice is None:
            kept.append(story)
            continue
        known = heads.setdefault(notice.group, [])
        first = next((head for other, head in known if notice.is_with(other)), None)
        if first is not None and not _is_exploited(story):
            behind[first.id] = (*behind.get(first.id, ()), story)
            continue
        kept.append(story)
        if first is None:
            known.append((notice, story))
    return kept, behind


def _is_one(name: str, other: str) -> bool:
    """Whether two names are of one product: "X.Org" of one title, "X.Org Server" of the next, or two parts of it."""
    short, long = sorted((name, other), key=len)
    return long == short or long.startswith(f"{short} ") or _are_parts(name.split(), other.split())


def _are_parts(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two names differ in their last word alone, after three: "Acme Vault Backup Daemon" and "… Dashboard"."""
    return len(words) == len(others) > _NAMING and words[:-1] == others[:-1]


def _notice(story: Story) -> _Notice | None:
    """Outlet, topic and folded product of a notice, or the ids of one without; None for every other kind of story."""
    outlets, lead = outlets_of(story), story.articles[0]
    if story.status != "new" or len(outlets) != 1 or not _is_numbered(lead.title):
        return None
    outlet, topic = next(iter(outlets)), next(iter(story.labels), "")
    title = fold(lead.title)
    products = {name for f in lead.facts if f.type == "product" and (name := fold(str(f.value))) and name in title}
    if products:
        return _Notice(outlet, topic, max(products, key=lambda name: (len(name), name)))
    ids = frozenset(fold(str(f.value)) for f in lead.facts if f.type == "cve")
    number = title.strip()
    return _Notice(outlet, topic, "", number, ids - {number}) if number in ids else None


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
