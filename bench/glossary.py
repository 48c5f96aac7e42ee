"""Terms of the field and protected facts through the whole translation stage, without and with the glossary.

    python bench/glossary.py --data DIR [--languages fr es it pt] [--most 200] [--show 0]

DIR holds parallel-debian-security (en-fr.jsonl and so on; docs/translation.md says where it is from); none of it is
kept here. Needs `pip install cyberdigest[bench]` and routes into English, for French, Spanish and Italian those of
Apertium. Blocks are a sample of fixed seed.

Term accuracy: of the terms of a source text that the English reference writes in the glossary's words, the share that
our output writes so too. Facts are counted by patterns of this script only, not by the stage's own checks: what stands
in the source and not in the output of an unmarked text was lost silently.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.model import Translation  # noqa: E402
from pipeline.translate import open_translator  # noqa: E402
from pipeline.translate.glossary import Glossary  # noqa: E402
from pipeline.translate.protect import FactGuard  # noqa: E402

_FACTS = {
    "cve": re.compile(r"(?:CVE|CAN)-\d{4}-\d{4,7}"),
    "advisory": re.compile(r"D[SL]A-\d+(?:-\d+)?"),
    "url": re.compile(r"https?://[^\s<>\"'»«)]+[^\s<>\"'»«).,;:!?]"),
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "version": re.compile(r"(?<![\w.])\d+(?:\.\d+){2,}(?:[-+~]?\w+)*"),
    "number": re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)?(?![\w,-]|\.\w)"),
}
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SPELLED = dict(enumerate(_WORDS, start=1))


def measure(data: Path, languages: Sequence[str], most: int, show: int = 0) -> dict[str, dict[str, float]]:
    """Language and guard -> figures."""
    glossary = Glossary.load()
    table: dict[str, dict[str, float]] = {}
    for language in languages:
        path = data / "parallel-debian-security" / f"en-{language}.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows = random.Random(7).sample(rows, min(most, len(rows)))
        for name, guard in (("without", FactGuard()), ("with", FactGuard(glossary=glossary))):
            engines = ["apertium", "firefox"]
            with (
                tempfile.TemporaryDirectory() as folder,
                open_translator(Path(folder), engines=engines, guard=guard) as translator,
            ):
                start = time.perf_counter()
                found = translator.translate([(row[language], language) for row in rows], "en")
                seconds = time.perf_counter() - start
            figures = _terms(rows, found, language, glossary) | _scores(rows, found)
            figures |= _facts(rows, found, language, show)
            table[f"{language}→en {name}"] = figures | {"seconds": seconds}
            if show and name == "with":
                _print(rows, found, language, glossary, show)
    return table


def _terms(
    rows: Sequence[Mapping[str, str]], found: Sequence[Translation], language: str, glossary: Glossary
) -> dict[str, float]:
    wanted = exact = right = 0
    for row, output in zip(rows, found, strict=True):
        for term in {t.concept: t for t in glossary.find(row[language], language)}.values():
            forms = {f.lower() for f in glossary.spellings(term, "en")}
            if not _says(row["en"], forms):
                continue
            wanted += 1
            exact += _says(output.text, forms)
            right += not glossary.lost([term], output.text, "en")
    return {
        "terms": wanted,
        "term accuracy %": 100 * exact / max(1, wanted),
        "or accepted %": 100 * right / max(1, wanted),
    }


def _says(text: str, forms: set[str]) -> bool:
    plain = f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
    return any(f" {' '.join(re.findall(r'[a-z0-9]+', form))} " in plain for form in forms)


def _scores(rows: Sequence[Mapping[str, str]], found: Sequence[Translation]) -> dict[str, float]:
    import sacrebleu

    outputs, references = [t.text for t in found], [row["en"] for row in rows]
    return {
        "BLEU": sacrebleu.corpus_bleu(outputs, [references]).score,
        "chrF": sacrebleu.corpus_chrf(outputs, [references]).score,
    }


def _facts(
    rows: Sequence[Mapping[str, str]], found: Sequence[Translation], language: str, show: int
) -> dict[str, float]:
    marked, lost, names, kept = 0, Counter[str](), 0, 0
    for row, output in zip(rows, found, strict=True):
        # Names: words with capitals inside the sentence that the reference has too.
        for name in set(re.findall(r"(?<=[a-zé,] )[A-Z][A-Za-z]{2,}(?=[ ,.])", row[language])):
            if re.search(rf"\b{name}\b", row["en"]):
                names += 1
                kept += bool(re.search(rf"\b{name}\b", output.text))
        if output.problems:
            marked += 1
            continue
        for kind, value in _missing(row[language], output.text):
            lost[kind] += 1
            if show:
                print(f"  lost silently: {kind} {value}\n    {row[language][:300]}\n    {output.text[:300]}")
    return {
        "marked %": 100 * marked / len(rows),
        "lost silently": sum(lost.values()),
        "names kept %": 100 * kept / max(1, names),
    }


def _missing(source: str, output: str) -> list[tuple[str, str]]:
    missing = []
    digits = re.sub(r"(?<=\d)[.,\u00a0\u202f ](?=\d)", "", output)
    words = output.lower()
    for kind, pattern in _FACTS.items():
        for value in pattern.findall(source):
            plain = re.sub(r"[.,]", "", value)
            if value in output or (kind == "number" and re.search(rf"(?<!\d){plain}(?!\d)", digits)):
                continue
            if kind == "number" and plain.isdigit() and _SPELLED.get(int(plain), "\0") in words:
                continue
            missing.append((kind, value))
    return missing


def _print(
    rows: Sequence[Mapping[str, str]], found: Sequence[Translation], language: str, glossary: Glossary, show: int
) -> None:
    marked = [(r, t) for r, t in zip(rows, found, strict=True) if t.problems]
    for row, output in marked[:show]:
        print("  marked:", [(p.kind, p.detail[:120]) for p in output.problems], "\n    ", row[language][:200])
    lost: Counter[tuple[str, str]] = Counter()
    for row, output in zip(rows, found, strict=True):
        terms = glossary.find(row[language], language)
        for term in glossary.lost(terms, output.text, "en"):
            lost[term.concept, row[language][term.start : term.end].lower()] += 1
    print("  terms lost:", lost.most_common(show))


def main() -> None:
    """Print the figures as a table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--languages", nargs="+", default=["fr", "es", "it", "pt"])
    arguments.add_argument("--most", type=int, default=200, help="blocks of each language")
    arguments.add_argument("--show", type=int, default=0, help="examples to print of what went wrong")
    options = arguments.parse_args()
    table = measure(options.data, options.languages, options.most, options.show)
    head = list(next(iter(table.values())))
    print(f"{'':16}" + "".join(f"{name:>17}" for name in head))
    for name, figures in table.items():
        print(f"{name:16}" + "".join(f"{figures[column]:17.1f}" for column in head))


if __name__ == "__main__":
    main()
