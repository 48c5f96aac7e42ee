"""Faults of the program over what strangers wrote: told and passed over, so that one text costs no edition.

Anybody may write into an article what nobody has thought of; it must not end every run for days.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pipeline.errors import DigestError
from pipeline.model import Article, Story
from pipeline.text.normalise import clean_text

_Item = TypeVar("_Item", Article, Story)
_Made = TypeVar("_Made")


def passing_over(
    items: Sequence[_Item], work: Callable[[Sequence[_Item]], Iterable[_Made]], told: list[str]
) -> list[_Made]:
    """What the work makes of the items, all at once; one by one, without those it stumbles over, where it stumbles.

    Args:
        items: Articles, or stories.
        work: Makes one thing of each, in their order.
        told: Gets a line for each that is passed over.
    """
    try:
        return list(work(items))
    except DigestError:
        raise
    except Exception as error:
        if not items:
            raise
        if len(items) > 1:
            return [made for item in items for made in passing_over([item], work, told)]
        told.append(_line(items[0], error))
        return []


def _line(item: Article | Story, error: Exception) -> str:
    """Which, what and where in the program: one line, whatever of the article stands in it."""
    article = item if isinstance(item, Article) else item.articles[0]
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    return clean_text(f"{article.url or article.title}: {type(error).__name__}: {str(error)[:200]} ({place})")
