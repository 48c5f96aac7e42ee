"""The door: sizes, deadlines, redirects, broken servers, manners, TLS."""

from __future__ import annotations

import asyncio
import gc
import gzip
import threading
import time
import zlib
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import brotli
import pytest
from fetch_server import Answer, Seen, Server
from keys import Certificate

from pipeline.errors import FetchError
from pipeline.fetch.http import Http, Request, Response

ZEROS = b"\0" * 30_000_000


def door(**options: Any) -> Http:
    return Http(**{"allow_private": True, "host_delay": 0, "deadline": 10, **options})


@cache
def bombs() -> dict[str, Answer]:
    twice = gzip.compress(gzip.compress(ZEROS))
    return {
        "/gzip": Answer(gzip.compress(ZEROS), headers={"Content-Encoding": "gzip"}),
        "/deflate": Answer(zlib.compress(ZEROS), headers={"Content-Encoding": "deflate"}),
        "/br": Answer(brotli.compress(ZEROS, quality=5), headers={"Content-Encoding": "br"}),
        "/twice": Answer(twice, headers={"Content-Encoding": "gzip, gzip"}),
        "/thrice": Answer(b"x", headers={"Content-Encoding": "gzip, gzip, gzip"}),
    }


@pytest.mark.parametrize("path", ["/gzip", "/deflate", "/br", "/twice", "/thrice"])
def test_decompression_bombs_stop_at_the_limit(path: str) -> None:
    """The limit counts decompressed bytes, and is reached in a fraction of a second of processor time."""
    with Server(bombs()) as server, door() as http:
        start = time.process_time()
        with pytest.raises(FetchError, match=r"limit of 5 MB|compressed more than"):
            http.fetch(Request(url=server.url(path)))

    assert time.process_time() - start < 2


def test_the_body_of_a_redirect_is_never_read() -> None:
    """A bomb behind a redirect costs nothing."""
    routes = {
        "/": Answer(gzip.compress(ZEROS), 302, {"Location": "/end", "Content-Encoding": "gzip"}),
        "/end": Answer(b"end"),
    }
    with Server(routes) as server, door() as http:
        assert http.fetch(Request(url=server.url("/"))).body == b"end"


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress)]
)
def test_compressed_answers_are_unpacked(encoding: str, pack: Any) -> None:
    """Each encoding that we ask for is understood."""
    with Server({"/": Answer(pack(b"text" * 99), headers={"Content-Encoding": encoding})}) as server, door() as http:
        assert http.fetch(Request(url=server.url("/"))).body == b"text" * 99

    assert encoding in server.seen[0].headers["accept-encoding"]


def test_broken_compression_is_an_error() -> None:
    """Bytes that do not unpack fail the feed, not the run."""
    broken = Answer(b"no gzip at all", headers={"Content-Encoding": "gzip"})
    with Server({"/": broken}) as server, door() as http, pytest.raises(FetchError):
        http.fetch(Request(url=server.url("/")))


def test_the_kind_decides_the_size_limit() -> None:
    """Feeds may be larger than pages."""
    with Server({"/": Answer(b"x" * 3000)}) as server, door(feed_bytes=4000, page_bytes=2000) as http:
        assert len(http.fetch(Request(url=server.url("/"), kind="feed")).body) == 3000
        with pytest.raises(FetchError, match="limit"):
            http.fetch(Request(url=server.url("/"), kind="page"))


def test_a_slow_drip_meets_the_total_deadline() -> None:
    """A server that sends a byte now and then cannot hold us, and does not hold up others."""

    def drip(out: Any) -> None:
        for _ in range(100):
            out.write(b"x")
            out.flush()
            time.sleep(0.1)

    routes = {"/drip": Answer(headers={"Content-Length": "100"}, writer=drip), "/ok": Answer(b"ok")}
    with Server(routes) as server, door(deadline=0.8) as http:
        start = time.perf_counter()
        answers = {}
        for request, answer in http.fetch_many([Request(url=server.url("/drip")), Request(url=server.url("/ok"))]):
            answers[request.url] = (answer, time.perf_counter() - start)

    slow, seconds = answers[server.url("/drip")]
    assert isinstance(slow, FetchError)
    assert "within 0.8 s" in slow.reason
    assert 0.5 < seconds < 3
    assert answers[server.url("/ok")][1] < 0.6


