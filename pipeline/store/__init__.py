"""What outlives a run: SQLite or PostgreSQL behind methods that take and give the nouns."""

from __future__ import annotations

from pipeline.store.store import Store
from pipeline.store.telling import Decided, Remembered, Run

__all__ = ["Decided", "Remembered", "Run", "Store"]
