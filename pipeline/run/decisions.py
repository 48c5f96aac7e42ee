"""Editors' decisions between the store, which keeps plain data, and the stage that replays them."""

from __future__ import annotations

from datetime import datetime

from pipeline.cluster import Decision
from pipeline.store import Store


def decisions_of(store: Store) -> list[Decision]:
    """All merges and splits, oldest first."""
    return [
        Decision(
            kind="merge" if decided.kind == "merge" else "split",
            stories=tuple(decided.payload.get("stories", ())),
            articles=tuple(decided.payload.get("articles", ())),
            when=decided.made,
            by=str(decided.payload.get("by", "")),
        )
        for decided in store.decisions()
        if decided.kind in ("merge", "split")
    ]


def add_decision(store: Store, decision: Decision, *, now: datetime) -> int:
    """Record a decision; its number."""
    payload = {"stories": list(decision.stories), "articles": list(decision.articles), "by": decision.by}
    return store.add_decision(decision.kind, payload, now=now)
