"""Argos Translate packages, run in a worker process by `argostranslate`'s own tokenizers and CTranslate2.

The library's translate function calls CTranslate2 once a paragraph with batches of 32 tokens (about one sentence) and
asks a sentence splitter that downloads its model. Here the package's tokenizer and CTranslate2 are used directly, with
large token batches and sentences that are split already.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from pipeline.model import Problem
from pipeline.translate.engine import Edge, EngineContext, language_code
from pipeline.translate.pool import Pool
from pipeline.translate.worker import Model

NAME = "argos"
METADATA = "metadata.json"
#: Tokens a CTranslate2 batch: beyond 2,048 nothing was gained on two processors, at the library's 32 it is 8 to 9 times
#: slower; under 512 the processors get more of them to share at little loss.
_LEAST_TOKENS, _MOST_TOKENS = 512, 2048
#: Sentences and characters a request to the worker, which bounds what a hang costs.
_BATCH, _BATCH_CHARACTERS = 256, 1_000_000
#: As argostranslate has them.
_BEAM, _LENGTH_PENALTY = 4, 0.2


def engine(context: EngineContext) -> ArgosEngine:
    """Entry point."""
    return ArgosEngine(context.models / NAME, threads=context.threads)


class ArgosEngine:
    """The engine of the protocol."""

    name = NAME
    longest = 700

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        """Use the packages in `folder`."""
        self._folder, self._threads = folder, threads
        # A slow processor does about one sentence a second.
        self._pool = Pool(f"{__name__}:load", workers=1, seconds=lambda t: 120 + sum(map(len, t)) / 40)

    def edges(self) -> Sequence[Edge]:
        """Installed packages; of two for one direction the one whose codes are ours, then the newest, wins."""
        if find_spec("argostranslate") is None or not self._folder.is_dir():
            return []
        found: dict[tuple[str, str], tuple[tuple[bool, str, str], Edge]] = {}
        for folder in sorted(self._folder.iterdir()):
            data = metadata_of(folder)
            if data is None or folder.name.startswith(".") or not is_whole(folder):
                continue
            codes = str(data["from_code"]), str(data["to_code"])
            pair = language_code(codes[0]), language_code(codes[1])
            version = str(data.get("package_version", ""))
            model = f"{NAME}:{codes[0]}_{codes[1]}-{version}"
            edge = Edge(engine=NAME, source=pair[0], target=pair[1], model=model, path=folder)
            order = (codes == pair, version, folder.name)
            if pair not in found or found[pair][0] < order:
                found[pair] = order, edge
        return [found[pair][1] for pair in sorted(found)]

    def translate(self, sentences: Sequence[str], edge: Edge) -> list[str | Problem]:
        """One worker; CTranslate2 uses the processors."""
        outcomes = dict(self.stream(sentences, edge))
        return [outcomes[number] for number in range(len(sentences))]

    def stream(self, sentences: Iterable[str], edge: Edge) -> Iterator[tuple[int, str | Problem]]:
        """As `translate`, each outcome as soon as it is there."""
        arguments = {"folder": str(edge.path), "threads": self._threads}
        return self._pool.sentences(sentences, arguments, most=_BATCH, characters=_BATCH_CHARACTERS)

    def close(self) -> None:
        """End the worker."""
        self._pool.close()


def metadata_of(folder: Path) -> dict[str, object] | None:
    """The package's metadata when it is one that translates; None otherwise."""
    try:
        data = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(data, dict) or data.get("type", "translate") != "translate":
        return None
    return data if data.get("from_code") and data.get("to_code") else None


def is_whole(folder: Path) -> bool:
    """Whether a package has its model and a tokenizer."""
    tokenizers = (folder / "sentencepiece.model", folder / "bpe.model")
    return (folder / "model" / "model.bin").is_file() and any(path.is_file() for path in tokenizers)


def load(folder: str, threads: int) -> Model:
    """Load a package; runs in the worker."""
    home = Path(folder).parent
    # Importing argostranslate makes folders in the home directory; these settings keep them in ours.
    os.environ.update({
        "XDG_DATA_HOME": str(home / ".argostranslate"), "XDG_CONFIG_HOME": str(home / ".argostranslate"),
        "XDG_CACHE_HOME": str(home / ".argostranslate"), "ARGOS_PACKAGES_DIR": str(home),
    })  # fmt: skip
    import ctranslate2
    from argostranslate.package import Package

    package = Package(Path(folder))
    # One thread a batch and as many batches as processors: the best total that was measured.
    model = ctranslate2.Translator(
        str(package.package_path / "model"), device="cpu", inter_threads=max(1, threads), intra_threads=1
    )

    def translate(sentences: list[str]) -> list[str]:
        return _translated(package, model, sentences, threads)

    return translate


def _translated(package: object, model: object, sentences: list[str], threads: int) -> list[str]:
    tokenizer, prefix = package.tokenizer, package.target_prefix  # type: ignore[attr-defined]
    tokens = [tokenizer.encode(sentence) for sentence in sentences]
    share = sum(map(len, tokens)) // (2 * max(1, threads))
    results = model.translate_batch(  # type: ignore[attr-defined]
        tokens,
        target_prefix=[[prefix]] * len(tokens) if prefix else None,
        replace_unknowns=True,
        max_batch_size=min(_MOST_TOKENS, max(_LEAST_TOKENS, share)),
        batch_type="tokens",
        beam_size=_BEAM,
        length_penalty=_LENGTH_PENALTY,
    )
    texts = []
    for result in results:
        text = str(tokenizer.decode(result.hypotheses[0]))
        texts.append((text[len(prefix) :] if prefix and text.startswith(prefix) else text).removeprefix(" "))
    return texts
