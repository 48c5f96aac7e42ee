"""Routes: the cheapest path over the edges of all engines, at most three hops, engines mixed."""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.errors import ConfigError
from pipeline.translate.engine import Edge, language_code

#: French → Catalan → Portuguese → English is three; a fourth hop was never worth reading.
MOST_HOPS = 3
#: Routes that are told of a direction.
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way from a language to another."""

    edges: tuple[Edge, ...]
    cost: float

    @property
    def key(self) -> str:
        """Engines and models, for the memory: another model, another key."""
        return " > ".join(edge.model for edge in self.edges)

    def __str__(self) -> str:
        return ", ".join(map(str, self.edges))


class Routes:
    """What can be translated with what is installed."""

    def __init__(
        self,
        edges: Iterable[Edge],
        *,
        overrides: Mapping[tuple[str, str], str] | None = None,
        most_hops: int = MOST_HOPS,
    ) -> None:
        """Take the edges of all engines.

        Args:
            edges: Installed edges.
            overrides: (source, target) -> an engine's name or a chain such as "fr→ca apertium, ca→en apertium"
                ("->" and "fr-ca" do as well); used instead of the cheapest route while it is installed.
            most_hops: Longest chain.
        """
        self._from: dict[str, list[Edge]] = {}
        for edge in sorted(edges, key=lambda e: (e.source, e.target, e.engine, e.model)):
            self._from.setdefault(edge.source, []).append(edge)
        pairs = (overrides or {}).items()
        self._overrides = {(language_code(s), language_code(t)): wish for (s, t), wish in pairs}
        self._most_hops = most_hops

    def best(self, source: str, target: str) -> Route | None:
        """The route in use: the override when it is installed, the cheapest otherwise; None when there is none."""
        return next(iter(self.choices(source, target)), None)

    def choices(self, source: str, target: str) -> Iterator[Route]:
        """All routes, the one in use first, then by cost; equal costs in order of name."""
        source, target = language_code(source), language_code(target)
        wish = self._overrides.get((source, target))
        wanted = self._wanted(source, target, wish) if wish is not None else None
        if wanted is not None:
            yield wanted
        for route in self._by_cost(source, target):
            if wanted is None or route.edges != wanted.edges:
                yield route

    def explain(self, source: str, target: str) -> list[str]:
        """A line per route with its costs, the one in use first; one line saying so when there is none."""
        source, target = language_code(source), language_code(target)
        lines = []
        if (source, target) in self._overrides and not self._wanted(source, target, self._overrides[source, target]):
            lines.append(f"the route asked for, {self._overrides[source, target]!r}, is not installed")
        for number, route in zip(range(_SHOWN), self.choices(source, target), strict=False):
            parts = " + ".join(f"{cost(edge):.2f} ({quality(edge)[1]})" for edge in route.edges)
            lines.append(f"{'→' if number == 0 else ' '} {route}: cost {route.cost:.2f} = {parts}")
        missing = f"no route from {source} to {target} with what is installed"
        return lines or [f"{missing}; to get one: cyberdigest models install {source} {target}"]

    def _by_cost(self, source: str, target: str) -> Iterator[Route]:
        """Dijkstra over paths, so that the second best comes out second."""
        heap: list[tuple[float, int, str, tuple[Edge, ...]]] = [(0.0, 0, "", ())]
        while heap:
            spent, hops, _, path = heapq.heappop(heap)
            here = path[-1].target if path else source
            if path and here == target:
                yield Route(edges=path, cost=spent)
                continue
            if hops == self._most_hops:
                continue
            visited = {source, *(edge.target for edge in path)}
            for edge in self._from.get(here, ()):
                if edge.target not in visited and (edge.target == target or hops + 1 < self._most_hops):
                    longer = (*path, edge)
                    heapq.heappush(heap, (spent + cost(edge), hops + 1, ", ".join(map(str, longer)), longer))

    def _wanted(self, source: str, target: str, wish: str) -> Route | None:
        wish = wish.strip()
        if " " not in wish:  # an engine's name: its cheapest own route
            only = (r for r in self._by_cost(source, target) if all(e.engine == wish for e in r.edges))
            return next(only, None)
        path: list[Edge] = []
        for hop in parse_chain(wish):
            found = [e for e in self._from.get(hop[0], ()) if (e.target, e.engine) == hop[1:]]
            if not found:
                return None
            path.append(found[0])
        return Route(edges=tuple(path), cost=sum(map(cost, path)))


def parse_chain(text: str) -> list[tuple[str, str, str]]:
    """Read "fr→ca apertium, ca->pt apertium, pt-en firefox" as (source, target, engine) hops.

    Raises:
        ConfigError: It is not a chain, or its hops do not meet.
    """
    hops: list[tuple[str, str, str]] = []
    for part in text.split(","):
        pair, _, engine = part.strip().partition(" ")
        source, arrow, target = pair.replace("->", "→").replace("-", "→", 1).partition("→")
        if not (source and arrow and target and engine.strip()):
            raise ConfigError("route", f"{part.strip()!r} is not a hop such as 'fr→ca apertium'")
        hop = (language_code(source), language_code(target), engine.strip())
        if hops and hops[-1][1] != hop[0]:
            raise ConfigError("route", f"{text!r}: {hops[-1][1]} and {hop[0]} do not meet")
        hops.append(hop)
    return hops


def cost(edge: Edge) -> float:
    """What a hop costs: ln(best / BLEU) + hop, so that costs add up as qualities multiply."""
    figures = _figures()
    return math.log(figures.best / quality(edge)[0]) + figures.hop


def quality(edge: Edge) -> tuple[float, str]:
    """BLEU of a hop and where the figure is from."""
    figures = _figures()
    known = figures.pairs.get((edge.engine, edge.source, edge.target)) or figures.engines.get(edge.engine)
    return known or (30.0, "no figure for this engine")


@dataclass(frozen=True, slots=True)
class _Figures:
    best: float
    hop: float
    engines: dict[str, tuple[float, str]]
    pairs: dict[tuple[str, str, str], tuple[float, str]]


@cache
def _figures() -> _Figures:
    data = json.loads((resources.files("pipeline.translate") / "data" / "costs.json").read_text(encoding="utf-8"))
    pairs = {(row["engine"], *row["pair"].split("-")): (row["bleu"], row["source"]) for row in data["pairs"]}
    engines = {name: (row["bleu"], row["source"]) for name, row in data["engines"].items()}
    return _Figures(data["best"], data["hop"], engines, pairs)
