"""Manners towards other people's servers: few connections per host, a pause between them, Retry-After obeyed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: Longest wait a server may ask for; longer ones are taken for mistakes.
LONGEST_WAIT = timedelta(days=31)
#: How long one answer closes its whole host, in seconds. One address that is told to come back in a month must not take
#: the other feeds of a big host with it; a run is over by then, and the next asks once.
LONGEST_CLOSURE = 3600.0
#: How long a run waits for one host in all, in seconds; after that, requests are refused instead of made.
PATIENCE = 60.0


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks us to stay away, at most 31 days; None when it asks for nothing readable.

    Both forms of RFC 9110, section 10.2.3: seconds and HTTP date.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        seconds = float(int(text[:12]))
    else:
        try:
            when = parsedate_to_datetime(text)
        except (ValueError, IndexError, OverflowError):
            return None
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT.total_seconds())


class Hosts:
    """Turns at each host, and the hosts that asked us to stay away. Belongs to one event loop."""

    def __init__(self, *, overall: int, per_host: int, delay: float) -> None:
        self._overall = asyncio.Semaphore(overall)
        self._per_host, self._delay = per_host, delay
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._next_start: dict[str, float] = {}
        self._closed_until: dict[str, float] = {}
        self._patience: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a place at the host, for the pause since its last request, and for a place overall.

        A host that asked us to stay away is waited for while `PATIENCE` lasts; after that the turn comes at once, and
        `closed_for` says that it must not be used.
        """
        slot = self._slots.setdefault(host, asyncio.Semaphore(self._per_host))
        async with slot:
            await self._pause(host, _now())
            while self.closed_for(host) and self._patience[host] >= 0:
                await self._pause(host, self._closed_until[host])
            async with self._overall:
                yield

    async def _pause(self, host: str, earliest: float) -> None:
        start = max(earliest, self._next_start.get(host, 0.0))
        self._next_start[host] = start + self._delay
        if start > (now := _now()):
            await asyncio.sleep(start - now)

    def close(self, host: str, seconds: float) -> None:
        """The host asked us to stay away for so many seconds, of which an hour counts; the longest wish holds."""
        now = _now()
        before = max(now, self._closed_until.get(host, 0.0))
        until = max(before, now + min(seconds, LONGEST_CLOSURE))
        self._closed_until[host] = until
        self._patience[host] = self._patience.get(host, PATIENCE) - (until - before)

    def closed_for(self, host: str) -> float:
        """Seconds the host still wants to be left alone."""
        return max(0.0, self._closed_until.get(host, 0.0) - _now())


def _now() -> float:
    return asyncio.get_running_loop().time()
