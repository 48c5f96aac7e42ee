"""What is new in a story since readers last saw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Protocol

from pipeline.cluster.signature import ENDED, find_cves
from pipeline.model import Article, Fact, FeedKind, Story
from pipeline.text import fact_words

ChangeKind = Literal["facts", "official", "correction", "sources"]

#: Facts whose arrival is news. Products, dates and targets are worded anew in every report and are not.
_NEWS = ("cve", "cvss", "kev", "exploited", "patched", "measure", "amount", "duration", "authority")
#: The flaw stands on the list of those known to be exploited.
_LISTED = "kev yes"
#: Facts named in the line on changes; the rest is counted.
_MOST_FACTS = 4
#: Sources that confirm by their office.
_OFFICIAL: tuple[FeedKind, ...] = ("regulator", "cert", "law")
_CORRECTION = (
    "correction:", "correction -", "[correction]", "corrected:", "erratum", "rectificatif", "korrektur:",
    "berichtigung", "corrección:", "correzione:", "correção:", "rectificatie:", "sprostowanie:", "訂正", "更正",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStory:
    """A story as an edition showed it, enough to tell later what is new."""

    edition: str
    day: date
    #: From `fingerprint`.
    facts: frozenset[str]
    articles: frozenset[str]
    headline: str | None = None
    #: Whether an official source was among the articles.
    official: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is new, in no language: a kind, and its items in order."""

    kind: ChangeKind
    items: tuple[str, ...] = ()
    count: int = 0


class Words(fact_words.Words, Protocol):
    """The words of a language, as the room that renders has them; the line on changes takes "changes.<kind>"."""

    def __call__(self, key: str, count: int | None = None, **values: object) -> str:
        """The words of "table.key", in the right plural, with {names} filled in."""

    def score(self, value: float) -> str:
        """A CVSS score."""

    def money(self, value: float, currency: str | None) -> str:
        """An amount of money."""

    def quantity(self, value: float, unit: str | None) -> str:
        """A number of hours, days, months …"""


def fingerprint(story: Story) -> frozenset[str]:
    """What a story states, one string per fact: "cve CVE-2026-1", "amount 1200000 EUR", "measure ban lifted"."""
    stated = {text for article in story.articles for fact in article.facts if (text := _stated(fact))}
    cves = {f"cve {cve}" for article in story.articles for cve in find_cves(f"{article.title}\n{article.text[:3000]}")}
    return frozenset(stated | cves)


def remember(story: Story, *, edition: str, day: date, official: Iterable[str] = ()) -> ShownStory:
    """The record of a story just shown; `official` is as for `mark_updates`."""
    return ShownStory(
        edition=edition,
        day=day,
        facts=fingerprint(story),
        articles=frozenset(a.id for a in story.articles),
        headline=story.headline.text if story.headline else story.articles[0].title,
        official=any(_is_official(a, frozenset(official)) for a in story.articles),
    )


def official_feeds(kinds: Mapping[str, FeedKind]) -> frozenset[str]:
    """The feed URLs of regulators, CERTs and courts among feed URL -> kind."""
    return frozenset(url for url, kind in kinds.items() if kind in _OFFICIAL)


def mark_updates(
    stories: Sequence[Story],
    shown: Mapping[str, ShownStory],
    *,
    official: Iterable[str] = (),
    say: Words,
) -> list[Story]:
    """Set `status`, `change` and `fresh`: "new" when never shown, "update" when something is new, else "unchanged".

    Args:
        stories: Any order, kept.
        shown: Story id -> what readers last saw of it; ids that a story absorbed (`aliases`) count as its own.
        official: URLs of the feeds whose word is official, see `official_feeds`.
        say: Words of the edition's language.
    """
    offices = frozenset(official)
    return [_mark(story, shown, offices, say) for story in stories]


