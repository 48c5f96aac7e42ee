"""How long work shows itself: bars on a terminal, one log line per step elsewhere, nothing when quiet."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

log = logging.getLogger("cyberdigest")


class Step(Protocol):
    """One stage under way."""

    def advance(self, count: int = 1) -> None:
        """Say that `count` more items are done."""
        ...

    def note(self, text: str) -> None:
        """Say one line about one item."""
        ...


class Progress(Protocol):
    """Opens steps."""

    def step(self, name: str, total: int | None = None) -> AbstractContextManager[Step]:
        """Around one stage."""
        ...


class _Counting:
    """A step that only logs."""

    def __init__(self, name: str, total: int | None) -> None:
        self.name, self.total, self.done = name, total, 0

    def advance(self, count: int = 1) -> None:
        self.done += count

    def note(self, text: str) -> None:
        log.info("%s: %s", self.name, text)


class LogProgress:
    """One line when a stage ends, one per note."""

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        """Log the count when the block ends."""
        step = _Counting(name, total)
        yield step
        log.info("%s: %d%s", name, step.done, f" of {total}" if total is not None and total != step.done else "")


class _Bar:
    def __init__(self, bars: object, task: object, name: str) -> None:
        self._bars, self._task, self._name = bars, task, name

    def advance(self, count: int = 1) -> None:
        self._bars.advance(self._task, count)  # type: ignore[attr-defined]

    def note(self, text: str) -> None:
        log.info("%s: %s", self._name, text)


class BarProgress:
    """Bars on standard error."""

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        """Show a bar while the block runs."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bars:
            yield _Bar(bars, bars.add_task(name, total=total), name)


def choose_progress(*, quiet: bool = False) -> LogProgress | BarProgress:
    """Bars on a terminal, log lines otherwise; quiet turns the log down to warnings."""
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    log.setLevel(logging.WARNING if quiet else logging.INFO)
    if sys.stderr.isatty() and not quiet:
        log.setLevel(logging.WARNING)
        return BarProgress()
    return LogProgress()
