"""Apertium, the rule-based translator of Debian: a system command, pairs discovered, no model of ours.

A direction is a pipe of programs, written in a `.mode` file. One of them, `apertium-tagger` (3.8.3), does not come
back from some sentences: afterwards it takes every doubtful "en" for a pronoun, which Portuguese leaves out ("has been
discovered Smail"). So the tagger is started for each sentence alone, the programs around it once a batch; then
a sentence's translation does not depend on its neighbours either. Without the mode file the command itself is used.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline.model import Problem
from pipeline.translate import bridge
from pipeline.translate.engine import Edge, EngineContext
from pipeline.translate.leftover import noted

NAME = "apertium"
#: ISO 639-3, as Apertium names its pairs, -> 639-1, as we do. Longer names (dialects, old spellings) are left out.
_CODES = {
    "afr": "af", "arg": "an", "ast": "ast", "bel": "be", "bre": "br", "bul": "bg", "cat": "ca", "dan": "da",
    "eng": "en", "epo": "eo", "eus": "eu", "fra": "fr", "glg": "gl", "hbs": "sh", "hin": "hi", "ind": "id",
    "isl": "is", "ita": "it",
    "mkd": "mk", "mlt": "mt", "nld": "nl", "nob": "no", "oci": "oc", "pol": "pl", "por": "pt", "ron": "ro", "rus": "ru",
    "slv": "sl", "spa": "es", "srd": "sc", "swe": "sv", "szl": "szl", "ukr": "uk", "urd": "ur", "zlm": "ms",
}  # fmt: skip
_TWO_LETTERS = frozenset(code for code in _CODES.values() if len(code) == 2)
#: A blank line ends a sentence for the de-formatter, which writes it as a "superblank" that all programs pass on.
_GAP, _STREAM_GAP = "\n\n", "[][\n\n]"
#: What the pipe writes before a word that its dictionaries do not hold, or have no form of; an asterisk of the text
#: goes in as another sign.
_NOT_KNOWN = re.compile(r"\*([^\W\d_]{4,})")
_MARKS = "*#@"
_STAR = "\u2217"
#: Sentences a run: starting the nine programs of a pair costs about a second.
_BATCH = 500


def engine(context: EngineContext) -> ApertiumEngine:
    """Entry point."""
    settings = context.settings.get(NAME, {})
    modes = Path(settings.get("modes", "/usr/share/apertium/modes"))
    return ApertiumEngine(command=settings.get("command", "apertium"), modes=modes, threads=context.threads)


def code(name: str) -> str | None:
    """Our code of a language as Apertium writes it: "fra" and "fr" -> "fr", "por_BR" -> None (a variant)."""
    return _CODES.get(name) or (name if name in _TWO_LETTERS else None)


class ApertiumEngine:
    """The engine of the protocol."""

    name = NAME
    #: Rules have no window; the cut only bounds the time of texts without a full stop.
    longest = 4000

    def __init__(
        self, *, command: str = "apertium", modes: Path | None = None, threads: int = 2, least_seconds: float = 60
    ) -> None:
        """Use the program of that name, and the mode files in `modes` where they are."""
        self._command, self._folder, self._threads, self._least = command, modes, threads, least_seconds
        self._modes: dict[tuple[str, str], str] | None = None

    def edges(self) -> Sequence[Edge]:
        """Installed pairs, asked for once."""
        return [
            Edge(engine=NAME, source=source, target=target, model=f"{NAME}:{mode}+{bridge.version()}")
            for (source, target), mode in sorted(self.modes().items())
        ]

    def modes(self) -> dict[tuple[str, str], str]:
        """(source, target) -> name of the direction as Apertium has it."""
        if self._modes is None:
            self._modes = {}
            for mode in self._listed():
                source, _, target = mode.partition("-")
                pair = code(source), code(target)
                if pair[0] is not None and pair[1] is not None:
                    self._modes.setdefault((pair[0], pair[1]), mode)
        return self._modes

    def translate(self, sentences: Sequence[str], edge: Edge) -> list[str | Problem]:
        """Runs of several hundred sentences; one that fails is halved until the culprit stands alone."""
        mode = self.modes()[edge.source, edge.target]
        outcomes: list[str | Problem] = []
        for start in range(0, len(sentences), _BATCH):
            batch = (" ".join(s.replace("*", _STAR).split()) for s in sentences[start : start + _BATCH])
            outcomes.extend(self._run([bridge.before(s, edge.source) for s in batch], mode))
        pairs = zip(sentences, outcomes, strict=True)
        return [_noted(o, sentence, edge.target) if isinstance(o, str) else o for sentence, o in pairs]

    def close(self) -> None:
        """Nothing stays open."""
        self._modes = None

    def _listed(self) -> list[str]:
        if shutil.which(self._command) is None:
            return []
        try:
            done = subprocess.run([self._command, "-l"], capture_output=True, timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return []
        return done.stdout.decode("utf-8", "replace").split()

    def _run(self, sentences: list[str], mode: str, *, again: bool = False) -> list[str | Problem]:
        filled = [s for s in sentences if s]
        if len(filled) < len(sentences):  # an empty line would shift all that follow
            outcomes = iter(self._run(filled, mode)) if filled else iter(())
            return [next(outcomes) if s else "" for s in sentences]
        reason = ""
        try:
            parts = self._ask(sentences, mode)
        except (OSError, subprocess.SubprocessError) as error:
            parts, reason = [], str(error)
        if len(parts) == len(sentences):
            return list(parts)
        if len(sentences) > 1:
            half = len(sentences) // 2
            return [*self._run(sentences[:half], mode), *self._run(sentences[half:], mode)]
        if not again:
            return self._run(sentences, mode, again=True)
        return [Problem(kind="engine-failed", detail=f"apertium {mode}: {reason or 'the sentence came back in parts'}")]

    def _ask(self, sentences: list[str], mode: str) -> list[str]:
        pipe = _pipe(self._folder / f"{mode}.mode") if self._folder is not None else None
        text = _GAP.join(sentences) + _GAP
        seconds = self._least + len(text) / 50
        if pipe is None:
            output = _run([self._command, "-u", "-f", "txt", mode], text, seconds)
        else:
            analysed = _run(["sh", "-c", f"apertium-destxt | {pipe.before}"], text, seconds).split(_STREAM_GAP)
            command = ["sh", "-c", f"exec {pipe.tagger}"]
            with ThreadPoolExecutor(max(1, self._threads)) as pool:
                tagged = list(pool.map(lambda one: _run(command, one, seconds), analysed[:-1]))
            stream = _STREAM_GAP.join([*tagged, ""])
            output = _run(["sh", "-c", f"{pipe.after} | apertium-retxt"], stream, seconds)
        return [part.strip() for part in output.split(_GAP)[:-1]]


def _noted(text: str, sentence: str, target: str) -> str:
    """A pipe's text mended, without its marks; common words that stayed as they were are noted for the guard."""
    unknown = dict.fromkeys(word for word in _NOT_KNOWN.findall(text) if word.islower())
    for mark in _MARKS:
        if mark == "*" or mark not in sentence:
            text = re.sub(rf"{re.escape(mark)}(?=\w)", "", text)
    return noted(bridge.after(text.replace(_STAR, "*"), target), unknown)


