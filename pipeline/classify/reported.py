"""Features of what a text reports was done to somebody: the measure, and how far it went.

Concepts say which words a text holds; that somebody was fined, and not only a fine spoken of, is read by the grammar of
pipeline.facts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.facts import find_sanctions

_KINDS = (
    "fine", "damages", "sentence", "conviction", "suspension", "ban", "restriction", "export_control", "designation",
    "asset_freeze", "licence_withdrawal", "formal_notice", "injunction", "lawsuit", "other",
)  # fmt: skip
_STATUSES = ("imposed", "proposed", "threatened", "upheld", "annulled", "lifted")
#: A lowered measure stands: too rare to be learned by itself.
_COUNTS_AS = {"reduced": "upheld"}
_ALONE, _PLAIN = "any measure", "measure in plain words"
_NAMES = (_ALONE, _PLAIN, *_KINDS, *_STATUSES)
_COLUMNS = {name: column for column, name in enumerate(_NAMES)}


def reported_feature_names() -> list[str]:
    """What each column of `reported_rows` says, for explanations."""
    return [f"{name} (reported)" for name in _NAMES]


def reported_rows(titles: Sequence[str], leads: Sequence[str], languages: Sequence[str | None]) -> NDArray[np.float32]:
    """Shape (n, features): 1.0 for each thing that title or first words report."""
    rows = np.zeros((len(titles), len(_NAMES)), dtype=np.float32)
    for row, text in zip(rows, zip(titles, leads, languages, strict=True), strict=True):
        row[:] = _features(*text)
    return rows


def _features(title: str, lead: str, language: str | None) -> NDArray[np.float32]:
    """One row of `reported_rows`."""
    row = np.zeros(len(_NAMES), dtype=np.float32)
    said: list[str] = []
    for kind, status, is_plain in find_sanctions(title, lead, language):
        said += [_ALONE, kind, _COUNTS_AS.get(status, status), *([_PLAIN] if is_plain else [])]
    row[[_COLUMNS[name] for name in said if name in _COLUMNS]] = 1.0
    return row
