"""Sending an edition: freeze who gets it, then one message after the other, each step in the ledger."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pipeline.deliver.ledger import (
    LIFETIME,
    Ledger,
    again,
    is_expired,
    moved,
    plan_deliveries,
    put_off,
)
from pipeline.deliver.machine import Machine
from pipeline.deliver.message import build_message, envelope_sender
from pipeline.deliver.replies import Outcome
from pipeline.deliver.settings import SmtpSettings
from pipeline.deliver.smtp import Relay
from pipeline.deliver.subscribers import normal_address, suppress
from pipeline.deliver.tokens import address_mac, token_for
from pipeline.errors import BusyError, DeliveryError
from pipeline.model import Delivery, DeliveryState, Edition, Subscriber

#: Subject, HTML and plain text of one reader's message.
Render = Callable[[Subscriber], tuple[str, str, str]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """How an edition stands after a run; holds no address."""

    edition: str
    #: State -> deliveries of the edition; of a dry run: what would be.
    counts: Mapping[str, int] = field(default_factory=dict)
    #: Messages that the server took in this run.
    sent_now: int = 0
    problems: tuple[str, ...] = ()
    #: Ids of the readers who would get a message now; of a dry run only.
    readers: tuple[str, ...] = ()
    #: Why the run ended before its time.
    stopped: DeliveryError | None = None
    is_dry_run: bool = False

    @property
    def exit_code(self) -> int:
        """0: nothing left to do by itself; 75: run again later; 78: a person must change something first."""
        if self.stopped is not None:
            return self.stopped.exit_code
        return 75 if self.counts.get("pending") and not self.is_dry_run else 0


def send_edition(
    store: Ledger,
    edition: Edition,
    *,
    render: Render,
    settings: SmtpSettings,
    now: datetime,
    dry_run: bool = False,
    force: bool = False,
    include_new: bool = False,
    resend_uncertain: bool = False,
    revision: int | None = None,
    secret: bytes | None = None,
    machine: Machine | None = None,
    adopt: bool = False,
    should_stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    sleep: Callable[[float], None] = time.sleep,
    elapsed: Callable[[], float] = time.monotonic,
    at: Callable[[str], None] = lambda _: None,
) -> SendReport:
    """Send an edition once to everybody who was subscribed when it was first sent; go on where an earlier run stopped.

    Args:
        store: The ledger; the run lock is taken (or already held by the caller through the same store).
        edition: Frozen edition.
        render: Makes a reader's message; called before the server is told anything.
        settings: The mail server and the headers.
        now: Time of the start.
        dry_run: Plan and build everything, write and send nothing.
        force: Send although the edition is older than 24 hours, also to those for whom it had expired.
        include_new: Add readers who subscribed after the recipients were frozen.
        resend_uncertain: A person's choice: send again what was in doubt.
        revision: The revision that `edition` is; when an editor has changed it since, nothing is frozen or sent.
        secret: Signs unsubscribe links; the store's own when None.
        machine: This one. A database that was last used for sending elsewhere, or is older than what was sent, sends
            nothing (a copy or a restored backup would mail everybody again) unless `adopt`.
        adopt: This machine sends from now on.
        should_stop: Asked between messages (SIGTERM): the message in hand is finished, nothing is left in doubt.
        progress: Told how many of how many are done.
        sleep: Waits seconds.
        elapsed: Clock for durations.
        at: Told the name of every step; tests stop the program there.
    Raises:
        ConfigError: The settings cannot work.
        BusyError: Another run holds the lock, or has taken over.
        DeliveryError: The clock or the machine is wrong; nothing was sent.
    """
    settings.check()
    if edition.closed - now > LIFETIME:
        raise DeliveryError(f"the clock says {now:%Y-%m-%d}, before edition {edition.id} was made", permanent=True)
    secret = secret or store.secret("links")
    if dry_run:
        return _rehearse(store, edition, render=render, settings=settings, now=now, secret=secret, force=force)
    with store.run_lock(now=now):
        machine = machine or Machine()
        problems = machine.take_over(store, now=now, adopt=adopt)
        problems += [_doubt_line(item) for item in store.doubt_leftovers(now=now)]
        at("leftovers doubted")
        _expire_others(store, edition, now=now)
        if is_expired(edition, now=now) and not force:
            if _expire(store, edition.id, now=now) or resend_uncertain or store.mailing_frozen(edition.id) is None:
                problems.append(_too_old(edition))
            return _report(store, edition, problems, sent=0, stopped=None)
        if force:
            again(store, edition.id, "expired", now=now)
        if resend_uncertain:
            again(store, edition.id, "uncertain", now=now)
        if store.mailing_frozen(edition.id) is None or include_new:
            _freeze(store, edition, settings, now=now, revision=revision)
            at("recipients frozen")
        run = _Run(
            store=store, edition=edition, render=render, settings=settings, secret=secret, started=now, force=force,
            machine=machine, should_stop=should_stop, progress=progress, sleep=sleep, elapsed=elapsed, at=at,
        )  # fmt: skip
        stopped = run.go()
        if run.is_too_late and _expire(store, edition.id, now=run.now):
            run.problems.append(_too_old(edition))
        return _report(store, edition, problems + run.problems, sent=run.sent, stopped=stopped)


class _Run:
    """One run over the pending deliveries of one edition."""

    def __init__(
        self, *, store: Ledger, edition: Edition, render: Render, settings: SmtpSettings, secret: bytes,
        started: datetime, force: bool, machine: Machine, should_stop: Callable[[], bool],
        progress: Callable[[int, int], None], sleep: Callable[[float], None], elapsed: Callable[[], float],
        at: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._store, self._edition, self._render, self._settings = store, edition, render, settings
        self._secret, self._should_stop, self._progress = secret, should_stop, progress
        self._sleep, self._elapsed, self._at = sleep, elapsed, at
        self._started, self._zero = started, elapsed()
        self._recipients = store.recipients(edition.id)
        self._in_a_row, self._has_given_up = 0, False
        self._is_forced, self._machine = force, machine
        #: Readers refused by policy, how many of them in a row, and the server's last words about it.
        self._by_policy, self._policy_in_a_row, self._policy = set[str](), 0, ""
        self._last_start = float("-inf")
        self.sent = 0
        self.problems: list[str] = []

    @property
    def now(self) -> datetime:
        """The time, as it has gone on since the start."""
        return self._started + timedelta(seconds=self._elapsed() - self._zero)

    @property
    def is_too_late(self) -> bool:
        """Whether the edition has grown too old while it was being sent (a cap an hour, a server that is away)."""
        return not self._is_forced and is_expired(self._edition, now=self.now)

    def go(self) -> DeliveryError | None:
        """Try every pending delivery, those put off again after each wait; why it stopped early, if it did."""
        pending = self._store.deliveries(self._edition.id, state="pending")
        due = [item for item in pending if item.not_before is None or item.not_before <= self._started]
        due.sort(key=lambda item: item.attempts)  # nobody waits behind those who are refused every time
        total, waits = len(due), iter((*self._settings.retry_waits, None))
        stopped: DeliveryError | None = None
        with Relay(self._settings, at=self._at) as relay:
            while due:
                left, stopped = self._round(relay, due, total)
                wait = next(waits)
                is_final = self._has_given_up or self._is_over() or (stopped is not None and stopped.permanent)
                if not left or wait is None or is_final:
                    break
                relay.close()
                self._sleep(wait)
                due, stopped = left, None
        return self._refused_by_policy() or stopped

    def _refused_by_policy(self) -> DeliveryError | None:
        """It is about us, unless one reader's server alone thinks so: then another run helps all the others first."""
        if not self._by_policy:
            return None
        reason = f"the mail server refuses us by policy ({self._policy}), for {len(self._by_policy)} readers"
        waiting = {item.subscriber for item in self._store.deliveries(self._edition.id, state="pending")}
        if self._policy_in_a_row >= self._settings.give_up_after or waiting <= self._by_policy:
            return DeliveryError(reason, permanent=True)
        self.problems.append(f"{self._edition.id}: {reason}")
        return None

    def _is_over(self) -> bool:
        return self._should_stop() or self.is_too_late

    def _round(self, relay: Relay, due: Sequence[Delivery], total: int) -> tuple[list[Delivery], DeliveryError | None]:
        """One try each; those to be tried again, and why the round ended early."""
        left_over: list[Delivery] = []
        for number, delivery in enumerate(due):
            self._keep_pace()
            if self._is_over():
                return [*left_over, *due[number:]], None
            try:
                left = self._deliver(relay, delivery)
            except DeliveryError as error:
                _log.error("%s: sending stopped: %s", self._edition.id, error)
                return [*left_over, *due[number:]], error
            if left is not None:
                left_over.append(left)
            self._progress(total - len(left_over) - (len(due) - number - 1), total)
            if self._in_a_row >= self._settings.give_up_after:
                self._has_given_up = True
                reason = f"{self._in_a_row} messages in a row were not taken"
                return [*left_over, *due[number + 1 :]], DeliveryError(reason)
        return left_over, None

    def _deliver(self, relay: Relay, delivery: Delivery) -> Delivery | None:
        """One try; the delivery when it is still pending."""
        reader = self._store.subscriber(delivery.subscriber)
        frozen = self._recipients.get(delivery.subscriber)
        if reader is None or frozen is None or reader.state != "active":
            self._withdraw(delivery)
            return None
        subscriber, planned = frozen
        message = self._build(delivery, subscriber, planned)
        sending = moved(delivery, "sending", now=self.now)
        is_sending = False

        def before_data() -> bool:
            nonlocal is_sending
            is_sending = self._store.change_delivery(sending, expected="pending", if_active=True)
            return is_sending

        try:
            outcome = relay.deliver(
                message,
                sender=envelope_sender(self._settings, subscriber.id),
                recipient=subscriber.address,
                before_data=before_data,
            )
        except DeliveryError:
            if is_sending:  # refused with an answer: the server has certainly not taken it
                self._move(replace(sending, state="pending", changed=self.now), "sending")
            raise
        current: DeliveryState = "sending" if is_sending else "pending"
        left = self._record(replace(delivery, state=current), outcome, subscriber)
        if outcome.verdict != "withdrawn":
            self._machine.tried()
        return left

    def _record(self, delivery: Delivery, outcome: Outcome, subscriber: Subscriber) -> Delivery | None:
        """Write down how a try ended; the delivery when it is still pending."""
        now, was = self.now, delivery.state
        tried = replace(delivery, attempts=delivery.attempts + 1)
        if outcome.verdict != "bounce":
            self._in_a_row = 0 if outcome.verdict in ("accepted", "withdrawn") else self._in_a_row + 1
        self._policy_in_a_row = self._policy_in_a_row + 1 if outcome.verdict == "policy" else 0
        if outcome.verdict == "withdrawn":
            self._withdraw(delivery)
            return None
        if outcome.verdict == "accepted":
            self._move(moved(tried, "sent", now=now, reason=outcome.reply), was)
            self._at("sent recorded")
            self._store.forget_bounces(subscriber.id)
            self.sent += 1
            return None
        if outcome.verdict in ("later", "policy"):
            put = put_off(delivery, now=now, reason=outcome.reply)
            self._move(put, was)
            if outcome.verdict == "later":
                return put
            self._by_policy.add(subscriber.id)
            self._policy = outcome.reply
            return None  # not again in this run: it would be refused again
        if outcome.verdict == "uncertain":
            doubtful = moved(tried, "uncertain", now=now, reason=outcome.reply)
            self._move(doubtful, was)
            self.problems.append(_doubt_line(doubtful))
            return None
        self._bounced(outcome, subscriber)
        self._move(moved(tried, "failed", now=now, reason=outcome.reply), was)
        self.problems.append(f"{self._edition.id}: reader {subscriber.id}: {outcome.reply}")
        return None

    def _bounced(self, outcome: Outcome, subscriber: Subscriber) -> None:
        """No such address: never again. Another refusal of the address: never again after two different days."""
        if outcome.verdict == "failed":
            return
        days = self._store.record_bounce(subscriber.id, self.now.date(), outcome.reply)
        if outcome.verdict == "bounce" or days >= 2:
            suppress(self._store, subscriber, "bounced", now=self.now)

    def _withdraw(self, delivery: Delivery) -> None:
        gone = moved(delivery, "suppressed", now=self.now, reason="no longer subscribed")
        self._store.change_delivery(gone, expected="pending")

    def _move(self, delivery: Delivery, expected: DeliveryState) -> None:
        if not self._store.change_delivery(delivery, expected=expected):
            raise BusyError(f"{delivery.edition}: another process changed the delivery to reader {delivery.subscriber}")

    def _build(self, delivery: Delivery, subscriber: Subscriber, planned: datetime) -> bytes:
        return _message(self._settings, delivery, subscriber, planned, self._edition, self._render, self._secret)

    def _keep_pace(self) -> None:
        wait = self._last_start + self._settings.pause_seconds - self._elapsed()
        if wait > 0:
            self._sleep(wait)
        self._last_start = self._elapsed()


