"""From a fetched page to an article: text, title, date, author, outlet, canonical address, links to sources.

The page comes first, the feed's own content where the page cannot be had or is no article, the title alone at the last.
Pages are independent of each other, so an executor of worker processes may share them out (lxml and trafilatura hold
the GIL).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future

from pipeline.errors import FetchError
from pipeline.extract.article import Job, article_from, article_without_page
from pipeline.model import Article, Entry, Feed, Page

#: Pages a worker gets at once: enough to hide the cost of handing over, few enough to keep both workers busy.
_CHUNK = 8
#: Workers lost in a row after which none can be had on this machine.
_GIVE_UP = 3

__all__ = ["extract"]


def extract(
    items: Sequence[tuple[Entry, Page | FetchError | None]],
    *,
    executor: Executor | None = None,
    feeds: Mapping[str, Feed] | None = None,
) -> list[Article]:
    """Read articles out of pages.

    Args:
        items: Entries with their fetched page, the error that fetching met, or None when no page was wanted.
        executor: Shares the pages out in chunks; None reads them here.
        feeds: Feed by address, for the language hint and the outlet's name.
    Returns:
        One article per item, in order. A page that cannot be read yields what the feed says; nothing raises for an
        item.
    """
    known = feeds or {}
    jobs = [Job.of(entry, page, known.get(entry.feed)) for entry, page in items]
    if executor is None or len(jobs) < 2:
        return _read_all(jobs)
    chunks = [jobs[start : start + _CHUNK] for start in range(0, len(jobs), _CHUNK)]
    futures = [_submit(executor, chunk) for chunk in chunks]
    articles: list[Article] = []
    lost = _Losses()
    for chunk, future in zip(chunks, futures, strict=True):
        try:
            articles.extend(future.result())
        except Exception:  # noqa: BLE001  (a worker that was killed, or cannot be started, costs its pages, not the run)
            articles.extend(_read_alone(executor, job, lost) for job in chunk)
    return articles


class _Losses:
    """Workers lost one after the other."""

    in_a_row = 0


def _read_alone(executor: Executor, job: Job, lost: _Losses) -> Article:
    """Read a page whose chunk lost its worker: by itself, so that only the page that kills a worker is lost."""
    if lost.in_a_row < _GIVE_UP:
        try:
            (article,) = _submit(executor, [job]).result()
            lost.in_a_row = 0
            return article
        except Exception:  # noqa: BLE001  (this page, or the machine)
            lost.in_a_row += 1
    return article_without_page(job, "worker-lost")


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
