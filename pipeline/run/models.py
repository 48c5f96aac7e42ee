"""Translation models for a run: the manager over the data folder, and routes got without asking."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.config import Config
from pipeline.run.openings import models_folder, open_http
from pipeline.translate.ensure import ensure_route
from pipeline.translate.models import Models


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
            )
            download = download and ensured.route is not None and time.monotonic() - started < seconds
            if ensured.route is None:
                missing[source] = ensured.command or f"cyberdigest models install {source} {target}"
                say(f"{source}→{target}: no model; to get one: {missing[source]}")
            else:
                say(f"{source}→{target}: {ensured.route}")
    return missing


def _tell(say: Callable[[str], object], line: str) -> None:
    say(f"  {line}")
