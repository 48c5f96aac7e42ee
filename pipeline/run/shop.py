"""What the parts of one run share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from pipeline.config import Config
from pipeline.model import Feed
from pipeline.progress import Progress
from pipeline.run.models import ModelGetter
from pipeline.run.report import RunReport

if TYPE_CHECKING:
    from pipeline.fetch.http import Http
    from pipeline.store import Store
    from pipeline.vectors import Embedder
    from pipeline.vectors.e5 import TokenEncoder

_T = TypeVar("_T")

#: Feeds carry long tails: entries first seen within the window may have been published this much earlier.
TAIL = timedelta(days=1)
#: Texts scored between two commits.
SCORE_BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What the stages work with during one run."""

    config: Config
    store: Store
    http: Http | None
    executor: Executor | None
    embedder: Embedder
    now: datetime
    progress: Progress
    report: RunReport
    models: ModelGetter
    tokens: TokenEncoder | None = None

    @property
    def feeds(self) -> dict[str, Feed]:
        """Address -> feed."""
        return {feed.url: feed for feed in self.config.feeds}

    @property
    def since(self) -> datetime:
        """Entries first seen, and articles published, from here on are looked at."""
        return self.now - self.config.settings.edition.window - TAIL


def batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """What is worked on between two commits: `size` items, the last time what is left."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
