"""What every answer of the local web pages owes, before and after routing: the right Host, and headers that forbid."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from pipeline.web.headers import STRICT, with_headers

#: Names under which a browser on this machine reaches us; any other is a rebound DNS name or a mistake.
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")

_HEADERS = {**STRICT, "cross-origin-resource-policy": "same-origin"}


class LocalApp(Starlette):
    """A Starlette application that answers one machine only.

    The Host is checked before routing and the headers are added outside everything else, so an answer that
    the framework makes up by itself (404, 405, 500) carries them too.
    """

    def __init__(self, routes: Sequence[BaseRoute], *, port: int) -> None:
        super().__init__(routes=routes)
        self._hosts = {f"{name}:{port}" for name in LOCAL_NAMES} | (set(LOCAL_NAMES) if port == 80 else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await super().__call__(scope, receive, with_headers(send, _HEADERS))
        elif scope["type"] == "http":
            await refusal(scope, receive, with_headers(send, _HEADERS))
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        """The answer to a request that must go no further, None for a good one."""
        hosts = Headers(scope=scope).getlist("host")
        if scope["type"] != "http" or len(hosts) != 1:
            return PlainTextResponse("Exactly one Host header is needed.\n", status_code=400)
        if hosts[0].lower() not in self._hosts:
            return PlainTextResponse("This server answers to its own address only.\n", status_code=421)
        if scope["method"] not in {"GET", "HEAD"} and not self._is_same_origin(scope):
            return PlainTextResponse("Another site may not ask for this.\n", status_code=403)
        return None

    def _is_same_origin(self, scope: Scope) -> bool:
        """Whether a request that could change something comes from our own pages (the desk's forms)."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site", "same-origin")
        return site in {"same-origin", "none"} and (
            origin is None or origin.lower().removeprefix("http://") in self._hosts
        )
