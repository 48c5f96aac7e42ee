"""The readers of one edition: planned, frozen, left over by an earlier run, or given up as too late."""

from __future__ import annotations

import logging
from datetime import datetime

from pipeline.deliver.ledger import Ledger, is_expired, moved, plan_deliveries
from pipeline.deliver.settings import SmtpSettings
from pipeline.deliver.subscribers import key_of
from pipeline.deliver.tokens import address_mac
from pipeline.model import Delivery, Edition, Subscriber

_log = logging.getLogger(__name__)


def planned(
    store: Ledger, edition: Edition, settings: SmtpSettings, *, now: datetime
) -> list[tuple[Delivery, Subscriber]]:
    """New deliveries with their readers; nothing is written."""
    address_secret = store.secret("address")

    def refused(subscriber: Subscriber) -> str | None:
        return store.suppression(address_mac(address_secret, key_of(subscriber.address)))

    readers = {reader.id: reader for reader in store.subscribers(state="active")}
    already = {item.subscriber for item in store.deliveries(edition.id)}
    domain = settings.from_address.domain
    new = plan_deliveries(edition, list(readers.values()), already, now=now, domain=domain, refused=refused)
    return [(delivery, readers[delivery.subscriber]) for delivery in new]


def freeze(store: Ledger, edition: Edition, settings: SmtpSettings, *, now: datetime, revision: int | None) -> None:
    """Write down who gets the edition; with nobody to write to, the list stays open.

    Raises:
        BusyError: It was edited since `revision` was read; None takes it as it stands.
    """
    new = planned(store, edition, settings, now=now)
    if new:
        store.freeze_recipients(edition.id, new, now=now, revision=revision)
        _log.info("%s: %d recipients", edition.id, len(new))


def left_over(store: Ledger, edition: Edition) -> list[tuple[Delivery, Subscriber]]:
    """What an earlier run left to send, with readers as they were when the list was frozen."""
    frozen = store.recipients(edition.id)
    pending = store.deliveries(edition.id, state="pending")
    return [(delivery, frozen[delivery.subscriber][0]) for delivery in pending if delivery.subscriber in frozen]


def expire(store: Ledger, edition: str, *, now: datetime) -> int:
    """Give up what is still waiting; how many."""
    waiting = store.deliveries(edition, state="pending")
    for delivery in waiting:
        late = moved(delivery, "expired", now=now, reason="the edition is older than 24 hours")
        store.change_delivery(late, expected="pending")
    return len(waiting)


def expire_others(store: Ledger, edition: Edition, *, now: datetime) -> None:
    """What waits of earlier editions has nobody to look at it any more."""
    for name in {item.edition for item in store.deliveries(state="pending")} - {edition.id}:
        if is_expired(store.edition(name), now=now):
            expire(store, name, now=now)
