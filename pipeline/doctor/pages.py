"""The newsletter's public side, seen from outside: does it answer, and do the links in mails work?

A reader who does not exist is added for a moment, leaves by one click as a mail program does it (RFC 8058), and is
taken out again. No edition is made in that reader's language, and no mail can reach the address (RFC 2606).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pipeline.deliver.tokens import token_for
from pipeline.doctor.findings import Finding, not_checked, ok, problem
from pipeline.errors import FetchError
from pipeline.fetch.http import Http, Request, Response
from pipeline.model import Subscriber
from pipeline.store import Store

_ONE_CLICK = b"List-Unsubscribe=One-Click"
_FORM = "application/x-www-form-urlencoded"
#: "No linguistic content" (ISO 639-2).
_NO_LANGUAGE = "zxx"
_BEHIND = "Look at `cyberdigest public` and the web server before it (docs/delivery.md, the web server in front)."


def front(http: Http, url: str) -> Finding:
    """Whether the first page answers, as a page and not by leading elsewhere."""
    try:
        answer = _ask(http, url)
    except FetchError as error:
        return problem("public pages", f"{url} does not answer: {error.reason}", _BEHIND)
    if answer.status != 200:
        return problem("public pages", f"{url} answers {answer.status}", _BEHIND)
    return ok("public pages", f"{url} answers, by https with a verified certificate")


def strange_link(http: Http, base: str) -> Finding:
    """Whether a link that nobody was given ends at a 404, by GET and by POST, without leading elsewhere."""
    name, link = "made-up link", f"{base.rstrip('/')}/{secrets.token_urlsafe(24)}"
    try:
        answers = {"GET": _ask(http, link), "POST": _ask(http, link, _ONE_CLICK)}
    except FetchError as error:
        return problem(name, f"{base} does not answer: {error.reason}", _BEHIND)
    for method, answer in answers.items():
        if 300 <= answer.status < 400:
            todo = "Let the web server hand these addresses on as they are: mail programs do not follow (RFC 8058)."
            return problem(name, f"{method} is sent elsewhere ({answer.status})", todo)
        if answer.status != 404:
            return problem(name, f"{method} answers {answer.status}, where 404 is due", _BEHIND)
    return ok(name, "ends at a 404, and leads nowhere else")


def real_link(http: Http, base: str, store: Store, *, secret: bytes, now: datetime) -> Finding:
    """Whether a real link works from outside: looking changes nothing, one click ends the subscription."""
    name = "one-click link"
    with _passing_reader(store, now) as reader:
        link = f"{base.rstrip('/')}/{token_for(secret, 'unsubscribe', reader.id)}"
        try:
            return _clicked(http, link, _Watched(store, reader.id))
        except FetchError as error:
            return problem(name, f"{base} does not answer: {error.reason}", _BEHIND)


@dataclass(frozen=True, slots=True)
class _Watched:
    store: Store
    reader: str

    @property
    def is_active(self) -> bool:
        found = self.store.subscriber(self.reader)
        return found is not None and found.state == "active"


def _clicked(http: Http, link: str, watched: _Watched) -> Finding:
    name = "one-click link"
    looked = _ask(http, link)
    if not watched.is_active:
        todo = (
            "Mail scanners open every link: GET must not unsubscribe. Check what is in front of `cyberdigest public`."
        )
        return problem(name, "only looking at the link ended the subscription", todo)
    if looked.status == 404:
        todo = "Give `public` the same database (--data, CYBERDIGEST_DATABASE) and CYBERDIGEST_SECRET as `send`."
        return problem(name, "the pages do not know a link that was just made: all links in mails would be dead", todo)
    if looked.status != 200:
        return problem(name, f"looking at it answers {looked.status}", _BEHIND)
    left = _ask(http, link, _ONE_CLICK)
    if not 200 <= left.status < 300:
        todo = "Let the web server hand POST on, without a redirect and without asking for a cookie (RFC 8058)."
        return problem(name, f"one click answers {left.status}", todo)
    if watched.is_active:
        return problem(name, f"one click answers {left.status}, and the subscription continues", _BEHIND)
    return ok(name, "looking changes nothing, one click ends the subscription")


@contextmanager
def _passing_reader(store: Store, now: datetime) -> Iterator[Subscriber]:
    # Always the same one: what a visit that was killed has left, the next one takes out.
    reader = Subscriber(id="doctor", address="doctor@doctor.invalid", language=_NO_LANGUAGE, created=now)
    store.save_subscriber(reader, address_key=reader.address, now=now)
    try:
        yield reader
    finally:
        store.erase_subscriber(reader.id)


def skipped(reason: str) -> list[Finding]:
    """The checks of this module, not made."""
    return [not_checked(name, reason) for name in ("public pages", "made-up link", "one-click link")]


def _ask(http: Http, url: str, content: bytes | None = None) -> Response:
    return http.fetch(Request(url=url, content=content, content_type=_FORM, as_it_is=True))
