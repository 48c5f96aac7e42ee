"""Compressed answers: whole or not at all, in whatever pieces they come, and never more than asked for."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import brotli
import pytest
from fetch_server import Answer, Server
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FetchError
from pipeline.fetch.http import Http, Request
from pipeline.fetch.unpack import CutOff, check_whole, unpack, unpackers

TEXT = b"".join(b"<item><title>News %d</title></item>" % number for number in range(3000))


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def members(data: bytes) -> bytes:
    """One file of several, as `cat a.gz b.gz` makes it, with the padding of a tape."""
    half = len(data) // 2
    return gzip.compress(data[:half]) + gzip.compress(data[half:]) + b"\0" * 9


#: Name in the header, and how it is packed.
PACKED: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress), ("x-gzip", gzip.compress), ("gzip", members), ("deflate", zlib.compress),
    ("deflate", raw_deflate), ("br", brotli.compress), ("GZIP , br", lambda data: brotli.compress(gzip.compress(data))),
    ("identity", bytes), ("", bytes), ("utf-8", bytes),
]  # fmt: skip
each_coding = pytest.mark.parametrize(("name", "pack"), PACKED)


def unpacked(name: str, parts: list[bytes]) -> bytes:
    codings = unpackers(name)
    body = b"".join(piece for part in parts for piece in unpack(codings, part))
    check_whole(codings)
    return body


@each_coding
@given(cuts=st.lists(st.integers(0, 300), max_size=6))
def test_it_does_not_matter_in_which_pieces_it_comes(name: str, pack: Any, cuts: list[int]) -> None:
    packed = pack(TEXT[:300])
    places = [0, 2, *sorted(cut for cut in cuts if 2 < cut < len(packed)), len(packed)]
    assert unpacked(name, [packed[a:b] for a, b in pairwise(places)]) == TEXT[:300]


@each_coding
def test_octet_by_octet(name: str, pack: Any) -> None:
    """But for the two octets by which "deflate" is told from what servers call so."""
    packed = pack(TEXT)
    parts = [packed[:2], *(packed[i : i + 1] for i in range(2, len(packed)))]
    assert unpacked(name, parts) == TEXT


@pytest.mark.parametrize(("name", "pack"), [item for item in PACKED if item[1] not in (bytes, members)])
def test_what_was_cut_off_is_no_answer(name: str, pack: Any) -> None:
    """A cache that kept half of it sends the right Content-Length, and what unpacks of it could be parsed."""
    packed = pack(TEXT)
    for length in (3, len(packed) // 2, len(packed) - 1):
        with pytest.raises(CutOff, match="cut off"):
            unpacked(name, [packed[:length]])
    assert unpacked(name, []) == b""


def test_a_second_member_that_was_cut_off_is_no_answer() -> None:
    packed = gzip.compress(TEXT)
    with pytest.raises(CutOff):
        unpacked("gzip", [packed + packed[: len(packed) // 2]])


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_broken_data_is_said_to_be_broken(name: str) -> None:
    with pytest.raises(ValueError, match="broken compression"):
        unpacked(name, [b"\x1f\x8bno such thing" * 20])


def test_a_thousand_files_in_one_are_the_most() -> None:
    assert unpacked("gzip", [gzip.compress(b"x") * 1_000]) == b"x" * 1_000
    with pytest.raises(ValueError, match="more than 1000 gzip files in one"):
        unpacked("gzip", [gzip.compress(b"x") * 1_001])


def test_nothing_packed_a_million_times_ends_soon() -> None:
    """Empty gzip files one behind the other bring not one octet that the size limit would count."""
    routes: dict[str, Any] = {"/": Answer(gzip.compress(b"") * 200_000, headers={"Content-Encoding": "gzip"})}
    blocks = b"\x00\x00\x00\xff\xff" * 1_500_000  # empty stored blocks of RFC 1951
    routes["/blocks"] = Answer(blocks, headers={"Content-Encoding": "deflate"})
    start = time.perf_counter()
    with Server(routes) as server, Http(allow_private=True, host_delay=0) as http:
        with pytest.raises(FetchError, match="broken compression"):
            http.fetch(Request(url=server.url("/")))
        with pytest.raises(FetchError, match="larger than the limit of 5 MB"):
            http.fetch(Request(url=server.url("/blocks")))
        assert len(server.seen) == 2
    assert time.perf_counter() - start < 5


def test_a_feed_that_was_cut_off_in_a_cache_is_asked_for_again() -> None:
    """Once; its validators are worth nothing, for the next poll would be told that nothing is new."""
    packed = gzip.compress(TEXT)
    answers = iter([packed[:-20], packed])
    with (
        Server({"/": lambda seen: Answer(next(answers), headers={"Content-Encoding": "gzip"})}) as server,
        Http(allow_private=True, host_delay=0) as http,
    ):
        assert http.fetch(Request(url=server.url("/"))).body == TEXT
    assert [seen.headers["accept-encoding"] for seen in server.seen] == ["gzip, deflate, br"] * 2
