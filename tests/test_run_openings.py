"""What a run opens is what the settings say."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from fetch_server import Answer, Seen, Server

from pipeline.config import Config, load_config
from pipeline.errors import FetchError
from pipeline.fetch.http import Request
from pipeline.run.openings import new_http, open_translator


def configured(folder: Path, settings: str) -> Config:
    (folder / "feeds.yaml").write_text(f"{settings}\nfeeds: ['https://a.example.org/feed']\n", encoding="utf-8")
    return load_config(folder / "feeds.yaml", environ={})


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
