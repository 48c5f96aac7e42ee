"""Which stories an edition has room for."""

from __future__ import annotations

from pipeline.model import Article, Story
from pipeline.run.editions import by_section


def story(name: str, outlet: str, *labels: str) -> Story:
    article = Article(id=f"a-{name}", feed=f"https://{outlet}.example.org/feed", url=None, title=name, site=outlet)
    return Story(id=name, articles=(article,), labels=labels)


def test_an_outlet_has_its_share_of_each_section() -> None:
    """Also on a day when another section is empty."""
    ranked = [story(f"d{n}", "wire", "disclosure") for n in range(6)] + [story("other", "post", "disclosure")]

    chosen = by_section(ranked, ["disclosure", "sanction"], limit=12, per_outlet=4)

    assert [item.id for item in chosen] == ["d0", "d1", "d2", "d3", "other"]


def test_sections_do_not_take_places_from_each_other() -> None:
    """Each has its own limit; the order is that of the rank."""
    ranked = [story("d0", "a", "disclosure"), story("s0", "a", "sanction"), story("d1", "b", "disclosure", "sanction"),
              story("s1", "b", "sanction"), story("d2", "c", "disclosure"), story("none", "c")]  # fmt: skip

    chosen = by_section(ranked, ["disclosure", "sanction"], limit=2, per_outlet=1)

    assert [item.id for item in chosen] == ["d0", "s0", "d1", "s1", "none"]
