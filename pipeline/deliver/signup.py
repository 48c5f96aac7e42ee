"""Signing up through the public form: asked, confirmed by mail, subscribed. Decisions only; the store keeps them.

    asked → pending → sending → sent → confirmed | refused        asked → dropped        pending → failed | expired

Whoever fills in the form may do it with somebody else's address, in masses. So an address gets at most one
confirmation in 24 hours and three that nobody answers, and the answer in the browser says nothing about the address.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from pipeline.deliver.subscribers import key_of, normal_address
from pipeline.deliver.tokens import address_mac, subscriber_of
from pipeline.model import Signup, SignupState, Subscriber

#: A confirmation link works so long.
OPEN_FOR = timedelta(hours=72)
#: After this nobody waits for a confirmation that has not left yet.
MAIL_WITHIN = timedelta(hours=24)
#: Rows without an address stay so long, for those who open an old link.
KEPT_FOR = timedelta(days=30)
PAUSE = timedelta(hours=24)
MOST_UNANSWERED = 3
#: Forms in an hour from one visitor; an office behind one address fills in a few.
PER_VISITOR = 10
#: Forms in an hour are at most so many times the mails in an hour: the rest waits for its turn.
_FORMS_PER_MAIL = 20
#: Message-IDs of confirmations begin so; the sign-up's id follows, half of the link and of no use without the other.
MESSAGE_ID_BEGINS = "confirm."

#: What a confirmation link stands for.
Standing = Literal["open", "confirmed", "refused", "expired", "unknown"]


class Silencing(Protocol):
    """What silencing an address asks of the store."""

    def secret(self, name: str) -> bytes: ...  # noqa: D102
    def silence(self, mac: str, *, most: int, now: datetime) -> None: ...  # noqa: D102


class Door(Silencing, Protocol):
    """What signing up asks of the store; every method is one durable transaction."""

    def suppression(self, mac: str) -> str | None: ...  # noqa: D102
    def ask(  # noqa: D102
        self, signup: Signup, *, address_key: str, visitor: str | None, per_visitor: int, per_hour: int
    ) -> bool: ...
    def signup(self, id: str) -> Signup | None: ...  # noqa: D102
    def signups(self, state: SignupState, *, limit: int = 100) -> list[Signup]: ...  # noqa: D102
    def solicit(  # noqa: D102
        self, id: str, mac: str, *, now: datetime, pause: timedelta, most: int, per_hour: int
    ) -> Literal["pending", "dropped", "full"]: ...
    def change_signup(self, signup: Signup, *, expected: SignupState, now: datetime) -> bool: ...  # noqa: D102
    def confirm_signup(  # noqa: D102
        self,
        id: str,
        *,
        mailbox: str,
        address_key: str,
        mac: str,
        solicitation: str,
        consent: Mapping[str, Any],
        now: datetime,
    ) -> Subscriber | None: ...
    def doubt_signups(self, *, before: datetime, now: datetime) -> int: ...  # noqa: D102
    def tidy_signups(self, *, now: datetime, open_for: timedelta, keep: timedelta) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the form says."""

    address: str
    language: str
    topics: tuple[str, ...] = ()
    #: The sentence about consent that stood beside the button, and its language.
    words: str
    words_language: str


def ask(
    store: Door,
    wish: Wish,
    *,
    client: str | None,
    mails_per_hour: int,
    now: datetime,
    new_id: Callable[[], str] = lambda: secrets.token_hex(16),
) -> bool:
    """Take a filled-in form; False when too many came within the hour, from this visitor or from all.

    Args:
        store: Where it is kept until the outbox looks at it.
        wish: The form.
        client: Address of the visitor's computer; only a keyed hash of it is kept, for an hour.
        mails_per_hour: Most confirmations in an hour.
        now: The time.
        new_id: Makes the id, 128 random bits.
    Raises:
        InputError: Not an address that can be written to.
    """
    mailbox, key = normal_address(wish.address)
    signup = Signup(
        id=new_id(), address=mailbox, language=wish.language, topics=wish.topics, words=wish.words,
        words_language=wish.words_language, asked=now,
    )  # fmt: skip
    place = visitor_of(client)
    visitor = address_mac(store.secret("visitor"), place) if place else None
    return store.ask(
        signup, address_key=key, visitor=visitor, per_visitor=PER_VISITOR, per_hour=_FORMS_PER_MAIL * mails_per_hour
    )