def _message(
    settings: SmtpSettings, delivery: Delivery, subscriber: Subscriber, planned: datetime, edition: Edition,
    render: Render, secret: bytes,
) -> bytes:  # fmt: skip
    subject, html, text = render(subscriber)
    try:
        return build_message(
            settings,
            to=subscriber.address,
            subject=subject,
            html=html,
            text=text,
            message_id=delivery.message_id,
            date=planned,
            language=edition.language,
            token=token_for(secret, "unsubscribe", subscriber.id),
        )
    except ValueError as error:
        raise DeliveryError(f"{edition.id}: the message cannot be built: {error}", permanent=True) from error


def _plan(
    store: Ledger, edition: Edition, settings: SmtpSettings, *, now: datetime
) -> list[tuple[Delivery, Subscriber]]:
    """New deliveries with their readers."""
    address_secret = store.secret("address")

    def refused(subscriber: Subscriber) -> str | None:
        return store.suppression(address_mac(address_secret, normal_address(subscriber.address)[1]))

    readers = {reader.id: reader for reader in store.subscribers(state="active")}
    already = {item.subscriber for item in store.deliveries(edition.id)}
    domain = settings.from_address.domain
    planned = plan_deliveries(edition, list(readers.values()), already, now=now, domain=domain, refused=refused)
    return [(delivery, readers[delivery.subscriber]) for delivery in planned]


