"""What an article is about: its own flaws, apart from those it mentions beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.facts.patterns import claims, flaw_words, spoken
from pipeline.facts.spans import Passage
from pipeline.model import Article
from pipeline.text.background import is_background
from pipeline.text.identifiers import find_cves
from pipeline.text.names import find_names
from pipeline.text.normalise import fold

#: Sentences of the text, after the title, that say what the article is about.
_OPENING = 4
#: Sentences whose statements are taken to be about the flaw of the article even where they name nothing.
_NEAR = 8
#: An id this many years older than the newest is background unless the title or the opening names it.
_OLDER = 2
#: With more ids than these an article rounds up many flaws, all its own.
_ROUND_UP = 8
#: Sentences that name ids for the first time, after which ids are no longer the main ones.
_FIRST = 2
#: How far behind a statement its object may begin, in code points, and what may stand between.
_OBJECT = 30
_JOINED = re.compile(r"[^,.;:()]*")
_YEAR = re.compile(r"CVE-(\d{4})-")
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
    published: date | None
    language: str | None

    def is_aside(self, passage: Passage) -> bool:
        """Whether a sentence tells of another flaw or of earlier days."""
        named = {item.value for item in find_cves(passage.text)}
        if named & set(self.cves):
            return False
        if named & self.others:
            return True
        return not passage.is_title and is_background(passage.text, self.language, self.published)

    def is_of_another(self, text: str, start: int, end: int) -> bool:
        """Whether what a sentence states at a span is of the id of another flaw: the one behind it, else before it."""
        ids = find_cves(text)
        if all(item.value in self.cves for item in ids):
            return False
        after = (i for i in ids if i.start >= end and i.start - end <= _OBJECT)
        behind = next((i for i in after if _JOINED.fullmatch(text, end, i.start)), None)
        nearest = behind or next((i for i in reversed(ids) if i.end <= start), None)
        return nearest is not None and nearest.value in self.others

    def speaks_of_it(self, passage: Passage, number: int) -> bool:
        """Whether the sentence with this number states something about the flaws of the article."""
        named = {item.value for item in find_cves(passage.text)}
        if self.is_aside(passage) or (named and not named & self.firm and len(self.cves) <= _ROUND_UP):
            return False
        if passage.is_title or number <= _NEAR or any(i.value in self.cves for i in find_cves(passage.text)):
            return True
        folded = fold(passage.text)
        return bool(_REFERENCE.search(passage.text)) or any(name in folded for name in self.names)


def focus(article: Article, passages: Sequence[Passage]) -> Focus:
    """Read what an article is about from its title, its opening and the order of its ids."""
    published = article.published.date() if article.published else None
    cves, firm, others = _ids(passages, article.language, published)
    opening = [p for p in passages if p.is_title] + [p for p in passages if not p.is_title][:_OPENING]
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
    return Focus(is_disclosure, cves, firm, others, names, published, article.language)


def _ids(
    passages: Sequence[Passage], language: str | None, published: date | None
) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    """Own ids, the main ones of them, and others: what only an aside names first is another's."""
    own: dict[str, None] = {}
    others: set[str] = set()
    firm: set[str] = set()
    has_title_id, first = False, 0
    for number, passage in enumerate(passages):
        found = dict.fromkeys(item.value for item in find_cves(passage.text))
        if not found:
            continue
        if passage.is_title:
            own, firm, has_title_id = found, set(found), True
            continue
        fresh = [value for value in found if value not in own and value not in others]
        beside = not any(value in own for value in found) and is_background(passage.text, language, published)
        beside = beside or (any(value in own for value in found) and _followed(passage.text))
        if beside or (has_title_id and not passage.is_lead):
            others.update(fresh)
            continue
        own.update(dict.fromkeys(fresh))
        first += bool(fresh)
        if number <= _OPENING or first <= _FIRST:
            firm.update(fresh)
    newest = max((_year(value) for value in firm or own), default=0)
    old = {value for value in own if value not in firm and _year(value) <= newest - _OLDER}
    return tuple(value for value in own if value not in old), frozenset(firm), frozenset(others | old)


def _followed(text: str) -> bool:
    """ "the fifth zero-day, following CVE-…": what comes after is a list of earlier ones."""
    return bool(re.search(r"\b(?:following|followed|after|après|nach|tras)\W{0,2}\w*\W{0,2}CVE-\d", text))


def _year(cve: str) -> int:
    match = _YEAR.match(cve)
    return int(match[1]) if match else 0
