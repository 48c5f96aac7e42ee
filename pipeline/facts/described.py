"""Whom a measure hits where capitals show no name: descriptions, and the grammar of Chinese and Japanese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from pipeline.facts.parties import ANYBODY, without_currency
from pipeline.facts.patterns import Trigger, load
from pipeline.facts.roles import Actor
from pipeline.facts.speech import speech
from pipeline.text.names import Name
from pipeline.text.scripts import UNSPACED_LETTER

_CLAUSE = re.compile(r"[;:|。；，]|,\s|\s[-–—]\s|[«»“”\"]|(?<![A-Z])\.\s")
#: Persons and bodies in any language.
WHO = f"(?:{'|'.join(dict.fromkeys(chain.from_iterable(load('people')['who'].values())))})"
PERSON_TAIL = re.compile(rf"(?<!\w){WHO}$", re.IGNORECASE)
_ROLE_TAIL = re.compile(rf"(?<!\w)(?:{'|'.join(load('people')['role'])})$", re.IGNORECASE)
_PERSON_HEAD = re.compile(rf"(?:ex-)?{WHO} (?:of|de|du|des|d['’]|von|der|vom|di|del|da|do|van|w|z)\s?", re.IGNORECASE)
#: What follows a role up to a name: "Entwickler von LockHive".
_OF_NAME = re.compile(
    r" (?:of|de|du|des|d['’]|von|vom|der|di|del|della|do|da|van) ?(?:the |la |le |l['’]|der "
    r"|het )?(?:[a-zà-ÿß-]+ ){0,3}?"
    r"(?-i:[A-ZÀ-Þ])[\w’'-]+(?: (?-i:[A-ZÀ-Þ])[\w’'-]+){0,2}"
)
_OF_NAME_ONLY = re.compile(
    r" (?:of|de|du|d['’]|von|vom|di|del|della|dell['’]|do|da|van) ?(?:the |la |le |l['’])?"
    r"(?:[A-ZÀ-Þ])[\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+){0,2}"
)
#: What a description does not start with: it is cut after the last of these.
_STOP = re.compile(
    r"^.*\b(?:the|a|an|to|on|of|by|any|all|some|several|un|une|le|la|les|des|du|de|son|sa|ses|plusieurs|ce|cet"
    r"|cette|ein|eine|einen|der|die|das|den|el|los|las|il|gli|o|os|een|het"
    r"|von|vom|van|di|da|do|em|per|por|para|pour|für|voor|dla|tegen|gegen|contre|contra|tegoeden|Vermögen|avoirs"
    r"|beni|bienes"
    r"|mutmaßliche?[nrs]?|presunt[oa]s?|présumée?s?|alleged|vermeintliche?[nrs]?|domniemany"
    r"|mot|mod|till|til|för|av|att|en|ett|et|den|det|przeciwko|wobec|dla|na|od|z|ze|przez|proti|vůči|pro|против|проти|для|на|с|со"
    r"|у|к|из|от|в отношении|щодо|з|із|до|від|за"
    r"|against|from|with|over|after|using|targets?|targeting|hits?|sanctions|sanctionne\w*|has|have|is|are|was|et|and|in|for|que|qui|his|her|their|its|nouveau)\s",
    re.IGNORECASE | re.DOTALL,
)
_ELIDED = re.compile(r"^[dlDL]['’]")
#: "hacker 'Snoopy' sentenced": what he is called.
_ALIAS = re.compile(r"\s[‘'“\"«]\s?(?P<name>[A-ZÀ-Þ][^’'”\"»]{1,30}?)\s?[’'”\"»](?=\s(?!case))")
#: "leader of online swatting ring" runs up to the verb.
_OF_WHAT = re.compile(
    r"((?: (?:(?:of|from|des?|du|del|dell[aeo]|dei|degli|en|at|in|aus|uit|z|из|van|von|vom|der|di|do|da|dos|das) "
    r"|d['’])[^,;:.]{3,40}?"
    r"| [a-zà-ÿ-]{4,} (?:of|de|d['’]|von|di|del|da) ?(?-i:[A-ZÀ-Þ])[^,;:.]{2,40}?)?)\s"
    r"(?:(?:is|was|were|has been|have been|will be|est|sont|a été|ont été|son|fue|fueron|ha sido|han sido"
    r"|sono(?: stat[ie])?|è stat[oa]|foi|foram|são|zijn|werd|werden|worden|ser(?:a|ont|ait|aient|á|án|ão)|sar(?:à|anno)"
    r"|wird|wurde)\s)?",
    re.IGNORECASE,
)
_ROMANCE = frozenset({"fr", "es", "it", "pt", "ro", "ca"})
#: "trois hébergeurs | russes | sanctionnés": Romance adjectives stand behind whom they describe.
_LIKE_WHAT = re.compile(
    r"((?: (?!(?:est|sont|ont|été|fue|son|sono|foram|être|comme|pour|dans|avec|après|avoir|vient|viennent"
    r"|ser(?:a|ont|ait|aient|á|án|ía|ían|ão|ia)|étai(?:en)?t|sar(?:à|anno|ebbe))\s)"
    r"(?:on[ -]line|[a-zà-ÿ-]{4,}(?<!ment))){1,3}) "
    r"(?:(?:est|sont|a été|ont été|è stato|sono stati|ha sido|han sido|fue|fueron|foi|foram) )?"
)
_PERSON_CJK = re.compile(
    r"([^、。，]{0,8}の(?:男性?|女性?)(?=に|が|を)"
    r"|(?:\d{1,2} ?岁的?)?(?:(?:[一二两三四五六七八九十]|\d{1,3})名)?"
    r"(?:程序员|大学生|黑客|男子|女子|公司|企业|开发者|工程师|少年|员工|前员工))"
)
#: "logiciel espion" is nobody.
_PROGRAM = re.compile(r"(?:logiciels?|programm[aei]s?|software(?= esp| spi))\s\w+$", re.IGNORECASE)
_LEGAL_AFTER = re.compile(r"\s(?:Decision|Implementing|Regulation|Directive|Act)\b")


@lru_cache(maxsize=16)
def _person(language: str | None) -> re.Pattern[str]:
    """ "A former IT employee", "une notaire", "Two Scattered Spider hackers": who it is when no name is given."""
    who = speech(language).who.pattern
    return re.compile(
        rf"((?:[\w'’.-]+\s){{0,4}}?(?P<who>{who})(?:[\s-]{who})*"
        rf"(?:\s(?:informatiques?|informátic[oa]s|informatici|de \d+ ans|en cybersécurité"
        rf"|chinois(?:es)?|de maintenance|présumés"
        rf"|\w+ais d['’]\w+ \w+))?)(?!\w)",
        re.IGNORECASE,
    )


def clause_start(text: str, start: int) -> int:
    """Where the clause begins that runs up to `start`; a comma right in front parts nothing ("Un médico, multado")."""
    before, opening = 0, 0
    for match in _CLAUSE.finditer(text, max(0, start - 400), start):
        before, opening = opening, match.end()
    return before if opens_behind_comma(text, opening, start) else opening


def opens_behind_comma(text: str, opening: int, start: int) -> bool:
    """Whether nothing but a comma stands in front of a place where a clause might begin."""
    return opening > 0 and not text[opening:start].strip() and text[:opening].rstrip().endswith(",")


def described(text: str, trigger: Trigger, span: tuple[int, int], language: str | None) -> list[Name]:
    """A description in place of a name ("Former New Jersey officer sentenced …")."""
    person = _person(language)
    is_romance = (language or "")[:2] in _ROMANCE
    if trigger.form == "suffers":
        opening = clause_start(text, span[0])
        matches = list(person.finditer(text, opening, span[0]))
    else:
        matches = list(person.finditer(text, span[1], min(len(text), span[1] + 160)))
    matches = [m for m in matches if not _LEGAL_AFTER.match(text, m.end(1)) and not _PROGRAM.search(m[1])]
    for match in matches[:1]:
        start, end = match.span(1)
        if stop := _STOP.match(text[start : match.start("who")]):
            start += stop.end()
        if elided := _ELIDED.match(text[start:end]):
            start += elided.end()
        if trigger.form == "suffers" and (more := _OF_WHAT.fullmatch(text, end, span[0])):
            end = more.end(1)
        elif trigger.form == "suffers" and is_romance and (like := _LIKE_WHAT.fullmatch(text, end, span[0])):
            end = like.end(1)
        elif more := (_OF_NAME if _ROLE_TAIL.search(text[start:end]) else _OF_NAME_ONLY).match(text, end):
            end = without_currency(text, start, more.end())
        if trigger.form == "suffers" and (alias := _ALIAS.match(text, end)):
            return [Name(alias["name"], *alias.span("name"))]
        if start < end and not ANYBODY.match(text[start:end]):
            return [Name(text[start:end], start, end)]
    cjk = [m for m in _PERSON_CJK.finditer(text) if not ANYBODY.match(m[1])]
    side = [m for m in cjk if (m.end() <= span[0] + 2) == (trigger.form == "suffers")] or cjk
    near = min(side, key=lambda m: abs(m.end() - span[0]), default=None)
    return [Name(near[1], near.start(1), near.end(1))] if near else []


_INSTITUTION = re.compile(
    r"[\w.’'-]+ (?:Bank|Banque|Hospital|Hôpital|School|University|Council|Group|Groupe|Center|Centre|Company|Retailer"
    r"|Board|Trust|District|Department|Force|Foundation|Institute)$"
)
_CJK_TARGETS = tuple(re.compile(pattern) for pattern in load("grammar_targets")["patterns"])
_CJK_TAIL = re.compile(load("grammar_targets")["tail"])
_CJK_PERSON = re.compile(load("grammar_targets")["persons"])
_CJK_DEED = re.compile(load("grammar_targets")["deeds"])
_CJK_NOBODY = re.compile(load("grammar_targets")["nobody"])
_CJK_KIND = re.compile(rf"^.*(?:{'|'.join(sorted(load('grammar_targets')['kinds'], key=len, reverse=True))})(?=..)")


_ARABIC = load("grammar_targets")["arabic"]
_ARABIC_TARGETS = tuple(re.compile(pattern) for pattern in _ARABIC["patterns"])
_ARABIC_ENDS = re.compile(_ARABIC["ends"])
_ARABIC_KIND = re.compile(rf"(?:(?:{'|'.join(_ARABIC['kinds'])})\s)+")
_ARABIC_LETTER = re.compile(r"[\u0600-\u06ff]")
_ARABIC_QUOTED = re.compile(r"(?:[\u0600-\u06ff]+\s){0,3}[«\"“](?P<name>[^»\"”]{2,40})[»\"”]")
#: Longest name in Arabic, in words; what is longer is a sentence.
_ARABIC_WORDS = 4


def has_capitals(text: str) -> bool:
    """Whether names can be told by their capitals: not in Chinese, Japanese and Arabic."""
    return not (UNSPACED_LETTER.search(text) or _ARABIC_LETTER.search(text))


def named_by_grammar(text: str, found: Sequence[Actor]) -> list[Name]:
    """Whom the grammar of a Chinese, Japanese or Arabic sentence shows as hit, without what it says of his kind."""
    if _ARABIC_LETTER.search(text):
        return _named_in_arabic(text)
    for pattern in _CJK_TARGETS:
        for match in pattern.finditer(text):
            start, end = match.span("who")
            if tail := _CJK_TAIL.search(text, start, end):
                end = tail.start()
            if somebody := _CJK_WHO_DID.search(text[:end], start):
                start = somebody.start("who")
            kind = _CJK_KIND.match(text[start:end])
            if kind and _CJK_DEED.match(text, start + kind.end(), end):
                end = start + kind.end()
            elif kind and not _CJK_PERSON.fullmatch(text, start + kind.end(), end):
                start += kind.end()
            if stop := _CJK_STOP.search(text, start, end):
                end = stop.end() - 1
            name = text[start:end].strip("“”\"'「」《》 ")
            start = text.index(name, start) if name else start
            is_actor = any(a.start < start + len(name) and start < a.end for a in found if a.level != "government")
            if (len(name) > 1 or name.isupper()) and not _CJK_NOBODY.search(name) and not is_actor:
                return _listed(name, start)
    return []


#: "为程序员提供农场的 | 女子": who did it, behind what he did.
_CJK_WHO_DID = re.compile(r"(?<=[\u4e00-\u9fff”」])的(?P<who>(?:男子|女子|少年|青年|员工|男性|女性))$")
#: "12款应用 星河等在列": headlines put a space for a comma.
_CJK_STOP = re.compile(r"(?<=[\u4e00-\u9fff])[A-Za-z]*\s(?=[\u4e00-\u9fff])")
_CJK_AND = re.compile(r"[、和与及](?=\S{2})")


def _listed(name: str, start: int) -> list[Name]:
    """ "星河电子和佳佳购": each of them; a count and what it counts stay together."""
    names, place = [], 0
    for joint in [*_CJK_AND.finditer(name), None]:
        end = joint.start() if joint else len(name)
        if end - place > 1 and not (part := name[place:end]).isspace():
            names.append(Name(part, start + place, start + end))
        place = joint.end() if joint else end
    return names or [Name(name, start, start + len(name))]


def _named_in_arabic(text: str) -> list[Name]:
    for pattern in _ARABIC_TARGETS:
        match = pattern.search(text)
        if match is None:
            continue
        start, end = match.span("who")
        if quoted := _ARABIC_QUOTED.match(text, start):
            return [Name(quoted["name"], *quoted.span("name"))]
        kind = _ARABIC_KIND.match(text, start, end)
        start = kind.end() if kind else start
        stop = _ARABIC_ENDS.search(text, start, end)
        name = text[start : stop.start() if stop else end].strip()
        if len(name) > 1 and name.count(" ") < _ARABIC_WORDS:
            return [Name(name, start, start + len(name))]
    return []


_KANA = re.compile(r"[\u3040-\u30ff]|^元")
_JAPANESE_SOMEBODY = re.compile(load("grammar_targets")["japanese"]["somebody"])


def is_description(name: str) -> bool:
    """Whether the words say who somebody is rather than a name ("Former officer", "hacker of Exampletown")."""
    if name[:1].isupper() and _INSTITUTION.search(name):
        return False  # "Acme Bank" is called so
    if _KANA.search(name) and _JAPANESE_SOMEBODY.search(name):
        return True
    return bool(PERSON_TAIL.search(name) or _PERSON_HEAD.match(name) or _PERSON_CJK.fullmatch(name))
