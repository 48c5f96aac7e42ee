"""The preview answers this machine only, changes nothing, and lets nothing in a page act."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from asgi import Answer, request
from html_checks import active_nodes, elements
from sample_edition import sample

from pipeline.errors import BusyError, ConfigError
from pipeline.model import Article, Edition, Problem, Translation
from pipeline.run.fulltext import FullText
from pipeline.web.preview import create_app

HOST = ("host", "127.0.0.1:8000")
HEADERS = {
    "content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options", "cache-control",
    "cross-origin-opener-policy", "cross-origin-resource-policy",
}  # fmt: skip


class Shelf:
    """Editions in memory."""

    def __init__(self, *editions: Edition) -> None:
        self._editions = {edition.id: edition for edition in editions}

    def editions(self, *, limit: int | None = None) -> Sequence[Edition]:
        return list(self._editions.values())[:limit]

    def edition(self, id: str) -> Edition | None:
        return self._editions.get(id)


class Watched(Shelf):
    """Notes which threads look into it."""

    def __init__(self, *editions: Edition) -> None:
        super().__init__(*editions)
        self.threads: set[threading.Thread] = set()

    def editions(self, *, limit: int | None = None) -> Sequence[Edition]:
        self.threads.add(threading.current_thread())
        return super().editions(limit=limit)

    def edition(self, id: str) -> Edition | None:
        self.threads.add(threading.current_thread())
        return super().edition(id)


class Broken(Shelf):
    """A store that fails."""

    def editions(self, *, limit: int | None = None) -> Sequence[Edition]:
        raise OSError("disk on fire")


class Held(Shelf):
    """One whose database another program holds."""

    def editions(self, *, limit: int | None = None) -> Sequence[Edition]:
        raise BusyError("digest.db: another process holds the database")


def ask(
    path: str, *headers: tuple[str, str], method: str = "GET", shelf: Shelf | None = None, **options: Any
) -> Answer:
    """One request, straight to the application."""
    app = create_app(shelf or Shelf(sample("en"), sample("fr"), sample("ar")), **options)
    return request(app, path, method=method, headers=headers or (HOST,), may_raise=(OSError,))


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        ("/", {}, 200), ("/edition/2026-11-23-en", {}, 200), ("/edition/2026-11-23-en/html", {}, 200),
        ("/edition/2026-11-23-en/mail", {}, 200), ("/nothing", {}, 404), ("/edition/unknown", {}, 404),
        ("/edition/2026-11-23-en/pdf", {}, 404), ("/edition/2026-11-23-en?as=pdf", {}, 404),
        ("/edition/..%2f..%2fetc/html", {}, 404), ("//evil.example/", {}, 404),
        ("/", {"method": "POST"}, 405), ("/", {"method": "DELETE"}, 405), ("/", {"shelf": Broken()}, 500),
    ],
)  # fmt: skip
def test_every_answer_carries_the_headers(path: str, options: dict[str, Any], status: int) -> None:
    """The framework's own 404, 405 and 500 too."""
    answer = ask(path, **options)

    assert answer.status == status
    assert set(answer.headers) >= HEADERS
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "location" not in answer.headers


def test_a_wrong_address_leads_back() -> None:
    """It is a page like the others, with the way to the editions."""
    answer = ask("/edition/1999-01-01-en")

    assert "There is no such page or edition." in answer.text
    assert '<a href="/">All editions</a>' in answer.text


def test_a_database_that_is_held_is_told() -> None:
    """The reason stands on the page, where a server error and a traceback stood."""
    answer = ask("/", shelf=Held())

    assert answer.status == 503
    assert "another process holds the database" in answer.text
    assert set(answer.headers) >= HEADERS


def test_a_text_can_be_read_in_the_dark() -> None:
    """Browsers write plain text in white when the page around it is dark: the frame has no white of its own."""
    frame = re.search(r"\niframe \{(.*?)\}", ask("/").text)

    assert frame is not None
    assert "background: Canvas" in frame[1]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000"])
