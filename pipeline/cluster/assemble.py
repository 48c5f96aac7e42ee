"""From groups of articles to stories: which keeps whose id, what leads, what is a copy, which topics it carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.copies import find_copies
from pipeline.cluster.signature import UNDATED, Signature, outlet, sign, when
from pipeline.model import Article, Story

#: Text behind an article that may lead a story.
_LEAD_CHARACTERS = 200
#: Topics this much less likely than the likeliest are about as likely.
_AS_LIKELY = 0.1

#: Label of a group -> its rows.
Members = Mapping[int, Sequence[int]]


def make_stories(
    articles: Sequence[Article],
    labels: NDArray[np.int64],
    homes: Sequence[int],
    known: Sequence[Story],
    signed: Mapping[str, Signature],
) -> list[Story]:
    """Every known story, grown or not, and the new ones, by id.

    Args:
        articles: In order of time.
        labels: Group of each article.
        homes: Number of the known story that each article is in, -1 for none.
        known: The oldest first.
        signed: Signatures by article; those that are missing are made where they are needed.
    """
    members: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(row)
    owned: dict[int, list[int]] = {}
    for home, label in sorted(_owners(members, homes).items()):
        owned.setdefault(label, []).append(home)
    taken = {name for story in known for name in (story.id, *story.aliases)}
    stories = []
    for label, rows in members.items():
        chosen = [articles[row] for row in rows]
        if label in owned:
            stories.append(_grown([known[home] for home in owned[label]], chosen, signed))
        else:
            name = story_id(chosen, taken)
            taken.add(name)
            stories.append(_assemble(chosen, Story(id=name, articles=()), signed))
    return sorted(stories, key=lambda s: s.id)


def _owners(members: Members, homes: Sequence[int]) -> dict[int, int]:
    """Known story -> the group that goes on with it.

    One that the editor split stays with the part that holds more of it, the earlier part among equals.
    """
    owners: dict[int, int] = {}
    most: dict[int, int] = {}
    for label, rows in members.items():
        for home, held in Counter(homes[row] for row in rows).items():
            if home >= 0 and held > most.get(home, 0):
                owners[home], most[home] = label, held
    return owners


def _grown(kept: Sequence[Story], articles: Sequence[Article], signed: Mapping[str, Signature]) -> Story:
    """The first of the known stories that became one, with these articles; the names of the others are its aliases."""
    first = kept[0]
    if len(kept) == 1 and {a.id for a in first.articles} == {a.id for a in articles}:
        return _refreshed(first, articles)
    names = [name for story in kept for name in (story.id, *story.aliases)]
    aliases = tuple(name for name in names if name != first.id)
    base = replace(first, headline=None, summary=(), rank=None, why=(), aliases=aliases)
    return _assemble(articles, base, signed)


def story_id(articles: Sequence[Article], taken: Iterable[str] = ()) -> str:
    """Identity of a new story, from its earliest article; another when that one is taken (the editor split it)."""
    first = min(articles, key=lambda a: (when(a) or UNDATED, a.id)).id
    taken = set(taken) if not isinstance(taken, set) else taken
    salt = 0
    while True:
        seed = first if not salt else f"{first}\n{salt}"
        name = "s" + blake2b(seed.encode("utf-8", "replace"), digest_size=6).hexdigest()
        if name not in taken:
            return name
        salt += 1


def _refreshed(story: Story, articles: Sequence[Article]) -> Story:
    """The same story with the newest version of each article, in the old order."""
    newest = {article.id: article for article in articles}
    return replace(story, articles=tuple(newest[article.id] for article in story.articles))


def _assemble(articles: Sequence[Article], base: Story, signed: Mapping[str, Signature]) -> Story:
    if len(articles) == 1:
        return replace(base, articles=tuple(articles), copies={}, labels=_story_labels(articles))
    signatures = [signed[a.id] if a.id in signed else sign(a) for a in articles]
    copies = find_copies(signatures, [outlet(a) for a in articles])
    originals = [a for row, a in enumerate(articles) if row not in copies]
    lead = next((a for a in originals if len(a.text) >= _LEAD_CHARACTERS and a.junk is None), originals[0])
    return replace(
        base,
        articles=(lead, *(a for a in articles if a is not lead)),
        copies={articles[row].id: articles[original].id for row, original in copies.items()},
        labels=_story_labels(originals),
    )


def _story_labels(articles: Sequence[Article]) -> tuple[str, ...]:
    """Labels that a third of the articles carry, by mean probability; what is about as likely as the best goes by name.

    A story of two topics would else change its section with the third digit of two probabilities.
    """
    counts: dict[str, int] = {}
    for article in articles:
        for label in article.labels:
            counts[label] = counts.get(label, 0) + 1
    means = {t: sum(a.topics.get(t, 0.0) for a in articles) / len(articles) for t in counts}
    carried = [t for t in counts if 3 * counts[t] >= len(articles)]
    near = max((means[t] for t in carried), default=0.0) - _AS_LIKELY
    return tuple(sorted(carried, key=lambda t: (-min(means[t], near), t)))
