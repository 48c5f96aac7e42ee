"""Big files: whole or not at all, resumed where possible, checked."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fetch_server import Answer, Seen, Server

from pipeline.errors import FetchError, OutputError
from pipeline.fetch.http import Http

DATA = bytes(range(256)) * 4000
SHA = hashlib.sha256(DATA).hexdigest()


def door() -> Http:
    return Http(allow_private=True, host_delay=0)


def ranged(data: bytes, *, cut: Callable[[int], int | None], etag: str | None = '"v1"') -> Callable[[Seen], Answer]:
    """A server that knows ranges; `cut(number of the request)` says after how many bytes it drops the line."""
    count = 0

    def route(seen: Seen) -> Answer:
        nonlocal count
        count += 1
        start = int(seen.headers.get("range", "bytes=0-")[6:-1])
        if start >= len(data):
            return Answer(status=416, headers={"Content-Range": f"bytes */{len(data)}"})
        rest, stop = data[start:], cut(count)
        headers: dict[str, str | None] = {"ETag": etag, "Content-Length": str(len(rest))}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return Answer(rest[:stop], 206 if start else 200, headers)

    return route


def test_a_file_lands_whole_with_progress(tmp_path: Path) -> None:
    """Folders are made, progress reaches the end, nothing else is left."""
    seen: list[tuple[int, int | None]] = []
    with Server({"/m": Answer(DATA)}) as server, door() as http:
        path = http.download(
            server.url("/m"), tmp_path / "new" / "model.bin", SHA.upper(), lambda *step: seen.append(step)
        )

    assert path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert [file.name for file in path.parent.iterdir()] == ["model.bin"]


def test_redirects_are_followed(tmp_path: Path) -> None:
    """Model hosts redirect to storage hosts."""
    with Server({"/m": Answer(status=302, headers={"Location": "/s"}), "/s": Answer(DATA)}) as server, door() as http:
        assert http.download(server.url("/m"), tmp_path / "m", SHA).stat().st_size == len(DATA)


@pytest.mark.parametrize("sha256", [SHA, None])
def test_a_broken_line_is_mended_by_range(tmp_path: Path, sha256: str | None) -> None:
    """The rest is asked for, with the ETag, and fits."""
    route = ranged(DATA, cut=lambda count: 300_000 if count < 3 else None)
    with Server({"/m": route}) as server, door() as http:
        assert http.download(server.url("/m"), tmp_path / "m", sha256).read_bytes() == DATA

    assert [seen.headers.get("range") for seen in server.seen] == [None, "bytes=300000-", "bytes=600000-"]
    assert server.seen[1].headers["if-range"] == '"v1"'


@pytest.mark.parametrize("etag", [None, 'W/"v1"'])
def test_without_etag_and_checksum_nothing_is_glued(tmp_path: Path, etag: str | None) -> None:
    """Halves of perhaps different files are not put together; a weak ETag says that they may differ."""
    route = ranged(DATA, cut=lambda count: 1000 if count == 1 else None, etag=etag)
    with Server({"/m": route}) as server, door() as http:
        assert http.download(server.url("/m"), tmp_path / "m").read_bytes() == DATA

    assert all("range" not in seen.headers for seen in server.seen)


def test_a_later_call_goes_on_where_one_stopped(tmp_path: Path) -> None:
    """With a checksum the part file of an earlier run is used."""
    (tmp_path / "m.part").write_bytes(DATA[:500_000])
    with Server({"/m": ranged(DATA, cut=lambda count: None)}) as server, door() as http:
        assert http.download(server.url("/m"), tmp_path / "m", SHA).read_bytes() == DATA

    assert [seen.headers.get("range") for seen in server.seen] == ["bytes=500000-"]
    assert "if-range" not in server.seen[0].headers


def test_without_a_checksum_an_earlier_half_is_nothing(tmp_path: Path) -> None:
    """Nothing could tell whether it belongs to this file."""
    (tmp_path / "m.part").write_bytes(b"x" * 500_000)
    with Server({"/m": ranged(DATA, cut=lambda count: None)}) as server, door() as http:
        assert http.download(server.url("/m"), tmp_path / "m").read_bytes() == DATA

    assert "range" not in server.seen[0].headers


def test_a_complete_part_file_needs_no_byte(tmp_path: Path) -> None:
    """416 with our own size means that all is there."""
    (tmp_path / "m.part").write_bytes(DATA)
    with Server({"/m": ranged(DATA, cut=lambda count: None)}) as server, door() as http:
        assert http.download(server.url("/m"), tmp_path / "m", SHA).read_bytes() == DATA
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("status", "content_range"),
    [(416, "bytes */5"), (416, None), (206, "bytes 10-1023999/1024000"), (206, None)],
)
def test_a_rest_that_is_none_is_not_glued(tmp_path: Path, status: int, content_range: str | None) -> None:
    """The file has changed, or the server sends what was not asked for: from the start, without a checksum too."""
    answers = iter([
        Answer(DATA[:1000], headers={"ETag": '"v1"', "Content-Length": str(len(DATA))}),
        Answer(DATA[10:], status, {"Content-Range": content_range}),
        Answer(DATA),
    ])  # fmt: skip
    with Server({"/m": lambda _: next(answers)}) as server, door() as http:
        assert http.download(server.url("/m"), tmp_path / "m").read_bytes() == DATA

    assert [seen.headers.get("range") for seen in server.seen] == [None, "bytes=1000-", None]


@pytest.mark.parametrize("old", [b"another version" * 9000, DATA * 2])
def test_a_wrong_first_half_is_thrown_away(tmp_path: Path, old: bytes) -> None:
    """The glued file fails its checksum and is fetched again from the start."""
    (tmp_path / "m.part").write_bytes(old)
    with Server({"/m": ranged(DATA, cut=lambda count: None)}) as server, door() as http:
        assert http.download(server.url("/m"), tmp_path / "m", SHA).read_bytes() == DATA


def test_a_server_without_ranges_starts_over(tmp_path: Path) -> None:
    """200 to a range request is the whole file."""
    (tmp_path / "m.part").write_bytes(b"x" * 1000)
    with Server({"/m": Answer(DATA)}) as server, door() as http:
        assert http.download(server.url("/m"), tmp_path / "m", SHA).read_bytes() == DATA


def test_a_damaged_file_never_lands(tmp_path: Path) -> None:
    """One flipped byte: an error, the old file untouched, no rest."""
    (tmp_path / "m").write_bytes(b"old")
    damaged = Answer(b"\xff" + DATA[1:])
    with Server({"/m": damaged}) as server, door() as http, pytest.raises(FetchError, match="SHA-256"):
        http.download(server.url("/m"), tmp_path / "m", SHA)

    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"m": b"old"}
    assert len(server.seen) == 1


def test_a_file_that_always_breaks_off_is_given_up(tmp_path: Path) -> None:
    """A few tries, then an error; what arrived waits for the next call."""
    route = ranged(DATA, cut=lambda count: 10)
    with Server({"/m": route}) as server, door() as http, pytest.raises(FetchError, match="stopped"):
        http.download(server.url("/m"), tmp_path / "m", SHA)

    assert len(server.seen) == 4
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("length", [str(len(DATA)), None])
def test_too_large_is_refused(tmp_path: Path, length: str | None) -> None:
    """By announcement, or when the bytes pass the limit."""
    large = Answer(DATA, headers={"Content-Length": length, "Connection": "close"})
    with Server({"/m": large}) as server, door() as http, pytest.raises(FetchError, match="limit"):
        http.download(server.url("/m"), tmp_path / "m", max_bytes=100_000)

    assert list(tmp_path.iterdir()) == []


def test_silence_ends_the_transfer(tmp_path: Path) -> None:
    """Where there is no total deadline: a limit on time without a byte."""

    def stall(out: Any) -> None:
        out.write(b"x" * 100)
        out.flush()
        time.sleep(1.5)

    silent = Answer(headers={"Content-Length": "5000"}, writer=stall)
    start = time.perf_counter()
    with (
        Server({"/m": silent}) as server,
        door() as http,
        pytest.raises(FetchError, match=r"nothing arrived for 0\.2 s"),
    ):
        http.download(server.url("/m"), tmp_path / "m", stall=0.2)

    assert time.perf_counter() - start < 5


def test_a_drip_ends_with_the_deadline(tmp_path: Path) -> None:
    """However many bytes still come: whoever waits for the file has other things to do."""

    def drip(out: Any) -> None:
        with contextlib.suppress(OSError):
            for _ in range(100):
                out.write(b"x")
                out.flush()
                time.sleep(0.05)

    slow = Answer(headers={"Content-Length": "5000"}, writer=drip)
    start = time.perf_counter()
    with Server({"/m": slow}) as server, door() as http, pytest.raises(FetchError, match=r"within 0\.3 s"):
        http.download(server.url("/m"), tmp_path / "m", stall=1, deadline=0.3)

    assert time.perf_counter() - start < 4
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("sha256", [SHA, None])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"nothing here", status=404), "404"),
        (Answer(b"sorry", status=500), "500"),
        (Answer(b"", status=204), "204"),
        (Answer(DATA, headers={"Content-Encoding": "gzip"}), "compressed"),
        (Answer(status=302), "without a target"),
    ],
)
def test_answers_that_are_not_the_file(tmp_path: Path, answer: Answer, reason: str, sha256: str | None) -> None:
    """An error page or a compressed file is not saved."""
    with Server({"/m": answer}) as server, door() as http, pytest.raises(FetchError, match=reason):
        http.download(server.url("/m"), tmp_path / "m", sha256)

    assert not (tmp_path / "m").exists()
    assert len(server.seen) == 1


@pytest.mark.parametrize(("hops", "arrives"), [(5, True), (6, False)])
def test_redirects_have_an_end(tmp_path: Path, hops: int, arrives: bool) -> None:
    """Five are followed, as for pages."""
    routes: dict[str, Any] = {f"/{n}": Answer(status=302, headers={"Location": f"/{n + 1}"}) for n in range(hops)}
    with Server(routes | {f"/{hops}": Answer(DATA)}) as server, door() as http:
        if arrives:
            assert http.download(server.url("/0"), tmp_path / "m").read_bytes() == DATA
        else:
            with pytest.raises(FetchError, match="redirects"):
                http.download(server.url("/0"), tmp_path / "m")


def test_private_addresses_hold_for_downloads_too(tmp_path: Path) -> None:
    """The same door, the same rules."""
    with (
        Server({"/m": Answer(DATA)}) as server,
        Http() as http,
        pytest.raises(FetchError, match="not a public address"),
    ):
        http.download(server.url("/m"), tmp_path / "m", SHA)

    assert server.seen == []


def test_an_unwritable_target_is_an_output_error(tmp_path: Path) -> None:
    """The user's disk, not the server, is named."""
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    with Server({"/m": Answer(DATA)}) as server, door() as http, pytest.raises(OutputError):
        http.download(server.url("/m"), tmp_path / "file" / "m", SHA)


@pytest.mark.parametrize("step", ["open", "write", "fsync"])
def test_a_disk_that_fails_is_named_and_the_server_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """At whichever step: it is no broken connection, which would be tried four times."""
    target = tmp_path / "m"
    if step == "open":
        target.with_name("m.part").mkdir()
    elif step == "write":
        target.with_name("m.part").symlink_to("/dev/full")
    else:
        monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
    with Server({"/m": Answer(DATA)}) as server, door() as http, pytest.raises(OutputError, match=r"m\.part"):
        http.download(server.url("/m"), target, SHA)

    assert len(server.seen) == 1
    assert not target.exists()
