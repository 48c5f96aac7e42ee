"""Facts of a story: one per type and value over all its articles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.model import Article, Fact, Story, SummarySentence
from pipeline.text.normalise import fold
from pipeline.text.rates import in_euros

_FACT_ORDER = (
    "authority", "measure", "target", "amount", "duration", "legal_basis", "date",
    "cve", "cvss", "kev", "exploited", "patched", "epss", "product",
)  # fmt: skip

#: Names, of which a shorter form says the same; and readings that several reports should agree on.
_NAMES = frozenset({"authority", "target", "product"})
_DESCRIBED = frozenset({"authority", "target"})
_AGREED = frozenset({"authority", "measure", "target", "product"})
#: What is denied of a flaw ("no patch") says nothing on the card of a story that is of none.
_OF_FLAWS = frozenset({"exploited", "patched"})
#: From this many reports with a reading of a type on, one report's alone is not shown.
_QUORUM = 3
#: Code points of a text in which it tells what it is about.
_IN_FRONT = 600
#: From more ids than these on, two that begin alike are no wonder.
_MANY_IDS = 8
#: How far two currencies' sums may lie apart and be one: papers round, and convert at the rate of their day.
_CONVERTED = 0.15

_WORD = re.compile(r"[^\W_]+")

FactKey = tuple[str, str, str, str]


def merge_facts(story: Story) -> tuple[Fact, ...]:
    """Facts of all articles of a story, one per type and value, each with its best evidence.

    Best is: from an article that is no near-copy, from the lead article rather than a later one, from the text
    rather than the title, early in it. A denied `exploited` or `patched` gives way to an affirmed one, "Alibaba" to
    "Alibaba Cloud", an id cut short to the whole one, "7 years" to 88 months, a sum to the one that it was converted
    from, and what only one of several reports reads, the lead not being that one, to what they agree on. Ids stand in
    the order of how many reports name them; beside one that all of several reports name, those that a single one
    mentions are of other flaws.
    """
    best: dict[FactKey, tuple[tuple[int, ...], Fact]] = {}
    for number, article in enumerate(story.articles):
        for fact in article.facts:
            evidence = fact.evidence
            place = (1, 0) if evidence is None else (int(evidence.field == "title"), evidence.start)
            order = (int(article.id in story.copies), number, int(evidence is None), *place)
            key = _fact_key(fact)
            if key not in best or order < best[key][0]:
                best[key] = (order, fact)
    named_by = _reports_of_ids(story)
    best = {
        key: ((order[0], -named_by.get(key[1], 0), *order[1:]), fact) if key[0] == "cve" else (order, fact)
        for key, (order, fact) in best.items()
    }
    ranked = sorted(best.items(), key=lambda item: (_FACT_ORDER.index(item[0][0]), item[1][0], item[0]))
    affirmed = {key[0] for key in best if key[1] == "true"}
    named_too = _described_though_named({key: str(fact.value) for key, (_, fact) in best.items()})
    dropped = _outvoted(story) | _shorter_names(best) | named_too | _ids_cut_short(best) | _rounder_terms(best)
    dropped |= _ids_in_passing(story, named_by) | _conversions(story, best)
    is_of_a_flaw = "disclosure" in story.labels or all(key[0] != "measure" for key in best)
    denied = affirmed if is_of_a_flaw else affirmed | _OF_FLAWS
    return tuple(
        fact for key, (_, fact) in ranked if key not in dropped and not (key[1] == "false" and key[0] in denied)
    )


def described(facts: Iterable[Fact], story: Story) -> list[SummarySentence]:
    """Those who are described and not named ("una aseguradora", "deux adolescents"), as words of their articles."""
    return [_words_of(fact, story) for fact in facts if _is_described(fact)]


def in_words(facts: Iterable[Fact], story: Story, said: Callable[[SummarySentence], str]) -> tuple[Fact, ...]:
    """The facts with the described in the reader's words; `said` gives them, or the article's own."""
    return tuple(_in_words(fact, said(_words_of(fact, story))) if _is_described(fact) else fact for fact in facts)


def _in_words(fact: Fact, words: str) -> Fact:
    own = str(fact.value)
    words = words.strip(" .")
    return fact if words in ("", own) else replace(fact, value=words, name=fact.name or own)


def _is_described(fact: Fact) -> bool:
    # Names have capitals somewhere; scripts without them are left to the engines' marks.
    return fact.type in _DESCRIBED and fact.evidence is not None and str(fact.value).islower()


def _words_of(fact: Fact, story: Story) -> SummarySentence:
    text, article = str(fact.value), fact.evidence.article if fact.evidence else ""
    language = next((a.language for a in story.articles if a.id == article), None)
    return SummarySentence(text=text, article=article, start=0, end=len(text), language=language)


def _outvoted(story: Story) -> set[FactKey]:
    """Readings of one report among several, unless it is the first that has any of the type."""
    readings: dict[str, list[set[FactKey]]] = {}
    for article in _reports(story):
        for kind in {fact.type for fact in article.facts} & _AGREED:
            readings.setdefault(kind, []).append({_fact_key(fact) for fact in article.facts if fact.type == kind})
    return {
        key
        for found in readings.values()
        if len(found) >= _QUORUM
        for key in set().union(*found[1:]) - found[0]
        if sum(key in keys for keys in found) == 1
    }


def _reports_of_ids(story: Story) -> Counter[str]:
    """Id, in small letters -> how many reports name it."""
    return Counter(
        key[1] for article in _reports(story) for key in {_fact_key(f) for f in article.facts if f.type == "cve"}
    )


def _ids_in_passing(story: Story, named_by: Mapping[str, int]) -> set[FactKey]:
    """Ids that only one of several reports names, far in its text, where all of them name another: what came before it.

    Where no id is in all, the reports are of a day of patches, and each picks its own.
    """
    naming = sum(any(f.type == "cve" for f in article.facts) for article in _reports(story))
    if naming < _QUORUM or naming not in named_by.values():
        return set()
    told = {
        _fact_key(fact)
        for article in story.articles
        for fact in article.facts
        if fact.evidence is not None and (fact.evidence.field == "title" or fact.evidence.start < _IN_FRONT)
    }
    return {key for id, count in named_by.items() if count == 1 and (key := ("cve", id, "", "")) not in told}


def _reports(story: Story) -> Sequence[Article]:
    return [article for article in story.articles if article.id not in story.copies]


def _shorter_names(keys: Iterable[FactKey]) -> set[FactKey]:
    """Names whose words stand, in one piece, in a longer name of the same type; of a product also without its maker.

    "Acme Vault Backup" gives way to "Vault Backup Manager": both name one thing, and what is left has two words.
    """
    words = {key: _WORD.findall(fold(key[1])) for key in keys if key[0] in _NAMES}
    return {
        key
        for key, mine in words.items()
        if any(
            key[0] == other[0] and (_stands_in(mine, theirs) or _opens_without_maker(key, mine, theirs))
            for other, theirs in words.items()
        )
    }


def _stands_in(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    return mine != theirs and f" {' '.join(mine)} " in f" {' '.join(theirs)} "


def _opens_without_maker(key: FactKey, mine: Sequence[str], theirs: Sequence[str]) -> bool:
    rest = list(mine[1:])
    return key[0] == "product" and len(rest) > 1 and list(theirs[: len(rest)]) == rest and len(theirs) > len(rest)


def _described_though_named(written: Mapping[FactKey, str]) -> set[FactKey]:
    """ "filiale cloud d'Alibaba" beside "Alibaba Cloud", whose words it has."""
    words = {key: set(_WORD.findall(fold(text))) for key, text in written.items() if key[0] in _DESCRIBED}
    return {
        key
        for key, mine in words.items()
        if written[key][:1].islower()
        and any(
            key[0] == other[0] and written[other][:1].isupper() and theirs < mine for other, theirs in words.items()
        )
    }


def _ids_cut_short(keys: Iterable[FactKey]) -> set[FactKey]:
    """ "CVE-2026-1111" beside "CVE-2026-11112"; a round-up of many flaws may well have both."""
    ids = [key for key in keys if key[0] == "cve"]
    if len(ids) > _MANY_IDS:
        return set()
    return {key for key in ids if any(other[1].startswith(key[1]) and other != key for other in ids)}


def _rounder_terms(keys: Iterable[FactKey]) -> set[FactKey]:
    """ "7 years" beside "88 months", four more; of two ways to say the same term the years stay."""
    terms = {key: float(key[1]) for key in keys if key[0] == "duration" and key[2] in ("month", "year")}
    years = {key: value for key, value in terms.items() if key[2] == "year"}
    months = {key: value for key, value in terms.items() if key[2] == "month"}
    rounder = {y for y, n in years.items() if any(n * 12 < m < (n + 1) * 12 for m in months.values())}
    return rounder | {m for m, n in months.items() if any(n == y * 12 for y in years.values())}


def _conversions(story: Story, best: Mapping[FactKey, tuple[tuple[int, ...], Fact]]) -> set[FactKey]:
    """What other papers made of a sum in their own currency; the one that more reports give stays, else the first."""
    named_by = Counter(
        key for article in _reports(story) for key in {_fact_key(f) for f in article.facts if f.type == "amount"}
    )
    sums = sorted(
        ((-named_by[key], order, key, euros) for key, (order, fact) in best.items() if (euros := _euros(fact))),
        key=lambda item: item[:3],
    )
    return {
        key
        for place, (_, _, key, euros) in enumerate(sums)
        if any(key[2] != other[2] and abs(euros / first - 1) <= _CONVERTED for _, _, other, first in sums[:place])
    }


def _euros(fact: Fact) -> float | None:
    is_sum = fact.type == "amount" and isinstance(fact.value, (int, float)) and fact.value > 0
    return in_euros(float(fact.value), fact.unit) if is_sum else None


def _fact_key(fact: Fact) -> FactKey:
    status = fact.status or "" if fact.type == "measure" else ""
    # A list speaks of one flaw; that a second flaw is on it as well is another fact.
    of = fact.name or "" if fact.type in ("kev", "epss") else ""
    return (fact.type, str(fact.value).casefold(), fact.unit or "", status or of)
