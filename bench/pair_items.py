"""Pairs of stream items that were read for the purpose: labels by url, texts from the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from stories import embedded, make_article
from stream_items import read_items, read_lines

from pipeline.model import Article

#: One object a line: urls `a` and `b`, `same` 0 or 1, `unsure` 1 where title and lead did not decide it.
_FOLDER = Path(__file__).resolve().parent / "labels"
LABELS = _FOLDER / "pairs-extra.jsonl"
#: Of the same form, of months read later: measured with and not learned from.
HELD = _FOLDER / "pairs-held.jsonl"
#: Code points of the lead, as pairs-gold has them.
LEAD = 380
#: Of two items with one url the first counts.
_SOURCES = ("veille-fr", "vigilintel", "s33r", "zh-en", "newsdatahub")


def read_pairs(
    data: Path, labels: Path = LABELS
) -> tuple[list[Article], list[tuple[str, str]], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Distinct articles, pairs of their ids, whether a pair is one event, whether the reader was sure.

    Pairs with an item that pairs-gold holds, or whose text the folder lacks, are left out.
    """
    rows = read_lines(labels)
    held = {side["url"] for row in read_lines(data / "pairs-gold" / "pairs.jsonl") for side in (row["a"], row["b"])}
    wanted = {row[side] for row in rows for side in "ab"} - held
    found = {article.id: article for article in _stream_heads(data) if article.id in wanted}
    rows = [row for row in rows if row["a"] in found and row["b"] in found]
    used = sorted({row[side] for row in rows for side in "ab"})
    same = np.array([row["same"] == 1 for row in rows])
    sure = np.array([not row.get("unsure") for row in rows])
    return embedded([found[url] for url in used]), [(row["a"], row["b"]) for row in rows], same, sure


def _stream_heads(data: Path) -> list[Article]:
    """Title and lead of every dated item of the streams; of two with one url the first."""
    found: dict[str, Article] = {}
    for item in read_items(data, _SOURCES):
        if item.published is not None:
            lead = " ".join(" ".join(item.paragraphs).split())[:LEAD]
            made = make_article(item.url, item.title, lead, item.language, item.published.date().isoformat(), item.host)
            found.setdefault(made.id, made)
    return list(found.values())
