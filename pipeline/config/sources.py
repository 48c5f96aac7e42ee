"""What an operator lists in feeds.yaml: topics and feeds, each a bare word or a mapping."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from pipeline.config.values import Language, Section, nearest
from pipeline.model import Feed, FeedKind, TopicSpec

BUILT_IN_TOPICS = ("disclosure", "sanction")


class TopicSettings(Section):
    """`topics:` a list of names (`disclosure`, `sanction`) and of entries with the keys below."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", description="Short name, lower case.")
    titles: dict[Language, str] = Field({}, description="Language → name shown to readers.")
    threshold: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Probability from which an article is on the topic; by default the model's own, or 0.5.",
    )
    examples: list[str] = Field([], description="5 to 20 headlines, in any languages.")
    must: list[str] = Field([], description="Regular expressions, at least one of which must match.")
    must_not: list[str] = Field([], description="Regular expressions, none of which may match.")

    @field_validator("must", "must_not")
    @classmethod
    def _patterns_compile(cls, value: list[str]) -> list[str]:
        for pattern in value:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f'"{pattern}" is not a valid regular expression: {error}') from error
        return value

    @model_validator(mode="after")
    def _own_topic_has_examples(self) -> TopicSettings:
        if self.name not in BUILT_IN_TOPICS and len(self.examples) < 3:
            raise ValueError(f'topic "{self.name}" needs at least 3 example headlines (5 to 20 work well)')
        return self

    def spec(self) -> TopicSpec:
        """The topic as the stages know it."""
        return TopicSpec(
            name=self.name,
            titles=self.titles,
            threshold=self.threshold,
            examples=tuple(self.examples),
            must=tuple(self.must),
            must_not=tuple(self.must_not),
        )


class FeedSettings(Section):
    """`feeds:` a list of addresses and of entries with the keys below."""

    url: str = Field(description="Address of the feed.")
    name: str | None = Field(None, description="Name of the outlet; the host name by default.")
    language: Language | None = Field(None, description="Language the outlet writes in.")
    kind: FeedKind = Field("news", description="news, cert, regulator, vendor or law.")
    weight: float = Field(1.0, ge=0, le=3, description="How much you trust it, 0 to 3; 1 is ordinary.")
    tags: list[str] = Field([], description="Labels for your own use.")
    content: Literal["page", "feed"] = Field(
        "page", description="`page`: read the article's page; `feed`: the feed's own text is complete."
    )
    max_entries: int = Field(100, ge=1, le=1000, description="Maximum entries taken from one poll, newest first.")

    @field_validator("url")
    @classmethod
    def _url_is_http(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s@]+(/\S*)?\Z", value):
            raise ValueError(f'"{value}" is not an http(s) address')
        return value

    def feed(self) -> Feed:
        """The feed as the stages know it; one without a name is called by its host."""
        return Feed(
            url=self.url,
            name=self.name or bare_address(self.url).split("/")[0],
            language=self.language,
            kind=self.kind,
            weight=self.weight,
            tags=tuple(self.tags),
            content=self.content,
            max_entries=self.max_entries,
        )


def bare_address(url: str) -> str:
    """An address without scheme and "www.", under which two spellings of one feed are equal."""
    return re.sub(r"\Ahttps?://(www\.)?", "", url)


def _as_feed(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


def _as_topic(value: object) -> object:
    if isinstance(value, str):
        if value not in BUILT_IN_TOPICS:
            near = nearest(value, BUILT_IN_TOPICS)
            raise ValueError(f'no built-in topic "{value}"{near}; a topic of your own needs name, titles and examples')
        return {"name": value}
    return value


#: Entries of the two lists, with their short forms.
TopicEntry = Annotated[TopicSettings, BeforeValidator(_as_topic)]
FeedEntry = Annotated[FeedSettings, BeforeValidator(_as_feed)]
