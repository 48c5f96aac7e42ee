"""One request and its answer: redirects one by one, decoded size, total time, retries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from itertools import chain

import httpx2

from pipeline.errors import FetchError
from pipeline.fetch.addresses import OwnHosts
from pipeline.fetch.faults import FAULTS, describe, is_hopeless
from pipeline.fetch.messages import Request, Response, checked_url, content_type
from pipeline.fetch.politeness import Hosts, retry_after
from pipeline.fetch.transport import ForbiddenAddress
from pipeline.fetch.unpack import ACCEPTED, check_whole, unpack, unpackers

_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_MOST_REDIRECTS = 5
_RETRY_PAUSE = 0.3
_MOST_ENCODINGS = 2
_ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1",
    "page": "text/html, application/xhtml+xml, */*;q=0.1",
    "file": "*/*",
}


@dataclass(frozen=True, slots=True)
class Redirect:
    """An answer that points elsewhere."""

    target: httpx2.URL
    is_permanent: bool


class Budget:
    """Seconds of network time one request may take; waiting for a turn at the host does not count."""

    def __init__(self, seconds: float) -> None:
        self.total = self.left = seconds

    @asynccontextmanager
    async def spending(self) -> AsyncIterator[None]:
        """Time out (TimeoutError) when the budget is used up inside."""
        clock = asyncio.get_running_loop().time
        start = clock()
        try:
            async with asyncio.timeout(self.left):
                yield
        finally:
            self.left -= clock() - start


def new_client(transport: httpx2.AsyncBaseTransport, *, user_agent: str, connect_timeout: float) -> httpx2.AsyncClient:
    """A client that follows nothing, remembers no cookie and reads no setting of the environment (proxies, .netrc)."""
    return httpx2.AsyncClient(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(None, connect=connect_timeout),
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        headers={"User-Agent": user_agent, "Accept-Encoding": ACCEPTED},
    )


class Exchange:
    """Fetches one request after the other over a shared client; belongs to one event loop."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        hosts: Hosts,
        *,
        deadline: float,
        size_limits: Mapping[str, int],
        own: OwnHosts,
    ) -> None:
        self.client, self.hosts, self._own = client, hosts, own
        self._deadline, self._size_limits = deadline, size_limits

    async def fetch(self, request: Request) -> Response:
        """Fetch, following up to five redirects.

        Raises:
            FetchError: Whatever goes wrong; `status` and `retry_after` are set when the server said so.
        """
        budget = Budget(self._deadline)
        url = checked_url(request.url)
        is_permanent = True
        for hop in range(_MOST_REDIRECTS + 1):
            answer = await self._hop(request, url, budget)
            if isinstance(answer, Response):
                moved = answer.final_url if hop and is_permanent else None
                return replace(answer, moved_permanently_to=moved)
            if request.content is not None and _origin(answer.target) != _origin(checked_url(request.url)):
                raise FetchError(
                    request.url,
                    "redirect refused: what is posted may hold a key, and goes to no other scheme, host or port",
                )
            is_permanent = is_permanent and answer.is_permanent
            url = answer.target
        raise FetchError(request.url, f"more than {_MOST_REDIRECTS} redirects")

    async def _hop(self, request: Request, url: httpx2.URL, budget: Budget) -> Response | Redirect:
        is_last_try = request.content is not None  # a POST may have had its effect: never sent twice
        while True:
            async with self.turn(request.url, url, via=request.via):
                try:
                    async with budget.spending():
                        return await self._answer(request, url)
                except TimeoutError as error:
                    raise FetchError(request.url, f"no complete answer within {budget.total:g} s") from error
                except ForbiddenAddress as error:
                    raise FetchError(request.url, str(error)) from error
                except FAULTS as error:
                    if is_last_try or is_hopeless(error):
                        raise FetchError(request.url, describe(error)) from error
            is_last_try = True
            await asyncio.sleep(_RETRY_PAUSE)

    @asynccontextmanager
    async def turn(self, asked: str, url: httpx2.URL, *, via: str | None = None) -> AsyncIterator[None]:
        """A polite moment to talk to the host of `url`.

        Raises:
            FetchError: The host asked us, in this run, to stay away for longer than we wait; or it is one of the
                user's own, and who led us there is not.
        """
        host = netloc(url)
        if self._own.holds_url(str(url)) and not self._own.holds_url(via or asked):
            raise FetchError(asked, f"{host} is one of your own hosts: addresses from outside must not lead there")
        async with self.hosts.turn(host):
            if seconds := self.hosts.closed_for(host):
                raise FetchError(asked, f"{host} asked us to wait {seconds:.0f} s", 429, seconds)
            yield

    @asynccontextmanager
    async def opened(
        self, url: httpx2.URL, headers: dict[bytes, bytes], content: bytes | None = None
    ) -> AsyncIterator[httpx2.Response]:
        """Send one request; the answer's body is still unread, and dropped at the end."""
        method = "GET" if content is None else "POST"
        message = self.client.build_request(method, url, headers=list(headers.items()), content=content)
        answer = await self.client.send(message, stream=True)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def _answer(self, request: Request, url: httpx2.URL) -> Response | Redirect:
        async with self.opened(url, _headers(request, url), request.content) as answer:
            if not request.as_it_is and (redirect := redirect_of(request.url, url, answer)):
                return redirect  # its body is never read
            headers = flat_headers(answer)
            is_content = 200 <= answer.status_code < 300 or answer.status_code == 304
            if not (is_content or request.as_it_is):
                raise self.refused(request.url, url, answer.status_code, headers)
            media_type, charset = content_type(headers)
            return Response(
                url=request.url,
                final_url=str(url),
                status=answer.status_code,
                headers=headers,
                body=await self._body(request, answer, headers),
                charset=charset,
                content_type=media_type,
            )

    async def _body(self, request: Request, answer: httpx2.Response, headers: Mapping[str, str]) -> bytes:
        limit = self._size_limits[request.kind]
        if headers.get("content-encoding", "").count(",") >= _MOST_ENCODINGS:
            raise FetchError(request.url, f"compressed more than {_MOST_ENCODINGS} times over")
        codings, body, received = unpackers(headers.get("content-encoding", "")), bytearray(), 0
        async for part in answer.aiter_raw():
            received += len(part)  # compression that brings nothing is no way around the limit either
            for piece in chain((b"",), unpack(codings, part)):
                body += piece
                if max(received, len(body)) > limit:
                    raise FetchError(request.url, f"larger than the limit of {limit / 1e6:g} MB for a {request.kind}")
        check_whole(codings)
        return bytes(body)

    def refused(self, asked: str, url: httpx2.URL, status: int, headers: Mapping[str, str]) -> FetchError:
        """The error for an answer that is neither content nor a redirect; 429 and 503 may close the host."""
        seconds = retry_after(headers.get("retry-after"), now=datetime.now(UTC)) if status in {429, 503} else None
        if seconds:
            self.hosts.close(netloc(url), seconds)
        return FetchError(asked, f"the server answered {status} {_phrase(status)}".rstrip(), status, seconds)


