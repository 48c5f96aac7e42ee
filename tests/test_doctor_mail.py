"""`cyberdigest doctor` meets mail servers and web servers that are not as they should be, one by one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import uvicorn
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from deliver_cases import NOW, readers, settings
from keys import Certificate
from public_kit import SITE
from smtp_server import Server
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.deliver.subscribers import unsubscribe
from pipeline.doctor import pages, sending
from pipeline.doctor.findings import Finding
from pipeline.fetch.http import Http
from pipeline.store import Store
from pipeline.web.public import create_app

SECRET = b"s" * 32


def verdicts(findings: list[Finding]) -> dict[str, str]:
    return {item.name: item.verdict for item in findings}


class _Nobody:
    """Takes no message, and says whether one came."""

    messages = 0

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages += 1
        return "250 taken"


def _is_welcome(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and data == LoginPassword(b"me", b"right")
    return AuthResult(success=is_right, handled=is_right)  # what is not handled is answered by 535


@pytest.fixture
def real_server(certificate: Certificate) -> Iterator[tuple[int, _Nobody]]:
    """aiosmtpd with STARTTLS and AUTH, the password being "right"."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    nobody = _Nobody()
    controller = Controller(
        nobody, hostname="127.0.0.1", port=port, tls_context=certificate.server_context(), require_starttls=True,
        authenticator=_is_welcome, auth_required=True,
    )  # fmt: skip
    controller.start()
    try:
        yield port, nobody
    finally:
        controller.stop()


TRUSTED = {"security": "starttls", "username": "me"}


@pytest.mark.needs("openssl")
def test_a_good_server_is_met_and_left(real_server: tuple[int, _Nobody], certificate: Certificate) -> None:
    port, nobody = real_server
    chosen = settings(port, **TRUSTED, password="right", ca_file=str(certificate.path))

    found = sending.relay(chosen, datetime.now(UTC))

    assert verdicts(found) == {"mail server": "ok", "encryption": "ok", "login": "ok"}
    assert "TLSv1." in found[1].said
    assert nobody.messages == 0


@pytest.mark.needs("openssl")
def test_a_wrong_password(real_server: tuple[int, _Nobody], certificate: Certificate) -> None:
    chosen = settings(real_server[0], **TRUSTED, password="canary", ca_file=str(certificate.path))

    found = sending.relay(chosen, datetime.now(UTC))

    assert verdicts(found) == {"mail server": "ok", "encryption": "ok", "login": "problem"}
    assert "535" in found[2].said
    assert "canary" not in repr(found)


@pytest.mark.needs("openssl")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_trusts(certificate: Certificate, security: str) -> None:
    with Server(
        context=certificate.server_context(), implicit_tls=security == "tls", extensions=("AUTH PLAIN", "STARTTLS")
    ) as server:
        found = sending.relay(settings(server.port, security=security, username="me", password="x"), NOW)
        assert not any(line.startswith("AUTH") for line in server.commands)

    assert verdicts(found) == {"mail server": "ok", "encryption": "problem", "login": "not checked"}
    assert "certificate" in found[1].said


@pytest.mark.needs("openssl")
def test_a_certificate_that_soon_ends(certificate: Certificate) -> None:
    with Server(context=certificate.server_context(), extensions=("STARTTLS",)) as server:
        chosen = settings(server.port, security="starttls", ca_file=str(certificate.path))
        found = sending.relay(chosen, datetime.now(UTC) + timedelta(days=20))

    assert verdicts(found)["encryption"] == "advice"
    assert "the certificate ends on" in found[1].said


def test_a_server_without_encryption() -> None:
    with Server(extensions=("AUTH PLAIN",)) as server:
        found = sending.relay(settings(server.port, security="starttls", username="me", password="x"), NOW)

    assert verdicts(found) == {"mail server": "ok", "encryption": "problem", "login": "not checked"}


def test_a_server_without_login() -> None:
    with Server() as server:
        found = sending.relay(settings(server.port, username="me", password="x"), NOW)

    assert verdicts(found) == {"mail server": "ok", "encryption": "ok", "login": "problem"}


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    found = sending.relay(settings(port), NOW)

    assert verdicts(found) == {"mail server": "problem", "encryption": "not checked", "login": "not checked"}
    assert f"127.0.0.1:{port}" in found[0].said


@pytest.mark.parametrize("answer", ["554 5.7.1 <you@example.org> not welcome", "421 later", "garbage", "close"])
def test_a_server_that_does_not_want_us(answer: str) -> None:
    with Server(script=lambda step, _: answer if step == "connect" else None) as server:
        found = sending.relay(settings(server.port), NOW)

    assert verdicts(found)["mail server"] == "problem"
    assert "you@" not in repr(found)


def test_a_silent_server_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_DEADLINES", settings(25).deadlines)
    started = time.monotonic()
    with Server(script=lambda step, _: "silent" if step == "connect" else None) as server:
        found = sending.relay(settings(server.port), NOW)

    assert verdicts(found)["mail server"] == "problem"
    assert time.monotonic() - started < 5


def test_the_visit_leaves_by_the_door() -> None:
    """QUIT and no MAIL: no reader, no message."""
    with Server() as server:
        sending.relay(settings(server.port), NOW)
        time.sleep(0.2)
        assert [line.split()[0] for line in server.commands] == ["ehlo", "QUIT"]


# Settings


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (None, "problem"), ("", "problem"), ("Example Press", "advice"), ("Example Press, Paris 75001", "advice"),
        ("Example Press, contact@example.org", "ok"), ("Example Press, https://example.org", "ok"),
        ("Example Press, +33 1 99 00 00 00", "ok"),
    ],
)  # fmt: skip
def test_publisher(text: str | None, verdict: str) -> None:
    assert sending.publisher(text).verdict == verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "ok"),
        ({"unsubscribe_base_url": None, "unsubscribe_mailto": "leave@example.org"}, "advice"),
        ({"unsubscribe_base_url": None}, "problem"),
    ],
)
def test_ways_to_leave(changes: dict[str, Any], verdict: str) -> None:
    assert sending.ways_to_leave(settings(25, **changes)).verdict == verdict


