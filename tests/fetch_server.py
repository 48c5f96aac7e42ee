"""A local web server whose answers a test writes down as functions, with a log of what it was asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass
class Answer:
    """What one path answers; `Content-Length` is added unless the headers set it or forbid it with None."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str | None] = field(default_factory=dict)
    #: Writes the body itself, after the headers.
    writer: Callable[[Any], None] | None = None


@dataclass
class Seen:
    """One request as the server got it."""

    path: str
    headers: dict[str, str]


class Server:
    """`with Server({"/feed": Answer(...)}) as server: server.url("/feed")`."""

    def __init__(
        self, routes: dict[str, Answer | Callable[[Seen], Answer]], *, context: ssl.SSLContext | None = None
    ) -> None:
        self.routes, self.seen = routes, list[Seen]()
        self._scheme = "https" if context else "http"
        self._httpd = _Quiet(("127.0.0.1", 0), _handler(self))
        if context:
            self._httpd.socket = context.wrap_socket(
                self._httpd.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return self._httpd.server_port

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [seen.path for seen in self.seen]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what these tests are about."""


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_GET(self) -> None:
            seen = Seen(self.path, {name.lower(): value for name, value in self.headers.items()})
            server.seen.append(seen)
            route = server.routes.get(self.path, Answer(status=404))
            answer = route if isinstance(route, Answer) else route(seen)
            self.send_response(answer.status)
            headers: dict[str, str | None] = {"Content-Length": str(len(answer.body)), **answer.headers}
            for name, value in headers.items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()
            if answer.writer:
                self.close_connection = True
                answer.writer(self.wfile)
            else:
                self.wfile.write(answer.body)
            if headers.get("Content-Length") != str(len(answer.body)):
                self.close_connection = True

        def log_message(self, *arguments: Any) -> None:
            """The log of requests is `server.seen`."""

    return Handler
