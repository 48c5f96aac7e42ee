"""What an article is about: its own flaws, apart from those it mentions beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.facts.ids import OPENING, ROUND_UP, own_and_other_ids
from pipeline.facts.nicknames import nicknames
from pipeline.facts.patterns import claims, flaw_words, load, spoken
from pipeline.facts.spans import Passage
from pipeline.model import Article
from pipeline.text.background import is_background
from pipeline.text.identifiers import find_cves
from pipeline.text.names import find_names
from pipeline.text.normalise import fold

#: Sentences whose statements are taken to be about the flaw of the article even where they name nothing.
_NEAR = 8
#: How far behind a statement its object may begin, in code points, and what may stand between.
_OBJECT = 30
_JOINED = re.compile(r"[^,.;:()]*")
#: "this issue", "the flaw", "la faille", "die Lücke": the flaw spoken of before. Data of few words, one list for all.
_REFERENCE = re.compile(
    r"\b(?:the|this|these|both|all|its|said) (?:[\w&/-]+ ){0,4}?(?:vulnerabilit(?:y|ies)"
    r"|flaws?|issues?|bugs?|weakness(?:es)?"
    r"|zero-days?|problems?|defects?|holes?|cves?)\b"
    r"|\b(?:la|le|les|cette|ces|ce|l[ae]s|los|el|esta|este|estas|estos|questa|queste|essa) (?:\w+ ){0,2}?"
    r"(?:failles?|vulnérabilités?|brèches?|défauts?|problèmes?|vulnerabilidad(?:es)?|fallos?|fall[ae]|vulnerabilità"
    r"|vulnerabilidades?|falhas?)\b"
    r"|\b(?:die|diese|der|den) (?:\w+ ){0,2}?(?:\w*[Ll]ücken?|\w*[Ss]chwachstellen?|Fehler)\b"
    r"|\b(?:het|de|deze|dit) (?:\w+ ){0,2}?(?:\w*lek(?:ken)?|kwetsbaarhe(?:id|den))\b"
    r"|该漏洞|此漏洞|这些?漏洞|漏洞|脆弱性|уязвимост|podatnoś|luk[aięę]",
    re.IGNORECASE,
)


_CAPITALS = r"(?-i:[A-Z][\w.-]*\w(?: [A-Z][\w.-]*\w){0,2})"
_QUOTES = "[“”\"«»„‘’']?"
#: A flaw named as one known ("the Copy Fail bug"), or beside the story's ("Copy Fail, another …").
_ANOTHER = re.compile(
    rf"\b(?:the|another) {_QUOTES}(?P<name>{_CAPITALS}){_QUOTES} (?:flaw|vulnerability|bug|zero-day)(?:in|to)?\b"
    rf"|^{_QUOTES}(?P<head>{_CAPITALS}){_QUOTES}, (?:{'|'.join(load('another')['apposed'])}) ",
    re.IGNORECASE,
)
_GOES_ON = re.compile(rf"(?:{'|'.join(load('another')['goes_on'])})(?!\w)")


@dataclass(frozen=True, slots=True)
class Focus:
    """The flaws an article is about."""

    #: Whether title or opening speak of a flaw at all.
    is_disclosure: bool
    #: Its own ids, in order of prominence.
    cves: tuple[str, ...]
    #: Those of the title, the opening and the first sentences that name any.
    firm: frozenset[str]
    #: Ids it mentions beside them.
    others: frozenset[str]
    #: Folded names of the title.
    names: frozenset[str]
    #: Offsets of the sentences of the text that tell of another flaw or of earlier days.
    asides: frozenset[int]

    def is_aside(self, passage: Passage) -> bool:
        """Whether a sentence tells of another flaw or of earlier days."""
        return not passage.is_title and passage.offset in self.asides

    def is_of_another(self, text: str, end: int) -> bool:
        """Whether what a sentence states up to `end` is of the id of another flaw: the one behind it, else before."""
        ids = find_cves(text)
        if all(item.value in self.cves for item in ids):
            return False
        after = (i for i in ids if i.start >= end and i.start - end <= _OBJECT)
        behind = next((i for i in after if _JOINED.fullmatch(text, end, i.start)), None)
        nearest = behind or next((i for i in reversed(ids) if i.start < end), None)
        return nearest is not None and nearest.value in self.others

    def speaks_of_it(self, passage: Passage, number: int) -> bool:
        """Whether the sentence with this number states something about the flaws of the article."""
        named = {item.value for item in find_cves(passage.text)}
        if self.is_aside(passage) or (named and not named & self.firm and len(self.cves) <= ROUND_UP):
            return False
        if passage.is_title or number <= _NEAR or any(i.value in self.cves for i in find_cves(passage.text)):
            return True
        folded = fold(passage.text)
        return bool(_REFERENCE.search(passage.text)) or any(name in folded for name in self.names)


def focus(article: Article, passages: Sequence[Passage]) -> Focus:
    """Read what an article is about from its title, its opening and the order of its ids."""
    published = article.published.date() if article.published else None
    cves, firm, others = own_and_other_ids(passages, article.language, published)
    opening = [p for p in passages if p.is_title] + [p for p in passages if not p.is_title][:OPENING]
    patterns = [p for p in map(flaw_words, spoken(article.language)) if p is not None]
    stated = [w for t in spoken(article.language) for k in ("exploited", "patched") for w in claims(k, t).values()]
    is_disclosure = any(find_cves(p.text) or any(w.search(p.text) for w in patterns) for p in opening) or any(
        w.search(p.text) for p in opening for w in stated
    )
    names = frozenset(
        fold(n.text)
        for p in passages[:1]
        if p.is_title
        for n in find_names(p.text, article.language)
        if len(n.text) > 2
    )
    asides = _asides(passages, frozenset(cves), others, article.language, published)
    return Focus(is_disclosure, cves, firm, others, names, asides)


def _asides(
    passages: Sequence[Passage],
    own: frozenset[str],
    others: frozenset[str],
    language: str | None,
    published: date | None,
) -> frozenset[int]:
    """Offsets of the sentences that name another flaw by id or name, look back, or go on from one that does."""
    opening = fold(" ".join(p.text for p in passages[: OPENING + 1]))
    foreign = _foreign_names(passages, own, opening)
    found: set[int] = set()
    goes_on = False
    for number, passage in enumerate(passages):
        if passage.is_title:
            continue
        ids = {item.value for item in find_cves(passage.text)}
        names_own = bool(ids & own)
        names_other = not names_own and (bool(ids & others) or any(name in passage.text for name in foreign))
        if not names_own and not names_other and number > OPENING:
            names_other = _names_another(passage.text, opening)
        goes_on = names_other or (goes_on and not names_own and bool(_GOES_ON.match(passage.text)))
        if goes_on or (not names_own and is_background(passage.text, language, published)):
            found.add(passage.offset)
    return frozenset(found)


def _foreign_names(passages: Sequence[Passage], own: frozenset[str], opening: str) -> frozenset[str]:
    """Names of flaws that the article gives after its opening, in sentences without an id of its own."""
    return frozenset(
        name
        for name, number in nicknames(passages).items()
        if fold(name) not in opening and not any(item.value in own for item in find_cves(passages[number].text))
    )


def _names_another(text: str, opening: str) -> bool:
    """ "the Copy Fail bug", "like Copy Fail, which …", where title and opening name nothing of the kind."""
    return any(fold(match["name"] or match["head"]) not in opening for match in _ANOTHER.finditer(text))
