"""Translation models for a run: the manager over the data folder, and routes got without asking."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Config
from pipeline.model import Story
from pipeline.progress import Progress
from pipeline.run.openings import models_folder, open_http
from pipeline.text.tags import primary
from pipeline.translate.ensure import INSTALLER, ensure_route, is_neural
from pipeline.translate.models import Models

if TYPE_CHECKING:
    from pipeline.translate.routes import Routes


def installer(config: Config, data: Path) -> str:
    """What a person types to get a model to where this run looks for it, before the two languages."""
    words = [INSTALLER]
    if config.settings.translation.models is not None and config.path != "feeds.yaml":
        words.append(f"--config {shlex.quote(config.path)}")
    if data != Path("cyberdigest-data"):
        words.append(f"--data {shlex.quote(str(data))}")
    return " ".join(words)


@contextmanager
def open_models(config: Config, data: Path, *, download: bool, seconds: float) -> Iterator[Models]:
    """The models manager.

    Args:
        config: Says where models are kept.
        data: The data folder.
        download: Whether the network may be used.
        seconds: Longest wait without an answer or a new byte.
    """
    if not download:
        yield Models(models_folder(config, data), seconds=seconds)
        return
    with open_http(config) as http:
        yield Models(models_folder(config, data), download=http.download, seconds=seconds)


def ensure_routes(
    config: Config,
    data: Path,
    sources: Iterable[str],
    target: str,
    *,
    download: bool,
    install: bool,
    seconds: float,
    say: Callable[[str], object],
) -> dict[str, str]:
    """Get the best routes that can be had by itself, saying what is done.

    Args:
        sources: Languages to translate from, the most wanted first.
        target: Language to translate into.
        download: Whether models may be downloaded.
        install: Whether system packages may be installed.
        seconds: Longest wait for an answer; a network that lets one language wait in vain is not asked for the next.
        say: Takes a line per step.
    Returns:
        Source language → the command that would help, for those left without a route.
    """
    missing: dict[str, str] = {}
    typed = installer(config, data)
    with open_models(config, data, download=download, seconds=seconds) as models:
        for source in sources:
            if source == target:
                continue
            started = time.monotonic()
            ensured = ensure_route(
                models,
                source,
                target,
                allow_download=download,
                allow_install=install,
                log=lambda line: _tell(say, line),
                installer=typed,
            )
            download = download and ensured.route is not None and time.monotonic() - started < seconds
            if ensured.route is None:
                missing[source] = ensured.command or f"{typed} {source} {target}"
                say(f"{source}→{target}: no model; to get one: {missing[source]}")
            else:
                say(f"{source}→{target}: {ensured.route}")
    return missing


def _tell(say: Callable[[str], object], line: str) -> None:
    say(f"  {line}")


@dataclass(slots=True, kw_only=True)
class ModelGetter:
    """Gets what the chosen stories lack, as the settings allow; a network that let us wait once is not asked again."""

    config: Config
    data: Path
    #: False keeps the run off the network (`--no-fetch`).
    is_online: bool
    progress: Progress
    #: "fr→en" -> the command that would help.
    commands: dict[str, str] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    _may_download: bool = True

    def command(self, pair: str) -> str:
        """What helps against a pair ("fr→en") that could not be translated."""
        return self.commands.get(pair) or f"{installer(self.config, self.data)} {pair.replace('→', ' ')}"

    def get(self, stories: Sequence[Story], target: str, routes: Routes) -> bool:
        """Try to get models for the languages the stories are told in.

        Returns:
            Whether anything was tried, so that routes are worth another look.
        """
        settings = self.config.settings.translation
        sources = [s for s in wanted_sources(stories, target, routes) if f"{s}→{target}" not in self._asked]
        download = settings.download and self.is_online and self._may_download
        install = settings.install and self.is_online
        if not sources:
            return False
        self._asked |= {f"{source}→{target}" for source in sources}
        with self.progress.step("Getting translation models", len(sources)) as step:
            seconds = settings.timeout.total_seconds()
            missing = ensure_routes(
                self.config, self.data, sources, target, download=download, install=install, seconds=seconds,
                say=step.note if download or install else lambda _: None,
            )  # fmt: skip
            step.advance(len(sources))
        self.commands |= {f"{source}→{target}": command for source, command in missing.items()}
        self._may_download = download and not missing
        return download or install


def wanted_sources(stories: Sequence[Story], target: str, routes: Routes) -> list[str]:
    """Languages that no single model translates yet, the most frequent first."""
    counts: dict[str, int] = {}
    for story in stories:
        source = primary(story.articles[0].language)
        counts[source] = counts.get(source, 0) + 1
    lacking = [s for s in counts if s not in {"und", primary(target)} and not _is_direct(routes, s, target)]
    return sorted(lacking, key=lambda source: (-counts[source], source))


def _is_direct(routes: Routes, source: str, target: str) -> bool:
    route = routes.best(source, target)
    return route is not None and is_neural(route)
