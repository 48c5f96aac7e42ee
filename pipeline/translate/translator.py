"""The stage: all sentences of all texts at once, the memory first, then the cheapest route; checked, retried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from pipeline.errors import ModelError
from pipeline.model import Problem, Translation
from pipeline.text.normalise import clean_text
from pipeline.translate.engine import (
    Edge,
    Engine,
    EngineContext,
    StreamingEngine,
    language_code,
    load_engines,
    type_call,
)
from pipeline.translate.guard import Guard, NoGuard, Prepared
from pipeline.translate.memory import DictMemory, Memory, MemoryKey, Remembered, corrected
from pipeline.translate.routes import Route, Routes
from pipeline.translate.segments import Segments, pieces, segment

Style = Literal["text", "headline"]
#: Last touch on a whole text: (translated text, target language, style) -> text.
type_polish = Callable[[str, str, str], str]

#: Sentences translated before the memory is written, so that a killed run pays little twice.
_SLICE = 1000
#: Characters of the pieces in the attempt that splits a sentence.
_SPLIT_AT = 120
#: Sentences longer than this are split before anything is masked: there the engines lose the thread, and tokens first
#: of all (of three such in 1,000 sentences of advisories, splitting mended all and masking none). Not on
#: chains, where pieces lose words that no check misses.
_LONG = 240
#: Routes tried for a sentence that fails its checks.
_MOST_ROUTES = 3

_ENGINE_FAILED = "engine-failed"
#: Worth another try, not worth the original.
_SOFT = "term-lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One way to translate a sentence."""

    route: Route
    way: str
    longest: int
    #: Only sentences longer than this.
    over: int = 0


@dataclass(frozen=True, slots=True)
class _Document:
    """One text of a call; `cleaned` are its sentences as engines get them, "" where there is nothing to translate."""

    text: str
    source: str
    segments: Segments
    cleaned: tuple[str, ...]


