"""Whole pages in fourteen languages: what the site says goes, what the article says stays to the letter.

tests/data/clean_pages holds our own pages of invented outlets, a JSON line each: `parts` are paragraphs in the order of
the page, each "site" or "text". Two fifths have news that reads like a site's own lines.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.clean import clean_paragraphs

_DATA = Path(__file__).parent / "data" / "clean_pages"
_PAGES = [json.loads(line) for path in sorted(_DATA.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("page", _PAGES, ids=[f"{page['lang']}-{n}" for n, page in enumerate(_PAGES)])
def test_only_the_article_is_left(page: dict[str, Any]) -> None:
    """Every block of the site is taken, at least in part, and no paragraph of the article is touched."""
    kept, _ = clean_paragraphs([text for _, text in page["parts"]])

    assert [text for kind, text in page["parts"] if kind == "text" and text not in kept] == []
    assert [text for kind, text in page["parts"] if kind == "site" and text in kept] == []
