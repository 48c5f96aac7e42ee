"""The phrase rules as shipped: data/*.toml, one file per kind of boilerplate."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rules, and every stem once."""

    rules: tuple[PhraseRule, ...]
    stems: tuple[str, ...]


@cache
def phrase_rules() -> Catalogue:
    """Read the rules; kept for the life of the process."""
    rules = tuple(rule for path in sorted(_DATA.glob("*.toml")) for rule in _read(path))
    return Catalogue(rules, tuple(sorted({stem for rule in rules for stem in rule.stems})))


def _read(path: Path) -> list[PhraseRule]:
    table = tomllib.loads(path.read_text("utf-8"))
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
