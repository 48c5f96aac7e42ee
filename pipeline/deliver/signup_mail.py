"""The confirmation mails: built from our own words and a link, sent from an outbox that survives the mail server."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import quote

from pipeline.deliver.message import (
    EMAIL_POLICY,
    addressed,
    body_encoding,
    envelope_sender,
    one_line,
    put_subject,
    seal,
)
from pipeline.deliver.replies import Outcome
from pipeline.deliver.settings import SmtpSettings
from pipeline.deliver.signup import KEPT_FOR, MAIL_WITHIN, MESSAGE_ID_BEGINS, OPEN_FOR, Door, decide, silence
from pipeline.deliver.smtp import Relay
from pipeline.deliver.tokens import token_for
from pipeline.errors import DeliveryError, MailboxError
from pipeline.model import Signup, SignupState

#: Before each further try; somebody is waiting, so sooner than for an edition.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
#: No step of SMTP lasts longer (RFC 5321 section 4.5.3.2): the process that was sending has died.
_DOUBT_AFTER = timedelta(minutes=30)
#: Seconds between two looks when nobody wakes us, and after a refusal that only a person can end.
_IDLE, _REFUSED = 60.0, 300.0
_TIDY_EVERY = timedelta(minutes=10)

_log = logging.getLogger(__name__)


#: Language, link and the moment it ends → subject and plain text.
Compose = Callable[[str, str, datetime], tuple[str, str]]


class Outbox:
    """Decides about new sign-ups and sends their confirmations; what cannot be sent now is tried again."""

    def __init__(
        self,
        store: Door,
        settings: SmtpSettings,
        *,
        confirm_url: str,
        compose: Compose,
        secret: bytes,
        per_hour: int,
        should_stop: Callable[[], bool] = lambda: False,
        at: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Remember how.

        Args:
            store: Where the sign-ups are.
            settings: The mail server and the sender.
            confirm_url: From the configuration; "/<token>" is added.
            compose: Writes what the mail says.
            secret: Signs the links.
            per_hour: Most confirmations in an hour.
            should_stop: Asked between messages.
            at: Told the name of every step; tests stop the program there.
        """
        settings.check()
        self._store, self._settings, self._compose = store, settings, compose
        self._confirm_url, self._secret, self._per_hour = confirm_url.rstrip("/"), secret, per_hour
        self._should_stop, self._at = should_stop, at
        self._tidied: datetime | None = None

    def work(self, now: datetime) -> float:
        """One look at everything that waits; seconds until the next one is worth it."""
        if self._tidied is None or now - self._tidied >= _TIDY_EVERY:
            self._tidy(now)
        for signup in self._store.signups("asked", limit=1000):
            if decide(self._store, signup, mails_per_hour=self._per_hour, now=now) == "full":
                break
        try:
            with Relay(self._settings, at=self._at) as relay:
                self._send_all(relay, now)
        except DeliveryError as error:
            _log.error("confirmations: %s", error)
            return _REFUSED if error.permanent else _IDLE
        return _IDLE

    def _tidy(self, now: datetime) -> None:
        self._store.tidy_signups(now=now, open_for=OPEN_FOR, keep=KEPT_FOR)
        doubted = self._store.doubt_signups(before=now - _DOUBT_AFTER, now=now)
        if doubted:
            _log.warning("%d confirmations were on their way when the program stopped: not sent again", doubted)
        self._tidied = now

    def _send_all(self, relay: Relay, now: datetime) -> None:
        failures = 0
        for signup in self._store.signups("pending", limit=1000):
            if self._should_stop() or failures >= self._settings.give_up_after:
                return
            if signup.address is None or now - signup.asked > MAIL_WITHIN:
                self._move(replace(signup, state="expired"), "pending", now)
            elif signup.not_before is None or signup.not_before <= now:
                failures = 0 if self._send(relay, signup, signup.address, now) else failures + 1

    def _send(self, relay: Relay, signup: Signup, address: str, now: datetime) -> bool:
        """One try; whether the server had an answer for us."""
        link = f"{self._confirm_url}/{quote(token_for(self._secret, 'confirm', signup.id))}"
        content = self._compose(signup.language, link, signup.asked + OPEN_FOR)
        try:
            message = _build_confirmation(self._settings, signup, address, content)
        except (MailboxError, ValueError) as error:  # the others must not wait for it
            reason = f"cannot be built ({type(error).__name__})"  # without its words: they may hold the address
            _log.error("confirmations: one %s", reason)
            self._move(_put_off(signup, reason, now), "pending", now)
            return True
        is_sending = False

        def before_data() -> bool:
            nonlocal is_sending
            sending = replace(signup, state="sending", not_before=None)
            is_sending = self._store.change_signup(sending, expected="pending", now=now)
            return is_sending

        sender = envelope_sender(self._settings, signup.id)
        try:
            outcome = relay.deliver(message, sender=sender, recipient=address, before_data=before_data)
        except DeliveryError as error:
            if is_sending or not error.permanent:
                self._move(_put_off(signup, str(error), now), "sending" if is_sending else "pending", now)
            raise
        self._at("outcome known")
        self._record(signup, address, outcome, "sending" if is_sending else "pending", now)
        return outcome.verdict not in ("later", "policy")

    def _record(self, signup: Signup, address: str, outcome: Outcome, state: SignupState, now: datetime) -> None:
        _log.info("confirmation: %s (%s)", outcome.verdict, outcome.reply)
        tried = replace(signup, attempts=signup.attempts + 1, not_before=None, reason=outcome.reply)
        if outcome.verdict == "withdrawn":
            return
        if outcome.verdict == "policy":  # perhaps about this address only: the others must not wait for it
            _log.error("confirmations: the mail server refuses us (%s)", outcome.reply)
        if outcome.verdict in ("later", "policy"):
            self._move(_put_off(signup, outcome.reply, now), state, now)
        elif outcome.verdict == "accepted":
            self._move(replace(tried, state="sent"), state, now)
        elif outcome.verdict == "uncertain":
            self._move(replace(tried, state="uncertain"), state, now)
        else:
            self._move(replace(tried, state="failed"), state, now)
            if outcome.verdict == "bounce":
                silence(self._store, address, now=now)

    def _move(self, signup: Signup, expected: SignupState, now: datetime) -> None:
        # A row that is gone was erased at its owner's word, or is past its time.
        self._store.change_signup(signup, expected=expected, now=now)


