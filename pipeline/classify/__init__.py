"""Topics: trained heads for disclosure and sanction, and topics of the user's own by example."""

from __future__ import annotations

from pipeline.classify.topics import BUILT_IN, classify, topic_threshold, triage

__all__ = ["BUILT_IN", "classify", "topic_threshold", "triage"]
