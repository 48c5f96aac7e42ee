"""Count the feeds of feeds.yaml into the table of docs/feed-list.md: `python docs/make_feed_table.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.config import load_config
from pipeline.model import Feed, FeedKind

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "feed-list.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"

#: Languages of the shipped list, in the order of feeds.yaml.
NAMES = {
    "fr": "French", "en": "English", "de": "German", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "nl": "Dutch", "pl": "Polish", "ja": "Japanese", "zh": "Chinese", "ko": "Korean", "ru": "Russian",
    "sv": "Swedish", "da": "Danish", "no": "Norwegian", "fi": "Finnish", "cs": "Czech", "uk": "Ukrainian",
    "hu": "Hungarian", "ro": "Romanian", "hr": "Croatian", "et": "Estonian",
}  # fmt: skip
#: The same order as in each language's part of feeds.yaml.
KINDS: tuple[FeedKind, ...] = ("news", "cert", "regulator", "vendor", "law")


def table(feeds: Sequence[Feed]) -> str:
    """A Markdown table with a row per language, a column per kind, and sums."""
    counts = Counter((feed.language or "", feed.kind) for feed in feeds)
    rows = [(name, [counts[code, kind] for kind in KINDS]) for code, name in NAMES.items()]
    rows.append(("all", [sum(counts[code, kind] for code in NAMES) for kind in KINDS]))
    lines = ["| language | " + " | ".join(KINDS) + " | all |", "|---|" + "---:|" * (len(KINDS) + 1)]
    for name, numbers in rows:
        cells = [str(number or "") for number in numbers] + [str(sum(numbers))]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def page(text: str, feeds: Sequence[Feed]) -> str:
    """`text` with the table between its two marks renewed."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + table(feeds) + END + after


if __name__ == "__main__":
    shipped = load_config(ROOT / "feeds.yaml", environ={}).feeds
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), shipped), encoding="utf-8")
    print(PAGE)
