"""Names that no measure hits: whose rival or owner somebody is, whom he works for, whom he did harm.

"Four years for the hacker who breached Dell" is about a hacker, "Uber rival Ridely fined" about Ridely. Other clues are
weighed; these are grammar, and whoever reads them otherwise says that a victim was punished.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.facts.capital_runs import CAPITAL
from pipeline.facts.described import WHO
from pipeline.facts.patterns import load
from pipeline.text.names import Name

_WORDS = load("bystanders")
_RUN = rf"{CAPITAL}(?: {CAPITAL}){{0,3}}"
#: The end of a clause: a mark, a dash; an apostrophe and a hyphen are within words.
_ENDS = re.compile(r"[,;:!?()|»”\"]|\.(?:\s|$)|\s[-–—]\s|$")


def is_bystander(name: Name, text: str, measure: tuple[int, int] | None = None) -> bool:
    """Whether a name is a bystander's in a sentence; behind a measure of the same clause it may be hit after all."""
    # "Uber-Konkurrent Ridely" is not what he is called, either.
    compound = any(found.start() == name.start for found in _HYPHENED.finditer(text, name.start, name.end))
    return compound or any(
        start <= name.start and name.end <= end and not (measure and start <= measure[0] < name.start)
        for start, end in _spans(text)
    )


@lru_cache(maxsize=256)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where bystanders are named."""
    return tuple(_named(text))


def _named(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_BESIDE, _OF, _APPOSED, _LINKED):
        yield from (found.span("name") for found in pattern.finditer(text))
    for opened in _RELATIVE.finditer(text):
        end = _ENDS.search(text, opened.end())
        yield opened.end(), end.start() if end else len(text)


def _any(words: str) -> str:
    return "|".join(_WORDS[words])


_BESIDE = re.compile(rf"(?<![\w-])(?P<name>{_RUN})(?:['’]s)? (?:{_any('beside')}) (?={CAPITAL})")
_HYPHENED = re.compile(rf"(?<![\w-]){_RUN}-(?i:{_any('hyphened')})(?!\w)")
_RIVAL_OF = rf"(?i:{_any('of')}) (?:{_any('with')})(?: (?:la|las|los|le|les|the) |['’]|\s)"
_OF = re.compile(rf"(?<!\w){_RIVAL_OF}(?P<name>{_RUN})")
#: "Ridely, | Konkurrent von Uber": German writes what somebody is with a capital.
_APPOSED = re.compile(rf",\s(?P<name>{_RIVAL_OF}{_RUN})")
_LINKED = re.compile(rf"(?<!\w)(?i:{_any('linked')}) (?:[\w'’-]{{2,16}} ){{0,2}}?(?P<name>{_RUN})")
#: "hacker", "hacker (24)", "hacker, 24,": in English only persons have "who".
_PERSON = rf"(?<!\w)(?i:(?!(?:{_any('bodies')})(?!\w))(?:{WHO}|{_any('persons')}))(?:[”»\"'’]|\s\(\d\d\)|,?\s\d\d)?,?"
_RELATIVE = re.compile(rf"(?:{_PERSON}\s(?:{_any('relative')})|[a-z],?\swho|(?<!\w)(?i:gang|ring|man)\sthat)\s")
