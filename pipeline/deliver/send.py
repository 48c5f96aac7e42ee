"""Sending an edition: freeze who gets it, then one message after the other, each step in the ledger."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from pipeline.deliver import recipients
from pipeline.deliver.ledger import LIFETIME, Ledger, again, is_expired
from pipeline.deliver.letters import Letters, Render
from pipeline.deliver.machine import Machine
from pipeline.deliver.rehearsal import rehearse
from pipeline.deliver.report import SendReport, too_old
from pipeline.deliver.rounds import Around, Rounds, doubt_line
from pipeline.deliver.settings import SmtpSettings
from pipeline.errors import DeliveryError
from pipeline.model import Edition

_log = logging.getLogger(__name__)


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
        hint = f"if that day is the wrong one, `cyberdigest edition remove {edition.id}` takes it back"
        reason = f"the clock says {now:%Y-%m-%d}, before edition {edition.id} was made; {hint}"
        raise DeliveryError(reason, permanent=True)
    letters = Letters(edition=edition, render=render, settings=settings, secret=secret or store.secret("links"))
    if dry_run:
        return rehearse(store, letters, now=now, force=force)
    around = Around(should_stop=should_stop, progress=progress, sleep=sleep, elapsed=elapsed, at=at)
    with store.run_lock(now=now):
        machine = machine or Machine()
        problems = machine.take_over(store, now=now, adopt=adopt)
        problems += [doubt_line(item) for item in store.doubt_leftovers(now=now)]
        at("leftovers doubted")
        recipients.expire_others(store, edition, now=now)
        if is_expired(edition, now=now) and not force:
            return _not_sent(store, edition, problems, now=now, is_wanted=resend_uncertain)
        _reopen(store, edition, now=now, expired=force, uncertain=resend_uncertain)
        if store.mailing_frozen(edition.id) is None or include_new:
            recipients.freeze(store, edition, settings, now=now, revision=revision)
            at("recipients frozen")
        rounds = Rounds(store, letters, machine=machine, started=now, is_forced=force, around=around)
        stopped = rounds.go()
        if rounds.is_too_late and recipients.expire(store, edition.id, now=rounds.now):
            rounds.problems.append(too_old(edition))
        return _report(store, edition, problems + rounds.problems, sent=rounds.sent, stopped=stopped)


def _not_sent(store: Ledger, edition: Edition, problems: list[str], *, now: datetime, is_wanted: bool) -> SendReport:
    """What is too old is given up; said where somebody waits for it, or has asked for it."""
    is_new = store.mailing_frozen(edition.id) is None
    if recipients.expire(store, edition.id, now=now) or is_wanted or is_new:
        problems = [*problems, too_old(edition)]
    return _report(store, edition, problems, sent=0, stopped=None)


def _reopen(store: Ledger, edition: Edition, *, now: datetime, expired: bool, uncertain: bool) -> None:
    """A person's choice: what was given up, or is in doubt, is sent again."""
    if expired:
        again(store, edition.id, "expired", now=now)
    if uncertain:
        again(store, edition.id, "uncertain", now=now)


def _report(
    store: Ledger, edition: Edition, problems: Sequence[str], *, sent: int, stopped: DeliveryError | None
) -> SendReport:
    counts = Counter[str](item.state for item in store.deliveries(edition.id))
    if stopped is not None:
        problems = [*problems, f"{edition.id}: {stopped}"]
    _log.info("%s: %s", edition.id, ", ".join(f"{n} {state}" for state, n in sorted(counts.items())) or "no readers")
    return SendReport(edition=edition.id, counts=dict(counts), sent_now=sent, problems=tuple(problems), stopped=stopped)
