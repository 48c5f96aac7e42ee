"""An editor's merges and splits, kept as values and replayed on every later run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.model import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One ruling of the editor, stronger than any score.

    "merge": the stories (and articles) named are one story.
    "split": the articles named leave the first story named, and form one of their own.
    """

    kind: Literal["merge", "split"]
    #: Story ids; an id that was absorbed by another story counts as that story.
    stories: tuple[str, ...] = ()
    #: Article ids.
    articles: tuple[str, ...] = ()
    when: datetime
    #: Who decided.
    by: str


@dataclass(frozen=True, slots=True)
class Rulings:
    """What decisions mean for a batch: sets of articles that are together, and pairs of articles kept apart."""

    together: tuple[tuple[str, ...], ...]
    apart: frozenset[tuple[str, str]]


def apply_decisions(decisions: Sequence[Decision], known: Sequence[Story]) -> Rulings:
    """Read decisions, oldest first; a later one overrules an earlier one about the same articles."""
    members: Mapping[str, tuple[str, ...]] = {
        name: tuple(a.id for a in story.articles) for story in known for name in (story.id, *story.aliases)
    }
    together: list[tuple[str, ...]] = []
    apart: set[tuple[str, str]] = set()
    for decision in sorted(decisions, key=lambda d: (d.when, d.kind, d.stories, d.articles)):
        if decision.kind == "merge":
            group = [a for s in decision.stories for a in members.get(s, ())] + list(decision.articles)
            names = tuple(dict.fromkeys(group))
            apart -= {(a, b) for a in names for b in names}
            together.append(names)
        else:
            leaving = set(decision.articles)
            staying = [a for a in members.get(decision.stories[0], ()) if a not in leaving] if decision.stories else []
            together = [group for names in together for group in _parted(names, leaving)]
            apart |= {(a, b) for a in leaving for b in staying} | {(b, a) for a in leaving for b in staying}
            together.append(tuple(sorted(leaving)))
    return Rulings(tuple(g for g in together if len(g) > 1), frozenset(apart))


def _parted(names: tuple[str, ...], leaving: set[str]) -> list[tuple[str, ...]]:
    return [tuple(a for a in names if a not in leaving), tuple(a for a in names if a in leaving)]
