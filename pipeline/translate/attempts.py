"""The ladder of attempts: what fails its checks is masked otherwise, split, sent by another route, or given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.model import Problem
from pipeline.translate.chains import ENGINE_FAILED, Chains
from pipeline.translate.guard import Asked, Guard, Prepared
from pipeline.translate.memory import Remembered
from pipeline.translate.routes import Route
from pipeline.translate.segments import clauses, joined, pieces

#: Characters of the pieces in the attempt that splits a sentence.
_SPLIT_AT = 120
#: Sentences longer than this are split before anything is masked: there the engines lose the thread, and tokens first
#: of all (of three such in 1,000 sentences of advisories, splitting mended all and masking none). Not on
#: chains, where pieces lose words that no check misses.
_LONG = 240
#: Routes tried for a sentence that fails its checks.
_MOST_ROUTES = 3

#: (sentence, its translation, what the checks found).
_Outcome = tuple[Asked, str, tuple[Problem, ...]]

#: Worth another try, not worth the original.
_SOFT = "term-lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One way to translate a sentence."""

    route: Route
    way: str
    longest: int
    #: Sentences longer than this are cut between clauses where they can be.
    comfortable: int
    #: Only sentences longer than this.
    over: int = 0


class Ladder:
    """Sentences to translations that passed the checks of a guard, as far as any route can make them."""

    def __init__(self, chains: Chains, guard: Guard) -> None:
        """Use the routes of `chains` and the ways of the guard."""
        self._chains, self._guard = chains, guard

    def answers(self, sentences: list[Asked], source: str, target: str) -> dict[Asked, Remembered]:
        """Translate, and again in another way what did not pass, and give up on the rest."""
        answers: dict[Asked, Remembered] = {}
        problems: dict[Asked, tuple[Problem, ...]] = {}
        second_best: dict[Asked, Remembered] = {}
        #: (route, what the engine got) -> what it said: another way that changes nothing need not be asked again.
        said: dict[tuple[Route, str], str] = {}
        for attempt in self._attempts(source, target):
            open_ones = (s for s in sentences if s not in answers and len(s.text) > attempt.over)
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
        return {s: answers.get(s) or second_best.get(s) or _given_up(s.text, problems.get(s, ())) for s in sentences}

    def _attempts(self, source: str, target: str) -> Iterator[_Attempt]:
        """Ways in the order to try them: other masking, split, other routes; lazy, as a broken model changes routes."""
        ways = self._guard.ways
        tried: list[Route] = []
        while len(tried) < _MOST_ROUTES:
            route = next((r for r in self._chains.routes.choices(source, target) if r not in tried), None)
            if route is None:
                return
            tried.append(route)
            longest = self._chains.longest(route)
            first = _Attempt(route=route, way=ways[0], longest=longest, comfortable=self._chains.comfortable(route))
            split = replace(first, longest=min(longest, _SPLIT_AT))
            if len(tried) > 1:
                yield first
                continue
            for number, way in enumerate(ways):
                yield replace(first, way=way)
                if number == 0 and len(route.edges) == 1:
                    yield replace(split, over=_LONG)
            if route in self._chains.routes.choices(source, target):
                yield split

    def _try(
        self, sentences: list[Asked], attempt: _Attempt, source: str, target: str, said: dict[tuple[Route, str], str]
    ) -> Iterator[_Outcome]:
        """What became of each sentence as soon as the engine has answered, in no order."""
        attempted = _Round(self._guard, sentences, attempt, source, target, said)
        for part, outcome in self._chains.along(attempt.route, attempted.asked()):
            yield from attempted.heard(part, outcome)
        yield from attempted.rest()


class _Round:
    """One attempt at many sentences: a piece that several share, or that was asked before, is asked once."""

    def __init__(
        self,
        guard: Guard,
        sentences: list[Asked],
        attempt: _Attempt,
        source: str,
        target: str,
        said: dict[tuple[Route, str], str],
    ) -> None:
        self._guard, self._attempt, self._source, self._target = guard, attempt, source, target
        self._said = said
        #: Sentence -> what the guard made of it, and the pieces it is sent in.
        self._prepared: dict[Asked, tuple[Prepared, list[str]]] = {}
        self._wanted_by: dict[str, list[Asked]] = {}
        self._failed: dict[str, Problem] = {}
        #: Sentences that are not finished, in their order.
        self._open = dict.fromkeys(sentences)

    def asked(self) -> Iterator[str]:
        """The pieces to translate; each sentence is prepared when its first piece is fetched."""
        engines = tuple(edge.engine for edge in self._attempt.route.edges)
        for sentence in tuple(self._open):
            ready = self._guard.prepare(
                sentence.text, self._source, self._target, way=self._attempt.way, engines=engines, names=sentence.names
            )
            clauses_of = clauses(ready.text, self._attempt.comfortable)
            parts = [piece for clause in clauses_of for piece in pieces(clause, self._attempt.longest)]
            self._prepared[sentence] = ready, parts
            for part in dict.fromkeys(parts):
                is_new = part not in self._wanted_by and (self._attempt.route, part) not in self._said
                self._wanted_by.setdefault(part, []).append(sentence)
                if is_new:
                    yield part

    def heard(self, part: str, outcome: str | Problem) -> Iterator[_Outcome]:
        """Sentences that an answer finishes."""
        if isinstance(outcome, Problem):
            self._failed[part] = outcome
        else:
            self._said[self._attempt.route, part] = outcome
        for sentence in tuple(self._wanted_by[part]):
            if sentence in self._open and all(map(self._is_answered, self._prepared[sentence][1])):
                yield self._finished(sentence)

    def rest(self) -> Iterator[_Outcome]:
        """Sentences that shared all their pieces with others, or had none."""
        yield from map(self._finished, tuple(self._open))

    def _is_answered(self, part: str) -> bool:
        return part in self._failed or (self._attempt.route, part) in self._said

    def _finished(self, sentence: Asked) -> _Outcome:
        del self._open[sentence]
        ready, parts = self._prepared[sentence]
        broken = tuple(self._failed[part] for part in parts if part in self._failed)
        if broken:
            return sentence, "", broken[:1]
        translated = joined(parts, [self._said[self._attempt.route, part] for part in parts])
        return sentence, *self._guard.finish(sentence.text, translated, ready, self._source, self._target)


def _is_worth(attempt: _Attempt, problems: tuple[Problem, ...]) -> bool:
    """Whether an attempt may help: not the same broken engine again, no early split for the sake of a term."""
    if attempt.over and all(p.kind == _SOFT for p in problems):
        return False
    broken = [p.detail for p in problems if p.kind == ENGINE_FAILED]
    return not any(detail.startswith(f"{edge}:") for detail in broken for edge in attempt.route.edges)


def _given_up(sentence: str, problems: tuple[Problem, ...]) -> Remembered:
    kept = Problem(kind="kept-original", detail=sentence[:200])
    return Remembered(text=sentence, problems=(*problems, kept))
