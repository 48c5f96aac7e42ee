"""`cyberdigest doctor` and the DNS: each record that keeps mail from arriving is found, one by one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from deliver_cases import settings
from dns_server import NameServer, Table
from keys import dkim_pair

from pipeline.deliver.settings import DkimSettings, SmtpSettings
from pipeline.doctor import records
from pipeline.doctor.findings import Finding
from pipeline.doctor.names import Names, UnansweredError
from pipeline.errors import ConfigError

DOMAIN = "news.example.org"
Check = Callable[[Names], Finding]


@pytest.fixture
def ask() -> Callable[[Table, Check], Finding]:
    """Run one check against a table of records."""

    def run(table: Table, check: Check) -> Finding:
        with NameServer(table) as server:
            return records.asked("x", lambda: check(Names(server.address, seconds=0.6)))

    return run


def txt(*texts: str) -> list[str]:
    """TXT records; a long one in strings of 255."""
    return [" ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255)) for text in texts]


SPF: dict[str, tuple[Table, str, str]] = {
    "good": ({(DOMAIN, "TXT"): txt("v=spf1 ip4:192.0.2.1 -all", "other=1")}, "ok", "0 lookups"),
    "through an include": (
        {(DOMAIN, "TXT"): txt("v=spf1 a mx include:relay.example -all"), ("relay.example", "TXT"): txt("v=spf1 a")},
        "ok", "4 lookups",
    ),
    "redirected": (
        {(DOMAIN, "TXT"): txt("v=spf1 redirect=relay.example"), ("relay.example", "TXT"): txt("v=spf1 a ~all")},
        "ok", "ends by ~all",
    ),
    "capitals": ({(DOMAIN, "TXT"): txt("V=SPF1 IP4:192.0.2.1 -ALL")}, "ok", "0 lookups"),
    "no domain at all": ({}, "problem", "no SPF record"),
    "another text only": ({(DOMAIN, "TXT"): txt("v=spf10 -all")}, "problem", "no SPF record"),
    "two": ({(DOMAIN, "TXT"): txt("v=spf1 -all", "v=spf1 a -all")}, "problem", "2 SPF records"),
    "everybody": ({(DOMAIN, "TXT"): txt("v=spf1 +all")}, "problem", "everybody"),
    "everybody, unsaid": ({(DOMAIN, "TXT"): txt("v=spf1 all")}, "problem", "everybody"),
    "neutral": ({(DOMAIN, "TXT"): txt("v=spf1 a ?all")}, "advice", "rejects nobody"),
    "no end": ({(DOMAIN, "TXT"): txt("v=spf1 a mx")}, "advice", "rejects nobody"),
    "an include without a record": (
        {(DOMAIN, "TXT"): txt("v=spf1 include:gone.example -all")}, "problem", "gone.example has no SPF record",
    ),
    "too many lookups": (
        {(DOMAIN, "TXT"): txt("v=spf1 " + " ".join(f"a:h{n}.example" for n in range(11)) + " -all")},
        "problem", "more than 10 lookups",
    ),
    "a circle": ({(DOMAIN, "TXT"): txt(f"v=spf1 include:{DOMAIN} -all")}, "problem", "more than 10 lookups"),
    "servers that fail": ({(DOMAIN, "TXT"): "SERVFAIL"}, "not checked", "no name server gave a usable answer"),
    "silence": ({(DOMAIN, "TXT"): None}, "not checked", "within 0.6 s"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPF)
def test_spf(ask: Callable[[Table, Check], Finding], case: str) -> None:
    table, verdict, said = SPF[case]

    found = ask(table, lambda names: records.spf(names, DOMAIN))

    assert (found.verdict, said in found.said) == (verdict, True), found
    assert (found.todo is None) == (verdict == "ok")


def dmarc(text: str, domain: str = DOMAIN) -> Table:
    return {(f"_dmarc.{domain}", "TXT"): txt(text)}


DMARC: dict[str, tuple[Table, str, str]] = {
    "good": (dmarc("v=DMARC1; p=reject; rua=mailto:d@example.org"), "ok", f"p=reject at {DOMAIN}"),
    "of the organisation": (dmarc("v=DMARC1;p=none", "example.org"), "ok", "p=none at example.org"),
    "own before the organisation's": (
        dmarc("v=DMARC1;p=none", "example.org") | dmarc("v=DMARC1;p=reject"), "ok", f"p=reject at {DOMAIN}",
    ),
    "below a public suffix": (
        dmarc("v=DMARC1; p=reject; psd=y", "org") | dmarc("v=DMARC1; p=none", "example.org"),
        "ok", "p=none at example.org",
    ),
    "none": ({}, "problem", "no DMARC record"),
    "two": ({(f"_dmarc.{DOMAIN}", "TXT"): txt("v=DMARC1;p=none", "v=DMARC1;p=reject")}, "problem", "or several"),
    "version not first": (dmarc("p=none; v=DMARC1"), "problem", "no DMARC record"),
    "no p": (dmarc("v=DMARC1; rua=mailto:d@example.org"), "problem", "has no p"),
    "wrong p": (dmarc("v=DMARC1; p=block"), "problem", "does not exist"),
    "pct": (dmarc("v=DMARC1; p=reject; pct=50"), "advice", "no longer knows"),
    "refused": ({(f"_dmarc.{DOMAIN}", "TXT"): "REFUSED"}, "not checked", "no name server"),
}  # fmt: skip


@pytest.mark.parametrize("case", DMARC)
def test_dmarc(ask: Callable[[Table, Check], Finding], case: str) -> None:
    table, verdict, said = DMARC[case]

    found = ask(table, lambda names: records.dmarc(names, DOMAIN))

    assert (found.verdict, said in found.said) == (verdict, True), found


def test_the_tree_walk_asks_eight_names_at_most() -> None:
    """RFC 9989: of a long name the middle is left out, so that nobody makes receivers climb for ever."""
    with NameServer({}) as server:
        records.dmarc_walk(Names(server.address), "a.b.c.d.e.f.g.h.i.j.example.org")
        asked = [name for name, _ in server.asked]

    assert asked == [
        "_dmarc.a.b.c.d.e.f.g.h.i.j.example.org",
        *("_dmarc." + ".".join("fghij"[at:]) + ".example.org" for at in range(5)),
        "_dmarc.example.org",
        "_dmarc.org",
    ]


ALIGNMENT: dict[str, tuple[str | None, Table, str]] = {
    "the sender himself": (None, {}, "ok"),
    "a subdomain with one DMARC record above": (
        "b+{subscriber}@bounces.example.org", dmarc("v=DMARC1;p=none", "example.org"), "ok",
    ),
    "another house": ("b@relay.example", dmarc("v=DMARC1;p=none", "example.org"), "advice"),
}  # fmt: skip


@pytest.mark.parametrize("case", ALIGNMENT)
def test_alignment(ask: Callable[[Table, Check], Finding], case: str) -> None:
    address, table, verdict = ALIGNMENT[case]
    chosen = settings(25, sender=f"Digest <digest@{DOMAIN}>", bounce_address=address)

    assert ask(table, lambda names: records.alignment(names, chosen)).verdict == verdict


@pytest.fixture(scope="module")
def keys() -> dict[str, tuple[bytes, bytes]]:
    return {"own": dkim_pair(), "other": dkim_pair(), "short": dkim_pair(1024)}


DKIM: dict[str, tuple[str, list[str], str, str]] = {
    "good": ("own", ["v=DKIM1; k=rsa; p={own}"], "ok", "2048 bits and verifies"),
    "no version, as RFC 6376 allows": ("own", ["p={own}"], "ok", "verifies"),
    "no record": ("own", [], "problem", "no record"),
    "two records": ("own", ["v=DKIM1; p={own}", "v=DKIM1; p={other}"], "problem", "2 records"),
    "withdrawn": ("own", ["v=DKIM1; k=rsa; p="], "problem", "contains no usable key"),
    "no key": ("own", ["v=DKIM1; k=rsa; p=AAAA"], "problem", "contains no usable key"),
    "another key": ("own", ["v=DKIM1; k=rsa; p={other}"], "problem", "not the one that mail.dkim_key signs with"),
    "short": ("short", ["v=DKIM1; k=rsa; p={short}"], "problem", "1024 bits"),
    "testing": ("own", ["v=DKIM1; k=rsa; t=y; p={own}"], "advice", "t=y"),
}


@pytest.mark.needs("openssl")
@pytest.mark.parametrize("case", DKIM)
def test_dkim(ask: Callable[[Table, Check], Finding], keys: dict[str, tuple[bytes, bytes]], case: str) -> None:
    """A sample is signed with the private key, and must verify by the record."""
    key, texts, verdict, said = DKIM[case]
    public = {name: pair[1].decode() for name, pair in keys.items()}
    table: Table = {(f"s1._domainkey.{DOMAIN}", "TXT"): txt(*(text.format(**public) for text in texts))}
    chosen = DkimSettings(domain=DOMAIN, selector="s1", private_key=keys[key][0])

    found = ask(table, lambda names: records.dkim(names, chosen))

    assert (found.verdict, said in found.said) == (verdict, True), found
    assert "PRIVATE" not in repr(found)


@pytest.mark.parametrize("key", [b"no key", b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"])
def test_a_private_key_that_is_none(ask: Callable[[Table, Check], Finding], key: bytes) -> None:
    chosen = DkimSettings(domain=DOMAIN, selector="s1", private_key=key)

    found = ask({}, lambda names: records.dkim(names, chosen))

    assert (found.verdict, "can sign" in found.said) == ("problem", True)


def test_signing_needs_its_library(ask: Callable[[Table, Check], Finding], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dkim", None)
    chosen = DkimSettings(domain=DOMAIN, selector="s1", private_key=b"")

    found = ask({}, lambda names: records.dkim(names, chosen))

    assert (found.verdict, found.todo) == ("problem", "pip install 'cyberdigest[dkim]'")


def test_without_own_signing_nothing_is_known(ask: Callable[[Table, Check], Finding]) -> None:
    found = ask({}, lambda names: records.dkim(names, None))

    assert found.verdict == "not checked"
    assert found.todo is not None
    assert "dkim=pass" in found.todo


BOUNCES: dict[str, tuple[Table, str, str]] = {
    "MX": (
        {(DOMAIN, "MX"): ["20 b.example.", "10 mx.example."], ("mx.example", "A"): ["192.0.2.1"]}, "ok", "mx.example",
    ),
    "by IPv6 only": ({(DOMAIN, "MX"): ["10 mx.example."], ("mx.example", "AAAA"): ["2001:db8::1"]}, "ok", "mx.example"),
    "address only": ({(DOMAIN, "A"): ["192.0.2.1"]}, "ok", DOMAIN),
    "null MX": ({(DOMAIN, "MX"): ["0 ."]}, "problem", "takes no mail"),
    "MX without an address": ({(DOMAIN, "MX"): ["10 mx.example."]}, "problem", "no address"),
    "nothing": ({}, "problem", "neither MX nor address"),
}  # fmt: skip


@pytest.mark.parametrize("case", BOUNCES)
def test_bounces(ask: Callable[[Table, Check], Finding], case: str) -> None:
    table, verdict, said = BOUNCES[case]

    found = ask(table, lambda names: records.bounces(names, DOMAIN))

    assert (found.verdict, said in found.said) == (verdict, True), found


_PTR = ("4.4.8.8.in-addr.arpa", "PTR")
REVERSE: dict[str, tuple[dict[str, Any], Table, str]] = {
    "leads back": ({"host": "smtp.example"}, {
        ("smtp.example", "A"): ["8.8.4.4"], _PTR: ["out.example."], ("out.example", "A"): ["8.8.4.4"]}, "ok"),
    "an address in place of a name": ({"host": "8.8.4.4"}, {_PTR: ["out.example."], ("out.example", "A"): ["8.8.4.4"]},
                                      "ok"),
    "no name": ({"host": "smtp.example"}, {("smtp.example", "A"): ["8.8.4.4"]}, "advice"),
    "another's name": ({"host": "smtp.example"}, {
        ("smtp.example", "A"): ["8.8.4.4"], _PTR: ["out.example."], ("out.example", "A"): ["8.8.8.8"]}, "advice"),
    "a private network": ({"host": "smtp.example"}, {("smtp.example", "A"): ["10.0.0.1"]}, "not checked"),
    "this machine": ({}, {}, "not checked"),
}  # fmt: skip


@pytest.mark.parametrize("case", REVERSE)
def test_reverse_dns(ask: Callable[[Table, Check], Finding], case: str) -> None:
    changes, table, verdict = REVERSE[case]
    chosen: SmtpSettings = settings(25, **changes)

    assert ask(table, lambda names: records.reverse(names, chosen)).verdict == verdict


@pytest.mark.parametrize("server", ["ns.example.org", "192.0.2.1:0", "192.0.2.1:70000", "192.0.2.1:x", "1:2:3"])
def test_a_name_server_is_an_ip_address(server: str) -> None:
    with pytest.raises(ConfigError, match="--name-server"):
        Names(server)


@pytest.mark.parametrize(
    ("server", "parsed"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
    ],
)
def test_ways_to_write_a_name_server(server: str, parsed: tuple[str, int]) -> None:
    assert Names(server)._server == parsed


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "a..example", "é" * 80 + ".example"])
def test_a_name_that_is_none_is_unanswered(name: str) -> None:
    with NameServer({}) as server, pytest.raises(UnansweredError):
        Names(server.address).texts(name)


def test_silence_ends() -> None:
    """Several silent questions end within their deadlines, whatever the server does."""
    started = time.monotonic()
    with NameServer({("x.example", "TXT"): None}) as server, pytest.raises(UnansweredError):
        Names(server.address, seconds=0.5).texts("x.example")

    assert time.monotonic() - started < 3
