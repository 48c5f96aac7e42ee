"""Fetching the pages of entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.errors import FetchError
from pipeline.fetch.http import Http, Request
from pipeline.model import Entry, Page


def fetch_pages(entries: Sequence[Entry], http: Http) -> Iterator[tuple[Entry, Page | FetchError]]:
    """Pages of the entries, as they arrive; every entry comes once, an address shared by several is fetched once."""
    by_url: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.url is None:
            yield entry, FetchError(entry.feed, f"the entry {entry.title!r} has no address")
        else:
            by_url.setdefault(entry.url, []).append(entry)
    requests = [Request(url=url, kind="page", via=_named_by(those, http)) for url, those in by_url.items()]
    for request, answer in http.fetch_many(requests):
        page: Page | FetchError
        if isinstance(answer, FetchError):
            page = answer
        else:
            page = Page(
                url=request.url,
                final_url=answer.final_url,
                body=answer.body,
                charset=answer.charset,
                content_type=answer.content_type,
            )
        for entry in by_url[request.url]:
            yield entry, page


def _named_by(entries: Sequence[Entry], http: Http) -> str:
    """The feed that names an address: one of the user's own, when there is one among them."""
    feeds = [entry.feed for entry in entries]
    return next((feed for feed in feeds if http.is_own(feed)), feeds[0])
