"""The whole of feeds.yaml as one value, and the environment beside it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from pipeline.config.mail import MailSettings
from pipeline.config.sections import (
    EditionSettings,
    FetchSettings,
    ListSettings,
    StoreSettings,
    StorySettings,
    TranslationSettings,
    WriterSettings,
)
from pipeline.config.sources import BUILT_IN_TOPICS, FeedEntry, FeedSettings, TopicEntry, TopicSettings
from pipeline.config.values import Section
from pipeline.model import Feed, TopicSpec


class Settings(Section):
    """The whole of feeds.yaml; only `feeds` is required."""

    edition: EditionSettings = EditionSettings()
    topics: list[TopicEntry] = Field(
        [TopicSettings(name=name) for name in BUILT_IN_TOPICS],
        min_length=1,
        description="Topics of the digest, in the order of its sections.",
    )
    watch: list[str] = Field(
        [], description="A list of your products and companies; stories that name them rank higher."
    )
    fetch: FetchSettings = FetchSettings()
    stories: StorySettings = StorySettings()
    store: StoreSettings = StoreSettings()
    translation: TranslationSettings = TranslationSettings()
    writer: WriterSettings = WriterSettings()
    mail: MailSettings = MailSettings()
    lists: ListSettings = ListSettings()
    feeds: list[FeedEntry] = Field(min_length=1, description="The sources.")


#: Key of feeds.yaml → class of what stands under it; the reference in docs/ is made from this.
SECTIONS: Mapping[str, type[Section]] = {
    "edition": EditionSettings,
    "topics": TopicSettings,
    "fetch": FetchSettings,
    "stories": StorySettings,
    "store": StoreSettings,
    "translation": TranslationSettings,
    "lists": ListSettings,
    "writer": WriterSettings,
    "mail": MailSettings,
    "feeds": FeedSettings,
}


class Config(Section):
    """Settings, where they came from, and the secrets of the environment."""

    path: str
    settings: Settings
    feeds: tuple[Feed, ...]
    topics: tuple[TopicSpec, ...]
    smtp_username: str | None = None
    smtp_password: str | None = Field(None, repr=False)
    writer_key: str | None = Field(None, repr=False)
    libretranslate_key: str | None = Field(None, repr=False)
    secret: str | None = Field(None, repr=False)


#: Environment variable → what it holds; nothing else of the environment is read.
ENVIRONMENT: Mapping[str, str] = {
    "CYBERDIGEST_CONFIG": "Path of feeds.yaml when --config is not given.",
    "CYBERDIGEST_DATA": "Data folder when --data is not given.",
    "CYBERDIGEST_DATABASE": "SQLAlchemy address of the store, such as `postgresql+psycopg://user@host/name`.",
    "CYBERDIGEST_DASK": "Address of a Dask scheduler for the heavy work; needs `cyberdigest[dask]`.",
    "CYBERDIGEST_SMTP_USERNAME": "User name at the SMTP server.",
    "CYBERDIGEST_SMTP_PASSWORD": "Password at the SMTP server.",
    "CYBERDIGEST_WRITER_KEY": "Key of the writer's endpoint.",
    "CYBERDIGEST_LIBRETRANSLATE_KEY": "API key of the LibreTranslate server, where it asks for one.",
    "CYBERDIGEST_SECRET": "Secret that signs readers' links; made and kept in the store when unset.",
}
