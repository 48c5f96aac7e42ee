"""smtplib with a deadline for every answer, strict about who speaks when."""

from __future__ import annotations

import binascii
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

from pipeline.deliver.replies import Reply

_LONGEST_ANSWER = 64 * 1024
#: "Service not available, closing" (RFC 5321 section 4.2.1).
_CLOSING = 421
#: One line of an answer (RFC 5321 section 4.2).
_LINE = re.compile(rb"[1-5]\d\d([ -]|$)")
#: What the connection can do to us at any time.
Broken = (OSError, smtplib.SMTPException)


class _Utf8(str):
    """Text that is UTF-8 wherever smtplib encodes it."""

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:  # noqa: ARG002
        """UTF-8, whatever is asked for."""
        return super().encode("utf-8", errors)


class _Deadlined:
    """Reads answers ourselves: smtplib's timeout starts anew with every octet, so a dripping server never ends it."""

    sock: Any
    file: Any
    user: str
    password: str
    esmtp_features: dict[str, str]
    auth: Callable[..., Any]
    auth_login: Callable[..., Any]
    #: Seconds for the next answer.
    reply_seconds: float = 300.0
    _heard: bytes = b""

    def getreply(self) -> tuple[int, bytes]:
        """One whole answer, as smtplib expects it.

        Raises:
            TimeoutError: Not complete in time.
            smtplib.SMTPServerDisconnected: The connection is gone, or what came is no SMTP.
        """
        deadline = time.monotonic() + self.reply_seconds
        lines: list[bytes] = []
        heard = 0
        while True:
            line = self._line(deadline)
            if not _LINE.match(line):
                raise smtplib.SMTPServerDisconnected("the server's answer is not SMTP")
            lines.append(line[4:].strip())
            heard += len(line)
            if heard > _LONGEST_ANSWER:
                raise smtplib.SMTPServerDisconnected("the server's answer has no end")
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command; whatever came before it cannot be its answer.

        Raises:
            smtplib.SMTPServerDisconnected: An answer without a question is waiting.
        """
        if self.is_ahead:
            raise smtplib.SMTPServerDisconnected("the server speaks out of turn")
        self.sock.settimeout(self.reply_seconds)
        super().putcmd(cmd, args)  # type: ignore[misc]

    @property
    def is_ahead(self) -> bool:
        """Whether the server has said more than it was asked for."""
        return bool(self._heard)

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._heard:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            self.sock.settimeout(left)
            octets = self.sock.recv(4096)
            if not octets:
                raise smtplib.SMTPServerDisconnected("the server closed the connection")
            self._heard += octets
            if len(self._heard) > _LONGEST_ANSWER:
                raise smtplib.SMTPServerDisconnected("the server's answer has no end")
        line, _, self._heard = self._heard.partition(b"\n")
        return line.rstrip(b"\r")

    def ask(self, command: str, seconds: float) -> Reply:
        """Send a command and wait so long for its answer."""
        self.reply_seconds = seconds
        self.putcmd(command)
        return self.answer(seconds)

    def answer(self, seconds: float) -> Reply:
        """Wait so long for an answer."""
        self.reply_seconds = seconds
        code, text = self.getreply()
        return Reply(code=code, text=text.decode("utf-8", "replace"))

    def pour(self, octets: bytes, seconds: float) -> None:
        """Send octets within so many seconds."""
        if self.is_ahead:
            raise smtplib.SMTPServerDisconnected("the server speaks out of turn")
        self.sock.settimeout(seconds)
        self.sock.sendall(octets)

    def auth_plain(self, challenge: Any = None) -> str:
        """The answer in UTF-8 (RFC 4616); smtplib knows ASCII only."""
        return _Utf8(super().auth_plain(challenge))  # type: ignore[misc]

    def auth_cram_md5(self, challenge: Any = None) -> Any:
        """As `auth_plain`; None before the challenge."""
        answer = super().auth_cram_md5(challenge)  # type: ignore[misc]
        return None if answer is None else _Utf8(answer)

    def log_in(self, username: str, password: str) -> None:
        """Log in by the first method that the server takes it by.

        Raises:
            smtplib.SMTPNotSupportedError: It offers no method that we know.
            smtplib.SMTPAuthenticationError: Its last word about us; also where it ends the connection behind that.
            smtplib.SMTPServerDisconnected: It spoke nonsense.
        """
        self.user, self.password = _Utf8(username), _Utf8(password)
        offered = self.esmtp_features.get("auth", "").upper().split()
        known = {"CRAM-MD5": self.auth_cram_md5, "PLAIN": self.auth_plain, "LOGIN": self.auth_login}
        refusal: Exception = smtplib.SMTPNotSupportedError(
            "the server offers no login method that cyberdigest supports"
        )
        for method in [name for name in known if name in offered]:
            try:
                self.auth(method, known[method])
            except smtplib.SMTPAuthenticationError as error:
                if error.smtp_code == _CLOSING and isinstance(refusal, smtplib.SMTPAuthenticationError):
                    break
                refusal = error
            except Broken as error:
                if not isinstance(refusal, smtplib.SMTPAuthenticationError):
                    raise
                raise refusal from error
            except binascii.Error as error:
                raise smtplib.SMTPServerDisconnected("the server's answer to AUTH is not base64") from error
            else:
                return
        raise refusal

    def no_delay(self) -> None:
        """The final dot is a small packet that must not wait for the acknowledgement of the one before."""
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Client(_Deadlined, smtplib.SMTP):
    """Plain, or with STARTTLS."""

    def encrypt(self, context: ssl.SSLContext, *, answer_seconds: float, seconds: float) -> Reply:
        """Ask for TLS and begin it when the answer is 220; EHLO has to be said anew then (RFC 3207).

        Args:
            context: Checks the server's certificate.
            answer_seconds: For the answer.
            seconds: For the handshake.
        """
        reply = self.ask("STARTTLS", answer_seconds)
        if reply.code == 220 and not self.is_ahead:
            self.sock.settimeout(seconds)
            self.sock = context.wrap_socket(self.sock, server_hostname=self._host)  # type: ignore[attr-defined]
        return reply


class TlsClient(_Deadlined, smtplib.SMTP_SSL):
    """TLS from the first octet."""


def connect(
    host: str,
    port: int,
    *,
    context: ssl.SSLContext | None,
    hello_name: str,
    seconds: float,
    greeting_seconds: float,
    at: Callable[[str], None],
) -> tuple[Client | TlsClient, Reply]:
    """Connect and hear the greeting.

    Args:
        host: Name or address.
        port: TCP port.
        context: TLS from the first octet with this context; None: plain.
        hello_name: What we call ourselves.
        seconds: For TCP and TLS.
        greeting_seconds: For the first answer.
        at: Told when the connection stands.
    Raises:
        OSError, smtplib.SMTPException: No connection.
    """
    client: Client | TlsClient
    if context is None:
        client = Client(local_hostname=hello_name, timeout=seconds)
    else:
        client = TlsClient(local_hostname=hello_name, timeout=seconds, context=context)
    client.reply_seconds = greeting_seconds
    # The name that TLS checks; the constructor would take it only together with connecting.
    client._host = host  # type: ignore[union-attr]  # noqa: SLF001
    try:
        code, text = client.connect(host, port)
        client.no_delay()
        at("connected")
    except BaseException:
        client.close()
        raise
    return client, Reply(code=code, text=text.decode("utf-8", "replace"))


def words_of(error: BaseException) -> str:
    """What a broken connection says of itself, in one phrase."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def stuffed(message: bytes) -> bytes:
    """The message with CRLF line ends and doubled leading dots, without the final dot (RFC 5321 section 4.5.2)."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
