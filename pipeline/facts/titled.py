"""The product of a title where its grammar names it: what it is stands at the name, or it has a number."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.facts.patterns import load
from pipeline.text.tags import primary

_THINGS = load("things")


def _any(table: str) -> str:
    return f"(?:{'|'.join(_THINGS[table])})"


#: Between what a thing is and its name: what it is like or for ("cargadores de coches eléctricos Voltia").
_LIKE_WHAT = (
    rf"(?: (?:de|di|do) [^\W\d_]{{4,}})?(?: (?!{_any('not_between')}\s)(?-i:[a-zà-ÿа-яё])[^\W\d_]{{2,}}){{0,2}}"
)
_OPEN = r"(?:[“«„「\"'‘]\s?)?"
#: "S25", "ID.7", "RT-AX88U": letters and a number.
_MODEL = re.compile(r"(?<![\w.-])(?=[\w.-]*\d)(?=[\w.-]*[^\W\d_])[A-ZА-ЯЁ][\w.-]*\w(?![\w-])")
_NO_MODEL = re.compile(_any("no_model"))
#: "Medivo 300", "Cardiolink 2", "Vigia 4K": the number that belongs to a name, no count and no year.
_NUMBER = re.compile(r" (?!(?:19|20)\d\d\b)\d{1,4}[A-ZА-ЯЁ]{0,3}(?![\w%€$.,-]*\w)(?!\s?[%€$£])")


@lru_cache(maxsize=32)
def _words(table: str, language: str) -> str | None:
    words = load("things")[table].get(language)
    return f"(?:{'|'.join(words)})" if words else None


@lru_cache(maxsize=32)
def _compiled(pattern: str, table: str, language: str) -> re.Pattern[str] | None:
    words = _words(table, language)
    return re.compile(pattern.replace("KIND", words), re.IGNORECASE) if words else None


def _pattern(pattern: str, table: str, language: str | None) -> re.Pattern[str] | None:
    return _compiled(pattern, table, primary(language, "en"))


def without_kind(text: str, start: int, end: int, language: str | None) -> int:
    """Where a name begins without what the thing is: "Kamery | Widok 360", "TYPO3-extensie | News Gallery".

    Only where the capital comes from the place or the grammar: "o Portal Exemplo" is a name.
    """
    kind = _pattern(r"KIND (?=(?-i:[A-ZÀ-ÞŁŚŻŹĆŃŞĞİА-ЯЁ])|[«„“\"])", "before", language)
    match = kind.match(text, start, end) if kind else None
    opens = start == 0 or text[:start].rstrip()[-1:] in ":–—|.!?" or (language or "")[:2] == "de"
    return match.end() if match and (opens or "-" in match[0]) else start


#: "ルーター「Acme-3200」": Japanese puts names of things in brackets; what ends a sentence or is said is no name.
_CJK_QUOTED = re.compile(r"(?<=[\w）)])「([^「」。、？！]{2,20})」(?!と(?!い)|って|。|など)")
#: "библиотеке fastxml", "la librería zipcore": a name in small letters that is told again, or that no word looks like.
_SMALL = re.compile(r"([a-z][a-z0-9_+.-]{2,}\w)(?![\w’'-])")
_LIBRARIES = re.compile(
    rf"(?<!\w){_any('libraries')}(?: (?:de|di|do|per|para) \w+)?(?: (?-i:[A-Z])\w+)? ", re.IGNORECASE
)


def named_by_kind(text: str, language: str | None) -> list[re.Match[str]]:
    """Names that have no capital, by what the thing is; group 1 is the name."""
    if primary(language) in ("ja", "zh"):
        return list(_CJK_QUOTED.finditer(text))
    if primary(language) == "ko":
        quoted = _pattern(r"KIND\s?['‘]([^'’]{2,20})['’]", "before", language)
        return list(quoted.finditer(text)) if quoted else []
    found = (_SMALL.match(text, kind.end()) for kind in _LIBRARIES.finditer(text))
    return [m for m in found if m and _is_no_word(m[1], text)]


_TECHNICAL = re.compile(_any("technical"))


def _is_no_word(name: str, text: str) -> bool:
    is_foreign = name.isascii() and _CYRILLIC.search(text) is not None
    return is_foreign or bool(_TECHNICAL.search(name)) or len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text)) > 1


_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


def is_behind_kind(text: str, start: int, language: str | None) -> bool:
    """ "routerach | MikroTik hEX S", "la biblioteca de imágenes | pngx"."""
    return _kind_before(text, start, language) is not None


def is_behind_several(text: str, start: int, end: int, language: str | None) -> bool:
    """ "câmeras Acme", "routerach Acme": things of one kind are called after who makes them where no model is named."""
    kind = _kind_before(text, start, language)
    several = _pattern(r"KIND(?!\w)", "several", language)
    return kind is not None and several is not None and bool(several.match(kind)) and text[start + 1 : end].islower()


#: Languages that put what something is like behind it, between its kind and its name.
_ADJECTIVES_BEHIND = frozenset({"es", "pt", "it", "fr", "pl", "ru"})


def _kind_before(text: str, start: int, language: str | None) -> str | None:
    between = _LIKE_WHAT if primary(language) in _ADJECTIVES_BEHIND else ""
    pattern = _pattern(rf"(?<!\w)KIND(?={between}\s?{_OPEN}$)", "before", language)
    match = pattern.search(text[max(0, start - 60) : start]) if pattern else None
    return match[0] if match else None


def is_before_kind(text: str, start: int, end: int, language: str | None) -> bool:
    """ "Kilito S1 akıllı kilidi", "OV-chipkaart-app": what the thing is stands behind its name."""
    compound = _pattern(r"-KIND(?!\w)", "before", language) if primary(language) in _COMPOUNDS else None
    if compound is not None and compound.match(text, end):
        return True
    kind = _pattern(r"[”»\"’']? ?KIND(?!\w)", "behind", language)
    opens = start == 0 and text[1:end].islower()  # "Bebek kamerası": a noun whose capital comes from its place
    return kind is not None and not opens and bool(kind.match(text, end))


#: Languages that write what a thing is and its name as one word.
_COMPOUNDS = frozenset({"de", "nl", "sv", "da", "no"})


def before_kind(text: str, start: int, end: int, language: str | None) -> int:
    """Where a name ends without what the thing is, in one word with it: "OV-chipkaart | -app"."""
    kind = _pattern(r"-KIND$", "before", language) if primary(language) in _COMPOUNDS else None
    match = kind.search(text[start:end], 2) if kind else None
    return start + match.start() if match else end


_DIVISION = re.compile(rf"{_any('divisions')}(?!\w)")


def is_made_by(text: str, start: int, end: int, maker_end: int, language: str | None) -> bool:
    """ "un BYD Seal", "Tesla Model Y": a name behind its maker's, where not every noun or word has a capital."""
    if primary(language, "en") in ("en", "fr", "de", "zh", "ja") or not start < maker_end < end:
        return False
    rest = text[maker_end:end].lstrip()
    return len(rest) > 1 and rest[0].isupper() and not _DIVISION.match(rest)


