"""What the command line says about a stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pipeline.compose import Translates
from pipeline.model import TopicSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOptions:
    """What the command line says about a stage; each stage looks at its own."""

    languages: tuple[str, ...] = ()
    topics: tuple[TopicSpec, ...] = ()
    target: str = "en"
    fields: tuple[str, ...] = ("title", "summary")
    window: timedelta = timedelta(days=14)
    sentences: int = 3
    translator: Callable[[], Translates] | None = None
    #: Called with each cleaned article, to show what was removed.
    explain: Callable[[str], None] | None = None
