"""Apertium, the rule-based translator of Debian: a system command, pairs discovered, no model of ours."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

from pipeline.model import Problem
from pipeline.translate.engine import Edge, EngineContext

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
#: A blank line ends a sentence for the de-formatter and passes through; the full stop in front of a batch puts the
#: tagger where it is after every other sentence, so the first one is tagged as the others are.
_GAP = "\n\n"
_PRIMER = "."
#: Sentences a run: starting the nine programs of a pair costs about a second.
_BATCH = 500


def engine(context: EngineContext) -> ApertiumEngine:
    """Entry point."""
    return ApertiumEngine(command=context.settings.get(NAME, {}).get("command", "apertium"))


def code(name: str) -> str | None:
    """Our code of a language as Apertium writes it: "fra" and "fr" -> "fr", "por_BR" -> None (a variant)."""
    return _CODES.get(name) or (name if name in _TWO_LETTERS else None)


class ApertiumEngine:
    """The engine of the protocol."""

    name = NAME
    #: Rules have no window; the cut only bounds the time of texts without a full stop.
    longest = 4000

    def __init__(self, *, command: str = "apertium", seconds_per_character: float = 0.02) -> None:
        """Use the program of that name."""
        self._command, self._pace = command, seconds_per_character
        self._modes: dict[tuple[str, str], str] | None = None

    def edges(self) -> Sequence[Edge]:
        """Installed pairs, asked for once."""
        return [
            Edge(engine=NAME, source=source, target=target, model=f"{NAME}:{mode}")
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
            outcomes.extend(self._run([" ".join(s.split()) for s in sentences[start : start + _BATCH]], mode))
        return outcomes

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
        text = _GAP.join([_PRIMER, *sentences]) + _GAP
        with subprocess.Popen(
            [self._command, "-u", "-f", "txt", mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(text.encode("utf-8"), timeout=60 + len(text) * self._pace)
            except BaseException:
                _kill_group(process)
                raise
        if process.returncode:
            raise subprocess.SubprocessError(f"ended with {process.returncode}")
        return [part.strip() for part in output.decode("utf-8", "replace").split(_GAP)[1:-1]]


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Apertium is a shell script over a pipe of programs: all of them must go."""
    import os
    import signal

    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        process.kill()
