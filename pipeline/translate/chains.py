"""Texts through the engines of a route, hop by hop; models that do not load leave the routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.errors import ModelError
from pipeline.model import Problem
from pipeline.translate.engine import Edge, Engine, StreamingEngine
from pipeline.translate.leftover import without_notes
from pipeline.translate.routes import Route, Routes

#: Kind of the problem when an engine, not a sentence, is at fault.
ENGINE_FAILED = "engine-failed"


class Chains:
    """Engines, the routes over them, and what is broken."""

    def __init__(self, engines: Iterable[Engine], *, overrides: Mapping[tuple[str, str], str] | None = None) -> None:
        """Take the engines in use; overrides are as in `Routes`."""
        self.engines = {engine.name: engine for engine in engines}
        self._overrides = overrides
        #: Edges whose model does not load, with the reason; left out of routes until the next `refresh`.
        self.broken: dict[Edge, str] = {}
        self._routes: Routes | None = None

    def close(self) -> None:
        """End the engines' processes."""
        for engine in self.engines.values():
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
            edges = (edge for engine in self.engines.values() for edge in engine.edges())
            self._routes = Routes((e for e in edges if e not in self.broken), overrides=self._overrides)
        return self._routes

    def longest(self, route: Route) -> int:
        """Most characters of a sentence that all engines of the route translate well."""
        return min(self.engines[edge.engine].longest for edge in route.edges)

    def comfortable(self, route: Route) -> int:
        """Characters of a sentence up to which it is best left whole; a chain loses words between clauses."""
        longest = self.longest(route)
        return longest if len(route.edges) > 1 else getattr(self.engines[route.edges[0].engine], "comfortable", longest)

    def along(self, route: Route, texts: Iterable[str]) -> Iterator[tuple[str, str | Problem]]:
        """(text, outcome): hop by hop, the last as it comes; a text that fails at one hop goes no further."""
        names: list[str] = []
        outcomes = self._hop(route.edges[0], _noted(texts, names))
        for edge in route.edges[1:]:
            # In the order asked, so that batches do not depend on which worker was faster.
            state = sorted(outcomes, key=lambda numbered: numbered[0])
            live = [(number, now) for number, now in state if isinstance(now, str) and now.strip()]
            yield from ((names[number], now) for number, now in state if not isinstance(now, str) or not now.strip())
            names = [names[number] for number, _ in live]
            outcomes = self._hop(edge, [without_notes(now)[0] for _, now in live])
        yield from ((names[number], outcome) for number, outcome in outcomes)

    def _hop(self, edge: Edge, texts: Iterable[str]) -> Iterator[tuple[int, str | Problem]]:
        """(number of the text, outcome); a model that cannot be used fails what is left and leaves the routes."""
        texts, done = iter(texts), set[int]()
        drawn: list[str] = []
        try:
            outcomes = _outcomes(self.engines[edge.engine], _noted(texts, drawn), edge)
            for number, outcome in outcomes:
                done.add(number)
                if isinstance(outcome, Problem):
                    outcome = Problem(kind=outcome.kind, detail=f"{edge}: {outcome.detail}")
                yield number, outcome
        except ModelError as error:
            self.broken[edge] = error.reason
            self._routes = None
            drawn.extend(texts)
            lost = Problem(kind=ENGINE_FAILED, detail=f"{edge}: {error.reason}")
            yield from ((number, lost) for number in range(len(drawn)) if number not in done)


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
