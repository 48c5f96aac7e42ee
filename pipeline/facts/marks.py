"""What stands around a name and says that a measure hits it, or that it is only why."""

from __future__ import annotations

import re

from pipeline.facts.parties import without_kind
from pipeline.facts.patterns import Trigger
from pipeline.text.names import Name

#: Small letters of the languages whose kinds of companies stand in front of their names.
_SMALL = "a-zà-ÿßąćęłńśźżčďěňřšťůžа-яёіїєґ"

TARGET_BEFORE = re.compile(
    r"(?:\b(?:against|on|contre|gegen|contra|contro|tegen|mod|przeciwko|wobec|против|проти|proti|в отношении"
    r"|щодо|target(?:ing|s)?|visant"
    r"|mot(?!\s(?:de|d['’]|clé))|till?|för|у"
    r"|à l['’]encontre d[eu]|infligée? à|à|au|aux|pour|für|voor|dla|para|al|alla|ao|aan"
    r"|for|entre as|a|oblig\w+|mandated|lets?|told|asks?|to require|requires?)"
    r"(?:\s(?:the|la|le|les|l['’]|die|den|der|el|los|las|il|lo|data broker|company|giant|e-commerce giant))?\s?|对"
    r"|向|与)$",
    re.IGNORECASE,
)
#: "gegen X", "à l'encontre du courtier X", "impuesta al banco X": whom a measure hits, in any form of it.
STRONG = re.compile(
    r"(?:\b(?:against|contre|à l['’]encontre d(?:e|u|es)|gegen|contra|contro|nei confronti d(?:i|el|ella|ell)"
    r"|a carico d(?:i|el|ella)|tegen|mod|przeciw(?:ko)?|wobec|против|проти|proti|в отношении|щодо|visant|targeting"
    r"|mot(?!\s(?:de|d['’]|clé|à|du))"
    r"|(?:infligée?s?|imposée?s?) (?:à|aux?)|impuestas? al?|inflitt[ae] a(?:l|lla)?|impost[ae] a(?:l|lla)?"
    r"|(?:imposed|levied|slapped) (?:up)?on|\d[\d.,]* (?:(?:million|billion|[A-Z]{3}|euros?|dollars?|pounds?) ){0,2}on"
    r"|(?:issued|applied|handed) (?:down )?to|aplicadas? (?:a|ao|à)|opgelegd aan|nałożon\w+ na)"
    r"(?:[\s'’](?:the|la|le|les|l|die|den|der|das|el|los|las|il|lo|i|gli|o|a|os|as|de"
    rf"|het))?(?:[\s'’][{_SMALL}-]+){{0,4}}[\s'’]"
    r"|对|向)$"
)
#: What follows is why, not whom.
_WHY = re.compile(
    r"\b(?:for|over|after|because|pour|après|suite à|wegen|nach|por|tras|per|dopo|após|voor|wegens|vanwege"
    r"|für|för|efter|etter|за|из-за|через|после|після|kvůli|za|po)\s"
    r"(?!\S+\s(?:jours?|semaines?|mois|ans?|days?|weeks?|months?|years?|Tage?n?|Wochen|Monaten?|Jahren?|días?|mes"
    r"|meses|años?"
    r"|mesi|anni|giorni|dias|anos|dagen|weken|maanden|jaar|dni|lat|lata|miesi\w+"
    r"|år|måneder|månader|dagar|dage|dager|лет|года?|месяц\w*|дн\w+)\b)"
    # "ha sanzionato per 3 milioni di euro": a sum is no cause.
    r"(?!(?:oltre\s|quasi\s|altri\s)?\d[\d.,]*\s?(?:mila|mille|mil|mili\w+|milli\w+|Mio|Mrd|mln|mld|[€$£]|euro\w*|dollar\w*)(?!\w))|因",
    re.IGNORECASE,
)
#: "who …", "qui …": what follows is told of somebody, not done to him.
_WHICH = re.compile(
    r"\b(?:who|which|whose|that|qui|lequel|que|che|quien|el cual|dat|som|котор(?:ый|ая|ые|ое)|який|яка|который|która"
    r"|który|která|který)\s"
    # In German these are articles as well; in Dutch "die" has no comma, and what somebody did behind it.
    r"|,\s(?:die|der|das)\s|\b[Dd]ie\s(?-i:[a-z]+(?<!e)(?<!n)\s[a-z])",
    re.IGNORECASE,
)
#: What may lead to somebody, too ("a fine for Examplia"); "after" and "over" never do.
_FOR = re.compile(r"(?:for|pour|für|por|per|para|voor|för|за|za|dla)\s", re.IGNORECASE)
_GERUND = re.compile(r"[a-z]+ing\b")
_DIRECTLY = re.compile(
    r"(?:(?:the|la|le|les|l['’]|den|die|das|el|los|il|o|a|de|het)\s?)?(?:[a-zà-ÿß'’-]+\s){0,4}", re.IGNORECASE
)
_QUOTES = "«„“\"‘'"
OPENING_QUOTE = re.compile(r"[“\"‘'«„「]\s?$")


def is_marked(text: str, start: int, language: str | None) -> bool:
    """Whether a word that leads to somebody stands in front of a place; the English article is none."""
    start = without_kind(text, start, language)
    marker = TARGET_BEFORE.search(text[max(0, start - 36) : start].rstrip(_QUOTES))
    is_article = (language or "en")[:2] == "en" and marker is not None and marker[0].strip() == "a"
    return marker is not None and not is_article


def is_beyond(text: str, name: Name, trigger: Trigger, end: int) -> bool:
    """Whether a name stands in why something was done or in what is told of who it was done to."""
    why = _WHY.search(text, end, max(end, name.start))
    is_marked = trigger.form == "noun" and why and _FOR.match(why[0]) and not _GERUND.match(text, why.end())
    if why and not (is_marked and _DIRECTLY.fullmatch(text, why.end(), name.start)):
        return True
    return trigger.form != "suffers" and bool(_WHICH.search(text, end, max(end, name.start)))


def is_strong(text: str, name: Name, span: tuple[int, int], language: str | None = None) -> bool:
    """Whether a name stands behind "against", inside the words of the measure or right after them."""
    if name.start < span[0]:
        return False
    start = without_kind(text, name.start, language)
    match = STRONG.search(text[max(0, start - 60) : start].rstrip(_QUOTES))
    if match is None:
        return False
    marker = max(0, start - 60) + match.start()
    return marker >= span[0] and marker - span[1] < _NEAR_MEASURE and not _WHY.search(text[span[1] : marker])


#: How far behind the words of a measure "against" may stand.
_NEAR_MEASURE = 50


def is_quoted(text: str, name: Name) -> bool:
    """Whether a name stands in quotation marks, as a nickname does."""
    return bool(OPENING_QUOTE.search(text[: name.start]))
