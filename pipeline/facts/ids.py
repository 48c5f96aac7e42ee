"""The CVE ids of an article: those of its own flaws, apart from those it compares with or tells as background."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from pipeline.facts.nicknames import nicknames
from pipeline.facts.patterns import load
from pipeline.facts.spans import Passage
from pipeline.text.background import is_background
from pipeline.text.identifiers import Identifier, find_cves

#: Sentences of the text, after the title, that say what the article is about.
OPENING = 4
#: An id this many years older than the newest is background unless the title or the opening names it.
_OLDER = 2
#: With more ids than these an article rounds up many flaws, all its own.
ROUND_UP = 8
#: Sentences that name ids for the first time, after which ids are no longer the main ones.
_FIRST = 2
_YEAR = re.compile(r"CVE-(\d{4})-")


def _words(name: str) -> str:
    return "|".join(load("another")[name])


_COMPARES = re.compile(rf"(?<!\w)(?:{_words('compares')})\s?[^.;。]{{0,40}}$", re.IGNORECASE)
_UNNUMBERED = re.compile(rf"(?<!\w)(?:{_words('unnumbered')})", re.IGNORECASE)
_ALSO = re.compile(rf"(?<![a-zà-ÿ])(?:{_words('also')})(?![a-zà-ÿ])", re.IGNORECASE)


def own_and_other_ids(
    passages: Sequence[Passage], language: str | None, published: date | None
) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    """Own ids, the main ones of them, and others: what only an aside names first is another's."""
    reading = _Reading(passages, language, published)
    for number, passage in enumerate(passages):
        ids = [item for item in find_cves(passage.text) if item.value not in reading.cut]
        if ids and passage.is_title:
            reading.take_title(passage, ids)
        elif ids:
            reading.take(number, passage, ids)
    return reading.sorted_out()


class _Reading:
    """What an article has said of ids up to a sentence."""

    def __init__(self, passages: Sequence[Passage], language: str | None, published: date | None) -> None:
        self.language, self.published = language, published
        self.title = passages[0].text if passages else ""
        self.cut = _cut_short(passages)
        self.is_named = _is_named(passages)
        self.is_unnumbered = any(_UNNUMBERED.search(p.text) and not find_cves(p.text) for p in passages[: OPENING + 1])
        self.has_title_id = False
        #: Sentences that named own ids for the first time.
        self.first = 0
        self.own: dict[str, None] = {}
        self.firm: set[str] = set()
        self.others: set[str] = set()

    def take_title(self, passage: Passage, ids: Sequence[Identifier]) -> None:
        """The ids of a title are the article's, but for those it compares with."""
        found = dict.fromkeys(item.value for item in ids)
        compared = _compared(passage.text, ids)
        if compared and compared != set(found):  # "Incomplete fix for CVE-…"
            self.others.update(compared)
            found = dict.fromkeys(value for value in found if value not in compared)
        self.own, self.firm, self.has_title_id = found, set(found), True

    def take(self, number: int, passage: Passage, ids: Sequence[Identifier]) -> None:
        """Sort the ids that a sentence of the text names for the first time."""
        found = dict.fromkeys(item.value for item in ids)
        fresh = [value for value in found if value not in self.own and value not in self.others]
        compared = _compared(passage.text, ids) & set(fresh)
        if (
            self._is_aside(number, passage, found, fresh, compared)
            or self.is_unnumbered
            or (self.has_title_id and not passage.is_lead)
        ):
            self.others.update(fresh)
            return
        if self.is_named:
            compared |= _of_other_names(passage.text, ids, self.title) & set(fresh)
        self.others.update(compared)
        self._own(number, [value for value in fresh if value not in compared])

    def _is_aside(
        self, number: int, passage: Passage, found: Iterable[str], fresh: Sequence[str], compared: frozenset[str]
    ) -> bool:
        """Whether a sentence looks back, or tells of another flaw beside the article's."""
        names_own = any(value in self.own for value in found)
        is_split = names_own or bool(compared and compared != set(fresh))
        if not is_split and is_background(passage.text, self.language, self.published):
            return True
        if names_own:
            return _followed(passage.text)
        return number > OPENING and _is_older_one(passage.text, fresh, self.published)

    def _own(self, number: int, fresh: Sequence[str]) -> None:
        """Keep ids as the article's; those of the opening, and of the first sentences that name any, as main ones."""
        self.own.update(dict.fromkeys(fresh))
        self.first += bool(fresh)
        if number <= OPENING or self.first <= _FIRST:
            youngest = max(map(_year, self.firm), default=0)
            self.firm.update(v for v in fresh if number <= OPENING or _year(v) > youngest - _OLDER)

    def sorted_out(self) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
        """Own ids without those of years ago, the main ones, and all others."""
        newest = max((_year(value) for value in self.firm or self.own), default=0)
        old = {value for value in self.own if value not in self.firm and _year(value) <= newest - _OLDER}
        own = tuple(value for value in self.own if value not in old)
        return own, frozenset(self.firm), frozenset(self.others | old)


