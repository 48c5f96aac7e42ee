"""From a fetched page to an article: text, title, date, author, outlet, canonical address, links to sources.

The page comes first, the feed's own content where the page cannot be had or is no article, the title alone at the last.
Pages are independent of each other, so an executor of worker processes may share them out (lxml and trafilatura hold
the GIL).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field

from pipeline.errors import FetchError
from pipeline.extract.article import Job, article_from, article_without_page
from pipeline.model import Article, Entry, Feed, Page

#: Pages a worker gets at once: enough to hide the cost of handing over, few enough to keep both workers busy.
_CHUNK = 8
#: Workers lost in a row after which it is asked whether any can be had on this machine.
_GIVE_UP = 3
#: Workers that the pages of one feed may cost: the next would cost as much time, and other feeds wait.
_MOST_OF_ONE_FEED = 2

__all__ = ["Losses", "extract"]


@dataclass(slots=True)
class Losses:
    """Workers that pages have ended; one for all calls of a run."""

    by_feed: Counter[str] = field(default_factory=Counter)
    in_a_row: int = 0
    #: No worker can be had on this machine.
    are_all: bool = False


def extract(
    items: Sequence[tuple[Entry, Page | FetchError | None]],
    *,
    executor: Executor | None = None,
    feeds: Mapping[str, Feed] | None = None,
    losses: Losses | None = None,
) -> list[Article]:
    """Read articles out of pages.

    Args:
        items: Entries with their fetched page, the error that fetching met, or None when no page was wanted.
        executor: Shares the pages out in chunks; None reads them here.
        feeds: Feed by address, for the language hint and the outlet's name.
        losses: Of earlier calls: what a feed has cost already counts.
    Returns:
        One article per item, in order. A page that cannot be read yields what the feed says; nothing raises for an
        item.
    """
    known = feeds or {}
    jobs = [Job.of(entry, page, known.get(entry.feed)) for entry, page in items]
    if executor is None:
        return _read_all(jobs)
    lost = losses or Losses()
    # Whose feed has ended a worker is read after the others, and by itself.
    trusted = [number for number, job in enumerate(jobs) if not lost.by_feed[job.entry.feed]]
    chunks = [trusted[start : start + _CHUNK] for start in range(0, len(trusted), _CHUNK)]
    futures = [_submit(executor, [jobs[number] for number in chunk]) for chunk in chunks]
    articles: dict[int, Article] = {}
    for chunk, future in zip(chunks, futures, strict=True):
        # A worker that was killed, or cannot be started, costs its pages, not the run.
        with suppress(Exception):
            articles.update(zip(chunk, future.result(), strict=True))
    return [articles.get(number) or _read_alone(executor, job, lost) for number, job in enumerate(jobs)]


def _read_alone(executor: Executor, job: Job, lost: Losses) -> Article:
    """Read a page whose chunk lost its worker: by itself, so that only the page that kills a worker is lost."""
    if not lost.are_all and lost.by_feed[job.entry.feed] < _MOST_OF_ONE_FEED:
        try:
            (article,) = _submit(executor, [job]).result()
            lost.in_a_row = 0
            return article
        except Exception:  # noqa: BLE001  (this page, or the machine)
            lost.by_feed[job.entry.feed] += 1
            lost.in_a_row += 1
            if lost.in_a_row == _GIVE_UP:
                lost.in_a_row, lost.are_all = 0, not _can_work(executor)
    return article_without_page(job, "worker-lost")


def _can_work(executor: Executor) -> bool:
    """Whether a worker that is given nothing to read comes back."""
    try:
        return _submit(executor, []).result() == []
    except Exception:  # noqa: BLE001  (whatever keeps it from it)
        return False


def _submit(executor: Executor, chunk: Sequence[Job]) -> Future[list[Article]]:
    try:
        return executor.submit(_read_all, chunk)
    except RuntimeError as error:  # the pool is broken or shut down
        failed: Future[list[Article]] = Future()
        failed.set_exception(error)
        return failed


def _read_all(jobs: Sequence[Job]) -> list[Article]:
    return [_read(job) for job in jobs]


def _read(job: Job) -> Article:
    try:
        return article_from(job)
    except Exception:  # noqa: BLE001  (any page may come in; a page that breaks a parser leaves the feed's own words)
        return article_without_page(job, "unreadable")
