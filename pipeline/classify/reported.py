"""Features of what a text reports was done to somebody: the measure, and how far it went.

Concepts say which words a text holds; that somebody was fined, and not only a fine spoken of, is read by the grammar of
pipeline.facts. It costs more than all concepts together, so only texts with a word of a measure are read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.concepts import concept_names
from pipeline.facts import find_sanctions

#: What speaks of a measure by itself, and what does so beside one of the others: a text without reports none. Of the
#: training sanctions with a measure those of the streams all pass, and 98 in 100 of our own words; of all items of the
#: streams 16 in 100.
_HARD = ("fine", "sanction", "export_control", "convict", "formal_step")
_SOFT = ("ban", "suspend", "lifted", "pays", "imposes", "cut_off")
_BESIDE = ("authority", "court", "state", "amount", "duration")
_KINDS = (
    "fine", "damages", "sentence", "conviction", "suspension", "ban", "restriction", "export_control", "designation",
    "asset_freeze", "licence_withdrawal", "formal_notice", "injunction", "lawsuit", "other",
)  # fmt: skip
_STATUSES = ("imposed", "proposed", "threatened", "upheld", "annulled", "lifted")
_ALONE, _PLAIN = "any measure", "measure in plain words"
_NAMES = (_ALONE, _PLAIN, *_KINDS, *_STATUSES)
_COLUMNS = {name: column for column, name in enumerate(_NAMES)}


def reported_feature_names() -> list[str]:
    """What each column of `reported_rows` says, for explanations."""
    return [f"{name} (reported)" for name in _NAMES]


def reported_rows(
    titles: Sequence[str], leads: Sequence[str], languages: Sequence[str | None], concepts: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Shape (n, features): 1.0 for each thing that title or first words report.

    Args:
        concepts: Of the same texts, from `concept_rows`; say which texts are worth reading.
    """
    rows = np.zeros((len(titles), len(_NAMES)), dtype=np.float32)
    for row in np.flatnonzero(_may_report(concepts)).tolist():
        rows[row] = _features(titles[row], leads[row], languages[row])
    return rows


def _may_report(concepts: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Shape (n,): whether title or first words hold a word of a measure."""
    names = concept_names()

    def hold(some: Sequence[str]) -> NDArray[np.bool_]:
        columns = np.array([names.index(name) for name in some])
        return np.asarray((concepts[:, np.concatenate([columns, columns + len(names)])] > 0).any(axis=1))

    return hold(_HARD) | (hold(_SOFT) & hold(_BESIDE))


def _features(title: str, lead: str, language: str | None) -> NDArray[np.float32]:
    """One row of `reported_rows`."""
    row = np.zeros(len(_NAMES), dtype=np.float32)
    said: list[str] = []
    for kind, status, is_plain in find_sanctions(title, lead, language):
        said += [_ALONE, kind, status, *([_PLAIN] if is_plain else [])]
    row[[_COLUMNS[name] for name in said if name in _COLUMNS]] = 1.0
    return row
