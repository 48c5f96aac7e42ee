"""Big files, whole or not at all: resumed by Range, checked by SHA-256, moved into place at the end."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import httpx2

from pipeline.errors import FetchError, OutputError
from pipeline.fetch.exchange import Exchange, flat_headers, redirect_of
from pipeline.fetch.faults import FAULTS, describe
from pipeline.fetch.messages import checked_url
from pipeline.fetch.transport import ForbiddenAddress

#: (bytes so far, bytes in all or None when the server does not say).
Progress = Callable[[int, int | None], None]

_MOST_HOPS = 6
_MOST_TRIES = 4
_PART = ".part"


class _Broken(Exception):  # noqa: N818 - never leaves this module
    """The transfer stopped half-way; what arrived is kept and the rest asked for again."""


async def download(
    exchange: Exchange,
    url: str,
    path: Path,
    *,
    sha256: str | None,
    progress: Progress | None,
    max_bytes: int,
    stall: float,
    deadline: float | None,
) -> Path:
    """See `Http.download`: arguments, result and errors (FetchError, OutputError) are the same."""
    part = path.with_name(path.name + _PART)
    clock = asyncio.timeout(deadline)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        async with clock:
            transfer = _Transfer(exchange, url, part, sha256, progress or _silent, max_bytes, stall)
            await transfer.run()
            if sha256 and not _matches(part, sha256) and transfer.was_resumed:
                part.unlink()  # the first half may have been another version's: once from the start
                await _Transfer(exchange, url, part, sha256, progress or _silent, max_bytes, stall).run()
        if sha256 and not _matches(part, sha256):
            part.unlink()
            raise FetchError(url, f"the file is damaged or a different one: its SHA-256 is not {sha256.lower()}")
        part.replace(path)
    except OSError as error:
        if clock.expired():
            raise FetchError(url, f"the file is not complete within {deadline:g} s") from error
        raise OutputError(str(path), error.strerror or str(error)) from error
    return path


class _Transfer:
    def __init__(
        self,
        exchange: Exchange,
        url: str,
        part: Path,
        sha256: str | None,
        progress: Progress,
        max_bytes: int,
        stall: float,
    ) -> None:
        self._exchange, self._url, self._part = exchange, url, part
        self._progress, self._max_bytes, self._stall = progress, max_bytes, stall
        #: Without a checksum only a strong ETag tells that the rest belongs to what is there; an old half has none.
        self._keeps_part, self._validator = sha256 is not None, ""
        self.was_resumed = False

    async def run(self) -> None:
        """Fill the part file, asking again for the rest when the connection breaks while bytes still arrive.

        Raises:
            FetchError: It cannot be had, or is too large.
        """
        for left in reversed(range(_MOST_TRIES)):
            try:
                await self._attempt()
                break
            except _Broken as error:
                if not left:
                    raise FetchError(self._url, f"the download stopped: {error}") from error

    async def _attempt(self) -> None:
        url = checked_url(self._url)
        for _ in range(_MOST_HOPS):
            async with self._exchange.turn(self._url, url):
                try:
                    target = await self._hop(url)
                except ForbiddenAddress as error:
                    raise FetchError(self._url, str(error)) from error
                except TimeoutError as error:
                    raise _Broken(f"nothing arrived for {self._stall:g} s") from error
                except FAULTS as error:
                    raise _Broken(describe(error)) from error
            if target is None:
                return
            url = target
        raise FetchError(self._url, "too many redirects")

    async def _hop(self, url: httpx2.URL) -> httpx2.URL | None:
        can_resume = (self._keeps_part or self._validator) and self._part.exists()
        have = self._part.stat().st_size if can_resume else 0
        headers = {b"Accept": b"*/*", b"Accept-Encoding": b"identity"}
        if have:
            headers[b"Range"] = f"bytes={have}-".encode()
            if self._validator:
                headers[b"If-Range"] = self._validator.encode("latin-1", "replace")
        async with asyncio.timeout(self._stall) as clock, self._exchange.opened(url, headers) as answer:
            if redirect := redirect_of(self._url, url, answer):
                return redirect.target
            await self._save(url, answer, have, clock)
        return None

    async def _save(self, url: httpx2.URL, answer: httpx2.Response, have: int, clock: asyncio.Timeout) -> None:
        headers = flat_headers(answer)
        if answer.status_code == 416 and headers.get("content-range", "").removeprefix("bytes */") == str(have):
            self.was_resumed = True
            return  # the part file is all there is
        if answer.status_code == 416:
            self._part.unlink()
            raise _Broken("the server has another file than the one begun")
        if answer.status_code not in {200, 206}:
            raise self._exchange.refused(self._url, url, answer.status_code, headers)
        if headers.get("content-encoding", "identity") != "identity":
            raise FetchError(self._url, "the server compressed a file that was requested uncompressed")
        if answer.status_code == 200 or not headers.get("content-range", "").startswith(f"bytes {have}-"):
            if answer.status_code == 206:
                self._part.unlink(missing_ok=True)
                raise _Broken("the server sent another part than the one asked for")
            have = 0
        self.was_resumed = self.was_resumed or have > 0
        etag = headers.get("etag", "")
        self._validator = "" if etag.startswith("W/") else etag
        length = headers.get("content-length", "")
        total = have + int(length) if length.isascii() and length.isdigit() else None
        await self._write(answer, have, total, clock)

    async def _write(self, answer: httpx2.Response, have: int, total: int | None, clock: asyncio.Timeout) -> None:
        now = asyncio.get_running_loop().time
        self._check_size(total or have)
        with self._on_disk():
            file = self._part.open("ab" if have else "wb", buffering=0)  # a buffer would fail again at closing
        with file:
            async for chunk in answer.aiter_raw():
                clock.reschedule(now() + self._stall)
                have += len(chunk)
                self._check_size(have)
                with self._on_disk():
                    _write_all(file, chunk)
                self._progress(have, total)
            with self._on_disk():
                os.fsync(file.fileno())

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        """A full disk is not the server's fault, and asking again would not help."""
        try:
            yield
        except OSError as error:
            raise OutputError(str(self._part), error.strerror or str(error)) from error

    def _check_size(self, size: int) -> None:
        if size > self._max_bytes:
            self._part.unlink(missing_ok=True)
            raise FetchError(self._url, f"larger than the limit of {self._max_bytes / 1e6:g} MB")


def _matches(path: Path, sha256: str) -> bool:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest() == sha256.strip().lower()


def _write_all(file: FileIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _silent(done: int, total: int | None) -> None:
    """Nobody watches."""