def test_an_endless_body_is_cut_off() -> None:
    """No Content-Length and no end: the size limit ends it."""

    def flood(out: Any) -> None:
        while True:
            out.write(b"x" * 65536)

    endless = Answer(headers={"Content-Length": None, "Connection": "close"}, writer=flood)
    with Server({"/": endless}) as server, door() as http, pytest.raises(FetchError, match="limit"):
        http.fetch(Request(url=server.url("/")))


def test_a_truncated_body_is_an_error() -> None:
    """Fewer bytes than announced are no answer, though they could be parsed; one more try is made."""
    short = Answer(b"<rss/>", headers={"Content-Length": "600"})
    with Server({"/": short}) as server, door() as http, pytest.raises(FetchError, match="cut off"):
        http.fetch(Request(url=server.url("/")))

    assert len(server.seen) == 2


def test_a_connection_lost_once_is_tried_again() -> None:
    """One lost connection is repaired by one retry."""
    answers = iter([Answer(b"", headers={"Content-Length": "9"}), Answer(b"complete")])
    with Server({"/": lambda seen: next(answers)}) as server, door() as http:
        assert http.fetch(Request(url=server.url("/"))).body == b"complete"


def test_huge_headers_are_refused() -> None:
    """A head without end is not read to its end."""
    long = Answer(b"x", headers={"X-Long": "y" * 300_000})
    with Server({"/": long}) as server, door() as http, pytest.raises(FetchError):
        http.fetch(Request(url=server.url("/")))


def test_redirect_loops_end() -> None:
    """Five redirects, not six."""
    routes: dict[str, Any] = {f"/{n}": Answer(status=302, headers={"Location": f"/{n + 1}"}) for n in range(9)}
    routes["/loop"] = Answer(status=301, headers={"Location": "/loop"})
    routes["/9"] = Answer(b"end")
    with Server(routes) as server, door() as http:
        assert http.fetch(Request(url=server.url("/4"))).body == b"end"
        for path in ("/3", "/loop"):
            with pytest.raises(FetchError, match="redirects"):
                http.fetch(Request(url=server.url(path)))


@pytest.mark.parametrize(
    ("status", "is_permanent"), [(301, True), (302, False), (303, False), (307, False), (308, True)]
)
def test_every_kind_of_redirect_is_followed(status: int, is_permanent: bool) -> None:
    """Two of the five say that the address has moved for good."""
    routes = {"/": Answer(status=status, headers={"Location": "/end"}), "/end": Answer(b"end")}
    with Server(routes) as server, door() as http:
        answer = http.fetch(Request(url=server.url("/")))

    assert answer.body == b"end"
    assert answer.moved_permanently_to == (server.url("/end") if is_permanent else None)


def test_redirects_do_not_start_the_deadline_anew() -> None:
    """What a chain takes in all counts, not what each of its steps takes."""

    def slowly(answer: Answer) -> Callable[[Seen], Answer]:
        def after_a_while(_: Seen) -> Answer:
            time.sleep(0.4)
            return answer

        return after_a_while

    routes = {f"/{n}": slowly(Answer(status=302, headers={"Location": f"/{n + 1}"})) for n in range(3)}
    routes["/3"] = slowly(Answer(b"end"))
    with Server(routes) as server, door(deadline=0.9) as http, pytest.raises(FetchError, match=r"within 0\.9 s"):
        http.fetch(Request(url=server.url("/0")))


def test_permanent_moves_are_reported() -> None:
    """Only a chain of permanent redirects says that the feed has moved."""
    routes = {
        "/a": Answer(status=301, headers={"Location": "/b"}),
        "/b": Answer(status=308, headers={"Location": "/end"}),
        "/c": Answer(status=302, headers={"Location": "/a"}),
        "/end": Answer(b"end", headers={"Content-Type": 'text/HTML; charset="ISO-8859-1"'}),
    }
    with Server(routes) as server, door() as http:
        moved = http.fetch(Request(url=server.url("/a")))
        found = http.fetch(Request(url=server.url("/c")))

    assert moved.moved_permanently_to == moved.final_url == found.final_url == server.url("/end")
    assert found.moved_permanently_to is None
    assert (moved.content_type, moved.charset) == ("text/html", "iso-8859-1")


