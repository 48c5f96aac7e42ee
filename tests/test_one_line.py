"""What strangers say ends in logs, reports and terminals: as one line, without escapes."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from deliver_cases import freeze, readers, send, settings
from fetch_server import Answer, Server
from smtp_server import Server as MailServer

from pipeline.errors import FeedError, FetchError, ParseError
from pipeline.fetch.discovery import feed_links
from pipeline.fetch.feeds import poll
from pipeline.fetch.http import Http
from pipeline.model import Feed, FeedState
from pipeline.store import Store

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
EVIL = "x\x1b[2J\u202e\nERROR all is lost\r\u2028\u0085"


@pytest.mark.parametrize("kind", [FeedError, FetchError, ParseError])
def test_reasons_are_one_line(kind: type[FeedError]) -> None:
    error = kind("https://feed.example.org/", EVIL)
    assert error.reason == "x [2J ERROR all is lost"
    assert pickle.loads(pickle.dumps(error)).reason == error.reason


@pytest.mark.parametrize(
    "body",
    [
        b"<html><link rel=alternate type='application/rss+xml' href='/feed\x1b[2J'></html>",
        b"<html><link rel=alternate type='application/rss+xml' href='/&#27;[2J&#10;x' title='a&#27;[2J'></html>",
        b'{"items": "\x1b[2J"}',
        b"<x><\x1b[2J></x>",
        b"<!DOCTYPE \x1b[2J>",
    ],
)
def test_a_feed_writes_nothing_of_its_own_into_the_report(body: bytes) -> None:
    with Server({"/": Answer(body)}) as server, Http(allow_private=True) as http:
        (result,) = poll([FeedState(feed=Feed(url=server.url("/"), name="Feed"))], http, now=NOW)
    assert result.error
    assert str(result.error).isprintable()


def test_what_a_page_calls_its_feeds_is_plain() -> None:
    page = (
        "<link rel=alternate type='application/rss+xml' href='/a' title='News&#27;[2J&#10;x'>"
        "<link rel=alternate type='application/rss+xml' href='/b&#27;[2J'>"
    )
    assert [(link.url, link.title) for link in feed_links(page, "https://e.example/")] == [
        ("https://e.example/a", "News[2J x")
    ]


@pytest.mark.parametrize("step", ["connect", "mail", "rcpt", "end"])
def test_a_mail_server_writes_one_line(store: Store, step: str) -> None:
    """Answers of several lines, with escapes and with the reader's address in them."""
    readers(store, 1)
    answer = "530-5.7.0 log in\x1b[2J\r\n530-ERROR all is lost\r\n530 5.7.0 reader0000@example.org"
    with MailServer(script=lambda at, _: answer if at == step else None) as server:
        report = send(store, freeze(store), server.port, settings=settings(server.port))
    said = [*report.problems, str(report.stopped)]
    assert report.exit_code == 78
    assert all(line.isprintable() for line in said)
    assert "reader0000" not in "".join(said)
