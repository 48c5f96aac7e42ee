"""Where a description of somebody ends: it is read word by word ("two hackers from Exampletown | were")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from pipeline.facts.speech import HEAD_LAST, Speech
from pipeline.text.names import Name

#: Longest description, in words.
_LONGEST = 8
#: One word, or an elided one with its apostrophe ("d'", "dell'").
_WORD = re.compile(r"[ \u00a0]?((?:[dlnsc]|dell|all|nell|sull|dall|un)['’](?=\w)|[^\W_][\w’'&/-]*)", re.IGNORECASE)
#: "32 ans": an age within a description.
_AGE = re.compile(r"(\d{1,2}) (?:ans|años|anni|anos|Jahren|jaar|år|lat|лет|years)(?!\w)")
#: "de violer", "di aver", "de proteger": behind "of" a deed, nobody.
_INFINITIVE = re.compile(r"\w{2,}(?:er|ir|re|ar|oir)$")
#: "a firm buying", "a man accused": what is told of somebody behind his noun.
_TELLS = re.compile(r"[a-z](?:ing|ed)$")
#: "coûterait", "pourront", "costaría": a verb behind the description.
_VERB = re.compile(r"(?:rait|raient|ront|aient|rían?|rán|rebbero?|ranno|riam)$", re.IGNORECASE)
#: "courtier | en données": in what somebody deals.
_TRADE = re.compile(r"en (?:données|ligne|cybersécurité|informatique|télécommunications?|logiciels?|paiements?)(?!\w)")
#: "Hacker aus Russland | und China".
_ORIGIN = re.compile(r"\s(?:aus|from|uit|z|из)\s[A-ZÀ-ÞŁŚŻА-ЯЁ][\w-]+$")
_AND_ORIGIN = re.compile(r"\s(?:und|and|en|i|и)\s[A-ZÀ-ÞŁŚŻА-ЯЁ][\w-]+")
#: Longest word that leads to an origin, with its spaces.
_ORIGIN_WORD = 6


def end_of_phrase(text: str, start: int, words: Speech, names: Sequence[Name]) -> int | None:
    """Where the description that starts at a place ends; None where it leads up to a name."""
    walk = _Walk(text, words, [n for n in names if n.end > start], start, start, start)
    while walk.count < _LONGEST and (match := _WORD.match(text, walk.place)):
        if walk.count == 0 and match.start(1) != walk.place:
            break
        answer = walk.read(match)
        if answer is _Answer.OVER:
            break
        if not isinstance(answer, _Answer):
            return answer
    return _with_origins(text, start, _without_things(text, start, walk.end, words))


class _Answer(Enum):
    """What a word says of a description."""

    #: Nothing yet: the next question is asked.
    NEXT = auto()
    #: The word belongs to it.
    ON = auto()
    #: It ended before the word.
    OVER = auto()


@dataclass(slots=True)
class _Walk:
    """A description that is read word by word; each question answers, or gives where all of it ends (None: a name)."""

    text: str
    words: Speech
    #: Names that do not end before it.
    names: Sequence[Name]
    start: int
    #: Where it ends so far, and where the next word is looked for.
    end: int
    place: int
    is_linked: bool = False
    #: Words read, links and articles apart.
    count: int = 0

    def read(self, match: re.Match[str]) -> _Answer | int | None:
        """Ask what the next word is."""
        for ask in (self._is_age, self._is_link, self._is_article, self._ends, self._is_name, self._is_thing):
            answer = ask(match)
            if answer is not _Answer.NEXT:
                return answer
        self.end, self.place, self.is_linked, self.count = match.end(), match.end(), False, self.count + 1
        return _Answer.ON

    def _is_age(self, match: re.Match[str]) -> _Answer | int:
        age = _AGE.match(self.text, match.start(1)) if self.is_linked else None
        return age.end() if age else _Answer.NEXT

    def _is_link(self, match: re.Match[str]) -> _Answer:
        """ "hacker | of | Exampletown"."""
        if self.count and (trade := _TRADE.match(self.text, match.start(1))):
            self.end = self.place = trade.end()
            return _Answer.ON
        link = self.words.links.match(self.text, match.start(1))
        if link is None:
            return _Answer.NEXT
        if self.count == 0:
            return _Answer.OVER
        self.is_linked, self.place = True, link.end()
        return _Answer.ON

    def _is_article(self, match: re.Match[str]) -> _Answer | int | None:
        """An article goes on behind a link; elsewhere the next noun is another's ("a company | a total of")."""
        words = self.words
        if not words.articles.fullmatch(match[1]) and not words.one.fullmatch(match[1]):
            return _Answer.NEXT
        if self.is_linked:
            self.place = match.end()
            return _Answer.ON
        if not self.count:
            return _Answer.NEXT
        last = self.text.rfind(" ", self.start, self.end) + 1
        if words.tag in HEAD_LAST and not words.who.search(self.text, last, self.end):
            return None
        return _without_things(self.text, self.start, self.end, words)

    def _ends(self, match: re.Match[str]) -> _Answer:
        """A verb, or a word that no description goes on with."""
        word, words = match[1], self.words
        tells = words.tag == "en" and _TELLS.search(word) and words.who.search(self.text, self.start, self.end)
        is_verb = words.tag not in HEAD_LAST and _VERB.search(word)
        if self.count and (tells or is_verb):
            return _Answer.OVER
        is_end = not word[0].isupper() and words.ends.match(self.text, match.start(1))
        return _Answer.OVER if is_end else _Answer.NEXT

    def _is_name(self, match: re.Match[str]) -> _Answer | int | None:
        """A name ends it behind a link ("hacker of Acme"), or belongs to the noun behind it ("Acme hacker")."""
        named = next((n for n in self.names if n.start <= match.start(1) < n.end), None)
        if named is None:
            return _Answer.NEXT
        if self.is_linked:
            return _with_origins(self.text, named.start, named.end)
        after = _WORD.match(self.text, named.end) if self.words.tag == "en" else None
        if after is None or not self.words.who.fullmatch(after[1]):
            return None
        self.end = self.place = named.end
        self.count += 1
        return _Answer.ON

    def _is_thing(self, match: re.Match[str]) -> _Answer:
        """A sum, a deed or a noun for what was done."""
        word, is_thing = match[1], self.words.things.fullmatch(match[1])
        is_deed = self.is_linked and (_INFINITIVE.match(word) or is_thing)
        is_next = is_thing and self.count and self.words.tag not in HEAD_LAST
        return _Answer.OVER if _is_money(word, self.count) or is_deed or is_next else _Answer.NEXT


def _with_origins(text: str, start: int, end: int) -> int:
    """Where a description ends that may tell of two origins."""
    joint = _AND_ORIGIN.match(text, end) if _ORIGIN.search(text, max(0, start - _ORIGIN_WORD), end) else None
    return joint.end() if joint else end


def _is_money(word: str, count: int) -> bool:
    is_code = count > 0 and len(word) == 3 and word.isupper()
    return is_code or (word[0].isdecimal() and word.isdecimal() and (count > 0 or len(word) > 3))


def _without_things(text: str, start: int, end: int, words: Speech) -> int:
    """ "legt ziekenhuis boete op": without what was done at the end of it."""
    while " " in text[start:end] and words.tag in HEAD_LAST:
        last = text.rindex(" ", start, end)
        if not words.things.fullmatch(text, last + 1, end):
            break
        end = last
    return end
