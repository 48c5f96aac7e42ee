"""What outlives a run: SQLite or PostgreSQL behind methods that take and give the nouns."""

from __future__ import annotations

from pipeline.store.archive import Archived
from pipeline.store.editing import Approval, Revision, Standing
from pipeline.store.forgetting import Forgotten
from pipeline.store.holdings import Holdings
from pipeline.store.log import Decided, Run
from pipeline.store.memory import Remembered
from pipeline.store.store import Store

__all__ = [
    "Approval",
    "Archived",
    "Decided",
    "Forgotten",
    "Holdings",
    "Remembered",
    "Revision",
    "Run",
    "Standing",
    "Store",
]
