"""Pages behind the links that a reader has: leave, and change language and topics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipeline.deliver.leaving import Leavers
from pipeline.deliver.signup import Door
from pipeline.deliver.subscribers import Register, prefer, unsubscribe
from pipeline.deliver.tokens import Purpose, subscriber_of, token_for
from pipeline.errors import BusyError, StoreError
from pipeline.model import Subscriber
from pipeline.render.wording import wording
from pipeline.web.public_site import Pages, Site, read_form, refuse_strangers

_METHODS = ["GET", "HEAD", "POST"]


class Readers(Register, Door, Protocol):
    """What these pages ask of the store."""


class ReaderPages:
    """A question on GET, the deed on POST."""

    def __init__(
        self,
        store: Readers,
        pages: Pages,
        *,
        now: Callable[[], datetime],
        secret: bytes,
        leavers: Leavers | None = None,
    ) -> None:
        self._store, self._pages, self._now, self._secret, self._leavers = store, pages, now, secret, leavers

    def routes(self) -> list[BaseRoute]:
        """The one that takes any path comes last: `mail.unsubscribe_url` may end anywhere."""
        routes: list[BaseRoute] = [Route("/unsubscribe/{token}", self._unsubscribe, methods=_METHODS)]
        if self._pages.site.url:
            routes.append(Route("/preferences/{token}", self._preferences, methods=_METHODS))
        return [*routes, Route("/{token}", self._unsubscribe, methods=_METHODS)]

    async def _unsubscribe(self, request: Request) -> Response:
        """The body, "List-Unsubscribe=One-Click" or a form's, says nothing we need; any site may send it (RFC 8058)."""
        token, is_meant = request.path_params["token"], request.method == "POST"
        # A database that is locked for a moment must not stop other readers.
        try:
            return await run_in_threadpool(self._leave, request, token, is_meant=is_meant)
        except (BusyError, StoreError):
            # Only a link of ours gets as far as the database: made-up tokens do not fill the disk.
            if not is_meant or self._leavers is None:
                raise
            await run_in_threadpool(self._leavers.note, token)
            return self._pages.message("done", self._pages.say(request))

    def _leave(self, request: Request, token: str, *, is_meant: bool) -> Response:
        reader = self._reader("unsubscribe", token)
        if reader is None:
            return self._pages.message("unknown", self._pages.say(request), status=404)
        has_left = reader.state != "active"
        if is_meant:
            unsubscribe(self._store, token, now=self._now(), secret=self._secret)
            has_left = True
        say = wording(reader.language)
        if has_left:
            return self._pages.message("done", say)
        return self._pages.page("unsubscribe.html", say, preferences=preferences_link(self._pages.site, self._secret,
                                reader))  # fmt: skip

    async def _preferences(self, request: Request) -> Response:
        token = request.path_params["token"]
        if request.method != "POST":
            return await run_in_threadpool(self._show, request, token)
        refuse_strangers(request, self._pages.site)
        form = await read_form(request)
        site = self._pages.site
        language = form.get("language", [site.languages[0] if len(site.languages) == 1 else ""])[0]
        if language not in site.languages:
            raise HTTPException(400)
        topics = chosen_topics(site, form)
        return await run_in_threadpool(self._save, request, token, language, topics)

    def _show(self, request: Request, token: str) -> Response:
        reader = self._reader("preferences", token)
        if reader is None or reader.state != "active":
            return self._pages.message("unknown", self._pages.say(request), status=404)
        return self._preferences_page(reader, is_saved=False)

    def _save(self, request: Request, token: str, language: str, topics: tuple[str, ...]) -> Response:
        reader = prefer(self._store, token, language=language, topics=topics, now=self._now(), secret=self._secret)
        if reader is None:
            return self._pages.message("unknown", self._pages.say(request), status=404)
        return self._preferences_page(reader, is_saved=True)

    def _preferences_page(self, reader: Subscriber, *, is_saved: bool) -> Response:
        return self._pages.page(
            "preferences.html",
            wording(reader.language),
            is_saved=is_saved,
            language=reader.language,
            chosen=reader.topics,
            leave=f"{self._pages.site.prefix}/unsubscribe/{token_for(self._secret, 'unsubscribe', reader.id)}",
        )

    def _reader(self, purpose: Purpose, token: str) -> Subscriber | None:
        known = subscriber_of(self._secret, purpose, token)
        return self._store.subscriber(known) if known else None


def preferences_link(site: Site, secret: bytes, reader: Subscriber) -> str | None:
    """Path of the reader's own page, None where these pages are off."""
    return f"{site.prefix}/preferences/{token_for(secret, 'preferences', reader.id)}" if site.url else None


def chosen_topics(site: Site, form: dict[str, list[str]]) -> tuple[str, ...]:
    """Topics ticked, in the order of the site; all of them are as good as none."""
    ticked = set(form.get("topic", ()))
    topics = tuple(topic.name for topic in site.topics if topic.name in ticked)
    return () if len(topics) == len(site.topics) else topics