def visitor_of(client: str | None) -> str | None:
    """Who counts as one visitor: an IPv4 address, or the /64 that a household gets; None for the proxy itself."""
    try:
        address = ipaddress.ip_address((client or "").partition("%")[0])
    except ValueError:
        return client or None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return None if address.is_loopback else str(ipaddress.ip_network((int(address), 64), strict=False))
        address = address.ipv4_mapped
    # A proxy on this machine that does not say whom it speaks for: nobody can be told apart.
    return None if address.is_loopback else str(address)


def decide(store: Door, signup: Signup, *, mails_per_hour: int, now: datetime) -> str:
    """Whether a sign-up is answered by mail: "pending", "dropped", "full" (wait) or "expired"."""
    if signup.address is None or now - signup.asked > MAIL_WITHIN:
        store.change_signup(replace(signup, state="expired"), expected="asked", now=now)
        return "expired"
    secret, key = store.secret("address"), key_of(signup.address)
    # An address that was erased or bounced, or whose reader left, may ask again; one that complained may not.
    if store.suppression(address_mac(secret, key)) == "complaint":
        store.change_signup(replace(signup, state="dropped"), expected="asked", now=now)
        return "dropped"
    return store.solicit(
        signup.id, _solicitation_of(secret, key), now=now, pause=PAUSE, most=MOST_UNANSWERED, per_hour=mails_per_hour
    )


def _solicitation_of(secret: bytes, address_key: str) -> str:
    """Under what confirmations are counted: one for all the "+tag" spellings of a mailbox."""
    local, _, domain = address_key.rpartition("@")
    return address_mac(secret, f"{local.partition('+')[0] or local}@{domain}")


def look(store: Door, token: str, *, now: datetime, secret: bytes) -> tuple[Standing, Signup | None]:
    """What a confirmation link stands for; changes nothing."""
    known = subscriber_of(secret, "confirm", token)
    signup = store.signup(known) if known else None
    if signup is None or signup.state in ("asked", "dropped"):
        return "unknown", None
    if signup.state == "confirmed":
        return "confirmed", signup
    if signup.state == "refused":
        return "refused", signup
    if signup.address is None or now - signup.asked > OPEN_FOR:
        return "expired", signup
    return "open", signup


def confirm(store: Door, token: str, *, now: datetime, secret: bytes) -> tuple[Standing, Subscriber | None]:
    """Subscribe who was given the link, once; the reader is None when the link was used or has expired before."""
    standing, signup = look(store, token, now=now, secret=secret)
    if standing != "open" or signup is None or signup.address is None:
        return standing, None
    mailbox, key = signup.address, key_of(signup.address)
    address = store.secret("address")
    reader = store.confirm_signup(
        signup.id,
        mailbox=mailbox,
        address_key=key,
        mac=address_mac(address, key),
        solicitation=_solicitation_of(address, key),
        consent=proof(signup, now),
        now=now,
    )
    return ("confirmed", reader) if reader else (look(store, token, now=now, secret=secret)[0], None)


def refuse(store: Door, token: str, *, now: datetime, secret: bytes) -> Standing:
    """The owner of the address did not ask: nothing more is sent to it, and the address is forgotten."""
    while True:
        standing, signup = look(store, token, now=now, secret=secret)
        if standing != "open" or signup is None or signup.address is None:
            return standing
        silence(store, signup.address, now=now)
        # The mail may be read before the outbox has written down that it left: then the state moves on meanwhile.
        if store.change_signup(replace(signup, state="refused"), expected=signup.state, now=now):
            return "refused"


def silence(store: Silencing, address: str, *, now: datetime) -> None:
    """Send no further confirmation to an address: it does not exist, or its owner did not ask."""
    mac = _solicitation_of(store.secret("address"), key_of(address))
    store.silence(mac, most=MOST_UNANSWERED, now=now)


def proof(signup: Signup, now: datetime) -> dict[str, str]:
    """What shows that the reader agreed: when, to which words, and when the link in the mail was used."""
    return {
        "source": "form",
        "asked": signup.asked.isoformat(),
        "confirmed": now.isoformat(),
        "words": signup.words,
        "language": signup.words_language,
        "version": hashlib.sha256(signup.words.encode()).hexdigest()[:12],
    }
