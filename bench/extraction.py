"""How well pages become articles, beside trafilatura on the same pages.

    python bench/extraction.py --data DIR

DIR holds the folders extraction-trafilatura and extraction-scrapinghub (pages.zip and gold.jsonl each; where they come
from
stands in docs/cleaning.md). Nothing of theirs is kept here. Figures: per language, then the totals that `measure`
returns.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.clean import clean
from pipeline.extract import extract
from pipeline.model import Article, Entry, Page
from pipeline.text.normalise import clean_text

_WORD = re.compile(r"\w+")
_NEWSLETTER = re.compile(r"newsletter|subscri|abonn|sign up", re.IGNORECASE)
_DATED = datetime(2020, 1, 1, tzinfo=UTC)
_SEEN = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class Snippets:
    """Wanted and unwanted strings found and missed."""

    found: int = 0
    leaked: int = 0
    lost: int = 0

    def add(self, text: str, wanted: Iterable[str], unwanted: Iterable[str]) -> None:
        for string in wanted:
            hit = " ".join(string.split()) in text
            self.found += hit
            self.lost += not hit
        self.leaked += sum(" ".join(string.split()) in text for string in unwanted)

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, 2 * self.found + self.leaked + self.lost)


@dataclass
class Result:
    """One extractor over one set."""

    languages: dict[str, Snippets] = field(default_factory=lambda: defaultdict(Snippets))
    newsletter_leaks: int = 0
    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def add_snippets(self, gold: dict[str, Any], language: str, text: str) -> None:
        folded = " ".join(text.split())
        for key in ("all", language):
            self.languages[key].add(folded, gold["with"], gold["without"])
        letters = [s for s in gold["without"] if _NEWSLETTER.search(s)]
        self.newsletter_leaks += sum(" ".join(s.split()) in folded for s in letters)

    def add_body(self, gold: str, text: str) -> None:
        ours, theirs = _grams(text), _grams(gold)
        shared = sum((ours & theirs).values())
        self.precision.append(shared / max(1, sum(ours.values())))
        self.recall.append(shared / max(1, sum(theirs.values())))

    @property
    def gram_f1(self) -> float:
        p, r = sum(self.precision) / len(self.precision), sum(self.recall) / len(self.recall)
        return 2 * p * r / max(1e-9, p + r)


def measure(data: Path) -> dict[str, float]:
    """All figures by name; ours without prefix, trafilatura's own under "trafilatura/"."""
    figures: dict[str, float] = {}
    snippets = _run(_load(data / "extraction-trafilatura"))
    bodies = _run(_load(data / "extraction-scrapinghub"))
    for name in ("extract", "clean", "trafilatura"):
        prefix = "" if name == "clean" else f"{name}/"
        result = snippets[name]
        figures[f"{prefix}extraction-f1"] = result.languages["all"].f1
        figures[f"{prefix}extraction-lost"] = result.languages["all"].lost
        figures[f"{prefix}newsletter-leaks"] = result.newsletter_leaks
        figures[f"{prefix}extraction-4gram-f1"] = bodies[name].gram_f1
        for language, counts in sorted(result.languages.items()):
            if language != "all" and counts.found + counts.lost >= 6:
                figures[f"{prefix}extraction-f1/{language}"] = counts.f1
    figures.update(_metadata(data / "extraction-trafilatura"))
    figures["extraction-seconds-ratio"] = snippets["extract"].seconds / snippets["trafilatura"].seconds
    figures["extraction-pages-per-second"] = 1 / (snippets["extract"].seconds / max(1, len(snippets["pages"])))
    figures["clean-articles-per-second"] = len(snippets["pages"]) / snippets["clean"].seconds
    return figures


def _run(rows: Sequence[tuple[dict[str, Any], bytes]]) -> dict[str, Any]:
    """Extract every page with both, page by page in turn, so that a busy machine slows both alike."""
    import trafilatura

    results = {name: Result() for name in ("extract", "clean", "trafilatura")}
    articles: list[Article] = []
    for number, (row, body) in enumerate(rows):
        item = _entry(number, row), Page(url=row["url"], final_url=row["url"], body=body)
        (article,) = extract([item])
        # As feeds give them: dated entries. Searching the text for a date is htmldate's time, not extraction's.
        dated = replace(item[0], published=_DATED), item[1]
        _, seconds = _timed(partial(extract, [dated]))
        results["extract"].seconds += seconds * (number > 0)
        theirs, seconds = _timed(partial(trafilatura.extract, body, fast=True, include_comments=False))
        results["trafilatura"].seconds += seconds * (number > 0)
        articles.append(article)
        _score(results["extract"], row, article.text)
        _score(results["trafilatura"], row, theirs or "")
    runs = [_timed(partial(clean, articles)) for _ in range(3)]
    cleaned, results["clean"].seconds = runs[0][0], min(seconds for _, seconds in runs)
    for (row, _), article in zip(rows, cleaned, strict=True):
        _score(results["clean"], row, article.text)
    return {**results, "pages": rows}


def _score(result: Result, row: dict[str, Any], text: str) -> None:
    if "gold" in row:
        result.add_snippets(row["gold"], row["lang_guess"], text)
    else:
        result.add_body(row["articleBody"], text)


def _metadata(folder: Path) -> dict[str, float]:
    """Title and date exact, where the gold has them."""
    import trafilatura

    hits: Counter[str] = Counter()
    for number, (row, body) in enumerate(_load(folder)):
        gold = row["gold"]
        page = Page(url=row["url"], final_url=row["url"], body=body)
        article = extract([(_entry(number, row), page)])[0]
        tree = trafilatura.load_html(body)
        theirs = trafilatura.extract_metadata(tree, default_url=row["url"]) if tree is not None else None
        if gold.get("title"):
            hits["titles"] += 1
            hits["title"] += article.title == clean_text(gold["title"])
            hits["trafilatura/title"] += theirs is not None and clean_text(theirs.title or "") == clean_text(
                gold["title"]
            )
        if gold.get("date"):
            hits["dates"] += 1
            hits["date"] += article.published is not None and article.published.date().isoformat() == gold["date"]
            hits["trafilatura/date"] += theirs is not None and theirs.date == gold["date"]
    return {
        "title-exact": hits["title"] / hits["titles"],
        "trafilatura/title-exact": hits["trafilatura/title"] / hits["titles"],
        "date-exact": hits["date"] / hits["dates"],
        "trafilatura/date-exact": hits["trafilatura/date"] / hits["dates"],
    }


def _entry(number: int, row: dict[str, Any]) -> Entry:
    """An entry that knows nothing, so that all comes from the page."""
    return Entry(id=str(number), feed="bench", guid=None, url=row["url"], title="", first_seen=_SEEN)


def _timed(action: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    value = action()
    return value, time.process_time() - start


def _grams(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    size = min(size, len(words)) or 1
    return Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1))


def _load(folder: Path) -> list[tuple[dict[str, Any], bytes]]:
    with zipfile.ZipFile(folder / "pages.zip") as pages, (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        return [(row := json.loads(line), pages.read(row["file"])) for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    logging.disable(logging.CRITICAL)
    figures = measure(parser.parse_args().data)
    names = [name for name in figures if not name.startswith(("trafilatura/", "extract/"))]
    print(f"{'figure':34}{'ours':>9}{'extract':>9}{'trafilatura':>13}")
    for name in names:
        others = "".join(
            f"{figures[p + name]:>{w}.3f}" if p + name in figures else " " * w
            for p, w in (("extract/", 9), ("trafilatura/", 13))
        )
        print(f"{name:34}{figures[name]:>9.3f}{others}")


if __name__ == "__main__":
    main()
