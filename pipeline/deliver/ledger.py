"""Who gets an edition, and how far each delivery came: pure decisions, and what they need of the store.

    pending → sending → sent | failed | uncertain        pending → suppressed | expired

`sending` is durable before the first byte of DATA, `sent` after the server's 250. What a crash leaves in `sending`
becomes `uncertain`: server and client cannot agree on the last step (RFC 1047), so a person decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol

from pipeline.model import Delivery, DeliveryState, Edition, Subscriber, SubscriberState

#: A digest of yesterday is not news: an edition that closed longer ago is not sent by itself.
LIFETIME = timedelta(hours=24)
#: RFC 5321 section 4.5.4.1: at least 30 minutes between tries.
_FIRST_PAUSE = timedelta(minutes=30)
_LONGEST_PAUSE = timedelta(hours=4)


class Ledger(Protocol):
    """What sending asks of the store; every method is one durable transaction."""

    def run_lock(self, *, now: datetime, holder: str = "") -> AbstractContextManager[None]: ...  # noqa: D102
    def secret(self, name: str) -> bytes: ...  # noqa: D102
    def setting(self, name: str, first: bytes, *, replace: bool = False) -> bytes: ...  # noqa: D102
    def subscribers(self, *, state: SubscriberState | None = None) -> list[Subscriber]: ...  # noqa: D102
    def subscriber(self, id: str) -> Subscriber | None: ...  # noqa: D102
    def set_subscriber_state(self, id: str, state: SubscriberState, *, now: datetime) -> bool: ...  # noqa: D102
    def suppress(self, mac: str, reason: str, *, now: datetime) -> None: ...  # noqa: D102
    def suppression(self, mac: str) -> str | None: ...  # noqa: D102
    def record_bounce(self, subscriber: str, day: date, reply: str, *, edition: str | None = None) -> int: ...  # noqa: D102
    def forget_bounces(self, subscriber: str) -> None: ...  # noqa: D102
    def mailing_frozen(self, edition: str) -> datetime | None: ...  # noqa: D102
    def freeze_recipients(  # noqa: D102
        self,
        edition: str,
        recipients: Sequence[tuple[Delivery, Subscriber]],
        *,
        now: datetime,
        revision: int | None = None,
    ) -> int: ...
    def deliveries(  # noqa: D102
        self, edition: str | None = None, *, state: DeliveryState | None = None
    ) -> list[Delivery]: ...
    def recipients(self, edition: str) -> Mapping[str, tuple[Subscriber, datetime]]: ...  # noqa: D102
    def change_delivery(  # noqa: D102
        self, delivery: Delivery, *, expected: DeliveryState, if_active: bool = False
    ) -> bool: ...
    def tries(self) -> int: ...  # noqa: D102
    def doubt_leftovers(self, *, now: datetime) -> list[Delivery]: ...  # noqa: D102
    def edition(self, id: str) -> Any: ...  # noqa: D102


def message_id(edition: str, subscriber: str, domain: str) -> str:
    """The same for every try, different for every edition and reader; says nothing about the reader."""
    digest = hashlib.sha256(f"{edition}\0{subscriber}".encode()).hexdigest()[:32]
    return f"<{edition}.{digest}@{domain}>"


def plan_deliveries(
    edition: Edition,
    subscribers: Sequence[Subscriber],
    already: Collection[str],
    *,
    now: datetime,
    domain: str,
    refused: Callable[[Subscriber], str | None] = lambda _: None,
) -> list[Delivery]:
    """Decide who gets the edition.

    Args:
        edition: Its language chooses the readers.
        subscribers: Everybody; only active ones are considered.
        already: Ids that have a delivery of this edition, in whatever state.
        now: Stamp of the deliveries.
        domain: Right side of the Message-IDs.
        refused: Why an address is on the suppression list, None when it is not.
    Returns:
        New deliveries, "pending" or "suppressed", by subscriber id.
    """
    planned = []
    for subscriber in sorted(subscribers, key=lambda item: item.id):
        if subscriber.state != "active" or subscriber.language != edition.language or subscriber.id in already:
            continue
        reason = refused(subscriber)
        delivery = Delivery(
            edition=edition.id,
            subscriber=subscriber.id,
            state="suppressed" if reason else "pending",
            message_id=message_id(edition.id, subscriber.id, domain),
            reason=reason,
            changed=now,
        )
        planned.append(delivery)
    return planned


def is_expired(edition: Edition, *, now: datetime) -> bool:
    """Whether the edition is too old to be sent by itself."""
    return now - edition.closed > LIFETIME


def moved(delivery: Delivery, state: DeliveryState, *, now: datetime, reason: str | None = None) -> Delivery:
    """The delivery in a state that needs no other change."""
    return replace(delivery, state=state, changed=now, reason=reason, not_before=None)


def put_off(delivery: Delivery, *, now: datetime, reason: str) -> Delivery:
    """The delivery after a temporary refusal: pending, not tried again for 30 minutes, an hour, … four hours."""
    pause = min(_FIRST_PAUSE * 2 ** min(delivery.attempts, 8), _LONGEST_PAUSE)
    return replace(
        delivery, state="pending", attempts=delivery.attempts + 1, not_before=now + pause, reason=reason, changed=now
    )


def is_due(delivery: Delivery, *, now: datetime) -> bool:
    """Whether the pause is over; one longer than any of ours was written by a clock that was wrong."""
    waits_until = delivery.not_before
    return waits_until is None or not now < waits_until <= now + _LONGEST_PAUSE


def settle(ledger: Ledger, accepted: Collection[str], *, now: datetime, is_complete: bool = False) -> int:
    """Settle uncertain deliveries by the mail server's own log.

    Args:
        ledger: The store.
        accepted: Message-IDs, with or without angle brackets, that the server says it has taken.
        now: Time of the change.
        is_complete: The log holds every message up to now: what it does not show was not taken, and becomes pending.
    Returns:
        Deliveries settled; the others stay uncertain.
    """
    known = {item.strip("<>") for item in accepted}
    settled = 0
    for delivery in ledger.deliveries(state="uncertain"):
        if delivery.message_id.strip("<>") in known:
            found = moved(delivery, "sent", now=now, reason="found in the mail server's log")
            settled += ledger.change_delivery(found, expected="uncertain")
        elif is_complete:
            missing = moved(delivery, "pending", now=now, reason="not in the mail server's log")
            settled += ledger.change_delivery(missing, expected="uncertain")
    return settled


def again(ledger: Ledger, edition: str, state: Literal["uncertain", "expired"], *, now: datetime) -> int:
    """A person's choice: deliveries in doubt, or given up as too late, become pending again; how many."""
    chosen = 0
    for delivery in ledger.deliveries(edition, state=state):
        pending = moved(delivery, "pending", now=now, reason="sent again by hand")
        chosen += ledger.change_delivery(pending, expected=state)
    return chosen
