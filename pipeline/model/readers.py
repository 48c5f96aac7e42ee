"""Who gets it, and how far each message came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryState = Literal["pending", "sending", "sent", "failed", "suppressed", "expired", "uncertain"]
SubscriberState = Literal["active", "unconfirmed", "unsubscribed", "suppressed"]
SignupState = Literal[
    "asked", "pending", "sending", "sent", "failed", "uncertain", "expired", "dropped", "confirmed", "refused",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One reader."""

    id: str
    address: str
    language: str
    #: Topics wanted; empty means all.
    topics: tuple[str, ...] = ()
    state: SubscriberState = "active"
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signup:
    """An address that somebody entered into the public form; a reader only once the link in the mail is used."""

    #: Random, 128 bits.
    id: str
    #: None once the sign-up is confirmed, refused or over.
    address: str | None
    language: str
    topics: tuple[str, ...] = ()
    #: What the form said about the consent, and in which language.
    words: str
    words_language: str
    asked: datetime
    state: SignupState = "asked"
    #: Tries to send the confirmation mail.
    attempts: int = 0
    not_before: datetime | None = None
    reason: str | None = None
    #: The reader it became.
    subscriber: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One (edition, subscriber) and how far it came."""

    edition: str
    subscriber: str
    state: DeliveryState
    message_id: str
    attempts: int = 0
    #: Not tried again before this time.
    not_before: datetime | None = None
    #: Last reply of the mail server or the reason of the state.
    reason: str | None = None
    changed: datetime
