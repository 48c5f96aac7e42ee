"""Everything that sending does, short of writing and sending: who would get what, and what is still lacking."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from pipeline.deliver import recipients
from pipeline.deliver.ledger import Ledger, is_expired
from pipeline.deliver.letters import Letters
from pipeline.deliver.report import SendReport, too_old
from pipeline.deliver.settings import SmtpSettings
from pipeline.errors import MailboxError
from pipeline.model import Edition


def rehearse(store: Ledger, letters: Letters, *, now: datetime, force: bool) -> SendReport:
    """Build every message that a real run would send now."""
    edition, settings = letters.edition, letters.settings
    counts = Counter[str](item.state for item in store.deliveries(edition.id))
    problems = []
    if is_expired(edition, now=now) and not force:
        problems.append(too_old(edition))
    problems += _shortcomings(edition, settings)
    is_open = store.mailing_frozen(edition.id) is None
    planned = recipients.planned(store, edition, settings, now=now) if is_open else []
    counts.update(delivery.state for delivery, _ in planned)
    due = [pair for pair in planned if pair[0].state == "pending"] + recipients.left_over(store, edition)
    largest = 0
    for delivery, subscriber in due:
        try:
            largest = max(largest, len(letters.octets(delivery, subscriber, now)))
        except MailboxError as error:
            problems.append(f"{edition.id}: reader {subscriber.id}: {error}")
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