def _freeze(store: Ledger, edition: Edition, settings: SmtpSettings, *, now: datetime, revision: int | None) -> None:
    """Write down who gets the edition; with nobody to write to, the list stays open."""
    planned = _plan(store, edition, settings, now=now)
    if planned:
        store.freeze_recipients(edition.id, planned, now=now, revision=revision)
        _log.info("%s: %d recipients", edition.id, len(planned))


def _rehearse(
    store: Ledger,
    edition: Edition,
    *,
    render: Render,
    settings: SmtpSettings,
    now: datetime,
    secret: bytes,
    force: bool,
) -> SendReport:
    """Build every message that a real run would send now."""
    counts = Counter[str](item.state for item in store.deliveries(edition.id))
    problems = []
    if is_expired(edition, now=now) and not force:
        problems.append(_too_old(edition))
    problems += _shortcomings(edition, settings)
    planned = _plan(store, edition, settings, now=now) if store.mailing_frozen(edition.id) is None else []
    counts.update(delivery.state for delivery, _ in planned)
    due = [pair for pair in planned if pair[0].state == "pending"] + _left(store, edition)
    largest = 0
    for delivery, subscriber in due:
        largest = max(largest, len(_message(settings, delivery, subscriber, now, edition, render, secret)))
    if largest:
        problems.append(f"largest message: {largest / 1000:.0f} KB")
    readers = tuple(subscriber.id for _, subscriber in due)
    return SendReport(
        edition=edition.id, counts=dict(counts), problems=tuple(problems), readers=readers, is_dry_run=True
    )


