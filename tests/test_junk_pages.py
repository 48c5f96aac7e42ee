"""Pages that are no articles, and articles about such pages, in fourteen languages: our own words.

Rules were written from the 75 of each kind in junk_pages.jsonl; from the 100 of junk_pages_unseen.jsonl nothing was.
Of the 80 of junk_pages_third.jsonl every second one was read; most that stay are texts of other articles, which the
page's feed gives away (pipeline/extract/stranger.py).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.clean import clean
from pipeline.model import Article

_DATA = Path(__file__).parent / "data"


def _pages(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (_DATA / name).read_text("utf-8").splitlines()]


def _is_junk(page: dict[str, str], separator: str) -> bool:
    paragraphs = tuple(part for part in page["text"].split(separator) if part.strip())
    article = Article(
        id="a", feed="f", url="https://news.example.org/a", title=page["title"], paragraphs=paragraphs,
        language=page["lang"],
    )  # fmt: skip
    return clean([article])[0].junk is not None


@pytest.mark.parametrize(
    ("name", "separator", "junk", "wrong_most"),
    [
        ("junk_pages.jsonl", "\n\n", 1, 11),
        ("junk_pages.jsonl", "\n\n", 0, 2),
        ("junk_pages_unseen.jsonl", "\n", 1, 26),
        ("junk_pages_unseen.jsonl", "\n", 0, 2),
        ("junk_pages_third.jsonl", "\n", 1, 20),
        ("junk_pages_third.jsonl", "\n", 0, 2),
    ],
)
def test_walls_notices_and_menus_are_told_from_news_about_them(
    name: str, separator: str, junk: int, wrong_most: int
) -> None:
    """Most walls are found, in any wording; of news, also of false captchas and leaking log-ins, next to none goes."""
    pages = [page for page in _pages(name) if page["junk"] == junk]
    wrong = [page["title"] for page in pages if _is_junk(page, separator) != bool(junk)]

    assert len(wrong) <= wrong_most, wrong
