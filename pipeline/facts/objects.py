"""Whom a sentence shows as hit where it gives no name: "fined a doctor", "une amende pour deux adolescents"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from pipeline.facts.parties import ANYBODY
from pipeline.facts.patterns import Trigger, load, spoken
from pipeline.text.names import Name
from pipeline.text.normalise import FIRST_IDEOGRAPH

#: Longest description, in words.
_LONGEST = 8
#: One word, or an elided one with its apostrophe ("d'", "dell'").
_WORD = re.compile(r"[ \u00a0]?((?:[dlnsc]|dell|all|nell|sull|dall|un)['’](?=\w)|[^\W_][\w’'&/-]*)", re.IGNORECASE)
#: What may stand between a measure and the word that leads to whom it hits: "de 3 M€", "in Höhe von 5.000 Euro".
_BETWEEN = re.compile(r"(?:[^,;:.!?|«»“”\"()\d]|\d[.,]?|\([^()]{0,30}\)){0,60}")
_QUOTE_OR_NAME = re.compile(r"\s?[«“„\"「]")
#: "32 ans": an age within a description.
_AGE = re.compile(r"(\d{1,2}) (?:ans|años|anni|anos|Jahren|jaar|år|lat|лет|years)(?!\w)")
#: "de violer", "di aver", "de proteger": behind "of" a deed, nobody.
_INFINITIVE = re.compile(r"\w{2,}(?:er|ir|re|ar|oir)$")
_NUMERAL = re.compile(
    r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|dozens?|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze"
    r"|quinze|seize|vingt|trente|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|due|tre"
    r"|quattro|cinque|sei|sette|otto|nove|dieci|dois|duas|três|quatro|sete|oito|dez|twee|drie|vijf|zes|zeven|negen|tien"
    r"|dwóch|dwaj|dwie|trzech|czterech|dwojga|двух|двое|двум|трёх|трех|троих)",
    re.IGNORECASE,
)
#: Languages that put what somebody is before the last noun ("data broker"), not behind the first.
_HEAD_LAST = frozenset({"en", "de", "nl", "sv", "da", "no", "pl", "ru"})
#: "voor | afpersen bedrijven": Dutch puts a deed in front of whom it was done to.
_DEED_FIRST = re.compile(r"(?!zeven|negen|eigen|tien)[a-z]{3,}en")
#: Languages that put "ex" right before who somebody was.
_PREFIXING = frozenset({"es", "it", "pt"})
#: Languages that write compounds as one word.
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no"})
#: So many words stand before the noun in the other languages ("deux jeunes pirates").
_BEFORE_NOUN = 4
#: Names follow that say who they are.
_INCLUDING = re.compile(
    r",?\s(?:\(?dont|y compris|notamment|including|among them|such as|darunter|unter anderem"
    r"|entre ell[oa]s|incluid[oa]s?|tra cui|fra cui|incluindo"
    r"|entre eles|entre elas|waaronder|w tym|в том числе|включая)(?!\w)",
    re.IGNORECASE,
)
#: The rest of a term: "condenado a dos años | de cárcel".
_PRISON = re.compile(
    r"\s(?:de|di)\s(?:cárcel|prisión|reclusión|carcere|reclusione|prisão|reclusão|prison|réclusion)|\s(?:więzienia|тюрьмы|колонии)"
)
#: "the national social security institute (NSSI)": the letters it goes by.
_LETTERS = re.compile(r"\s\((?P<name>[A-ZÀ-Þ]{2,8})\)")
_COMMA = re.compile(r"\s?[,:(–—-]\s?(?:(?:the|la|le|les|der|die|das|el|il|o|a|de|het)\s|l['’])?")


@dataclass(frozen=True, slots=True)
class Speech:
    """How one language leads to somebody without a name."""

    tag: str
    articles: re.Pattern[str]
    #: "alleged".
    maybe: re.Pattern[str]
    #: An article that shows him as new to the reader.
    one: re.Pattern[str]
    #: Leads from the measure to him.
    onto: re.Pattern[str]
    #: Leads to him or to the cause.
    why: re.Pattern[str]
    ends: re.Pattern[str]
    links: re.Pattern[str]
    #: Nouns for what was done.
    things: re.Pattern[str]
    #: What is banned beside persons and bodies.
    goods: re.Pattern[str]
    who: re.Pattern[str]
    #: The same, also at the end of a compound ("ziekenhuishacker").
    compound: re.Pattern[str]


def _words(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words) or '(?!)'})(?:(?<=['’])|(?!\w))", re.IGNORECASE)


@lru_cache(maxsize=16)
def speech(language: str | None) -> Speech:
    """The words of a language; English ones where no list has it."""
    tag = spoken(language)[0]
    tables = load("objects")
    tag = tag if tag in tables else "en"
    patterns = {name: _words(words) for name, words in tables[tag].items()}
    who = [rf"(?:ex-?)?(?:{word})" if tag in _PREFIXING else word for word in load("people")["who"][tag]]
    tails = [rf"(?:\w{{3,}})?(?:{word})" for word in who] if tag in _COMPOUNDING else who
    return Speech(tag=tag, who=_words(who), compound=_words(tails), **patterns)


def direct_object(
    text: str,
    trigger: Trigger,
    span: tuple[int, int],
    language: str | None,
    names: Sequence[Name],
    *,
    with_goods: bool = False,
) -> list[Name]:
    """Who stands right behind the words of a measure, or behind what leads to him, without a name.

    Args:
        names: Names that may be hit; a description in front of one belongs to it ("retailer Acme").
        with_goods: What is banned beside persons and bodies counts too.
    """
    if trigger.form == "suffers" or span == (0, 0):
        return []
    words = speech(language)
    goods = words.goods if with_goods and trigger.measure in _OF_GOODS else None
    for start, is_sure in _starts(text, trigger, span, words):
        if (found := phrase(text, start, words, names, is_sure=is_sure, goods=goods)) is not None:
            letters = _LETTERS.match(text, found.end)
            return [Name(letters["name"], *letters.span("name"))] if letters else [found]
    return []


def _starts(text: str, trigger: Trigger, span: tuple[int, int], words: Speech) -> Iterator[tuple[int, bool]]:
    """Where a description may start, and whether only somebody can stand there."""
    end = span[1]
    if trigger.form == "acts":
        start = _behind(text, prison.end() if (prison := _PRISON.match(text, end)) else end)
        leading = words.onto.match(text, start)
        yield (_behind(text, leading.end()) if leading else start), True
    between = _BETWEEN.match(text, end)
    limit = between.end() if between else end
    for match in words.onto.finditer(text, end, limit):
        yield _behind(text, match.end()), True
    for match in words.why.finditer(text, end, limit):
        yield _behind(text, match.end()), False


def _behind(text: str, place: int) -> int:
    """Where the next word starts."""
    return place + (text[place : place + 1] == " ")


#: Measures that hit things too.
_OF_GOODS = frozenset({"ban", "restriction", "export_control"})


def phrase(
    text: str,
    start: int,
    words: Speech,
    names: Sequence[Name],
    *,
    is_sure: bool,
    goods: re.Pattern[str] | None = None,
) -> Name | None:
    """The description that starts at a place, without articles; None where nobody is described or a name follows.

    Args:
        is_sure: Only somebody can stand there, so that an indefinite article is enough.
        goods: Nouns that count beside persons and bodies.
    """
    while article := next((m for p in (words.one, words.articles, words.maybe) if (m := p.match(text, start))), None):
        start = _behind(text, article.end())
    end = _end_of_phrase(text, start, words, names)
    if end is None or end <= start or _QUOTE_OR_NAME.match(text, end) or _is_named_behind(text, end, names):
        return None
    told = text[start:end]
    link = words.links.search(told)
    core = (told[: link.start()] if link else told).split()
    head = core[-1 if words.tag in _HEAD_LAST else 0] if core else ""
    if not head or words.things.fullmatch(head) or ANYBODY.match(told) or _NUMERAL.fullmatch(told):
        return None
    if words.tag == "nl" and not is_sure and len(core) > 1 and _DEED_FIRST.fullmatch(core[0]):
        return None
    kinds = core[-1:] if words.tag in _HEAD_LAST else core[:_BEFORE_NOUN]
    parts = [part for kind in kinds for part in (kind, *kind.split("-"))]
    goods = goods if " " in told else None  # "Chinese drones", not "equipment"
    is_somebody = any(words.compound.fullmatch(p) or (goods is not None and goods.fullmatch(p)) for p in parts)
    if not is_somebody and not (is_sure and words.one.search(text, max(0, start - 8), start)):
        return None
    if _INCLUDING.match(text, end) or "'s " in told or "’s " in told:
        return None
    return Name(told, start, end)


def is_of_a_name(text: str, found: Name, language: str | None, names: Sequence[Name]) -> bool:
    """Whether a description stands in front of a name and belongs to it ("the platform Examplia")."""
    if ord(found.text[0]) >= FIRST_IDEOGRAPH:
        return False  # Chinese and Japanese have patterns of their own
    behind = [n for n in names if n.start >= found.end]
    end = _end_of_phrase(text, found.start, speech(language), behind)
    return end is None or _is_named_behind(text, end, behind)


def _is_named_behind(text: str, end: int, names: Sequence[Name]) -> bool:
    """ "two firms, Acme and Examplia": whether the name stands behind a comma, a colon or a bracket."""
    comma = _COMMA.match(text, end)
    return comma is not None and any(n.start == comma.end() for n in names)


#: "a firm buying", "a man accused": what is told of somebody behind his noun.
_TELLS = re.compile(r"[a-z](?:ing|ed)$")
#: "coûterait", "pourront", "costaría": a verb behind the description.
_VERB = re.compile(r"(?:rait|raient|ront|aient|rían?|rán|rebbero?|ranno|riam)$", re.IGNORECASE)
_SEVERAL = re.compile(
    r"(?:several|some|many|plusieurs|des|certains?|mehrere|einige|varios|varias|diversi|alcuni|vários|várias|verschillende"
    r"|enkele|kilku|несколько)\s$",
    re.IGNORECASE,
)


def is_many(text: str, found: Name) -> bool:
    """Whether a description counts or only says that there are several."""
    return bool(_NUMERAL.match(found.text) or _SEVERAL.search(text[max(0, found.start - 16) : found.start]))


def _end_of_phrase(text: str, start: int, words: Speech, names: Sequence[Name]) -> int | None:
    """Where the description ends; None where it leads up to a name."""
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
        if words.tag in _HEAD_LAST and not words.who.search(self.text, last, self.end):
            return None
        return _without_things(self.text, self.start, self.end, words)

    def _ends(self, match: re.Match[str]) -> _Answer:
        """A verb, or a word that no description goes on with."""
        word, words = match[1], self.words
        tells = words.tag == "en" and _TELLS.search(word) and words.who.search(self.text, self.start, self.end)
        is_verb = words.tag not in _HEAD_LAST and _VERB.search(word)
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
        is_next = is_thing and self.count and self.words.tag not in _HEAD_LAST
        return _Answer.OVER if _is_money(word, self.count) or is_deed or is_next else _Answer.NEXT


#: "courtier | en données": in what somebody deals.
_TRADE = re.compile(r"en (?:données|ligne|cybersécurité|informatique|télécommunications?|logiciels?|paiements?)(?!\w)")
#: "Hacker aus Russland | und China".
_ORIGIN = re.compile(r"\s(?:aus|from|uit|z|из)\s[A-ZÀ-ÞŁŚŻА-ЯЁ][\w-]+$")
_AND_ORIGIN = re.compile(r"\s(?:und|and|en|i|и)\s[A-ZÀ-ÞŁŚŻА-ЯЁ][\w-]+")


def _with_origins(text: str, start: int, end: int) -> int:
    """Where a description ends that may tell of two origins."""
    joint = _AND_ORIGIN.match(text, end) if _ORIGIN.search(text, max(0, start - _ORIGIN_WORD), end) else None
    return joint.end() if joint else end


#: Longest word that leads to an origin, with its spaces.
_ORIGIN_WORD = 6


def _is_money(word: str, count: int) -> bool:
    is_code = count > 0 and len(word) == 3 and word.isupper()
    return is_code or (word[0].isdecimal() and word.isdecimal() and (count > 0 or len(word) > 3))


def _without_things(text: str, start: int, end: int, words: Speech) -> int:
    """ "legt ziekenhuis boete op": without what was done at the end of it."""
    while " " in text[start:end] and words.tag in _HEAD_LAST:
        last = text.rindex(" ", start, end)
        if not words.things.fullmatch(text, last + 1, end):
            break
        end = last
    return end
