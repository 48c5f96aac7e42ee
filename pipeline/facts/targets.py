"""Whom a measure hits, around its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.facts.actors import Actor, actors
from pipeline.facts.patterns import Trigger, load
from pipeline.text.names import Name, find_names, organisations, products
from pipeline.text.numerals import data as quantity_words

_CLAUSE = re.compile(r"[;:|。；，]|,\s|\s[-–—]\s|[«»“”\"]|(?<![A-Z])\.\s")
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
_DEMONYMS = frozenset(load("people")["origin"])
_WHO = f"(?:{'|'.join(load('people')['who'])})"
#: "A former IT employee", "une notaire", "Two Scattered Spider hackers": who it is when no name is given.
_PERSON = re.compile(
    rf"((?:[\w'’.-]+\s){{0,4}}?{_WHO}(?:\s(?:de \d+ ans|en cybersécurité|chinois(?:es)?|de maintenance|présumés"
    rf"|\w+ais d['’]\w+ \w+))?)(?!\w)",
    re.IGNORECASE,
)
_PERSON_TAIL = re.compile(rf"{_WHO}$", re.IGNORECASE)
_ROLE_TAIL = re.compile(rf"(?<!\w)(?:{'|'.join(load('people')['role'])})$", re.IGNORECASE)
_PERSON_HEAD = re.compile(rf"(?:ex-)?{_WHO} (?:of|de|du|des|d['’]|von|der|vom|di|del|da|do|van|w|z)\s?", re.IGNORECASE)
#: "the founder of X", "Entwickler von X": X says who, and is not hit.
_OF_SOMEBODY = re.compile(
    rf"(?<!\w)(?:{'|'.join(load('people')['role'])}) (?:of|de|du|des|d['’]|von|vom|der|di|del|della|do|da|van|w)\s?"
    r"(?:the |la |le |l['’]|der |het |het )?(?:[a-zà-ÿß-]+ ){0,3}$",
    re.IGNORECASE,
)
#: What follows a role up to a name: "Entwickler von LockHive".
_OF_NAME = re.compile(
    r" (?:of|de|du|des|d['’]|von|vom|der|di|del|della|do|da|van) ?(?:the |la |le |l['’]|der "
    r"|het )?(?:[a-zà-ÿß-]+ ){0,3}?"
    r"(?-i:[A-ZÀ-Þ])[\w’'-]+(?: (?-i:[A-ZÀ-Þ])[\w’'-]+){0,2}"
)
_PERSON_AFTER = re.compile(rf"\s{_WHO}(?!\w)", re.IGNORECASE)
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
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
#: "leader of online swatting ring" runs up to the verb.
_OF_WHAT = re.compile(
    r"((?: (?:of|de|d['’]|en|at|in) ?[^,;:.]{3,40}?)?)\s(?:(?:is|was|were|has been|have been|est|a été|ont été"
    r"|wird|wurde)\s)?",
    re.IGNORECASE,
)
_PERSON_CJK = re.compile(
    r"([^、。，]{0,8}の(?:男性?|女性?)(?=に|が|を)|程序员|大学生|黑客|男子|女子|公司|企业|开发者|工程师)"
)
_FULL_NAME = re.compile(r"[^\W\d_][\w'’-]+(?: (?-i:[A-Z])\.)?(?: [^\W\d_][\w'’.-]+){1,3}")
_NOT_A_PARTY = re.compile(
    r"(?:Attorney|Judge|Prosecutor|Minister|Secretary|Commissioner|General|President|procureur|ministre|juge"
    r"|Senator|said|says|announced|déclaré|selon|according to|par|by|of|von|photo|©)\s$"
    r"|(?:议员|总统|部长|主席|首相|发言人|律师)\s?$",
    re.IGNORECASE,
)


#: Verbs of headlines with capitals, which are no part of a name ("Acme Accuses Examplia").
_VERB = re.compile(
    r"\s?\b(?:Accuses?|Sues|Fines?|Bans?|Warns|Says|Tells|Asks|Orders?|Blocks?|Hits|Slaps|Gets|Faces|Pays|Settles"
    r"|Agrees|Unveils"
    r"|Violat\w+|Targeting|After|Following|Amid|Citing|Against|With|Over|Accuse|Poursuit|Condamne|Sanctionne"
    r"|Verklagt|Demanda|Multa)\b\s?"
)
#: Small words that a lost stop glued to a name ("Washington Les sanctions").
_TRAILING = re.compile(
    r"\s(?:EUR|USD|GBP|PLN|HUF|RON|BGN|CZK|SEK|NOK|DKK|Les?|La|The|Der|Die|Das|El|Los|Il|In|On|At|A|An|Un|Une)$"
)
_LEGAL_TEXT = re.compile(
    r"\b(?:Acts?|Laws?|Regulations?|Decisions?|Directives?|Orders?|Code|Loi|Règlement|Décret|Gesetz|Verordnung|Ley)$"
)
_LEGAL_AFTER = re.compile(r"\s(?:Decision|Implementing|Regulation|Directive|Act)\b")
#: "Jo Doe - stock.adobe.co": who took the picture.
_CREDIT = re.compile(
    r"\s?[-–—/|]\s?(?:stock\.|getty|shutterstock|istock|adobe|afp|reuters|unsplash|pexels)", re.IGNORECASE
)
_GLUED = re.compile(r"[a-zß-ÿ](?:On|In|The|At|By|For)\b|[a-z]{4,}(?:for|from|with)$|\w[_.(]\w|_")
_INITIAL = re.compile(r"\.\s[A-ZÀ-Þ][\w'’-]+")
#: "E-commerce Retailer Examplia": what a company does, before its name.
_TRADE = re.compile(r"(?:[\w-]+\s){0,2}?(?:Retailer|Giant|Firm|Maker|Company|Startup|Provider|Operator)\s(?=[A-Z])")
#: Words that name nobody in particular, and contractions.
_ANYBODY = re.compile(
    r"(?:entreprises?|sociétés?|companies|company|firms?|Unternehmen|empresas?|aziende?"
    r"|公司|企业|\w+ Other Firms|\w+['’](?:ve|ll|re|m|d))$",
    re.IGNORECASE,
)
_MOST_WORDS = 4
_OPENING_QUOTE = re.compile(r"[“\"‘«„「]\s?$")


#: Currencies and scales with capitals are nobody.
_MONEY = re.compile(
    rf"(?:{'|'.join(quantity_words()['currency_code']['codes'])}|RMB|Euros?|Mio|Mrd|[Mm]illions?|[Bb]illions?|Dollars?)"
)
#: What outlets put in front of a sentence.
_LABEL = re.compile(
    r"(?:TLDR|TL;DR|LEAD|INFO|EXCLUSIVE|EXCLUSIF|UPDATE|BREAKING|VIDEO|VIDÉO|SUMMARY|Summary)\s(?=[A-ZÀ-Þ])"
)
_SCALE_FIRST = re.compile(r"(?:Million|Billion|Trillion|M|Bn)\s(?=[A-Z])")


def parties(text: str, language: str | None) -> list[Name]:
    """Names that may be somebody's: split at verbs of headlines, initials completed, laws and credits left out."""
    found: list[Name] = []
    for name in find_names(text, language):
        start = name.start
        cuts = [(m.start(), m.end()) for m in _VERB.finditer(text, name.start, name.end)]
        for left, right in [*cuts, (name.end, name.end)]:
            end = left
            if trailing := _TRAILING.search(text[start:end]):
                end = start + trailing.start()
            if text[max(start, end - 2) : end].lstrip().isupper() and (more := _INITIAL.match(text, end)):
                end = more.end()
            if label := _LABEL.match(text, start, end):
                start = label.end()
            if described := _SCALE_FIRST.match(text, start, end) or _TRADE.match(text, start, end):
                start = described.end()
            if end > start and not _is_nobody(text, start, end):
                found.append(Name(text[start:end], start, end))
            start = right
    return found


