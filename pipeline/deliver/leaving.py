"""Readers who leave while the database cannot be written to: on the disk at once, in the database when it is there.

Mail programs press the button once and do not come back (RFC 8058).
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

from pipeline.deliver.subscribers import Register, unsubscribe
from pipeline.errors import OutputError


class Leavers:
    """A folder with a file for each token whose reader has left. For several processes and threads at once."""

    def __init__(self, folder: Path) -> None:
        """Make nothing yet."""
        self._folder = folder

    def note(self, token: str) -> None:
        """Keep a genuine token; durable when it returns.

        Raises:
            OutputError: The file cannot be written.
        """
        path = self._folder / hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:32]
        beside = path.with_suffix(f".{os.getpid()}.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as file:
                file.write(token)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            raise OutputError(str(self._folder), f"cannot be written: {error.strerror}") from error

    def settle(self, register: Register, *, secret: bytes, now: datetime) -> int:
        """End the subscriptions that wait; how many.

        Raises:
            BusyError, StoreError: Not yet; they go on waiting.
        """
        waiting = [path for path in sorted(self._folder.glob("*")) if not path.suffix]
        for path in waiting:
            unsubscribe(register, path.read_text(encoding="utf-8"), now=now, secret=secret)
            path.unlink(missing_ok=True)  # after the deed: done twice, it changes nothing
        return len(waiting)
