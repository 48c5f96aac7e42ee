"""Where whom a measure hits stands by the form of its words: before a fate, behind a deed, around a noun."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from pipeline.facts.described import clause_start, has_capitals
from pipeline.facts.marks import is_beyond, is_marked
from pipeline.facts.parties import told_by_kind
from pipeline.facts.patterns import Form, spoken
from pipeline.facts.telling import Telling
from pipeline.text.names import Name, organisations

#: How far into the words of a measure, or before them, a name may reach, in code points.
_INTO = 5
#: "a center in the Capital Region": where somebody is.
_IN = re.compile(
    r"(?<!\w)(?:in|at|near|across|from|dans|en|bei|im|aus|uit|z|из)\s(?:the\s|la\s|le\s|der\s|dem\s)?$",
    re.IGNORECASE,
)
#: "Examplia, filiale du groupe Acme, | mise en demeure": what is said of a name between commas.
_APPOSED = re.compile(
    r",\s(?:(?:the|a|an|la|le|une?|der|die|das|eine?|il|el|o|a|een|de|het)\s|l['’])?(?:[a-zà-ÿß-]+\s){1,3}[^,;:.|]{0,50},\s"
    r"(?:(?:is|was|has been|est|a été|vient d['’]être|wird|wurde|è stata?|ha sido|fue|foi|is|werd)\s(?:\w+\s)?)?$"
)
#: "le | impuso": whom it hits, as a pronoun before the verb.
_CLITIC = re.compile(r"\b(?:le|les|gli|lhes?)\s$")
#: Where a company stands in quotation marks and may be named before who does something to it.
_IN_QUOTES = frozenset({"ru", "uk"})
#: Languages in which whom something is done to may stand in front of the words that say what.
_OBJECT_FIRST = frozenset({"de", "nl", "sv", "da", "no", "pl", "cs", "ru", "uk"})
#: "el bloqueo de X": whose it is, is not who decided, as with "the fine of X".
_OF_OBJECT = frozenset({"ban", "suspension", "restriction"})
_OF = re.compile(
    r"\s(?:\w+\s)?(?:(?:of|de|du|del|do|da|di|von|van)\s(?:(?:the|la|el|o|a|il)\s)?"
    r"|d['’]|(?:dell|de l)['’])(?:[a-zà-ÿ]+\s)?"
)


def _sides_of_fate(sentence: Telling) -> Sequence[Sequence[Name]]:
    """ "Examplia was fined": who suffers it stands before the words."""
    s, before = sentence, _before(sentence)
    return (
        _before_apposition(s.text, before, s.span[0]),
        _last_clause(s.text, before, s.span[0]),
        s.description,
        before,
        [n for n in _marked(s) if not is_beyond(s.text, n, s.trigger, s.span[1])],
        [] if has_capitals(s.text) else _after(s),
    )


def _sides_of_deed(sentence: Telling) -> Sequence[Sequence[Name]]:
    """ "The regulator fined Examplia"; "Acme and Examplia: the regulator bans several firms"."""
    before = _before(sentence)
    if _CLITIC.search(sentence.text, 0, sentence.span[0]) and (own := _not_acting(sentence, before)):
        return (own[:1],)  # "X no tenía permiso y le impuso …": whom it hits is named before
    tag = spoken(sentence.language)[0]
    told = told_by_kind(sentence.text, tag) if tag in _IN_QUOTES else ()
    known = [n for n in before if n in told or organisations().find(n.text)]
    return _after(sentence), _marked(sentence), _between(sentence, before), known if sentence.chosen else before


def _sides_of_noun(sentence: Telling) -> Sequence[Sequence[Name]]:
    """ "a fine against Examplia", "Examplia's fine"."""
    before = _before(sentence)
    if sentence.trigger.measure in _OF_OBJECT and (banned := _of_whom(sentence)):
        return (banned,)
    return _marked(sentence), _last_clause(sentence.text, before, sentence.span[0]), _after(sentence), before


#: Where whom it hits stands, the surest place first.
SIDES: Mapping[Form, Callable[[Telling], Sequence[Sequence[Name]]]] = {
    "suffers": _sides_of_fate,
    "acts": _sides_of_deed,
    "noun": _sides_of_noun,
}


def _marked(sentence: Telling) -> list[Name]:
    """Names behind a word that leads to somebody."""
    s = sentence
    return [n for n in s.names if is_marked(s.text, n.start, s.language) and n.start >= s.span[0] - _INTO]


def _before(sentence: Telling) -> list[Name]:
    """Names in front of the words."""
    s = sentence
    in_front = [n for n in s.names if n.end <= s.span[0] + 2]
    return [n for n in in_front if not (s.description and _IN.search(s.text[: n.start]))]


def _after(sentence: Telling) -> list[Name]:
    """Names behind the words, or within them."""
    s, (start, end) = sentence, sentence.span
    behind = [n for n in s.names if n.start >= end - 1 or (n.start > start and n.end <= end)]
    return [n for n in behind if not is_beyond(s.text, n, s.trigger, end)]


def _before_apposition(text: str, names: Sequence[Name], start: int) -> list[Name]:
    """The name that opens a clause whose apposition names another."""
    return [n for n in names if _APPOSED.match(text[n.end : start])][:1]


def _last_clause(text: str, names: Sequence[Name], start: int) -> list[Name]:
    """Names of the clause that runs up to `start`."""
    opening = clause_start(text, start)
    return [n for n in names if n.start >= opening]


def _not_acting(sentence: Telling, names: Sequence[Name]) -> list[Name]:
    """Names that are no authority's."""
    return [n for n in names if not any(a.start < n.end and n.start < a.end for a in sentence.found)]


def _between(sentence: Telling, before: Sequence[Name]) -> Sequence[Name]:
    """ "The watchdog will Examplia … forbid": who stands between who decides and a verb at the end of a clause."""
    s = sentence
    if spoken(s.language)[0] not in _OBJECT_FIRST:
        return ()
    acting = max((a.end for a in s.chosen if a in s.found and a.end <= s.span[0]), default=None)
    opening = clause_start(s.text, s.span[0])
    return [n for n in before if acting is not None and n.start >= max(acting, opening)]


def _of_whom(sentence: Telling) -> list[Name]:
    """Who stands right behind the noun and "of"."""
    return [n for n in sentence.names if _OF.fullmatch(sentence.text, sentence.span[1], n.start)][:1]
