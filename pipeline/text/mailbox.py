"""Mailboxes, hosts and addresses of pages as people write them, in the letters that mail and web servers take."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from urllib.parse import quote, urlsplit, urlunsplit

import idna

_MAILBOX = re.compile(r"(?:([^<>]*)<([^<>\s]+)>|([^<>\s]+))")
_CONTROL = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
#: What parts several addresses; an address that needs them is not one for a newsletter.
_PARTING = re.compile(r"[,;]")


def one_mailbox(text: str) -> Address:
    """The one mailbox of 'Name <address>' or a bare address, its domain in ASCII (RFC 5890).

    Raises:
        ValueError: It is none, or several; or its local part has letters beyond ASCII, which few servers take.
    """
    if _CONTROL.search(text):
        raise ValueError("must be one line without control characters")
    found = _MAILBOX.fullmatch(text.strip())
    local, _, domain = (found[2] or found[3] or "" if found else "").rpartition("@")
    if found is None or not local or not domain or _PARTING.search(local + domain):
        raise ValueError("one address is expected, such as 'Digest <digest@example.org>'")
    name = (found[1] or "").strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    try:
        return Address(display_name=name, addr_spec=f"{local}@{ascii_host(domain)}")
    except (HeaderParseError, IndexError) as error:
        raise ValueError(str(error)) from error


def ascii_host(host: str) -> str:
    """A domain name as it goes over the wire ("xn--…"); one in ASCII stays as it is.

    Raises:
        ValueError: It is no domain name.
    """
    return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")


def is_host(text: str) -> bool:
    """Whether a text can be looked up as a host's name; of "smtp..example.org" the system makes a fault of ours."""
    try:
        return bool(text.encode("idna"))
    except UnicodeError:
        return False


def ascii_url(url: str) -> str:
    """The address of a page in ASCII: host by IDNA, the rest percent-encoded; one in ASCII stays as it is.

    Raises:
        ValueError: Its host is no domain name.
    """
    if url.isascii():
        return url
    parts = urlsplit(url)
    host = ascii_host(parts.hostname or "")
    where = host if parts.port is None else f"{host}:{parts.port}"
    return urlunsplit((parts.scheme, where, *(quote(part, safe="%/?#=&:@!$'()*+,;~") for part in parts[2:])))
