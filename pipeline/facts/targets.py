"""Whom a measure hits, around its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.facts.actors import Actor, actors
from pipeline.facts.described import (
    PERSON_TAIL,
    WHO,
    clause_start,
    described,
    has_capitals,
    named_by_grammar,
    opens_behind_comma,
)
from pipeline.facts.joined import and_others, together, with_more
from pipeline.facts.objects import direct_object, is_many, is_of_a_name
from pipeline.facts.parties import parties
from pipeline.facts.patterns import Trigger, load
from pipeline.text.names import Name, organisations, products

_TARGET_BEFORE = re.compile(
    r"(?:\b(?:against|on|contre|gegen|contra|contro|tegen|przeciwko|wobec|против|target(?:ing|s)?|visant"
    r"|à l['’]encontre d[eu]|infligée? à|à|au|aux|pour|für|voor|dla|para|al|alla|ao|aan"
    r"|for|entre as|a|oblig\w+|mandated|lets?|told|asks?|to require|requires?)"
    r"(?:\s(?:the|la|le|les|l['’]|die|den|der|el|los|las|il|lo|data broker|company|giant|e-commerce giant))?\s?|对"
    r"|向|与)$",
    re.IGNORECASE,
)
#: "gegen X", "à l'encontre du courtier X", "impuesta al banco X": whom a measure hits, in any form of it.
_STRONG = re.compile(
    r"(?:\b(?:against|contre|à l['’]encontre d(?:e|u|es)|gegen|contra|contro|nei confronti d(?:i|el|ella|ell)"
    r"|a carico d(?:i|el|ella)|tegen|przeciw(?:ko)?|wobec|против|visant|targeting"
    r"|(?:infligée?s?|imposée?s?) (?:à|aux?)|impuestas? al?|inflitt[ae] a(?:l|lla)?|impost[ae] a(?:l|lla)?"
    r"|(?:imposed|levied|slapped) (?:up)?on|\d[\d.,]* (?:(?:million|billion|[A-Z]{3}|euros?|dollars?|pounds?) ){0,2}on"
    r"|(?:issued|applied|handed) (?:down )?to|aplicadas? (?:a|ao|à)|opgelegd aan|nałożon\w+ na)"
    r"(?:[\s'’](?:the|la|le|les|l|die|den|der|das|el|los|las|il|lo|i|gli|o|a|os|as|de"
    r"|het))?(?:[\s'’][a-zà-ÿß-]+){0,4}[\s'’]"
    r"|对|向)$"
)
#: What follows is why, not whom.
_WHY = re.compile(
    r"\b(?:for|over|after|because|pour|après|suite à|wegen|nach|por|tras|per|dopo|após|voor|wegens|za|po)\s"
    r"(?!\S+\s(?:jours?|semaines?|mois|ans?|days?|weeks?|months?|years?|Tage?n?|Wochen|Monaten?|Jahren?|días?|mes"
    r"|meses|años?"
    r"|mesi|anni|giorni|dias|anos|dagen|weken|maanden|jaar|dni|lat|lata|miesi\w+)\b)|因",
    re.IGNORECASE,
)
#: "who …", "qui …": what follows is told of somebody, not done to him.
_WHICH = re.compile(
    r"\b(?:who|which|whose|that|qui|lequel|que|che|quien|el cual|die|der|dat|który|która)\s", re.IGNORECASE
)
#: What may lead to somebody, too ("a fine for Examplia"); "after" and "over" never do.
_FOR = re.compile(r"(?:for|pour|für|por|per|para|voor|za|dla)\s", re.IGNORECASE)
#: "a center in the Capital Region": where somebody is.
_IN = re.compile(r"(?<!\w)(?:in|at|near|across|dans|en|bei|im)\s(?:the\s|la\s|le\s|der\s|dem\s)?$", re.IGNORECASE)
_GERUND = re.compile(r"[a-z]+ing\b")
_DIRECTLY = re.compile(
    r"(?:(?:the|la|le|les|l['’]|den|die|das|el|los|il|o|a|de|het)\s?)?(?:[a-zà-ÿß'’-]+\s){0,4}", re.IGNORECASE
)
_NOT_TARGET = frozenset(load("people")["nobody"])
#: Who somebody is; a name made of these names nobody.
_OFFICE_HOLDER = re.compile(
    r"(?:Foreign|Interior|Prime|Home|Justice|Treasury|Commerce|State)?\s?"
    r"(?:Secretary|Minister|President|Commissioner|Chancellor|Senator|Ministre|Président|Commissaire|Ministro|Ministra"
    r"|Presidente|Ministerin|Präsident|Judge|Justice|Attorney General)\s"
)
_OFFICE_BEFORE = re.compile(rf"(?:{_OFFICE_HOLDER.pattern})$")
_DEMONYMS = frozenset(load("people")["origin"])
_OF = r"\s(?:of|de|du|des|d['’]|von|vom|der|di|del|della|dell['’]|do|da|van|w)\s?(?:the |la |le |l['’]|der |het |het )?"
#: "the founder of X", "Entwickler von X", "a clerk of X": X says who, and is not hit.
_OF_SOMEBODY = re.compile(
    rf"(?<!\w)(?:(?:{'|'.join(load('people')['role'])}){_OF}(?:[a-zà-ÿß-]+ ){{0,3}}"
    rf"|(?-i:(?=[a-zà-ÿ])|(?=[A-ZÄÖÜ][a-zäöü]+er\b)){WHO}(?:\s[a-zà-ÿ]{{4,}})?{_OF})$",
    re.IGNORECASE,
)
_NO_NAMES = _DEMONYMS | _NOT_TARGET
_PERSON_AFTER = re.compile(rf"\s{WHO}(?!\w)", re.IGNORECASE)
_FULL_NAME = re.compile(r"[^\W\d_][\w'’-]+(?: (?-i:[A-Z])\.)?(?: [^\W\d_][\w'’.-]+){1,3}")
_NOT_A_PARTY = re.compile(
    r"(?:Attorney|Judge|Prosecutor|Minister|Secretary|Commissioner|General|President|procureur|ministre|juge"
    r"|Senator|said|says|announced|déclaré|selon|according to|par|by|of|von|photo|©)\s$"
    r"|(?:议员|总统|部长|主席|首相|发言人|律师)\s?$",
    re.IGNORECASE,
)
#: "Examplia says Acme was fined": who tells of it.
_SAYS = re.compile(
    r"\s(?:says|said|reports|announced|a annoncé|annonce|affirme|explique|teilt|sagt|dice|afirma|anunció|diz|disse"
    r"|ha annunciato|meldt|zegt)(?!\w)(?!,)"
)
_OPENING_QUOTE = re.compile(r"[“\"‘'«„「]\s?$")


def pick_targets(
    text: str,
    language: str | None,
    trigger: Trigger,
    span: tuple[int, int],
    found: Sequence[Actor],
    chosen: Sequence[Actor],
) -> list[Name]:
    """Whom the sentence shows as hit: the names on the right side of the words, joined ones together."""
    start, end = span
    if _is_inverted(text, trigger, span, language) or _is_active(text, trigger, span, found):
        trigger = replace(trigger, form="acts")
    everybody = [_with_kind(text, n) for n in parties(text, language) if n.text.casefold() not in _NO_NAMES]
    names = [n for n in everybody if _may_be_hit(n, text, trigger, span, found, chosen)]
    names = _companies_first(names)
    told = direct_object(text, trigger, span, language, everybody)
    if told and any(end <= n.start < told[0].start for n in names):
        told = []
    description = [
        d
        for d in described(text, trigger, span, language)
        if (d.start < end or not _is_beyond(text, d, trigger, end)) and not is_of_a_name(text, d, language, everybody)
    ]
    if body := _body_hit(text, trigger, span, found, chosen):
        return [body]
    if told and not _is_named_elsewhere(text, told[0], names, span):
        return with_more(text, names, told, language)
    if trigger.form == "suffers" and description and _OPENING_QUOTE.search(text[: description[0].start]):
        return description  # the name in quotation marks behind who he is
    if strong := [n for n in names if _is_strong(text, n, span)]:
        return (
            description
            if _covers(description, strong[0], language)
            else and_others(text, together(text, names, strong[0], language), language, everybody)
        )
    marked = [n for n in names if _is_marked(text, n.start, language) and n.start >= start - 5]
    before = [n for n in names if n.end <= start + 2 and not (description and _IN.search(text[: n.start]))]
    after = [n for n in names if n.start >= end - 1 or (n.start > start and n.end <= end)]
    after = [n for n in after if not _is_beyond(text, n, trigger, end)]
    sides: tuple[Sequence[Name], ...]
    if trigger.form == "suffers":
        sides = (
            _before_apposition(text, before, start),
            _last_clause(text, before, start),
            description,
            before,
            [n for n in marked if not _is_beyond(text, n, trigger, end)],
            [] if has_capitals(text) else after,
        )
    elif trigger.form == "acts":
        known = [n for n in before if organisations().find(n.text)]
        sides = (after, marked, known if chosen else before)  # "Acme and Examplia: the regulator bans several firms"
    else:
        sides = (marked, _last_clause(text, before, start), after, before)
    if not has_capitals(text) and (named := named_by_grammar(text, found)):
        return named
    for side in sides:
        if side:
            if _covers(description, side[0], language) or _comes_first(text, description, side[0], trigger, span):
                return description
            if side[0] not in names:
                return list(side)
            return and_others(text, together(text, names, side[0], language), language, everybody)
    return description or direct_object(text, trigger, span, language, everybody, with_goods=True)


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
        is_subject = trigger.form == "suffers" and _BE_GAP.fullmatch(text, actor.end, span[0])
        if is_object or (is_subject and _BY_WHOM.match(text, span[1])):
            return Name(text[actor.start : actor.end], actor.start, actor.end)
    return None


#: "the police authority | was | fined for".
_BE_GAP = re.compile(
    r"\s(?:(?:is|was|has been|est|a été|wurde|wird|è stata|ha sido|fue|foi|werd|is)\s)?", re.IGNORECASE
)


_BODIES = frozenset({"regulator", "ministry", "police", "cyber"})


def _is_marked(text: str, start: int, language: str | None) -> bool:
    """Whether a word that leads to somebody stands in front of a place; the English article is none."""
    marker = _TARGET_BEFORE.search(text[max(0, start - 36) : start])
    is_article = (language or "en")[:2] == "en" and marker is not None and marker[0].strip() == "a"
    return marker is not None and not is_article


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
    tag = (language or "und").split("-")[0]
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
    return len(known) > 1 or any(_STRONG.search(text[max(0, n.start - 60) : n.start]) for n in later)


def _is_beyond(text: str, name: Name, trigger: Trigger, end: int) -> bool:
    """Whether a name stands in why something was done or in what is told of who it was done to."""
    why = _WHY.search(text, end, max(end, name.start))
    is_marked = trigger.form == "noun" and why and _FOR.match(why[0]) and not _GERUND.match(text, why.end())
    if why and not (is_marked and _DIRECTLY.fullmatch(text, why.end(), name.start)):
        return True
    return trigger.form != "suffers" and bool(_WHICH.search(text, end, max(end, name.start)))


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


def _is_strong(text: str, name: Name, span: tuple[int, int]) -> bool:
    """Whether a name stands behind "against", inside the words of the measure or right after them."""
    if name.start < span[0]:
        return False
    match = _STRONG.search(text[max(0, name.start - 60) : name.start])
    if match is None:
        return False
    marker = max(0, name.start - 60) + match.start()
    return marker >= span[0] and marker - span[1] < _NEAR_MEASURE and not _WHY.search(text[span[1] : marker])


#: How far behind the words of a measure "against" may stand.
_NEAR_MEASURE = 50


def pick_persons(text: str, language: str | None, span: tuple[int, int]) -> list[Name]:
    """Full names of persons in a sentence, those before the words of the measure first."""
    found = actors(text, language)
    persons = [
        n
        for n in parties(text, language)
        if _FULL_NAME.fullmatch(n.text)
        and not any(a.start < n.end and n.start < a.end for a in found)
        and not _NOT_A_PARTY.search(text[max(0, n.start - 16) : n.start])
        and not _OPENING_QUOTE.search(text[: n.start])
        and not _OF_SOMEBODY.search(text[max(0, n.start - 48) : n.start])
        and not _PERSON_AFTER.match(text, n.end)
        and not PERSON_TAIL.search(n.text)
        and not organisations().find(n.text)
        and not products().find(n.text)
        and not any(
            word.lower() in _DEMONYMS or word.isupper() for word in n.text.replace(".", " ").split() if len(word) > 1
        )
    ]
    if not persons:
        return []
    near = [n for n in persons if n.end <= span[0]] or persons
    return together(text, persons, near[0], language)


def is_quoted(text: str, name: Name) -> bool:
    """Whether a name stands in quotation marks, as a nickname does."""
    return bool(_OPENING_QUOTE.search(text[: name.start]))


def _companies_first(names: list[Name]) -> list[Name]:
    """Without products where an organisation is named too: a decision hits who makes it."""
    known = [n for n in names if organisations().find(n.text)]
    if not known:
        return names
    return [n for n in names if not (products().find(n.text) and not organisations().find(n.text))]


def _may_be_hit(
    name: Name, text: str, trigger: Trigger, span: tuple[int, int], found: Sequence[Actor], chosen: Sequence[Actor]
) -> bool:
    plain = name.text.casefold().rstrip(".")
    if plain in _NOT_TARGET or plain in _DEMONYMS or not any(c.isalpha() for c in name.text):
        return False
    if _OFFICE_HOLDER.match(name.text) or _OFFICE_BEFORE.search(text[max(0, name.start - 16) : name.start]):
        return False
    if name.end < span[0] and _SAYS.match(text, name.end):
        return False
    is_strong = _is_strong(text, name, span)
    for actor in found:
        if is_strong and actor not in chosen and not actor.listed:
            continue  # "imposed on the Lands Authority"
        if (
            actor.start < name.end
            and name.start < actor.end
            and not (name.start < actor.start - 3 or name.end > actor.end + 3)
        ):
            if actor.level != "government" or actor in chosen:
                return False
            is_object = trigger.measure in ("lawsuit", "formal_notice", "other") and name.start > span[0]
            return is_object or bool(_TARGET_BEFORE.search(text[max(0, name.start - 36) : name.start]))
    return not re.match(r"(?:CVE|https?)", name.text) and not _OF_SOMEBODY.search(
        text[max(0, name.start - 48) : name.start]
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
