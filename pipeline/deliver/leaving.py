"""Readers who leave while the database cannot be written to: on the disk at once, in the database when it is there.

Mail programs press the button once and do not come back (RFC 8058).
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from datetime import datetime
from pathlib import Path

from pipeline.deliver.subscribers import Register, unsubscribe
from pipeline.errors import OutputError

#: Files of ours; what else lies in the folder (another's, or half written) is left alone.
_NAME = re.compile("[0-9a-f]{32}")


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
        beside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as file:
                file.write(token)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _flush_folder(self._folder)
        except OSError as error:
            raise OutputError(str(self._folder), f"cannot be written: {error.strerror}") from error

    def settle(self, register: Register, *, secret: bytes, now: datetime) -> int:
        """End the subscriptions that wait; how many.

        Raises:
            BusyError, StoreError: Not yet; they go on waiting.
            OutputError: A file cannot be read or taken away; the others are settled.
        """
        waiting = [path for path in sorted(self._folder.glob("*")) if _NAME.fullmatch(path.name)]
        settled, failed = 0, list[OutputError]()
        for path in waiting:
            try:
                settled += self._settle_one(path, register, secret, now)
            except OutputError as error:  # the others do not wait for this one
                failed.append(error)
        if failed:
            raise failed[0]
        return settled

    def _settle_one(self, path: Path, register: Register, secret: bytes, now: datetime) -> bool:
        try:
            token = path.read_bytes().decode("utf-8", "replace")
            unsubscribe(register, token, now=now, secret=secret)
            path.unlink(missing_ok=True)  # after the deed: done twice, it changes nothing
        except FileNotFoundError:  # another program was faster
            return False
        except OSError as error:
            raise OutputError(str(path), f"cannot record that a reader left: {error.strerror}") from error
        return True


def _flush_folder(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