def test_validators_travel_byte_for_byte() -> None:
    """ETag and Last-Modified come back exactly as they were sent, weak mark, quotes and odd bytes included."""
    etag, modified = 'W/"é  x,\'y"', "Sun, 22 Nov 2026 23:00:00 GMT"

    def route(seen: Seen) -> Answer:
        if seen.headers.get("if-none-match") == etag and seen.headers.get("if-modified-since") == modified:
            return Answer(status=304, headers={"Content-Length": None})
        return Answer(b"body", headers={"ETag": etag, "Last-Modified": modified})

    with Server({"/": route}) as server, door() as http:
        first = http.fetch(Request(url=server.url("/")))
        validators = {"etag": first.headers["etag"], "last_modified": first.headers["last-modified"]}
        second = http.fetch(Request(url=server.url("/"), **validators))

    assert first.headers["etag"] == etag
    assert (second.status, second.body) == (304, b"")


def test_hostile_validators_are_refused_not_sent() -> None:
    """A stored value with a line end cannot add a header."""
    with Server({"/": Answer(b"x")}) as server, door() as http, pytest.raises(FetchError):
        http.fetch(Request(url=server.url("/"), etag='"x"\r\nX-Evil: 1'))

    assert server.seen == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 500, 502, 599, 300])
def test_other_answers_are_errors_with_their_status(status: int) -> None:
    """The caller gets the status, whatever it is."""
    with Server({"/": Answer(b"no", status)}) as server, door() as http, pytest.raises(FetchError) as caught:
        http.fetch(Request(url=server.url("/")))

    assert caught.value.status == status
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_long_is_left_alone(status: int) -> None:
    """After Retry-After nothing more goes to that host in this run; its others wait for an hour at most."""
    routes = {"/a": Answer(status=status, headers={"Retry-After": "86400"}), "/b": Answer(b"x")}
    with Server(routes) as server, door() as http:
        told = []
        for path in ("/a", "/b"):
            with pytest.raises(FetchError) as caught:
                http.fetch(Request(url=server.url(path)))
            told.append(caught.value.retry_after)

    assert told == [86400, pytest.approx(3600, abs=10)]
    assert server.paths() == ["/a"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_a_moment_gets_it(status: int) -> None:
    """The request that was turned away fails; the next ones come when the host said, and at once elsewhere."""
    answered: list[tuple[str, float]] = []

    def note(answer: Answer) -> Callable[[Seen], Answer]:
        def at(seen: Seen) -> Answer:
            answered.append((seen.path, time.perf_counter()))
            return answer

        return at

    busy = {"/a": note(Answer(status=status, headers={"Retry-After": "1"})), "/b": note(Answer(b"b"))}
    with Server(busy) as server, Server({"/c": note(Answer(b"c"))}) as other, door() as http:
        with pytest.raises(FetchError, match=f"answered {status}"):
            http.fetch(Request(url=server.url("/a")))
        for _, answer in http.fetch_many([Request(url=server.url("/b")), Request(url=other.url("/c"))]):
            assert isinstance(answer, Response)

    assert [path for path, _ in answered] == ["/a", "/c", "/b"]
    assert answered[2][1] - answered[0][1] >= 0.95


@pytest.mark.parametrize(("status", "wish"), [(503, None), (503, "0"), (503, "soon"), (500, "3600"), (404, "3600")])
def test_a_host_that_asks_for_nothing_stays_open(status: int, wish: str | None) -> None:
    """One address that fails says nothing of the others."""
    routes = {"/a": Answer(status=status, headers={"Retry-After": wish} if wish else {}), "/b": Answer(b"x")}
    with Server(routes) as server, door() as http:
        with pytest.raises(FetchError):
            http.fetch(Request(url=server.url("/a")))
        assert http.fetch(Request(url=server.url("/b"))).body == b"x"


def test_a_key_is_for_its_own_server_only() -> None:
    """It goes along to another address there, never to the host that a redirect names."""
    with Server({"/": Answer(b"x")}) as other:
        routes = {
            "/near": Answer(status=307, headers={"Location": "/there"}),
            "/there": Answer(b"x"),
            "/far": Answer(status=307, headers={"Location": other.url("/")}),
        }
        with Server(routes) as server, door() as http:
            for path in ("/near", "/far"):
                http.fetch(Request(url=server.url(path), bearer="secret"))

    assert [seen.headers.get("authorization") for seen in server.seen] == ["Bearer secret"] * 3
    assert [seen.headers.get("authorization") for seen in other.seen] == [None]


def test_no_cookie_is_kept() -> None:
    """What one answer sets, the next request does not carry."""
    with Server({"/": Answer(b"x", headers={"Set-Cookie": "id=1; Path=/"})}) as server, door() as http:
        for _ in range(2):
            http.fetch(Request(url=server.url("/")))

    assert all("cookie" not in seen.headers for seen in server.seen)
    assert all("cyberdigest" in seen.headers["user-agent"] for seen in server.seen)


def test_few_requests_at_once_and_a_pause_between_them() -> None:
    """Two connections per host, starts apart."""
    running, most, starts = 0, 0, []

    def slow(seen: Seen) -> Answer:
        nonlocal running, most
        starts.append(time.perf_counter())
        running += 1
        most = max(most, running)
        time.sleep(0.1)
        running -= 1
        return Answer(b"x")

    with Server({f"/{n}": slow for n in range(6)}) as server, door(host_delay=0.03) as http:
        assert len(list(http.fetch_many(Request(url=server.url(f"/{n}")) for n in range(6)))) == 6

    assert most <= 2
    assert min(later - earlier for earlier, later in pairwise(starts)) > 0.01


def test_name_servers_that_do_not_answer_cost_the_others_nothing() -> None:
    """A lookup cannot be given up: its thread hangs on after its request has ended."""
    hangs = threading.Event()

    def resolver(host: str, _port: int) -> list[str]:
        if host.startswith("dead"):
            hangs.wait(20)
        return ["127.0.0.1"]

    with Server({"/": Answer(b"here")}) as server:
        http = door(resolver=resolver, deadline=1)
        dead = [Request(url=server.url("/", host=f"dead{number}.example.org")) for number in range(40)]
        try:
            failed = [answer for _, answer in http.fetch_many(dead)]
            assert all(isinstance(answer, FetchError) for answer in failed)
            assert http.fetch(Request(url=server.url("/", host="alive.example.org"))).body == b"here"
            start = time.perf_counter()
            http.close()
            assert time.perf_counter() - start < 2
        finally:
            hangs.set()


def test_nothing_listens() -> None:
    """A refused connection and an unknown name are one line each."""
    with door() as http:
        with pytest.raises(FetchError, match="no connection"):
            http.fetch(Request(url="http://127.0.0.1:9/"))
        with pytest.raises(FetchError, match="does not resolve"):
            http.fetch(Request(url="http://no-such-host.invalid/"))


def test_answers_that_are_not_http() -> None:
    """Garbage where a status line should be is a fault of the server."""

    def garbage(out: Any) -> None:
        out.write(b"\x00\x01garbage\r\n\r\n")

    with (
        Server(
            {
                "/": Answer(
                    status=200, headers={"Content-Length": "5000", "Transfer-Encoding": "chunked"}, writer=garbage
                )
            }
        ) as server,
        door() as http,
        pytest.raises(FetchError),
    ):
        http.fetch(Request(url=server.url("/")))


def test_a_consumer_that_walks_away_leaves_nothing_behind() -> None:
    """Breaking out of fetch_many cancels the rest; the door closes at once."""
    with Server({f"/{n}": lambda seen: (time.sleep(0.3), Answer(b"x"))[1] for n in range(30)}) as server:
        start = time.perf_counter()
        with door() as http:
            for _ in http.fetch_many(Request(url=server.url(f"/{n}")) for n in range(30)):
                break

    assert time.perf_counter() - start < 3
    with pytest.raises(RuntimeError):
        http.fetch(Request(url="http://127.0.0.1/"))


def test_the_door_closes_on_what_is_under_way() -> None:
    """Though somebody still holds the iterator whose requests they are."""
    with Server({f"/{n}": lambda seen: (time.sleep(0.3), Answer(b"x"))[1] for n in range(60)}) as server:
        start = time.perf_counter()
        with door() as http:
            answers = http.fetch_many([Request(url=server.url(f"/{n}")) for n in range(60)])
            next(answers)
        assert time.perf_counter() - start < 5
        answers.close()


@pytest.mark.parametrize("step", ["_new_exchange", "run_coroutine_threadsafe"])
def test_interrupted_while_opening_leaves_nothing_unawaited(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Ctrl-C comes while certificates are loaded; a warning would be an error here."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Http if step == "_new_exchange" else asyncio, step, interrupted)
    http = door()
    with pytest.raises(KeyboardInterrupt):
        http.fetch(Request(url="http://127.0.0.1/"))
    with pytest.raises(KeyboardInterrupt):
        list(http.fetch_many([Request(url="http://127.0.0.1/")]))
    gc.collect()
    monkeypatch.undo()
    http.close()


def test_an_answer_as_it_is() -> None:
    """Redirects and refusals are looked at, not followed and not errors; a form is sent as one."""
    routes = {
        "/there": Answer(b"moved", status=302, headers={"Location": "/elsewhere"}),
        "/gone": Answer(b"gone", status=404),
    }
    with Server(routes) as server, door() as http:
        asked = {path: http.fetch(Request(url=server.url(path), as_it_is=True)) for path in routes}
        with pytest.raises(FetchError):
            http.fetch(Request(url=server.url("/gone")))

    assert {path: (answer.status, answer.body) for path, answer in asked.items()} == {
        "/there": (302, b"moved"), "/gone": (404, b"gone"),
    }  # fmt: skip
    assert server.paths() == ["/there", "/gone", "/gone"]


def test_post_is_sent_once() -> None:
    """A POST is not repeated when the connection breaks: it may have had its effect."""
    with Server({}) as server, door() as http, pytest.raises(FetchError):
        http.fetch(Request(url=server.url("/"), kind="file", content=b"{}"))

    assert len(server.seen) <= 1


@pytest.mark.needs("openssl")
def test_certificates_are_verified(certificate: Certificate) -> None:
    """Self-signed and wrong-host certificates end in an error; a trusted one for the right name works."""
    local = {"resolver": lambda host, port: ["127.0.0.1"]}
    routes = {"/": Answer(b"secret"), "/down": Answer(status=302, headers={"Location": "http://feeds.example/"})}
    with Server(routes, context=certificate.server_context()) as server:
        right, wrong = (server.url("/", host=name) for name in ("feeds.example", "other.example"))
        with door(**local) as http, pytest.raises(FetchError, match="TLS"):
            http.fetch(Request(url=right))
        with door(**local, ssl_context=certificate.trusting_context()) as http:
            with pytest.raises(FetchError, match="TLS"):
                http.fetch(Request(url=wrong))
            assert http.fetch(Request(url=right)).body == b"secret"
            with pytest.raises(FetchError, match="back to http"):
                http.fetch(Request(url=server.url("/down", host="feeds.example")))

    assert server.paths() == ["/", "/down"]


def test_many_fetches_come_as_they_complete() -> None:
    """Every request is answered once; a fast answer does not wait for a slow one."""
    routes: dict[str, Any] = {f"/{n}": Answer(str(n).encode()) for n in range(60)}
    routes["/0"] = lambda seen: (time.sleep(0.5), Answer(b"0"))[1]
    with Server(routes) as server, door(per_host=8) as http:
        got = [
            (request.url, answer)
            for request, answer in http.fetch_many(Request(url=server.url(f"/{n}")) for n in range(60))
        ]

    assert sorted(url for url, _ in got) == sorted(server.url(f"/{n}") for n in range(60))
    assert all(isinstance(answer, Response) for _, answer in got)
    assert got[0][0] != server.url("/0")
