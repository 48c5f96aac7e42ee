"""Names of flaws, malware and researchers: no product is called so, and a flaw with another name is another flaw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.facts.patterns import load
from pipeline.facts.spans import Passage

_NAME = r"(?-i:[A-Z0-9][\w.+-]*[\w+](?: [A-Z0-9][\w.+-]*[\w+]){0,2})"
_OPEN, _CLOSE = "[“\"«„'‘「]", "[”\"»“'’」]"
#: What is called something may stand so far before, in code points.
_NEAR = 80


@lru_cache(maxsize=1)
def _introduced() -> re.Pattern[str]:
    words = load("nicknames")
    verbs = rf"(?:(?<![\w-])(?P<dubbed>{_any(words['dubbed'])})|(?<![\w-])(?P<called>{_any(words['called'])}))"
    what = rf"(?:(?:the|these|its) (?:\w+ ){{0,3}}?(?:{_any(words['harm'])}) |the )?"
    return re.compile(rf"{verbs}[:\s]{{0,2}}{what}(?:{_OPEN}\s?)?(?P<name>{_NAME})", re.IGNORECASE)


@lru_cache(maxsize=1)
def _harm() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(load('nicknames')['harm'])})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _is_product() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(load('products')['kind'])})\s$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _quoted() -> re.Pattern[str]:
    """ "“Copy Fail” flaw": a name in quotation marks beside the word for a flaw."""
    harm = _any(load("nicknames")["harm"])
    return re.compile(rf"{_OPEN}\s?(?P<name>{_NAME})\s?{_CLOSE}\s(?:{harm})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _beside() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = load("nicknames")
    before = rf"(?<!\w)(?:{_any([*words['malware'], *words['person']])})\s?(?:[,:(]\s?)?(?:{_OPEN}\s?)?$"
    behind = rf"\s?{_CLOSE}?\s(?:[\w-]+\s)?(?:{_any(words['malware'])})(?!\w)"
    return re.compile(before, re.IGNORECASE), re.compile(behind, re.IGNORECASE)


def _any(words: Sequence[str]) -> str:
    return "|".join(words)


def nicknames(passages: Sequence[Passage]) -> dict[str, int]:
    """Names that the text gives to flaws, attacks and malware, each with the number of the sentence that does."""
    found: dict[str, int] = {}
    for number, passage in enumerate(passages):
        for name in _given(passage.text):
            found.setdefault(name, number)
    return found


@lru_cache(maxsize=512)
def _given(text: str) -> tuple[str, ...]:
    """Names that one sentence gives; asked for the same sentences by ids, asides and products."""
    names: list[str] = []
    for match in _introduced().finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        if not _is_product().search(before) and (match["dubbed"] or _harm().search(match[0] + before)):
            names.append(match["name"])
    if any(sign in text for sign in "“\"«„'‘「"):
        names.extend(match["name"] for match in _quoted().finditer(text))
    return tuple(names)


def is_of_malware_or_person(text: str, start: int, end: int) -> bool:
    """Whether what stands around a name shows it as malware's, a gang's or a researcher's."""
    before, behind = _beside()
    return bool(before.search(text[max(0, start - 60) : start]) or behind.match(text, end))
