"""The pure decisions of sending: who, when again, what an answer means, when to stop; each exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pytest
from deliver_cases import NOW, edition, later, readers

from pipeline.deliver import plan_deliveries, settle
from pipeline.deliver.ledger import LIFETIME, again, is_expired, message_id, moved, put_off
from pipeline.deliver.patience import Patience
from pipeline.deliver.replies import Outcome, Reply, Step, Verdict, classify, without_address, without_addresses
from pipeline.deliver.subscribers import add
from pipeline.deliver.tokens import address_mac, subscriber_of, token_for
from pipeline.model import Delivery, DeliveryState
from pipeline.store import Store

SECRET = bytes(range(32))


def delivery(state: DeliveryState = "pending", **values: Any) -> Delivery:
    given = {"edition": "2026-11-23-en", "subscriber": "r1", "message_id": "<m@example.org>", "changed": NOW}
    return Delivery(state=state, **given | values)


# What must not change from one version to the next: links and suppressions of years depend on it


def test_links_of_old_messages_still_work() -> None:
    """Calculated apart from the program: HMAC-SHA256 over purpose, NUL and id, base64url, 192 bits."""
    expected = "r0001.aUzHN_RVq-5O2T1zoO33j1CaV7W8JMlZ"
    assert token_for(SECRET, "unsubscribe", "r0001") == expected
    assert subscriber_of(SECRET, "unsubscribe", expected) == "r0001"


def test_suppressed_addresses_are_known_again() -> None:
    assert address_mac(SECRET, "reader@example.org") == "NXa7yFNtY1VmYGuiIDxotACYh7Bu65oHoZm6H13L37k"


def test_every_try_has_the_same_message_id() -> None:
    """A retry after an upgrade in the middle of an edition must be known for a copy."""
    expected = "<2026-11-23-en.2e56cc7ea587c090d2ccd534f009cf46@example.org>"
    assert message_id("2026-11-23-en", "r0001", "example.org") == expected


@pytest.mark.parametrize(
    "token", ["", ".", "r0001", "r0001.", "r0001.x.y", "r.0001.RrTNuhqs", "\ud800.x", "é.x", "r0001\0.x"]
)
def test_what_is_no_token_is_nobodys(token: str) -> None:
    assert subscriber_of(SECRET, "unsubscribe", token) is None


# States


def test_a_step_forgets_what_the_last_one_said() -> None:
    before = delivery("pending", attempts=3, not_before=later(2), reason="451 later")
    assert moved(before, "sending", now=later(1)) == delivery("sending", attempts=3, changed=later(1))
    assert moved(before, "sent", now=later(1), reason="250 ok") == delivery(
        "sent", attempts=3, changed=later(1), reason="250 ok"
    )


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 30), (1, 60), (2, 120), (3, 240), (4, 240), (8, 240), (9, 240), (5000, 240)]
)
def test_a_delivery_put_off_waits_longer_each_time(attempts: int, minutes: int) -> None:
    """RFC 5321, section 4.5.4.1: at least 30 minutes; a daily digest cannot wait longer than four hours."""
    put = put_off(delivery("sending", attempts=attempts), now=later(1), reason="451 4.7.1 later")
    assert put == delivery(
        attempts=attempts + 1,
        not_before=later(1) + timedelta(minutes=minutes),
        reason="451 4.7.1 later",
        changed=later(1),
    )


def test_an_edition_lives_a_day() -> None:
    assert not is_expired(edition(), now=NOW + LIFETIME)
    assert is_expired(edition(), now=NOW + LIFETIME + timedelta(microseconds=1))


def test_plan_takes_active_readers_of_the_language(store: Store) -> None:
    people = [*readers(store, 3), add(store, "fr@example.org", language="fr", now=NOW)]
    people[1] = replace(people[1], state="unsubscribed")
    refused = {"r0002": "bounced"}
    planned = plan_deliveries(
        edition(), people, {"r0009"}, now=NOW, domain="example.org", refused=lambda item: refused.get(item.id)
    )
    assert [(item.subscriber, item.state) for item in planned] == [("r0000", "pending"), ("r0002", "suppressed")]
    assert plan_deliveries(edition(), people, {"r0000", "r0002"}, now=NOW, domain="example.org") == []
    again = plan_deliveries(edition(), list(reversed(people)), (), now=NOW, domain="example.org")
    assert [item.message_id for item in again] == [item.message_id for item in planned]


def test_a_plan_holds_all_that_a_delivery_needs(store: Store) -> None:
    people = readers(store, 2)
    planned = plan_deliveries(
        edition(), people[::-1], (), now=later(1), domain="example.org",
        refused=lambda reader: "bounced" if reader.id == "r0001" else None,
    )  # fmt: skip
    common = {"edition": "2026-11-23-en", "changed": later(1)}
    ids = [message_id("2026-11-23-en", reader.id, "example.org") for reader in people]
    assert planned == [
        Delivery(subscriber="r0000", state="pending", message_id=ids[0], **common),
        Delivery(subscriber="r0001", state="suppressed", message_id=ids[1], reason="bounced", **common),
    ]


# What a person decides about deliveries in doubt


def ledger_of(store: Store, states: Sequence[DeliveryState], *, name: str = "2026-11-23-en") -> None:
    """A store whose ledger holds one delivery of each state, of readers r0000 and on."""
    people = readers(store, len(states)) if not store.subscribers() else store.subscribers()
    at = NOW if name == "2026-11-23-en" else later(24)
    store.freeze(edition(at), {}, now=at)
    pairs = [
        (delivery(state, edition=name, subscriber=who.id, message_id=f"<{name}.{who.id}@example.org>"), who)
        for who, state in zip(people, states, strict=True)
    ]
    store.freeze_recipients(name, pairs, now=at)


STATES: list[DeliveryState] = ["uncertain", "uncertain", "uncertain", "pending", "sent", "failed", "expired"]


def test_a_log_settles_what_it_shows_and_nothing_else(store: Store) -> None:
    """With or without angle brackets; ids of deliveries that were never in doubt change nothing."""
    ledger_of(store, STATES)
    shown = [
        "<2026-11-23-en.r0000@example.org>",
        "2026-11-23-en.r0001@example.org",
        "<2026-11-23-en.r0003@example.org>",
    ]
    before = store.deliveries()

    assert settle(store, shown, now=later(1)) == 2

    found = "found in the mail server's log"
    settled = [replace(item, state="sent", reason=found, changed=later(1)) for item in before[:2]]
    assert store.deliveries() == settled + before[2:]


def test_a_complete_log_gives_back_what_it_lacks(store: Store) -> None:
    ledger_of(store, STATES)
    before = store.deliveries()

    assert settle(store, {before[1].message_id}, now=later(1), is_complete=True) == 3

    after = store.deliveries()
    assert [item.state for item in after[:3]] == ["pending", "sent", "pending"]
    assert {after[0].reason, after[2].reason} == {"not in the mail server's log"}
    assert after[3:] == before[3:]


@pytest.mark.parametrize(("state", "count"), [("uncertain", 3), ("expired", 1)])
def test_sending_again_concerns_one_state_of_one_edition(
    store: Store, state: Literal["uncertain", "expired"], count: int
) -> None:
    ledger_of(store, STATES)
    ledger_of(store, STATES, name="2026-11-24-en")
    before = store.deliveries()

    assert again(store, "2026-11-24-en", state, now=later(25)) == count

    by_hand = {"state": "pending", "reason": "sent again by hand", "changed": later(25)}
    expected = [
        replace(item, **by_hand) if item.edition == "2026-11-24-en" and item.state == state else item for item in before
    ]
    assert store.deliveries() == expected


# What an answer of the mail server means

ANSWERS: list[tuple[Step, int, str, Verdict | None]] = [
    ("rcpt", 400, "x", "later"), ("rcpt", 499, "4.7.1 greylisted", "later"), ("end", 450, "5.1.1 odd", "later"),
    ("rcpt", 530, "5.7.0 log in", None), ("rcpt", 534, "x", None), ("data", 535, "x", None), ("end", 538, "x", None),
    ("rcpt", 500, "5.7.1 no", "policy"), ("end", 554, "5.7.26 unauthenticated", "policy"),
    ("rcpt", 250, "2.1.5 ok", "later"), ("end", 399, "x", "uncertain"), ("end", 200, "x", "uncertain"),
    ("rcpt", 550, "5.1.1 no such user", "bounce"), ("data", 550, "5.1.10 null MX", "bounce"),
    ("rcpt", 550, "5.1.2 x", "bounce"), ("rcpt", 550, "5.1.3 x", "bounce"), ("rcpt", 550, "5.1.6 x", "bounce"),
    ("rcpt", 550, "5.1.4 ambiguous", "refused"), ("rcpt", 552, "5.2.2 mailbox full", "refused"),
    ("rcpt", 550, "no words of a status", "refused"), ("rcpt", 550, "see 5.1.1 of the rules", "refused"),
    ("rcpt", 550, "5.01.001 leading zeros", "bounce"), ("rcpt", 550, "5.17.1 x", "refused"),
    ("rcpt", 500, "x", "refused"), ("end", 500, "x", "failed"),
    ("end", 554, "5.6.0 bad content", "failed"), ("data", 554, "no", "failed"), ("end", 599, "x", "failed"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "code", "text", "verdict"), ANSWERS)
def test_answers(step: Step, code: int, text: str, verdict: Verdict | None) -> None:
    assert classify(step, Reply(code=code, text=text)) == verdict


def test_an_answer_is_kept_as_one_short_line_without_addresses() -> None:
    reply = Reply(code=550, text="5.1.1  no\r\nsuch\x00 user\t" + "x" * 400)
    assert str(reply).startswith("550 5.1.1 no such user xxx")
    assert len(str(reply)) == 300
    text = "550 <Reader@Example.org>: no reader@example.org here, write to postmaster@example.com"
    hidden = "550 <<address>>: no <address> here, write to postmaster@example.com"
    assert without_address(text, "reader@example.org") == hidden
    assert without_address("reader@exampleXorg", "reader@example.org") == "reader@exampleXorg"
    assert without_addresses(text) == "550 <address>: no <address> here, write to <address>"


# When to stop


def outcomes(patience: Patience, *verdicts: Verdict | Literal["withdrawn"], start: int = 0) -> None:
    for number, verdict in enumerate(verdicts, start):
        patience.note(Outcome(verdict=verdict, reply=f"answer {number}"), f"r{number}")


def test_so_many_in_a_row_end_the_run() -> None:
    patience = Patience(3)
    outcomes(patience, "later", "failed")
    assert patience.end() is None
    outcomes(patience, "uncertain")
    end = patience.end()
    assert end
    assert (str(end), end.exit_code) == ("3 messages in a row were not accepted", 75)


@pytest.mark.parametrize("good", ["accepted", "withdrawn"])
def test_one_that_is_taken_restores_patience(good: Verdict) -> None:
    patience = Patience(2)
    outcomes(patience, "later", good, "later")
    assert patience.end() is None


def test_addresses_that_do_not_exist_are_no_sign_of_trouble() -> None:
    """They neither count nor do they break a row."""
    patience = Patience(2)
    outcomes(patience, "bounce", "bounce", "bounce", "later", "bounce")
    assert patience.end() is None
    outcomes(patience, "later")
    assert patience.end()


def test_policy_against_one_of_many_is_told_and_no_more() -> None:
    patience = Patience(5)
    assert patience.refused_by_policy({"r0"}) is None
    outcomes(patience, "policy", "accepted")
    told = patience.refused_by_policy({"r0", "r9"})
    assert told
    assert str(told) == "the mail server refuses us by policy (answer 0), for 1 reader"
    assert not told.permanent


def test_policy_against_all_who_wait_is_about_us() -> None:
    patience = Patience(5)
    outcomes(patience, "policy", "accepted", "policy")
    told = patience.refused_by_policy({"r0", "r2"})
    assert told
    assert told.permanent
    assert str(told) == "the mail server refuses us by policy (answer 2), for 2 readers"


def test_policy_in_a_row_is_about_us_whoever_waits() -> None:
    patience = Patience(3)
    outcomes(patience, "policy", "policy")
    assert not patience.refused_by_policy({"r9"}).permanent  # type: ignore[union-attr]
    outcomes(patience, "accepted", "policy", "policy")
    assert not patience.refused_by_policy({"r9"}).permanent  # type: ignore[union-attr]
    outcomes(patience, "policy", start=5)
    assert patience.refused_by_policy({"r9"}).permanent  # type: ignore[union-attr]
    outcomes(patience, "accepted", start=6)
    assert not patience.refused_by_policy({"r9"}).permanent  # type: ignore[union-attr]
