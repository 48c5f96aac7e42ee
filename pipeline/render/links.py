"""The one place that decides which addresses a rendering may carry."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_MAX_LENGTH = 2000
#: What a browser strips or turns round before it reads the scheme: white space, controls, backslashes.
_NEVER = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")

_MAILTO = re.compile(r"mailto:[\w.+%-]+@[\w.-]+(\?subject=[\w.~%+-]*)?", re.ASCII)


def web_address(url: str | None) -> str | None:
    """Return the address when it is plain absolute http(s) without credentials, percent-encoded; None otherwise."""
    if not url or len(url) > _MAX_LENGTH or _NEVER.search(url.strip()):
        return None
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    # Quotes and angle brackets are legal in no address; a renderer that forgets to escape them stays harmless.
    return quote(parts.geturl(), safe="%/:=&?~#+!$,;@()*[]")


def leaving_address(url: str | None) -> str | None:
    """Return the address for unsubscribing: plain http(s), or one mailto address with at most a subject."""
    if url and _MAILTO.fullmatch(url) and len(url) <= _MAX_LENGTH:
        return url
    return web_address(url)


def shown_host(url: str) -> str:
    """Name of the site for a link's text: "cnil.fr"."""
    return (urlsplit(url).hostname or url).removeprefix("www.")
