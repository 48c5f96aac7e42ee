"""Dialling: names are resolved once, every address is checked, and exactly the checked address is connected to."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import httpcore2
import httpx2

from pipeline.fetch.addresses import OwnHosts, literal, refusal

#: (host, port) -> IP addresses, best first.
Resolver = Callable[[str, int], Sequence[str]]

#: Names looked up at once: a name server that does not answer holds a thread longer than its request lives, and the
#: names of others must not wait behind it.
_LOOKUPS = 64
#: Seconds for one address when a name has several, so that a dead IPv6 route leaves time for IPv4.
_PER_ADDRESS = 5.0


class ForbiddenAddress(Exception):  # noqa: N818 - a verdict of the door, turned into a FetchError there
    """The host is, or names only, addresses that must not be dialled."""


def system_resolver(host: str, port: int) -> list[str]:
    """Addresses of the operating system's resolver, in its order of preference (RFC 6724)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens TCP connections to allowed addresses only.

    The check sits here, below redirects, pools and URL parsers, because only the address that is dialled counts.
    """

    def __init__(
        self,
        *,
        resolver: Resolver,
        allow_private: bool,
        own: OwnHosts,
        connect_to: tuple[str, int] | None = None,
    ) -> None:
        self._resolver, self._allow_private, self._own = resolver, allow_private, own
        self._connect_to = connect_to
        self._backend = httpcore2.AnyIOBackend()
        # An own pool: the loop's default one would be waited for at closing, however long a name server hangs.
        self._threads = ThreadPoolExecutor(max_workers=_LOOKUPS, thread_name_prefix="cyberdigest-dns")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Resolve, check, dial.

        Raises:
            ForbiddenAddress: No address of the host may be dialled.
            httpcore2.ConnectError: None of them answers, or the name does not resolve.
        """
        if self._connect_to is not None:
            return await self._backend.connect_tcp(*self._connect_to, timeout, local_address, socket_options)
        addresses = await self._allowed(host, port)
        each = timeout if len(addresses) == 1 else min(timeout or _PER_ADDRESS, _PER_ADDRESS)
        fault: Exception | None = None
        for address in addresses:
            try:
                return await self._backend.connect_tcp(address, port, each, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = error
        raise httpcore2.ConnectError(f"no connection to {host}:{port} ({fault})") from fault

    async def sleep(self, seconds: float) -> None:
        """Wait, as the protocol of backends asks."""
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """Give up waiting for name servers."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _allowed(self, host: str, port: int) -> list[str]:
        try:
            address = literal(host)
        except ValueError as error:
            raise ForbiddenAddress(str(error)) from error
        addresses = [address] if address else await self._resolve(host, port)
        if self._allow_private or self._own.holds(host, port):
            return addresses
        verdicts = {candidate: refusal(candidate) for candidate in addresses}
        allowed = [candidate for candidate, why in verdicts.items() if why is None]
        if not allowed:
            candidate, why = next(iter(verdicts.items()))
            named = host if host.strip("[]") == candidate else f"{host} is {candidate}, which"
            raise ForbiddenAddress(f"{named} is not a public address ({why})")
        return allowed

    async def _resolve(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            addresses = list(await loop.run_in_executor(self._threads, self._resolver, host, port))
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise httpcore2.ConnectError(f"the name {host} does not resolve ({reason})") from error
        if not addresses:
            raise httpcore2.ConnectError(f"the name {host} has no address")
        return addresses


class GuardedTransport(httpx2.AsyncBaseTransport):
    """httpx2's transport over a pool whose connections are opened by `GuardedBackend`."""

    def __init__(self, backend: GuardedBackend, *, ssl_context: ssl.SSLContext, connections: int) -> None:
        self._backend = backend
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=15.0,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; faults of the connection come out as httpcore2's own errors."""
        reply = await self._pool.handle_async_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=cast("AsyncIterable[bytes]", request.stream),
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=reply.status,
            headers=reply.headers,
            stream=_Stream(cast("AsyncIterable[bytes]", reply.stream)),
            extensions=reply.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()
        self._backend.close()


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        if hasattr(self._stream, "aclose"):
            await self._stream.aclose()
