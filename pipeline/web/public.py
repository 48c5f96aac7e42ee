"""`cyberdigest public`: the page behind the unsubscribe links, for the whole world.

Looking at a link changes nothing: mail scanners open every one. What counts is a POST, by the button or by the mail
program itself (RFC 8058: no cookie, no redirect, no question).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from pipeline.deliver.subscribers import Register, unsubscribe
from pipeline.deliver.tokens import subscriber_of
from pipeline.render.templating import style_hash
from pipeline.render.wording import Wording, direction, wording

_PAGES = Path(__file__).resolve().parent / "pages"
_HEADERS = {
    "x-content-type-options": "nosniff",
    # The address holds the reader's token.
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Readers(Register, Protocol):
    """What the page asks of the store."""


def create_app(
    store: Readers, *, title: str, language: str, now: Callable[[], datetime], secret: bytes | None = None
) -> PublicApp:
    """Make the application; put a proxy with https in front of it.

    Args:
        store: Where subscribers are kept.
        title: Name of the digest.
        language: Language of the page where the reader's is not known.
        now: The clock.
        secret: Signs the links; the store's own when None.
    """
    page = partial(_Page, store, title, language, now, secret)
    return PublicApp(
        routes=[
            Route("/unsubscribe/{token}", page(), methods=["GET", "HEAD", "POST"]),
            Route("/{token}", page(), methods=["GET", "HEAD", "POST"]),
        ]
    )


class PublicApp(Starlette):
    """A Starlette application whose every answer, those of the framework too, carries the headers above."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await super().__call__(scope, receive, send_with_headers)


class _Page:
    """One endpoint: a question on GET, the deed on POST."""

    def __init__(
        self, store: Readers, title: str, language: str, now: Callable[[], datetime], secret: bytes | None
    ) -> None:
        self._store, self._title, self._language, self._now, self._secret = store, title, language, now, secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the body, "List-Unsubscribe=One-Click" or a form's, says nothing we need."""
        request = Request(scope, receive)
        # A database that is locked for a moment must not stop other readers.
        answer = await run_in_threadpool(self._answer, request.path_params["token"], request.method == "POST")
        await answer(scope, receive, send)

    def _answer(self, token: str, is_meant: bool) -> Response:
        secret = self._secret or self._store.secret("links")
        known = subscriber_of(secret, "unsubscribe", token)
        subscriber = self._store.subscriber(known) if known else None
        say = wording(subscriber.language if subscriber else self._language)
        if subscriber is None:
            return self._render(say, "unknown", status=404)
        has_left = subscriber.state != "active"
        if is_meant:
            unsubscribe(self._store, token, now=self._now(), secret=secret)
            has_left = True
        return self._render(say, "done" if has_left else "question")

    def _render(self, say: Wording, state: str, *, status: int = 200) -> Response:
        css = Markup((_PAGES / "public.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
        html = (
            _environment()
            .get_template("unsubscribe.html")
            .render(css=css, say=say, state=state, title=self._title, lang=say.language, dir=direction(say.language))
        )
        policy = (
            f"default-src 'none'; style-src '{style_hash(css)}'; img-src data:; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'"
        )
        return HTMLResponse(html, status_code=status, headers={"content-security-policy": policy})


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
