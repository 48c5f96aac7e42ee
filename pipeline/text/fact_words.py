"""Facts in the words of a language: "ban", "ban lifted", "fine (annulled)", "European Commission", "FSC (KR)"."""

from __future__ import annotations

import re
from typing import Protocol

#: Bodies of one short name in several lands are known by name and land; names such as CERT-FR are whole.
_OF_A_LAND = re.compile(r"\A((?!CERT-|NCSC-).{2,})-([A-Z]{2})\Z")


class Words(Protocol):
    """The words of a language, by "table.key"."""

    def __call__(self, key: str) -> str:
        """The words themselves."""

    def has(self, key: str) -> bool:
        """Whether there are any."""


def measure_in_words(measure: str, status: str | None, say: Words) -> str:
    """What a card and the line on changes say of a measure; without words for it the measure as it stands."""
    if say.has(f"measures.{measure}_{status}"):
        return say(f"measures.{measure}_{status}")  # "licence withdrawn (lifted)" would read as a riddle
    words = say(f"measures.{measure}") if say.has(f"measures.{measure}") else measure
    if measure == "lawsuit" and status == "proposed":
        return words  # "lawsuit (proposed)" would say that none was filed
    told = say(f"statuses.{status}") if status and say.has(f"statuses.{status}") else ""
    return f"{words} ({told})" if told else words


def authority_in_words(name: str, say: Words) -> str:
    """An authority's name in the reader's language, else its own, with the land where several share it."""
    return say(f"authorities.{name}") if say.has(f"authorities.{name}") else _OF_A_LAND.sub(r"\1 (\2)", name)
