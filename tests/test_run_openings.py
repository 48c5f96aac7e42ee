"""What a run opens is what the settings say."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fetch_server import Answer, Seen, Server

from pipeline.config import Config, load_config
from pipeline.errors import FetchError
from pipeline.fetch.http import Request
from pipeline.model import Translation
from pipeline.run.openings import new_http, open_translator


def configured(folder: Path, settings: str, **environ: str) -> Config:
    (folder / "feeds.yaml").write_text(f"{settings}\nfeeds: ['https://a.example.org/feed']\n", encoding="utf-8")
    return load_config(folder / "feeds.yaml", environ=environ)


def test_a_translation_server_of_ones_own_is_asked_for_its_routes(tmp_path: Path) -> None:
    """`translation.libretranslate` is enough: the engine need not be named, and the host need not be allowed."""
    languages = json.dumps([{"code": "fi", "targets": ["en", "fi"]}, {"code": "en", "targets": ["en"]}]).encode()
    with Server({"/languages": Answer(languages, headers={"Content-Type": "application/json"})}) as server:
        config = configured(tmp_path, f"translation: {{libretranslate: '{server.url('')}', engines: [argos]}}")
        with open_translator(config, tmp_path) as translator:
            route = translator.routes.best("fi", "en")

    assert route is not None
    assert [edge.engine for edge in route.edges] == ["libretranslate"]


def test_the_time_and_the_name_of_requests_are_settings(tmp_path: Path) -> None:
    """`fetch.timeout` ends an answer that drips, `fetch.user_agent` is what servers see."""

    def slow(_: Seen) -> Answer:
        time.sleep(3)
        return Answer(b"late")

    with Server({"/now": Answer(b"x"), "/slow": slow}) as server:
        host = f"127.0.0.1:{server.port}"
        config = configured(tmp_path, f"fetch: {{timeout: 1s, user_agent: 'digest/x', allow_private: ['{host}']}}")
        with new_http(config) as http:
            http.fetch(Request(url=server.url("/now")))
            with pytest.raises(FetchError):
                http.fetch(Request(url=server.url("/slow")))

    assert server.seen[-1].headers["user-agent"] == "digest/x"


LANGUAGES = json.dumps([{"code": "fi", "targets": ["en"]}]).encode()


@contextmanager
def asking_for_a_key(
    answer: Callable[[dict[str, Any]], tuple[int, dict[str, str], object]],
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A LibreTranslate server; its port, and the bodies that were posted to it."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200, {}, LANGUAGES)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            posted.append(body)
            status, headers, said = answer(body)
            self.answer(status, headers, json.dumps(said).encode())

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port, posted
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def translated(folder: Path, port: int) -> Translation:
    settings = f"translation: {{libretranslate: 'http://127.0.0.1:{port}', engines: [libretranslate]}}"
    config = configured(folder, settings, CYBERDIGEST_LIBRETRANSLATE_KEY="canary77\n")
    assert "canary77" not in repr(config)
    with open_translator(config, folder) as translator:
        return translator.translate([("Hyvää huomenta.", "fi")], "en")[0]


def test_a_translation_server_gets_its_key(tmp_path: Path) -> None:
    """From the environment, in the body, as LibreTranslate takes it; it stands in nothing that is kept."""

    def answer(body: dict[str, Any]) -> tuple[int, dict[str, str], object]:
        if body.get("api_key") != "canary77":
            return 403, {}, {"error": "Invalid API key"}
        return 200, {}, {"translatedText": ["Good morning."] * len(body["q"])}

    with asking_for_a_key(answer) as (port, posted):
        found = translated(tmp_path, port)

    assert found.text == "Good morning."
    assert posted
    assert "canary77" not in repr(found)


def test_a_refused_key_is_not_repeated(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """However the server words it."""

    def refuse(body: dict[str, Any]) -> tuple[int, dict[str, str], object]:
        return 403, {}, {"error": f"Invalid API key {body['api_key']}"}

    with caplog.at_level("DEBUG"), asking_for_a_key(refuse) as (port, posted):
        found = translated(tmp_path, port)

    assert posted
    assert found.problems
    assert "canary77" not in repr(found) + caplog.text


def test_a_key_follows_no_redirect_to_another_host(tmp_path: Path) -> None:
    with asking_for_a_key(lambda _: (200, {}, {"translatedText": ["x"]})) as (elsewhere, stolen):
        target = {"Location": f"http://127.0.0.1:{elsewhere}/translate"}
        with asking_for_a_key(lambda _: (307, target, {})) as (port, posted):
            found = translated(tmp_path, port)

    assert posted
    assert stolen == []
    assert any("goes to no other scheme, host or port" in (problem.detail or "") for problem in found.problems)
