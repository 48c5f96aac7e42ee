"""The phrase rules as shipped: data/*.toml, one file per kind of boilerplate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.tables import read_table

_DATA = Path(__file__).parent / "data"
#: `fold` takes the marks off Cyrillic letters too; the data keeps the usual spelling.
_FOLDED_CYRILLIC = str.maketrans("йё", "ие")
_WORD = re.compile(r"\w+")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
#: Letters of a word that a stem is indexed by: as many of these as it has.
_BEGINNINGS = (4, 5, 6)
#: Tokens remembered with their words.
_MOST_TOKENS = 60_000
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
    """All rules, and a quick way to the stems that occur in a text.

    Looking for each of the 800 stems takes 2 ms a page; so a stem is looked for only when the text has a word that
    begins
    like its longest word.
    """

    def __init__(self, rules: tuple[PhraseRule, ...]) -> None:
        self.rules = rules
        self.stems = tuple(sorted({stem for rule in rules for stem in rule.stems}))
        #: Numbers of the rules that a stem calls up.
        self.by_stem: dict[str, list[int]] = {}
        for number, rule in enumerate(rules):
            for stem in rule.stems:
                self.by_stem.setdefault(stem, []).append(number)
        self._by_beginning: dict[str, list[str]] = {}
        self._east_asian: list[str] = []
        self._always: list[str] = []
        for stem in self.stems:
            words = _WORD.findall(stem)
            longest = max(words, key=len, default="")
            if _EAST_ASIAN.search(stem) or any(rules[number].language in ("ja", "zh") for number in self.by_stem[stem]):
                self._east_asian.append(stem)
            if _EAST_ASIAN.search(stem):
                continue
            if len(longest) < min(_BEGINNINGS) and (not words or stem.endswith(longest)):
                self._always.append(stem)
            else:
                self._by_beginning.setdefault(longest[: max(_BEGINNINGS)], []).append(stem)
        #: Stems that are a beginning themselves: where that occurs, they do.
        self._certain = frozenset(stem for stem in self.stems if len(stem) in _BEGINNINGS and _WORD.fullmatch(stem))
        self._certain -= {*self._always, *self._east_asian}
        #: Whole words inside a stem; the text must have them all.
        self._inner = {stem: frozenset(_WORD.findall(stem)[1:-1]) for stem in self.stems}
        #: Beginning of the last word of a stem of several.
        self._last = {stem: _ending(stem) for stem in self.stems}
        self._known_beginnings = frozenset({*self._by_beginning, *self._last.values()})
        #: What stands between two spaces -> its words, and their first letters that are among those.
        self._tokens: dict[str, tuple[str, ...]] = {}

    def stems_in(self, lowered: str) -> tuple[str, ...]:
        """Stems that occur in a text in lower case."""
        words = self._words(lowered)
        if not words:
            return ()
        inner, last = self._inner, self._last
        maybe = [
            stem
            for key in self._by_beginning.keys() & words
            for stem in self._by_beginning[key]
            if inner[stem] <= words and (not last[stem] or last[stem] in words)
        ] + self._always
        if not lowered.isascii() and max(words) >= "\u3040":
            maybe += self._east_asian
        certain = self._certain
        return tuple(sorted({stem for stem in maybe if stem in certain or stem in lowered}))

    def _words(self, lowered: str) -> set[str]:
        """The words of a text and their first letters, where a stem or the last word of one begins so."""
        tokens, known = set(lowered.split()), self._tokens
        try:
            return set().union(*[known[token] for token in tokens])
        except KeyError:
            return set().union(*map(self._token_words, tokens))

    def _token_words(self, token: str) -> tuple[str, ...]:
        found = self._tokens.get(token)
        if found is None:
            if len(self._tokens) > _MOST_TOKENS:
                self._tokens.clear()
            words = _WORD.findall(token)
            beginnings = {word[:letters] for letters in _BEGINNINGS for word in words} & self._known_beginnings
            found = self._tokens[token] = (*words, *beginnings)
        return found


def _ending(stem: str) -> str:
    words = _WORD.findall(stem)
    return words[-1][: max(_BEGINNINGS)] if len(words) > 1 and len(words[-1]) >= min(_BEGINNINGS) else ""


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
