"""What a run opens: the network, the workers and the translator, as the configuration says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.text.tags import primary

if TYPE_CHECKING:
    from pipeline.fetch.http import Http
    from pipeline.translate import Memory, Translator


def languages_of(config: Config) -> tuple[str, ...]:
    """Languages that may occur: those of the feeds and of the editions, as primary tags."""
    named = [feed.language for feed in config.feeds if feed.language]
    return tuple(sorted({primary(tag) for tag in [*named, *config.settings.edition.languages]}))


def is_own_host(config: Config, url: str) -> bool:
    """Whether an address lies on a host that the user declared as an own one (`fetch.allow_private`)."""
    from pipeline.fetch.addresses import OwnHosts

    return OwnHosts(config.settings.fetch.allow_private).holds_url(url)


def new_http(config: Config, *, connect_to: tuple[str, int] | None = None) -> Http:
    """The network, as the settings allow it; to be closed.

    Args:
        connect_to: Address that every connection goes to, whatever the name (the demo's recorded web).
    """
    from pipeline.fetch.http import USER_AGENT, Http

    fetch = config.settings.fetch
    return Http(
        user_agent=fetch.user_agent or USER_AGENT,
        allow_hosts=tuple(fetch.allow_private),
        concurrency=fetch.concurrency,
        deadline=fetch.timeout.total_seconds(),
        connect_to=connect_to,
    )


@contextmanager
def open_http(config: Config, *, connect_to: tuple[str, int] | None = None) -> Iterator[Http]:
    """`new_http`, closed at the end."""
    with new_http(config, connect_to=connect_to) as http:
        yield http


@contextmanager
def open_workers() -> Iterator[Executor]:
    """Worker processes for the heavy stages, or the Dask cluster named by `CYBERDIGEST_DASK`."""
    from pipeline.executors import open_executor

    with open_executor(dask=os.environ.get("CYBERDIGEST_DASK")) as executor:
        yield executor


def models_folder(config: Config, data: Path) -> Path:
    """Where models are kept: as configured, or in the data folder."""
    return config.settings.translation.models or data / "models"


def open_translator(config: Config, data: Path, *, memory: Memory | None = None) -> Translator:
    """The translator over the engines that are configured and the models that are installed."""
    from pipeline.translate import open_translator as open_engines
    from pipeline.translate.glossary import Glossary
    from pipeline.translate.headline import polish
    from pipeline.translate.protect import FactGuard

    translation = config.settings.translation
    return open_engines(
        models_folder(config, data),
        engines=_engines(config),
        threads=min(2, os.cpu_count() or 1),
        settings=_engine_settings(config),
        call=_call(config) if translation.libretranslate else None,
        memory=memory,
        guard=FactGuard(translation.keep, glossary=Glossary.load(translation.glossary)),
        polish=polish,
        overrides={_pair(pair): route for pair, route in translation.routes.items()},
    )


def _call(config: Config) -> Callable[[str, object, float], object]:
    """One JSON exchange with the user's own translation server, through the one door to the network."""
    host = urlsplit(config.settings.translation.libretranslate or "").netloc

    def call(url: str, body: object, seconds: float) -> object:
        from pipeline.fetch.http import Http, Request

        content = None if body is None else json.dumps(body).encode("utf-8")
        with Http(allow_hosts=(host,), deadline=seconds, host_delay=0) as http:
            return json.loads(http.fetch(Request(url=url, content=content, accept="application/json")).body)

    return call


def check_translation(config: Config) -> None:
    """Refuse, before anything is fetched, what would end a run at its last stage.

    Raises:
        ConfigError: An engine is not known, or the own glossary cannot be read.
    """
    from pipeline.translate.glossary import Glossary

    _engines(config)
    if (own := config.settings.translation.glossary) is not None:
        Glossary.load(own)


def _engines(config: Config) -> list[str]:
    from pipeline.translate.engine import engine_names

    names = list(config.settings.translation.engines)
    if unknown := sorted(set(names) - set(known := engine_names())):
        reason = f'there is no translation engine "{unknown[0]}"; known are {", ".join(known)}'
        raise ConfigError(f"{config.path}: translation.engines", reason)
    if config.settings.translation.libretranslate and "libretranslate" not in names:
        names.append("libretranslate")
    return names


def _engine_settings(config: Config) -> Mapping[str, Mapping[str, str]]:
    url, key = config.settings.translation.libretranslate, config.libretranslate_key
    return {"libretranslate": {"url": url} | ({"api_key": key} if key else {})} if url else {}


def _pair(pair: str) -> tuple[str, str]:
    source, target = pair.replace("->", "→").split("→", 1)
    return source.strip(), target.strip()
