"""Whom a measure hits, around its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.facts.cases import has_cases, named_by_case
from pipeline.facts.described import (
    clause_start,
    described,
    has_capitals,
    named_by_grammar,
    opens_behind_comma,
)
from pipeline.facts.hittable import NO_NAMES, companies_first, may_be_hit
from pipeline.facts.joined import and_others, together, with_more
from pipeline.facts.marks import STRONG, is_beyond, is_marked, is_quoted, is_strong
from pipeline.facts.objects import direct_object, is_many, is_of_a_name
from pipeline.facts.particles import has_particles, named_by_particle
from pipeline.facts.parties import parties, told_by_kind
from pipeline.facts.patterns import Form, Trigger, load, spoken
from pipeline.facts.roles import Actor
from pipeline.text.names import Name, organisations
from pipeline.text.tags import primary

#: "a center in the Capital Region": where somebody is.
_IN = re.compile(
    r"(?<!\w)(?:in|at|near|across|from|dans|en|bei|im|aus|uit|z|из)\s(?:the\s|la\s|le\s|der\s|dem\s)?$",
    re.IGNORECASE,
)


def pick_targets(
    text: str,
    language: str | None,
    trigger: Trigger,
    span: tuple[int, int],
    found: Sequence[Actor],
    chosen: Sequence[Actor],
) -> list[Name]:
    """Whom the sentence shows as hit: the names on the right side of the words, joined ones together."""
    if has_cases(language):
        return named_by_case(text, span, found, language)
    if has_particles(language) and (marked := named_by_particle(text, found, chosen, language)):
        return marked
    if _is_inverted(text, trigger, span, language) or _is_active(text, trigger, span, found):
        trigger = replace(trigger, form="acts")
    sentence = _sentence(text, language, trigger, span, found, chosen)
    if outright := _said_outright(sentence):
        return outright
    sides = _SIDES[trigger.form](sentence)
    if not has_capitals(text) and (named := named_by_grammar(text, found)):
        return named
    side = next((side for side in sides if side), None)
    if side is None:
        everybody = sentence.everybody
        return sentence.description or direct_object(text, trigger, span, language, everybody, with_goods=True)
    description, first = sentence.description, _surest(sentence, side)
    if _covers(description, first, language) or _comes_first(text, description, first, trigger, span):
        return description
    return _with_others(sentence, first) if first in sentence.names else list(side)


def _surest(sentence: _Sentence, side: Sequence[Name]) -> Name:
    """The first name of a side; where nouns have capitals or companies quotation marks, the first that shows as one."""
    tag = spoken(sentence.language)[0]
    if tag not in _SHOWN_BY_KIND:
        return side[0]
    told = told_by_kind(sentence.text, tag)
    return next((n for n in side if n in told or organisations().find(n.text)), side[0])


_SHOWN_BY_KIND = frozenset({"de", "ru", "uk"})


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, the words that name a measure there, and who stands around them."""

    text: str
    language: str | None
    trigger: Trigger
    span: tuple[int, int]
    found: Sequence[Actor]
    chosen: Sequence[Actor]
    #: Names of the sentence, and those of them that may be hit.
    everybody: list[Name]
    names: list[Name]
    #: Who it is where no name is given.
    description: list[Name]


def _sentence(
    text: str,
    language: str | None,
    trigger: Trigger,
    span: tuple[int, int],
    found: Sequence[Actor],
    chosen: Sequence[Actor],
) -> _Sentence:
    everybody = [_with_kind(text, n) for n in parties(text, language) if n.text.casefold() not in NO_NAMES]
    names = companies_first([n for n in everybody if may_be_hit(n, text, trigger, span, found, chosen)])
    description = [
        d
        for d in described(text, trigger, span, language)
        if (d.start < span[1] or not is_beyond(text, d, trigger, span[1]))
        and not is_of_a_name(text, d, language, everybody)
    ]
    return _Sentence(text, language, trigger, span, found, chosen, everybody, names, description)


def _said_outright(sentence: _Sentence) -> list[Name]:
    """Whom the words show whatever stands around them: a public body, who is described right there, "against X"."""
    s = sentence
    if body := _body_hit(s.text, s.trigger, s.span, s.found, s.chosen):
        return [body]
    if framed := _framed(s):
        return [framed]
    if told := _told(s):
        return with_more(s.text, s.names, told, s.language)
    if s.trigger.form == "suffers" and s.description and is_quoted(s.text, s.description[0]):
        return s.description  # the name in quotation marks behind who he is
    strong = next((n for n in s.names if is_strong(s.text, n, s.span, s.language)), None)
    if strong is None:
        return []
    return s.description if _covers(s.description, strong, s.language) else _with_others(s, strong)


