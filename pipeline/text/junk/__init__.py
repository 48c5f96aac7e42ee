"""Whether a text is an article at all: walls, notices, bare titles, slogans and menus are told from news.

What is certain is a rule (a wall's words, a repeated title). A text that tells next to nothing of its title is asked
whether all of it reads like a site's own words (pipeline/text/notices.py). Short texts beyond that are judged by a
small logistic regression over what they look like; its weights are in data/junk.json, made by bench/junk.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from pipeline.text.junk.foreign import is_foreign
from pipeline.text.junk.shape import features, own_words, told_of, unescaped, without_title
from pipeline.text.junk.walls import NOTICES, WALLS
from pipeline.text.normalise import clean_text, fold
from pipeline.text.notices import is_notice
from pipeline.text.scripts import UNSPACED_LETTER

__all__ = ["features", "junk_reason"]

#: A text longer than this is an article whatever else stands on the page, …
_ENOUGH = 900
#: Unless it tells nothing of its title and reads like a consent form from end to end.
_LONGEST_PAGE = 1500
#: The model has seen leads of feeds, some 400 characters; beyond this length only rules speak.
_MODEL_MOST = 480
#: What a wall says, quoted, is news of a trick with false walls.
_QUOTES = '"“”„«»‹「『'
#: A notice is no longer than this, and a menu has as many lines that are no sentences.
_NOTICE_LONGEST, _MENU_LEAST = 600, 4
#: From this length a text that repeats its title is a short post, not a bare headline.
_POST_LEAST = 250
#: A notice in another language than the title is a notice up to this length.
_NOTICE_MOST = 160
#: With one of these nothing but the notice is to be expected.
_CERTAIN = frozenset({"bot-wall", "aggregator", "code"})
#: So many paragraphs that are sentences and no wall are an article, which a notice in their middle does not undo.
_TOLD_LEAST, _SENTENCE_LEAST, _SENTENCE_LEAST_EAST_ASIAN = 4, 60, 25
_SENTENCE = re.compile(r"[.!?。！？][\"»”’」』)]?\Z")
_RELEASE = re.compile(r"\d\.\d|\bcve-", re.IGNORECASE)


def junk_reason(title: str, text: str | Sequence[str]) -> str | None:
    """Why `text` is not the article that `title` announces; None when it is.

    Args:
        title: Headline as shown to readers.
        text: The text, or its paragraphs.
    Returns:
        "empty", "title-only", "bot-wall", "javascript", "cookie-wall", "paywall", "login", "error-page", "aggregator",
        "code", "foreign-text", "no-article" or None.
    """
    parts = [text] if isinstance(text, str) else text
    if sum(map(len, parts)) > 2 * _ENOUGH:
        return None
    body = clean_text(unescaped(" ".join(parts)))
    if len(body) > _LONGEST_PAGE:
        return None
    if sum(c.isalnum() for c in body) < 2:
        return "empty"
    page = _Page(parts, body, fold(body), fold(clean_text(unescaped(title))))
    if len(body) > _ENOUGH:
        return _page_reason(page)
    # A post without a headline is its own title; then nothing is missing.
    if sum(c.isalnum() for c in page.rest) <= max(4, 0.12 * len(page.head)):
        return "title-only" if max(len(body), len(page.head)) < _POST_LEAST else None
    if page.wall and (without := _without_walls(parts)) is not None:
        return junk_reason(title, without)
    if is_foreign(page.head, page.folded):
        return page.wall if page.wall and len(body) < _NOTICE_MOST else "foreign-text"
    return _said_outright(page) or _page_reason(page) or _judged(title, page)


@dataclass(frozen=True)
class _Page:
    """A text of at most `_LONGEST_PAGE` characters beside its title."""

    parts: Sequence[str]
    body: str
    folded: str
    head: str

    @cached_property
    def rest(self) -> str:
        """What it says beside its title."""
        return without_title(self.folded, self.head)

    @cached_property
    def told(self) -> int:
        """How much of the title it takes up."""
        return told_of(self.head, self.rest)

    @cached_property
    def wall(self) -> str | None:
        """The first kind of wall whose words it has."""
        return next((name for name, pattern in WALLS if pattern.search(self.folded)), None)

    @property
    def notice(self) -> str | None:
        """The first kind of wall or notice whose words it has."""
        return self.wall or next((name for name, pattern in NOTICES if pattern.search(self.folded)), None)

    @property
    def is_quoted(self) -> bool:
        return self.body[0] in _QUOTES


def _said_outright(page: _Page) -> str | None:
    """A wall with little else beside it, a notice or a menu that tells nothing of its title."""
    if page.is_quoted:
        return None
    if page.wall in _CERTAIN and own_words(page.rest) < 160 and page.told < 2:
        return page.wall
    if page.told == 0 and len(page.body) <= _NOTICE_LONGEST:
        return page.notice or ("no-article" if _is_menu(page.parts) else None)
    return None


def _judged(title: str, page: _Page) -> str | None:
    """What the model says of a short text; the rules alone without a headline, or beyond what the model has seen."""
    if len(page.body) > _MODEL_MOST or page.head == "":
        return page.wall if own_words(page.rest) < 160 else None
    values, weights = features(title, page.body), _model()
    score = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in values.items())
    if score < weights["threshold"]:
        return None
    is_other = values["other-script"] or values["other-language"]
    return page.wall or ("foreign-text" if is_other else _shape(values))


def _without_walls(parts: Sequence[str]) -> list[str] | None:
    """The paragraphs that are no wall, where there are enough sentences among them; else None."""
    kept = [part for part in parts if not any(pattern.search(fold(part)) for _, pattern in WALLS)]
    if len(kept) == len(parts):  # a wall over several paragraphs
        return None
    told = sum(
        len(part) >= (_SENTENCE_LEAST_EAST_ASIAN if UNSPACED_LETTER.search(part) else _SENTENCE_LEAST)
        and _SENTENCE.search(part.rstrip()) is not None
        for part in kept
    )
    return kept if told >= _TOLD_LEAST else None


def _page_reason(page: _Page) -> str | None:
    """Why a page that says next to nothing of its title is none, where all of it reads like a site's own words."""
    if page.told >= 2 or page.is_quoted or not is_notice(page.parts):
        return None
    return page.notice or "no-article"


def _is_menu(parts: Sequence[str]) -> bool:
    """Names of sections, or headlines of other news: lines, and not one sentence; a bulletin lists releases and ids."""
    lines = [line.strip() for part in parts for line in part.splitlines() if line.strip()]
    if len(lines) < _MENU_LEAST or any(_RELEASE.search(line) for line in lines):
        return False
    return all(len(line) < 90 and line[-1] not in ".!?。…:：" for line in lines)


def _shape(values: dict[str, float]) -> str:
    return "title-only" if values["rest-under-60"] and values["repeats-title"] else "no-article"


@cache
def _model() -> dict[str, float]:
    weights = json.loads((Path(__file__).parents[1] / "data" / "junk.json").read_text("utf-8"))
    return {name: float(weight) for name, weight in weights.items()}
