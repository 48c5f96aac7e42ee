"""Who decides and whom it hits, around the words of a measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts.patterns import Authority, Trigger, authorities
from pipeline.text.names import Name, find_names, organisations, products
from pipeline.text.normalise import fold


@dataclass(frozen=True, slots=True)
class Actor:
    """An authority as a sentence names it."""

    id: str
    level: str
    start: int
    end: int
    #: From the gazetteer, not from a pattern ("Massachusetts court").
    listed: bool = True


_BY = re.compile(
    r"(?:\b(?:by|par|von|vom|durch|por|pela|pelo|da|dal|dalla|dall['’]|dai|door|przez)(?:\s(?:the|la|le|les|l['’]"
    r"|der|dem|die|el|een|de|het|a|an|o|os))?\s?(?:\w+\s){0,1}|被|遭|由)$",
    re.IGNORECASE,
)
#: "directive du gouvernement", "an order from the ministry".
_ORDER_OF = re.compile(
    r"(?:directive|directives|order|orders|ordonnance|letter|décision|decision|Anordnung|orden|ordine|ordem"
    r"|rules?|probe|investigation|enquête)"
    r"\s(?:[\w-]+\s){0,2}?(?:from|by|du|de la|des|de l['’]|der|des|del|de|dell['’]|della)\s?(?:the\s)?$",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"(?:\b(?:against|on|contre|à|aux|au|gegen|contra|a|contro|tegen|przeciwko|wobec|против|over|targeting|target"
    r"|visant|from|to|for|with|and)"
    r"(?:\s(?:the|la|le|les|l['’]|die|den|der|el|los|las|il|lo))?\s?|对|向)$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:\b(?:in|en|au|aux|im|nach|a|à|w|na|в|на|from|of|across|inside|outside|dans|sur|of|basée?s? (?:en|au)"
    r"|used across|plus de|states? of)"
    r"(?:\s(?:the|la|le|les|l['’]|der|den|dem))?\s?|在|来自)$",
    re.IGNORECASE,
)
_ADJECTIVE_AFTER = re.compile(
    r"[-‐‑](?:based|linked|backed|made|basé)|['’]s\s(?:most|largest|Coupang|leading)|\s(?:prison|officials"
    r"|citizens|companies|firms|hackers|experts|users|men|man|woman|national|cyber|dollar)",
    re.IGNORECASE,
)
_SUBJECT_GAP = 160

_NAME = r"(?-i:[A-ZÀ-Þ])[\w'’-]+"
_COURT = re.compile(
    rf"(?:{_NAME} ){{0,3}}(?:federal |district |appeals |appellate |superior |high |supreme |crown "
    rf"|magistrates['’]? |regional |state )?(?-i:[Cc]ourts?|[Jj]udge)(?: of (?:Appeals?|Justice))?(?: (?:of|for"
    rf"|in) (?:the )?{_NAME}(?: {_NAME}){{0,3}})?"
    rf"|(?:justice|juge|juges) (?:fédérale? )?(?:français|américain|chinois|britannique|russe|allemand|espagnol"
    rf"|italien)e?|(?:tribunal|cour d['’]appel|cour d['’]assises|parquet)(?: (?:judiciaire|correctionnel"
    rf"|administratif|de commerce|de police|du Pôle [\w ]{{5,60}}|pénal fédéral))?(?: d(?:e|u|es) (?:la "
    rf"|l['’])?{_NAME}(?:[- ]{_NAME}){{0,3}})?(?: (?:français|américain|chinois|britannique|russe|allemand"
    rf"|espagnol|italien)e?)?"
    rf"|(?:Amts|Land|Oberlandes|Verwaltungs|Oberverwaltungs|Landes|Arbeits|Bezirks|Handels)gericht(?:s"
    rf"|es)?(?: {_NAME}(?: am {_NAME})?)?"
    rf"|(?:Juzgado|Audiencia|Tribunal|Fiscalía)(?: (?:Provincial|Superior|Nacional|de lo \w+|Supremo|Federal"
    rf"|Regional))?(?: de {_NAME})?"
    rf"|(?:Tribunale|Corte d['’]appello|Procura)(?: di {_NAME})?|(?:Rechtbank|Gerechtshof"
    rf"|Hof)(?: (?:van )?{_NAME})?|Sąd(?:u)? \w{{3,12}}(?: w {_NAME})?"
    r"|[\u4e00-\u9fff]{0,6}(?:法院|法庭|地裁|高裁|最高裁|检察院|检察官)",
    re.IGNORECASE,
)
_ATTORNEY = re.compile(rf"(?:{_NAME} ){{1,2}}Attorney General")
_OFFICE = re.compile(
    r"(?:(?:dutch|british|german|french|spanish|italian|polish|chinese|russian|indian|korean|japanese|australian"
    r"|canadian|swedish|south korean|european)\s)"
    r"(?:government|regulators?|authorities|court|judge|police|lawmakers|parliament|data protection (?:authority"
    r"|regulator|agency)|privacy (?:regulator|watchdog)|competition (?:authority|watchdog)|watchdog|ministry"
    r"|president \w+)"
    r"|(?:(?:privacy|data protection|competition|antitrust|telecoms?|market|financial"
    r"|communications) (?:regulators?|watchdogs?|authority))|(?-i:Regulators?|Watchdog)|(?<=from )regulator"
    r"|\b(?:gouvernement|autorités|régulateur|ministère|justice) (?:français|britannique|américain|chinois"
    r"|allemand|espagnol|italien|russe|coréen|indien|japonais|australien|canadien|néerlandais)(?:e?s?)",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def actors(text: str) -> tuple[Actor, ...]:
    """All authorities a sentence names, in order; the longer where two overlap."""
    gazetteer, entries = authorities()
    found = [Actor(h.id, entries[h.id].level, h.start, h.end) for h in gazetteer.find(text)]
    for pattern, level in ((_COURT, "court"), (_ATTORNEY, "prosecutor"), (_OFFICE, "regulator")):
        for match in pattern.finditer(text):
            is_bare = match[0].lower() in ("court", "courts", "judge", "judges", "hof")
            if not is_bare and (match.end() - match.start() >= 4 or ord(match[0][0]) > 0x3000):
                found.append(Actor(match[0], level, match.start(), match.end(), listed=False))
    found.sort(key=lambda a: (-(a.end - a.start), not a.listed, a.start))
    kept: list[Actor] = []
    for actor in found:
        if not any(actor.start < k.end and k.start < actor.end for k in kept):
            kept.append(actor)
    return tuple(sorted(kept, key=lambda a: a.start))


def pick_authorities(text: str, trigger: Trigger, span: tuple[int, int], found: Sequence[Actor]) -> list[Actor]:
    """The authorities a sentence shows as deciding; several when they stand side by side ("US, UK and Australia")."""
    scored = [(score, -abs(a.start - span[0]), a) for a in found if (score := _score(text, trigger, span, a)) > 0]
    if not scored:
        return []
    best = max(scored, key=lambda item: (item[0], item[1]))[2]
    return _side_by_side(text, best, found)


def _score(text: str, trigger: Trigger, span: tuple[int, int], actor: Actor) -> float:
    start, end = span
    before = text[max(0, actor.start - 32) : actor.start]
    if actor.level in ("prosecutor", "police", "cyber") and trigger.measure in ("sentence", "conviction"):
        return 0  # they announce what a court decided
    if _ORDER_OF.search(before):
        return 5
    weight = {
        "court": 3.0,
        "regulator": 3.0,
        "ministry": 3.0,
        "international": 3.0,
        "prosecutor": 2.5,
        "parliament": 2.0,
    }.get(actor.level, 1.5)
    if actor.level in ("cyber", "police"):
        weight = 0.5
    if _BY.search(before):
        return weight + 4
    if _ADJECTIVE_AFTER.match(text, actor.end):
        return 0
    is_place = actor.level == "government" and _PLACE.search(before)
    if is_place:
        return 0
    if actor.end <= start + 1:  # before the words of the measure
        gap = start - actor.end
        if gap > _SUBJECT_GAP or _AGAINST.search(before):
            return weight - 2 if actor.level == "court" and gap < _SUBJECT_GAP else 0
        if trigger.form == "suffers":
            return weight - 1.5 if actor.level == "court" else 0
        return weight + (2 if trigger.form == "acts" else 1) - gap / 100
    if actor.start >= end - 1 or (start <= actor.start and actor.end <= end):
        if _AGAINST.search(before) and actor.level != "court":
            return 0
        if actor.start < end:  # inside: "被欧盟处以罚款"
            return weight + 2
        if actor.level == "government":
            return 0
        return weight - 1 - (actor.start - end) / 60
    return 0


_AND = re.compile(
    r"(?:,| and| et| und| y| e|、|和|及|,? ?(?:as well as|aux côtés de)|, the|, (?:la|le|l['’]|les)| and the"
    r"| et (?:la |le |les |l['’]))\s?(?:the |la |le |les |l['’])?$",
    re.IGNORECASE,
)


def _side_by_side(text: str, best: Actor, found: Sequence[Actor]) -> list[Actor]:
    group = [best]
    index = found.index(best)
    for actor in reversed(found[:index]):
        if actor.level == group[0].level and _joined(text, actor.end, group[0].start):
            group.insert(0, actor)
        else:
            break
    for actor in found[index + 1 :]:
        if actor.level == group[-1].level and _joined(text, group[-1].end, actor.start):
            group.append(actor)
        else:
            break
    return group


def _joined(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return len(between) <= 12 and bool(
        re.fullmatch(
            r"\s?(?:,|and|et|und|y|e|、|和|及)?\s?(?:and|et|und|y|e)?\s?(?:the|la|le|les|l['’])?\s?",
            between,
            re.IGNORECASE,
        )
    )


_CLAUSE = re.compile(r"[;:|。；，]|,\s|\s[-–—]\s|[«»“”\"]|(?<![A-Z])\.\s")
_TARGET_BEFORE = re.compile(
    r"(?:\b(?:against|on|contre|gegen|contra|contro|tegen|przeciwko|wobec|против|target(?:ing|s)?|visant"
    r"|à l['’]encontre d[eu]|infligée? à|à"
    r"|for|entre as|a|oblig\w+|mandated|lets?|told|asks?|to require|requires?)"
    r"(?:\s(?:the|la|le|les|l['’]|die|den|der|el|los|las|il|lo|data broker|company|giant|e-commerce giant))?\s?|对"
    r"|向|与)$",
    re.IGNORECASE,
)
_NOT_TARGET = frozenset(
    [
        "ceo",
        "eu",
        "us",
        "uk",
        "u.s",
        "ai",
        "ia",
        "ki",
        "it",
        "police",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "gdpr",
        "rgpd",
        "dsgvo",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "internet",
        "web",
        "data",
        "android",
        "ios",
        "rfi",
        "clubic",
        "silicon",
        "reuters",
        "afp",
        "lemagit",
        "zataz",
        "securityweek",
        "dcod",
        "ir",
        "video",
        "update",
        "exclusive",
        "ld",
        "lead",
        "info",
        "x",
        "rib",
        "nis",
        "nis2",
        "tldr",
        "affaires",
        "état",
        "états",
        "cybercriminalité",
        "cybersécurité",
        "judge",
        "doj",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "bfmtv",
        "axios",
        "bloomberg",
        "politico",
        "betanews",
        "tekedia",
    ]
)
#: Who somebody is; a name made of these names nobody.
_DEMONYMS = frozenset(
    [
        "american",
        "americans",
        "british",
        "canadian",
        "chinese",
        "russian",
        "russians",
        "romanian",
        "belarusian",
        "latvian",
        "ukrainian",
        "french",
        "german",
        "italian",
        "spanish",
        "dutch",
        "polish",
        "indian",
        "korean",
        "japanese",
        "australian",
        "iranian",
        "israeli",
        "european",
        "nigerian",
        "turkish",
        "estonian",
        "north",
        "south",
        "jersey",
        "western",
        "eastern",
        "venezuelan",
        "venezuelans",
        "third",
        "two",
        "second",
        "former",
        "ex",
        "first",
        "canada",
        "russe",
        "russes",
        "chinois",
        "américain",
        "américains",
        "britannique",
    ]
)
_WHO = (
    r"(?:man|men|woman|nationals?|hackers?|officer|official|ex-official|employee|contractor|negotiator|student"
    r"|leader|mastermind|teenagers?|teens?|creator"
    r"|administrator|operator|developer|engineer|founders?|co-founders?|ceo|executive|center|centre|firms?"
    r"|companies|company|provider|brothers|citizen|expert|experts"
    r"|specialist|members?|affiliate|broker|couple|duo|trio|boss|chief|minister|president|supplier|retailer|bank"
    r"|hospital|school|university|council"
    r"|notaire|homme|femme|pirates?|étudiante?|opérateur|prestataire|technicien|entreprises?|sociétés?|hébergeur"
    r"|famille \w+|acteurs?|individus|ressortissants?"
    r"|employée?|fournisseurs?|équipementiers|éditeur|agents?|hombre|mujer|empresa|uomo|donna|azienda|Mann|Frau"
    r"|Unternehmen|Firma|Täter|homem|mulher|bedrijf"
    r"|vrouw|firma|mężczyzna|haker|cybercriminels|cybercondamnés|conglomérat|groupe)"
)
#: "A former IT employee", "une notaire", "Two Scattered Spider hackers": who it is when no name is given.
_PERSON = re.compile(
    rf"((?:[\w'’.-]+\s){{0,4}}?{_WHO}(?:\s(?:de \d+ ans|en cybersécurité|chinois(?:es)?|de maintenance|présumés"
    rf"|\w+ais d['’]\w+ \w+))?)(?!\w)",
    re.IGNORECASE,
)
_PERSON_TAIL = re.compile(rf"{_WHO}$", re.IGNORECASE)
_PERSON_AFTER = re.compile(rf"\s{_WHO}(?!\w)", re.IGNORECASE)
#: What a description does not start with: it is cut after the last of these.
_STOP = re.compile(
    r"^.*\b(?:the|a|an|to|on|of|by|any|all|some|several|un|une|le|la|les|des|du|de|son|sa|ses|plusieurs|ce|cet"
    r"|cette|ein|eine|einen|der|die|das|den|el|los|las|il|gli|o|os|een|het"
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
_PERSON_CJK = re.compile(r"(程序员|大学生|黑客|男子|女子|公司|企业|开发者|工程师)")
_FULL_NAME = re.compile(r"[^\W\d_][\w'’-]+(?: (?-i:[A-Z])\.)?(?: [^\W\d_][\w'’.-]+){1,3}")
_NOT_A_PARTY = re.compile(
    r"(?:Attorney|Judge|Prosecutor|Minister|Secretary|Commissioner|General|President|procureur|ministre|juge"
    r"|Senator|said|says|announced|déclaré|selon|according to|par|by|of|von|photo|©)\s$",
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
    start, end = span
    names = [n for n in find_names(text, language) if _may_be_hit(n, text, trigger, span, found, chosen)]
    names = _companies_first(names)
    marked = [n for n in names if _TARGET_BEFORE.search(text[max(0, n.start - 36) : n.start]) and n.start >= start - 5]
    before = [n for n in names if n.end <= start + 2]
    after = [n for n in names if n.start >= end - 1 or (n.start > start and n.end <= end)]
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
        sides = (after, marked, before)
    else:
        sides = (marked, _last_clause(text, before, start), after, before)
    description = _described(text, trigger, span)
    for side in sides:
        if side:
            if description and description[0].start <= side[0].start and side[0].end <= description[0].end:
                return description
            if side[0] not in names:
                return list(side)
            return _together(text, names, side[0])
    return description


def pick_persons(text: str, language: str | None, span: tuple[int, int]) -> list[Name]:
    """Full names of persons in a sentence, those before the words of the measure first."""
    found = actors(text)
    persons = [
        n
        for n in find_names(text, language)
        if _FULL_NAME.fullmatch(n.text)
        and not any(a.start < n.end and n.start < a.end for a in found)
        and not _NOT_A_PARTY.search(text[max(0, n.start - 16) : n.start])
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
    for actor in found:
        if (
            actor.start < name.end
            and name.start < actor.end
            and not (name.start < actor.start - 3 or name.end > actor.end + 3)
        ):
            if actor.level != "government" or actor in chosen:
                return False
            is_object = trigger.measure in ("lawsuit", "formal_notice", "other") and name.start > span[0]
            return is_object or bool(_TARGET_BEFORE.search(text[max(0, name.start - 36) : name.start]))
    return not re.match(r"(?:CVE|https?)", name.text)


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
    r"\s?(?:\([^)]{1,12}\)\s?)?(?:,|and|et|und|y|e|&|、|和|及|/|ou|or)\s?(?:(?:and|et|und|y|e|ou encore|encore"
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
    for match in matches[:1]:
        start, end = match.span(1)
        if stop := _STOP.match(text[start:end]):
            start += stop.end()
        if elided := _ELIDED.match(text[start:end]):
            start += elided.end()
        if trigger.form == "suffers" and (more := _OF_WHAT.fullmatch(text, end, span[0])):
            end = more.end(1)
        if start < end:
            return [Name(text[start:end], start, end)]
    cjk = list(_PERSON_CJK.finditer(text))
    side = [m for m in cjk if (m.end() <= span[0] + 2) == (trigger.form == "suffers")] or cjk
    near = min(side, key=lambda m: abs(m.end() - span[0]), default=None)
    return [Name(near[1], near.start(1), near.end(1))] if near else []


def is_description(name: str) -> bool:
    """Whether the words say who somebody is rather than a name ("Former officer")."""
    return bool(_PERSON_TAIL.search(name))


def against(text: str, actor: Actor) -> bool:
    """Whether the authority stands as the one hit or as a place."""
    before = text[max(0, actor.start - 32) : actor.start]
    return bool(_AGAINST.search(before) or (actor.level == "government" and _PLACE.search(before)))


@lru_cache(maxsize=2048)
def authority_id(name: str) -> str:
    """Id of an authority by any of its spellings; the folded name when the gazetteer lacks it."""
    hits = authorities()[0].find(name.strip())
    whole = [h for h in hits if h.end - h.start >= 0.6 * len(name.strip())]
    return whole[0].id if whole else fold(name).strip()


def entry(name: str) -> Authority | None:
    """Gazetteer entry of an authority by its id."""
    return authorities()[1].get(name)