#: Languages that put the participle behind whom it hits ("hat den Mann … verurteilt").
_FRAMING = frozenset({"de", "nl"})
_AUXILIARY_BEFORE = re.compile(r"(?<!\w)(?:hat|haben|heeft|hebben)\s")
_SENTENCED = re.compile(r"(?:verurteilt|veroordeeld)(?!\w)")


def _framed(sentence: _Sentence) -> Name | None:
    """ "Das Gericht hat den 29-jährigen Mann wegen … zu … verurteilt": who stands behind the auxiliary."""
    s = sentence
    if (s.language or "")[:2] not in _FRAMING or not _SENTENCED.search(s.text, s.span[0]):
        return None
    frames = list(_AUXILIARY_BEFORE.finditer(s.text, 0, s.span[0]))
    if not frames or not any(a.end <= frames[-1].start() for a in s.found):
        return None
    start = frames[-1].end()
    somebody = described(s.text, replace(s.trigger, form="acts"), (start, start), s.language)
    names = [n for n in s.names if n.start >= start and n.end <= s.span[0] and not is_quoted(s.text, n)]
    first = somebody[0] if somebody and somebody[0].end <= s.span[0] else None
    if first is None:
        return names[0] if names and " " in names[0].text else None
    is_his = (0 <= n.start - first.end <= 1 or (n.end <= first.start and " " in n.text) for n in names)
    return next((n for n, his in zip(names, is_his, strict=True) if his), first)


def _told(sentence: _Sentence) -> list[Name]:
    """Who stands right behind the words, or behind what leads to him, without a name nearer to them."""
    s = sentence
    told = direct_object(s.text, s.trigger, s.span, s.language, s.everybody)
    if not told or any(s.span[1] <= n.start < told[0].start for n in s.names):
        return []
    return [] if _is_named_elsewhere(s.text, told[0], s.names, s.span) else told


def _with_others(sentence: _Sentence, first: Name) -> list[Name]:
    """A name, those joined to it, and who is joined to them without one."""
    s = sentence
    return and_others(s.text, together(s.text, s.names, first, s.language), s.language, s.everybody)


def _marked(sentence: _Sentence) -> list[Name]:
    """Names behind a word that leads to somebody."""
    s = sentence
    return [n for n in s.names if is_marked(s.text, n.start, s.language) and n.start >= s.span[0] - _INTO]


#: How far into the words of a measure, or before them, a name may reach, in code points.
_INTO = 5


def _before(sentence: _Sentence) -> list[Name]:
    s = sentence
    in_front = [n for n in s.names if n.end <= s.span[0] + 2]
    return [n for n in in_front if not (s.description and _IN.search(s.text[: n.start]))]


def _after(sentence: _Sentence) -> list[Name]:
    s, (start, end) = sentence, sentence.span
    behind = [n for n in s.names if n.start >= end - 1 or (n.start > start and n.end <= end)]
    return [n for n in behind if not is_beyond(s.text, n, s.trigger, end)]


def _sides_of_fate(sentence: _Sentence) -> Sequence[Sequence[Name]]:
    """ "Examplia was fined": who suffers it stands before the words."""
    s, before = sentence, _before(sentence)
    return (
        _before_apposition(s.text, before, s.span[0]),
        _last_clause(s.text, before, s.span[0]),
        s.description,
        before,
        [n for n in _marked(s) if not is_beyond(s.text, n, s.trigger, s.span[1])],
        [] if has_capitals(s.text) else _after(s),
    )


_CLITIC = re.compile(r"\b(?:le|les|gli|lhes?)\s$")


def _not_acting(sentence: _Sentence, names: Sequence[Name]) -> list[Name]:
    return [n for n in names if not any(a.start < n.end and n.start < a.end for a in sentence.found)]


def _sides_of_deed(sentence: _Sentence) -> Sequence[Sequence[Name]]:
    """ "The regulator fined Examplia"; "Acme and Examplia: the regulator bans several firms"."""
    before = _before(sentence)
    if _CLITIC.search(sentence.text, 0, sentence.span[0]) and (own := _not_acting(sentence, before)):
        return (own[:1],)  # "X no tenía permiso y le impuso …": whom it hits is named before
    tag = spoken(sentence.language)[0]
    told = told_by_kind(sentence.text, tag) if tag in _IN_QUOTES else ()
    known = [n for n in before if n in told or organisations().find(n.text)]
    return _after(sentence), _marked(sentence), _between(sentence, before), known if sentence.chosen else before


