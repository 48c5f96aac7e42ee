"""Names of flaws, malware and researchers: no product is called so, and a flaw with another name is another flaw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.facts.patterns import load
from pipeline.facts.spans import Passage
from pipeline.text.nicknames import CLOSE, OPEN, find_nicknames


@lru_cache(maxsize=1)
def _is_product() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(load('products')['kind'])})\s$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _beside() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = load("nicknames")
    before = rf"(?<!\w)(?:{_any([*words['malware'], *words['person']])})\s?(?:[,:(]\s?)?(?:{OPEN}\s?)?$"
    behind = rf"\s?{CLOSE}?\s(?:[\w-]+\s)?(?:{_any(words['malware'])})(?!\w)"
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
    """Names that one sentence gives, products' left out; asked for the same sentences by ids, asides and products."""
    return tuple(n.name for n in find_nicknames(text) if n.before is None or not _is_product().search(n.before))


def is_of_malware_or_person(text: str, start: int, end: int) -> bool:
    """Whether what stands around a name shows it as malware's, a gang's or a researcher's."""
    before, behind = _beside()
    return bool(before.search(text[max(0, start - 60) : start]) or behind.match(text, end))
