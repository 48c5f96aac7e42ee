"""Strangers' markup before a parser sees it: a tag without end is cut short.

libxml2 compares each attribute of a tag with all before it: a megabyte of them takes half a minute, in any feed's
content or page.
"""

from __future__ import annotations

import re

#: Quoted values may be long (a picture in a "data:" address) and hold ">"; a mark that stands anywhere else than behind
#: "=" quotes nothing, as parsers have it: a stray one is no reason to look for another.
_VALUE = r"""=\s*+(?:"[^"]*"|'[^']*')"""
#: A tag up to its end. The text of a script is passed over with it: what follows "<" there is no tag.
_TAG = re.compile(
    rf"(?P<tag><(?:(?P<raw>script|style)(?![\w-])|[a-z])(?:[^>=]++|{_VALUE}|=)*+)(?(raw)(?P<text>>.*?(?:(?=</(?P=raw))|\Z))?)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(_VALUE)
#: Characters of a tag without its quoted values: four thousand short attributes at most.
_LONGEST = 20_000


def without_endless_tags(markup: str) -> str:
    """The markup, of tags that are longer than any that people write only the beginning."""
    return _TAG.sub(_short, markup) if len(markup) > _LONGEST else markup


def _short(found: re.Match[str]) -> str:
    tag, text = found["tag"], found["text"] or ""
    is_short = len(tag) <= _LONGEST or len(bare := _QUOTED.sub('=""', tag)) <= _LONGEST
    return found[0] if is_short else bare[:_LONGEST] + text
