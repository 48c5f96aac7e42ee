"""The stage: all sentences of all texts at once, the memory first, then the cheapest route; checked, retried."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from pipeline.model import Fact, Problem, Translation
from pipeline.text.normalise import clean_text
from pipeline.translate.attempts import Ladder
from pipeline.translate.chains import ENGINE_FAILED, Chains
from pipeline.translate.engine import (
    Call,
    Edge,
    Engine,
    EngineContext,
    language_code,
    load_engines,
)
from pipeline.translate.guard import Asked, Guard, NoGuard
from pipeline.translate.memory import DictMemory, Memory, MemoryKey, Remembered, corrected
from pipeline.translate.named import Known
from pipeline.translate.routes import Route, Routes
from pipeline.translate.segments import Segments, segment

Style = Literal["text", "headline"]
#: Last touch on a whole text: (translated text, target language, style) -> text.
Polish = Callable[[str, str, str], str]

#: Sentences translated before the memory is written, so that a killed run pays little twice.
_SLICE = 1000


@dataclass(frozen=True, slots=True)
class _Document:
    """One text of a call; `asked` are its sentences as engines get them, "" where there is nothing to translate."""

    text: str
    source: str
    segments: Segments
    asked: tuple[Asked, ...]


class Translator:
    """Translates texts with whatever is installed. Use as a context manager: engines hold processes."""

    def __init__(
        self,
        engines: Iterable[Engine],
        *,
        memory: Memory | None = None,
        guard: Guard | None = None,
        overrides: Mapping[tuple[str, str], str] | None = None,
        polish: Polish | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Put the parts together.

        Args:
            engines: Engines in use; see `open_translator` for all that are known.
            memory: Asked first and written after; in memory when None.
            guard: Protection and checks.
            overrides: (source, target) -> route wanted, as in `Routes`.
            polish: Last touch on each translated text.
            progress: Called with (sentences done, sentences to do) while engines work.
        """
        self._chains = Chains(engines, overrides=overrides)
        self._memory: Memory = DictMemory() if memory is None else memory
        self._guard: Guard = NoGuard() if guard is None else guard
        self._ladder = Ladder(self._chains, self._guard)
        self._polish, self._progress = polish, progress

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the engines' processes."""
        self._chains.close()

    def refresh(self) -> None:
        """Look again at what is installed."""
        self._chains.refresh()

    @property
    def routes(self) -> Routes:
        """Routes over what is installed and loads."""
        return self._chains.routes

    @property
    def broken(self) -> Mapping[Edge, str]:
        """Edges whose model does not load, with the reason; left out of routes until the next `refresh`."""
        return self._chains.broken

    def translate(
        self,
        texts: Sequence[tuple[str, str | None]],
        target: str,
        *,
        style: Style = "text",
        facts: Sequence[Sequence[Fact]] = (),
    ) -> list[Translation]:
        """Translate texts.

        Args:
            texts: (text, language or None when it is not known).
            target: Language wanted.
            style: "headline" asks the last touch for headlines.
            facts: For each text what is known of it; names in them are protected. () when nothing is known of any.
        Returns:
            One translation per text, in order; what went wrong is in `problems`, and the original stands where no
            engine could be trusted. A text in the target language comes back as it is.
        """
        target = language_code(target)
        known_of = facts or [()] * len(texts)
        documents = [_document(*text, of_text) for text, of_text in zip(texts, known_of, strict=True)]
        wanted: dict[str, dict[Asked, None]] = {}
        for document in documents:
            if document.source not in (target, "und"):
                wanted.setdefault(document.source, {}).update((asked, None) for asked in document.asked if asked.text)
        known = {source: self._sentences(list(found), source, target) for source, found in sorted(wanted.items())}
        return [self._assembled(document, target, style, known) for document in documents]

    def _assembled(
        self, document: _Document, target: str, style: Style, known: Mapping[str, Mapping[Asked, Remembered] | None]
    ) -> Translation:
        source = document.source
        untouched = Translation(text=document.text, source=source, target=target, route=None)
        if source == target or not any(asked.text for asked in document.asked):
            return untouched
        answers = known.get(source)
        if answers is None:
            kind = "unknown-language" if source == "und" else "no-route"
            return _with(untouched, (Problem(kind=kind, detail=f"{source}→{target}"),))
        found = [answers[asked] if asked.text else None for asked in document.asked]
        problems = tuple(problem for answer in found if answer is not None for problem in answer.problems)
        used = dict.fromkeys(answer.route for answer in found if answer is not None and answer.route is not None)
        if not used:
            return _with(untouched, problems)
        originals = document.segments.sentences
        shown = [o if a is None or a.route is None else a.text for o, a in zip(originals, found, strict=True)]
        text = document.segments.join(shown, target)
        if self._polish is not None:
            text = self._polish(text, target, style)
        return Translation(text=text, source=source, target=target, route="; ".join(used), problems=problems)

    def _sentences(self, sentences: list[Asked], source: str, target: str) -> dict[Asked, Remembered] | None:
        """Answers for all sentences of one language; None when there is no route and nobody wrote any of them."""
        corrections = {asked: corrected(asked.text, source, target) for asked in sentences}
        by_hand = self._memory.get_many(corrections.values())
        answers = {asked: by_hand[key] for asked, key in corrections.items() if key in by_hand}
        route = self.routes.best(source, target)
        if route is None:
            if not answers:
                return None
            lost = Problem(kind="no-route", detail=f"{source}→{target}")
            return {s: answers.get(s) or Remembered(text=s.text, problems=(lost,)) for s in sentences}
        keys = {s: self._key(s, source, target, route) for s in sentences if s not in answers}
        remembered = self._memory.get_many(keys.values())
        answers.update((asked, remembered[key]) for asked, key in keys.items() if key in remembered)
        missing = sorted((s for s in sentences if s not in answers), key=lambda s: (-len(s.text), s))
        for start in range(0, len(missing), _SLICE):
            fresh = self._ladder.answers(missing[start : start + _SLICE], source, target)
            # What broke down may work tomorrow; what failed its checks will fail them again.
            lasting = {s: a for s, a in fresh.items() if all(p.kind != ENGINE_FAILED for p in a.problems)}
            self._memory.put_many({keys[s]: answer for s, answer in lasting.items()})
            answers.update(fresh)
            if self._progress is not None:
                self._progress(start + len(fresh), len(missing))
        return answers

    def _key(self, asked: Asked, source: str, target: str, route: Route) -> MemoryKey:
        """Where an answer is kept: a name that is known is a reason to ask anew."""
        names = hashlib.sha256("\0".join(asked.names).encode()).hexdigest()[:8] if asked.names else ""
        guard = f"{self._guard.version}-{names}" if names else self._guard.version
        return MemoryKey(sentence=asked.text, source=source, target=target, guard=guard, engine=route.key)


