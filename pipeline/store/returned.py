"""Refusals and mail that came back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select

from pipeline.store import schema
from pipeline.store.base import Base

_P = schema.subscribers.c
_B = schema.bounces.c


class Returned(Base):
    """What is remembered of mail that did not arrive."""

    def record_bounce(
        self, subscriber: str, day: date, reply: str, *, is_returned: bool = False, within: timedelta | None = None
    ) -> int:
        """Note that an address was refused that day; on how many days it was so far, 0 for a reader who is not there.

        Args:
            subscriber: Whose address.
            day: The day of the refusal.
            reply: The server's words, without the address.
            is_returned: It came back as a mail; that our own server takes the next message does not undo it.
            within: Days further away do not count.
        """
        # Nobody is erased between this look and the end of the transaction.
        known = select(_P.id).where(_P.id == subscriber).with_for_update(read=True, key_share=True)
        with self._write("record bounce") as connection:
            if connection.execute(known).first() is None:
                return 0
            row = {"subscriber": subscriber, "day": day, "reply": reply, "is_returned": is_returned}
            connection.execute(self._insert(schema.bounces).values(row).on_conflict_do_nothing())
            query = select(func.count()).select_from(schema.bounces).where(_B.subscriber == subscriber)
            if within is not None:
                query = query.where(_B.day.between(day - within, day + within))
            return connection.execute(query).scalar_one()

    def forget_bounces(self, subscriber: str) -> None:
        """The address was taken again by the server that had refused it."""
        refused = (_B.subscriber == subscriber, _B.is_returned.is_(False))
        with self._read() as connection:  # nearly always there is nothing to forget, and a write costs a disk flush
            if connection.execute(select(_B.day).where(*refused).limit(1)).first() is None:
                return
        with self._write("forget bounces") as connection:
            connection.execute(delete(schema.bounces).where(*refused))

    def is_read(self, digest: str) -> bool:
        """Whether a mail of that digest was acted on before."""
        with self._read() as connection:
            query = select(schema.reports.c.digest).where(schema.reports.c.digest == digest)
            return connection.execute(query).first() is not None

    def note_read(self, digest: str, *, now: datetime) -> None:
        """A mail was acted on; read again, it changes nothing."""
        with self._write("note report") as connection:
            statement = self._insert(schema.reports).values(digest=digest, read=now)
            connection.execute(statement.on_conflict_do_nothing())
