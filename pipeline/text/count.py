"""Numbers of things in English messages of the program."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """ "1 story", "2 stories", "2 days"; for nouns with a plural by the rule."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeo" else f"{noun}s"
    return f"{number} {noun if number == 1 else many}"
