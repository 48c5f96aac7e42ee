"""Two fines of one kind on one day: whom they hit and how much it is tells them apart, where the words do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pipeline.cluster.scoring import PairScorer
from pipeline.model import Article, Fact

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def report(name: str, *facts: tuple[str, str | float, str | None]) -> Article:
    found = tuple(Fact(type=kind, value=value, unit=unit) for kind, value, unit in (("measure", "fine", None), *facts))
    return Article(id=name, feed=name, site=f"{name}.example.org", url=None, title=f"Report {name}", language="en",
                   paragraphs=("A fine for selling location data of users was announced.",), published=NOW,
                   facts=found)  # fmt: skip


def apart(one: Article, other: Article) -> bool:
    rows, zeros = np.array([0]), np.zeros((2, 512), dtype=np.float32)
    scorer = PairScorer([one, other], zeros, timedelta(days=14))
    return bool(scorer.against(np.array([0.0], dtype=np.float32), rows, rows + 1)["other targets"][0])


ONE = (("target", "Examplia Group", None), ("amount", 16e6, "EUR"))


@pytest.mark.parametrize(
    ("other", "is_apart"),
    [
        pytest.param((("target", "Formulix", None), ("amount", 14e6, "EUR")), True, id="whom and how much"),
        pytest.param((("target", "Formulix", None), ("amount", 16e6, "EUR")), False, id="one sum, of parent and child"),
        pytest.param((("target", "Formulix", None), ("amount", 15.9e6, "EUR")), False, id="the sum rounded"),
        pytest.param((("target", "Formulix", None), ("amount", 17.4e6, "USD")), False, id="the sum converted"),
        pytest.param((("target", "Examplia", None), ("amount", 14e6, "EUR")), False, id="a shorter name"),
        pytest.param((("target", "un hacker", None), ("amount", 14e6, "EUR")), False, id="who is only described"),
        pytest.param((("target", "艾格", None), ("amount", 14e6, "EUR")), False, id="a name in another script"),
        pytest.param((("target", "Formulix", None),), False, id="no sum"),
        pytest.param((("amount", 14e6, "EUR"),), False, id="nobody named"),
    ],
)
def test_whom_and_how_much(other: tuple[tuple[str, str | float, str | None], ...], is_apart: bool) -> None:
    one, two = report("a", *ONE), report("b", *other)
    assert (apart(one, two), apart(two, one)) == (is_apart, is_apart)


def test_several_sums_are_compared_each_with_each() -> None:
    both = (("target", "Formulix", None), ("amount", 5e6, "EUR"), ("amount", 16e6, "EUR"))
    assert not apart(report("a", *ONE), report("b", *both))
