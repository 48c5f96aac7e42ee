"""Translation against the bare engines: quality through the whole stage, and speed.

    python bench/translation.py --data DIR [--only quality speed argos memory] [--most 400] [--repeats 3]

DIR holds parallel-debian-security (en-pt.jsonl and en-fr.jsonl; docs/translation.md says where it is from); none of it
is kept here. Quality needs `pip install cyberdigest[bench]` and, for French, Apertium's fra-cat and por-cat. The speed
figures mean something on an idle machine only: the load is printed beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from translation_kit import argos_package, shipped_model  # noqa: E402

from pipeline.text.sentences import split_sentences  # noqa: E402
from pipeline.translate import DictMemory, Guard, Translator, open_translator  # noqa: E402
from pipeline.translate.analysis import identifiers, known_names, quantities  # noqa: E402
from pipeline.translate.firefox import load  # noqa: E402
from pipeline.translate.glossary import Glossary  # noqa: E402
from pipeline.translate.headline import polish  # noqa: E402
from pipeline.translate.protect import FactGuard  # noqa: E402
from pipeline.translate.segments import segment  # noqa: E402

_PARTS = ("quality", "speed", "argos", "memory")


def measure(data: Path, *, parts: Sequence[str] = _PARTS, most: int = 400, repeats: int = 3) -> dict[str, float]:
    """All figures by name: BLEU and chrF (0 to 100), sentences a second, ratios."""
    figures: dict[str, float] = {}
    if "quality" in parts:
        figures |= _quality(data, most)
    if "speed" in parts or "memory" in parts:
        figures |= _speed(data, repeats)
    if "argos" in parts:
        figures |= _argos(data)
    return figures


# Quality


def _quality(data: Path, most: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    sets: dict[str, Callable[[list[str]], list[str]]] = {"pt": _bare_portuguese, "fr": _bare_chain}
    for language, bare in sets.items():
        rows = _rows(data, language)
        rows = random.Random(5).sample(rows, min(most, len(rows)))
        texts, references = [row[language] for row in rows], [row["en"] for row in rows]
        with tempfile.TemporaryDirectory() as folder, _stage(Path(folder), None, FactGuard()) as translator:
            found = translator.translate([(text, language) for text in texts], "en")
        marked = sum(any(p.kind == "kept-original" for p in t.problems) for t in found)
        figures[f"{language}-en marked %"] = 100 * marked / len(found)
        for name, outputs in (("bare", bare(texts)), ("stage", [t.text for t in found])):
            for score, value in _scores(outputs, references).items():
                figures[f"{language}-en {score} {name}"] = value
    return figures


def _scores(outputs: list[str], references: list[str]) -> dict[str, float]:
    """With quotation marks alike on both sides: the stage writes “ ”, the references " "."""
    import sacrebleu

    outputs, references = [_straight(o) for o in outputs], [_straight(r) for r in references]
    return {
        "BLEU": sacrebleu.corpus_bleu(outputs, [references]).score,
        "chrF": sacrebleu.corpus_chrf(outputs, [references]).score,
    }


def _straight(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, "“”«»"), '"') | dict.fromkeys(map(ord, "‘’"), "'"))


def _bare_portuguese(texts: list[str]) -> list[str]:
    translator = _bare()
    return [translator.translate_long(text) for text in texts]


def _bare_chain(texts: list[str]) -> list[str]:
    """Apertium's own command from whole block to whole block, then the Firefox model."""
    for pair in ("fra-cat", "cat-por"):
        blocks = "\n\n".join(" ".join(text.split()) for text in texts) + "\n\n"
        done = subprocess.run(["apertium", "-u", pair], input=blocks, capture_output=True, text=True, check=True)
        texts = done.stdout.split("\n\n")[:-1]
    return _bare_portuguese(texts)


def _bare() -> Any:
    from fxtranslate import Translator as Bare

    files = {path.name.split(".")[0]: path.read_bytes() for path in shipped_model().iterdir()}
    return Bare(files["model"], files["vocab"], files["vocab"], files["lex"])


# Speed


def _speed(data: Path, repeats: int) -> dict[str, float]:
    """1,000 sentences of 100 articles, Portuguese to English: one call an article against two processes; then again."""
    articles = _articles(_portuguese(data, 1000), 10)
    texts = [(article, "pt") for article in articles]
    bare = _bare()
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, _stage(Path(folder)) as translator:
        before = _children()
        _warm(translator)
        translator.close()
        starting = _children() - before
    for _ in range(repeats):  # turn by turn, so that other work on the machine hits all alike; the best of each counts
        with _clock(seconds, "call"):
            for article in articles:
                bare.translate_long(article)
        with _clock(seconds, "segment"):
            for article in articles:
                segment(article, "pt")
        for name, guard in (("engine", None), ("stage", FactGuard(glossary=Glossary.load()))):
            for cached in (identifiers, quantities, known_names):
                cached.cache_clear()
            memory = DictMemory()
            with tempfile.TemporaryDirectory() as folder, _stage(Path(folder), memory, guard) as translator:
                before = _children()
                _warm(translator)
                with _clock(seconds, name):
                    translator.translate(texts, "en")
                translator.close()
                seconds.setdefault(f"{name} workers", []).append(_children() - before - starting)
                with _clock(seconds, f"{name} again"):
                    translator.translate(texts, "en")
    best = {name: min(times) for name, times in seconds.items()}
    return {
        "firefox sentences/s, a call an article": 1000 / best["call"],
        "firefox sentences/s, two processes": 1000 / best["engine"],
        "firefox sentences/s, two processes, checked": 1000 / best["stage"],
        "firefox ratio": best["call"] / best["engine"],
        "firefox ratio, checked": best["call"] / best["stage"],
        "firefox ratio by processor time": _idle_ratio(best, "engine"),
        "firefox ratio by processor time, checked": _idle_ratio(best, "stage"),
        "processor seconds, a call an article": best["call cpu"],
        "processor seconds, two processes": best["engine workers"] + best["engine cpu"],
        "processor seconds, two processes, checked": best["stage workers"] + best["stage cpu"],
        "processor seconds, checked, outside the workers": best["stage cpu"],
        "second run % of first": 100 * best["stage again"] / best["stage"],
    }


