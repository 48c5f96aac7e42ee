"""Serving pages until Ctrl-C, for `serve` and `public`."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from pipeline.errors import BusyError, OutputError
from pipeline.text.mailbox import is_host

if TYPE_CHECKING:
    from starlette.applications import Starlette


def serve_app(app: Starlette, name: str, *, host: str, port: int, **settings: Any) -> None:
    """Say where the pages are and serve them; `settings` are uvicorn's.

    Raises:
        BusyError: Another program listens on that port.
        OutputError: The address is none of this machine, or may not be used.
    """
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False, **settings))
    with _listening(host, port) as opened:
        click.echo(f"{name} at http://{f'[{host}]' if ':' in host else host}:{port}/ (stop with Ctrl-C)", err=True)
        with suppress(KeyboardInterrupt):  # uvicorn has ended its work, and passes on what it was told
            server.run(sockets=[opened])


def _listening(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started: who cannot have it is told at once, in a sentence."""
    if not is_host(host):
        raise OutputError(f"{host}:{port}", "cannot listen here: not a host name or address")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise OutputError(f"{host}:{port}", f"cannot listen here: {error.strerror}") from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen()
    except OSError as error:
        opened.close()
        if error.errno == errno.EADDRINUSE:
            raise BusyError(f"port {port} is in use by another program; choose one with --port") from error
        raise OutputError(f"{host}:{port}", f"cannot listen here: {error.strerror}") from error
    return opened
