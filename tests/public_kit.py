"""One request to the public pages, straight to the application; and what the tests of sign-up share."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from asgi import Answer, request
from deliver_cases import settings

from pipeline.deliver.leaving import Leavers
from pipeline.deliver.signup_mail import Outbox
from pipeline.model import TopicSpec
from pipeline.store import Store
from pipeline.web.public import create_app
from pipeline.web.public_signup import confirmation
from pipeline.web.public_site import Site

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SITE = Site(
    title="The <Digest> {x}",
    languages=("en", "fr"),
    topics=(
        TopicSpec(name="disclosure", titles={"en": "Flaws", "fr": "Failles"}),
        TopicSpec(name="sanction", titles={"en": "Sanctions"}),
    ),
    publisher="Example Press",
    url="https://digest.example.org/news",
    signups_per_hour=100,
    archive="mailed",
)


class Visitor:
    """Asks one application; the clock is moved by hand."""

    def __init__(
        self,
        store: Store,
        site: Site = SITE,
        *,
        secret: bytes | None = None,
        ip: str = "192.0.2.1",
        leavers: Leavers | None = None,
    ) -> None:
        self.store, self.now, self.ip, self.woken = store, NOW, ip, 0
        self.app = create_app(store, site, now=lambda: self.now, secret=secret, wake=self._wake, leavers=leavers)

    def _wake(self) -> None:
        self.woken += 1

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return self.ask(path, method, **headers)

    def post(self, path: str, fields: Any = (), body: bytes | None = None, **headers: str) -> Answer:
        sent = urlencode(fields, doseq=True).encode() if body is None else body
        headers = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self.ask(path, "POST", sent, **headers)

    def sign_up(self, address: str, **fields: Any) -> Answer:
        return self.post("/subscribe", {"address": address, "language": "en", "website": "", **fields})

    def ask(self, path: str, method: str, body: bytes = b"", **headers: str) -> Answer:
        named = {"host": "news.example.org", **headers}
        given = [(name.replace("_", "-"), value) for name, value in named.items()]
        return request(self.app, path, method=method, headers=given, body=body, scheme="https", ip=self.ip, port=8001)


def outbox(store: Store, port: int, *, per_hour: int = 100, site: Site = SITE, **changes: Any) -> Outbox:
    at = changes.pop("at", lambda _: None)
    return Outbox(
        store, settings(port, **changes), confirm_url=site.address("confirm"), compose=confirmation(site, "UTC"),
        secret=store.secret("links"), per_hour=per_hour, at=at,
    )  # fmt: skip


def link_in(message: bytes) -> str:
    """Path of the confirmation link in a message as the mail server got it."""
    from email import message_from_bytes, policy

    text = message_from_bytes(message, policy=policy.default).get_content()
    found = re.findall(r"https://digest\.example\.org/news(/confirm/\S+)", text)
    assert len(found) == 1
    return str(found[0])


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)
