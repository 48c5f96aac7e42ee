"""The whole text of one article in an edition's language, translated when an editor opens it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Config
from pipeline.model import Article, Translation
from pipeline.run.memory import StoreMemory
from pipeline.run.openings import open_translator

if TYPE_CHECKING:
    from pipeline.store import Store
    from pipeline.translate import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class FullText:
    """An article, its title and each paragraph as translated, in order."""

    article: Article
    title: Translation
    paragraphs: tuple[Translation, ...]


class FullTexts:
    """Translates one article at a time; what was translated once comes from the memory."""

    def __init__(self, store: Store, open_translator: Callable[[], Translator]) -> None:
        """Open the translator at the first question."""
        self._store, self._open = store, open_translator
        self._translator: Translator | None = None
        self._lock = threading.Lock()

    def __call__(self, article: str, language: str) -> FullText | None:
        """The article in a language; None when the store has no such article.

        Raises:
            DigestError: The configuration names an engine that does not exist.
        """
        with self._lock:
            found = self._store.article(article)
            if found is None:
                return None
            if self._translator is None:
                self._translator = self._open()
            from pipeline.translate import translate_paragraphs

            spoken, known = found.language, found.facts
            (title,) = self._translator.translate([(found.title, spoken)], language, style="headline", facts=[known])
            paragraphs = translate_paragraphs(self._translator, found.paragraphs, spoken, language, facts=known)
        return FullText(article=found, title=title, paragraphs=paragraphs)

    def close(self) -> None:
        """End the engines' processes."""
        if self._translator is not None:
            self._translator.close()


def open_full_texts(store: Store, data: Path, *, load: Callable[[], Config], now: Callable[[], datetime]) -> FullTexts:
    """Full texts over the engines that are configured; the configuration is read at the first question."""
    return FullTexts(store, lambda: open_translator(load(), data, memory=StoreMemory(store, now=now())))
