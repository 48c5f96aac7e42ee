"""A run and the models it lacks: got when that is allowed and possible, named with a command when not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_edition import article

from pipeline.config import Config, load_config
from pipeline.model import Story
from pipeline.progress import LogProgress
from pipeline.run import models
from pipeline.run.models import ModelGetter, wanted_sources
from pipeline.translate.engine import Edge
from pipeline.translate.routes import Routes


def config(folder: Path, **translation: object) -> Config:
    lines = "".join(f"  {name}: {str(value).lower()}\n" for name, value in translation.items())
    (folder / "feeds.yaml").write_text(
        f"feeds:\n  - https://example.org/feed\ntranslation:\n  timeout: 5s\n{lines}", encoding="utf-8"
    )
    return load_config(folder / "feeds.yaml", environ={})


def told_in(*languages: str) -> list[Story]:
    return [
        Story(id=f"s{number}", articles=(replace(article("notar", f"Story {number}"), language=language),))
        for number, language in enumerate(languages)
    ]


def edge(source: str, target: str, engine: str) -> Edge:
    return Edge(source=source, target=target, engine=engine, model="m")


def test_models_are_wanted_where_no_single_one_translates() -> None:
    """The reader's own language needs none, a chain of rules could be better; the most frequent language first."""
    routes = Routes([edge("pt", "en", "firefox"), edge("fr", "en", "apertium")])

    assert wanted_sources(told_in("pt", "de", "fr", "fr", "en", "und"), "en", routes) == ["fr", "de"]


class Asked:
    """Stands for `ensure_routes`; whether a route came of it is decided beforehand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, missing: dict[str, str]) -> None:
        self.calls: list[dict[str, Any]] = []
        self.missing = missing
        monkeypatch.setattr(models, "ensure_routes", self)

    def __call__(self, _config: Config, _data: Path, sources: Iterable[str], target: str, **how: Any) -> dict[str, str]:
        self.calls.append({"sources": list(sources), "target": target, **how})
        return {source: command for source, command in self.missing.items() if source in self.calls[-1]["sources"]}


def getter(settings: Config, folder: Path, *, is_online: bool = True) -> ModelGetter:
    return ModelGetter(config=settings, data=folder, is_online=is_online, progress=LogProgress())


def test_a_language_is_asked_for_once_in_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two editions and one language: one try; the settings bound it."""
    asked = Asked(monkeypatch, {})
    get = getter(config(tmp_path), tmp_path)

    assert get.get(told_in("fr"), "en", Routes([]))
    assert not get.get(told_in("fr"), "en", Routes([]))
    (call,) = asked.calls
    assert (call["download"], call["install"], call["seconds"]) == (True, False, 5.0)


@pytest.mark.parametrize(
    ("settings", "is_online"), [({"download": False}, True), ({"download": True, "install": True}, False)]
)
def test_a_run_that_may_not_only_finds_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, object], is_online: bool
) -> None:
    """`download: false` and `--no-fetch` keep off the network; what would help is known all the same."""
    asked = Asked(monkeypatch, {"fr": "apt-get install apertium-fra-cat"})
    get = getter(config(tmp_path, **settings), tmp_path, is_online=is_online)

    assert not get.get(told_in("fr"), "en", Routes([]))
    assert (asked.calls[0]["download"], asked.calls[0]["install"]) == (False, False)
    assert get.commands == {"fr→en": "apt-get install apertium-fra-cat"}


def test_a_network_that_gave_nothing_is_not_asked_for_the_next_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait is paid once."""
    asked = Asked(monkeypatch, {"fr": "cyberdigest models install fr en"})
    get = getter(config(tmp_path), tmp_path)

    get.get(told_in("fr"), "en", Routes([]))
    get.get(told_in("de"), "en", Routes([]))

    assert [call["download"] for call in asked.calls] == [True, False]


def test_an_unreachable_catalogue_ends_in_a_command(tmp_path: Path) -> None:
    """For real: the tests' network lets nothing out, the run goes on."""
    get = getter(config(tmp_path), tmp_path)

    assert get.get(told_in("ja"), "en", Routes([]))
    assert get.commands["ja→en"] == f"cyberdigest models install --data {tmp_path} ja en"


@pytest.mark.parametrize(
    ("data", "changes", "typed"),
    [
        ("cyberdigest-data", {}, "cyberdigest models install"),
        ("/srv/my digest", {}, "cyberdigest models install --data '/srv/my digest'"),
        ("cyberdigest-data", {"models": "/srv/models"}, "cyberdigest models install --config {config}"),
    ],
)
def test_the_command_installs_to_where_the_run_looks(
    tmp_path: Path, data: str, changes: dict[str, object], typed: str
) -> None:
    """Typed as it stands, it finds the same folder of models."""
    chosen = config(tmp_path, **changes)
    get = getter(chosen, Path(data))

    expected = typed.format(config=chosen.path)
    assert models.installer(chosen, Path(data)) == expected
    assert get.command("de→en") == f"{expected} de en"
