"""How the mail server receives us: connection, greeting, encryption, login; before any message."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable

from pipeline.deliver.client import Broken, Client, TlsClient, connect, words_of
from pipeline.deliver.replies import Reply, Step, without_addresses
from pipeline.deliver.settings import SmtpSettings
from pipeline.errors import DeliveryError


class Reception:
    """Opens connections that are ready for messages."""

    def __init__(self, settings: SmtpSettings, *, at: Callable[[str], None]) -> None:
        """Remember how to connect; `at` is told the name of every step."""
        self._settings, self._at = settings, at
        #: The step that is, or was last, under way.
        self.step: Step = "connect"

    def open(self) -> Client | TlsClient:
        """Connect, greet, encrypt, log in.

        Raises:
            DeliveryError: Permanent when the server has no TLS, a wrong certificate or refuses our login.
        """
        settings, deadlines, self.step = self._settings, self._settings.deadlines, "connect"
        context = None if settings.security == "none" else settings.tls_context()
        try:
            client, greeting = connect(
                settings.host,
                settings.port,
                context=context if settings.security == "tls" else None,
                hello_name=settings.hello_name or settings.from_address.domain,
                seconds=deadlines.connect,
                greeting_seconds=deadlines.greeting,
                at=self._at,
            )
        except Broken as error:
            self.step = "tls" if isinstance(error, ssl.SSLError) else "connect"
            raise _no_connection(settings, error) from error
        try:
            self._expect("connect", greeting, 220)
            self._hello(client)
            if settings.security == "starttls" and context is not None:
                assert isinstance(client, Client)
                self._encrypt(client, context)
            if settings.username:
                self._log_in(client, settings.username, settings.password or "")
        except Broken as error:
            client.close()
            raise _no_connection(settings, error) from error
        except BaseException:
            client.close()
            raise
        self._at("ready")
        return client

    def _hello(self, client: Client | TlsClient) -> None:
        self.step = "hello"
        client.reply_seconds = self._settings.deadlines.command
        code, text = client.ehlo()
        if 500 <= code < 600:
            code, text = client.helo()
        self._expect("hello", Reply(code=code, text=text.decode("utf-8", "replace")), 250)

    def _encrypt(self, client: Client, context: ssl.SSLContext) -> None:
        self.step = "tls"
        if not client.has_extn("starttls"):
            reason = f"{self._where} offers no TLS; nothing was sent (see mail.port and mail.security)"
            raise DeliveryError(reason, permanent=True)
        deadlines = self._settings.deadlines
        reply = client.encrypt(context, answer_seconds=deadlines.command, seconds=deadlines.connect)
        self._expect("tls", reply, 220)
        if client.is_ahead:
            raise DeliveryError(f"{self._where} answered in plain text after STARTTLS", permanent=True)
        self._hello(client)

    def _log_in(self, client: Client | TlsClient, username: str, password: str) -> None:
        self.step = "login"
        try:
            client.log_in(username, password)
        except smtplib.SMTPAuthenticationError as error:
            self._expect("login", Reply(code=error.smtp_code, text=_text(error.smtp_error)), 235)
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPHeloError):
            raise
        except smtplib.SMTPException as error:  # no AUTH at all, or no method that we know
            reason = f"{self._where} offers no login, but CYBERDIGEST_SMTP_USERNAME is set"
            raise DeliveryError(reason, permanent=True) from error

    def _expect(self, step: Step, reply: Reply, code: int) -> None:
        if reply.code == code:
            return
        what = {"connect": "does not serve us", "hello": "refuses our greeting", "tls": "refuses TLS"}
        reason = f"{self._where} {what.get(step, 'refuses our login')} ({without_addresses(str(reply))})"
        if step == "login":
            reason += "; see CYBERDIGEST_SMTP_USERNAME and CYBERDIGEST_SMTP_PASSWORD"
        raise DeliveryError(reason, permanent=reply.code >= 500)

    @property
    def _where(self) -> str:
        return f"the mail server {self._settings.host}:{self._settings.port}"


def _no_connection(settings: SmtpSettings, error: Exception) -> DeliveryError:
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message or "certificate not trusted"
        return DeliveryError(f"{where}: TLS certificate refused ({reason}); nothing was sent", permanent=True)
    return DeliveryError(f"{where}: no connection ({words_of(error)}); see mail.host and mail.port")


def _text(octets: bytes | str) -> str:
    return octets.decode("utf-8", "replace") if isinstance(octets, bytes) else octets
