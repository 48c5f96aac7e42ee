"""Sign-ups by the public form: who asked, which mails that made us write, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, select, update

from pipeline.model import Signup, SignupState, Subscriber
from pipeline.store import schema
from pipeline.store.base import Base

_S, _Q = schema.signups.c, schema.solicitations.c
_P, _X, _B = schema.subscribers.c, schema.suppressions.c, schema.bounces.c
_NO_ADDRESS: Mapping[str, None] = {"address": None, "address_key": None}
#: An address in these states has nothing more to come.
_OVER = ("failed", "expired", "dropped", "confirmed", "refused")
#: No time that we write lies further ahead than the longest pause between two tries.
_AHEAD = timedelta(hours=1)


class Signing(Base):
    """The door for new readers."""

    def ask(
        self,
        signup: Signup,
        *,
        address_key: str,
        visitor: str | None,
        per_visitor: int,
        per_hour: int,
    ) -> bool:
        """Write down that somebody filled in the form; False when an hour's measure is full.

        The work is the same whatever is known of the address: the time it takes tells nothing about it.

        Args:
            signup: In state "asked".
            address_key: The address as compared.
            visitor: A keyed hash of where the request came from, None where nobody knows.
            per_visitor: Most rows of one visitor in an hour.
            per_hour: Most rows in an hour.
        """
        since = signup.asked - timedelta(hours=1)
        with self._write("ask") as connection:
            self._one_after_the_other(connection)
            rows = select(func.count()).select_from(schema.signups).where(_S.asked > since)
            if connection.execute(rows).scalar_one() >= per_hour:
                return False
            of_visitor = connection.execute(rows.where(_S.visitor == visitor)).scalar_one()
            if visitor is not None and of_visitor >= per_visitor:
                return False
            values = {"id": signup.id, "state": "asked", "asked": signup.asked, "changed": signup.asked}
            values |= {"visitor": visitor, "address": signup.address, "address_key": address_key}
            values |= {"language": signup.language, "topics": list(signup.topics), "attempts": 0}
            values |= {"words": signup.words, "words_language": signup.words_language}
            connection.execute(self._insert(schema.signups).values(**values))
        return True

    def signup(self, id: str) -> Signup | None:
        """One sign-up."""
        with self._read() as connection:
            row = connection.execute(select(schema.signups).where(_S.id == id)).one_or_none()
        return None if row is None else _signup(row)

    def signups(self, state: SignupState, *, limit: int = 100) -> list[Signup]:
        """Sign-ups in a state, oldest first."""
        query = select(schema.signups).where(_S.state == state).order_by(_S.asked, _S.id).limit(limit)
        with self._read() as connection:
            return [_signup(row) for row in connection.execute(query)]

    def solicit(
        self, id: str, mac: str, *, now: datetime, pause: timedelta, most: int, per_hour: int
    ) -> Literal["pending", "dropped", "full"]:
        """Decide, in one transaction, whether a sign-up is answered by a mail: "pending" becomes its state if so.

        Args:
            id: A sign-up in state "asked".
            mac: What is remembered of its address.
            now: Time of the decision.
            pause: Least time between two mails to one address.
            most: Most mails to one address that nobody answered.
            per_hour: Most mails in an hour; when they are used up the sign-up waits ("full").
        """
        with self._write("solicit") as connection:
            self._one_after_the_other(connection)
            recent = select(func.count()).select_from(schema.signups).where(_S.mailed > now - timedelta(hours=1))
            if connection.execute(recent).scalar_one() >= per_hour:
                return "full"
            statement = self._insert(schema.solicitations).values(mac=mac, unanswered=1, latest=now)
            statement = statement.on_conflict_do_update(
                index_elements=["mac"],
                set_={"unanswered": _Q.unanswered + 1, "latest": now},
                where=(_Q.latest <= now - pause) & (_Q.unanswered < most),
            ).returning(_Q.mac)
            may = connection.execute(statement).first() is not None
            row = update(schema.signups).where(_S.id == id, _S.state == "asked")
            if may:
                row = row.values(state="pending", mailed=now, changed=now)
            else:
                row = row.values(state="dropped", changed=now, **_NO_ADDRESS)
            connection.execute(row)
        return "pending" if may else "dropped"

    def silence(self, mac: str, *, most: int, now: datetime) -> None:
        """Send no further confirmation to an address: it does not exist, or its owner did not ask."""
        with self._write("silence address") as connection:
            statement = self._insert(schema.solicitations).values(mac=mac, unanswered=most, latest=now)
            connection.execute(statement.on_conflict_do_update(index_elements=["mac"], set_={"unanswered": most}))

    def change_signup(self, signup: Signup, *, expected: SignupState, now: datetime) -> bool:
        """Move a sign-up on, durably, if it still is in the expected state; the address goes when all is over."""
        values: dict[str, Any] = {"state": signup.state, "attempts": signup.attempts, "not_before": signup.not_before}
        values |= {"reason": signup.reason, "changed": now}
        if signup.state in _OVER:
            values |= _NO_ADDRESS
        statement = update(schema.signups).where(_S.id == signup.id, _S.state == expected)
        with self._write(f"signup {signup.state}") as connection:
            return connection.execute(statement.values(**values)).rowcount == 1

    def confirm_signup(
        self,
        id: str,
        *,
        mailbox: str,
        address_key: str,
        mac: str,
        solicitation: str,
        consent: Mapping[str, Any],
        now: datetime,
    ) -> Subscriber | None:
        """Make a sign-up a subscription, once, in one transaction; what was refused before is allowed again.

        Args:
            id: The sign-up; it must not be confirmed, refused or over.
            mailbox: Address written to.
            address_key: The address as compared.
            mac: Its key on the suppression list.
            solicitation: Its key among the confirmations sent.
            consent: The proof.
            now: Time of the confirmation.
        Returns:
            The reader, None when the sign-up is no longer open.
        """
        with self._write("confirm signup") as connection:
            self._one_after_the_other(connection)  # two links of one address at once are one reader
            answered = update(schema.solicitations).where(_Q.mac == solicitation).values(unanswered=0)
            connection.execute(answered)  # and holds back another confirmation of the same address
            wish = connection.execute(
                update(schema.signups)
                .where(_S.id == id, _S.state.not_in((*_OVER, "asked")))
                .values(state="confirmed", changed=now, **_NO_ADDRESS)
                .returning(_S.language, _S.topics)
            ).one_or_none()
            if wish is None:
                return None
            known = connection.execute(select(_P.id, _P.created).where(_P.address_key == address_key)).one_or_none()
            reader = Subscriber(
                id=known.id if known else id[:16],
                address=mailbox,
                language=wish.language,
                topics=tuple(wish.topics),
                created=known.created if known else now,
            )
            self._take_in(connection, reader, address_key=address_key, consent=consent, now=now)
            connection.execute(update(schema.signups).where(_S.id == id).values(subscriber=reader.id))
            connection.execute(delete(schema.suppressions).where(_X.mac == mac))
        return reader

    def _take_in(
        self, connection: Connection, reader: Subscriber, *, address_key: str, consent: Mapping[str, Any], now: datetime
    ) -> None:
        """A reader, new or come back, with nothing held against the address."""
        values = {"id": reader.id, "address_key": address_key, "state": reader.state, "created": reader.created}
        values |= {"changed": now, "value": reader, "consent": dict(consent)}
        self._upsert(connection, schema.subscribers, [values])
        connection.execute(delete(schema.bounces).where(_B.subscriber == reader.id))

    def doubt_signups(self, *, before: datetime, now: datetime) -> int:
        """What a killed program left in "sending" becomes "uncertain"; how many."""
        statement = update(schema.signups).where(_S.state == "sending", _S.changed < before)
        with self._write("doubt signups") as connection:
            return connection.execute(statement.values(state="uncertain", changed=now)).rowcount

    def tidy_signups(self, *, now: datetime, open_for: timedelta, keep: timedelta) -> None:
        """Forget what is not needed any more; times that a clock ahead of us has written become now.

        Args:
            now: The time.
            open_for: So long a link is valid; then the address goes.
            keep: So long a row without address stays, to tell the user of an old link what became of it.
        """
        hour, day = now - timedelta(hours=1), now - timedelta(hours=24)
        rows, over = update(schema.signups), now - open_for
        with self._write("tidy signups") as connection:
            # Else an address, or everybody, would wait for that time: it stands in the way of the limits of an hour.
            for moment in (_S.asked, _S.mailed, _S.changed, _S.not_before, _Q.latest):
                ahead = update(moment.table).where(moment > now + _AHEAD)
                connection.execute(ahead.values({moment.name: now}))
            connection.execute(rows.where(_S.visitor.is_not(None), _S.asked < hour).values(visitor=None))
            late = rows.where(_S.asked < over, _S.state.in_(("asked", "pending"))).values(state="expired", changed=now)
            connection.execute(late)
            connection.execute(rows.where(_S.asked < over, _S.address_key.is_not(None)).values(**_NO_ADDRESS))
            connection.execute(delete(schema.signups).where(_S.asked < now - keep))
            answered = delete(schema.solicitations).where(_Q.unanswered == 0, _Q.latest < day)
            connection.execute(answered)

    def forget_signups(self, address_key: str) -> int:
        """Erase the sign-ups of an address; how many."""
        with self._write("forget signups") as connection:
            return connection.execute(delete(schema.signups).where(_S.address_key == address_key)).rowcount


def _signup(row: Any) -> Signup:
    names = ("id", "address", "language", "words", "words_language", "asked", "state", "attempts", "not_before")
    values = {name: row._mapping[name] for name in (*names, "reason", "subscriber")}
    return Signup(**values, topics=tuple(row.topics))