def test_our_own_names_are_answered(host: str) -> None:
    """By the port we listen on."""
    assert ask("/", ("host", host)).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.test", "127.0.0.1.nip.io:8000", "127.0.0.1", "127.0.0.1:80", "localhost.:8000",
        "localhost:8000.evil.test",
        "evil.test:8000", "[::ffff:127.0.0.1]:8000", "0.0.0.0:8000", "user@127.0.0.1:8000", "127.0.0.1:8000/x", "",
    ],
)  # fmt: skip
def test_any_other_host_goes_no_further(host: str) -> None:
    """A rebound name reads nothing, and is told nothing."""
    answer = ask("/", ("host", host))

    assert answer.status == 421
    assert set(answer.headers) >= HEADERS
    assert "Digest" not in answer.text


@pytest.mark.parametrize("hosts", [(("accept", "*/*"),), (HOST, HOST), (HOST, ("host", "evil.test"))])
def test_none_or_two_hosts_are_refused(hosts: tuple[tuple[str, str], ...]) -> None:
    """Which of two would count is anyone's guess."""
    assert ask("/", *hosts).status == 400


def test_a_forwarded_host_counts_for_nothing() -> None:
    """Nor does it show up anywhere."""
    answer = ask("/", HOST, ("x-forwarded-host", "evil.test"), ("forwarded", "host=evil.test"))

    assert answer.status == 200
    assert "evil.test" not in answer.text


@pytest.mark.parametrize(
    "header",
    [
        ("origin", "http://evil.test"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ],
)
def test_another_site_may_ask_for_no_change(header: tuple[str, str]) -> None:
    """Refused before routing, for the day when something can be changed here."""
    assert ask("/", HOST, header, method="POST").status == 403


def test_a_page_of_strangers_words_is_boxed_in() -> None:
    """Sandboxed by header and by frame; nobody else may frame it."""
    policy = ask("/edition/2026-11-23-en/mail").headers["content-security-policy"]
    frames = elements(ask("/edition/2026-11-23-en?as=mail").text, "iframe")

    assert "sandbox" in policy.split("; ")
    assert "frame-ancestors 'self'" in policy
    assert [frame.attrs["sandbox"] for frame in frames] == ["", ""]
    assert "frame-ancestors 'none'" in ask("/edition/2026-11-23-en").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("kind", "media"),
    [("html", "text/html"), ("mail", "text/html"), ("text", "text/plain"), ("markdown", "text/plain"), ("json",
    "application/json"),
     ("atom", "text/plain")],
)  # fmt: skip
def test_each_rendering_can_be_seen(kind: str, media: str) -> None:
    """In every format, as what it is."""
    answer = ask(f"/edition/2026-11-23-fr/{kind}")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith(media)
    assert "225" in answer.text


@pytest.mark.parametrize("shown", ["web", "mail", "text", "markdown"])
def test_the_viewer_names_the_view_it_shows(shown: str) -> None:
    """And frames this edition's own rendering."""
    page = ask(f"/edition/2026-11-23-ar?as={shown}").text

    current = [node.attrs["href"] for node in elements(page, "a") if "aria-current" in node.attrs]
    assert current == [f"/edition/2026-11-23-ar?as={shown}"]
    assert all(frame.attrs["src"].startswith("/edition/2026-11-23-ar/") for frame in elements(page, "iframe"))


def test_the_list_shows_every_edition() -> None:
    """With its day, language and first headline."""
    page = ask("/").text

    assert "2026-11-23-en" in page
    assert "Le point cyber" in page
    assert "Harbour VPN gateways" in page
    assert active_nodes(page.replace('href="/', 'href="#')) == []


def test_an_empty_shelf_says_what_to_do() -> None:
    """The first look at a new installation."""
    assert "cyberdigest run" in ask("/", shelf=Shelf()).text


def test_a_hostile_title_is_text_in_the_list_and_the_viewer() -> None:
    """The editor reads it, nothing runs it."""
    edition = sample("en", title="<script>alert(1)</script>'\"><img src=x onerror=alert(1)>")

    for path in ("/", "/edition/2026-11-23-en"):
        page = ask(path, shelf=Shelf(edition)).text
        assert {node.name for node in elements(page)}.isdisjoint({"script", "img"})
        assert "&lt;script&gt;" in page


