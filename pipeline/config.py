"""feeds.yaml and the environment become one frozen `Config`; every error names file, line and key."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from pipeline.errors import ConfigError
from pipeline.model import Feed, FeedKind, TopicSpec

BUILT_IN_TOPICS = ("disclosure", "sanction")
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|m|h|d|w)\s*")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


def _parse_span(value: object) -> object:
    """Turn "90m", "24h", "14d" into a timedelta; leave the rest to pydantic, which refuses it."""
    if isinstance(value, timedelta):
        return value
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a span of time such as "90s", "30m", "24h" or "14d" is expected')
    try:
        return timedelta(seconds=float(match[1]) * _UNITS[match[2]])
    except OverflowError as error:
        raise ValueError("longer than any span of time here") from error


def _parse_language(value: object) -> object:
    if not isinstance(value, str) or not _TAG.match(value):
        raise ValueError('a language tag such as "fr" or "pt-BR" is expected')
    return value


def _parse_path(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str) and value else value


FilePath = Annotated[Path, BeforeValidator(_parse_path)]
Span = Annotated[timedelta, BeforeValidator(_parse_span)]
Language = Annotated[str, BeforeValidator(_parse_language)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class EditionSettings(_Settings):
    """`edition:` what the reader gets."""

    title: str = Field("Cyber digest", description="Name of the digest, shown on top and in the mail's subject.")
    languages: list[Language] = Field(
        ["en"],
        min_length=1,
        description="Languages of the edition; one edition each. Labels, dates and mails have words of their own in "
        "`ar`, `de`, `en`, `es`, `fr`, `it`, `nl`, `pt` and `pt-PT`, and English ones elsewhere.",
    )
    timezone: str = Field("UTC", description="IANA zone that decides what day it is.")
    window: Span = Field(timedelta(hours=48), description="How far back an article may be published to be new.")
    limit: int = Field(12, ge=1, le=200, description="Most stories under one topic.")
    per_outlet: int = Field(4, ge=1, description="Most stories of one section that one outlet alone reports.")
    sentences: int = Field(3, ge=1, le=6, description="Sentences of a summary.")
    url: str | None = Field(
        None,
        description="Public address of the folder the web editions are published in; by default the public archive.",
    )
    publisher: str | None = Field(None, description="Who publishes: name and contact, shown in the footer.")
    templates: FilePath | None = Field(
        None, description="Folder of your own templates, which go before ours in files, mails and pages."
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
            raise ValueError(f'"{value}" is no IANA time zone (such as "Europe/Paris")') from error
        return value

    @field_validator("url")
    @classmethod
    def _url_is_http(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://[^/\s]+", value):
            raise ValueError("an http(s) address is expected")
        return value


class FetchSettings(_Settings):
    """`fetch:` how the network is used."""

    user_agent: str | None = Field(None, description="User-Agent sent; the default names cyberdigest and its version.")
    interval: Span = Field(timedelta(hours=1), description="Least time between two polls of one feed.")
    concurrency: int = Field(20, ge=1, le=200, description="Requests at once over all hosts.")
    timeout: Span = Field(timedelta(seconds=30), description="Total time one request may take.")
    allow_private: list[str] = Field(
        [], description='Own hosts ("host" or "host:port") in private networks that may be read, and polled at will.'
    )
    triage_floor: float = Field(
        0.03, ge=0, le=1, description="Topic probability on title and summary under which no page is fetched."
    )


class StorySettings(_Settings):
    """`stories:` how articles are grouped."""

    window: Span = Field(timedelta(days=14), description="How long a story stays open for new articles.")


class TranslationSettings(_Settings):
    """`translation:` what is translated, and by which engines."""

    engines: list[str] = Field(["argos", "firefox", "apertium"], description="Engines that may be used.")
    fields: list[Literal["title", "summary", "text"]] = Field(
        ["title", "summary"],
        description="What `run` translates; `text` adds the whole article that tells a story to the web page.",
    )
    models: FilePath | None = Field(None, description="Folder of the models; by default models/ in the data folder.")
    download: bool = Field(
        True, description="Whether `run` downloads models for languages that lack one (not with `--no-fetch`)."
    )
    install: bool = Field(False, description="Whether `run` may install Apertium's system packages.")
    timeout: Span = Field(timedelta(seconds=60), description="Longest wait for a model's next byte.")
    keep: list[str] = Field([], description="Words that are never translated (product names, for example).")
    glossary: FilePath | None = Field(None, description="Your own term list, added to the shipped one.")
    routes: dict[str, str] = Field({}, description='Fixed routes, such as "fr→en": "firefox".')
    libretranslate: str | None = Field(None, description="Address of a LibreTranslate server of your own.")


class WriterSettings(_Settings):
    """`writer:` a language model of yours that rewrites summaries; what fails the gate is not shown."""

    url: str | None = Field(
        None, description="OpenAI-compatible endpoint, up to and including /v1; without it nothing is rewritten."
    )
    model: str = Field("default", description="Name of the model at that endpoint.")
    timeout: Span = Field(timedelta(seconds=60), description="Total time one story may take.")

    @field_validator("url")
    @classmethod
    def _url_is_http(cls, value: str | None) -> str | None:
        return EditionSettings._url_is_http(value)


class MailSettings(_Settings):
    """`mail:` how the edition is sent; user name and password come from the environment."""

    host: str = Field("localhost", description="SMTP server.")
    port: int = Field(25, ge=1, le=65535, description="Its port: 25, 465 (tls) or 587 (starttls).")
    security: Literal["starttls", "tls", "none"] | None = Field(
        None,
        description='Encryption; by default "none" for a server on this machine (no other may have it), else "tls" on '
        'port 465 and "starttls" elsewhere.',
    )
    ca_file: FilePath | None = Field(None, description="Certificates to trust instead of the system's, a PEM file.")
    sender: str | None = Field(None, description='From: "Name <address>"; needed to send.')
    reply_to: str | None = Field(None, description="Reply-To address.")
    list_id: str | None = Field(None, description="List-Id (RFC 2919), such as cyberdigest.example.org.")
    public_url: str | None = Field(
        None, description="https address under which the world reaches `cyberdigest public`; switches its pages on."
    )
    signup: bool = Field(True, description="Whether anybody may subscribe there (with public_url).")
    signups_per_hour: int = Field(100, ge=1, le=10_000, description="Most confirmation mails an hour.")
    archive: Literal["mailed", "all", "none"] = Field(
        "mailed",
        description="Editions shown there (with public_url): those that were mailed, or all (with `approval`: those an "
        "editor approved).",
    )
    unsubscribe_url: str | None = Field(
        None, description="https address of the one-click unsubscribe page; by default the one under public_url."
    )
    unsubscribe_mailto: str | None = Field(
        None, description="Address that takes unsubscribe mails; `cyberdigest inbox` reads them."
    )
    bounce_address: str | None = Field(
        None,
        description='Envelope sender, where bounces go; "{subscriber}" in it becomes the reader\'s id. '
        "`cyberdigest inbox` reads them.",
    )
    per_second: float = Field(5.0, gt=0, description="Most messages a second.")
    per_hour: int | None = Field(None, ge=1, description="Most messages an hour, where a provider has a cap.")
    approval: bool = Field(False, description="Send only what an editor has approved (desk, `edition approve`).")
    dkim_selector: str | None = Field(None, description="Signs messages by DKIM under this selector (with dkim_key).")
    dkim_key: FilePath | None = Field(
        None, description="RSA or Ed25519 key, PEM; most mail servers sign by themselves."
    )

    def public_page(self, path: str) -> str | None:
        """Address of a public page, None when there are none."""
        return f"{self.public_url.rstrip('/')}/{path}" if self.public_url else None

    def archived(self, edition: str) -> str | None:
        """Address of an edition in the public archive, None when there is none."""
        return self.public_page(f"archive/{edition}") if self.archive != "none" else None

    @field_validator("sender", "reply_to")
    @classmethod
    def _has_an_address(cls, value: str | None) -> str | None:
        if value is not None and not re.search(r"\S@\S", parseaddr(value)[1]):
            raise ValueError("an address is expected, such as 'Name <digest@example.org>'")
        return value

    @field_validator("public_url")
    @classmethod
    def _public_url_is_https(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https://[^/\s?#@<>\"]+(/[^\s?#<>\"]*)?", value):
            raise ValueError("an https address without query is expected, such as https://digest.example.org")
        return value

    @model_validator(mode="after")
    def _dkim_is_whole(self) -> MailSettings:
        if (self.dkim_selector is None) != (self.dkim_key is None):
            raise ValueError("dkim_selector and dkim_key belong together")
        return self


class TopicSettings(_Settings):
    """One entry of `topics:` that is not just a built-in name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", description="Short name, lower case.")
    titles: dict[Language, str] = Field({}, description="Language → name shown to readers.")
    threshold: float | None = Field(None, ge=0, le=1, description="Probability that earns the label.")
    examples: list[str] = Field([], description="5 to 20 headlines in any language.")
    must: list[str] = Field([], description="Regular expressions of which one must match.")
    must_not: list[str] = Field([], description="Regular expressions that must not match.")

    @field_validator("must", "must_not")
    @classmethod
    def _patterns_compile(cls, value: list[str]) -> list[str]:
        for pattern in value:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f'"{pattern}" is no regular expression: {error}') from error
        return value

    @model_validator(mode="after")
    def _own_topic_has_examples(self) -> TopicSettings:
        if self.name not in BUILT_IN_TOPICS and len(self.examples) < 3:
            raise ValueError(f'topic "{self.name}" needs at least 3 example headlines (5 to 20 work well)')
        return self


