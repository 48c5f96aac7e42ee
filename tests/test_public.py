"""The unsubscribe page: looking changes nothing, one POST is enough, and nobody else's token works."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from asgi import Answer
from public_kit import Visitor

from pipeline.deliver.subscribers import add
from pipeline.deliver.tokens import token_for
from pipeline.model import Subscriber
from pipeline.store import Store
from pipeline.web.public_site import Site

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def reader(store: Store) -> Subscriber:
    return add(store, "ada@example.org", language="fr", now=NOW)


def link(store: Store, reader: Subscriber) -> str:
    return f"/unsubscribe/{token_for(store.secret('links'), 'unsubscribe', reader.id)}"


def ask(
    store: Store, path: str, method: str = "GET", body: bytes = b"", secret: bytes | None = None, **headers: str
) -> Answer:
    """One request to the pages of a newsletter that has only the links in its mails."""
    site = Site(title="The <Digest>", languages=("en",))
    return Visitor(store, site, secret=secret).ask(path, method, body, **headers)


def state(store: Store, reader: Subscriber) -> str:
    found = store.subscriber(reader.id)
    assert found is not None
    return found.state


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_a_link_changes_nothing(store: Store, reader: Subscriber, method: str) -> None:
    """Scanners open every link, again and again."""
    for _ in range(20):
        status, headers, _ = ask(store, link(store, reader), method)
        assert status == 200
    assert state(store, reader) == "active"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_the_page_asks_in_the_readers_language(store: Store, reader: Subscriber) -> None:
    """One button, no script, the digest's name escaped."""
    _, headers, page = ask(store, link(store, reader))

    assert '<html lang="fr"' in page
    assert '<form method="post"><button type="submit">Se désabonner</button>' in page
    assert "The &lt;Digest&gt;" in page
    assert "<script" not in page
    assert "form-action 'self'" in headers["content-security-policy"]


def test_one_click_is_enough_and_may_be_repeated(store: Store, reader: Subscriber) -> None:
    """RFC 8058: a foreign origin, no cookie, no redirect; asked again, the same answer."""
    for _ in range(2):
        status, headers, page = ask(
            store, link(store, reader), "POST", b"List-Unsubscribe=One-Click", origin="https://mail.example.net",
            **{"content-type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        assert status == 200
        assert not {"location", "set-cookie"} & set(headers)
        assert "Vous êtes désabonné" in page
    assert state(store, reader) == "unsubscribed"


def test_a_reader_who_left_is_told_so(store: Store, reader: Subscriber) -> None:
    """Not asked again."""
    ask(store, link(store, reader), "POST")

    assert "<form" not in ask(store, link(store, reader))[2]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_that_nobody_was_given_does_nothing(store: Store, reader: Subscriber, method: str) -> None:
    """Cut off, altered, of another purpose, of a subscriber who is not there, hostile."""
    secret = store.secret("links")
    tokens = [
        link(store, reader).rpartition("/")[2][:-1],
        token_for(secret, "confirm", reader.id),
        token_for(secret, "unsubscribe", "nobody"),
        f"{reader.id}.",
        "<script>alert(1)</script>",
        "\udcff" * 3,
    ]
    for token in tokens:
        path = f"/unsubscribe/{token}".encode("utf-8", "replace").decode()
        status, _, page = ask(store, path, method)
        assert status in {404, 405}
        assert "<script" not in page
    assert state(store, reader) == "active"


def test_the_token_may_follow_the_host_at_once(store: Store, reader: Subscriber) -> None:
    """`mail.unsubscribe_url` ends where the user wants it: the proxy hands on the rest."""
    token = link(store, reader).rpartition("/")[2]

    assert ask(store, f"/{token}", "POST")[0] == 200
    assert state(store, reader) == "unsubscribed"


def test_links_signed_with_a_secret_of_ones_own(store: Store, reader: Subscriber) -> None:
    """CYBERDIGEST_SECRET signs the links: the page has to know it too."""
    path = f"/unsubscribe/{token_for(b'own', 'unsubscribe', reader.id)}"

    assert ask(store, path, "POST")[0] == 404
    assert ask(store, path, "POST", secret=b"own")[0] == 200
    assert state(store, reader) == "unsubscribed"
