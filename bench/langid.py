"""Language accuracy on short texts: `measure(data)`, or `python bench/langid.py --data DIR [-v]`."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.detect import detect_text, load

#: Languages of the set; what a digest that reads them would configure.
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv", "tr", "zh")


def items(data: Path) -> list[dict[str, str]]:
    """text, lang, source of langid-short."""
    with (data / "langid-short/texts.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def answers(data: Path) -> list[tuple[str, bool]]:
    """(language, right) for every text: what the intervals are drawn from."""
    return [(row["lang"], detect_text(row["text"], languages=LANGUAGES)[0] == row["lang"]) for row in items(data)]


def macro(results: list[tuple[str, bool]]) -> dict[str, float]:
    """Macro accuracy, and accuracy per language."""
    by_language: dict[str, list[bool]] = defaultdict(list)
    for language, right in results:
        by_language[language].append(right)
    shares = {language: sum(right) / len(right) for language, right in sorted(by_language.items())}
    return {"macro": sum(shares.values()) / len(shares)} | shares


def measure(data: Path) -> dict[str, float]:
    """Figures by name; `langid.speed` is articles per second on one core."""
    load()
    figures = {f"langid.{name}": value for name, value in macro(answers(data)).items()}
    with gzip.open(data / "cyber-stream-vigilintel/items.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [f"{row['title']}\n{row['text'][:1000]}" for row in map(json.loads, file)]
    started = time.perf_counter()
    for text in texts:
        detect_text(text, languages=LANGUAGES)
    return figures | {"langid.speed": len(texts) / (time.perf_counter() - started)}


def main() -> int:
    """Print the figures, with -v every wrong answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    for name, value in measure(options.data).items():
        print(f"{name:16} {value:.4f}")
    for row in items(options.data) if options.v else []:
        found, confidence = detect_text(row["text"], languages=LANGUAGES)
        if found != row["lang"]:
            print(row["lang"], found, confidence, row["source"], row["text"], sep="\t")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