class ListSettings(_Settings):
    """`lists:` public lists about flaws, had once a day; what they say stands on the card with the list's date."""

    kev: str | None = Field(None, description="Address of CISA's catalogue of known exploited vulnerabilities (JSON).")
    epss: str | None = Field(None, description="Address of the EPSS scores (CSV, may be packed by gzip).")

    @field_validator("kev", "epss")
    @classmethod
    def _url_is_http(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://[^/\s@]+/\S*\Z", value):
            raise ValueError(f'"{value}" is no http(s) address')
        return value


class FeedSettings(_Settings):
    """One entry of `feeds:`; a bare address stands for `{url: address}`."""

    url: str = Field(description="Address of the feed.")
    name: str | None = Field(None, description="Name of the outlet; the host name by default.")
    language: Language | None = Field(None, description="Language the outlet writes in.")
    kind: FeedKind = Field("news", description="news, cert, regulator, vendor or law.")
    weight: float = Field(1.0, ge=0, le=3, description="How much you trust it; 1 is ordinary.")
    tags: list[str] = Field([], description="Free labels.")
    content: Literal["page", "feed"] = Field("page", description="Read the article's page, or trust the feed's text.")
    max_entries: int = Field(100, ge=1, le=1000, description="Most entries taken from one poll.")

    @field_validator("url")
    @classmethod
    def _url_is_http(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s@]+(/\S*)?\Z", value):
            raise ValueError(f'"{value}" is no http(s) address')
        return value


def _as_feed(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


def _as_topic(value: object) -> object:
    if isinstance(value, str):
        if value not in BUILT_IN_TOPICS:
            near = _nearest(value, BUILT_IN_TOPICS)
            raise ValueError(f'no built-in topic "{value}"{near}; a topic of your own needs name, titles and examples')
        return {"name": value}
    return value


class Settings(_Settings):
    """The whole of feeds.yaml; only `feeds` is required."""

    edition: EditionSettings = EditionSettings()
    topics: list[Annotated[TopicSettings, BeforeValidator(_as_topic)]] = Field(
        [TopicSettings(name=name) for name in BUILT_IN_TOPICS],
        min_length=1,
        description="Topics of the digest, in the order of its sections.",
    )
    watch: list[str] = Field([], description="Products and companies of yours; stories naming them rank higher.")
    fetch: FetchSettings = FetchSettings()
    stories: StorySettings = StorySettings()
    translation: TranslationSettings = TranslationSettings()
    writer: WriterSettings = WriterSettings()
    mail: MailSettings = MailSettings()
    lists: ListSettings = ListSettings()
    feeds: list[Annotated[FeedSettings, BeforeValidator(_as_feed)]] = Field(min_length=1, description="The sources.")


#: Key of feeds.yaml → class of what stands under it; the reference in docs/ is made from this.
SECTIONS: Mapping[str, type[_Settings]] = {
    "edition": EditionSettings,
    "topics": TopicSettings,
    "fetch": FetchSettings,
    "stories": StorySettings,
    "translation": TranslationSettings,
    "lists": ListSettings,
    "writer": WriterSettings,
    "mail": MailSettings,
    "feeds": FeedSettings,
}


class Config(_Settings):
    """Settings, where they came from, and the secrets of the environment."""

    path: str
    settings: Settings
    feeds: tuple[Feed, ...]
    topics: tuple[TopicSpec, ...]
    smtp_username: str | None = None
    smtp_password: str | None = Field(None, repr=False)
    writer_key: str | None = Field(None, repr=False)
    secret: str | None = Field(None, repr=False)


#: Environment variable → what it holds; nothing else of the environment is read.
ENVIRONMENT: Mapping[str, str] = {
    "CYBERDIGEST_CONFIG": "Path of feeds.yaml when --config is not given.",
    "CYBERDIGEST_DATA": "Data folder when --data is not given.",
    "CYBERDIGEST_DATABASE": "SQLAlchemy address of the store, such as postgresql+psycopg://user@host/name.",
    "CYBERDIGEST_DASK": "Address of a Dask scheduler that does the heavy work; needs cyberdigest[dask].",
    "CYBERDIGEST_SMTP_USERNAME": "User name at the SMTP server.",
    "CYBERDIGEST_SMTP_PASSWORD": "Password at the SMTP server.",
    "CYBERDIGEST_WRITER_KEY": "Key of the writer's endpoint.",
    "CYBERDIGEST_SECRET": "Secret that signs unsubscribe links; made and kept in the data folder when unset.",
}


def load_config(path: Path, *, environ: Mapping[str, str] = os.environ) -> Config:
    """Read and check feeds.yaml.

    Raises:
        ConfigError: With one line per fault, each "file:line: key: reason".
    """
    document = _read_yaml(path)
    try:
        settings = Settings.model_validate(_plain(document))
    except ValidationError as error:
        faults = sorted(_faults(path, document, error))
        raise ConfigError(str(path), "\n".join(["not a valid configuration", *(text for _, text in faults)])) from error
    _refuse_duplicates(path, document, settings)
    return Config(
        path=str(path),
        settings=settings,
        feeds=tuple(_feed(feed) for feed in settings.feeds),
        topics=tuple(_topic(topic) for topic in settings.topics),
        smtp_username=environ.get("CYBERDIGEST_SMTP_USERNAME"),
        smtp_password=environ.get("CYBERDIGEST_SMTP_PASSWORD"),
        writer_key=environ.get("CYBERDIGEST_WRITER_KEY"),
        secret=environ.get("CYBERDIGEST_SECRET"),
    )


def _read_yaml(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(str(path), "no such file; `cyberdigest init` writes one") from error
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}", "not UTF-8 text") from error
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}:{line}", f"not valid YAML: {error.problem or error.context}") from error
    except YAMLError as error:
        raise ConfigError(str(path), f"not valid YAML: {error}") from error
    if document is None:
        raise ConfigError(f"{path}:1", "the file is empty; it needs at least `feeds:`")
    if not isinstance(document, Mapping):
        raise ConfigError(f"{path}:1", "a mapping with the key `feeds:` is expected")
    return document


def _plain(node: Any) -> Any:
    """Strip ruamel's subclasses, which pydantic's strict mode refuses."""
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


#: Kinds of pydantic's faults whose own words speak of Python.
_PLAIN = {
    "too_short": "at least {min_length} is needed",
    "model_type": "keys and values are expected",
    "model_attributes_type": "keys and values are expected",
    "dict_type": "keys and values are expected",
    "list_type": "a list is expected",
    "string_type": "text is expected",
    "int_type": "a whole number is expected",
    "int_parsing": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "float_type": "a number is expected",
    "float_parsing": "a number is expected",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
    "literal_error": "must be {expected}",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
}


def _faults(path: Path, document: Any, error: ValidationError) -> Iterator[tuple[int, str]]:
    for fault in error.errors():
        where = [part for part in fault["loc"] if isinstance(part, (str, int))]
        line = _line(document, where)
        yield line, f"{path}:{line}: {_key(where)}: {_reason(fault, where)}"


def _reason(fault: Any, where: Sequence[str | int]) -> str:
    if fault["type"] == "extra_forbidden":
        return f"unknown key{_nearest(str(where[-1]), _known_keys(where[:-1]))}"
    if fault["type"] == "missing":
        return "is required"
    plain = _PLAIN.get(fault["type"])
    message = plain.format_map(fault.get("ctx", {})) if plain else str(fault["msg"]).removeprefix("Value error, ")
    given = fault.get("input")
    shown = f" (got {given!r})" if isinstance(given, (str, int, float, bool)) and str(given) not in message else ""
    return message[:1].lower() + message[1:] + shown


def _known_keys(where: Sequence[str | int]) -> list[str]:
    """Keys allowed at a place, found by walking the settings classes."""
    if not where:
        return list(Settings.model_fields)
    section = SECTIONS.get(str(where[0]))
    return list(section.model_fields) if section else []


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f', did you mean "{near[0]}"?' if near else f" (known here: {', '.join(known)})"


def _key(where: Sequence[str | int]) -> str:
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the file"


def _line(document: Any, where: Sequence[str | int]) -> int:
    """Line of the deepest part of a path that the file has, counted from 1."""
    line, node = 1, document
    for part in where:
        try:
            position = node.lc.item(part)[0] if isinstance(part, int) else node.lc.key(part)[0]
            line, node = position + 1, node[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


def _refuse_duplicates(path: Path, document: Any, settings: Settings) -> None:
    seen: dict[str, int] = {}
    for index, feed in enumerate(settings.feeds):
        key = re.sub(r"\Ahttps?://(www\.)?", "", feed.url).rstrip("/")
        line = _line(document, ["feeds", index])
        if key in seen:
            reason = f"this feed stands on line {seen[key]} already: {feed.url}"
            raise ConfigError(f"{path}:{line}: feeds[{index}].url", reason)
        seen[key] = line
    names = [topic.name for topic in settings.topics]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ConfigError(f"{path}:{_line(document, ['topics', index])}: topics[{index}]", f'"{name}" stands twice')


def _feed(feed: FeedSettings) -> Feed:
    host = re.sub(r"\Ahttps?://(www\.)?", "", feed.url).split("/")[0]
    return Feed(
        url=feed.url,
        name=feed.name or host,
        language=feed.language,
        kind=feed.kind,
        weight=feed.weight,
        tags=tuple(feed.tags),
        content=feed.content,
        max_entries=feed.max_entries,
    )


def _topic(topic: TopicSettings) -> TopicSpec:
    return TopicSpec(
        name=topic.name,
        titles=topic.titles,
        threshold=topic.threshold,
        examples=tuple(topic.examples),
        must=tuple(topic.must),
        must_not=tuple(topic.must_not),
    )
