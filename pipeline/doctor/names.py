"""Asking the domain name system, with a deadline for every question."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TypeVar

import dns.exception
import dns.rdatatype
import dns.resolver
import dns.reversename

from pipeline.errors import ConfigError

_T = TypeVar("_T")
_SECONDS = 5.0
#: Fits into one packet everywhere (DNS flag day 2020); longer answers come by TCP.
_PAYLOAD = 1232


class UnansweredError(Exception):
    """No name server gave a usable answer: nothing is known about the name."""


class Names:
    """The questions that checks ask. [] means that the name, or that kind of record, does not exist.

    Every method raises UnansweredError when no answer can be had.
    """

    def __init__(self, server: str | None = None, *, seconds: float = _SECONDS) -> None:
        """Ask the system's name servers, or the one at "address" or "address:port".

        Raises:
            ConfigError: That is no IP address.
        """
        self._server, self._seconds = _parsed(server) if server else None, seconds
        self._resolver: dns.resolver.Resolver | None = None

    def texts(self, name: str) -> list[str]:
        """TXT records, the strings of each put together."""
        return self._ask(name, "TXT", lambda row: b"".join(row.strings).decode("utf-8", "replace"))

    def exchanges(self, name: str) -> list[tuple[int, str]]:
        """MX records, preference and host, the first to be tried first."""
        found = self._ask(name, "MX", lambda row: (int(row.preference), row.exchange.to_text()))
        return sorted((preference, host.rstrip(".") or ".") for preference, host in found)

    def addresses(self, name: str) -> list[str]:
        """A and AAAA records."""
        return self._ask(name, "A", lambda row: str(row.address)) + self._ask(name, "AAAA", lambda row: row.address)

    def pointers(self, address: str) -> list[str]:
        """Names that an IP address says it has."""
        reverse = dns.reversename.from_address(address).to_text()
        return self._ask(reverse, "PTR", lambda row: row.target.to_text().rstrip("."))

    def _ask(self, name: str, kind: str, value: Callable[..., _T]) -> list[_T]:
        try:
            answer = self._open().resolve(name, kind, search=False, raise_on_no_answer=False, lifetime=self._seconds)
        except dns.resolver.NXDOMAIN:
            return []
        except dns.resolver.LifetimeTimeout as error:
            raise UnansweredError(f"no name server answered for {name} within {self._seconds:g} s") from error
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise UnansweredError(f"no name server gave a usable answer for {name} ({type(error).__name__})") from error
        return [value(row) for row in answer.rrset or ()]

    def _open(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            resolver = dns.resolver.Resolver(configure=self._server is None)
            if self._server is not None:
                resolver.nameservers, resolver.port = [self._server[0]], self._server[1]
            resolver.use_edns(0, 0, _PAYLOAD)
            self._resolver = resolver
        return self._resolver


def _parsed(server: str) -> tuple[str, int]:
    """ "192.0.2.53", "192.0.2.53:5353", "2001:db8::53" or "[2001:db8::53]:5353" as address and port."""
    host, _, port = server.rpartition(":") if server.count(":") == 1 or "]:" in server else (server, "", "53")
    try:
        address, number = str(ipaddress.ip_address(host.strip("[]"))), int(port)
        if not 0 < number < 65536:
            raise ValueError("no port")
    except ValueError as error:
        raise ConfigError("--name-server", f'"{server}" is no IP address, with or without a port') from error
    return address, number
