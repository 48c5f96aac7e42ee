"""Facts of a story: one per type and value over all its articles."""

from __future__ import annotations

from pipeline.model import Fact, Story

_FACT_ORDER = (
    "authority", "measure", "target", "amount", "duration", "legal_basis", "date",
    "cve", "cvss", "kev", "exploited", "patched", "epss", "product",
)  # fmt: skip


def merge_facts(story: Story) -> tuple[Fact, ...]:
    """Facts of all articles of a story, one per type and value, each with its best evidence.

    Best is: from an article that is no near-copy, from the lead article rather than a later one, from the text
    rather than the title, early in it. A denied `exploited` or `patched` gives way to an affirmed one.
    """
    best: dict[tuple[str, str, str, str], tuple[tuple[int, ...], Fact]] = {}
    for number, article in enumerate(story.articles):
        for fact in article.facts:
            evidence = fact.evidence
            place = (1, 0) if evidence is None else (int(evidence.field == "title"), evidence.start)
            order = (int(article.id in story.copies), number, int(evidence is None), *place)
            key = _fact_key(fact)
            if key not in best or order < best[key][0]:
                best[key] = (order, fact)
    ranked = sorted(best.items(), key=lambda item: (_FACT_ORDER.index(item[0][0]), item[1][0], item[0]))
    affirmed = {key[0] for key in best if key[1] == "true"}
    return tuple(fact for key, (_, fact) in ranked if not (key[1] == "false" and key[0] in affirmed))


def _fact_key(fact: Fact) -> tuple[str, str, str, str]:
    status = fact.status or "" if fact.type == "measure" else ""
    return (fact.type, str(fact.value).casefold(), fact.unit or "", status)
