"""Stories: articles about one event, in any languages, over days. See docs/stories.md."""

from __future__ import annotations

from pipeline.cluster.decisions import Decision
from pipeline.cluster.explain import PairEvidence, explain, explain_pairs
from pipeline.cluster.round_ups import find_round_ups
from pipeline.cluster.stories import WINDOW, cluster
from pipeline.cluster.updates import (
    Change,
    ShownStory,
    find_changes,
    fingerprint,
    mark_updates,
    official_feeds,
    remember,
    render_changes,
)

__all__ = [
    "WINDOW",
    "Change",
    "Decision",
    "PairEvidence",
    "ShownStory",
    "cluster",
    "explain",
    "explain_pairs",
    "find_changes",
    "find_round_ups",
    "fingerprint",
    "mark_updates",
    "official_feeds",
    "remember",
    "render_changes",
]
