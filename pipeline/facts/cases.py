"""Whom a measure hits where an ending behind his name says so: in Turkish, by its case."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.facts.parties import parties
from pipeline.facts.patterns import load
from pipeline.facts.roles import Actor
from pipeline.text.names import Name
from pipeline.text.tags import primary

_WORDS = load("grammar_targets")["turkish"]
#: Endings behind the apostrophe of a name, the surest first: "Examplia'ya ceza", "Examplia'yı engelledi".
_ENDINGS = tuple(re.compile(rf"\.?['’](?:{ending})(?!\w)") for ending in _WORDS["endings"])
#: Words behind a name without an ending that make it the one hit: "Examplia hakkında", "Examplia yasağı".
_BEHIND = re.compile(rf"\s(?:{'|'.join(_WORDS['behind'])})", re.IGNORECASE)
#: What somebody is, in front of his name: "sanık Jo Doe".
_KIND = re.compile(rf"(?:(?:{'|'.join(_WORDS['kinds'])})\s)+", re.IGNORECASE)
#: "Examplia'nın kurucusuna": somebody of a firm, which is not hit itself.
_OF_ROLE = re.compile(rf"['’]n?[ıiuü]n\s(?:eski\s)?(?:{'|'.join(_WORDS['roles'])})", re.IGNORECASE)
_AND = re.compile(r"\s(?:ve|ile)\s|,\s")
_NOBODY = re.compile(rf"(?:{'|'.join(_WORDS['nobody'])})$", re.IGNORECASE)


def has_cases(language: str | None) -> bool:
    """Whether endings behind names tell who is hit in a language."""
    return primary(language) == "tr"


def named_by_case(text: str, span: tuple[int, int], found: Sequence[Actor], language: str | None) -> list[Name]:
    """Who stands in the case of whom something is done to: the name in front of the measure that is nearest to it.

    Args:
        span: The words of the measure; (0, 0) where only the place is known.
    """
    bare = (_bare(text, name, found) for name in parties(text, language))
    names = [n for n in bare if n is not None and not _NOBODY.search(n.text)]
    limit = span[1] or len(text)
    in_front = [n for n in names if n.end < limit]
    in_front = [n for n in in_front if not _OF_ROLE.match(text, n.end)]
    for ending in (*_ENDINGS, _BEHIND):
        marked = [n for n in in_front if ending.match(text, n.end)]
        if marked:
            return _with_joined(text, names, marked[-1])
    if _RELATIVE.search(text[: span[1]]) and (behind := [n for n in names if n.start > span[1]]):
        return _list_from(text, behind)
    return [n for n in in_front[:1] if _is_passive_subject(text, n, span)]


#: "ceza verilen Examplia", "listeye alınan": whom it hits stands behind a participle.
_RELATIVE = re.compile(r"(?:[lnr][ae]n|[dt][ıiuü]ğ[ıiuü])$")


def _list_from(text: str, names: Sequence[Name]) -> list[Name]:
    """The first name and those joined to it behind."""
    group = [names[0]]
    for name in names[1:]:
        if not _AND.fullmatch(text, group[-1].end, name.start):
            break
        group.append(name)
    return group


#: "Examplia 3 milyon lira ödeyecek": who pays or gets it stands in front without an ending.
_SUFFERS = re.compile(_WORDS["suffers"], re.IGNORECASE)


def _is_passive_subject(text: str, name: Name, span: tuple[int, int]) -> bool:
    """Whether a name that opens the sentence is said to suffer the measure."""
    before = text[: name.start].strip(" “\"'‘«")
    is_first = not before or bool(_KIND.fullmatch(f"{before} "))
    return is_first and bool(_SUFFERS.search(text, span[0]))


def _bare(text: str, name: Name, found: Sequence[Actor]) -> Name | None:
    """A name without the authority and the words for somebody in front of it; None where nothing is left."""
    start = max((a.end + 1 for a in found if a.start <= name.start < a.end), default=name.start)
    if kind := _KIND.match(text, start, name.end):
        start = kind.end()
    if start >= name.end or any(a.start < name.end and start < a.end for a in found):
        return None
    return Name(text[start : name.end], start, name.end)


def _with_joined(text: str, names: Sequence[Name], last: Name) -> list[Name]:
    """A name and those joined to it in front; only the last of a list has the ending."""
    group = [last]
    for name in reversed([n for n in names if n.end < last.start]):
        if not _AND.fullmatch(text, name.end, group[0].start):
            break
        group.insert(0, name)
    return group
