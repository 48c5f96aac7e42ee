"""The ladder of attempts: what fails its checks is masked otherwise, split, sent by another route, or given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.model import Problem
from pipeline.translate.chains import ENGINE_FAILED, Chains
from pipeline.translate.guard import Guard, Prepared
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

    def answers(self, sentences: list[str], source: str, target: str) -> dict[str, Remembered]:
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
        self, sentences: list[str], attempt: _Attempt, source: str, target: str, said: dict[tuple[Route, str], str]
    ) -> Iterator[tuple[str, str, tuple[Problem, ...]]]:
        """(sentence, translation, problems) as soon as the engine has answered, in no order."""
        guard, route, engines = self._guard, attempt.route, tuple(edge.engine for edge in attempt.route.edges)
        prepared: dict[str, tuple[Prepared, list[str]]] = {}
        wanted_by: dict[str, list[str]] = {}

        def asked() -> Iterator[str]:
            for sentence in sentences:
                ready = guard.prepare(sentence, source, target, way=attempt.way, engines=engines)
                parts = [p for c in clauses(ready.text, attempt.comfortable) for p in pieces(c, attempt.longest)]
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
            translated = joined(parts, [said[route, part] for part in parts])
            return sentence, *guard.finish(sentence, translated, ready, source, target)

        for part, outcome in self._chains.along(route, asked()):
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


def _is_worth(attempt: _Attempt, problems: tuple[Problem, ...]) -> bool:
    """Whether an attempt may help: not the same broken engine again, no early split for the sake of a term."""
    if attempt.over and all(p.kind == _SOFT for p in problems):
        return False
    broken = [p.detail for p in problems if p.kind == ENGINE_FAILED]
    return not any(detail.startswith(f"{edge}:") for detail in broken for edge in attempt.route.edges)


def _given_up(sentence: str, problems: tuple[Problem, ...]) -> Remembered:
    kept = Problem(kind="kept-original", detail=sentence[:200])
    return Remembered(text=sentence, problems=(*problems, kept))