def find_changes(story: Story, before: ShownStory, *, official: frozenset[str] = frozenset()) -> list[Change]:
    """What the articles that joined since `before` bring: facts, a first official word, a correction; and a listing.

    A changed title, a moved address, another outlet or one more copy is not news; more sources are told of only
    beside something that is.
    """
    joined = _joined(story, before)
    changes = []
    if not before.official and (offices := [_outlet(a) for a in joined if _is_official(a, official)]):
        changes.append(Change(kind="official", items=tuple(sorted(set(offices)))))
    if corrections := [_outlet(a) for a in joined if a.title.casefold().startswith(_CORRECTION)]:
        changes.append(Change(kind="correction", items=tuple(sorted(set(corrections)))))
    added = fingerprint(replace(story, articles=tuple(joined))) - before.facts if joined else frozenset()
    # A list may take a flaw up days after its reports: this fact is news whichever article carries it.
    added |= {_LISTED} & fingerprint(story) - before.facts
    if items := tuple(sorted(added, key=lambda f: (_rank_of(f), f))):
        changes.append(Change(kind="facts", items=items))
    if changes and joined:
        changes.append(Change(kind="sources", count=len(joined)))
    return changes


def render_changes(changes: Sequence[Change], say: Words) -> str:
    """One line in the language of `say`, e.g. "confirmed by CNIL; €1.2 million; 3 more sources"."""
    parts = []
    for change in changes:
        if change.kind == "facts":
            parts += [_worded(item, say) for item in change.items[:_MOST_FACTS]]
            if more := len(change.items[_MOST_FACTS:]):
                parts.append(say("changes.more", more))
        elif change.kind == "sources":
            parts.append(say("changes.sources", change.count))
        else:
            parts.append(say(f"changes.{change.kind}", who=", ".join(change.items)))
    return "; ".join(parts)


def _mark(story: Story, shown: Mapping[str, ShownStory], official: frozenset[str], say: Words) -> Story:
    records = [shown[name] for name in (story.id, *story.aliases) if name in shown]
    if not records:
        return replace(story, status="new", change=None)
    last = max(records, key=lambda r: (r.day, r.edition))
    before = replace(
        last,
        facts=frozenset().union(*(r.facts for r in records)),
        articles=frozenset().union(*(r.articles for r in records)),
        official=any(r.official for r in records),
    )
    changes = find_changes(story, before, official=official)
    if not changes:
        return replace(story, status="unchanged", change=None)
    fresh = tuple(a.id for a in _joined(story, before))
    return replace(story, status="update", change=render_changes(changes, say), fresh=fresh)


def _joined(story: Story, before: ShownStory) -> list[Article]:
    """The articles that readers have not seen, without near-copies."""
    return [a for a in story.articles if a.id not in before.articles and a.id not in story.copies]


def _stated(fact: Fact) -> str | None:
    if fact.type not in _NEWS or fact.status in ("proposed", "threatened"):
        return None
    if fact.type in ("exploited", "patched", "kev"):
        return f"{fact.type} yes" if fact.value is True else None
    if fact.type == "cvss" and isinstance(fact.value, float):
        return f"cvss {fact.value:.10g}"  # the version of the scale is said by one report and not by the next
    if isinstance(fact.value, float):
        return f"{fact.type} {fact.value:.10g} {fact.unit or ''}".strip()
    # The end of a measure is news to whoever read that it was taken.
    return f"{fact.type} {fact.value} {fact.status}" if fact.status in ENDED else f"{fact.type} {fact.value}"


def _is_official(article: Article, official: frozenset[str]) -> bool:
    return article.feed in official


def _outlet(article: Article) -> str:
    return article.site or article.feed


def _rank_of(stated: str) -> int:
    order = ("exploited", "kev", "measure", "amount", "duration", "authority", "patched", "cve", "cvss")
    return order.index(stated.split(" ", 1)[0])


def _worded(stated: str, say: Words) -> str:
    kind, _, value = stated.partition(" ")
    number, _, unit = value.partition(" ")
    if kind in ("exploited", "patched", "kev"):
        return say(f"changes.{kind}")
    if kind == "cvss":
        return say("changes.cvss", number=say.score(float(number)))
    if kind == "amount":
        return say.money(float(number), unit or None)
    if kind == "duration":
        return say.quantity(float(number), unit or None)
    if kind == "authority":
        return fact_words.authority_in_words(value, say)
    return fact_words.measure_in_words(number, unit, say) if kind == "measure" else value
