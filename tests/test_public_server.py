"""The server under the public pages: slow visitors cost themselves, not the others."""

from __future__ import annotations

import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pipeline.web import server as module

MEGABYTES = b"x" * 8_000_000


async def _short(_request: Request) -> Response:
    return PlainTextResponse("here")


async def _long(_request: Request) -> Response:
    return Response(MEGABYTES)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A running server whose deadlines are short."""
    monkeypatch.setattr(module, "HEAD_SECONDS", 1.0)
    monkeypatch.setattr(module, "WHOLE_SECONDS", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    app = Starlette(routes=[Route("/", _short, methods=["GET", "POST"]), Route("/long", _long)])
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", **module.settings(proxy="::1"))
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield port
    running.should_exit = True
    thread.join(10)


@contextmanager
def connected(port: int, said: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(said)
        yield connection


def answer(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as found:
        return int(found.status)


HEAD = b"Host: a.example\r\n"


@pytest.mark.parametrize(
    ("said", "drip"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\n", b"X"),
        (b"GET /long HTTP/1.1\r\n" + HEAD + b"\r\n", b""),
        (b"GET / HTTP/1.1\r\n" + HEAD + b"\r\nGET / HTTP/1.1\r\n", b"X"),
        (b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: 100000\r\n\r\n", b"y"),
    ],
    ids=["nothing", "slow head", "answer never read", "slow second head", "endless body"],
)
def test_fifty_slow_visitors_do_not_shut_out_the_others(port: int, said: bytes, drip: bytes) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(port, said)) for _ in range(50)]
        time.sleep(0.5)
        deadline, status = time.monotonic() + 6, 503
        while status != 200 and time.monotonic() < deadline:
            time.sleep(0.4)
            for connection in slow:
                with suppress(OSError):
                    connection.sendall(drip)
            with suppress(OSError):
                status = answer(port)
    assert status == 200


def test_a_visitor_in_time_may_ask_twice(port: int) -> None:
    """Two requests on one connection, with a pause shorter than the deadline between them."""
    with connected(port, b"") as connection:
        for _ in range(3):
            time.sleep(0.6)
            connection.sendall(b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n")
            said = b""
            while not said.endswith(b"here"):
                said += connection.recv(4096) or b"closed"
                assert b"closed" not in said
