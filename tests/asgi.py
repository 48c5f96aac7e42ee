"""One request straight to an ASGI application, without a socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What came back; the body as text."""

    status: int
    headers: dict[str, str]
    text: str


def request(
    app: Any,
    address: str,
    *,
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    scheme: str = "http",
    ip: str = "127.0.0.1",
    port: int = 8000,
    may_raise: tuple[type[Exception], ...] = (),
) -> Answer:
    """Ask an application.

    Args:
        app: The application.
        address: Path, and what stands behind "?".
        method: Of HTTP.
        headers: Names and values.
        body: What is sent.
        scheme: "http" or "https".
        ip: Where the visitor comes from.
        port: Where the application is reached.
        may_raise: What the application may let through once it has answered: Starlette does, for the server's log.
    """
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": scheme,
        "path": path, "raw_path": path.encode("utf-8", "replace"), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": (ip, 5), "server": ("127.0.0.1", port),
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        with contextlib.suppress(*may_raise):
            await app(scope, receive, send)

    asyncio.run(run())
    start = next(message for message in sent if message["type"] == "http.response.start")
    text = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body").decode()
    return Answer(start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, text)
