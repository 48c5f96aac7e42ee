"""Whom a measure hits where capitals show no name: descriptions, and the grammar of Chinese and Japanese."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.facts.actors import Actor
from pipeline.facts.parties import ANYBODY
from pipeline.facts.patterns import Trigger, load
from pipeline.text.names import Name

_CLAUSE = re.compile(r"[;:|。；，]|,\s|\s[-–—]\s|[«»“”\"]|(?<![A-Z])\.\s")
WHO = f"(?:{'|'.join(load('people')['who'])})"
#: "A former IT employee", "une notaire", "Two Scattered Spider hackers": who it is when no name is given.
_PERSON = re.compile(
    rf"((?:[\w'’.-]+\s){{0,4}}?{WHO}(?:\s(?:de \d+ ans|en cybersécurité|chinois(?:es)?|de maintenance|présumés"
    rf"|\w+ais d['’]\w+ \w+))?)(?!\w)",
    re.IGNORECASE,
)
PERSON_TAIL = re.compile(rf"{WHO}$", re.IGNORECASE)
_ROLE_TAIL = re.compile(rf"(?<!\w)(?:{'|'.join(load('people')['role'])})$", re.IGNORECASE)
_PERSON_HEAD = re.compile(rf"(?:ex-)?{WHO} (?:of|de|du|des|d['’]|von|der|vom|di|del|da|do|van|w|z)\s?", re.IGNORECASE)
#: What follows a role up to a name: "Entwickler von LockHive".
_OF_NAME = re.compile(
    r" (?:of|de|du|des|d['’]|von|vom|der|di|del|della|do|da|van) ?(?:the |la |le |l['’]|der "
    r"|het )?(?:[a-zà-ÿß-]+ ){0,3}?"
    r"(?-i:[A-ZÀ-Þ])[\w’'-]+(?: (?-i:[A-ZÀ-Þ])[\w’'-]+){0,2}"
)
#: What a description does not start with: it is cut after the last of these.
_STOP = re.compile(
    r"^.*\b(?:the|a|an|to|on|of|by|any|all|some|several|un|une|le|la|les|des|du|de|son|sa|ses|plusieurs|ce|cet"
    r"|cette|ein|eine|einen|der|die|das|den|el|los|las|il|gli|o|os|een|het"
    r"|von|vom|van|di|da|do|em|per|por|para|pour|für|voor|dla|tegen|gegen|contre|contra|tegoeden|Vermögen|avoirs"
    r"|beni|bienes"
    r"|mutmaßliche?[nrs]?|presunt[oa]s?|présumée?s?|alleged|vermeintliche?[nrs]?|domniemany"
    r"|against|sanctions|sanctionne\w*|has|have|is|are|was|et|and|in|for|que|qui|his|her|their|its|nouveau)\s",
    re.IGNORECASE | re.DOTALL,
)
_ELIDED = re.compile(r"^[dlDL]['’]")
#: "leader of online swatting ring" runs up to the verb.
_OF_WHAT = re.compile(
    r"((?: (?:of|de|d['’]|en|at|in) ?[^,;:.]{3,40}?)?)\s(?:(?:is|was|were|has been|have been|est|a été|ont été"
    r"|wird|wurde)\s)?",
    re.IGNORECASE,
)
_PERSON_CJK = re.compile(
    r"([^、。，]{0,8}の(?:男性?|女性?)(?=に|が|を)|程序员|大学生|黑客|男子|女子|公司|企业|开发者|工程师)"
)
_LEGAL_AFTER = re.compile(r"\s(?:Decision|Implementing|Regulation|Directive|Act)\b")


def clause_start(text: str, start: int) -> int:
    """Where the clause begins that runs up to `start`."""
    opening = 0
    for match in _CLAUSE.finditer(text, max(0, start - 400), start):
        opening = match.end()
    return opening


def described(text: str, trigger: Trigger, span: tuple[int, int]) -> list[Name]:
    """A description in place of a name ("Former New Jersey officer sentenced …")."""
    if trigger.form == "suffers":
        opening = clause_start(text, span[0])
        matches = list(_PERSON.finditer(text, opening, span[0]))
    else:
        matches = list(_PERSON.finditer(text, span[1], min(len(text), span[1] + 160)))
    matches = [m for m in matches if not _LEGAL_AFTER.match(text, m.end(1))]
    for match in matches[:1]:
        start, end = match.span(1)
        if stop := _STOP.match(text[start:end]):
            start += stop.end()
        if elided := _ELIDED.match(text[start:end]):
            start += elided.end()
        if trigger.form == "suffers" and (more := _OF_WHAT.fullmatch(text, end, span[0])):
            end = more.end(1)
        elif _ROLE_TAIL.search(text[start:end]) and (more := _OF_NAME.match(text, end)):
            end = more.end()
        if start < end and not ANYBODY.match(text[start:end]):
            return [Name(text[start:end], start, end)]
    cjk = [m for m in _PERSON_CJK.finditer(text) if not ANYBODY.match(m[1])]
    side = [m for m in cjk if (m.end() <= span[0] + 2) == (trigger.form == "suffers")] or cjk
    near = min(side, key=lambda m: abs(m.end() - span[0]), default=None)
    return [Name(near[1], near.start(1), near.end(1))] if near else []


_INSTITUTION = re.compile(
    r"[\w.’'-]+ (?:Bank|Banque|Hospital|Hôpital|School|University|Council|Group|Groupe|Center|Centre|Company|Retailer)$"
)
_CJK_TARGETS = tuple(re.compile(pattern) for pattern in load("cjk_targets")["patterns"])
_CJK_NOBODY = re.compile(load("cjk_targets")["nobody"])
_CJK_KIND = re.compile(rf"^.*(?:{'|'.join(sorted(load('cjk_targets')['kinds'], key=len, reverse=True))})(?=..)")


def named_in_cjk(text: str, found: Sequence[Actor]) -> list[Name]:
    """Whom the grammar of a Chinese or Japanese sentence shows as hit, without what it says of his kind."""
    for pattern in _CJK_TARGETS:
        for match in pattern.finditer(text):
            start, end = match.span("who")
            if kind := _CJK_KIND.match(text[start:end]):
                start += kind.end()
            name = text[start:end].strip("“”\"'「」《》 ")
            start = text.index(name, start) if name else start
            is_actor = any(a.start < start + len(name) and start < a.end for a in found if a.level != "government")
            if len(name) > 1 and not _CJK_NOBODY.search(name) and not is_actor:
                return [Name(name, start, start + len(name))]
    return []


def is_description(name: str) -> bool:
    """Whether the words say who somebody is rather than a name ("Former officer", "hacker of Exampletown")."""
    if name[:1].isupper() and _INSTITUTION.search(name):
        return False  # "Acme Bank" is called so
    return bool(PERSON_TAIL.search(name) or _PERSON_HEAD.match(name) or _PERSON_CJK.fullmatch(name))
