"""No request reaches an address that is not public, however it is spelled, redirected to, or resolved to."""

from __future__ import annotations

import asyncio
import itertools
import socket
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpcore2
import pytest
from fetch_server import Answer, Server

from pipeline.errors import FetchError
from pipeline.fetch.addresses import OwnHosts, literal, refusal
from pipeline.fetch.http import Http, Request
from pipeline.fetch.pages import fetch_pages
from pipeline.fetch.transport import GuardedBackend, system_resolver
from pipeline.model import Entry, Page

LOCAL_HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
    "0177.0x0.1", "127.0.0.1.", "127.255.255.254", "localhost", "LOCALHOST", "0", "0.0.0.0", "0x0", "00.0", "[::1]",
    "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[fec0::1]", "[ff02::1]",
]  # fmt: skip
ADDRESSES = [
    "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.53", "169.254.169.254",
    "169.254.0.1", "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.254", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::10.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::a00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:db8::1",
    "2002:a00:1::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0",
    "fec0::1", "feff::1", "ff02::1", "ff0e::1", "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "4000::1",
    "not an address",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "9.9.9.9", "100.128.0.1", "172.32.0.1", "198.20.0.1", "2606:4700:4700::1111", "2a00:1450::1",
          "::ffff:1.1.1.1", "64:ff9b::101:101"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_special_addresses_are_refused(address: str) -> None:
    """Every special-purpose block, and IPv4 hidden in IPv6."""
    assert refusal(address) is not None


@pytest.mark.parametrize(("address", "why"), [
    ("127.0.0.1", "loopback"), ("10.1.2.3", "private"), ("169.254.169.254", "link-local"),
    ("fe80::1%eth0", "link-local"), ("::ffff:127.0.0.1", "loopback"), ("64:ff9b::a9fe:a9fe", "link-local"),
    ("2002:7f00:1::", "6to4"),
    ("2606:4700::5efe:7f00:1", "ISATAP, loopback"), ("2001::1", "protocol assignments (Teredo, ORCHID)"),
    ("::1", "not public IPv6 (loopback, local, multicast or a wrapped IPv4 address)"),
    ("example.org", "not an IP address"),
])  # fmt: skip
def test_the_report_says_why_an_address_is_refused(address: str, why: str) -> None:
    assert refusal(address) == why


@pytest.mark.parametrize(("host", "address"), [
    ("127.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("127.0.0.1.", "127.0.0.1"),
    ("[::1]", "::1"), ("[0:0:0:0:0:0:0:1]", "::1"), ("example.org", None), ("example.org.", None), ("0xfood", None),
    ("1.example", None), ("0x7f000001", "127.0.0.1"), ("0X7F000001", "127.0.0.1"), ("127.0.0.0xFe", "127.0.0.254"),
    ("example.0x7g", None), ("example.0xg7", None), ("example.0g", None), ("a.x7", None),
])  # fmt: skip
def test_what_a_host_literally_is(host: str, address: str | None) -> None:
    assert literal(host) == address


@pytest.mark.parametrize("host", ["example.0x7f", "example.7", "1.2.3.0x1ff", "[::g]"])
def test_what_ends_in_a_number_and_is_no_address_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match=r"is not an IPv4 address|does not appear to be"):
        literal(host)


@pytest.mark.parametrize("host", ["example.0x7f", "1.2.3.0x1ff", "1.2.3.4.5"])
def test_the_door_says_so_and_asks_no_name_server(host: str) -> None:
    with Http(resolver=lambda _host, _port: pytest.fail("asked")) as http, pytest.raises(FetchError, match="an IPv4"):
        http.fetch(Request(url=f"http://{host}/"))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    """Public unicast, also behind NAT64."""
    assert refusal(address) is None


@pytest.mark.parametrize("host", ["1.2.3.4.5", "1.2.3.999", "example.0x7g", "1..2", "256"])
def test_literal_never_takes_a_number_for_a_name(host: str) -> None:
    """What ends in a number is an IPv4 address or nothing."""
    try:
        address = literal(host)
    except ValueError:
        return
    assert address is None or refusal(address) is not None or host == "256"


def test_no_local_spelling_reaches_the_canary() -> None:
    """Nothing arrives at a server on this machine, directly or by redirect, in any spelling."""
    with Server({"/canary": Answer(b"reached")}) as canary:
        targets = [f"http://{host}:{canary.port}/canary" for host in LOCAL_HOSTS]
        hops = {f"/{number}": Answer(status=302, headers={"Location": url}) for number, url in enumerate(targets)}
        hops["/twice"] = Answer(status=307, headers={"Location": "/0"})
        with Server(hops) as redirecting:
            allowed = [f"127.0.0.1:{redirecting.port}"]
            with Http(host_delay=0, allow_hosts=allowed, concurrency=8, per_host=8) as http:
                asked = [*targets, *(redirecting.url(path) for path in hops)]
                answers = list(http.fetch_many(Request(url=url) for url in asked))

    assert len(answers) == len(asked) == 2 * len(LOCAL_HOSTS) + 1
    assert [answer for _, answer in answers if not isinstance(answer, FetchError)] == []
    assert canary.seen == []


@pytest.mark.parametrize("url", [
    "file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1:1/", "data:text/html,x", "javascript:alert(1)",
    "http://user:secret@example.org/", "http://example.org@127.0.0.1/", "http:///x", "http://", "//example.org/",
    "http://127.0.0.1\\@example.org/", "http://exa mple.org/", "http://example.org:99999/", "http://[::1/", "",
    "http://example.org/" + "a" * 5000, "http://example.org/\r\nHost: x",
])  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    """Other schemes, credentials and malformed addresses never leave the house."""
    with Http(resolver=_fail) as http, pytest.raises(FetchError):
        http.fetch(Request(url=url))


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "http://[", "//"]
)
def test_redirects_lead_only_to_web_addresses(target: str) -> None:
    """A redirect is held to the same rules as the first address."""
    with (
        Server({"/": Answer(status=302, headers={"Location": target})}) as server,
        Http(allow_private=True, host_delay=0) as http,
        pytest.raises(FetchError, match="redirect"),
    ):
        http.fetch(Request(url=server.url("/")))


