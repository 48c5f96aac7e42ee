"""A mail server that does what a script tells it, and writes down every message it has taken."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

#: What to do at a step: a reply such as "451 later", or one of "close", "reset", "silent", "drip", "garbage",
#: "half-close", "endless", "endless blanks", "take and close", "take and silent"; None: go on as usual.
Action = str | None
Script = Callable[[str, str], Action]


class _OverError(Exception):
    """The script ended the connection."""


@dataclass
class Server:
    """Listens on a loopback port until closed; `script(step, argument)` says what to do."""

    script: Script = lambda _step, _argument: None
    extensions: tuple[str, ...] = ("8BITMIME", "ENHANCEDSTATUSCODES")
    context: ssl.SSLContext | None = None
    implicit_tls: bool = False
    #: (Message-ID, recipient, octets) in the order of acceptance.
    accepted: list[tuple[str, str, bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._is_closing = threading.Event()
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closing.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(5)  # before its handle is closed: another server's socket may get the same number
        self._socket.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    @property
    def message_ids(self) -> list[str]:
        return [item[0] for item in self.accepted]

    def _listen(self) -> None:
        while not self._is_closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        plain = connection
        try:
            connection.settimeout(30)
            if self.implicit_tls and self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            session = _Session(self, connection)
            try:
                session.run()
            finally:
                session.connection.close()
        except (OSError, _OverError):
            pass
        finally:
            connection.close()
            plain.close()
            self._open.discard(plain)


class _Session:
    def __init__(self, server: Server, connection: socket.socket) -> None:
        self.server, self.connection, self.buffer = server, connection, b""
        self.recipient = ""
        #: How far the message is: "", "mail", "rcpt". Out of their order commands are refused (RFC 5321 section 4.1.4).
        self.so_far = ""

    def run(self) -> None:
        self.act("connect", "", "220 sink.example.org ESMTP")
        while True:
            line = self.line()
            self.server.commands.append(line)
            verb, _, argument = line.partition(" ")
            step = verb.lower()
            if step == "ehlo":
                names = "".join(f"250-{name}\r\n" for name in self.server.extensions)
                self.act("ehlo", argument, f"250-sink.example.org\r\n{names}250 HELP")
            elif step == "starttls":
                if self.act("starttls", "", "220 go ahead") == "220":
                    assert self.server.context
                    self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
                    self.buffer = b""
            elif step == "auth":
                self.act("auth", argument, "235 2.7.0 welcome")
            elif (needed := {"mail": "", "rcpt": "mail", "data": "rcpt"}.get(step, self.so_far)) != self.so_far:
                self.do(None, f"503 5.5.1 {verb} after {self.so_far!r}, not after {needed!r}")
            elif step == "mail":
                if self.act("mail", argument, "250 2.1.0 ok").startswith("2"):
                    self.so_far = "mail"
            elif step == "rcpt":
                found = re.search("<(.*)>", argument)
                self.recipient = found[1] if found else ""
                if self.act("rcpt", self.recipient, "250 2.1.5 ok").startswith("2"):
                    self.so_far = "rcpt"
            elif step == "data":
                if self.act("data", self.recipient, "354 go on") == "354":
                    self.body()
                    self.so_far = ""
            elif step == "rset":
                self.act("rset", "", "250 ok")
                self.so_far = ""
            elif step == "quit":
                self.act("quit", "", "221 bye")
                raise _OverError
            else:
                self.act(step, argument, "250 ok")

    def body(self) -> None:
        if self.server.script("body", self.recipient) in ("close", "reset"):
            self.connection.recv(10)
            self.end(self.server.script("body", self.recipient) or "")
        while b"\r\n.\r\n" not in self.buffer:
            self.more()
        content, _, self.buffer = self.buffer.partition(b"\r\n.\r\n")
        message = re.sub(rb"(?m)^\.", b"", content) + b"\r\n"
        found = re.search(rb"(?im)^Message-ID:\s*(\S+)", message)
        record = (found[1].decode() if found else "", self.recipient, message)
        action = self.server.script("end", self.recipient)
        if action is None or action.startswith(("2", "take")):
            self.server.accepted.append(record)
        if action and action.startswith("take and "):
            action = action.removeprefix("take and ")
        self.do(action, "250 2.0.0 taken")

    def act(self, step: str, argument: str, usual: str) -> str:
        return self.do(self.server.script(step, argument), usual)

    def do(self, action: Action, usual: str) -> str:
        """Carry out an action; the first three characters of what was said."""
        if action in ("close", "reset", "half-close"):
            self.end(action)
        if action == "silent":
            self.wait()
        if action == "drip":
            for octet in b"250-" + b"x" * 10_000:
                self.connection.sendall(bytes([octet]))
                time.sleep(0.05)
        if action in ("endless", "endless blanks"):
            line = b"250-and so on\r\n" if action == "endless" else b"250-\r\n"
            while True:
                self.connection.sendall(line * 1000)
        said = "\x00\xff?!" if action == "garbage" else action or usual
        self.connection.sendall(said.encode("latin-1") + b"\r\n")
        return said[:3]

    def end(self, how: str) -> None:
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if how == "half-close":
            self.connection.shutdown(socket.SHUT_WR)
            self.wait()
        raise _OverError

    def wait(self) -> None:
        """Say nothing until the other side gives up."""
        while self.connection.recv(65536):
            pass
        raise _OverError

    def line(self) -> str:
        while b"\r\n" not in self.buffer:
            self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode("utf-8", "replace")

    def more(self) -> None:
        octets = self.connection.recv(65536)
        if not octets:
            raise _OverError
        self.buffer += octets