@dataclass(frozen=True, slots=True)
class _Pipe:
    """A mode file's programs: before the tagger, the tagger, and after it."""

    before: str
    tagger: str
    after: str


def _pipe(path: Path) -> _Pipe | None:
    """Read a mode file, its options filled in as `apertium -u` does; None when there is no tagger to single out."""
    try:
        programs = path.read_text(encoding="utf-8").strip().split(" | ")
    except (OSError, UnicodeDecodeError):
        return None
    taggers = [number for number, program in enumerate(programs) if program.strip().startswith("apertium-tagger ")]
    if len(taggers) != 1 or taggers[0] in (0, len(programs) - 1):
        return None
    filled = [program.replace("$1", "-g").replace("$2", "") for program in programs]  # -g marks what is not known
    return _Pipe(" | ".join(filled[: taggers[0]]), filled[taggers[0]].strip(), " | ".join(filled[taggers[0] + 1 :]))


def _run(command: Sequence[str], text: str, seconds: float) -> str:
    """Run a program or a pipe of them, all ended together when it is late.

    Raises:
        subprocess.SubprocessError: It ended with an error or not in time.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},  # the programs refuse to work in a locale without UTF-8
    ) as process:
        try:
            output, _ = process.communicate(text.encode("utf-8"), timeout=seconds)
        except BaseException:
            _kill_group(process)
            raise
    if process.returncode:
        raise subprocess.SubprocessError(f"ended with {process.returncode}")
    return output.decode("utf-8", "replace")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):  # it ended meanwhile, or a system without process groups
        process.kill()