#: Where a company stands in quotation marks and may be named before who does something to it.
_IN_QUOTES = frozenset({"ru", "uk"})
#: Languages in which whom something is done to may stand in front of the words that say what.
_OBJECT_FIRST = frozenset({"de", "nl", "sv", "da", "no", "pl", "cs", "ru", "uk"})


def _between(sentence: _Sentence, before: Sequence[Name]) -> Sequence[Name]:
    """ "The watchdog will Examplia … forbid": who stands between who decides and a verb at the end of a clause."""
    s = sentence
    if spoken(s.language)[0] not in _OBJECT_FIRST:
        return ()
    acting = max((a.end for a in s.chosen if a in s.found and a.end <= s.span[0]), default=None)
    opening = clause_start(s.text, s.span[0])
    return [n for n in before if acting is not None and n.start >= max(acting, opening)]


def _sides_of_noun(sentence: _Sentence) -> Sequence[Sequence[Name]]:
    """ "a fine against Examplia", "Examplia's fine"."""
    before = _before(sentence)
    if sentence.trigger.measure in _OF_OBJECT and (banned := _of_whom(sentence)):
        return (banned,)
    return _marked(sentence), _last_clause(sentence.text, before, sentence.span[0]), _after(sentence), before


#: "el bloqueo de X": whose it is, is not who decided, as with "the fine of X".
_OF_OBJECT = frozenset({"ban", "suspension", "restriction"})
_OF = re.compile(
    r"\s(?:\w+\s)?(?:(?:of|de|du|del|do|da|di|von|van)\s(?:(?:the|la|el|o|a|il)\s)?"
    r"|d['’]|(?:dell|de l)['’])(?:[a-zà-ÿ]+\s)?"
)


def _of_whom(sentence: _Sentence) -> list[Name]:
    """Who stands right behind the noun and "of"."""
    return [n for n in sentence.names if _OF.fullmatch(sentence.text, sentence.span[1], n.start)][:1]


#: Where whom it hits stands, the surest place first.
_SIDES: Mapping[Form, Callable[[_Sentence], Sequence[Sequence[Name]]]] = {
    "suffers": _sides_of_fate,
    "acts": _sides_of_deed,
    "noun": _sides_of_noun,
}


#: What may stand between a verb and whom it hits.
_GAP = re.compile(
    r"\s?(?:the\s|la\s|le\s|les\s|l['’]|der\s|die\s|das\s|den\s|el\s|il\s|o\s|a\s|de\s|het\s)?", re.IGNORECASE
)


def _body_hit(
    text: str, trigger: Trigger, span: tuple[int, int], found: Sequence[Actor], chosen: Sequence[Actor]
) -> Name | None:
    """ "fined the Swedish Police Authority": a public body right behind the verb is whom another one hits, and right
    before a participle with its cause the one that suffers it."""
    for actor in found:
        if actor in chosen or actor.level not in _BODIES:
            continue
        is_object = trigger.form == "acts" and bool(chosen) and _GAP.fullmatch(text, span[1], actor.start)
        if actor.level == "government" and not (is_object and trigger.measure in _OF_STATES):
            continue
        is_subject = trigger.form == "suffers" and _BE_GAP.fullmatch(text, actor.end, span[0])
        if is_object or (is_subject and _BY_WHOM.match(text, span[1])):
            return Name(text[actor.start : actor.end], actor.start, actor.end)
    return None


#: "the police authority | was | fined for".
_BE_GAP = re.compile(
    r"\s(?:(?:is|was|has been|est|a été|wurde|wird|è stata|ha sido|fue|foi|werd|is)\s)?", re.IGNORECASE
)


_BODIES = frozenset({"regulator", "ministry", "police", "cyber", "government"})
#: What one state, or a union of them, does to another.
_OF_STATES = frozenset({"lawsuit", "formal_notice", "fine"})


_BY_WHOM = re.compile(r"\s(?:by|door|par|von|por|da|voor|for|over)\s", re.IGNORECASE)


def _is_active(text: str, trigger: Trigger, span: tuple[int, int], found: Sequence[Actor]) -> bool:
    """ "The watchdog fined Examplia": an authority right before a word that is also a participle."""
    if trigger.form != "suffers" or _BY_WHOM.match(text, span[1]) or " " in text[slice(*span)]:
        return False
    return any(0 <= span[0] - actor.end <= 1 and actor.level in _DECIDING for actor in found)


