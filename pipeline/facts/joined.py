"""Whom else a measure hits: names and descriptions joined to the first by a list ("Acme and three of its officers")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.facts.objects import is_many, phrase
from pipeline.facts.parties import is_kind
from pipeline.facts.speech import speech
from pipeline.text.names import Name

_LIST = re.compile(
    r",?\s(?:as well as|and|et|ainsi que|und|sowie|y|así como|e|nonché|bem como|en|evenals|oraz)\s"
    r"(?:(?:de|d['’]|à|a|to|against|contre|gegen)\s?)?(?:its?|his|her|their|two|son|sa|ses|leurs?|sus?|(?:il "
    r"|la )?su[oa]|seus?"
    r"|suas?|seine?[nrm]?|ihre?[nrm]?|deren|dessen|zijn|haar)\s(?:[a-zà-ÿ-]+\s?){1,4},?\s?"
    r"|\s(?:et|and|und|y|e|en)\s[€$£]?\d[\d.,]*\s?(?:[^,;.\d]{1,24}\s)?"
    r"(?:(?:à|to|a|aan|gegen)\s|à l['’]encontre (?:de\s|d['’]))"
    r"|\s(?:et|and|y|e)\s(?:une?|an?|otra|un['’]altra|outra)(?:\s(?:autre|other))?(?:\s(?:amende|fine|multa))?\s(?:de|of|di)\s"
    r"[€$£]?\d[\d.,]*\s?(?:[^,;.\d]{1,24}\s)?(?:(?:à|to|a|contre|against|contra|on)\s|à l['’]encontre (?:de\s|d['’]))"
    r"|\s?(?:\([^)]{1,12}\)\s?)?(?:,|and|et|und|y|e|&|、|和|及|/|ou|or)\s?(?:(?:and|et|und|y|e|ou encore|encore"
    r"|its subsidiary|parent company|sa maison mère|son président,?)\s)?"
    r"(?:(?:its|parent|subsidiary|company|sa|maison|mère|encore)\s){0,3}(?:the\s|la\s|le\s|l['’]|les\s)?",
    re.IGNORECASE,
)


#: "Acme | 7.2 billion roubles and | Examplia | 2 billion": each has a sum of its own.
_OWN_SUM_AND = re.compile(
    r"\s(?:(?:con|mit|per|with|met)\s)?(?:[€$£]\s?\d[\d.,]*\s?[^,;.\d]{0,20}?|\d[\d.,]*\s[^,;.\d]{2,30}?),?"
    r"\s(?:and|et|und|y|e|en)\s(?:a\s)?"
)
_OWN_SUM = re.compile(r"\s(?:(?:con|mit|per|with|met)\s)?[€$£]?\s?\d")


def together(text: str, names: Sequence[Name], first: Name, language: str | None) -> list[Name]:
    """The name and those joined to it, before and behind, six at most."""
    index = names.index(first)
    group = [first]
    for name in names[index + 1 :]:
        if not _is_joined(text, group[-1].end, name.start, language) and not _each_own(text, group[-1].end, name):
            break
        group.append(name)
    for name in reversed(names[:index]):
        if not _is_joined(text, name.end, group[0].start, language):
            break
        group.insert(0, name)
    return group[:6]


def with_more(text: str, names: Sequence[Name], told: list[Name], language: str | None) -> list[Name]:
    """Who is described, and the names joined to him."""
    group = list(told)
    for name in names:
        if name.start > group[-1].end and _is_joined(text, group[-1].end, name.start, language):
            group.append(name)
    return group


_AND = re.compile(r",?\s(?:and|et|y|e|ed|und|en|i|и)\s(?:(?:a|à|gegen|against|contre|contra|tegen)\s)?")


def and_others(text: str, group: list[Name], language: str | None, names: Sequence[Name]) -> list[Name]:
    """Names, and whom "and" joins to them without a name ("Examplia and three Russian nationals")."""
    joint = _AND.match(text, group[-1].end)
    other = phrase(text, joint.end(), speech(language), names, is_sure=False) if joint else None
    return [*group, other] if other is not None and is_many(text, other) else group


_AND_THE = re.compile(
    r"\.?,?\s(?:and|et|y|e|und|en|i|и|ed)\s(?:(?:a|à|al|au|against|contre|contra|gegen|tegen)\s)?(?:(?:the|le|la|les|el|los|las|il|lo"
    r"|die|der|das|den|de|het|o|os|as)\s)?(?P<kind>(?:[a-zà-ÿа-яёA-ZÄÖÜ-]+\s)?)"
)


def _each_own(text: str, end: int, name: Name) -> bool:
    """Whether who ends at `end` and the name after it are told with a sum each."""
    return bool(_OWN_SUM_AND.fullmatch(text, end, name.start) and _OWN_SUM.match(text, name.end))


def _is_joined(text: str, end: int, start: int, language: str | None) -> bool:
    """Whether "and" stands between, perhaps with what the second is ("y a la empresa")."""
    if _LIST.fullmatch(text, end, start):
        return True
    joint = _AND_THE.fullmatch(text, end, start)
    kind = joint["kind"].strip() if joint is not None else ""
    return joint is not None and (not kind or bool(speech(language).who.fullmatch(kind)) or is_kind(kind, language))
