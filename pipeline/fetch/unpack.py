"""Compressed answers: unpacked piece by piece, so that a bomb meets the size limit early, and whole or not at all.

A compressed body that was cut off in a cache on the way arrives with the right length, and what can be unpacked of it
looks like an answer; so its own end is looked for.

Sources: RFC 9110 section 8.4.1 (content codings), RFC 1950, RFC 1952 (gzip; several members are one file), RFC 7932.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol

import brotli

#: What we ask for.
ACCEPTED = "gzip, deflate, br"
#: Most octets that come out at once.
_PIECE = 1 << 20
#: Members of one gzip file; empty ones cost time and bring nothing that the size limit would count.
_MOST_MEMBERS = 1000
_GZIP_BEGINS = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS


class CutOff(Exception):  # noqa: N818 - told as a broken connection
    """The compressed answer ends in the middle."""


class Unpacker(Protocol):
    """Takes off one coding."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out, in pieces of about a megabyte; ValueError when the data is broken."""

    @property
    def is_whole(self) -> bool:
        """Whether the end has come, or nothing at all."""


def unpackers(header: str) -> list[Unpacker]:
    """One for each coding that a Content-Encoding header names, in the order they are taken off.

    What is no coding of ours ("utf-8", "none") is passed over: servers write many things there.
    """
    known = [_KINDS[name] for part in header.split(",") if (name := part.strip().lower()) in _KINDS]
    return [make() for make in reversed(known)]


def unpack(codings: Sequence[Unpacker], data: bytes) -> Iterator[bytes]:
    """What comes out when all codings are taken off.

    Raises:
        ValueError: The data is broken.
    """
    if not codings:
        yield data
        return
    for piece in codings[0].feed(data):
        yield from unpack(codings[1:], piece)


def check_whole(codings: Sequence[Unpacker]) -> None:
    """Call it when nothing more comes.

    Raises:
        CutOff: A coding has not come to its end.
    """
    if not all(item.is_whole for item in codings):
        raise CutOff("the connection was cut off: the compressed answer ends in the middle")


class _Zlib:
    """gzip, or "deflate", which some servers send without its envelope."""

    def __init__(self, window: int) -> None:
        self._window, self._inner, self._has_begun = window, zlib.decompressobj(window), False
        #: What follows the end, as far as it is needed to tell another member from padding.
        self._after = b""
        self._members = 1

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inner.eof:
                data = self._next_member(data)
                if not data:
                    return
            yield from self._drain(data)
            data = self._inner.unused_data

    @property
    def is_whole(self) -> bool:
        return self._inner.eof or not self._has_begun

    def _drain(self, data: bytes) -> Iterator[bytes]:
        piece = self._decompress(data)
        while piece or self._inner.unconsumed_tail:
            yield piece
            piece = self._decompress(self._inner.unconsumed_tail)

    def _decompress(self, data: bytes) -> bytes:
        try:
            piece = self._inner.decompress(data, _PIECE)
        except zlib.error as error:
            if self._window != _ZLIB or self._has_begun:
                raise ValueError(f"broken compression ({error})") from error
            self._window, self._inner = _RAW, zlib.decompressobj(_RAW)
            piece = self._decompress(data)
        self._has_begun = True
        return piece

    def _next_member(self, data: bytes) -> bytes:
        """The data from the beginning of another gzip member on; b"" for padding, or when two octets are not there."""
        self._after = (self._after + data) if len(self._after) < len(_GZIP_BEGINS) else self._after
        if self._window != _GZIP or not self._after.startswith(_GZIP_BEGINS):
            return b""
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise ValueError(f"broken compression (more than {_MOST_MEMBERS} gzip files in one)")
        data, self._after, self._inner = self._after, b"", zlib.decompressobj(_GZIP)
        return data


class _Brotli:
    def __init__(self) -> None:
        self._inner, self._has_begun = brotli.Decompressor(), False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner.is_finished():
            return
        self._has_begun = True
        try:
            piece = self._inner.process(data, output_buffer_limit=_PIECE // 2)
            while piece:
                yield piece
                piece = self._inner.process(b"", output_buffer_limit=_PIECE // 2)
        except brotli.error as error:
            raise ValueError(f"broken compression ({error})") from error

    @property
    def is_whole(self) -> bool:
        return bool(self._inner.is_finished()) or not self._has_begun


_KINDS: dict[str, Callable[[], Unpacker]] = {
    "gzip": partial(_Zlib, _GZIP), "x-gzip": partial(_Zlib, _GZIP), "deflate": partial(_Zlib, _ZLIB), "br": _Brotli,
}  # fmt: skip
