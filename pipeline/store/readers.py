"""Subscribers, and addresses that must not be written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, delete, select, update

from pipeline.errors import BusyError
from pipeline.model import Subscriber, SubscriberState
from pipeline.store import codec, schema
from pipeline.store.base import Base

_P = schema.subscribers.c
_L = schema.deliveries.c
_X = schema.suppressions.c
_B = schema.bounces.c
_S = schema.signups.c


class Readers(Base):
    """Who reads, and who must not be written to."""

    def save_subscriber(
        self,
        subscriber: Subscriber,
        *,
        address_key: str,
        now: datetime,
        consent: Mapping[str, Any] | None = None,
        seen: SubscriberState | Literal["nobody"] | None = None,
    ) -> None:
        """Add a subscriber or replace the one with the same id; of who comes back, earlier refusals are forgotten.

        Args:
            subscriber: As wanted.
            address_key: The address as compared.
            now: Time of the change.
            consent: The proof; the one there is stays when none is given.
            seen: What stood under the address when the caller decided; None for whatever stands.
        Raises:
            BusyError: Somebody else came, or left, since then.
        """
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
            self._one_after_the_other(connection)
            state = connection.execute(select(_P.state).where(_P.address_key == address_key)).scalar_one_or_none()
            if seen is not None and (state or "nobody") != seen:
                raise BusyError(
                    f"the reader subscribed or left at this very moment ({state or 'nobody'} now); try again"
                )
            self._upsert(connection, schema.subscribers, [row])
            if state in ("unsubscribed", "suppressed") and subscriber.state == "active":
                connection.execute(delete(schema.bounces).where(_B.subscriber == subscriber.id))

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
            query = select(_B.about, _B.day, _B.reply).where(_B.subscriber == id).order_by(_B.day, _B.about)
            bounces = [dict(row._mapping) for row in connection.execute(query)]
            # Confirmed ones have the reader and no address; one that waits for an answer has the address only.
            theirs = (_S.subscriber == id) | (_S.address_key == person.address_key)
            asked = _signups_of(connection, theirs)
        own = codec.to_data(_subscriber(person)) | {"changed": codec.encode_time(person.changed)}
        return {"subscriber": own, "consent": person.consent} | dict(
            codec.to_data({"deliveries": deliveries, "bounces": bounces, "signups": asked})
        )

    def export_signups(self, address_key: str) -> list[dict[str, Any]]:
        """All that is kept about somebody who has yet to confirm, as plain data."""
        with self._read() as connection:
            return list(codec.to_data(_signups_of(connection, _S.address_key == address_key)))

    def left_before(self, moment: datetime) -> list[Subscriber]:
        """Readers who have been gone since then or longer."""
        query = select(_P.value, _P.state).where(_P.state != "active", _P.changed < moment).order_by(_P.id)
        with self._read() as connection:
            return [_subscriber(row) for row in connection.execute(query)]

    def erase_subscriber(self, id: str) -> bool:
        """Forget a person: row, bounces, sign-ups, and the address in every delivery; counts of editions stay true."""
        with self._write("erase subscriber") as connection:
            person = connection.execute(delete(schema.subscribers).where(_P.id == id))
            connection.execute(delete(schema.signups).where(_S.subscriber == id))
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

    def _one_subscriber(self, condition: Any) -> Subscriber | None:
        with self._read() as connection:
            row = connection.execute(select(_P.value, _P.state).where(condition)).one_or_none()
        return None if row is None else _subscriber(row)


def _signups_of(connection: Connection, condition: Any) -> list[dict[str, Any]]:
    rows = connection.execute(select(schema.signups).where(condition).order_by(_S.asked))
    return [{key: value for key, value in row._mapping.items() if key not in ("id", "visitor")} for row in rows]


def _subscriber(row: Any) -> Subscriber:
    return codec.from_data(Subscriber, dict(row.value) | {"state": row.state})