def _shortcomings(edition: Edition, settings: SmtpSettings) -> list[str]:
    """What every newsletter owes its readers, and this one lacks (GDPR 7(3) and 13, CAN-SPAM)."""
    lacks = []
    if edition.publisher is None:
        lacks.append("edition.publisher is not set: messages do not say who sends them")
    if not settings.unsubscribe_base_url and not settings.unsubscribe_mailto:
        lacks.append("no way to leave: set mail.public_url, mail.unsubscribe_url or mail.unsubscribe_mailto")
    return lacks


def _left(store: Ledger, edition: Edition) -> list[tuple[Delivery, Subscriber]]:
    """What an earlier run left to send, with readers as they were when the list was frozen."""
    frozen = store.recipients(edition.id)
    pending = store.deliveries(edition.id, state="pending")
    return [(delivery, frozen[delivery.subscriber][0]) for delivery in pending if delivery.subscriber in frozen]


def _expire(store: Ledger, edition: str, *, now: datetime) -> int:
    """Give up what is still waiting; how many."""
    waiting = store.deliveries(edition, state="pending")
    for delivery in waiting:
        late = moved(delivery, "expired", now=now, reason="the edition is older than 24 hours")
        store.change_delivery(late, expected="pending")
    return len(waiting)


def _expire_others(store: Ledger, edition: Edition, *, now: datetime) -> None:
    """What waits of earlier editions has nobody to look at it any more."""
    for name in {item.edition for item in store.deliveries(state="pending")} - {edition.id}:
        if is_expired(store.edition(name), now=now):
            _expire(store, name, now=now)


def _too_old(edition: Edition) -> str:
    return f"{edition.id} closed more than 24 hours ago: not sent unless forced"


def _doubt_line(delivery: Delivery) -> str:
    return (
        f"{delivery.edition}: reader {delivery.subscriber}: uncertain whether {delivery.message_id} was sent "
        f"({delivery.reason}); look for it in the mail server's log"
    )


def _report(
    store: Ledger, edition: Edition, problems: Sequence[str], *, sent: int, stopped: DeliveryError | None
) -> SendReport:
    counts = Counter[str](item.state for item in store.deliveries(edition.id))
    if stopped is not None:
        problems = [*problems, f"{edition.id}: {stopped}"]
    _log.info("%s: %s", edition.id, ", ".join(f"{n} {state}" for state, n in sorted(counts.items())) or "no readers")
    return SendReport(edition=edition.id, counts=dict(counts), sent_now=sent, problems=tuple(problems), stopped=stopped)
