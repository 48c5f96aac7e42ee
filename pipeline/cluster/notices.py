"""Notices of flaws, which are known by their product or their number, beside reports that tell of no flaw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.features import OPENING, Table
from pipeline.cluster.guards import is_vague
from pipeline.cluster.signature import own_paragraphs, plain_title
from pipeline.model import Article
from pipeline.tables import read_table
from pipeline.text.normalise import FIRST_IDEOGRAPH

_FILE = Path(__file__).parent / "data" / "flaws.toml"
#: Code points of the text that are read: what is about a flaw says so at once.
_LEAD = 400


class Notices:
    """The notices of a batch; whether a report tells of a flaw is read when a pair is asked for, since few are."""

    def __init__(self, articles: Sequence[Article], table: Table, boilerplate: frozenset[tuple[str, str]]) -> None:
        self._articles, self._boilerplate = articles, boilerplate
        self._may_be = is_vague(table) | (table.title_cve_count > 0)
        self._numbered = table.cve_count > 0
        self._read: dict[int, bool] = {}
        self._forms: dict[int, bool] = {}

    def beside_no_flaw(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether one is a notice of a flaw and the other tells of none, by number or by word."""
        found = np.zeros(len(left), dtype=bool)
        for one, other in ((left, right), (right, left)):
            for row in np.flatnonzero(self._may_be[one] & ~self._numbered[other]).tolist():
                found[row] |= self._is_notice(int(one[row])) and not self._tells(int(other[row]))
        return found

    def _is_notice(self, row: int) -> bool:
        """Whether the title opens with a word for a flaw, as forms do, or with a CVE id."""
        if row not in self._forms:
            opening = " ".join(self._articles[row].title.split()[:OPENING])
            self._forms[row] = _pattern("flaw").search(opening) is not None
        return self._forms[row]

    def _tells(self, row: int) -> bool:
        if row not in self._read:
            article = self._articles[row]
            lead = "\n".join(own_paragraphs(article, self._boilerplate)[:3])[:_LEAD]
            self._read[row] = _pattern("flaw", "kind", "around").search(f"{plain_title(article)}\n{lead}") is not None
        return self._read[row]


@lru_cache(maxsize=2)
def _pattern(*groups: str) -> re.Pattern[str]:
    """Any word of these groups of data/flaws.toml."""
    table = read_table(_FILE)
    words = [word for group in groups for word in table[group]]
    spaced = "|".join(word for word in words if ord(word[-1]) < FIRST_IDEOGRAPH)
    wide = "|".join(word for word in words if ord(word[-1]) >= FIRST_IDEOGRAPH)
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|{wide}", re.IGNORECASE)
