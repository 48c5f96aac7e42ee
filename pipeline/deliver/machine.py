"""Which machine may send, and from which state of the ledger: copies and backups must not mail everybody again."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipeline.deliver.ledger import Ledger, moved
from pipeline.errors import DeliveryError, OutputError

_DIGITS = 20


class Machine:
    """The computer this runs on.

    The database knows which one sends. A file here, outside the database, knows how many tries there were: a database
    that counts fewer is a backup, and does not know what was sent since.
    """

    def __init__(self, name: str | None = None, witness: Path | None = None) -> None:
        """Look at nothing yet.

        Args:
            name: The host's; None is any host.
            witness: The file, made when missing; None keeps none.
        """
        self._name, self._witness = name, witness
        self._tries = 0

    def take_over(self, ledger: Ledger, *, now: datetime, adopt: bool) -> list[str]:
        """Be the machine that sends; what a person should know. The caller holds the run lock.

        With `adopt` a ledger that lost its memory may be used: what it holds for unsent is in doubt then.

        Raises:
            DeliveryError: Another machine sends, or the database is older than what was sent; permanent.
            OutputError: The file cannot be kept.
        """
        name = (self._name or "").encode()
        if name and ledger.setting("sending-host", name, replace=adopt) != name:
            reason = "this database last sent mail from another machine; if it has moved here for good, adopt it"
            raise DeliveryError(reason, permanent=True)
        self._tries, seen = ledger.tries(), self._seen()
        told = []
        if self._tries < seen:
            if not adopt:
                raise DeliveryError(
                    f"this database knows of {self._tries} tries to send, this machine of {seen}: it is an old copy "
                    "and would send again what was sent since; after the day's edition is over, adopt it",
                    permanent=True,
                )
            doubted = _doubt_all(ledger, now)
            told = [f"an old copy was adopted: {doubted} messages may have been sent before, and are in doubt"]
        self._note()
        return told

    def tried(self) -> None:
        """One more try is in the ledger.

        Raises:
            OutputError: The file cannot be kept.
        """
        self._tries += 1
        self._note()

    def _seen(self) -> int:
        return 0 if self._witness is None else tries_noted(self._witness)

    def _note(self) -> None:
        if self._witness is None:
            return
        try:
            handle = os.open(self._witness, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.pwrite(handle, f"{self._tries:0{_DIGITS}}\n".encode(), 0)
            finally:
                os.close(handle)
        except OSError as error:
            raise OutputError(str(self._witness), f"cannot be written: {error.strerror}") from error


def tries_noted(witness: Path) -> int:
    """How many tries the file counts; 0 without one."""
    with suppress(OSError, ValueError):
        return int(witness.read_bytes()[:_DIGITS])
    return 0


def _doubt_all(ledger: Ledger, now: datetime) -> int:
    reason = "the database is an old copy"
    waiting = ledger.deliveries(state="pending")
    return sum(
        ledger.change_delivery(moved(item, "uncertain", now=now, reason=reason), expected="pending") for item in waiting
    )
