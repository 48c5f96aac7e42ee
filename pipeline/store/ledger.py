"""The ledger of deliveries: who gets an edition, and how far each message came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from pipeline.errors import BusyError
from pipeline.model import Delivery, DeliveryState, Subscriber
from pipeline.store import codec, schema
from pipeline.store.base import Base, pieces
from pipeline.store.editing import hold, newest_number

_P = schema.subscribers.c
_L = schema.deliveries.c


class Ledger(Base):
    """What was sent to whom."""

    def mailing_frozen(self, edition: str) -> datetime | None:
        """When the recipients of an edition were frozen, None before."""
        query = select(schema.mailings.c.frozen).where(schema.mailings.c.edition == edition)
        with self._read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def freeze_recipients(
        self,
        edition: str,
        recipients: Sequence[tuple[Delivery, Subscriber]],
        *,
        now: datetime,
        revision: int | None = None,
    ) -> int:
        """Write down, in one transaction, who gets an edition; deliveries that exist stay as they are.

        Args:
            edition: From now on no editor can change it.
            recipients: Who gets it.
            now: Time of freezing.
            revision: What will be sent; None for whatever stands.
        Raises:
            BusyError: An editor has changed the edition since that revision was read, or removed it.
        """
        rows = [
            codec.to_data(delivery)
            | {"changed": delivery.changed, "not_before": delivery.not_before, "reason": delivery.reason}
            | {"planned": now, "recipient": subscriber}
            for delivery, subscriber in recipients
        ]
        with self._write("freeze recipients") as connection:
            if not hold(connection, edition):
                raise BusyError(f"{edition} was removed while it was about to be sent")
            if revision is not None and revision != newest_number(connection, edition):
                raise BusyError(f"{edition} was edited while it was about to be sent; send it again")
            mailing = self._insert(schema.mailings).values(edition=edition, frozen=now)
            connection.execute(mailing.on_conflict_do_nothing())
            statement = self._insert(schema.deliveries).on_conflict_do_nothing().returning(_L.subscriber)
            return sum(len(connection.execute(statement, list(piece)).all()) for piece in pieces(rows))

    def deliveries(self, edition: str | None = None, *, state: DeliveryState | None = None) -> list[Delivery]:
        """The ledger by edition and subscriber."""
        query = _of(edition, state).order_by(_L.edition, _L.subscriber)
        with self._read() as connection:
            return [_delivery(row) for row in connection.execute(query)]

    def newest_deliveries(
        self, edition: str | None = None, *, state: DeliveryState | None = None, limit: int | None, skip: int = 0
    ) -> Iterator[Delivery]:
        """The ledger, newest edition first, then by subscriber, read as it is asked for: there may be millions.

        Args:
            edition: Only of that one.
            state: Only in that state.
            limit: Most deliveries, None for all.
            skip: So many of the first are passed over.
        """
        query = _of(edition, state).order_by(_L.edition.desc(), _L.subscriber).limit(limit).offset(skip)
        with self._read() as connection:
            yield from map(_delivery, connection.execution_options(yield_per=1000).execute(query))

    def delivery_counts(self) -> dict[str, int]:
        """State -> deliveries in it, over all editions."""
        query = select(_L.state, func.count()).group_by(_L.state).order_by(_L.state)
        with self._read() as connection:
            return {state: int(count) for state, count in connection.execute(query)}

    def recipients(self, edition: str) -> dict[str, tuple[Subscriber, datetime]]:
        """Subscriber id -> the reader as frozen and the time of freezing; erased readers are left out."""
        query = select(_L.subscriber, _L.recipient, _L.planned).where(_L.edition == edition, _L.recipient.is_not(None))
        with self._read() as connection:
            return {
                row.subscriber: (codec.from_data(Subscriber, row.recipient), row.planned)
                for row in connection.execute(query)
            }

    def delivery_of(self, message_id: str) -> Delivery | None:
        """The delivery with that Message-ID; None when we have not made it."""
        query = select(*_COLUMNS).where(_L.message_id == message_id)
        with self._read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _delivery(row)

    def last_mailed(self, subscriber: str, *, after: datetime, by: datetime) -> str | None:
        """The last edition whose recipients, with that reader among them, were frozen in between; None when none was.

        Args:
            subscriber: The reader.
            after: Aware UTC; earlier ones are not looked at, for there may be many.
            by: Aware UTC, inclusive.
        """
        frozen = schema.mailings.c.frozen
        recent = select(schema.mailings.c.edition).where(frozen > after, frozen <= by)
        query = select(_L.edition).where(_L.subscriber == subscriber, _L.edition.in_(recent))
        with self._read() as connection:
            return connection.execute(query.order_by(_L.planned.desc()).limit(1)).scalar_one_or_none()

    def change_delivery(self, delivery: Delivery, *, expected: DeliveryState, if_active: bool = False) -> bool:
        """Move one delivery on, durably, if it still is in the expected state.

        Args:
            delivery: The new row.
            expected: State it must be in.
            if_active: Only when the subscriber still wants mail.
        """
        statement = update(schema.deliveries).where(
            _L.edition == delivery.edition, _L.subscriber == delivery.subscriber, _L.state == expected
        )
        if if_active:
            wants = select(_P.id).where(_P.id == delivery.subscriber, _P.state == "active").exists()
            statement = statement.where(wants)
        values = {
            "state": delivery.state,
            "attempts": delivery.attempts,
            "not_before": delivery.not_before,
            "reason": delivery.reason,
            "changed": delivery.changed,
        }
        with self._write(f"delivery {delivery.state}") as connection:
            return connection.execute(statement.values(**values)).rowcount == 1

    def tries(self) -> int:
        """How often a delivery was tried and had an outcome; never gets smaller, except by restoring a backup."""
        with self._read() as connection:
            return int(connection.execute(select(func.coalesce(func.sum(_L.attempts), 0))).scalar_one())

    def doubt_leftovers(self, *, now: datetime) -> list[Delivery]:
        """What a killed run left in "sending" becomes "uncertain"; those deliveries. The caller holds the run lock."""
        reason = "the program stopped between handing the message over and the server's answer"
        statement = update(schema.deliveries).where(_L.state == "sending")
        statement = statement.values(state="uncertain", changed=now, reason=reason)
        with self._write("doubt leftovers") as connection:
            rows = connection.execute(statement.returning(*_COLUMNS)).all()
        return sorted((_delivery(row) for row in rows), key=lambda item: (item.edition, item.subscriber))

    def forget_recipients(self, before: datetime) -> int:
        """Take the addresses out of what was delivered before; how many. What still waits keeps its own."""
        old = update(schema.deliveries).where(_L.planned < before, _L.recipient.is_not(None))
        with self._write("forget recipients") as connection:
            return connection.execute(
                old.where(_L.state.not_in(("pending", "sending"))).values(recipient=None)
            ).rowcount


#: What a delivery is made of; the reader as frozen is not read with it.
_COLUMNS = (_L.edition, _L.subscriber, _L.state, _L.message_id, _L.attempts, _L.not_before, _L.reason, _L.changed)


def _delivery(row: Any) -> Delivery:
    edition, subscriber, state, message_id, attempts, not_before, reason, changed = row
    return Delivery(
        edition=edition, subscriber=subscriber, state=state, message_id=message_id, attempts=attempts,
        not_before=not_before, reason=reason, changed=changed,
    )  # fmt: skip


def _of(edition: str | None, state: DeliveryState | None) -> Select[Any]:
    query = select(*_COLUMNS)
    if edition is not None:
        query = query.where(_L.edition == edition)
    if state is not None:
        query = query.where(_L.state == state)
    return query
