"""Quantities of a text: dates, numbers in digits, numbers in words, each part of the text read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.text.dates import find_dates
from pipeline.text.identifiers import Identifier, find_identifiers
from pipeline.text.quantities.around import unit_after
from pipeline.text.quantities.digits import in_digits
from pipeline.text.quantities.quantity import Quantity
from pipeline.text.quantities.shared import with_shared_units
from pipeline.text.quantities.spelled import spelled_out
from pipeline.text.tags import primary
from pipeline.text.taken import Taken


def find_quantities(
    text: str, language: str | None, *, identifiers: Iterable[Identifier] | None = None
) -> list[Quantity]:
    """Find quantities in any text.

    Args:
        text: Any text.
        language: BCP 47 tag; decides between "1.500" = 1500 and 1.5 and names the words that are read.
        identifiers: What `find_identifiers` found, to save finding it again; numbers inside are no quantities.
    Returns:
        In order of position, without overlap. Number words of one to twenty and tens count ("two flaws"), except where
        the word has another common meaning and no unit follows.
    """
    tag = primary(language)
    tag = "en" if tag == "und" else tag
    taken = Taken(text)
    for item in find_identifiers(text) if identifiers is None else identifiers:
        if item.kind != "domain":
            taken.add(item.start, item.end)
    sources = (_dates(text, tag), in_digits(text, tag, taken), spelled_out(text, tag, taken))
    found = [quantity for source in sources for quantity in source if taken.claim(quantity.start, quantity.end)]
    return with_shared_units(text, sorted(found, key=lambda q: q.start))


def _dates(text: str, tag: str) -> Iterator[Quantity]:
    for start, end, value in find_dates(text, tag):
        unit = unit_after(text, end, tag) if value.isdecimal() else None
        if unit is None or unit.kind == "number":
            yield Quantity("date", value, None, start, end)
