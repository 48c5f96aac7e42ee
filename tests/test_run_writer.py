"""A language model of the user's own: asked at a real endpoint, judged by the gate, never in the edition's way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import load_config
from pipeline.errors import InputError
from pipeline.model import CardSentence, Edition
from pipeline.render import render
from pipeline.run import run
from pipeline.run.writer import read_answer
from pipeline.store import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST = "The data protection authority fined Gadgetron 20 million euros on Monday."
SECOND = "Gadgetron kept the passwords of 3 million customers without encryption, the authority found."
THIRD = "The company has two months to encrypt them, or it pays 50,000 euros a day."
FEED = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Wire</title><item><title>Gadgetron fined 20 million euros over plain passwords</title>
<link>http://wire.example.org/1</link><guid>1</guid><pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate>
<content:encoded><![CDATA[<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>]]></content:encoded></item></channel></rss>"""

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


class _Endpoint(ThreadingHTTPServer):
    """A feed, and an OpenAI-compatible endpoint that answers as it is told to."""

    daemon_threads = True
    answer: Answer
    seen: list[tuple[dict[str, Any], str | None]]


class _Handler(BaseHTTPRequestHandler):
    server: _Endpoint

    def do_GET(self) -> None:
        self._send(200, FEED.encode(), "application/rss+xml")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((body, self.headers["Authorization"]))
        status, answer = self.server.answer(body)
        self._send(status, answer, "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def endpoint(answer: Answer) -> Iterator[_Endpoint]:
    server = _Endpoint(("127.0.0.1", 0), _Handler)
    server.answer, server.seen = answer, []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def saying(*sentences: tuple[str, list[int]], wrap: str = "{}") -> Answer:
    content = json.dumps({"sentences": [{"text": text, "cites": cites} for text, cites in sentences]})
    message = {"choices": [{"message": {"role": "assistant", "content": wrap.replace("{}", content)}}]}
    return lambda _: (200, json.dumps(message).encode())


def made(folder: Path, server: _Endpoint) -> tuple[Edition, Any]:
    host = f"127.0.0.1:{server.server_port}"
    (folder / "feeds.yaml").write_text(
        f"fetch:\n  allow_private: ['{host}']\ntranslation:\n  download: false\n"
        f"writer:\n  url: http://{host}/v1\n  model: little-writer\n"
        f"feeds:\n  - url: http://{host}/feed\n    language: en\n    content: feed\n",
        encoding="utf-8",
    )
    config = load_config(folder / "feeds.yaml", environ={"CYBERDIGEST_WRITER_KEY": "key-1"})
    with Store.open(folder / "cyberdigest.sqlite") as store:
        report = run(config, store=store, data=folder, output=folder / "out", now=NOW)
        edition = store.edition("2026-11-23-en")
    assert edition is not None
    return edition, report


def summary(edition: Edition) -> tuple[CardSentence, ...]:
    (card,) = edition.cards
    return card.summary


def test_a_faithful_writer_is_shown_and_named(tmp_path: Path) -> None:
    """Its sentences stand on the card, with those they cite behind them; the key goes with the request."""
    text = (
        "The data protection authority fined Gadgetron 20 million euros because it kept passwords without encryption."
    )
    with endpoint(saying((text, [1, 2]), wrap="Here it is:\n```json\n{}\n```")) as server:
        edition, report = made(tmp_path, server)

    (sentence,) = summary(edition)
    assert (sentence.text, sentence.writer) == (text, "little-writer")
    assert {cited.text for cited in sentence.cites} == {FIRST, SECOND}
    assert (report.written, report.unwritten) == (1, [])
    page = render(edition, "html")
    assert "Summary written by little-writer" in page
    assert SECOND in page
    ((body, key),) = server.seen
    assert key == "Bearer key-1"
    assert body["model"] == "little-writer"
    assert FIRST in body["messages"][1]["content"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        pytest.param(saying(("The authority fined Gadgetron 200 million euros.", [1])), "200 million", id="number"),
        pytest.param(saying(("The authority fined Initech 20 million euros.", [1])), "Initech", id="name"),
        pytest.param(saying(("The authority fined Gadgetron.", [99])), "cites no given sentence", id="citation"),
        pytest.param(lambda _: (500, b"{}"), "500", id="broken endpoint"),
        pytest.param(lambda _: (200, b"I would rather not"), "not the JSON", id="no JSON"),
        pytest.param(saying(), "wrote nothing", id="nothing"),
    ],
)
def test_what_fails_the_gate_gives_way_to_the_articles(tmp_path: Path, answer: Answer, problem: str) -> None:
    """An invention, a wrong citation, a broken endpoint: the article's own sentences, and a line in the report."""
    with endpoint(answer) as server:
        edition, report = made(tmp_path, server)

    assert all(sentence.writer is None for sentence in summary(edition))
    assert FIRST in {sentence.text for sentence in summary(edition)}
    (reason,) = report.unwritten
    assert problem in reason
    assert any("not rewritten" in line for line in report.lines())


def test_an_answer_of_another_shape_is_an_error_that_names_the_endpoint() -> None:
    """Whatever a server may send."""
    for body in (b"", b"[]", b'{"choices": []}', b'{"choices": [{"message": {"content": null}}]}'):
        with pytest.raises(InputError, match=r"writer\.example\.org"):
            read_answer(body, "https://writer.example.org/v1/chat/completions")
