"""Whether a text is an article at all: walls, notices, bare titles, slogans and menus are told from news.

What is certain is a rule (a wall's words, a repeated title). A text that tells next to nothing of its title is asked
whether all of it reads like a site's own words (pipeline/text/notices.py). Short texts beyond that are judged by a
small logistic regression over what they look like; its weights are in data/junk.json, made by bench/junk.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.text.junk.foreign import is_foreign
from pipeline.text.junk.shape import features, own_words, told_of, unescaped, without_title
from pipeline.text.junk.walls import NOTICES, WALLS
from pipeline.text.normalise import clean_text, fold
from pipeline.text.notices import is_notice

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
    if not isinstance(text, str):
        if sum(map(len, text)) > 2 * _ENOUGH:
            return None
        text = " ".join(text)
    if len(text) > 2 * _ENOUGH:
        return None
    body = clean_text(unescaped(text))
    if len(body) > _LONGEST_PAGE:
        return None
    if sum(c.isalnum() for c in body) < 2:
        return "empty"
    folded, head = fold(body), fold(clean_text(unescaped(title)))
    rest = without_title(folded, head)
    if len(body) > _ENOUGH:
        return _page_reason(parts, folded) if told_of(head, rest) < 2 and body[0] not in _QUOTES else None
    # A post without a headline is its own title; then nothing is missing.
    if sum(c.isalnum() for c in rest) <= max(4, 0.12 * len(head)):
        return "title-only" if max(len(body), len(head)) < _POST_LEAST else None
    walls = [name for name, pattern in WALLS if pattern.search(folded)]
    if is_foreign(head, folded):
        return walls[0] if walls and len(body) < _NOTICE_MOST else "foreign-text"
    told, is_quoted = told_of(head, rest), body[0] in _QUOTES
    if walls and walls[0] in _CERTAIN and own_words(rest) < 160 and told < 2 and not is_quoted:
        return walls[0]
    if told == 0 and len(body) <= _NOTICE_LONGEST and not is_quoted:
        notices = walls or [name for name, pattern in NOTICES if pattern.search(folded)]
        if notices:
            return notices[0]
        if _is_menu(parts):
            return "no-article"
    if told < 2 and not is_quoted and (reason := _page_reason(parts, folded)):
        return reason
    if len(body) > _MODEL_MOST or head == "":
        return walls[0] if walls and own_words(rest) < 160 else None
    values = features(title, body)
    weights = _model()
    score = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in values.items())
    if score < weights["threshold"]:
        return None
    return (
        walls[0] if walls else "foreign-text" if values["other-script"] or values["other-language"] else _shape(values)
    )


def _page_reason(parts: Sequence[str], folded: str) -> str | None:
    """Why a page that says next to nothing of its title is none, where all of it reads like a site's own words."""
    if not is_notice(parts):
        return None
    return next((name for name, pattern in (*WALLS, *NOTICES) if pattern.search(folded)), "no-article")


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
