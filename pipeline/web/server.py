"""The web server under the public pages: uvicorn, with the deadlines that it lacks."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

#: Open connections at most; the web server in front keeps slow visitors away from us.
CONNECTIONS = 50
#: For the head of a request, from the connection or from the last answer on.
HEAD_SECONDS = 10.0
#: From the head of a request to the end of its answer; longer than a busy database is waited for.
WHOLE_SECONDS = 90.0


class _Impatient(H11Protocol):
    """Fifty visitors who drip a byte now and then, or never read their answer, must not shut out all others."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The head of the first request is due."""
        super().connection_made(transport)
        self._expect(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        """When a request has begun, its answer is due."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before and not self.cycle.response_complete:
            self._expect(WHOLE_SECONDS)

    def on_response_complete(self) -> None:
        """The head of the next request is due; what is left of this one is of no interest."""
        self._expect(HEAD_SECONDS)
        before = self.cycle
        super().on_response_complete()
        if self.cycle is not before:  # it was waiting
            self._expect(WHOLE_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is due any more."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def _expect(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self.transport.abort)


def settings(*, proxy: str) -> dict[str, Any]:
    """How uvicorn serves the public pages.

    Args:
        proxy: Address of the reverse proxy whose X-Forwarded-For header is trusted.
    """
    return {
        "http": _Impatient,
        "ws": "none",
        "access_log": False,  # addresses hold tokens
        "proxy_headers": True,
        "forwarded_allow_ips": proxy,
        "limit_concurrency": CONNECTIONS,
    }
