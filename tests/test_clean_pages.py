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
#: Still wrong: a newsletter's name alone, a correction (which may be news), two sentences that only say more together,
#: and one of news that the learned judge takes for a site's.
_STILL_WRONG = frozenset([
    "The Supply Chain Brief", "Correction: an earlier version misstated the number of shops.",
    "Never miss a zero-day. Pop your email in below and we'll do the rest.",
    "Subskrybenci dowiedzieli się o wycieku z wiadomości e-mail wysłanej w piątek.",
])  # fmt: skip


@pytest.mark.parametrize("page", _PAGES, ids=[f"{page['lang']}-{n}" for n, page in enumerate(_PAGES)])
def test_only_the_article_is_left(page: dict[str, Any]) -> None:
    """Every block of the site is taken, at least in part, and no paragraph of the article is touched."""
    kept, _ = clean_paragraphs([text for _, text in page["parts"]])

    wrong = [text for kind, text in page["parts"] if (text in kept) != (kind == "text")]
    assert [text for text in wrong if text not in _STILL_WRONG] == []
