"""Whom a sentence shows as hit where it gives no name: "fined a doctor", "une amende pour deux adolescents"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.parties import ANYBODY
from pipeline.facts.patterns import Trigger
from pipeline.facts.phrase_end import end_of_phrase
from pipeline.facts.speech import HEAD_LAST, Speech, speech
from pipeline.text.names import Name
from pipeline.text.normalise import FIRST_IDEOGRAPH

#: What may stand between a measure and the word that leads to whom it hits: "de 3 M€", "in Höhe von 5.000 Euro".
_BETWEEN = re.compile(r"(?:[^,;:.!?|«»“”\"()\d]|\d[.,]?|\([^()]{0,30}\)){0,60}")
_QUOTE_OR_NAME = re.compile(r"\s?[«“„\"「]")
_NUMERAL = re.compile(
    r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|dozens?|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze"
    r"|quinze|seize|vingt|trente|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|due|tre"
    r"|quattro|cinque|sei|sette|otto|nove|dieci|dois|duas|três|quatro|sete|oito|dez|twee|drie|vijf|zes|zeven|negen|tien"
    r"|dwóch|dwaj|dwie|trzech|czterech|dwojga|двух|двое|двум|трёх|трех|троих)",
    re.IGNORECASE,
)
#: "voor | afpersen bedrijven": Dutch puts a deed in front of whom it was done to.
_DEED_FIRST = re.compile(r"(?!zeven|negen|eigen|tien)[a-z]{3,}en")
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
    end = end_of_phrase(text, start, words, names)
    if end is None or end <= start or _QUOTE_OR_NAME.match(text, end) or _is_named_behind(text, end, names):
        return None
    told = text[start:end]
    link = words.links.search(told)
    core = (told[: link.start()] if link else told).split()
    head = core[-1 if words.tag in HEAD_LAST else 0] if core else ""
    if not head or words.things.fullmatch(head) or ANYBODY.match(told) or _NUMERAL.fullmatch(told):
        return None
    if words.tag == "nl" and not is_sure and len(core) > 1 and _DEED_FIRST.fullmatch(core[0]):
        return None
    kinds = core[-1:] if words.tag in HEAD_LAST else core[:_BEFORE_NOUN]
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
    end = end_of_phrase(text, found.start, speech(language), behind)
    return end is None or _is_named_behind(text, end, behind)


def _is_named_behind(text: str, end: int, names: Sequence[Name]) -> bool:
    """ "two firms, Acme and Examplia": whether the name stands behind a comma, a colon or a bracket."""
    comma = _COMMA.match(text, end)
    return comma is not None and any(n.start == comma.end() for n in names)


_SEVERAL = re.compile(
    r"(?:several|some|many|plusieurs|des|certains?|mehrere|einige|varios|varias|diversi|alcuni|vários|várias|verschillende"
    r"|enkele|kilku|несколько)\s$",
    re.IGNORECASE,
)


def is_many(text: str, found: Name) -> bool:
    """Whether a description counts or only says that there are several."""
    return bool(_NUMERAL.match(found.text) or _SEVERAL.search(text[max(0, found.start - 16) : found.start]))
