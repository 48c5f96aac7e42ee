"""What the settings say about mail, and the mail server: met, and left again without a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.deliver.replies import Step
from pipeline.deliver.settings import Deadlines, SmtpSettings
from pipeline.deliver.smtp import Meeting, Relay
from pipeline.doctor.findings import Finding, advice, not_checked, ok, problem
from pipeline.errors import DeliveryError

#: Shorter than for a message: who waits sits at the keyboard. Servers that let spammers wait do so for some seconds.
_DEADLINES = Deadlines(connect=10.0, greeting=20.0, command=15.0)
_CERTIFICATE_DAYS = timedelta(days=14)
_SHORTEST_SECRET = 16
_CONTACT = re.compile(r"\S@\S|https?://\S|\bwww\.\S|\+?\d[\d /()-]{6,}\d")
_NAMES: Mapping[Step, str] = {"connect": "mail server", "hello": "mail server", "tls": "encryption", "login": "login"}
_TODO: Mapping[str, str] = {
    "mail server": "Compare mail.host, mail.port and mail.security with what the server's owner says.",
    "encryption": "Use the name in the server's certificate as mail.host, with security starttls (587) or "
    "tls (465); mail.ca_file for a certificate authority of your own.",
    "login": "Set CYBERDIGEST_SMTP_USERNAME and CYBERDIGEST_SMTP_PASSWORD to what the server's owner gave you.",
}


def publisher(text: str | None) -> Finding:
    """Whether messages say who sends them, and how to reach them."""
    todo = "Set edition.publisher: name, contact, and a postal address for readers in the US."
    if not text:
        return problem("publisher", "messages do not say who sends them", todo)
    if not _CONTACT.search(text):
        return advice("publisher", "edition.publisher gives no contact (mail address, web address or telephone)", todo)
    return ok("publisher", "messages say who sends them")


def ways_to_leave(settings: SmtpSettings) -> Finding:
    """Whether readers can leave, by one click at best."""
    if settings.unsubscribe_base_url:
        return ok("leaving", "one click, by the links under mail.public_url or mail.unsubscribe_url")
    todo = "Set mail.public_url, and run `cyberdigest public` behind a web server with https."
    if settings.unsubscribe_mailto:
        return advice("leaving", "by mail only: no button in mail programs (RFC 8058), which Gmail and Yahoo ask of "
                      "bulk senders", todo)  # fmt: skip
    return problem("leaving", "readers have no way to leave", todo)


def bounce_address(settings: SmtpSettings) -> Finding:
    """Whether mail that comes back can be told apart by reader."""
    if "{subscriber}" in (settings.bounce_address or ""):
        return ok("bounce address", "its own for each reader")
    return advice(
        "bounce address",
        "mail.bounce_address has no {subscriber}: bounces are recognised by what they quote only",
        "Set it to something like bounce+{subscriber}@ your domain, and read that mailbox with `cyberdigest inbox`.",
    )


def secret(environment: str | None, stored: bytes | None, sent: int) -> Finding:
    """Whether the links that readers have can still be checked.

    Args:
        environment: $CYBERDIGEST_SECRET.
        stored: What the store has made.
        sent: Deliveries so far.
    """
    if environment is None:
        if stored is not None:
            return ok("secret", "signs the readers' links; it is in the database, and in its backups")
        if sent:
            todo = "Set CYBERDIGEST_SECRET again, as it was: without it the links that readers have end at a 404."
            return problem("secret", "editions were sent, and the secret that signed their links is gone", todo)
        return ok("secret", "is made by the first send, and kept in the database")
    if len(environment) < _SHORTEST_SECRET:
        todo = "Take a longer one before the first send, such as the output of `openssl rand -hex 32`."
        return problem("secret", f"CYBERDIGEST_SECRET is shorter than {_SHORTEST_SECRET} characters", todo)
    if stored is not None and sent:
        todo = (
            "Make sure that `run`, `send`, `public` and `inbox` all have it; links signed before it was set are dead."
        )
        return advice("secret", "CYBERDIGEST_SECRET is set, and the database has another one", todo)
    return ok("secret", "signs the readers' links; it comes from the environment")


def relay(settings: SmtpSettings, now: datetime) -> list[Finding]:
    """Meet the mail server: reach it, encrypt, log in, and say goodbye. No message, no address."""
    server = Relay(replace(settings, deadlines=_DEADLINES))
    try:
        meeting = server.meet()
    except DeliveryError as error:
        return _stopped(_NAMES[server.step], error, settings)
    finally:
        server.close()
    return [ok("mail server", f"{settings.host}:{settings.port} greets us"), *_met(meeting, settings, now)]


def _stopped(where: str, error: DeliveryError, settings: SmtpSettings) -> list[Finding]:
    names = list(dict.fromkeys(_NAMES.values()))
    at = names.index(where)
    before = [ok(name, f"{settings.host}:{settings.port} got so far") for name in names[:at]]
    after = [not_checked(name, f"the {where} comes first") for name in names[at + 1 :]]
    return [*before, problem(where, str(error), _TODO[where]), *after]


def _met(meeting: Meeting, settings: SmtpSettings, now: datetime) -> list[Finding]:
    return [_encryption(meeting, now), _login(meeting, settings)]


def _encryption(meeting: Meeting, now: datetime) -> Finding:
    if meeting.tls is None:
        return ok("encryption", "none, to a server on this machine")
    ends = meeting.certificate_ends
    if ends is not None and ends - now < _CERTIFICATE_DAYS:
        todo = "Have it renewed in time: with an expired one nothing is sent."
        return advice("encryption", f"{meeting.tls}; the certificate ends on {ends:%Y-%m-%d}", todo)
    return ok("encryption", f"{meeting.tls} with a verified certificate")


def _login(meeting: Meeting, settings: SmtpSettings) -> Finding:
    if meeting.is_logged_in:
        return ok("login", "accepted")
    if settings.is_loopback:
        return ok("login", "none, to a server on this machine")
    return advice(
        "login", "no user name is set", "Set CYBERDIGEST_SMTP_USERNAME, unless the server knows this machine."
    )
