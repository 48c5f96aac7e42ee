"""`cyberdigest public`: the newsletter's pages for the whole world.

Looking at a link changes nothing: mail scanners open every one. What counts is a POST, by a button or by the mail
program itself (RFC 8058: no cookie, no redirect, no question). No page runs a script, sets a cookie or loads anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from pipeline.deliver.leaving import Leavers
from pipeline.errors import BusyError, OutputError, StoreError
from pipeline.web.headers import STRICT, with_headers
from pipeline.web.public_archive import ArchivePages, Shelf
from pipeline.web.public_readers import ReaderPages, Readers
from pipeline.web.public_signup import TRAP, SignupPages
from pipeline.web.public_site import Pages, Site

_HEADERS = {**STRICT, "x-robots-tag": "noindex"}
#: What a status says to people, beside "missing".
_WORDS = {404: "missing", 405: "missing", 503: "busy"}

_log = logging.getLogger(__name__)


class Everything(Readers, Shelf, Protocol):
    """What the pages ask of the store."""


def create_app(
    store: Everything,
    site: Site,
    *,
    now: Callable[[], datetime],
    secret: bytes | None = None,
    wake: Callable[[], None] = lambda: None,
    leavers: Leavers | None = None,
) -> PublicApp:
    """Make the application; put a proxy with https in front of it.

    Args:
        store: Where subscribers and editions are kept.
        site: What there is.
        now: The clock.
        secret: Signs the links; the store's own when None.
        wake: Called when somebody has signed up.
        leavers: Where it is kept that a reader has left while the database cannot be written to.
    """
    pages = Pages(site)
    key = secret or store.secret("links")
    routes: list[BaseRoute] = []
    shelf = ArchivePages(store, pages, site.archive) if site.url and site.archive else None
    if shelf is not None:
        routes += shelf.routes()
    if site.url:
        routes.append(Route("/", partial(_home, pages, shelf)))
        routes += SignupPages(store, pages, now=now, secret=key, wake=wake).routes()
    routes += ReaderPages(store, pages, now=now, secret=key, leavers=leavers).routes()
    app = PublicApp(routes=routes)
    # No endpoint redirects: the address of one must not lead elsewhere (CVE-2025-67713 and its like).
    app.router.redirect_slashes = False
    for kind in (HTTPException, BusyError, StoreError, OutputError):
        app.add_exception_handler(kind, partial(_failed, pages))
    return app


def _failed(pages: Pages, request: Request, error: Exception) -> Response:
    """What went wrong, in a page of the visitor's language; a database or disk that is away is told to ask again."""
    status = error.status_code if isinstance(error, HTTPException) else 503
    if status == 503:
        _log.error("%s", error)
    headers = {"retry-after": "60"} if status == 503 else {}
    return pages.message(_WORDS.get(status, "refusal"), pages.say(request), status=status, headers=headers)


async def _home(pages: Pages, shelf: ArchivePages | None, request: Request) -> Response:
    """The first page: subscribe, and the newest editions."""
    say = pages.say(request)
    language = pages.edition_language(say)
    editions = await run_in_threadpool(shelf.newest, language) if shelf else []
    headers = {"x-robots-tag": "all"}
    return pages.page(
        "public-home.html", say, headers=headers, editions=editions, language=language, wish=None, trap=TRAP
    )


class PublicApp(Starlette):
    """A Starlette application whose every answer, those of the framework too, carries our headers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await super().__call__(scope, receive, with_headers(send, _HEADERS))
