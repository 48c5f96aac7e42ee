"""Strangers' markup before a parser sees it: a tag without end is cut short.

libxml2 compares each attribute of a tag with all before it: a megabyte of them takes half a minute, in any feed's
content or page.
"""

from __future__ import annotations

import re

#: A tag up to its end, whatever stands in it. Quoted values may be long (a picture in a "data:" address).
_TAG = re.compile(r"""<[a-zA-Z][^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*""")
_QUOTED = re.compile(r"""\"[^"]*"|'[^']*'""")
#: Characters of a tag without its quoted values: four thousand short attributes at most.
_LONGEST = 20_000


def without_endless_tags(markup: str) -> str:
    """The markup, of tags that are longer than any that people write only the beginning."""
    return _TAG.sub(_short, markup) if len(markup) > _LONGEST else markup


def _short(tag: re.Match[str]) -> str:
    is_short = len(tag[0]) <= _LONGEST or len(bare := _QUOTED.sub('""', tag[0])) <= _LONGEST
    return tag[0] if is_short else bare[:_LONGEST]