def _idle_ratio(best: dict[str, float], name: str) -> float:
    """The ratio if nothing else ran: sentences are found first, then workers and checks share two processors."""
    alone = best["segment cpu"]
    return best["call cpu"] / (alone + (best[f"{name} workers"] + best[f"{name} cpu"] - alone) / 2)


def _warm(translator: Translator) -> None:
    """Start both workers: a batch of its own each."""
    translator.translate([(f"{'Aquecimento ' * 80}{word}.", "pt") for word in ("um", "dois")], "en")


def _children() -> float:
    """Processor seconds of worker processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _clock(seconds: dict[str, list[float]], name: str) -> Iterator[None]:
    start, cpu = time.perf_counter(), time.process_time()
    yield
    seconds.setdefault(name, []).append(time.perf_counter() - start)
    seconds.setdefault(f"{name} cpu", []).append(time.process_time() - cpu)


def _portuguese(data: Path, count: int) -> list[str]:
    """Distinct sentences; what the set lacks is made from its English side, outside the clock."""
    found = dict.fromkeys(_sentences((row["pt"] for row in _rows(data, "pt")), "pt"))
    english = list(dict.fromkeys(_sentences((row["en"] for row in _rows(data, "fr")), "en")))
    more = load(str(shipped_model("enpt")), {})(english[: max(0, count - len(found)) * 2])
    return [*found, *(s for s in dict.fromkeys(more) if s not in found)][:count]


_LIBRARY = """
import json, sys, time
from pathlib import Path
from typing import Any
from argostranslate import translate
class Splitter:
    def __init__(self, pkg): pass
    def split_sentences(self, text): return SENTENCES[text]
articles = json.load(sys.stdin)
SENTENCES = {" ".join(article): article for article in articles}
translate.MiniSBDSentencizer = Splitter
translate.translate("la loi", "fr", "en") if SENTENCES.setdefault("la loi", ["la loi"]) else None
start = time.perf_counter()
for article in articles:
    translate.translate(" ".join(article), "fr", "en")
print(time.perf_counter() - start)
"""


def _argos(data: Path, count: int = 120) -> dict[str, float]:
    """A real transformer-base with random weights: the library's own function an article, against the stage."""
    corpus = list(dict.fromkeys(_sentences((row["fr"] for row in _rows(data, "fr")), "fr")))
    sentences = [s for s in corpus if 40 < len(s) < 220 and ". " not in s][:count]
    articles = [sentences[i : i + 6] for i in range(0, count, 6)]
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models"
        argos_package(
            models / "argos" / "translate-fr_en-1_9", size=(6, 512, 8, 2048), words=25,
            corpus=corpus, pieces=4000, rows=32000,
        )  # fmt: skip
        own = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), folder)
        as_users_have = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _LIBRARY],
            input=json.dumps(articles), capture_output=True, text=True, check=True,
            env={**as_users_have, **own, "ARGOS_PACKAGES_DIR": str(models / "argos")},
        )  # fmt: skip
        library = float(done.stdout.split()[-1])
        with open_translator(models, engines=["argos"], threads=2) as translator:
            translator.translate([("la loi", "fr")], "en")
            start = time.perf_counter()
            translator.translate([(" ".join(article), "fr") for article in articles], "en")
            ours = time.perf_counter() - start
    return {
        "argos sentences/s, argostranslate.translate an article": count / library,
        "argos sentences/s, stage": count / ours,
        "argos ratio": library / ours,
    }


# Common


def _stage(folder: Path, memory: DictMemory | None = None, guard: Guard | None = None) -> Translator:
    engines = ["apertium", "firefox"]
    return open_translator(folder, engines=engines, threads=2, memory=memory, guard=guard, polish=polish)


def _rows(data: Path, language: str) -> list[dict[str, str]]:
    path = data / "parallel-debian-security" / f"en-{language}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _sentences(texts: Iterable[str], language: str) -> Iterable[str]:
    for text in texts:
        yield from (" ".join(text[start:end].split()) for start, end in split_sentences(text, language))


def _articles(sentences: list[str], length: int) -> list[str]:
    return [" ".join(sentences[i : i + length]) for i in range(0, len(sentences), length)]


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--only", nargs="+", choices=_PARTS, default=_PARTS)
    arguments.add_argument("--most", type=int, default=400, help="blocks of each language for quality")
    arguments.add_argument("--repeats", type=int, default=3, help="turns of the speed part; the best of each counts")
    options = arguments.parse_args()
    print(f"load before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} processors")
    for name, value in measure(options.data, parts=options.only, most=options.most, repeats=options.repeats).items():
        print(f"{name:60} {value:8.2f}")
    print(f"load after: {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
