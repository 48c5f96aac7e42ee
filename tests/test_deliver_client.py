"""The mail server's answers, octet by octet: what is one, what is none, and how long we listen."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from deliver_cases import freeze, readers, send, settings
from smtp_server import Server

from pipeline.deliver.client import Client, words_of
from pipeline.deliver.replies import Reply
from pipeline.store import Store


class _Dripping:
    """A socket that gives one octet at a time."""

    def __init__(self, whole: socket.socket) -> None:
        self.settimeout = whole.settimeout
        self.recv = lambda _most: whole.recv(1)


@pytest.fixture
def line() -> Iterator[tuple[Client, socket.socket]]:
    """A client and the other end of its connection."""
    ours, theirs = socket.socketpair()
    client = Client()
    client.sock = ours
    with closing(ours), closing(theirs):
        yield client, theirs


@pytest.mark.parametrize(
    ("octets", "reply"),
    [
        (b"250 ok\r\n", Reply(code=250, text="ok")),
        (b"250\r\n", Reply(code=250, text="")),
        (b"354 go on\n", Reply(code=354, text="go on")),
        (b"550-5.1.1 no such\r\n550 5.1.1 reader\r\n", Reply(code=550, text="5.1.1 no such\n5.1.1 reader")),
        (b"250 \xc3\xa9t\xe9\r\n", Reply(code=250, text="ét\ufffd")),
    ],
)
def test_what_an_answer_says(line: tuple[Client, socket.socket], octets: bytes, reply: Reply) -> None:
    """Over one line or several; the enhanced status code stands at the beginning of each."""
    client, server = line
    server.sendall(octets)

    assert client.answer(1) == reply
    assert not client.is_ahead


@pytest.mark.parametrize(
    "octets", [b"hello there", b"2500 taken", b"25 ok", b"250_ok", b"650 what", b"099 what", b"", b"\xb2\xb3\xb9 ok"]
)
def test_what_is_no_answer(line: tuple[Client, socket.socket], octets: bytes) -> None:
    """No code of RFC 5321: it neither takes nor refuses anything."""
    client, server = line
    server.sendall(octets + b"\r\n")

    with pytest.raises(smtplib.SMTPServerDisconnected, match="not SMTP"):
        client.answer(1)


@pytest.mark.parametrize("part", [b"x", b"250-x\r\n"], ids=["one line", "many lines"])
def test_an_answer_has_its_size(line: tuple[Client, socket.socket], part: bytes) -> None:
    """A long one is read, one of more than 64 KB is no answer."""
    client, server = line
    server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1_000_000)
    server.sendall(b"250-" + b"x" * 40_000 + b"\r\n250 ok\r\n")
    assert client.answer(2).code == 250
    server.sendall(b"250-" + part * (100_000 // len(part)))

    with pytest.raises(smtplib.SMTPServerDisconnected, match="no end"):
        client.answer(2)


def test_silence_is_listened_to_for_as_long_as_was_said(line: tuple[Client, socket.socket]) -> None:
    """However long the message before it might have taken; a connection that is closed is known at once."""
    client, server = line
    client.pour(b"text", 60)
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        client.answer(0.05)
    assert server.recv(10) == b"text"
    server.close()
    with pytest.raises(smtplib.SMTPServerDisconnected, match="closed"):
        client.answer(60)
    assert time.monotonic() - begun < 10


def test_an_answer_that_comes_octet_by_octet_has_its_end(
    line: tuple[Client, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is looked at between them, and it may be late already."""
    client, server = line
    clock = iter([0.0, 0.1, 0.2, 5.1])
    monkeypatch.setattr("pipeline.deliver.client.time.monotonic", lambda: next(clock))
    server.sendall(b"250")
    monkeypatch.setattr(client, "sock", _Dripping(client.sock))

    with pytest.raises(TimeoutError):
        client.answer(5)


def test_an_answer_without_a_question_is_not_taken_for_the_next(line: tuple[Client, socket.socket]) -> None:
    """Whoever is one answer ahead would make a refused message look taken: nothing more is said to it."""
    client, server = line
    server.sendall(b"250 ok\r\n250 ok too\r\n")
    client.answer(1)

    for speak in (lambda: client.ask("RSET", 1), lambda: client.pour(b"text", 1)):
        with pytest.raises(smtplib.SMTPServerDisconnected, match="out of turn"):
            speak()
    server.setblocking(False)
    with pytest.raises(BlockingIOError):
        server.recv(1)


def test_a_server_that_is_ahead_is_called_again(store: Store) -> None:
    """The message that it took is taken; the next ones go over a connection of their own, in the same run."""
    readers(store, 3)
    script = lambda at, who: "250 ok\r\n250 ok" if at == "end" and who.startswith("reader0000") else None  # noqa: E731
    with Server(script=script) as server:
        report = send(store, freeze(store), server.port)

    assert dict(report.counts) == {"sent": 3}
    assert server.connections == 2


@pytest.mark.parametrize("action", ["334 a", "334 !", "hello"])
@pytest.mark.parametrize("method", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_nonsense_at_the_login_is_tried_again_later(store: Store, method: str, action: str) -> None:
    """As any other nonsense; it ended the program with a traceback."""
    readers(store, 1)
    with Server(script=lambda at, _: action if at == "auth" else None, extensions=(f"AUTH {method}",)) as server:
        report = send(store, freeze(store), server.port, settings=settings(server.port, username="me", password="x"))

    assert (dict(report.counts), report.exit_code) == ({"pending": 1}, 75)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (TimeoutError("no answer in time"), "no answer in time"),
        (smtplib.SMTPServerDisconnected("the server closed the connection"), "the server closed the connection"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
)
def test_a_broken_connection_is_told_in_words(error: Exception, words: str) -> None:
    """Of the system, of ours, or at least the kind."""
    assert words_of(error) == words


@pytest.mark.parametrize("end", ["close", "reset", "421 4.7.0 too many errors", "silent"])
def test_a_password_that_is_wrong_is_told_though_the_server_hangs_up(store: Store, end: str) -> None:
    """It has said why; tried again all day, a wrong password locks accounts."""
    readers(store, 1)
    answers = iter(["535 5.7.8 wrong", end])
    with Server(
        script=lambda at, _: next(answers) if at == "auth" else None, extensions=("AUTH LOGIN PLAIN",)
    ) as server:
        report = send(store, freeze(store), server.port, settings=settings(server.port, username="me", password="x"))

    assert (dict(report.counts), report.exit_code) == ({"pending": 1}, 78)
    assert "535 5.7.8 wrong" in str(report.stopped)


@pytest.mark.parametrize(
    ("answers", "state", "exit_code"),
    [
        (["535 5.7.8 not by this", None], "sent", 0),
        (["504 5.5.4 not by this", "454 4.7.0 later"], "pending", 75),
        (["454 4.7.0 later", "535 5.7.8 wrong"], "pending", 78),
        (["421 4.3.2 closing", "close"], "pending", 75),
    ],
)
def test_the_next_method_is_tried(store: Store, answers: list[str | None], state: str, exit_code: int) -> None:
    """A server may offer one that it does not take us by; its last word counts."""
    readers(store, 1)
    said = iter(answers)
    with Server(script=lambda at, _: next(said) if at == "auth" else None, extensions=("AUTH PLAIN LOGIN",)) as server:
        report = send(store, freeze(store), server.port, settings=settings(server.port, username="me", password="x"))

    assert (dict(report.counts), report.exit_code) == ({state: 1}, exit_code)
