"""One run over what waits of an edition: one message after the other, each step in the ledger, again after a pause."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.deliver.ledger import Ledger, is_due, is_expired, moved, put_off
from pipeline.deliver.letters import Letters
from pipeline.deliver.machine import Machine
from pipeline.deliver.message import envelope_sender
from pipeline.deliver.patience import Patience
from pipeline.deliver.replies import Outcome, Verdict
from pipeline.deliver.smtp import Relay
from pipeline.deliver.subscribers import suppress
from pipeline.errors import BusyError, DeliveryError, MailboxError
from pipeline.model import Delivery, DeliveryState, Subscriber

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What surrounds a run: signals, clocks and whoever watches."""

    #: Asked between messages (SIGTERM): the message in hand is finished, nothing is left in doubt.
    should_stop: Callable[[], bool] = lambda: False
    #: Told how many of how many are done.
    progress: Callable[[int, int], None] = lambda _done, _all: None
    #: Waits seconds.
    sleep: Callable[[float], None] = time.sleep
    #: Clock for durations, in seconds.
    elapsed: Callable[[], float] = time.monotonic
    #: Told the name of every step; tests stop the program there.
    at: Callable[[str], None] = lambda _: None


class Rounds:
    """Tries every pending delivery of one edition, those put off again after each wait."""

    def __init__(
        self,
        store: Ledger,
        letters: Letters,
        *,
        machine: Machine,
        started: datetime,
        is_forced: bool = False,
        around: Around,
    ) -> None:
        """Look at who is waiting.

        Args:
            store: The ledger; the caller holds the run lock.
            letters: Makes each message before the server is told anything.
            machine: Notes every try.
            started: The time now.
            is_forced: Go on however old the edition is.
            around: Signals and clocks.
        """
        self._store, self._letters, self._machine, self._around = store, letters, machine, around
        self._edition, self._settings = letters.edition, letters.settings
        self._started, self._zero = started, around.elapsed()
        self._is_forced = is_forced
        self._recipients = store.recipients(self._edition.id)
        self._patience, self._has_given_up = Patience(self._settings.give_up_after), False
        self._last_start = float("-inf")
        #: Messages that the server took.
        self.sent = 0
        self.problems: list[str] = []

    @property
    def now(self) -> datetime:
        """The time, as it has gone on since the start."""
        return self._started + timedelta(seconds=self._around.elapsed() - self._zero)

    @property
    def is_too_late(self) -> bool:
        """Whether the edition has grown too old while it was being sent (a cap an hour, a server that is away)."""
        return not self._is_forced and is_expired(self._edition, now=self.now)

    def go(self) -> DeliveryError | None:
        """Send; why it stopped early, if it did."""
        pending = self._store.deliveries(self._edition.id, state="pending")
        due = [item for item in pending if is_due(item, now=self._started)]
        due.sort(key=lambda item: item.attempts)  # nobody waits behind those who are refused every time
        total, waits = len(due), iter((*self._settings.retry_waits, None))
        stopped: DeliveryError | None = None
        with Relay(self._settings, at=self._around.at) as relay:
            while due:
                left, stopped = self._round(relay, due, total)
                wait = next(waits)
                is_final = self._has_given_up or self._is_over() or (stopped is not None and stopped.permanent)
                if not left or wait is None or is_final:
                    break
                relay.close()
                self._around.sleep(wait)
                due, stopped = left, None
        return self._refused_by_policy() or stopped

    def _refused_by_policy(self) -> DeliveryError | None:
        waiting = {item.subscriber for item in self._store.deliveries(self._edition.id, state="pending")}
        refused = self._patience.refused_by_policy(waiting)
        if refused is None or refused.permanent:
            return refused
        self.problems.append(f"{self._edition.id}: {refused}")
        return None

    def _is_over(self) -> bool:
        return self._around.should_stop() or self.is_too_late

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
            self._around.progress(total - len(left_over) - (len(due) - number - 1), total)
            if (end := self._patience.end()) is not None:
                self._has_given_up = True
                return [*left_over, *due[number + 1 :]], end
        return left_over, None

    def _deliver(self, relay: Relay, delivery: Delivery) -> Delivery | None:
        """One try; the delivery when it is still pending."""
        reader = self._store.subscriber(delivery.subscriber)
        frozen = self._recipients.get(delivery.subscriber)
        if reader is None or frozen is None or reader.state != "active":
            self._withdraw(delivery)
            return None
        subscriber, planned = frozen
        try:
            message = self._letters.octets(delivery, subscriber, planned)
        except MailboxError as error:  # one address costs no other reader the edition
            self._end(delivery, Outcome(verdict="failed", reply=str(error)), subscriber)
            return None
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
        return self._record(replace(delivery, state=current), outcome, subscriber)

    def _record(self, delivery: Delivery, outcome: Outcome, subscriber: Subscriber) -> Delivery | None:
        """Write down how a try ended; the delivery when it is to be tried again in this run."""
        self._patience.note(outcome, subscriber.id)
        if outcome.verdict == "withdrawn":
            self._withdraw(delivery)
            return None
        if outcome.verdict in ("later", "policy"):
            put = put_off(delivery, now=self.now, reason=outcome.reply)
            self._note(put, delivery.state)
            # By policy it would be refused again.
            return put if outcome.verdict == "later" else None
        self._end(replace(delivery, attempts=delivery.attempts + 1), outcome, subscriber)
        return None

    def _end(self, tried: Delivery, outcome: Outcome, subscriber: Subscriber) -> None:
        """The delivery comes to its end: sent, in doubt, or failed."""
        ends: dict[Verdict, DeliveryState] = {"accepted": "sent", "uncertain": "uncertain"}
        ended = moved(tried, ends.get(outcome.verdict, "failed"), now=self.now, reason=outcome.reply)
        if ended.state == "failed":
            self._bounced(outcome, subscriber)
        self._note(ended, tried.state)
        if ended.state == "sent":
            self._around.at("sent recorded")
            self._store.forget_bounces(subscriber.id)
            self.sent += 1
        elif ended.state == "uncertain":
            self.problems.append(doubt_line(ended))
        else:
            self.problems.append(f"{self._edition.id}: reader {subscriber.id}: {outcome.reply}")

    def _bounced(self, outcome: Outcome, subscriber: Subscriber) -> None:
        """No such address: never again. Another refusal of the address: never again after two different days."""
        if outcome.verdict == "failed":
            return
        days = self._store.record_bounce(subscriber.id, self.now.date(), outcome.reply, edition=self._edition.id)
        if outcome.verdict == "bounce" or days >= 2:
            suppress(self._store, subscriber, "bounced", now=self.now)

    def _withdraw(self, delivery: Delivery) -> None:
        gone = moved(delivery, "suppressed", now=self.now, reason="no longer subscribed")
        self._store.change_delivery(gone, expected="pending")

    def _note(self, tried: Delivery, expected: DeliveryState) -> None:
        """Write the outcome of a try down; ledger and machine count the same tries."""
        if self._move(tried, expected):
            self._machine.tried()

    def _move(self, delivery: Delivery, expected: DeliveryState) -> bool:
        """Whether there is still somebody to move it for: an erasure at this moment has suppressed the delivery."""
        if self._store.change_delivery(delivery, expected=expected):
            return True
        if self._store.subscriber(delivery.subscriber) is None:
            return False
        raise BusyError(f"{delivery.edition}: another process changed the delivery to reader {delivery.subscriber}")

    def _keep_pace(self) -> None:
        wait = self._last_start + self._settings.pause_seconds - self._around.elapsed()
        if wait > 0:
            self._around.sleep(wait)
        self._last_start = self._around.elapsed()


def doubt_line(delivery: Delivery) -> str:
    """What a person is told about a delivery in doubt."""
    return (
        f"{delivery.edition}: reader {delivery.subscriber}: uncertain whether {delivery.message_id} was sent "
        f"({delivery.reason}); look for it in the mail server's log"
    )
