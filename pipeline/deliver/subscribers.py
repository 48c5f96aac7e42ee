"""Readers come and go; who has left is not written to again without asking."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from pipeline.deliver.tokens import address_mac, subscriber_of
from pipeline.errors import InputError
from pipeline.model import Subscriber, SubscriberState
from pipeline.text.mailbox import one_mailbox

#: Each edition's own copy of its addresses serves to send it, and to look into what went wrong.
RECIPIENTS_FOR = timedelta(days=30)


class Refusals(Protocol):
    """What refusing an address asks of the store."""

    def secret(self, name: str) -> bytes: ...  # noqa: D102
    def suppress(self, mac: str, reason: str, *, now: datetime) -> None: ...  # noqa: D102
    def set_subscriber_state(self, id: str, state: SubscriberState, *, now: datetime) -> bool: ...  # noqa: D102


class Register(Refusals, Protocol):
    """What this module asks of the store."""

    def save_subscriber(  # noqa: D102
        self,
        subscriber: Subscriber,
        *,
        address_key: str,
        now: datetime,
        consent: Mapping[str, Any] | None = None,
        seen: SubscriberState | Literal["nobody"] | None = None,
    ) -> None: ...
    def change_choices(  # noqa: D102
        self, id: str, *, language: str, topics: tuple[str, ...], now: datetime
    ) -> Subscriber | None: ...
    def subscriber(self, id: str) -> Subscriber | None: ...  # noqa: D102
    def subscriber_by_key(self, address_key: str) -> Subscriber | None: ...  # noqa: D102
    def export_subscriber(self, id: str) -> dict[str, Any] | None: ...  # noqa: D102
    def export_signups(self, address_key: str) -> list[dict[str, Any]]: ...  # noqa: D102
    def left_before(self, moment: datetime) -> list[Subscriber]: ...  # noqa: D102
    def forget_recipients(self, before: datetime) -> int: ...  # noqa: D102
    def erase_subscriber(self, id: str) -> bool: ...  # noqa: D102
    def forget_signups(self, address_key: str) -> int: ...  # noqa: D102
    def lift_suppression(self, mac: str) -> bool: ...  # noqa: D102
    def suppression(self, mac: str) -> str | None: ...  # noqa: D102


def normal_address(address: str) -> tuple[str, str]:
    """An address somebody gives us: as written to (ASCII, international domains in punycode), and as compared.

    Raises:
        InputError: Not one plain mailbox, or one that cannot be used in a mail header.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(address.strip(" "), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise InputError("address", str(error)) from error
    if valid.ascii_email is None:  # cannot be, with allow_smtputf8=False
        raise InputError("address", "contains characters that mail servers do not accept")
    try:
        one_mailbox(valid.ascii_email)
    except ValueError as error:  # an encoded word (RFC 2047 section 5 forbids it there): nobody can be mailed at it
        raise InputError("address", "cannot be used in a mail header") from error
    return valid.ascii_email, key_of(valid.ascii_email)


def key_of(mailbox: str) -> str:
    """As compared, of an address that was taken before: whatever is judged of new ones now, it is not judged again."""
    return mailbox.casefold()


def add(
    store: Register,
    address: str,
    *,
    language: str,
    topics: tuple[str, ...] = (),
    now: datetime,
    consent: Mapping[str, Any] | None = None,
    is_confirmed: bool = False,
    new_id: Callable[[], str] = lambda: secrets.token_hex(8),
) -> Subscriber:
    """Subscribe an address, or change language and topics of one that is subscribed.

    Args:
        store: Where subscribers are kept.
        address: One mailbox.
        language: Edition wanted.
        topics: Topics wanted; empty means all.
        now: Time of the subscription.
        consent: How and to which words the reader agreed; kept as proof.
        is_confirmed: The reader has asked for it again after leaving; lifts an earlier refusal.
        new_id: Makes the id of a new subscriber.
    Raises:
        InputError: Not an address, or one that left, bounced or was erased.
        BusyError: The reader came or left at this very moment.
    """
    mailbox, key = normal_address(address)
    mac = address_mac(store.secret("address"), key)
    known = store.subscriber_by_key(key)
    refusal = store.suppression(mac) or (
        known.state if known and known.state in ("unsubscribed", "suppressed") else None
    )
    if refusal and not is_confirmed:
        raise InputError("address", f"must not be written to ({refusal}); the reader has to ask for it again")
    if refusal:
        store.lift_suppression(mac)
    created = known.created if known else now
    subscriber = Subscriber(
        id=known.id if known else new_id(), address=mailbox, language=language, topics=topics, created=created
    )
    proof = consent if consent is not None else (None if known else {"source": "operator"})
    seen: SubscriberState | Literal["nobody"] = known.state if known else "nobody"
    store.save_subscriber(subscriber, address_key=key, now=now, consent=proof, seen=seen)
    return subscriber


def find(store: Register, address_or_id: str) -> Subscriber | None:
    """A subscriber by id or address."""
    found = store.subscriber(address_or_id)
    if found is None and "@" in address_or_id:
        found = store.subscriber_by_key(normal_address(address_or_id)[1])
    return found


def kept_about(store: Register, address_or_id: str) -> dict[str, Any]:
    """All that is kept about a reader, or about somebody who has yet to confirm, as plain data.

    Raises:
        InputError: Nobody of that id or address.
    """
    reader = find(store, address_or_id)
    kept = store.export_subscriber(reader.id) if reader is not None else None
    if kept is not None:
        return kept
    signups = store.export_signups(normal_address(address_or_id)[1]) if "@" in address_or_id else []
    if not signups:
        raise _nobody(address_or_id)
    return {"signups": signups}


def remove(store: Register, address_or_id: str, *, now: datetime) -> Subscriber:
    """End a subscription; nothing more is sent, and adding the address again needs the reader's word.

    Raises:
        InputError: Nobody of that id or address.
    """
    subscriber = _existing(store, address_or_id)
    if subscriber.state != "suppressed":
        store.set_subscriber_state(subscriber.id, "unsubscribed", now=now)
        return replace(subscriber, state="unsubscribed")
    return subscriber


def unsubscribe(store: Register, token: str, *, now: datetime, secret: bytes | None = None) -> bool:
    """Honour an unsubscribe link, as often as it is used; False for a token that nobody was given."""
    subscriber = subscriber_of(secret or store.secret("links"), "unsubscribe", token)
    if subscriber is None or store.subscriber(subscriber) is None:
        return False
    remove(store, subscriber, now=now)
    return True


def prefer(
    store: Register, token: str, *, language: str, topics: tuple[str, ...], now: datetime, secret: bytes
) -> Subscriber | None:
    """Change what a reader gets, by the reader's own link.

    Args:
        store: Where readers are kept.
        token: From the link.
        language: Edition wanted.
        topics: Topics wanted; empty means all.
        now: Time of the change.
        secret: Signs the links.
    Returns:
        The reader as changed; None for a link nobody was given, or of one who left.
    """
    known = subscriber_of(secret, "preferences", token)
    return store.change_choices(known, language=language, topics=topics, now=now) if known else None


def erase(store: Register, address_or_id: str, *, now: datetime) -> None:
    """Forget a reader, or somebody who has yet to confirm; only an HMAC of the address stays: no import brings it back.

    Raises:
        InputError: Nobody of that id or address.
    """
    subscriber = find(store, address_or_id)
    if subscriber is not None:
        key = key_of(subscriber.address)
    elif "@" in address_or_id:
        key = normal_address(address_or_id)[1]
    else:
        key = ""
    forgotten = store.forget_signups(key)
    if subscriber is None and not forgotten:
        raise _nobody(address_or_id)
    store.suppress(address_mac(store.secret("address"), key), "erased", now=now)
    if subscriber is not None:
        store.erase_subscriber(subscriber.id)


def tidy(store: Register, *, now: datetime, left_for: timedelta) -> tuple[int, int]:
    """Forget what is not needed any more.

    Args:
        store: Where readers are kept.
        now: The time.
        left_for: Readers who left longer ago are erased.
    Returns:
        Readers erased; addresses taken out of deliveries older than `RECIPIENTS_FOR`.
    """
    gone = store.left_before(now - left_for)
    for reader in gone:
        erase(store, reader.id, now=now)
    return len(gone), store.forget_recipients(now - RECIPIENTS_FOR)


def suppress(store: Refusals, subscriber: Subscriber, reason: str, *, now: datetime) -> None:
    """Never write to a reader again, whatever list the address comes back on."""
    mac = address_mac(store.secret("address"), key_of(subscriber.address))
    store.suppress(mac, reason, now=now)
    store.set_subscriber_state(subscriber.id, "suppressed", now=now)


def _existing(store: Register, address_or_id: str) -> Subscriber:
    subscriber = find(store, address_or_id)
    if subscriber is None:
        raise _nobody(address_or_id)
    return subscriber


def _nobody(address_or_id: str) -> InputError:
    return InputError(address_or_id, "no reader has that address or id")