_DECIDING = frozenset({"regulator", "ministry", "court", "international"})
_KIND = re.compile(
    rf"(?<!\w)(?:{'|'.join(load('people')['institution'])})(?:\s[a-zà-ÿ-]{{4,}}){{0,2}}?"
    r"(?:\s(?:(?:de|du|des|di|del|della|da|do|of|von|van|w)\s(?:la\s|l['’])?|(?:d|dell)['’])?)$"
)


def _with_kind(text: str, name: Name) -> Name:
    """ "hôpital Sainte-Odile": with what kind of body it is, where that is part of its name."""
    window = max(0, name.start - 60)
    kind = _KIND.search(text[window : name.start])
    start = window + kind.start() if kind else name.start
    return Name(text[start : name.end], start, name.end)


#: Languages that may put who is hit behind the participle ("Condannato il fondatore di X", "Multada la empresa X").
_INVERTING = frozenset({"it", "es", "pt", "fr", "pl", "ru", "ro"})
_AUXILIARY = re.compile(
    r"(?:\w+,\s|\W)*(?:(?:ha sido|han sido|è stat[oa]|sono stat[ie]|foi|foram|został\w*|a été|ont été|fue"
    r"|fueron|è|sono)\s)?",
    re.IGNORECASE,
)


#: Room for a space and an article between a participle and whom it hits, in code points.
_ARTICLE = 6


def _is_inverted(text: str, trigger: Trigger, span: tuple[int, int], language: str | None) -> bool:
    """Whether a clause opens with the participle, so that who is hit stands behind it.

    Behind a comma it may do so too ("Privacy, sanzionate due aziende"), or go on with who stands before the comma
    ("Un médico, multado").
    """
    start = span[0]
    tag = primary(language)
    if trigger.form != "suffers" or tag not in _INVERTING:
        return False
    if opens_behind_comma(text, start, start):
        told = direct_object(text, replace(trigger, form="acts"), span, language, ())
        return bool(told) and told[0].start - span[1] <= _ARTICLE
    return bool(_AUXILIARY.fullmatch(text, clause_start(text, start), start))


def _is_named_elsewhere(text: str, told: Name, names: Sequence[Name], span: tuple[int, int]) -> bool:
    """ "bans several vendors" beside their names: in a clause before it, or behind "on" later in the sentence."""
    if not is_many(text, told):
        return False
    known = [n for n in names if n.end <= span[0] and organisations().find(n.text)]
    later = [n for n in names if n.start > told.end]
    return len(known) > 1 or any(STRONG.search(text[max(0, n.start - 60) : n.start]) for n in later)


def _covers(description: Sequence[Name], name: Name, language: str | None) -> bool:
    """Whether a name is part of who somebody is ("GRU hackers"), and not the end of it ("Acme Bank").

    Only English and Dutch put a name in front of a noun; elsewhere the noun belongs to the name ("Examplia Schule"),
    unless the first word of the sentence has its capital from its place.
    """
    may_open = (language or "en")[:2] in ("en", "nl")
    return any(
        d.start <= name.start and name.end < d.end and (may_open or d.start < name.start or d.start == 0)
        for d in description
    )


def _comes_first(text: str, description: Sequence[Name], name: Name, trigger: Trigger, span: tuple[int, int]) -> bool:
    """ "prison for two brothers behind Acme": who is hit stands right after the words, a name later."""
    return trigger.form == "noun" and any(
        span[1] <= d.start < name.start and _FOR_WHOM.fullmatch(text, span[1], d.start) for d in description
    )


_FOR_WHOM = re.compile(
    r"\s(?:ferme\s)?(?:for|against|pour|contre|für|gegen|para|contra|per|contro|voor|tegen|dla)\s(?:[a-zà-ÿ]{1,4}\s)?",
    re.IGNORECASE,
)


#: "Examplia, filiale du groupe Acme, | mise en demeure": what is said of a name between commas.
_APPOSED = re.compile(
    r",\s(?:(?:the|a|an|la|le|une?|der|die|das|eine?|il|el|o|a|een|de|het)\s|l['’])?(?:[a-zà-ÿß-]+\s){1,3}[^,;:.|]{0,50},\s"
    r"(?:(?:is|was|has been|est|a été|vient d['’]être|wird|wurde|è stata?|ha sido|fue|foi|is|werd)\s(?:\w+\s)?)?$"
)


def _before_apposition(text: str, names: Sequence[Name], start: int) -> list[Name]:
    """The name that opens a clause whose apposition names another."""
    return [n for n in names if _APPOSED.match(text[n.end : start])][:1]


def _last_clause(text: str, names: Sequence[Name], start: int) -> list[Name]:
    """Names of the clause that runs up to `start`."""
    opening = clause_start(text, start)
    return [n for n in names if n.start >= opening]
