"""Which addresses of the internet we may dial: public unicast only, whatever way the address is written.

The table is our own because `ipaddress.is_global` of Python 3.11 calls 64:ff9b::7f00:1, 2002:7f00:1::, ::127.0.0.1,
fec0::1 and ff02::1 global.

Sources: IANA special-purpose address registries (RFC 6890), RFC 6052 (NAT64), RFC 3056 (6to4), RFC 5214 (ISATAP).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_REFUSED_V4 = {
    IPv4Network(network): why
    for network, why in {
        "0.0.0.0/8": "this network",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "carrier-grade NAT",
        "127.0.0.0/8": "loopback",
        "169.254.0.0/16": "link-local",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "protocol assignments",
        "192.0.2.0/24": "documentation",
        "192.88.99.0/24": "6to4 relay",
        "192.168.0.0/16": "private",
        "198.18.0.0/15": "benchmarking",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
    }.items()
}
#: The one block of IPv6 that is handed out for public unicast.
_PUBLIC_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = {
    IPv6Network(network): why
    for network, why in {
        "2001::/23": "protocol assignments (Teredo, ORCHID)",
        "2001:db8::/32": "documentation",
        "2002::/16": "6to4",
        "3fff::/20": "documentation",
    }.items()
}
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
#: Interface identifiers of ISATAP: 0000:5efe or 0200:5efe, then an IPv4 address.
_ISATAP = {0x00005EFE, 0x02005EFE}


class OwnHosts:
    """Servers of the user's own, which may be reached although they are not public."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Remember them: "host" (any port of it) or "host:port"; IPv6 addresses in brackets, as in addresses."""
        self._names = frozenset(name.lower() for name in names)

    def holds(self, host: str, port: int) -> bool:
        """Whether a host, brackets or not, is one of them."""
        bare = host.lower().strip("[]").rstrip(".")
        shown = f"[{bare}]" if ":" in bare else bare
        return bool(self._names & {bare, shown, f"{shown}:{port}"})

    def holds_url(self, url: str) -> bool:
        """The same for a web address; False for what is none."""
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            return False
        return self.holds(parts.hostname or "", port)


def refusal(address: str) -> str | None:
    """Why an IP address must not be dialled, None when it is public unicast."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an IP address"
    return _refusal_v4(ip) if isinstance(ip, IPv4Address) else _refusal_v6(ip)


def literal(host: str) -> str | None:
    """The IP address that a host literally is, in any spelling (`127.1`, `0x7f.1`, `2130706433`, `[::1]`), else None.

    A host whose last label is a number is an address, never a name (WHATWG URL standard, "ends in a number").

    Raises:
        ValueError: The host looks like an address but is none.
    """
    bare = host.strip("[]").rstrip(".")
    if ":" in bare:
        return str(ip_address(bare))
    last = bare.rpartition(".")[2].lower()
    if last.isdigit() or (last.startswith("0x") and all(digit in "0123456789abcdef" for digit in last[2:])):
        try:
            return socket.inet_ntoa(socket.inet_aton(bare))
        except (OSError, UnicodeError) as error:
            raise ValueError(f"{host!r} is not an IPv4 address") from error
    return None


def _refusal_v4(ip: IPv4Address) -> str | None:
    return next((why for network, why in _REFUSED_V4.items() if ip in network), None)


def _refusal_v6(ip: IPv6Address) -> str | None:
    if ip.scope_id is not None:
        return "link-local"
    low = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _MAPPED or ip in _NAT64:
        return _refusal_v4(low)
    if ip not in _PUBLIC_V6:
        return "not public IPv6 (loopback, local, multicast or a wrapped IPv4 address)"
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP and (why := _refusal_v4(low)):
        return f"ISATAP, {why}"
    return next((why for network, why in _REFUSED_V6.items() if ip in network), None)