def test_the_system_names_each_address_once() -> None:
    """Whatever kinds of sockets it would open to them."""
    found = system_resolver("localhost", 80)
    assert found
    assert set(found) <= {"127.0.0.1", "::1"}
    assert len(found) == len(set(found))
    assert system_resolver("192.0.2.7", 443) == ["192.0.2.7"]


def test_a_name_is_resolved_once_and_that_address_is_dialled() -> None:
    """DNS rebinding: the second, private answer of the name server is never asked for."""
    answers = itertools.chain([["192.0.2.1"]], itertools.repeat(["127.0.0.1"]))
    with Server({"/": Answer(b"reached")}) as canary:
        url = f"http://rebind.example:{canary.port}/"
        with Http(resolver=lambda host, port: next(answers)) as http:
            with pytest.raises(FetchError, match=r"192\.0\.2\.1"):
                http.fetch(Request(url=url))
            with pytest.raises(FetchError, match=r"127\.0\.0\.1"):
                http.fetch(Request(url=url))

    assert canary.seen == []


def test_an_address_is_no_name() -> None:
    """No name server is asked what a literal address is: it could say anything."""
    with Server({"/": Answer(b"reached")}) as server, Http(allow_private=True, resolver=lambda *_: 1 / 0) as http:
        assert http.fetch(Request(url=server.url("/"))).body == b"reached"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (OSError("the resolver is broken"), "the resolver is broken"),
        (UnicodeError("label too long"), "label too long"),
    ],
)
def test_a_name_that_leads_nowhere_is_told(fault: Exception, reason: str) -> None:
    """Whatever goes wrong with it; one more try is made."""
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        raise fault

    told = rf"the name nowhere.example does not resolve \({reason}\)"
    with Http(resolver=resolver) as http, pytest.raises(FetchError, match=told):
        http.fetch(Request(url="http://nowhere.example/"))
    assert asked == ["nowhere.example"] * 2


def test_a_name_without_an_address_is_told() -> None:
    with Http(resolver=lambda *_: []) as http, pytest.raises(FetchError, match=r"nowhere\.example has no address"):
        http.fetch(Request(url="http://nowhere.example/"))


@pytest.mark.parametrize(
    ("addresses", "timeout", "dialled"),
    [
        (["1.1.1.1"], 10.0, [("1.1.1.1", 10.0)]),
        (["1.1.1.1"], None, [("1.1.1.1", None)]),
        (["2606:4700::1", "1.1.1.1"], 10.0, [("2606:4700::1", 5.0), ("1.1.1.1", 5.0)]),
        (["2606:4700::1", "1.1.1.1"], 2.0, [("2606:4700::1", 2.0), ("1.1.1.1", 2.0)]),
        (["2606:4700::1", "1.1.1.1"], None, [("2606:4700::1", 5.0), ("1.1.1.1", 5.0)]),
        (["2606:4700::1", "10.0.0.1"], 10.0, [("2606:4700::1", 10.0)]),
    ],
)
def test_a_dead_address_leaves_time_for_the_next(
    addresses: list[str], timeout: float | None, dialled: list[tuple[str, float | None]]
) -> None:
    """Of several each has its share; what is tried last tells why there is no connection."""
    tried: list[tuple[str, float | None]] = []

    class Network(httpcore2.AnyIOBackend):
        async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any) -> Any:
            tried.append((host, timeout))
            raise httpcore2.ConnectTimeout(f"{host}:{port} is silent")

    backend = GuardedBackend(resolver=lambda _host, _port: addresses, allow_private=False, own=OwnHosts())
    backend._backend = Network()
    with pytest.raises(httpcore2.ConnectError, match=rf"no connection to a.example.org:80 \({dialled[-1][0]}:80 is"):
        asyncio.run(backend.connect_tcp("a.example.org", 80, timeout))
    backend.close()
    assert tried == dialled


