"""Boosted trees in arrays: their sum, what each feature adds, and what no shipped tree may do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cluster import pairmodel
from pipeline.cluster.features import FEATURES, MORE_FEATURES
from pipeline.cluster.scoring import COLUMNS
from pipeline.cluster.trees import Trees, contributions, log_odds

NAMES = COLUMNS
CLOSER = len(FEATURES) + len(MORE_FEATURES)


def two_trees() -> Trees:
    """One tree asks column 0 at 0.5, then column 1 at 0.2; the other is a leaf."""
    return Trees(
        roots=np.array([0, 5], dtype=np.int32),
        feature=np.array([0, 0, 1, 0, 0, 0], dtype=np.int16),
        threshold=np.array([0.5, np.inf, 0.2, np.inf, np.inf, np.inf], dtype=np.float32),
        left=np.array([1, 1, 3, 3, 4, 5], dtype=np.int32),
        right=np.array([2, 1, 4, 3, 4, 5], dtype=np.int32),
        value=np.array([0.0, -2.0, 2.0, 1.0, 3.0, 0.25], dtype=np.float32),
        depth=2,
        bias=-0.5,
    )


@pytest.mark.parametrize(
    ("row", "expected"), [([0.5, 9.0], -2.25), ([0.6, 0.2], 0.75), ([0.6, 0.3], 2.75)], ids=["left", "edge", "right"]
)
def test_log_odds_are_bias_and_leaves(row: list[float], expected: float) -> None:
    assert log_odds(two_trees(), np.array([row], dtype=np.float32)) == pytest.approx([expected])


def test_what_features_add_makes_the_sum() -> None:
    rows = np.array([[0.5, 9.0], [0.6, 0.3]], dtype=np.float32)
    added = contributions(two_trees(), rows)
    assert added == pytest.approx(np.array([[-2.0, 0.0], [2.0, 1.0]]))
    assert added.sum(axis=1) - 0.5 + 0.25 == pytest.approx(log_odds(two_trees(), rows))


def test_no_rows_give_no_scores() -> None:
    assert log_odds(two_trees(), np.zeros((0, 2), dtype=np.float32)).shape == (0,)


def test_rows_do_not_see_each_other() -> None:
    rows = np.random.default_rng(1).random((5000, len(NAMES))).astype(np.float32)
    for judge, columns in ((pairmodel.score_closely, CLOSER), (pairmodel.score_by_words, len(COLUMNS))):
        together = judge(rows[:, :columns])
        assert (judge(rows[4090:4100, :columns]) == together[4090:4100]).all()


@pytest.mark.parametrize("judge", [pairmodel.load_trees, pairmodel.load_last_trees], ids=["closer", "by words"])
@given(
    row=st.lists(st.floats(0, 1, width=32), min_size=len(NAMES), max_size=len(NAMES)), more=st.floats(0, 3, width=32)
)
def test_nothing_that_agrees_speaks_against_one_event_where_trees_judge(
    judge: Callable[[], Trees], row: list[float], more: float
) -> None:
    trees = judge()
    before = np.array([row], dtype=np.float32)
    for name in ("cve_shared", "title_found", "names", "subject", pairmodel.WORDING):
        after = before.copy()
        after[0, NAMES.index(name)] += more
        assert log_odds(trees, after) >= log_odds(trees, before) - 1e-5
    after = before.copy()
    after[0, NAMES.index("gap")] += more
    assert log_odds(trees, after) <= log_odds(trees, before) + 1e-5


def test_reasons_name_what_the_judging_model_used() -> None:
    rows = np.random.default_rng(2).random((3, len(NAMES))).astype(np.float32)
    for columns in (len(FEATURES), CLOSER, len(COLUMNS)):
        assert pairmodel.reasons(rows[:, :columns]).shape == (3, columns)
