"""The only door to the network: everything that goes out goes through an `Http`.

It looks at the address actually dialled, counts decompressed bytes, keeps a total deadline, is polite to hosts and
follows redirects one checked step at a time. Inside it is asynchronous (one event loop in a thread of its own, so that
deadlines hold while the caller works); outside it is plain functions and iterators.
"""

from __future__ import annotations

import asyncio
import queue
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx2

from pipeline import __version__
from pipeline.errors import FetchError
from pipeline.fetch.addresses import OwnHosts
from pipeline.fetch.download import Progress, download
from pipeline.fetch.exchange import Exchange, new_client
from pipeline.fetch.messages import Request, Response
from pipeline.fetch.politeness import Hosts
from pipeline.fetch.transport import GuardedBackend, GuardedTransport, Resolver, system_resolver

__all__ = ["USER_AGENT", "Http", "Request", "Response"]

USER_AGENT = f"cyberdigest/{__version__} (daily news digest; reads feeds and the articles they link to)"

_T = TypeVar("_T")


class Http:
    """The door. A context manager; opened lazily, closed for good.

    Args:
        user_agent: What we say we are.
        allow_private: Dial any address. For tests and the demo only.
        allow_hosts: "host" or "host:port" of own servers that may be dialled although they are not public, when the
            settings or another own server name them (`Request.via`).
        connect_to: Address that every connection goes to, whatever the name: a recorded web, as in the demo.
        concurrency: Requests under way at once; `per_host` of them at one host (name and port).
        host_delay: Seconds between the starts of two requests to one host.
        deadline: Seconds one request may take in all, redirects included.
        feed_bytes, page_bytes, file_bytes: Most decompressed bytes of an answer.
        resolver: (host, port) -> addresses; the operating system's by default.
        ssl_context: Whose certificates to trust; the system's by default.
    """

    def __init__(
        self,
        *,
        user_agent: str = USER_AGENT,
        allow_private: bool = False,
        allow_hosts: Collection[str] = (),
        concurrency: int = 20,
        per_host: int = 2,
        host_delay: float = 0.1,
        deadline: float = 30.0,
        connect_timeout: float = 10.0,
        feed_bytes: int = 10_000_000,
        page_bytes: int = 5_000_000,
        file_bytes: int = 50_000_000,
        resolver: Resolver = system_resolver,
        ssl_context: ssl.SSLContext | None = None,
        connect_to: tuple[str, int] | None = None,
    ) -> None:
        self._user_agent, self._connect_timeout = user_agent, connect_timeout
        self._own = OwnHosts(allow_hosts)
        self._guard: dict[str, Any] = {
            "resolver": resolver, "allow_private": allow_private, "own": self._own, "connect_to": connect_to,
        }  # fmt: skip
        self._concurrency, self._per_host, self._host_delay = concurrency, per_host, host_delay
        self._deadline = deadline
        self._size_limits = {"feed": feed_bytes, "page": page_bytes, "file": file_bytes}
        self._ssl_context = ssl_context
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._exchange: Exchange | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def is_own(self, url: str) -> bool:
        """Whether an address lies on one of `allow_hosts`."""
        return self._own.holds_url(url)

    def fetch(self, request: Request) -> Response:
        """Fetch one address.

        Raises:
            FetchError: No answer, a bad one, or one that breaks a limit.
        """
        return self._wait(self._submit(self._fetch(request)))

    def fetch_many(self, requests: Iterable[Request]) -> Iterator[tuple[Request, Response | FetchError]]:
        """Fetch many addresses at once; pairs come as they complete, hosts taking turns.

        Work stays a bounded distance ahead of the consumer, so that unread bodies do not pile up.
        """
        waiting = deque(_taking_turns(requests))
        done: queue.SimpleQueue[Future[Response | FetchError]] = queue.SimpleQueue()
        running: dict[Future[Response | FetchError], Request] = {}
        try:
            while waiting or running:
                while waiting and len(running) < 4 * self._concurrency:
                    future = self._submit(self._fetch_value(waiting[0]))
                    running[future] = waiting.popleft()
                    future.add_done_callback(done.put)
                finished = done.get()
                yield running.pop(finished), finished.result()
        finally:
            for future in running:
                future.cancel()

    def download(
        self,
        url: str,
        path: Path,
        sha256: str | None = None,
        progress: Progress | None = None,
        *,
        max_bytes: int = 2_000_000_000,
        stall: float = 30.0,
        deadline: float | None = None,
    ) -> Path:
        """Fetch a big file (a language model) to `path`, whole or not at all.

        An interrupted download is resumed where the server can, also by a later call when a checksum is given.

        Args:
            sha256: Expected checksum, hexadecimal; a file with another one is thrown away.
            progress: Called with (bytes so far, bytes in all or None), from another thread.
            max_bytes: Larger files are refused.
            stall: Seconds without a single byte after which the transfer is given up.
            deadline: Seconds for the whole of it, however many bytes still come; None for as long as they do.
        Raises:
            FetchError: It cannot be had, is too large, or is not the file that the checksum names.
            OutputError: `path` cannot be written.
        """
        limits: dict[str, Any] = {"max_bytes": max_bytes, "stall": stall, "deadline": deadline}
        work = download(self._open(), url, path, sha256=sha256, progress=progress, **limits)
        return self._wait(self._submit(work))

    def close(self) -> None:
        """Close all connections; the door stays shut."""
        with self._lock:
            self._is_closed = True
            loop, thread, exchange = self._loop, self._thread, self._exchange
            self._loop = self._thread = self._exchange = None
        if loop is None or thread is None or exchange is None:
            return
        asyncio.run_coroutine_threadsafe(_wind_up(exchange), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    async def _fetch(self, request: Request) -> Response:
        return await self._open().fetch(request)

    async def _fetch_value(self, request: Request) -> Response | FetchError:
        try:
            return await self._fetch(request)
        except FetchError as error:
            return error

    def _wait(self, future: Future[_T]) -> _T:
        try:
            return future.result()
        finally:
            future.cancel()  # the caller was interrupted; no-op otherwise

    def _submit(self, work: Coroutine[Any, Any, _T]) -> Future[_T]:
        try:
            self._open()
            assert self._loop is not None
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except BaseException:  # Ctrl-C too: opening takes a moment, and what nobody awaits is complained about
            work.close()
            raise

    def _open(self) -> Exchange:
        with self._lock:
            if self._is_closed:
                raise RuntimeError("this Http is closed")
            if self._exchange is None:
                self._exchange = self._new_exchange()
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=_serve(self._loop), name="cyberdigest-http", daemon=True)
                self._thread.start()
            return self._exchange

    def _new_exchange(self) -> Exchange:
        transport = GuardedTransport(
            GuardedBackend(**self._guard),
            ssl_context=self._ssl_context or httpx2.create_ssl_context(trust_env=False),
            connections=self._concurrency * 2,
        )
        client = new_client(transport, user_agent=self._user_agent, connect_timeout=self._connect_timeout)
        hosts = Hosts(overall=self._concurrency, per_host=self._per_host, delay=self._host_delay)
        return Exchange(client, hosts, deadline=self._deadline, size_limits=self._size_limits, own=self._own)


def _serve(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()

    return serve


async def _wind_up(exchange: Exchange) -> None:
    """Cancel what is still under way (an abandoned iterator's requests) and close the connections."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await exchange.client.aclose()
    await asyncio.get_running_loop().shutdown_asyncgens()


def _taking_turns(requests: Iterable[Request]) -> Iterator[Request]:
    """One request of each host, then the second of each …, so that a big host does not hold up the small ones."""
    by_host: defaultdict[str, list[Request]] = defaultdict(list)
    for request in requests:
        try:
            host = urlsplit(request.url).netloc
        except ValueError:
            host = request.url
        by_host[host].append(request)
    for rank in zip_longest(*by_host.values()):
        yield from (request for request in rank if request is not None)
