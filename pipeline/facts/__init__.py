"""Facts that a text states, each with the sentence that shows it."""

from __future__ import annotations

from pipeline.facts.find import find_facts, find_sanctions

__all__ = ["find_facts", "find_sanctions"]
