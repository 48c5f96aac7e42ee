"""One spelling for a word in any case, as patterns without case see it."""

from __future__ import annotations


def caseless(word: str) -> str:
    """The same for whatever a pattern that ignores case takes for one word.

    To such a pattern i, ı, I and İ are one letter, and s and ſ another; small letters are not: "EKİM" would become
    "eki̇m" and "KASIM" "kasim", which stand in no table beside "ekim" and "kasım".
    """
    return word.replace("İ", "i").replace("ı", "i").casefold()
