"""Numbers written in digits, with what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.numerals import NUMBER, parse_number
from pipeline.text.quantities.around import currency_before, quantity_around
from pipeline.text.quantities.quantity import Quantity
from pipeline.text.taken import Taken

#: A number that an extraction artefact parted: only before a scale word, or before three zeros.
_BROKEN = re.compile(r"(?:\.\s(\d{1,2})(?=\s?(?:million|billion|m\b|bn\b|mln|Mio|M€|milli))|,\s(000)(?!\d))")
_GLUED = re.compile(r"[A-Za-z_][-_]?$|[#@]$", re.ASCII)
_GLUED_CURRENCY = re.compile(r"(?:[A-Z]{3}|Rs|RMB|Fr)$")


def in_digits(text: str, tag: str, taken: Taken) -> Iterator[Quantity]:
    """Quantities in digits outside of what is taken, in order."""
    position = 0
    while match := NUMBER.search(text, position):
        position = match.end()
        if taken.at(match.start()):
            continue
        token, end = match[0], match.end()
        if tag == "en" and " " in token and not token.endswith(" 000"):  # no grouping in "Windows 11 200 users"
            token, end = token.split(" ")[0], match.start() + len(token.split(" ")[0])
        broken = _BROKEN.match(text, end)
        if broken and not taken.meets(end, broken.end()):  # "£1. 2 million", "100, 000": a space lost its way
            token, end = token + text[end] + (broken[1] or broken[2]), broken.end()
        value = parse_number(token, tag)
        if _glued_to_word(text, match.start()):
            position = max(end, position)
            continue
        prefix, start = currency_before(text, match.start(), tag)
        quantity = quantity_around(text, value, start, end, tag, prefix)
        position = max(quantity.end, match.end() if end >= match.end() else end)
        yield quantity


def _glued_to_word(text: str, start: int) -> bool:
    """ "iOS17", "AES-256", "GPT-5" and "#5" hold no quantity."""
    before = text[max(0, start - 4) : start]
    return bool(_GLUED.search(before)) and not _GLUED_CURRENCY.search(before)
