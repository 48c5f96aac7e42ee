"""The sections of feeds.yaml that say how an edition is made: one class each, one field a key."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from pipeline.config.values import (
    AsciiLine,
    FilePath,
    HttpAddress,
    Language,
    Line,
    Section,
    SomeTime,
    SomeTimeOrAlways,
    Span,
    is_language_tag,
)


class EditionSettings(Section):
    """`edition:` what the reader gets."""

    title: Line = Field(
        "Cyber digest", min_length=1, description="Name of the digest, shown at the top and in the mail's subject."
    )
    languages: list[Language] = Field(
        ["en"],
        min_length=1,
        description="Languages to make an edition in, one edition each. Labels, dates and mails are worded in `ar`, "
        "`de`, `en`, `es`, `fr`, `it`, `nl`, `pt` and `pt-PT`, in English elsewhere.",
    )
    timezone: str = Field("UTC", description="IANA time zone that decides what day it is.")
    window: SomeTime = Field(timedelta(hours=48), description="How old an article may be to count as new.")
    limit: int = Field(12, ge=1, le=200, description="Maximum stories per topic.")
    per_outlet: int = Field(4, ge=1, description="Maximum stories per section that one outlet alone reports.")
    sentences: int = Field(3, ge=1, le=6, description="Sentences per summary.")
    url: HttpAddress | None = Field(
        None,
        description="Public address of the folder with the web editions; by default the public archive.",
    )
    publisher: str | None = Field(None, description="Who publishes: name and contact, shown in the footer.")
    templates: FilePath | None = Field(
        None, description="Folder of your own templates; they replace the shipped ones of the same name."
    )

    @field_validator("templates")
    @classmethod
    def _templates_are_there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f'there is no folder "{value}"; `cyberdigest init --templates` writes one')
        return value

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as error:
            raise ValueError(f'"{value}" is not an IANA time zone (such as "Europe/Paris")') from error
        return value


class FetchSettings(Section):
    """`fetch:` how the network is used."""

    user_agent: AsciiLine | None = Field(None, description="User-Agent header; by default cyberdigest and its version.")
    interval: Span = Field(timedelta(hours=1), description="Minimum time between two polls of a feed.")
    concurrency: int = Field(20, ge=1, le=200, description="Parallel requests, over all hosts.")
    timeout: SomeTime = Field(timedelta(seconds=30), description="Time limit of one request, redirects included.")
    allow_private: list[str] = Field(
        [], description='Your own hosts ("host" or "host:port") in private networks; they may be polled at any rate.'
    )
    triage_floor: float = Field(
        0.03, ge=0, le=1, description="No page is fetched when no topic reaches this probability on title and summary."
    )

    @field_validator("allow_private")
    @classmethod
    def _hosts_are_bare(cls, value: list[str]) -> list[str]:
        for host in value:
            if not re.fullmatch(r"[^\s/@?#]+", host):
                raise ValueError(f'"{host}" is not a host or host:port, such as "intranet.example.org:8080"')
        return value


class StorySettings(Section):
    """`stories:` how articles are grouped."""

    window: SomeTime = Field(timedelta(days=14), description="How long a story accepts new articles.")


class StoreSettings(Section):
    """`store:` how long what was read is kept."""

    keep: SomeTimeOrAlways = Field(
        timedelta(days=90),
        description="How long entries, articles, closed stories, machine translations and the log of runs are kept; "
        "`always` forgets nothing. Editions, readers, deliveries and what editors did stay in any case (store.md).",
    )


class TranslationSettings(Section):
    """`translation:` what is translated, and by which engines."""

    engines: list[str] = Field(
        ["argos", "firefox", "apertium"],
        description="Engines that may be used: `argos`, `firefox`, `apertium`, `libretranslate`.",
    )
    fields: list[Literal["title", "summary", "text"]] = Field(
        ["title", "summary"],
        description="What `run` translates; `text` adds each story's lead article in full to the web page.",
    )
    models: FilePath | None = Field(None, description="Folder of the models; by default models/ in the data folder.")
    download: bool = Field(True, description="Whether `run` downloads missing models (never with `--no-fetch`).")
    install: bool = Field(False, description="Whether `run` may install Apertium's system packages.")
    timeout: SomeTime = Field(timedelta(seconds=60), description="Longest wait for the next byte of a download.")
    keep: list[str] = Field([], description="Words that are never translated, such as product names.")
    glossary: FilePath | None = Field(None, description="Your own term list, added to the shipped one.")
    routes: dict[str, str] = Field({}, description='Fixed routes, such as "fr→en": "firefox".')
    libretranslate: HttpAddress | None = Field(
        None,
        description="Address of your own LibreTranslate server; its API key is `CYBERDIGEST_LIBRETRANSLATE_KEY` in "
        "the environment.",
    )

    @field_validator("routes")
    @classmethod
    def _routes_have_two_ends(cls, value: dict[str, str]) -> dict[str, str]:
        for pair in value:
            ends = [end.strip() for end in pair.replace("->", "→").split("→")]
            if len(ends) != 2 or ends[0] == ends[1] or not all(is_language_tag(end) for end in ends):
                raise ValueError(f'"{pair}" is not a direction, such as "fr→en"')
        return value


class ListSettings(Section):
    """`lists:` public lists of flaws, fetched once a day; cards show what they say, with the list's date."""

    kev: str | None = Field(None, description="Address of CISA's catalogue of known exploited vulnerabilities (JSON).")
    epss: str | None = Field(None, description="Address of the EPSS scores (CSV, plain or gzip).")

    @field_validator("kev", "epss")
    @classmethod
    def _url_is_http(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://[^/\s@]+/\S*\Z", value):
            raise ValueError(f'"{value}" is not an http(s) address')
        return value


class WriterSettings(Section):
    """`writer:` your own language model, which rewrites summaries; text that fails the checks is not shown."""

    url: HttpAddress | None = Field(
        None, description="OpenAI-compatible endpoint, up to and including /v1; without it nothing is rewritten."
    )
    model: str = Field("default", description="Name of the model at that endpoint.")
    timeout: SomeTime = Field(timedelta(seconds=60), description="Time limit per story.")
