"""The cleaning cases of tests/data/clean: a folder each, input.json and expected.json, all in our own words.

PYTHONPATH=. python tests/clean_cases.py        writes every expected.json anew; review the difference like code
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.clean import clean
from pipeline.model import Article

CASES = sorted(path for path in (Path(__file__).parent / "data" / "clean").iterdir() if path.is_dir())


def load_article(case: Path) -> Article:
    """The article before cleaning."""
    value: dict[str, Any] = json.loads((case / "input.json").read_text("utf-8"))
    value["paragraphs"] = tuple(value["paragraphs"])
    return Article(feed="https://feeds.example.org/rss", **value)


def outcome(article: Article) -> dict[str, Any]:
    """What cleaning decided, in the shape of expected.json."""
    return {
        "paragraphs": list(article.paragraphs),
        "removed": [[block.position, block.rule, block.text] for block in article.removed],
        "junk": article.junk.reason if article.junk else None,
    }


def _refresh() -> None:
    for case in CASES:
        text = json.dumps(outcome(clean([load_article(case)])[0]), ensure_ascii=False, indent=1)
        (case / "expected.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    _refresh()
