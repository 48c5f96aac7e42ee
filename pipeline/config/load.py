"""From the path of feeds.yaml to a `Config`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.config.document import line_of, plain, read_yaml
from pipeline.config.faults import faults
from pipeline.config.settings import Config, Settings
from pipeline.config.sources import bare_address
from pipeline.errors import ConfigError


def load_config(path: Path, *, environ: Mapping[str, str] = os.environ) -> Config:
    """Read and check feeds.yaml.

    Raises:
        ConfigError: With one line per fault, each "file:line: key: reason"; or a key of the environment is none.
    """
    document = read_yaml(path)
    try:
        settings = Settings.model_validate(plain(document))
    except ValidationError as error:
        found = sorted(faults(path, document, error))
        raise ConfigError(str(path), "\n".join(["not a valid configuration", *(text for _, text in found)])) from error
    _refuse_duplicates(path, document, settings)
    return Config(
        path=str(path),
        settings=settings,
        feeds=tuple(feed.feed() for feed in settings.feeds),
        topics=tuple(topic.spec() for topic in settings.topics),
        smtp_username=environ.get("CYBERDIGEST_SMTP_USERNAME"),
        smtp_password=environ.get("CYBERDIGEST_SMTP_PASSWORD"),
        writer_key=_key(environ, "CYBERDIGEST_WRITER_KEY"),
        libretranslate_key=_key(environ, "CYBERDIGEST_LIBRETRANSLATE_KEY"),
        secret=environ.get("CYBERDIGEST_SECRET"),
    )


def _key(environ: Mapping[str, str], name: str) -> str | None:
    """A key without the line end that a file brought along; the words about a header that holds one would show it."""
    key = environ.get(name, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(name, "contains a line break or non-ASCII characters, which no key does")
    return key or None


def _refuse_duplicates(path: Path, document: Any, settings: Settings) -> None:
    seen: dict[str, int] = {}
    for index, feed in enumerate(settings.feeds):
        key = bare_address(feed.url).rstrip("/")
        line = line_of(document, ["feeds", index])
        if key in seen:
            reason = f"this feed is already on line {seen[key]}: {feed.url}"
            raise ConfigError(f"{path}:{line}: feeds[{index}].url", reason)
        seen[key] = line
    names = [topic.name for topic in settings.topics]
    for index, name in enumerate(names):
        if name in names[:index]:
            line = line_of(document, ["topics", index])
            raise ConfigError(f"{path}:{line}: topics[{index}]", f'"{name}" is listed twice')