def test_a_broken_template_of_the_editor_is_named(tmp_path: Path) -> None:
    """File and line, status 500, headers and all; mended without a restart."""
    (tmp_path / "edition.txt").write_text("first\n{{ edition.no_such_thing }}\n")
    answer = ask("/edition/2026-11-23-en/text", templates=tmp_path)

    assert answer.status == 500
    assert "edition.txt:2" in answer.text
    assert "no_such_thing" in answer.text
    assert set(answer.headers) >= HEADERS


def test_head_is_answered_like_get() -> None:
    """The server leaves the body out."""
    answer = ask("/", method="HEAD")

    assert answer.status == 200
    assert set(answer.headers) >= HEADERS


def test_a_web_socket_is_closed() -> None:
    """There is nothing here for one."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/", "headers": [(b"host", b"127.0.0.1:8000")]}
    asyncio.run(create_app(Shelf())(scope, receive, send))  # type: ignore[arg-type]

    assert sent == [{"type": "websocket.close", "code": 1008}]


def _texts(article: str, language: str) -> FullText | None:
    """One foreign article of two paragraphs, one of which could not be translated."""
    if article == "gone":
        return None
    found = Article(
        id=article,
        feed="f",
        url=None,
        title="Une <b>faille</b>",
        paragraphs=("Un.", "<script>Deux.</script>"),
        language="fr",
    )
    said = Translation(text="One.", source="fr", target=language, route="fr→en argos")
    kept = Translation(
        text="<script>Deux.</script>", source="fr", target=language, route=None,
        problems=(Problem(kind="kept-original", detail="<i>Deux.</i>"),),
    )  # fmt: skip
    title = Translation(text="A <b>flaw</b>", source="fr", target=language, route="fr→en argos")
    return FullText(article=found, title=title, paragraphs=(said, kept))


def test_an_article_of_the_edition_is_read_as_a_whole_beside_its_original() -> None:
    """Translated when opened, marked where it could not be, every word escaped."""
    edition = sample("en")
    source = edition.cards[0].sources[0]

    listed = ask(f"/edition/{edition.id}?as=articles", texts=_texts)
    page = ask(f"/edition/{edition.id}/article/{source.article}", texts=_texts)

    assert f"/edition/{edition.id}/article/{source.article}" in listed.text
    assert page.status == 200
    assert "A &lt;b&gt;flaw&lt;/b&gt;" in page.text
    assert "Un." in page.text
    assert "a sentence was left in the original" in page.text
    assert "fr→en Argos" in page.text
    assert "<script" not in page.text


def test_only_articles_of_the_edition_are_opened() -> None:
    """An id from elsewhere, an article the store lost, a preview without translator: not found."""
    edition = sample("en")
    source = edition.cards[0].sources[0].article

    assert ask(f"/edition/{edition.id}/article/other", texts=_texts).status == 404
    assert ask(f"/edition/{edition.id}/article/{source}").status == 404
    assert ask(f"/edition/{edition.id}/article/{source}", texts=lambda *_: None).status == 404
    assert ask(f"/edition/{edition.id}?as=articles").status == 404


def test_a_wrong_configuration_is_said_on_the_page() -> None:
    """As the command line would say it."""

    def broken(_article: str, _language: str) -> FullText | None:
        raise ConfigError("feeds.yaml:3", "no such engine")

    edition = sample("en")
    answer = ask(f"/edition/{edition.id}/article/{edition.cards[0].sources[0].article}", texts=broken)

    assert answer.status == 500
    assert "feeds.yaml:3: no such engine" in answer.text


@pytest.mark.parametrize("path", ["/", "/edition/{}", "/edition/{}/html", "/edition/{}/article/x"])
def test_no_page_keeps_the_others_waiting(path: str) -> None:
    """What may be slow (a database, a rendering) is not done in the thread that answers everybody."""
    shelf = Watched(sample("en"))
    ask(path.format(sample("en").id), shelf=shelf)
    assert shelf.threads
    assert threading.current_thread() not in shelf.threads
