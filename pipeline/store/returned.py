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
        self,
        subscriber: str,
        day: date,
        reply: str,
        *,
        edition: str | None = None,
        is_returned: bool = False,
        within: timedelta | None = None,
    ) -> int:
        """Note that an edition was refused; on how many days one was so far, 0 for a reader who is not there.

        Args:
            subscriber: Whose address.
            day: The day of the refusal; told again of the same edition, the first stays.
            reply: The server's words, without the address.
            edition: What was refused; None when nobody knows, and then a day has one refusal.
            is_returned: It came back as a mail; that our own server takes the next message does not undo it.
            within: Days further away do not count.
        """
        # Nobody is erased between this look and the end of the transaction.
        reader = select(_P.id).where(_P.id == subscriber).with_for_update(read=True, key_share=True)
        with self._write("record bounce") as connection:
            if connection.execute(reader).first() is None:
                return 0
            row = {"subscriber": subscriber, "about": edition or day.isoformat(), "day": day, "reply": reply}
            statement = self._insert(schema.bounces).values(row | {"is_returned": is_returned})
            again = {"is_returned": _B.is_returned | statement.excluded.is_returned}
            connection.execute(statement.on_conflict_do_update(index_elements=[_B.subscriber, _B.about], set_=again))
            query = select(func.count(_B.day.distinct())).where(_B.subscriber == subscriber)
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
