"""Pages that are no articles, and articles about such pages, in fourteen languages: our own, 75 of each kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.clean import clean
from pipeline.model import Article

_PAGES = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "junk_pages.jsonl").read_text("utf-8").splitlines()
]


def _is_junk(page: dict[str, str]) -> bool:
    paragraphs = tuple(part for part in page["text"].split("\n\n") if part.strip())
    article = Article(
        id="a", feed="f", url="https://news.example.org/a", title=page["title"], paragraphs=paragraphs,
        language=page["lang"],
    )  # fmt: skip
    return clean([article])[0].junk is not None


@pytest.mark.parametrize(("junk", "wrong_most"), [(1, 11), (0, 2)])
def test_walls_notices_and_menus_are_told_from_news_about_them(junk: int, wrong_most: int) -> None:
    """Of walls nine in ten are found; of news, also of false captchas and leaking log-ins, next to nothing is taken."""
    wrong = [page["title"] for page in _PAGES if page["junk"] == junk and _is_junk(page) != bool(junk)]

    assert len(wrong) <= wrong_most, wrong
