"""How to reach the mail server and what stands in the headers."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.text.mailbox import one_mailbox

#: Settings that stand in headers and commands as they are.
_ONE_WORD = (
    "list_id", "unsubscribe_base_url", "preferences_base_url", "unsubscribe_mailto", "bounce_address", "subscribe_url",
    "archive_url", "hello_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Longest time for each step, in seconds, answer included; RFC 5321 section 4.5.3.2 unless noted."""

    #: Ours: no standard names one for the TCP connection and TLS.
    connect: float = 30.0
    greeting: float = 300.0
    #: EHLO, STARTTLS, AUTH, MAIL, RCPT, RSET.
    command: float = 300.0
    #: The answer to DATA.
    data: float = 120.0
    #: Sending the message itself.
    block: float = 180.0
    #: The answer to the final dot.
    end: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSettings:
    """Signing by ourselves (RFC 6376); most mail servers do it for us."""

    domain: str
    selector: str
    #: RSA key, PEM.
    private_key: bytes = field(repr=False)

    def check(self) -> None:
        """Refuse a key that cannot sign, before an edition's list of recipients is frozen.

        Raises:
            ConfigError: With the name of the setting.
        """
        try:
            import dkim
        except ImportError as error:
            raise ConfigError("mail.dkim_key", "signing needs the extra: pip install 'cyberdigest[dkim]'") from error
        try:
            dkim.sign(b"From: a@example.org\r\n\r\n", self.selector.encode(), self.domain.encode(), self.private_key)
        except (dkim.DKIMException, ValueError, UnicodeError) as error:
            reason = "is not an RSA key that can sign; `openssl genrsa -traditional 2048` makes one"
            raise ConfigError("mail.dkim_key", reason) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """One mail server and one sender."""

    host: str
    port: int = 587
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    #: "none" is for a server on this machine only.
    security: Literal["starttls", "tls", "none"] = "starttls"
    #: From: "Name <address>".
    sender: str
    #: "Name <address>" or an address.
    reply_to: str | None = None
    #: "cyberdigest.example.org"; None leaves List-Id out.
    list_id: str | None = None
    #: https address to which "/<token>" is added.
    unsubscribe_base_url: str | None = None
    #: https address of the pages where readers change language and topics; the token is put behind it.
    preferences_base_url: str | None = None
    #: Mailbox for unsubscribing by mail; the sender's when there is no web address either.
    unsubscribe_mailto: str | None = None
    #: Public addresses for List-Subscribe and List-Archive (RFC 2369).
    subscribe_url: str | None = None
    archive_url: str | None = None
    #: Envelope sender, where bounces go; "{subscriber}" in it becomes the subscriber's id (VERP). None: the sender.
    bounce_address: str | None = None
    #: What we call ourselves in EHLO; None: the sender's domain.
    hello_name: str | None = None
    #: Certificates to trust instead of the system's, a PEM file.
    ca_file: str | None = None
    per_second: float = 5.0
    #: No cap when None.
    per_hour: int | None = None
    #: Seconds to wait before each further try within one run.
    retry_waits: tuple[float, ...] = (5.0, 30.0)
    #: The run stops after so many messages in a row that nobody took.
    give_up_after: int = 5
    deadlines: Deadlines = Deadlines()
    dkim: DkimSettings | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine."""
        return is_loopback(self.host)

    @property
    def from_address(self) -> Address:
        """The sender, parsed; its domain in ASCII.

        Raises:
            ConfigError: Not one address.
        """
        return _mailbox("sender", self.sender)

    @property
    def reply_address(self) -> Address | None:
        """Reply-To, parsed as the sender is.

        Raises:
            ConfigError: Not one address.
        """
        return None if self.reply_to is None else _mailbox("reply_to", self.reply_to)

    @property
    def pause_seconds(self) -> float:
        """Least time between two messages."""
        slowest = 1 / self.per_second if self.per_second > 0 else 0.0
        return max(slowest, 3600 / self.per_hour if self.per_hour else 0.0)

    def tls_context(self) -> ssl.SSLContext:
        """What a server's certificate is checked with.

        Raises:
            ConfigError: `ca_file` is not there, or holds no certificate.
        """
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except ssl.SSLError as error:
            raise ConfigError("mail.ca_file", f"{self.ca_file} contains no certificate in PEM format") from error
        except OSError as error:
            raise ConfigError("mail.ca_file", f"{self.ca_file} cannot be read: {error.strerror}") from error

    def check(self) -> None:
        """Refuse settings that would send a password or a message in the clear, or links nobody can follow.

        Raises:
            ConfigError: With the name of the setting.
        """
        _ = self.from_address, self.reply_address
        if self.dkim is not None:
            self.dkim.check()
        if self.ca_file is not None:
            self.tls_context()
        if self.security == "none" and not self.is_loopback:
            raise ConfigError("mail.security", f'"none" is for a server on this machine, not for {self.host}')
        if self.unsubscribe_base_url and not self.unsubscribe_base_url.startswith("https://"):
            raise ConfigError("mail.unsubscribe_url", "must be an https address (RFC 8058)")
        if self.username and not self.password:
            raise ConfigError("CYBERDIGEST_SMTP_PASSWORD", "is needed beside CYBERDIGEST_SMTP_USERNAME")
        for name in ("bounce_address", "unsubscribe_mailto"):
            if (mailbox := getattr(self, name)) is not None:
                _mailbox(name, mailbox)
        for name in _ONE_WORD:
            value = getattr(self, name) or ""
            if not value.isascii() or any(char.isspace() or ord(char) < 33 for char in value):
                reason = "must not hold spaces, line ends or letters beyond ASCII"
                raise ConfigError(f"mail.{name.replace('_base', '')}", reason)


def _mailbox(name: str, value: str) -> Address:
    try:
        return one_mailbox(value)
    except ValueError as error:
        raise ConfigError(f"mail.{name}", str(error)) from error


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
