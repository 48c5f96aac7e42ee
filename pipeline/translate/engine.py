"""What a translation engine is, and how engines are found: one module and one entry point each.

An engine offers edges (a direction it can translate by itself, with the model behind it) and translates batches of
sentences along one of them. Routes over the edges of all engines are made in `routes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, runtime_checkable

from pipeline.errors import ModelError
from pipeline.model import Problem
from pipeline.text.tags import primary

#: Entry point group: name of the engine -> factory taking an `EngineContext`.
GROUP = "cyberdigest.engines"

#: The engines that come along, so that a checkout which is not installed has them too; same as the entry points.
BUILT_IN: Mapping[str, str] = {
    "firefox": "pipeline.translate.firefox:engine",
    "argos": "pipeline.translate.argos:engine",
    "apertium": "pipeline.translate.apertium:engine",
    "libretranslate": "pipeline.translate.libretranslate:engine",
}

#: Codes of other catalogues for the languages that we name otherwise: Argos (pb, zt), Norwegian in its writings.
_SAME_LANGUAGE = {"pb": "pt", "zt": "zh", "nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl"}


def language_code(tag: str) -> str:
    """Primary subtag in lower case, as everywhere here: "pt-BR" -> "pt", "zh_TW" -> "zh", "nb" -> "no"."""
    spoken = primary(tag)
    return _SAME_LANGUAGE.get(spoken, spoken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One direction that one engine translates by itself."""

    engine: str
    source: str
    target: str
    #: Name and version of the model: part of the memory's key, so a new model is asked anew.
    model: str
    #: Where the model is installed; None when the engine has no files of ours (Apertium, a remote service).
    path: Path | None = None

    def __str__(self) -> str:
        return f"{self.source}→{self.target} {self.engine}"


class Engine(Protocol):
    """A translator of sentences. Engines are used from one thread at a time."""

    @property
    def name(self) -> str:
        """Short name, as in routes."""
        ...

    @property
    def longest(self) -> int:
        """Most characters of one sentence that the engine translates well; longer ones are cut before."""
        ...

    def edges(self) -> Sequence[Edge]:
        """What is installed now, in a stable order; [] when the engine itself is missing."""
        ...

    def translate(self, sentences: Sequence[str], edge: Edge) -> list[str | Problem]:
        """One outcome per sentence, in order; never raises for a sentence.

        Raises:
            ModelError: The model cannot be used at all.
        """
        ...

    def close(self) -> None:
        """End worker processes; the engine starts them again when it is used again."""
        ...


@runtime_checkable
class StreamingEngine(Protocol):
    """What an engine may offer besides: outcomes as they come, so that the first are checked while others are made."""

    def stream(self, sentences: Iterable[str], edge: Edge) -> Iterator[tuple[int, str | Problem]]:
        """(number of the sentence, outcome) in any order, each once.

        Sentences are drawn as they are needed, from one thread at a time.

        Raises:
            ModelError: The model cannot be used at all; outcomes that are out stay valid.
        """
        ...


#: How an engine reaches an HTTP service: url, JSON body (None for GET), time-out in seconds -> decoded JSON.
Call = Callable[[str, object, float], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineContext:
    """What engines are given; nothing is read from the environment."""

    #: Folder of the installed models, one sub-folder an engine.
    models: Path
    #: Processors to use in total.
    threads: int = 2
    #: Settings of the engines by name, e.g. {"libretranslate": {"url": "http://localhost:5000"}}.
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    #: Door to the network for engines that are services; None closes it.
    call: Call | None = None


def load_engines(context: EngineContext, names: Iterable[str] | None = None) -> list[Engine]:
    """Make the engines of the given names, or all known ones, in order of name.

    Raises:
        ModelError: An engine of that name is not known, or its module does not load.
    """
    known = _known()
    engines: list[Engine] = []
    for name in sorted(known if names is None else set(names)):
        if name not in known:
            raise ModelError(name, f"no such translation engine; known are {', '.join(sorted(known))}")
        try:
            factory = known[name]()
        except (ImportError, AttributeError) as error:
            raise ModelError(name, f"the engine does not load: {error}") from error
        engines.append(factory(context))  # type: ignore[operator]
    return engines


def engine_names() -> list[str]:
    """The engines there are, in order of name."""
    return sorted(_known())


def _known() -> dict[str, Callable[[], object]]:
    built_in = {name: _importer(target) for name, target in BUILT_IN.items()}
    return built_in | {point.name: point.load for point in entry_points(group=GROUP)}


def _importer(target: str) -> Callable[[], object]:
    module, _, attribute = target.partition(":")
    return lambda: getattr(import_module(module), attribute)