def _cut_short(passages: Sequence[Passage]) -> frozenset[str]:
    """Ids that lost their last digit: an ellipsis follows four digits, or the article names the whole as well."""
    whole: set[str] = set()
    open_ended: set[str] = set()
    for passage in passages:
        for item in find_cves(passage.text):
            is_open = len(item.value) == _SHORTEST_ID and _ELLIPSIS.match(passage.text, item.end)
            (open_ended if is_open else whole).add(item.value)
    known = whole if len(whole) <= ROUND_UP else frozenset[str]()
    return frozenset(open_ended - whole) | {v for v in known if any(w.startswith(v) and w != v for w in known)}


#: "CVE-2026-1111".
_SHORTEST_ID = 13


def _is_named(passages: Sequence[Passage]) -> bool:
    """Whether the flaw of the article has a name of its own, so that "Copy Fail (CVE-…)" further down is another."""
    title = passages[0].text if passages and passages[0].is_title else ""
    return bool(_HEADING.match(title)) or any(name in title for name in nicknames(passages[: OPENING + 1]))


def _of_other_names(text: str, ids: Sequence[Identifier], title: str) -> frozenset[str]:
    """Ids in brackets behind a name that is not in the title."""
    named = ((item, _NAME_OF.search(text, max(0, item.start - _REACH), item.start)) for item in ids)
    return frozenset(item.value for item, name in named if name is not None and name["name"] not in title)


def _is_older_one(text: str, fresh: Sequence[str], published: date | None) -> bool:
    """ "The agency also warned of CVE-2025-…", late in a report of the year after."""
    if published is None or not _ALSO.search(text):
        return False
    return all(_year(value) < published.year for value in fresh)


def _compared(text: str, ids: Sequence[Identifier]) -> frozenset[str]:
    """Ids that a sentence only compares with: "resembles CVE-…", "not a bypass of CVE-…", with their list."""
    found: set[str] = set()
    end = -1
    for item in ids:
        goes_on = bool(found) and end >= 0 and _LIST.fullmatch(text, end, item.start)
        if goes_on or _COMPARES.search(text[max(0, item.start - _REACH) : item.start]):
            found.add(item.value)
            end = item.end
        else:
            end = -1
    return frozenset(found)


#: How far before an id the words stand that compare with it, in code points.
_REACH = 70
_ELLIPSIS = re.compile(r"…|\.\.\.|\[…\]")
#: "DirtyPipe: …": a word with two capitals heads the title.
_HEADING = re.compile(r"[“\"«]?[A-Z]+[a-z]+[A-Z]\w*[”\"»]?\s?:")
_NAME_OF = re.compile(r"(?P<name>[A-Z]\w{2,}(?: [A-Z0-9]\w*){0,2})\s?\((?:CVE-[\d-]+(?:, | and |,| et | und ))?$")
_LIST = re.compile(r"(?:,|/|\s|and|et|und|y|e|en|i|or|、|和)+")


def _followed(text: str) -> bool:
    """ "the fifth zero-day, following CVE-…": what comes after is a list of earlier ones."""
    return bool(re.search(r"\b(?:following|followed|after|après|nach|tras)\W{0,2}\w*\W{0,2}CVE-\d", text))


def _year(cve: str) -> int:
    match = _YEAR.match(cve)
    return int(match[1]) if match else 0
