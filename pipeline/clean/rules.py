"""The phrase rules as shipped: data/*.toml, one file per kind of boilerplate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.tables import read_table
from pipeline.text.hints import Letters

_DATA = Path(__file__).parent / "data"
#: `fold` takes the marks off Cyrillic letters too; the data keeps the usual spelling.
_FOLDED_CYRILLIC = str.maketrans("йё", "ие")
_LONGEST = {"sentence": 450, "block": 220}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseRule:
    """One rule: `pattern` is matched at the start of a folded sentence or block (no case, no accents)."""

    kind: str
    name: str
    #: Language the phrase is in; "und" where it looks the same in several.
    language: str
    scope: Literal["sentence", "block"]
    #: One of these must occur in the lower-case text before the pattern is tried; no accents where spelling varies.
    stems: tuple[str, ...]
    pattern: re.Pattern[str]
    #: Longest unit the rule may take, in characters.
    longest: int
    why: str
    #: A text that the rule removes.
    case: str

    @property
    def full_name(self) -> str:
        """Name as recorded on what was removed, e.g. "newsletter/fr-restez-informe"."""
        return f"{self.kind}/{self.name}"


class Catalogue:
    """All rules, and which of them a text calls up: one of their stems occurs in it."""

    def __init__(self, rules: tuple[PhraseRule, ...]) -> None:
        self.rules = rules
        by_stem: dict[str, list[int]] = {}
        for number, rule in enumerate(rules):
            for stem in rule.stems:
                by_stem.setdefault(stem, []).append(number)
        self._by_stem = list(by_stem.values())
        self._stems = Letters(tuple(by_stem))

    def called(self, lowered: str) -> list[int]:
        """Numbers of the rules that a text in lower case calls up, ascending."""
        return sorted({number for stem in self._stems.held_by(lowered) for number in self._by_stem[stem]})


@cache
def phrase_rules() -> Catalogue:
    """Read the rules; kept for the life of the process."""
    rules = tuple(rule for path in sorted(_DATA.glob("*.toml")) for rule in _read(path))
    return Catalogue(rules)


def _read(path: Path) -> list[PhraseRule]:
    table = read_table(path)
    return [
        PhraseRule(
            kind=path.stem,
            name=row["name"],
            language=row["name"].split("-")[0],
            scope=row.get("scope", "sentence"),
            stems=tuple(row["stems"]),
            pattern=re.compile(row["pattern"].translate(_FOLDED_CYRILLIC)),
            longest=row.get("longest", _LONGEST[row.get("scope", "sentence")]),
            why=row.get("why", table["why"]),
            case=row["case"],
        )
        for row in table["rule"]
    ]
