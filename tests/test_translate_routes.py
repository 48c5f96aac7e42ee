"""Routes over installed edges: the cheapest, at most three hops, overridable, explained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline.translate
from pipeline.errors import ConfigError
from pipeline.translate import Edge, Routes
from pipeline.translate.routes import cost, parse_chain


def _edges(*names: str) -> list[Edge]:
    """Edges written as routes are: "fr→ca apertium"."""
    return [Edge(engine=e, source=s, target=t, model=f"{e}:{s}-{t}") for n in names for s, t, e in parse_chain(n)]


OFFLINE = _edges(
    "fr→ca apertium", "ca→fr apertium", "ca→pt apertium", "pt→ca apertium", "pt→en firefox", "en→pt firefox"
)  # fmt: skip


def test_offline_chain_mixes_engines() -> None:
    """French to English with two Apertium pairs and a Portuguese model is three hops, named in full."""
    route = Routes(OFFLINE).best("fr", "en")

    assert str(route) == "fr→ca apertium, ca→pt apertium, pt→en firefox"
    assert route is not None
    assert route.key == "apertium:fr-ca > apertium:ca-pt > firefox:pt-en"


def test_direct_neural_is_cheapest() -> None:
    """A model of its own beats any chain, and the better model beats the other."""
    direct = _edges("fr→en argos", "fr→en firefox", "fr→es apertium", "es→en apertium")
    names = [str(r) for r in Routes([*OFFLINE, *direct]).choices("fr", "en")]

    assert names[:2] == ["fr→en firefox", "fr→en argos"]
    assert names[2:] == ["fr→ca apertium, ca→pt apertium, pt→en firefox", "fr→es apertium, es→en apertium"]


def test_three_hops_beat_two_poor_ones() -> None:
    """Catalan to English by rules is dearer than the detour over the Portuguese model."""
    routes = Routes([*OFFLINE, *_edges("ca→en apertium")])

    assert str(routes.best("fr", "en")).endswith("pt→en firefox")


def test_no_fourth_hop() -> None:
    """Four hops are no route; other hops only when there are three."""
    assert Routes([*OFFLINE, *_edges("oc→fr apertium")]).best("oc", "en") is None
    assert Routes(OFFLINE).best("de", "en") is None


def test_override_by_chain_and_by_engine() -> None:
    """feeds.yaml may want another route; it is used while it is installed."""
    edges = [*OFFLINE, *_edges("fr→en argos", "fr→en firefox")]
    chain = "fr->ca apertium, ca-pt apertium, pt→en firefox"

    assert str(Routes(edges, overrides={("fr", "en"): "argos"}).best("fr-FR", "EN")) == "fr→en argos"
    assert len(Routes(edges, overrides={("fr", "en"): chain}).best("fr", "en").edges) == 3  # type: ignore[union-attr]
    missing = Routes(edges, overrides={("fr", "en"): "libretranslate"})
    assert str(missing.best("fr", "en")) == "fr→en firefox"
    assert "not installed" in missing.explain("fr", "en")[0]


@pytest.mark.parametrize("text", ["fr→ca", "fr apertium", "→en argos", "fr→ca apertium, pt→en firefox", ""])
def test_chain_that_is_none(text: str) -> None:
    """A chain that cannot be read is an error that quotes it."""
    with pytest.raises(ConfigError):
        parse_chain(text)


def test_explain_gives_costs_and_sources() -> None:
    """The first line is the route in use, with where its figures are from; without one a sentence says so."""
    lines = Routes([*OFFLINE, *_edges("fr→en argos")]).explain("fr", "en")

    assert lines[0].startswith("→ fr→en argos: cost 0.4")
    assert "Mozilla's evaluation" in lines[0]
    assert len(lines) == 2
    assert Routes([]).explain("fr", "en") == [
        "no route from fr to en with what is installed; to get one: cyberdigest models install fr en"
    ]


def test_costs_are_positive_and_have_sources() -> None:
    """Every figure of the data file says where it is from, and no hop is free."""
    path = Path(pipeline.translate.__file__).parent / "data" / "costs.json"
    data = json.loads(path.read_text(encoding="utf-8"))

    assert all(row["source"] and 0 < row["bleu"] < data["best"] for row in (*data["pairs"], *data["engines"].values()))
    assert all(
        cost(edge) > 0 for edge in _edges("xx→yy unknown", *(f"{r['pair']} {r['engine']}" for r in data["pairs"]))
    )


_LANGUAGES = st.sampled_from("abcde")


@given(st.lists(st.tuples(_LANGUAGES, _LANGUAGES, st.sampled_from(["firefox", "argos", "apertium"])), max_size=14))
def test_choices_come_by_cost_and_do_not_depend_on_order(rows: list[tuple[str, str, str]]) -> None:
    """Whatever is installed: hops meet, at most three, no language twice, cheapest first, order of edges no matter."""
    edges = [Edge(engine=e, source=s, target=t, model=f"{e}:{s}-{t}") for s, t, e in dict.fromkeys(rows) if s != t]
    found = list(Routes(edges).choices("a", "b"))

    assert [r.cost for r in found] == sorted(r.cost for r in found)
    assert found == list(Routes(reversed(edges)).choices("a", "b"))
    for route in found:
        visited = ["a", *(edge.target for edge in route.edges)]
        assert [edge.source for edge in route.edges] == visited[:-1]
        assert len(set(visited)) == len(visited) <= 4
        assert visited[-1] == "b"
