"""The recorded web: folders named after hosts, served on loopback with validators, as a small site would."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
_TYPES = {".html": "text/html; charset=utf-8", ".xml": "application/xml", ".json": "application/feed+json"}


class RecordedWeb:
    """A running server; every name leads to it."""

    def __init__(self, root: Path) -> None:
        """Serve the folders below `root`."""
        self.root = root
        #: Answers given so far, by status.
        self.answers: dict[int, int] = {}
        #: "host/path" → how often it was asked for.
        self.paths: dict[str, int] = {}
        self._lock = threading.Lock()
        web = self

        class Handler(_Handler):
            recorded = web

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port on loopback."""
        return "127.0.0.1", int(self._server.server_address[1])

    def serve(self) -> None:
        """Answer until `close` is called."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """End `serve` and give the port back."""
        self._server.shutdown()
        self._server.server_close()

    def count(self, status: int) -> None:
        """Note an answer."""
        with self._lock:
            self.answers[status] = self.answers.get(status, 0) + 1

    def find(self, host: str, path: str) -> Path | None:
        """The recorded file behind an address, None when there is none."""
        name = host + urlsplit(path).path
        with self._lock:
            self.paths[name] = self.paths.get(name, 0) + 1
        file = (self.root / host / urlsplit(path).path.lstrip("/")).resolve()
        return file if file.is_relative_to(self.root / host) and file.is_file() else None


class _Handler(BaseHTTPRequestHandler):
    recorded: RecordedWeb
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").split(":")[0]
        file = self.recorded.find(host, self.path)
        if file is None:
            self._answer(HTTPStatus.NOT_FOUND, b"<h1>404</h1>", {"Content-Type": "text/html"})
            return
        body = file.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        if self.headers.get("If-None-Match") == tag:
            self._answer(HTTPStatus.NOT_MODIFIED, b"", {"ETag": tag})
            return
        self._answer(HTTPStatus.OK, body, {"Content-Type": _TYPES[file.suffix], "ETag": tag})

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.recorded.count(status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        with contextlib.suppress(ConnectionError):  # the reader may have been killed
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo's own lines are enough."""


@contextmanager
def recorded_web(root: Path = HERE / "web") -> Iterator[RecordedWeb]:
    """The recorded web, up while the block runs."""
    web = RecordedWeb(root)
    thread = threading.Thread(target=web.serve, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        web.close()
        thread.join()
