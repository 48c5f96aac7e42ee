"""ROUGE-L of summaries against those of CERT-FR, and whether every sentence is verbatim.

    python bench/summary.py --data DIR

DIR holds certfr-advisories/advisories.jsonl.gz (title, summary, content). The baseline is the first two sentences of
the text. Five inputs, none of them a fair test by itself:

`content_*` takes the content alone: nearly always one formula ("see the vendor's bulletin"), nothing to choose from.
`rest_*` takes all of the page but the summary: risks, systems, content. The only sentence is the formula, so lines of
the lists stand in; they have no headings here, so that the baseline's first two lines are lines of the lists as well.
`headed_*` takes the same with the headings of the page; the baseline is that of `rest_*`, without headings.
`printed_*` takes the page as CERT-FR prints it: risks, systems, summary, content; the summary is not in front.
`page_*` takes content, summary, systems: the summary behind the formula.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.facts import find_facts
from pipeline.model import Article, Story
from pipeline.summarise import summarise
from pipeline.text.normalise import fold
from pipeline.text.sentences import split_sentences

_ENOUGH = 4
#: Not to be held against the baseline.
_HEADINGS = frozenset({"Risques", "Systèmes affectés", "Solution"})


def measure(data: Path) -> dict[str, float]:
    """ROUGE-L F1 of summary and lead-2, their ratio, and the share of verbatim sentences."""
    path = data / "certfr-advisories" / "advisories.jsonl.gz"
    path = path if path.exists() else data / "advisories.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    figures: dict[str, float] = {}
    inputs: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
        ("content", lambda r: r["content"]),
        ("rest", lambda r: _printed(r, summary=False)),
        ("headed", _headed),
        ("printed", lambda r: _printed(r, summary=True)),
        ("page", _page),
    )
    for name, text in inputs:
        figures |= _scored(rows, text, name)
    return figures


def _printed(row: dict[str, Any], *, summary: bool) -> str:
    """The page in the order it is printed in, with or without its summary."""
    lists = [*(row.get("risks") or []), *map(_affected, row.get("affected") or [])]
    return "\n\n".join([*lists, *([row["summary"]] if summary else []), row["content"]])


def _headed(row: dict[str, Any]) -> str:
    """The page without its summary, headings as the site prints them."""
    lists = (("Risques", row.get("risks")), ("Systèmes affectés", map(_affected, row.get("affected") or [])))
    parts = [part for heading, lines in lists for part in (heading, *(lines or []))]
    return "\n\n".join([*parts, "Solution", row["content"]])


def _page(row: dict[str, Any]) -> str:
    """The advisory as its page reads: solution before risks and systems, so that the lead is not the summary."""
    return "\n\n".join(
        [row["content"], row["summary"], "## Systèmes affectés", *map(_affected, row.get("affected") or [])]
    )


def _affected(value: Any) -> str:
    return (
        value
        if isinstance(value, str)
        else " ".join(map(str, value.values()))
        if isinstance(value, dict)
        else str(value)
    )


def _scored(rows: Sequence[dict[str, Any]], text: Callable[[dict[str, Any]], str], name: str) -> dict[str, float]:
    articles = [_article(i, row, text(row)) for i, row in enumerate(rows)]
    stories = [Story(id=a.id, articles=(a,)) for a in find_facts(articles)]
    mine = lead = count = 0.0
    enough = {"mine": 0.0, "lead": 0.0, "count": 0.0}
    verbatim = sentences = 0
    for row, story in zip(rows, summarise(stories), strict=True):
        article = story.articles[0]
        spans = split_sentences(article.text, "fr")
        if not spans:
            continue
        for s in story.summary:
            sentences += 1
            verbatim += article.text[s.start : s.end] == s.text
        gold = _plain(row["summary"])
        ours = _rouge(" ".join(s.text for s in story.summary), gold)
        first = [article.text[a:b] for a, b in spans if article.text[a:b] not in _HEADINGS][:2]
        base = _rouge(" ".join(first), gold)
        mine, lead, count = mine + ours, lead + base, count + 1
        if len(spans) >= _ENOUGH:
            enough = {"mine": enough["mine"] + ours, "lead": enough["lead"] + base, "count": enough["count"] + 1}
    return {
        f"{name}_rouge_l": mine / count,
        f"{name}_lead2": lead / count,
        f"{name}_ratio": mine / max(lead, 1e-9),
        f"{name}_rows_with_choice": enough["count"],
        f"{name}_choice_rouge_l": enough["mine"] / max(1, enough["count"]),
        f"{name}_choice_lead2": enough["lead"] / max(1, enough["count"]),
        f"{name}_choice_ratio": enough["mine"] / max(enough["lead"], 1e-9),
        f"{name}_verbatim": verbatim / max(1, sentences),
        f"{name}_sentences": sentences / max(1, count),
    }


def _article(number: int, row: dict[str, Any], text: str) -> Article:
    paragraphs = tuple(
        p for p in (_plain(block) for block in re.split(r"\n\s*\n", text)) if p and not p.startswith("#")
    )
    return Article(id=str(number), feed="certfr", url=None, title=row["title"], paragraphs=paragraphs, language="fr")


def _plain(markdown: str) -> str:
    return " ".join(re.sub(r"<[^>]{1,200}>|[*`]", "", markdown).split())


def _rouge(candidate: str, reference: str) -> float:
    """ROUGE-L F1 over folded words (Lin, 2004)."""
    a, b = re.findall(r"\w+", fold(candidate)), re.findall(r"\w+", fold(reference))
    if not a or not b:
        return 0.0
    row = [0] * (len(b) + 1)
    for word in a:
        previous = 0
        for j, other in enumerate(b, 1):
            previous, row[j] = row[j], previous + 1 if word == other else max(row[j], row[j - 1])
    common = row[-1]
    return 2 * common / (len(a) + len(b))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    for name, value in measure(parser.parse_args().data).items():
        print(f"{name:28} {value:.3f}")


if __name__ == "__main__":
    main()
