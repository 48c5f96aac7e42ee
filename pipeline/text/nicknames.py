"""Names that a text gives to flaws, attacks and malware: "a flaw dubbed Rusty Anchor"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.tables import read_table
from pipeline.text.hints import hints, holds_any, small_letters
from pipeline.text.normalise import FIRST_IDEOGRAPH

_FILE = Path(__file__).parent / "data" / "nicknames.toml"
_NAME = r"(?-i:[A-Z0-9][\w.+-]*[\w+](?: [A-Z0-9][\w.+-]*[\w+]){0,2})"
_WIDE = chr(FIRST_IDEOGRAPH)
#: Marks that open and close a name.
_QUOTES = "“\"«„'‘「"
OPEN, CLOSE = f"[{_QUOTES}]", "[”\"»“'’」]"
#: What is called something may stand so far before, in code points.
NEAR = 80


@dataclass(frozen=True, slots=True)
class Nickname:
    """A name and what shows it."""

    name: str
    #: The text before the words that give it, NEAR code points; None for a name in quotation marks beside its kind.
    before: str | None
    #: Whether the nearest word for what is called so is one for a flaw.
    of_flaw: bool = False


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    return read_table(_FILE)


def _any(words: Sequence[str]) -> str:
    return "|".join(words)


def _whole(words: Sequence[str]) -> str:
    """Whole words; Chinese and Japanese ones stand in a run of letters."""
    spaced = [word for word in words if word[-1] < _WIDE]
    wide = [word for word in words if word[-1] >= _WIDE]
    return rf"(?<!\w)(?:{_any(spaced)})(?!\w)|{_any(wide)}"


@lru_cache(maxsize=1)
def _introduced() -> re.Pattern[str]:
    words = _words()
    start = rf"(?:(?<![\w-])|(?=[{_WIDE}-\uffff]))"
    verbs = rf"{start}(?:(?P<dubbed>{_any(words['dubbed'])})|(?P<called>{_any(words['called'])}))"
    what = rf"(?:(?:the|these|its) (?:\w+ ){{0,3}}?(?:{_any(words['harm'])}) |the )?"
    return re.compile(rf"{verbs}[:\s]{{0,2}}{what}(?:{OPEN}\s?)?(?P<name>{_NAME})", re.IGNORECASE)


@lru_cache(maxsize=1)
def _harm() -> re.Pattern[str]:
    return re.compile(_whole(_words()["harm"]), re.IGNORECASE)


@lru_cache(maxsize=1)
def _flaw() -> re.Pattern[str]:
    return re.compile(_any(_words()["flaw"]), re.IGNORECASE)


@lru_cache(maxsize=1)
def _quoted() -> re.Pattern[str]:
    """ "“Copy Fail” flaw": a name in quotation marks beside the word for a flaw."""
    harm = _any(_words()["harm"])
    return re.compile(rf"{OPEN}\s?(?P<name>{_NAME})\s?{CLOSE}\s(?P<kind>{harm})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _hints() -> tuple[str, ...]:
    return hints([*_words()["dubbed"], *_words()["called"]])


def find_nicknames(text: str) -> list[Nickname]:
    """Names that a text gives, in order of mention; those that stand in quotation marks last."""
    found: list[Nickname] = []
    lowered = small_letters(text)
    if holds_any(lowered, _hints()):
        for match in _introduced().finditer(text):
            before = text[max(0, match.start() - NEAR) : match.start()]
            kinds = _harm().findall(before + match[0])
            if match["dubbed"] or kinds:
                found.append(Nickname(match["name"], before, bool(kinds) and _is_flaw(kinds[-1])))
    if holds_any(text, _QUOTES):
        found.extend(Nickname(match["name"], None, _is_flaw(match["kind"])) for match in _quoted().finditer(text))
    return found


def _is_flaw(kind: str) -> bool:
    return _flaw().fullmatch(kind) is not None
