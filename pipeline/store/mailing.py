"""Subscribers, addresses that must not be written to, and the ledger of deliveries."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from pipeline.errors import BusyError
from pipeline.model import Delivery, DeliveryState, Subscriber, SubscriberState
from pipeline.store import codec, schema
from pipeline.store.base import Base, pieces
from pipeline.store.editing import hold, newest_number

_P, _L, _X, _B, _G = (
    schema.subscribers.c,
    schema.deliveries.c,
    schema.suppressions.c,
    schema.bounces.c,
    schema.settings.c,
)


class Mailing(Base):
    """Who reads, and what was sent to whom."""

    def secret(self, name: str) -> bytes:
        """256 random bits, made on first use and kept; one secret for each purpose."""
        value = self.known_setting(name)
        return self.setting(name, secrets.token_bytes(32)) if value is None else value

    def setting(self, name: str, first: bytes, *, replace: bool = False) -> bytes:
        """The value of a setting; `first` is kept when it has none (or, with `replace`, in any case)."""
        with self._write("keep setting") as connection:
            statement = self._insert(schema.settings).values(name=name, value=first)
            if replace:
                statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": first})
            else:
                statement = statement.on_conflict_do_nothing()
            connection.execute(statement)
            return bytes(connection.execute(select(_G.value).where(_G.name == name)).scalar_one())

    def known_setting(self, name: str) -> bytes | None:
        """The value of a setting or secret when it has one; makes none."""
        with self._read() as connection:
            value = connection.execute(select(_G.value).where(_G.name == name)).scalar_one_or_none()
        return None if value is None else bytes(value)

    def save_subscriber(
        self, subscriber: Subscriber, *, address_key: str, now: datetime, consent: Mapping[str, Any] | None = None
    ) -> None:
        """Add a subscriber or replace the one with the same id; consent is kept when none is given."""
        row: dict[str, Any] = {
            "id": subscriber.id,
            "address_key": address_key,
            "state": subscriber.state,
            "created": subscriber.created,
            "changed": now,
            "value": subscriber,
        }
        if consent is not None:
            row["consent"] = dict(consent)
        with self._write("save subscriber") as connection:
            self._upsert(connection, schema.subscribers, [row])

    def subscriber(self, id: str) -> Subscriber | None:
        """One subscriber by id."""
        return self._one_subscriber(_P.id == id)

    def subscriber_by_key(self, address_key: str) -> Subscriber | None:
        """One subscriber by the address as compared."""
        return self._one_subscriber(_P.address_key == address_key)

    def subscribers(self, *, state: SubscriberState | None = None) -> list[Subscriber]:
        """Subscribers by time of creation and id."""
        query = select(_P.value, _P.state).order_by(_P.created, _P.id)
        if state is not None:
            query = query.where(_P.state == state)
        with self._read() as connection:
            return [_subscriber(row) for row in connection.execute(query)]

    def set_subscriber_state(self, id: str, state: SubscriberState, *, now: datetime) -> bool:
        """Change whether somebody gets mail, at once for everything not yet handed over; False for an unknown id."""
        with self._write("set subscriber state") as connection:
            statement = update(schema.subscribers).where(_P.id == id).values(state=state, changed=now)
            return connection.execute(statement).rowcount == 1

    def change_choices(self, id: str, *, language: str, topics: tuple[str, ...], now: datetime) -> Subscriber | None:
        """Change what a reader gets; None when the reader is unknown or has left, be it at this moment."""
        with self._write("change choices") as connection:
            query = select(_P.value, _P.state).where(_P.id == id, _P.state == "active").with_for_update()
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            changed = replace(_subscriber(row), language=language, topics=topics)
            statement = update(schema.subscribers).where(_P.id == id)
            connection.execute(statement.values(value=changed, changed=now))
        return changed

    def export_subscriber(self, id: str) -> dict[str, Any] | None:
        """All that is kept about one person, as plain data."""
        with self._read() as connection:
            person = connection.execute(select(schema.subscribers).where(_P.id == id)).one_or_none()
            if person is None:
                return None
            sent = connection.execute(
                select(schema.deliveries).where(_L.subscriber == id).order_by(_L.planned, _L.edition)
            )
            deliveries = [{key: value for key, value in row._mapping.items() if key != "subscriber"} for row in sent]
            bounced = connection.execute(select(_B.day, _B.reply).where(_B.subscriber == id).order_by(_B.day))
            bounces = [{"day": row.day, "reply": row.reply} for row in bounced]
            asked = _signups_of(connection, schema.signups.c.subscriber == id)
        own = codec.to_data(_subscriber(person)) | {"changed": codec.encode_time(person.changed)}
        return {"subscriber": own, "consent": person.consent} | dict(
            codec.to_data({"deliveries": deliveries, "bounces": bounces, "signups": asked})
        )

    def export_signups(self, address_key: str) -> list[dict[str, Any]]:
        """All that is kept about somebody who has yet to confirm, as plain data."""
        with self._read() as connection:
            return list(codec.to_data(_signups_of(connection, schema.signups.c.address_key == address_key)))

    def left_before(self, moment: datetime) -> list[Subscriber]:
        """Readers who have been gone since then or longer."""
        query = select(_P.value, _P.state).where(_P.state != "active", _P.changed < moment).order_by(_P.id)
        with self._read() as connection:
            return [_subscriber(row) for row in connection.execute(query)]

    def forget_recipients(self, before: datetime) -> int:
        """Take the addresses out of what was delivered before; how many. What still waits keeps its own."""
        old = update(schema.deliveries).where(_L.planned < before, _L.recipient.is_not(None))
        with self._write("forget recipients") as connection:
            return connection.execute(
                old.where(_L.state.not_in(("pending", "sending"))).values(recipient=None)
            ).rowcount

    def erase_subscriber(self, id: str) -> bool:
        """Forget a person: the row, the bounces and the address in every delivery; counts of editions stay true."""
        with self._write("erase subscriber") as connection:
            person = connection.execute(delete(schema.subscribers).where(_P.id == id))
            frozen = update(schema.deliveries).where(_L.subscriber == id)
            connection.execute(frozen.values(recipient=None, reason=None))
            waiting = frozen.where(_L.state == "pending")
            connection.execute(waiting.values(state="suppressed", reason="erased"))
            return person.rowcount == 1

    def suppress(self, mac: str, reason: str, *, now: datetime) -> None:
        """Never write to the address behind the MAC again; the first reason stays, unless it is a complaint."""
        with self._write("suppress address") as connection:
            statement = self._insert(schema.suppressions).values(mac=mac, reason=reason, since=now)
            if reason == "complaint":
                statement = statement.on_conflict_do_update(index_elements=["mac"], set_={"reason": reason})
            else:
                statement = statement.on_conflict_do_nothing()
            connection.execute(statement)

    def lift_suppression(self, mac: str) -> bool:
        """Allow the address again; the person has asked for it and confirmed."""
        with self._write("lift suppression") as connection:
            return connection.execute(delete(schema.suppressions).where(_X.mac == mac)).rowcount == 1

    def suppression(self, mac: str) -> str | None:
        """Why the address must not be written to, None when it may."""
        with self._read() as connection:
            return connection.execute(select(_X.reason).where(_X.mac == mac)).scalar_one_or_none()

    def record_bounce(
        self, subscriber: str, day: date, reply: str, *, is_returned: bool = False, within: timedelta | None = None
    ) -> int:
        """Note that an address was refused that day; on how many days it was so far.

        Args:
            subscriber: Whose address.
            day: The day of the refusal.
            reply: The server's words, without the address.
            is_returned: It came back as a mail; that our own server takes the next message does not undo it.
            within: Days further away do not count.
        """
        with self._write("record bounce") as connection:
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

    def reader_of(self, message_id: str) -> str | None:
        """Whose delivery has that Message-ID; None when we have not made it."""
        query = select(_L.subscriber).where(_L.message_id == message_id)
        with self._read() as connection:
            return connection.execute(query).scalar_one_or_none()

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
            BusyError: An editor has changed the edition since that revision was read.
        """
        rows = [
            codec.to_data(delivery)
            | {"changed": delivery.changed, "not_before": delivery.not_before, "reason": delivery.reason}
            | {"planned": now, "recipient": subscriber}
            for delivery, subscriber in recipients
        ]
        with self._write("freeze recipients") as connection:
            hold(connection, edition)
            if revision is not None and revision != newest_number(connection, edition):
                raise BusyError(f"{edition} was edited while it was about to be sent; send it again")
            mailing = self._insert(schema.mailings).values(edition=edition, frozen=now)
            connection.execute(mailing.on_conflict_do_nothing())
            statement = self._insert(schema.deliveries).on_conflict_do_nothing().returning(_L.subscriber)
            return sum(len(connection.execute(statement, list(piece)).all()) for piece in pieces(rows))

    def deliveries(self, edition: str | None = None, *, state: DeliveryState | None = None) -> list[Delivery]:
        """The ledger by edition and subscriber."""
        query = select(schema.deliveries).order_by(_L.edition, _L.subscriber)
        if edition is not None:
            query = query.where(_L.edition == edition)
        if state is not None:
            query = query.where(_L.state == state)
        with self._read() as connection:
            return [_delivery(row) for row in connection.execute(query)]

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
            rows = connection.execute(statement.returning(*schema.deliveries.c)).all()
        return sorted((_delivery(row) for row in rows), key=lambda item: (item.edition, item.subscriber))

    def _one_subscriber(self, condition: Any) -> Subscriber | None:
        with self._read() as connection:
            row = connection.execute(select(_P.value, _P.state).where(condition)).one_or_none()
        return None if row is None else _subscriber(row)


def _signups_of(connection: Connection, condition: Any) -> list[dict[str, Any]]:
    rows = connection.execute(select(schema.signups).where(condition).order_by(schema.signups.c.asked))
    return [{key: value for key, value in row._mapping.items() if key not in ("id", "visitor")} for row in rows]


def _subscriber(row: Any) -> Subscriber:
    return codec.from_data(Subscriber, dict(row.value) | {"state": row.state})


def _delivery(row: Any) -> Delivery:
    names = ("edition", "subscriber", "state", "message_id", "attempts", "not_before", "reason", "changed")
    return Delivery(**{name: row._mapping[name] for name in names})
