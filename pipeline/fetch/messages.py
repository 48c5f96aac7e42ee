"""What goes out of the door and what comes back, as plain values; and the first look at an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import httpx2

from pipeline.errors import FetchError

RequestKind = Literal["feed", "page", "file"]

_LONGEST_URL = 4096
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([^\s"';,]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One address to fetch, with the validators of the last answer."""

    url: str
    #: Sent back byte for byte, quotes and `W/` included.
    etag: str | None = None
    last_modified: str | None = None
    #: Accept header; None takes the one that fits the kind.
    accept: str | None = None
    #: Decides the size limit.
    kind: RequestKind = "page"
    #: Body of a POST; None means GET.
    content: bytes | None = None
    #: What that body is.
    content_type: str = "application/json"
    #: Whatever the server answers is a `Response`, refusals and redirects too; none is followed.
    as_it_is: bool = False
    #: Who named this address, itself an address (a feed's); None: the user's own settings. A host of the user's own is
    #: reached from one of them only, never because a stranger's feed or redirect points there.
    via: str | None = None
    #: Bearer token, sent to the host of `url` only, never after a redirect to another one.
    bearer: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A complete answer with status 2xx or 304; everything else is a `FetchError`, unless asked for `as_it_is`."""

    #: Address asked for.
    url: str
    #: Address after redirects.
    final_url: str
    status: int
    #: Names in lower case, values as sent (Latin-1), repeated ones joined by ", ".
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Decompressed, within the size limit of the kind.
    body: bytes = b""
    #: Charset and media type of the Content-Type header, lower case; None when it names none.
    charset: str | None = None
    content_type: str | None = None
    #: The final address when every redirect on the way was a permanent one, else None.
    moved_permanently_to: str | None = None


def checked_url(url: str) -> httpx2.URL:
    """The address as a parsed URL.

    Raises:
        FetchError: Not http or https, carries a user name or password, has no host, or is malformed.
    """
    if len(url) > _LONGEST_URL:
        raise FetchError(url[:100] + "…", f"the address is longer than {_LONGEST_URL} characters")
    if _CONTROL.search(url):
        raise FetchError(url, "the address holds a space, a backslash or a control character")
    try:
        parsed = httpx2.URL(url)
        host = parsed.host
    except (httpx2.InvalidURL, ValueError, UnicodeError) as error:
        raise FetchError(url, f"not a valid address ({error})") from error
    if parsed.scheme not in {"http", "https"}:
        raise FetchError(url, "only http and https addresses are fetched")
    if parsed.userinfo:
        raise FetchError(url, "addresses with a user name or password are not fetched")
    if not host or b"%" in parsed.raw_host:
        raise FetchError(url, "the address has no valid host")
    if parsed.port is not None and not 0 < parsed.port < 65536:
        raise FetchError(url, f"there is no port {parsed.port}")
    return parsed.copy_with(fragment=None)


def content_type(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Media type and charset of the Content-Type header, lower case, None for what it does not name."""
    value = headers.get("content-type", "")
    media_type = value.partition(";")[0].strip().lower()
    charset = _CHARSET.search(value)
    return media_type or None, charset[1].lower() if charset else None