def netloc(url: httpx2.URL) -> str:
    """Host and port, the unit of politeness."""
    return f"{url.host}:{url.port or {'http': 80}.get(url.scheme, 443)}"


def flat_headers(answer: httpx2.Response) -> dict[str, str]:
    """Header names in lower case with their values byte for byte (Latin-1)."""
    flat: dict[str, str] = {}
    for raw_name, raw_value in answer.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        flat[name] = f"{flat[name]}, {value}" if name in flat else value
    return flat


def redirect_of(asked: str, url: httpx2.URL, answer: httpx2.Response) -> Redirect | None:
    """Where the answer sends us, checked; None when it is no redirect.

    Raises:
        FetchError: The target is not an address we fetch, or leads from https back to http.
    """
    if answer.status_code not in _REDIRECTS:
        return None
    raw = next((value for name, value in answer.headers.raw if name.lower() == b"location"), None)
    if raw is None:
        raise FetchError(asked, f"redirect {answer.status_code} without a target", answer.status_code)
    try:
        location = raw.decode("utf-8")
    except UnicodeDecodeError:
        location = raw.decode("latin-1")
    try:
        target = checked_url(str(url.join(location.strip().replace(" ", "%20"))))
    except (httpx2.InvalidURL, ValueError) as error:
        raise FetchError(asked, f"redirect to something that is not an address ({error})") from error
    except FetchError as error:
        raise FetchError(asked, f"redirect refused: {error.reason}") from error
    if url.scheme == "https" and target.scheme == "http":
        raise FetchError(asked, "redirect refused: it leads from https back to http")
    return Redirect(target, answer.status_code in _PERMANENT)


def _headers(request: Request, url: httpx2.URL) -> dict[bytes, bytes]:
    headers = {b"Accept": (request.accept or _ACCEPT[request.kind]).encode("latin-1", "replace")}
    if request.etag:
        headers[b"If-None-Match"] = request.etag.encode("latin-1", "replace")
    if request.last_modified:
        headers[b"If-Modified-Since"] = request.last_modified.encode("latin-1", "replace")
    if request.content is not None:
        headers[b"Content-Type"] = request.content_type.encode("latin-1", "replace")
    if request.bearer and _origin(url) == _origin(checked_url(request.url)):
        headers[b"Authorization"] = b"Bearer " + request.bearer.encode("latin-1", "replace")
    return headers


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _phrase(status: int) -> str:
    return httpx2.codes.get_reason_phrase(status)