class Translator:
    """Translates texts with whatever is installed. Use as a context manager: engines hold processes."""

    def __init__(
        self,
        engines: Iterable[Engine],
        *,
        memory: Memory | None = None,
        guard: Guard | None = None,
        overrides: Mapping[tuple[str, str], str] | None = None,
        polish: type_polish | None = None,
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
        self._engines = {engine.name: engine for engine in engines}
        self._memory: Memory = DictMemory() if memory is None else memory
        self._guard: Guard = NoGuard() if guard is None else guard
        self._overrides, self._polish, self._progress = overrides, polish, progress
        #: Edges whose model does not load, with the reason; left out of routes until the next `refresh`.
        self.broken: dict[Edge, str] = {}
        self._routes: Routes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the engines' processes."""
        for engine in self._engines.values():
            engine.close()

    def refresh(self) -> None:
        """Look again at what is installed."""
        self.close()
        self.broken.clear()
        self._routes = None

    @property
    def routes(self) -> Routes:
        """Routes over what is installed and loads."""
        if self._routes is None:
            edges = (edge for engine in self._engines.values() for edge in engine.edges())
            self._routes = Routes((e for e in edges if e not in self.broken), overrides=self._overrides)
        return self._routes

    def translate(
        self, texts: Sequence[tuple[str, str | None]], target: str, *, style: Style = "text"
    ) -> list[Translation]:
        """Translate texts.

        Args:
            texts: (text, language or None when it is not known).
            target: Language wanted.
            style: "headline" asks the last touch for headlines.
        Returns:
            One translation per text, in order; what went wrong is in `problems`, and the original stands where no
            engine could be trusted. A text in the target language comes back as it is.
        """
        target = language_code(target)
        documents = [_document(text, source) for text, source in texts]
        wanted: dict[str, dict[str, None]] = {}
        for document in documents:
            if document.source not in (target, "und"):
                wanted.setdefault(document.source, {}).update(dict.fromkeys(filter(None, document.cleaned)))
        known = {source: self._sentences(list(found), source, target) for source, found in sorted(wanted.items())}
        return [self._assembled(document, target, style, known) for document in documents]

    def _assembled(
        self, document: _Document, target: str, style: Style, known: Mapping[str, Mapping[str, Remembered] | None]
    ) -> Translation:
        source = document.source
        untouched = Translation(text=document.text, source=source, target=target, route=None)
        if source == target or not any(document.cleaned):
            return untouched
        answers = known.get(source)
        if answers is None:
            kind = "unknown-language" if source == "und" else "no-route"
            return _with(untouched, (Problem(kind=kind, detail=f"{source}→{target}"),))
        found = [answers[sentence] if sentence else None for sentence in document.cleaned]
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

    def _sentences(self, sentences: list[str], source: str, target: str) -> dict[str, Remembered] | None:
        """Answers for all sentences of one language; None when there is no route and nobody wrote any of them."""
        by_hand = self._memory.get_many(corrected(s, source, target) for s in sentences)
        answers = {key.sentence: entry for key, entry in by_hand.items()}
        route = self.routes.best(source, target)
        if route is None:
            if not answers:
                return None
            lost = Problem(kind="no-route", detail=f"{source}→{target}")
            return {s: answers.get(s) or Remembered(text=s, problems=(lost,)) for s in sentences}
        keys = {s: self._key(s, source, target, route) for s in sentences if s not in answers}
        answers.update({key.sentence: entry for key, entry in self._memory.get_many(keys.values()).items()})
        missing = sorted((s for s in sentences if s not in answers), key=lambda s: (-len(s), s))
        for start in range(0, len(missing), _SLICE):
            fresh = self._fresh(missing[start : start + _SLICE], source, target)
            # What broke down may work tomorrow; what failed its checks will fail them again.
            lasting = {s: a for s, a in fresh.items() if all(p.kind != _ENGINE_FAILED for p in a.problems)}
            self._memory.put_many({keys[s]: answer for s, answer in lasting.items()})
            answers.update(fresh)
            if self._progress is not None:
                self._progress(start + len(fresh), len(missing))
        return answers

    def _key(self, sentence: str, source: str, target: str, route: Route) -> MemoryKey:
        return MemoryKey(sentence=sentence, source=source, target=target, guard=self._guard.version, engine=route.key)

    def _fresh(self, sentences: list[str], source: str, target: str) -> dict[str, Remembered]:
        """Translate, and again in another way what did not pass, and give up on the rest."""
        answers: dict[str, Remembered] = {}
        problems: dict[str, tuple[Problem, ...]] = {}
        second_best: dict[str, Remembered] = {}
        #: (route, what the engine got) -> what it said: another way that changes nothing need not be asked again.
        said: dict[tuple[Route, str], str] = {}
        for attempt in self._attempts(source, target):
            open_ones = (s for s in sentences if s not in answers and len(s) > attempt.over)
            pending = [s for s in open_ones if _is_worth(attempt, problems.get(s, ()))]
            if not pending:
                continue
            for sentence, text, found in self._try(pending, attempt, source, target, said):
                if found:
                    problems.setdefault(sentence, found)
                    if all(p.kind == _SOFT for p in found):
                        second_best.setdefault(sentence, Remembered(text=text, route=str(attempt.route)))
                else:
                    answers[sentence] = Remembered(text=text, route=str(attempt.route))
        return {s: answers.get(s) or second_best.get(s) or _given_up(s, problems.get(s, ())) for s in sentences}

    def _attempts(self, source: str, target: str) -> Iterator[_Attempt]:
        """Ways in the order to try them: other masking, split, other routes; lazy, as a broken model changes routes."""
        ways = self._guard.ways
        tried: list[Route] = []
        while len(tried) < _MOST_ROUTES:
            route = next((r for r in self.routes.choices(source, target) if r not in tried), None)
            if route is None:
                return
            tried.append(route)
            longest = min(self._engines[edge.engine].longest for edge in route.edges)
            split = _Attempt(route=route, way=ways[0], longest=min(longest, _SPLIT_AT))
            if len(tried) > 1:
                yield _Attempt(route=route, way=ways[0], longest=longest)
                continue
            for number, way in enumerate(ways):
                yield _Attempt(route=route, way=way, longest=longest)
                if number == 0 and len(route.edges) == 1:
                    yield replace(split, over=_LONG)
            if route in self.routes.choices(source, target):
                yield split

    def _try(
        self, sentences: list[str], attempt: _Attempt, source: str, target: str, said: dict[tuple[Route, str], str]
    ) -> Iterator[tuple[str, str, tuple[Problem, ...]]]:
        """(sentence, translation, problems) as soon as the engine has answered, in no order."""
        guard, route, engines = self._guard, attempt.route, tuple(edge.engine for edge in attempt.route.edges)
        prepared: dict[str, tuple[Prepared, list[str]]] = {}
        wanted_by: dict[str, list[str]] = {}

        def asked() -> Iterator[str]:
            for sentence in sentences:
                ready = guard.prepare(sentence, source, target, way=attempt.way, engines=engines)
                parts = pieces(ready.text, attempt.longest)
                prepared[sentence] = ready, parts
                for part in dict.fromkeys(parts):
                    is_new = part not in wanted_by and (route, part) not in said
                    wanted_by.setdefault(part, []).append(sentence)
                    if is_new:
                        yield part

        open_ones = dict.fromkeys(sentences)
        failed: dict[str, Problem] = {}

        def finished(sentence: str) -> tuple[str, str, tuple[Problem, ...]]:
            del open_ones[sentence]
            ready, parts = prepared[sentence]
            broken = tuple(failed[part] for part in parts if part in failed)
            if broken:
                return sentence, "", broken[:1]
            translated = " ".join(said[route, part] for part in parts)
            return sentence, *guard.finish(sentence, translated, ready, source, target)

        for part, outcome in self._along(route, asked()):
            if isinstance(outcome, Problem):
                failed[part] = outcome
            else:
                said[route, part] = outcome
            for sentence in tuple(wanted_by[part]):
                parts = prepared[sentence][1]
                if sentence in open_ones and all(p in failed or (route, p) in said for p in parts):
                    yield finished(sentence)
        # Those that shared all their pieces with others, or had none.
        yield from (finished(sentence) for sentence in tuple(open_ones))

    def _along(self, route: Route, texts: Iterable[str]) -> Iterator[tuple[str, str | Problem]]:
        """Hop by hop, the last as it comes; a text that fails at one hop goes no further."""
        names: list[str] = []
        outcomes = self._hop(route.edges[0], _noted(texts, names))
        for edge in route.edges[1:]:
            # In the order asked, so that batches do not depend on which worker was faster.
            state = sorted(outcomes, key=lambda numbered: numbered[0])
            live = [(number, now) for number, now in state if isinstance(now, str) and now.strip()]
            yield from ((names[number], now) for number, now in state if not isinstance(now, str) or not now.strip())
            names = [names[number] for number, _ in live]
            outcomes = self._hop(edge, [now for _, now in live])
        yield from ((names[number], outcome) for number, outcome in outcomes)

    def _hop(self, edge: Edge, texts: Iterable[str]) -> Iterator[tuple[int, str | Problem]]:
        """(number of the text, outcome); a model that cannot be used fails what is left and leaves the routes."""
        texts, done = iter(texts), set[int]()
        drawn: list[str] = []
        try:
            outcomes = _outcomes(self._engines[edge.engine], _noted(texts, drawn), edge)
            for number, outcome in outcomes:
                done.add(number)
                if isinstance(outcome, Problem):
                    outcome = Problem(kind=outcome.kind, detail=f"{edge}: {outcome.detail}")
                yield number, outcome
        except ModelError as error:
            self.broken[edge] = error.reason
            self._routes = None
            drawn.extend(texts)
            lost = Problem(kind=_ENGINE_FAILED, detail=f"{edge}: {error.reason}")
            yield from ((number, lost) for number in range(len(drawn)) if number not in done)


def open_translator(
    models: Path,
    *,
    engines: Iterable[str] | None = None,
    threads: int = 2,
    settings: Mapping[str, Mapping[str, str]] | None = None,
    call: type_call | None = None,
    memory: Memory | None = None,
    guard: Guard | None = None,
    overrides: Mapping[tuple[str, str], str] | None = None,
    polish: type_polish | None = None,
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


def _document(text: str, source: str | None) -> _Document:
    language = language_code(source or "und") or "und"
    segments = segment(text, language)
    cleaned = (clean_text(sentence) for sentence in segments.sentences)
    # Engines make words up for what has none ("🙂" became "The s").
    return _Document(text, language, segments, tuple(s if any(map(str.isalpha, s)) else "" for s in cleaned))


def _is_worth(attempt: _Attempt, problems: tuple[Problem, ...]) -> bool:
    """Whether an attempt may help: not the same broken engine again, no early split for the sake of a term."""
    if attempt.over and all(p.kind == _SOFT for p in problems):
        return False
    broken = [p.detail for p in problems if p.kind == _ENGINE_FAILED]
    return not any(detail.startswith(f"{edge}:") for detail in broken for edge in attempt.route.edges)


def _outcomes(engine: Engine, texts: Iterable[str], edge: Edge) -> Iterator[tuple[int, str | Problem]]:
    if isinstance(engine, StreamingEngine):
        return engine.stream(texts, edge)
    listed = list(texts)
    return enumerate(engine.translate(listed, edge) if listed else [])


def _noted(texts: Iterable[str], names: list[str]) -> Iterator[str]:
    """The texts, each written down as it is drawn."""
    for text in texts:
        names.append(text)
        yield text


def _given_up(sentence: str, problems: tuple[Problem, ...]) -> Remembered:
    kept = Problem(kind="kept-original", detail=sentence[:200])
    return Remembered(text=sentence, problems=(*problems, kept))


def _with(translation: Translation, problems: tuple[Problem, ...]) -> Translation:
    return Translation(
        text=translation.text, source=translation.source, target=translation.target, route=None, problems=problems
    )
