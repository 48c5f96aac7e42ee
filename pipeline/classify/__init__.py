"""Topics: trained heads for disclosure and sanction, and topics of the user's own by example."""

from __future__ import annotations

from pipeline.classify.explain import Explanation, TopicTest, explain, test_topic
from pipeline.classify.topics import BUILT_IN, classify, topic_threshold, triage

__all__ = [
    "BUILT_IN", "Explanation", "TopicTest", "classify", "explain", "test_topic", "topic_threshold", "triage",
]  # fmt: skip
