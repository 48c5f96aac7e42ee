"""Chinese in the full form of Taiwan and Hong Kong, written in the short form of the mainland, sign for sign."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pipeline.tables import read_table
from pipeline.text.tags import primary

_TABLE = Path(__file__).parent / "data" / "hanzi.toml"
#: Languages written in Chinese signs alone.
CHINESE = frozenset({"zh", "yue", "wuu"})


class _Signs(NamedTuple):
    short_of: dict[int, str]
    #: Any sign that has a short form.
    full: re.Pattern[str]


@lru_cache(maxsize=1)
def _signs() -> _Signs:
    """Read the table; kept for the life of the process."""
    table = read_table(_TABLE)
    full, short = table["full"].strip() + table["more_full"], table["short"].strip() + table["more_short"]
    pairs = {f: s for f, s in zip(full, short, strict=True) if f != s}
    return _Signs(str.maketrans(pairs), re.compile(f"[{''.join(pairs)}]"))


def in_short_form(text: str, language: str | None) -> str:
    """A Chinese text with each sign in its short form, as long as before; any other text as it is."""
    if primary(language) not in CHINESE or not _signs().full.search(text):
        return text
    return text.translate(_signs().short_of)
