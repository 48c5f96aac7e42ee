"""feeds.yaml and the environment become one frozen `Config`; every error names file, line and key.

`sections`, `mail` and `sources` hold one class a section, `settings` puts them together, `load` reads and checks the
file, `faults` says what is wrong with it.
"""

from __future__ import annotations

from pipeline.config.load import load_config
from pipeline.config.mail import MailSettings
from pipeline.config.sections import (
    EditionSettings,
    FetchSettings,
    ListSettings,
    StorySettings,
    TranslationSettings,
    WriterSettings,
)
from pipeline.config.settings import ENVIRONMENT, SECTIONS, Config, Settings
from pipeline.config.sources import BUILT_IN_TOPICS, FeedSettings, TopicSettings
from pipeline.config.values import FilePath, Language, Span

__all__ = [
    "BUILT_IN_TOPICS", "ENVIRONMENT", "SECTIONS",
    "Config", "EditionSettings", "FeedSettings", "FetchSettings", "FilePath", "Language", "ListSettings",
    "MailSettings", "Settings", "Span", "StorySettings", "TopicSettings", "TranslationSettings", "WriterSettings",
    "load_config",
]  # fmt: skip
