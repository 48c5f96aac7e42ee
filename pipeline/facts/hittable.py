"""Which names of a sentence may be whom a measure hits: no office, no outlet, no authority that decides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.facts.bystanders import is_bystander
from pipeline.facts.described import WHO
from pipeline.facts.marks import TARGET_BEFORE, is_strong
from pipeline.facts.patterns import Trigger, load
from pipeline.facts.roles import Actor
from pipeline.text.names import Name, organisations, products

_NOT_TARGET = frozenset(load("people")["nobody"])
#: Who somebody is; a name made of these names nobody.
_OFFICE_HOLDER = re.compile(
    r"(?:Foreign|Interior|Prime|Home|Justice|Treasury|Commerce|State)?\s?"
    r"(?:Secretary|Minister|President|Commissioner|Chancellor|Senator|Ministre|Président|Commissaire|Ministro|Ministra"
    r"|Presidente|Ministerin|Präsident|Judge|Justice|Attorney General)\s"
)
#: "Amsterdamse | hacker": where somebody is from, in front of who he is.
_FROM_PLACE = re.compile(r"\w+(?:se|sche)$")
_IS_SOMEBODY = re.compile(rf"\s(?-i:(?=[a-z])){WHO}(?!\w)", re.IGNORECASE)
_OFFICE_BEFORE = re.compile(rf"(?:{_OFFICE_HOLDER.pattern})$")
DEMONYMS = frozenset(load("people")["origin"])
_OF = r"\s(?:of|de|du|des|d['’]|von|vom|der|di|del|della|dell['’]|do|da|van|w)\s?(?:the |la |le |l['’]|der |het |het )?"
#: "the founder of X", "Entwickler von X", "a clerk of X": X says who, and is not hit.
OF_SOMEBODY = re.compile(
    rf"(?<!\w)(?:(?:{'|'.join(load('people')['role'])}){_OF}(?:[a-zà-ÿß-]+ ){{0,3}}"
    rf"|(?-i:(?=[a-zà-ÿ])|(?=[A-ZÄÖÜ][a-zäöü]+er\b)){WHO}(?:\s[a-zà-ÿ]{{4,}})?{_OF})$",
    re.IGNORECASE,
)
NO_NAMES = DEMONYMS | _NOT_TARGET
#: "Examplia says Acme was fined": who tells of it.
_SAYS = re.compile(
    r"\s(?:says|said|reports|announced|a annoncé|annonce|affirme|explique|teilt|sagt|dice|afirma|anunció|diz|disse"
    r"|ha annunciato|meldt|zegt)(?!\w)(?!,)"
)


def companies_first(names: list[Name]) -> list[Name]:
    """Without products where an organisation is named too: a decision hits who makes it."""
    known = [n for n in names if organisations().find(n.text)]
    if not known:
        return names
    return [n for n in names if not (products().find(n.text) and not organisations().find(n.text))]


def may_be_hit(
    name: Name, text: str, trigger: Trigger, span: tuple[int, int], found: Sequence[Actor], chosen: Sequence[Actor]
) -> bool:
    """Whether a name is somebody's and the sentence does not show him as who decides, tells or holds an office."""
    if _is_nobody(name, text) or (name.end < span[0] and _SAYS.match(text, name.end)):
        return False
    if is_bystander(name, text, span):
        return False
    is_marked_out = is_strong(text, name, span)
    for actor in found:
        if is_marked_out and actor not in chosen and not actor.listed:
            continue  # "imposed on the Lands Authority"
        if _is_called(name, actor):
            return _is_state_hit(name, text, trigger, span, actor, chosen)
    return not re.match(r"(?:CVE|https?)", name.text) and not OF_SOMEBODY.search(
        text[max(0, name.start - 48) : name.start]
    )


#: "Le ministre de la Justice, | David X": an office between article and comma; a former one may be punished.
_OFFICE_APPOSED = re.compile(
    r"(?<!\w)(?:[Ll]e |[Ll]a |[Tt]he |[Dd]er |[Dd]ie |[Ee]l |[Ii]l |[Oo] |[Dd]e )"
    r"(?:ministre|secrétaire d['’]État|minister|[A-Z]?\w*minister(?:in)?|ministr[oa]|commissaire|commissioner"
    r"|attorney general)(?:,| (?:de|of|for|des|für|van|del|della|per|da|du|chargée?)[^.;:,]{1,50},)\s$"
)
#: So far in front of a name its office may begin, in code points.
_APPOSED_WITHIN = 80
#: "イカウイルスで実刑判決": by what or where it came to it, behind a Japanese name.
_BY_MEANS = re.compile(r"で(?![はも])|による|事件")


#: "Sentença da Justiça de Exemplo": a decision, with a capital from its place.
_DECISION = re.compile(
    r"(?:Sentença|Decisão|Acórdão|Liminar|Despacho|Sentencia|Resolución|Fallo|Sentenza|Ordinanza|Provvedimento"
    r"|Decisione)(?!\w)"
)


def _is_nobody(name: Name, text: str) -> bool:
    """Whether a name is a day, an outlet, an origin or an office."""
    plain = name.text.casefold().rstrip(".")
    if _BY_MEANS.match(text, name.end) or _DECISION.match(name.text):
        return True
    if plain in NO_NAMES or not any(c.isalpha() for c in name.text):
        return True
    if _FROM_PLACE.fullmatch(name.text) and _IS_SOMEBODY.match(text, name.end):
        return True
    if _OFFICE_APPOSED.search(text, max(0, name.start - _APPOSED_WITHIN), name.start):
        return True
    before = text[max(0, name.start - 16) : name.start]
    return bool(_OFFICE_HOLDER.match(name.text) or _OFFICE_BEFORE.search(before))


def _is_called(name: Name, actor: Actor) -> bool:
    """Whether a name is an authority's, give or take an article."""
    meets = actor.start < name.end and name.start < actor.end
    return meets and name.start >= actor.start - 3 and name.end <= actor.end + 3


def _is_state_hit(
    name: Name, text: str, trigger: Trigger, span: tuple[int, int], actor: Actor, chosen: Sequence[Actor]
) -> bool:
    """Whether an authority is a state that another one sues, warns or punishes."""
    if actor.level != "government" or actor in chosen:
        return False
    is_object = trigger.measure in ("lawsuit", "formal_notice", "other") and name.start > span[0]
    return is_object or bool(TARGET_BEFORE.search(text[max(0, name.start - 36) : name.start]))
