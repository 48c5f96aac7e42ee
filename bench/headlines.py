"""English headlines and first sentences of the field in French by the offline chain: what is said, and what is marked.

    python bench/headlines.py [--half open] [--show]

The 80 reports are our own (bench/labels/headlines-fr.jsonl): a headline, the sentence below it, the names that their
facts hold, and in French what a translation must say, as groups of beginnings of words ("corrig|répar"), or must not
("!fin"). Rules were written with the half `open` in view; `held` was counted before it was read. A group is strict, so
a good translation in other words misses: the figure compares two states, the reader's count is in docs/quality.md.
Needs Apertium's fra-cat and por-cat.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.model import Evidence, Fact, Translation  # noqa: E402
from pipeline.text.normalise import fold  # noqa: E402
from pipeline.translate import open_translator  # noqa: E402
from pipeline.translate.glossary import Glossary  # noqa: E402
from pipeline.translate.headline import polish  # noqa: E402
from pipeline.translate.protect import FactGuard  # noqa: E402

_LABELS = ROOT / "bench" / "labels" / "headlines-fr.jsonl"
#: Kinds of reports whose names are authorities, not products.
_OF_BODIES = frozenset({"agency", "regulator"})


def measure(half: str, *, show: bool = False) -> dict[str, int]:
    """How many of the half's headlines and sentences say all they must, miss something, or stay in the original."""
    rows = [
        row for line in _LABELS.read_text(encoding="utf-8").splitlines() if (row := json.loads(line))["half"] == half
    ]
    counts: Counter[str] = Counter()
    for text, says, found in _translated(rows):
        missed = [group for group in says if not _is_said(group, found.text)]
        verdict = "left in the original" if not found.is_translated else "misses something" if missed else "says all"
        counts[verdict] += 1
        if show:
            print(f"{verdict}: {text}\n    {found.text}\n    {missed or ''}")
    return dict(counts)


def _translated(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, list[str], Translation]]:
    guard = FactGuard(glossary=Glossary.load())
    with (
        tempfile.TemporaryDirectory() as folder,
        open_translator(Path(folder), engines=["apertium", "firefox"], guard=guard, polish=polish) as translator,
    ):
        facts = [_facts(row) for row in rows]
        titles = translator.translate([(row["title"], "en") for row in rows], "fr", style="headline", facts=facts)
        sentences = translator.translate([(row["sentence"], "en") for row in rows], "fr", facts=facts)
    for row, title, sentence in zip(rows, titles, sentences, strict=True):
        yield row["title"], row["title_says"], title
        yield row["sentence"], row["sentence_says"], sentence


def _facts(row: dict[str, Any]) -> list[Fact]:
    """The names of a report as facts that its title shows, else its sentence."""
    facts = []
    for name in row["names"]:
        shown = row["title"] if name in row["title"] else row["sentence"]
        evidence = Evidence(article="", field="title", start=0, end=len(name), sentence=shown)
        is_body = row["kind"] in _OF_BODIES
        facts.append(Fact(type="authority" if is_body else "product", value=name, name=name, evidence=evidence))
    return facts


def _is_said(group: str, text: str) -> bool:
    """Whether one of the beginnings stands in a text, or with "!" none."""
    words = "|".join(rf"(?<!\w){fold(word)}" for word in group.removeprefix("!").split("|"))
    found = re.search(words, fold(text.replace("’", "'")))
    return found is None if group.startswith("!") else found is not None


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--half", choices=("open", "held"), nargs="+", default=("open", "held"))
    arguments.add_argument("--show", action="store_true", help="print every translation")
    options = arguments.parse_args()
    for half in options.half:
        print(half, measure(half, show=options.show))


if __name__ == "__main__":
    main()
