"""One connection to the mail server, many messages, each step in our hands."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType

from pipeline.deliver.client import Broken, Client, TlsClient, stuffed, words_of
from pipeline.deliver.reception import Reception
from pipeline.deliver.replies import Outcome, Reply, Step, Verdict, classify, without_address, without_addresses
from pipeline.deliver.settings import SmtpSettings
from pipeline.errors import DeliveryError


class _StepError(Exception):
    """A step before the message went wrong in a way that concerns the connection only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """How the mail server received us."""

    #: Such as "TLSv1.3"; None: in the clear.
    tls: str | None
    #: When its certificate ends.
    certificate_ends: datetime | None
    is_logged_in: bool


class Relay:
    """The mail server: connects when the first message comes, connects again when the connection is gone."""

    def __init__(self, settings: SmtpSettings, *, at: Callable[[str], None] = lambda _: None) -> None:
        """Remember how to connect; `at` is told the name of every step."""
        settings.check()
        self._settings, self._at = settings, at
        self._client: Client | TlsClient | None = None
        self._is_fresh = True
        self._reception = Reception(settings, at=at)

    @property
    def step(self) -> Step:
        """The step of connecting that is, or was last, under way."""
        return self._reception.step

    def __enter__(self) -> Relay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:  # perhaps within a message: what the server hears last must not look like its end
            self._drop()

    def meet(self) -> Meeting:
        """Connect, greet, encrypt and log in, and send nothing.

        Raises:
            DeliveryError: As for `deliver`; `step` says where.
        """
        client = self._connected()
        is_encrypted = isinstance(client.sock, ssl.SSLSocket)
        ends = (client.sock.getpeercert() or {}).get("notAfter") if is_encrypted else None
        return Meeting(
            tls=client.sock.version() if is_encrypted else None,
            certificate_ends=datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if ends else None,
            is_logged_in=bool(self._settings.username),
        )

    def close(self) -> None:
        """Say goodbye, but do not wait long for the answer."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.ask("QUIT", min(5.0, self._settings.deadlines.command))
        except Broken:
            pass  # whatever was to be delivered has its answer
        finally:
            client.close()

    def deliver(self, message: bytes, *, sender: str, recipient: str, before_data: Callable[[], bool]) -> Outcome:
        """Hand one message to the server for one reader.

        Args:
            message: Headers and body.
            sender: Reverse-path.
            recipient: Forward-path.
            before_data: Called when the server has taken the recipient and nothing of the message has been sent; it
                writes "sending" down and says whether the message may go.
        Raises:
            DeliveryError: The server cannot be reached (try again), or refuses us (permanent).
        """
        try:
            reply = self._envelope(sender, recipient, len(message))
        except _StepError as error:
            self._drop()
            return Outcome(verdict="later", reply=without_address(str(error), recipient))
        if isinstance(reply, Outcome):
            return reply
        if not before_data():
            self._reset()
            return Outcome(verdict="withdrawn", reply="the reader wants no more mail")
        self._at("before data")
        verdict, said = self._content(message)
        return Outcome(verdict=verdict, reply=without_address(said, recipient))

    def _envelope(self, sender: str, recipient: str, size: int) -> Outcome | None:
        """MAIL and RCPT; None when the server has taken both. A connection that went stale is replaced once."""
        while True:
            client = self._connected()
            is_first_use, self._is_fresh = self._is_fresh, False
            try:
                extension = f" SIZE={size}" if client.has_extn("size") else ""
                mail = self._ask("mail", client, f"MAIL FROM:<{sender}>{extension}")
                rcpt = self._ask("rcpt", client, f"RCPT TO:<{recipient}>") if mail.code == 250 else None
            except Broken as error:
                self._drop()
                if is_first_use:
                    raise _StepError(f"connection lost before the message ({words_of(error)})") from error
                continue
            if not is_first_use and 421 in (mail.code, rcpt.code if rcpt else None):
                self._drop()  # servers end long connections this way
                continue
            break
        if rcpt is None:
            return self._sender_refused(mail)
        if rcpt.code in (250, 251, 252):
            return None
        verdict = classify("rcpt", rcpt)
        self._reset_or_drop(rcpt)
        if verdict is None:
            raise DeliveryError(f"the mail server refuses us ({without_address(str(rcpt), recipient)})", permanent=True)
        return Outcome(verdict=verdict, reply=without_address(str(rcpt), recipient))

    def _sender_refused(self, reply: Reply) -> Outcome:
        """MAIL concerns us, whoever the reader is; except for the size of this message."""
        self._reset_or_drop(reply)
        if reply.is_temporary or reply.code < 500:
            return Outcome(verdict="later", reply=without_addresses(str(reply)))
        if reply.code == 552 or reply.enhanced in ("3.4", "2.3"):
            return Outcome(verdict="failed", reply=without_addresses(str(reply)))
        raise DeliveryError(f"the mail server refuses the sender ({without_addresses(str(reply))})", permanent=True)

    def _content(self, message: bytes) -> tuple[Verdict, str]:
        """DATA, the message, the dot. Only after the dot has left can the server have taken the message."""
        client, deadlines = self._client, self._settings.deadlines
        assert client is not None
        is_dotted = False
        try:
            go = client.ask("DATA", deadlines.data)
            self._at("data answered")
            if go.code != 354:
                return self._data_refused(go)
            client.pour(stuffed(message), deadlines.block)
            self._at("message poured")
            is_dotted = True
            client.pour(b"\r\n.\r\n", deadlines.block)
            self._at("dot sent")
            reply = client.answer(deadlines.end)
        except Broken as error:
            self._drop()
            if is_dotted:
                return "uncertain", f"connection lost after the last byte ({words_of(error)})"
            return "later", f"connection lost within the message ({words_of(error)})"
        self._at("answered")
        if 200 <= reply.code < 300:
            return "accepted", str(reply)
        return self._judge("end", reply)

    def _data_refused(self, reply: Reply) -> tuple[Verdict, str]:
        if reply.code < 400:  # "250" to DATA: this server and we do not speak of the same thing any more
            self._drop()
            return "later", f"unexpected answer to DATA ({reply})"
        return self._judge("data", reply)

    def _judge(self, step: Step, reply: Reply) -> tuple[Verdict, str]:
        verdict = classify(step, reply)
        if verdict == "uncertain":
            self._drop()
        else:
            self._reset_or_drop(reply)
        if verdict is None:
            raise DeliveryError(f"the mail server refuses us ({without_addresses(str(reply))})", permanent=True)
        return verdict, str(reply)

    def _connected(self) -> Client | TlsClient:
        if self._client is None:
            self._client, self._is_fresh = self._reception.open(), True
        return self._client

    def _ask(self, step: Step, client: Client | TlsClient, command: str) -> Reply:
        reply = client.ask(command, self._settings.deadlines.command)
        self._at(f"{step} answered")
        return reply

    def _reset_or_drop(self, reply: Reply) -> None:
        if reply.code == 421:
            self._drop()
        else:
            self._reset()

    def _reset(self) -> None:
        """Forget the envelope; a connection that cannot do that is not used again."""
        assert self._client is not None
        try:
            if self._client.ask("RSET", self._settings.deadlines.command).code != 250:
                self._drop()
        except Broken:
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