def open_translator(
    models: Path,
    *,
    engines: Iterable[str] | None = None,
    threads: int = 2,
    settings: Mapping[str, Mapping[str, str]] | None = None,
    call: Call | None = None,
    memory: Memory | None = None,
    guard: Guard | None = None,
    overrides: Mapping[tuple[str, str], str] | None = None,
    polish: Polish | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Translator:
    """A translator over the engines of the given names (all by default) and the models in `models`.

    Raises:
        ModelError: No engine has that name.
    """
    context = EngineContext(models=models, threads=threads, settings=settings or {}, call=call)
    return Translator(
        load_engines(context, engines),
        memory=memory, guard=guard, overrides=overrides, polish=polish, progress=progress,
    )  # fmt: skip


def _document(text: str, source: str | None, facts: Sequence[Fact]) -> _Document:
    language = language_code(source or "und") or "und"
    segments = segment(text, language)
    cleaned = (clean_text(sentence) for sentence in segments.sentences)
    known = Known(facts)
    # Engines make words up for what has none ("🙂" became "The s").
    asked = (Asked(s, known.inside(s, language)) if any(map(str.isalpha, s)) else Asked("") for s in cleaned)
    return _Document(text, language, segments, tuple(asked))


def _with(translation: Translation, problems: tuple[Problem, ...]) -> Translation:
    return Translation(
        text=translation.text, source=translation.source, target=translation.target, route=None, problems=problems
    )