def _is_nobody(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    if _MONEY.fullmatch(name):
        return True
    words = name.split()
    is_crowd = len(words) >= _MOST_WORDS and all(w[0].isupper() and w[1:].islower() for w in words)
    return bool(
        _LEGAL_TEXT.search(name)
        or _CREDIT.match(text, end)
        or (name.isupper() and text[start - 1 : start] == "(" and text[end : end + 1] == ")")
        or _GLUED.search(name)
        or _ANYBODY.match(name)
        or (is_crowd and text.count("((") and not organisations().find(name))
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
    start, end = span
    names = [n for n in parties(text, language) if _may_be_hit(n, text, trigger, span, found, chosen)]
    names = _companies_first(names)
    description = [d for d in _described(text, trigger, span) if d.start < end or not _is_beyond(text, d, trigger, end)]
    if strong := [n for n in names if _is_strong(text, n, span)]:
        return description if _covers(description, strong[0]) else _together(text, names, strong[0])
    marked = [n for n in names if _TARGET_BEFORE.search(text[max(0, n.start - 36) : n.start]) and n.start >= start - 5]
    before = [n for n in names if n.end <= start + 2]
    after = [n for n in names if n.start >= end - 1 or (n.start > start and n.end <= end)]
    after = [n for n in after if not _is_beyond(text, n, trigger, end)]
    sides: tuple[Sequence[Name], ...]
    if trigger.form == "suffers":
        sides = (
            _last_clause(text, before, start),
            _described(text, trigger, span),
            before,
            marked,
            after if _CJK.search(text) else [],
        )
    elif trigger.form == "acts":
        known = [n for n in before if organisations().find(n.text)]
        sides = (after, marked, known if chosen else before)  # "Acme and Examplia: the regulator bans several firms"
    else:
        sides = (marked, _last_clause(text, before, start), after, before)
    if _CJK.search(text) and not any(sides[:-1]) and (named := _in_cjk(text, found)):
        return named
    for side in sides:
        if side:
            if _covers(description, side[0]) or _comes_first(text, description, side[0], trigger, span):
                return description
            if side[0] not in names:
                return list(side)
            return _together(text, names, side[0])
    return description


def _is_beyond(text: str, name: Name, trigger: Trigger, end: int) -> bool:
    """Whether a name stands in why something was done or in what is told of who it was done to."""
    why = _WHY.search(text, end, max(end, name.start))
    if why and not (trigger.form == "noun" and _DIRECTLY.fullmatch(text, why.end(), name.start)):
        return True
    return trigger.form != "suffers" and bool(_WHICH.search(text, end, max(end, name.start)))


def _covers(description: Sequence[Name], name: Name) -> bool:
    """Whether a name is part of who somebody is ("GRU hackers"), and not the end of it ("Acme Bank")."""
    return any(d.start <= name.start and name.end < d.end for d in description)


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
        and not _PERSON_AFTER.match(text, n.end)
        and not _PERSON_TAIL.search(n.text)
        and not organisations().find(n.text)
        and not products().find(n.text)
        and not any(
            word.lower() in _DEMONYMS or word.isupper() for word in n.text.replace(".", " ").split() if len(word) > 1
        )
    ]
    if not persons:
        return []
    near = [n for n in persons if n.end <= span[0]] or persons
    return _together(text, persons, near[0])


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
    if _OFFICE_HOLDER.match(name.text) or _OFFICE_HOLDER.search(text[max(0, name.start - 16) : name.start]):
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


def _last_clause(text: str, names: Sequence[Name], start: int) -> list[Name]:
    """Names of the clause that runs up to `start`."""
    opening = _clause_start(text, start)
    return [n for n in names if n.start >= opening]


def _clause_start(text: str, start: int) -> int:
    opening = 0
    for match in _CLAUSE.finditer(text, max(0, start - 400), start):
        opening = match.end()
    return opening


_LIST = re.compile(
    r",?\s(?:as well as|and|et|ainsi que|und|sowie|y|así como|e|nonché|bem como|en|evenals|oraz)\s"
    r"(?:(?:de|d['’]|à|a|to|against|contre|gegen)\s?)?(?:its?|his|her|their|two|son|sa|ses|leurs?|sus?|(?:il "
    r"|la )?su[oa]|seus?"
    r"|suas?|seine?[nrm]?|ihre?[nrm]?|deren|dessen|zijn|haar)\s(?:[a-zà-ÿ-]+\s?){1,4},?\s?"
    r"|\s(?:et|and|und|y|e|en)\s[€$£]?\d[\d.,]*\s?(?:[^,;.\d]{1,24}\s)?(?:à|to|a|aan|gegen)\s"
    r"|\s?(?:\([^)]{1,12}\)\s?)?(?:,|and|et|und|y|e|&|、|和|及|/|ou|or)\s?(?:(?:and|et|und|y|e|ou encore|encore"
    r"|its subsidiary|parent company|sa maison mère|son président,?)\s)?"
    r"(?:(?:its|parent|subsidiary|company|sa|maison|mère|encore)\s){0,3}(?:the\s|la\s|le\s|l['’]|les\s)?",
    re.IGNORECASE,
)


def _together(text: str, names: Sequence[Name], first: Name) -> list[Name]:
    index = names.index(first)
    group = [first]
    for name in names[index + 1 :]:
        if not _LIST.fullmatch(text, group[-1].end, name.start):
            break
        group.append(name)
    for name in reversed(names[:index]):
        if not _LIST.fullmatch(text, name.end, group[0].start):
            break
        group.insert(0, name)
    return group[:6]


def _described(text: str, trigger: Trigger, span: tuple[int, int]) -> list[Name]:
    """A description in place of a name ("Former New Jersey officer sentenced …")."""
    if trigger.form == "suffers":
        opening = _clause_start(text, span[0])
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
        if start < end and not _ANYBODY.match(text[start:end]):
            return [Name(text[start:end], start, end)]
    cjk = [m for m in _PERSON_CJK.finditer(text) if not _ANYBODY.match(m[1])]
    side = [m for m in cjk if (m.end() <= span[0] + 2) == (trigger.form == "suffers")] or cjk
    near = min(side, key=lambda m: abs(m.end() - span[0]), default=None)
    return [Name(near[1], near.start(1), near.end(1))] if near else []


_INSTITUTION = re.compile(
    r"[\w.’'-]+ (?:Bank|Banque|Hospital|Hôpital|School|University|Council|Group|Groupe|Center|Centre|Company|Retailer)$"
)
_CJK_TARGETS = tuple(re.compile(pattern) for pattern in load("cjk_targets")["patterns"])
_CJK_NOBODY = re.compile(load("cjk_targets")["nobody"])
_CJK_KIND = re.compile(rf"^.*(?:{'|'.join(sorted(load('cjk_targets')['kinds'], key=len, reverse=True))})(?=..)")


def _in_cjk(text: str, found: Sequence[Actor]) -> list[Name]:
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
    return bool(_PERSON_TAIL.search(name) or _PERSON_HEAD.match(name) or _PERSON_CJK.fullmatch(name))
