"""Headers that forbid what no page of ours does, on every answer, those of the framework too."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

#: For our own pages. Anything looser is set by the route that needs it.
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#: What local and public pages have in common.
STRICT: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    # Addresses hold readers' tokens.
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}


def with_headers(send: Send, headers: Mapping[str, str]) -> Send:
    """A `send` that adds headers to the answer; what a route has set itself stays."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in headers.items():
                sent.setdefault(name, value)
        await send(message)

    return send_with_headers