_BODIES = re.compile(rf"(?<!\w){_any('bodies')}\s[«„]$", re.IGNORECASE)


def is_quoted_name(text: str, start: int, end: int, language: str | None) -> bool:
    """ "«Яндекс Браузер» получил …": Russian puts names of things in quotation marks, and those of firms."""
    quoted = text[start - 1 : start] in ("«", "„") and text[end : end + 1] in ("»", "“")
    return (
        quoted
        and primary(language) in ("ru", "uk", "be", "bg")
        and not _BODIES.search(text[max(0, start - 30) : start])
    )


def stands_in(text: str, start: int, end: int, language: str | None) -> bool:
    """Whether a flaw is said to be in what is named, by the word before it or the ending of its case."""
    before = _pattern(rf"(?<!\w)KIND\s{_OPEN}$", "in_front", language)
    if before is not None and before.search(text[max(0, start - 20) : start]):
        return True
    ending = _pattern(r"['’]KIND(?!\w)", "ending", language)
    return ending is not None and bool(ending.match(text, end))


def has_model(text: str, start: int, end: int) -> bool:
    """Whether a name holds a model: "Zyxel NBG7510", "Volvo EX90"."""
    return any(not _NO_MODEL.fullmatch(match[0]) for match in _MODEL.finditer(text, start, end))


def with_number(text: str, end: int) -> int:
    """Where a name ends with the number behind it: "Medivo 300"."""
    number = _NUMBER.match(text, end)
    return number.end() if number else end