@pytest.mark.parametrize(
    ("address", "verdict"),
    [("b+{subscriber}@example.org", "ok"), ("b@example.org", "advice"), (None, "advice")],
)
def test_bounce_address(address: str | None, verdict: str) -> None:
    assert sending.bounce_address(settings(25, bounce_address=address)).verdict == verdict


@pytest.mark.parametrize(
    ("environment", "stored", "sent", "verdict"),
    [
        (None, None, 0, "ok"), (None, SECRET, 5, "ok"), (None, None, 5, "problem"), ("x" * 32, None, 5, "ok"),
        ("short", None, 0, "problem"), ("x" * 32, SECRET, 0, "ok"), ("x" * 32, SECRET, 5, "advice"),
    ],
)  # fmt: skip
def test_secret(environment: str | None, stored: bytes | None, sent: int, verdict: str) -> None:
    assert sending.secret(environment, stored, sent).verdict == verdict


# Public pages, by a web server with https


@contextmanager
def served(app: ASGIApp, certificate: Certificate) -> Iterator[int]:
    """An application over https on a loopback port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            app, log_level="critical", lifespan="off",
            ssl_certfile=str(certificate.path), ssl_keyfile=str(certificate.key),
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def door(port: int, certificate: Certificate) -> Iterator[Http]:
    """The door, to which the whole web is that server."""
    trusting = certificate.trusting_context()
    with Http(connect_to=("127.0.0.1", port), ssl_context=trusting, host_delay=0, deadline=5) as http:
        yield http


class Front:
    """What stands before the pages, and spoils them: `wrong` names the fault."""

    def __init__(self, store: Store, wrong: str) -> None:
        self._store, self._wrong = store, wrong
        secret = b"t" * 32 if wrong == "another secret" else SECRET
        self._app = create_app(store, SITE, now=lambda: NOW, secret=secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._spoilt(scope)
        # The web server in front takes the path of the public address away.
        scope = {**scope, "path": scope["path"].removeprefix("/news") or "/"}
        await (answer or self._app)(scope, receive, send)

    def _spoilt(self, scope: Scope) -> Response | None:
        is_post, path = scope["method"] == "POST", scope["path"]
        if self._wrong == "down":
            return PlainTextResponse("bad gateway", 502)
        if self._wrong == "redirect" or (self._wrong == "POST redirected" and is_post):
            return RedirectResponse(f"https://www.example.org{path}", 308)
        if self._wrong == "never 404" and "unsubscribe" in path:
            return PlainTextResponse("welcome")
        if self._wrong == "GET leaves" and "doctor" in path:
            unsubscribe(self._store, path.rpartition("/")[2], now=NOW, secret=SECRET)
        if self._wrong == "POST refused" and is_post and "doctor" in path:
            return PlainTextResponse("no token of the form", 403)
        if self._wrong == "POST without effect" and is_post and "doctor" in path:
            return PlainTextResponse("thank you")
        if self._wrong == "GET asks for a login" and "doctor" in path:
            return PlainTextResponse("who are you?", 401)
        return None


BASE = "https://digest.example.org/news/unsubscribe"
WRONG: dict[str, tuple[str, str, str]] = {
    "": ("ok", "ok", "ok"),
    "down": ("problem", "problem", "problem"),
    "redirect": ("problem", "problem", "problem"),
    "never 404": ("ok", "problem", "problem"),
    "POST redirected": ("ok", "problem", "problem"),
    "another secret": ("ok", "ok", "problem"),
    "GET leaves": ("ok", "ok", "problem"),
    "POST refused": ("ok", "ok", "problem"),
    "POST without effect": ("ok", "ok", "problem"),
    "GET asks for a login": ("ok", "ok", "problem"),
}


@pytest.mark.needs("openssl")
@pytest.mark.parametrize("wrong", WRONG)
def test_public_pages(store: Store, certificate: Certificate, wrong: str) -> None:
    """Each fault is found by the check it belongs to, and no trace of the visit is left."""
    readers(store, 2)
    with served(Front(store, wrong), certificate) as port, door(port, certificate) as http:
        found = [
            pages.front(http, "https://digest.example.org/news/"),
            pages.strange_link(http, BASE),
            pages.real_link(http, BASE, store, secret=SECRET, now=NOW),
        ]

    assert tuple(item.verdict for item in found) == WRONG[wrong], found
    assert [(reader.id, reader.state) for reader in store.subscribers()] == [("r0000", "active"), ("r0001", "active")]
    assert "doctor.invalid" not in repr(found)


@pytest.mark.needs("openssl")
def test_a_web_certificate_that_nobody_trusts(store: Store, certificate: Certificate) -> None:
    with served(Front(store, ""), certificate) as port, Http(connect_to=("127.0.0.1", port), host_delay=0) as http:
        found = pages.front(http, "https://digest.example.org/news/")

    assert found.verdict == "problem"
    assert "TLS" in found.said


@pytest.mark.needs("openssl")
def test_nothing_is_left_when_the_pages_die_midway(store: Store, certificate: Certificate) -> None:
    """The passing reader goes with whatever error."""

    async def dies(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise OSError("gone")

    with served(dies, certificate) as port, door(port, certificate) as http:
        found = pages.real_link(http, BASE, store, secret=SECRET, now=NOW)

    assert found.verdict == "problem"
    assert store.subscribers() == []
