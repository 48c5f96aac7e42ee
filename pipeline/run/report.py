"""What one run did: lines for people, a record for programs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, TypeVar

from pipeline.model import FeedFailure
from pipeline.store import Forgotten
from pipeline.text.count import count_of

_T = TypeVar("_T")


#: What a person can do who has changed the settings and sees the same edition again.
_KEPT = (
    "stays as it was frozen: changed settings show in the next edition; until it is mailed, words and stories of this "
    "one are changed at the desk (cyberdigest serve), or it is made anew after cyberdigest edition remove"
)


@dataclass(slots=True, kw_only=True)
class RunReport:
    """Counts, editions, paths and faults of one run."""

    day: date
    #: Ids of editions made by this run, and of those that were there before.
    editions: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    #: Editions that were not made, since no feed answered and there was nothing to show.
    unmade: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    feeds: int = 0
    not_modified: int = 0
    waiting: int = 0
    #: Feeds whose last poll failed, be it one of an earlier run: those that are not due again yet.
    unread: int = 0
    failures: list[FeedFailure] = field(default_factory=list)
    #: Feeds that were found elsewhere for good: "name: address now (address in feeds.yaml)".
    moved: list[str] = field(default_factory=list)
    new_entries: int = 0
    #: Entries that were not read: published before the window, and about something else by title and summary.
    too_old: int = 0
    off_topic: int = 0
    pages_fetched: int = 0
    pages_failed: int = 0
    articles_read: int = 0
    #: Articles and stories left out because the program stumbled over them: "address: what went wrong".
    stumbled: list[str] = field(default_factory=list)
    #: Edition id → stories in it.
    stories: dict[str, int] = field(default_factory=dict)
    #: Language pairs without an engine, each with the command that helps.
    untranslated: list[str] = field(default_factory=list)
    #: Summaries by the configured writer that passed the gate; "title: reason" of those that did not.
    written: int = 0
    unwritten: list[str] = field(default_factory=list)
    #: What became of the public lists, a line each: "kev: fetched".
    lists: list[str] = field(default_factory=list)
    #: What was too old and has left the store.
    forgotten: Forgotten = field(default_factory=Forgotten)
    #: Part of the run → seconds.
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_silent(self) -> bool:
        """Whether there are feeds and none could be read when it was last asked."""
        return 0 < self.feeds == self.unread

    def timed(self, name: str, work: Callable[[], _T]) -> _T:
        """Do the work and note how long it took."""
        started = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - started, 3)

    def record(self) -> dict[str, Any]:
        """JSON-able form."""
        return {**asdict(self), "day": self.day.isoformat()}

    def lines(self) -> list[str]:
        """The summary for a terminal."""
        return [
            self._polled(),
            self._read(),
            self._made(),
            *(f"  {edition} {_KEPT}" for edition in self.kept),
            *(f"  feed failed: {failure.name}: {failure.reason} ({failure.feed})" for failure in self.failures),
            *(f"  feed moved for good: {line}" for line in self.moved),
            *(f"  not translated: {hint}" for hint in self.untranslated),
            *([f"  {count_of(self.written, 'summary')} written by the language model"] if self.written else []),
            *(f"  list {line}" for line in self.lists if not line.endswith(": fetched")),
            *(f"  not rewritten: {reason}" for reason in self.unwritten),
            *([f"  {self._forgotten()} (`store.keep`)"] if self.forgotten else []),
            *self.paths,
        ]

    def _polled(self) -> str:
        parts = [count_of(self.new_entries, "new entry"), f"{self.not_modified} unchanged"]
        if self.waiting:
            parts.append(f"{self.waiting} not due yet")
        if self.failures:
            parts.append(f"{len(self.failures)} failed")
        return f"{count_of(self.feeds, 'feed')} polled: {', '.join(parts)}"

    def _read(self) -> str:
        parts = [f"{count_of(self.pages_fetched, 'page')} fetched", f"{count_of(self.pages_failed, 'page')} failed"]
        if self.too_old:
            parts.append(f"{count_of(self.too_old, 'entry')} older than edition.window")
        if self.off_topic:
            parts.append(f"{count_of(self.off_topic, 'entry')} off topic")
        return ", ".join([f"{count_of(self.articles_read, 'article')} read", *parts])

    def _forgotten(self) -> str:
        gone = self.forgotten
        parts = [count_of(gone.entries, "entry"), count_of(gone.articles, "article")]
        return f"too old, and no longer kept: {', '.join(parts)}"

    def _made(self) -> str:
        stories = {edition: count_of(self.stories.get(edition, 0), "story") for edition in (*self.editions, *self.kept)}
        made = [f"{edition}: {stories[edition]}" for edition in self.editions]
        kept = [f"{edition}: frozen earlier, {stories[edition]}" for edition in self.kept]
        unmade = [f"{edition}: not made, since no feed answered; start again later" for edition in self.unmade]
        return "; ".join([*made, *kept, *unmade]) or "no edition"