def _build_confirmation(settings: SmtpSettings, signup: Signup, address: str, content: tuple[str, str]) -> bytes:
    """The message as it goes over the wire; of what the visitor wrote it holds the address, and that in To only.

    Raises:
        MailboxError: The address cannot be used in a mail header.
        ValueError: A header would hold a line end.
    """
    subject, text = content
    message = EmailMessage(policy=EMAIL_POLICY)
    message["From"] = settings.from_address
    message["To"] = addressed(address)
    put_subject(message, subject)
    message["Date"] = signup.asked
    message["Message-ID"] = f"<{MESSAGE_ID_BEGINS}{signup.id}@{settings.from_address.domain}>"
    # RFC 3834: no vacation notice shall answer it.
    message["Auto-Submitted"] = "auto-generated"
    if settings.reply_address:
        message["Reply-To"] = settings.reply_address
    message.set_content(text, subtype="plain", charset="utf-8", cte=body_encoding(text))
    message["Content-Language"] = one_line(signup.language)
    return seal(message, settings)


def _put_off(signup: Signup, reason: str, now: datetime) -> Signup:
    pause = _PAUSES[min(signup.attempts, len(_PAUSES) - 1)]
    return replace(signup, state="pending", attempts=signup.attempts + 1, not_before=now + pause, reason=reason[:300])
