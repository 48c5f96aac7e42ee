"""Letters that rule a word pattern out without a search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.text.normalise import FIRST_IDEOGRAPH

_PLAIN = re.compile(r"(?:[^\W\d_]|[ -](?![?*{]))+")
_SHORTEST_HINT = 2


def hints(words: Sequence[str]) -> tuple[str, ...]:
    """Small letters of which one stands in any text that one of the patterns matches; none where a pattern has none."""
    found: list[str] = []
    for word in words:
        openings = _openings(word)
        if not openings:
            return ()
        found.extend(openings)
    return tuple(dict.fromkeys(found))


def holds_any(text: str, some: Iterable[str]) -> bool:
    """Whether one of these stands in the text."""
    for letters in some:  # noqa: SIM110 - asked of every sentence and rule; a generator doubles the time
        if letters in text:
            return True
    return False


def _openings(word: str) -> list[str]:
    """The letters that a pattern, or each choice of the group it opens with, begins with."""
    if word.startswith("(?:"):
        choices, rest = _choices(word)
        openings = [_openings(choice) for choice in choices]
        if rest[:1] in ("?", "*"):
            openings.append(_openings(rest[1:]))
        return [letters for some in openings for letters in some] if all(openings) else []
    match = _PLAIN.match(word)
    letters = match[0] if match else ""
    if match and word[match.end() : match.end() + 1] in ("?", "*", "{", "|"):
        letters = letters[:-1]
    is_long = len(letters) >= _SHORTEST_HINT or (letters and ord(letters[0]) > FIRST_IDEOGRAPH)
    return [letters.lower()] if is_long else []


def _choices(word: str) -> tuple[list[str], str]:
    """The choices of the group a pattern opens with, and what follows the group."""
    depth, start, choices = 0, 3, []
    for place, sign in enumerate(word):
        if word[place - 1 : place] == "\\" and word[place - 2 : place - 1] != "\\":
            continue
        if sign == "(":
            depth += 1
        elif sign == "|" and depth == 1:
            choices.append(word[start:place])
            start = place + 1
        elif sign == ")":
            depth -= 1
            if not depth:
                return [*choices, word[start:place]], word[place + 1 :]
    return [], ""