def test_private_addresses_among_public_ones_are_left_out() -> None:
    """Only the refused ones of several addresses are dropped; with none left the name is refused."""
    with (
        Http(resolver=lambda host, port: ["10.0.0.1", "::1", "fe80::1"]) as http,
        pytest.raises(FetchError, match="not a public address"),
    ):
        http.fetch(Request(url="http://mixed.example/"))


def test_proxy_settings_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy variable opens no way around the address check."""
    with Server({"/": Answer(b"direct")}) as server, Server({}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url("/"))
        with Http(allow_private=True) as http:
            assert http.fetch(Request(url=server.url("/"))).body == b"direct"

    assert proxy.seen == []


def test_netrc_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No credentials are sent, not even those of ~/.netrc."""
    netrc = tmp_path_factory.mktemp("netrc") / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password canary\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(netrc.parent))
    with Server({"/": Answer(b"x")}) as server, Http(allow_private=True) as http:
        http.fetch(Request(url=server.url("/")))

    assert "authorization" not in server.seen[0].headers


def test_allowed_hosts_are_reached_and_no_others() -> None:
    """`allow_hosts` opens one host and port, not the whole machine."""
    with Server({"/": Answer(b"own")}) as own, Server({"/": Answer(b"other")}) as other, ExitStack() as stack:
        http = stack.enter_context(Http(allow_hosts=[f"127.0.0.1:{own.port}"]))
        assert http.fetch(Request(url=own.url("/"))).body == b"own"
        with pytest.raises(FetchError):
            http.fetch(Request(url=other.url("/")))


@pytest.mark.parametrize(
    ("names", "url", "is_own"),
    [
        (["wiki.example.org"], "https://WIKI.example.org./x", True),
        (["wiki.example.org"], "http://wiki.example.org:8080/", True),
        (["wiki.example.org:8080"], "http://wiki.example.org:8080/", True),
        (["wiki.example.org:8080"], "http://wiki.example.org/", False),
        (["wiki.example.org:443"], "https://wiki.example.org/", True),
        (["[::1]:8080"], "http://[::1]:8080/", True),
        (["[::1]"], "http://[::1]/", True),
        (["wiki.example.org:80"], "http://wiki.example.org/", True),
        (["wiki.example.org:80"], "https://wiki.example.org/", False),
        (["wiki.example.org:443"], "http://wiki.example.org/", False),
        (["xx.example.org"], "http://xx.example.org/", True),
        (["::1"], "http://[::1]/", True),
        (["[::1]:8080"], "http://[::1]:81/", False),
        (["wiki.example.org"], "http://wiki.example.org.evil.example/", False),
        (["wiki.example.org"], "http://[broken/", False),
    ],
)
def test_own_hosts_in_every_spelling(names: list[str], url: str, is_own: bool) -> None:
    assert OwnHosts(names).holds_url(url) is is_own


def _named_locally(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def test_nobody_else_leads_to_an_own_host() -> None:
    """A stranger's feed that names or redirects to the intranet would have it read into a public edition."""
    with Server({"/secret": Answer(b"<p>payroll</p>")}) as own:
        there = own.url("/secret", "intranet.example.org")
        outside = {"/feed": Answer(status=302, headers={"Location": there})}
        with Server(outside) as stranger, ExitStack() as stack:
            http = stack.enter_context(
                Http(allow_private=True, allow_hosts=[f"intranet.example.org:{own.port}"], resolver=_named_locally)
            )
            feed = stranger.url("/feed", "news.example.org")
            with pytest.raises(FetchError, match="one of your own hosts"):
                http.fetch(Request(url=feed, kind="feed"))
            with pytest.raises(FetchError, match="one of your own hosts"):
                http.download(feed, Path("never"))
            pages = dict(fetch_pages([_entry(feed, there, "1")], http))
            assert all(isinstance(page, FetchError) for page in pages.values())
            assert own.seen == []
            own_feed = own.url("/feed", "intranet.example.org")
            pages = dict(fetch_pages([_entry(feed, there, "1"), _entry(own_feed, there, "2")], http))
            assert all(isinstance(page, Page) for page in pages.values())


def _entry(feed: str, url: str, id: str) -> Entry:
    return Entry(id=id, guid=id, feed=feed, url=url, title="News", first_seen=datetime(2026, 11, 23, tzinfo=UTC))


def _fail(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was resolved")
