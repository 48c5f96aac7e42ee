"""Products that no list holds: the names whose place says most, and those in one list with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.at_flaw import AFFECTS, is_stated, stands_at_flaw, tells_of_flaw
from pipeline.facts.nicknames import nicknames
from pipeline.facts.patterns import load
from pipeline.facts.product_names import KIND, LONGEST_NAME, NICKNAME_WITHIN, product_names
from pipeline.facts.product_places import (
    IN,
    MAYBE_MAKER,
    PLACE,
    RUNS,
    VERSION,
    Span,
    is_behind,
    is_maker,
    is_of_maker,
    rank_by_place,
    rank_by_title,
)
from pipeline.facts.spans import Passage
from pipeline.facts.titled import with_number
from pipeline.facts.trim import ADD_ON, ADDED_FLAW, with_device
from pipeline.model import Article, Fact
from pipeline.text.gazetteer import Hit
from pipeline.text.names import organisations

__all__ = ["KIND", "LONGEST_NAME", "NICKNAME_WITHIN", "PLACE", "VERSION", "joined_to", "tells_of_flaw", "unlisted"]

#: "Acme CLI | before 2.3".
_UP_TO = re.compile(r"\s(?:(?:before|prior to|up to|through|from|versions?)\s|[<≤]=?\s?|v)+\d+(?:\.[\dx]+)+")
#: Between the names of a list.
_AND = re.compile(r"(?:,|,?\s(?:and|et|und|sowie|y|e|en|i)|、|和|及|&)\s?(?:the\s|le\s|la\s|les\s)?", re.IGNORECASE)
_AND_BEFORE = re.compile(rf"(?:{_AND.pattern})$", re.IGNORECASE)
#: Sentences that are read: the title and the opening.
_READ = 4
#: Sentences in which a flaw is given its name.
_NICKNAMED_IN = 12
#: "complemento de | WordPress": what an add-on is made for is not what the flaw is in.
_ADDED_TO = re.compile(
    r"(?:plug-?ins?|exten[st]\w+|estension\w+|compl[eé]ment\w*|wtycz\w+|add-?ons?|th[eè]mes?|temas?|плагин\w*|插件)"
    r"\s?(?:\w{1,4}\s)?$",
    re.IGNORECASE,
)
#: "WordPress | Formulix plugin".
_ADDED = re.compile(rf"(?:\s[A-Z][\w'’-]*){{0,5}}{ADD_ON.pattern}", re.IGNORECASE)
#: How far into a title a namesake may begin to be what it is about.
_OPENS = 20
#: Makers whose product has their name.
_NAMESAKES = frozenset(load("products")["namesakes"])

#: Spans of one sentence.
_Shown = tuple[Passage, list[Span]]


def unlisted(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """ "Multiples vulnérabilités dans Symfony", "le plugin Formulix": the name whose place says most, and its list.

    A name that makes products ("printers by Acme", "Acme has fixed …") is one only where nothing better is named.
    """
    read = passages[:_READ]
    is_told = any(tells_of_flaw(p, article) or is_stated(p, article) for p in read)
    shown = (
        _most_telling(_named(article, passages, is_told=is_told), article, read)
        or _namesake_at_flaw(article, read)
        or (_namesake_of_title(read) if is_told else None)
        or _device(article, read)
    )
    if shown is not None:
        yield from _facts_of(*shown)


def _named(article: Article, passages: Sequence[Passage], *, is_told: bool) -> list[_Shown]:
    """The names of the sentences that may say what a flaw is in."""
    flaws = frozenset(nicknames(passages[:_NICKNAMED_IN]))
    return [
        (p, product_names(p, article, flaws))
        for p in passages[:_READ]
        if _may_name(p, article) or (is_told and (p.is_title or p.offset == 0))
    ]


def _most_telling(found: Sequence[_Shown], article: Article, read: Sequence[Passage]) -> _Shown | None:
    """The names of the first sentence that shows a product, else of the first that shows who may be its maker."""
    makers = _makers(found)
    second: _Shown | None = None
    for passage, names in found:
        ranked = [(rank_by_place(passage, *n, article, read) or rank_by_title(passage, *n, article), n) for n in names]
        ranked = [(min(rank, MAYBE_MAKER) if passage.text[slice(*n)] in makers else rank, n) for rank, n in ranked]
        best = max((rank for rank, _ in ranked), default=0)
        chosen = [n for rank, n in ranked if rank == best]
        first = chosen[-1:] if best == IN and passage.is_title else chosen[:1]
        if best > MAYBE_MAKER:
            name = passage.text[slice(*first[0])]
            told = (_longer(name, found) or _versioned(name, found)) if passage.is_title else None
            return told or (passage, _with_list(passage.text, names, first[0]))
        if best == MAYBE_MAKER and second is None and not is_of_maker(passage.text, first[0][0]):
            second = passage, first
    return second


def _makers(found: Sequence[_Shown]) -> set[str]:
    """Names that some sentence shows as a maker's, and none as what is installed."""
    installed = {p.text[slice(*n)] for p, names in found for n in names if RUNS.match(p.text, n[1])}
    return {p.text[slice(*n)] for p, names in found for n in names if is_maker(p.text, *n)} - installed


def _namesake_at_flaw(article: Article, read: Sequence[Passage]) -> _Shown | None:
    """ "GitLab bug": the maker whose product has his name, where a flaw is said to be in it."""
    for passage in read:
        text = passage.text
        for hit in organisations().find(text) if tells_of_flaw(passage, article) else ():
            is_host = ADD_ON.match(text, hit.end) or is_behind(_ADDED_TO, text, hit.start)
            if hit.id in _NAMESAKES and not is_host and _is_of_flaw(text, hit, article):
                return passage, [(hit.start, hit.end)]
    return None


def _namesake_of_title(read: Sequence[Passage]) -> _Shown | None:
    """The maker whose product has his name, at the head of the title."""
    for passage in read[:1]:
        for hit in organisations().find(passage.text) if passage.is_title else ():
            if hit.id in _NAMESAKES and hit.start <= _OPENS and not ADD_ON.match(passage.text, hit.end):
                return passage, [(hit.start, hit.end)]
    return None


def _device(article: Article, read: Sequence[Passage]) -> _Shown | None:
    """ "Huawei enterprise routers": a maker with what he makes."""
    for passage in read:
        for hit in organisations().find(passage.text) if tells_of_flaw(passage, article) else ():
            span = with_device(passage.text, hit.start, hit.end)
            if span[1] > hit.end:
                return passage, [span]
    return None


def is_namesake(maker: str) -> bool:
    """Whether a maker's product has its name."""
    return maker in _NAMESAKES


def is_added_to(text: str, start: int, end: int) -> bool:
    """Whether a name is of what an add-on is for: "complemento de WordPress", "WordPress Formulix plugin"."""
    return is_behind(_ADDED_TO, text, start) or _ADDED.match(text, end) is not None


def are_joined(text: str, end: int, start: int) -> bool:
    """Whether only what joins the names of a list stands between two."""
    return _AND.fullmatch(text, end, start) is not None


def joined_to(passage: Passage, article: Article, spans: Sequence[Span]) -> Iterator[Fact]:
    """The unlisted names in the list of products that a flaw is in: "affects Acme Desk, [Firefox] and Acme Portal"."""
    text = passage.text
    if not any(_AND.match(text, end) or _AND_BEFORE.search(text, max(0, start - 10), start) for start, end in spans):
        return
    names = sorted({*product_names(passage, article, frozenset()), *spans})
    for group in _groups(text, names):
        if not any(span in spans for span in group) or not is_behind(PLACE, text, group[0][0]):
            continue
        yield from _facts_of(passage, [span for span in group if span not in spans])


def _groups(text: str, names: Sequence[Span]) -> Iterator[list[Span]]:
    """Names that stand in one list, together."""
    group: list[Span] = []
    for span in names:
        if group and not _AND.fullmatch(text, group[-1][1], span[0]):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _is_of_flaw(text: str, hit: Hit, article: Article) -> bool:
    """Whether a flaw is said to be in what is named."""
    return is_behind(PLACE, text, hit.start) or stands_at_flaw(text, hit.start, hit.end, article.language)


def _longer(name: str, found: Sequence[_Shown]) -> _Shown | None:
    """ "Acme Portal" of the lead in place of the title's "Acme"."""
    for passage, names in found:
        for start, end in names:
            if " " not in name and not passage.is_title and passage.text[start:end].startswith(f"{name} "):
                return passage, [(start, end)]
    return None


def _versioned(name: str, found: Sequence[_Shown]) -> _Shown | None:
    """ "Acme CLI" of the lead, with its version, in place of the title's "Acme CLI Desk Agent" that runs on."""
    for passage, names in found:
        for start, end in names:
            called = passage.text[start:end]
            is_part = " " in called and name.startswith(f"{called} ") and not passage.is_title
            if is_part and _UP_TO.match(passage.text, end):
                return passage, [(start, end)]
    return None


def _may_name(passage: Passage, article: Article) -> bool:
    """Whether a sentence names a flaw, a version or what is affected."""
    text = passage.text
    return tells_of_flaw(passage, article) or bool(VERSION.search(text) or AFFECTS.search(text))


def _facts_of(passage: Passage, spans: Sequence[Span]) -> Iterator[Fact]:
    """Each name with the device and the number that belong to it."""
    for span in spans:
        start, end = with_device(passage.text, *span)
        end = with_number(passage.text, end)
        value = passage.text[start:end]
        yield Fact(type="product", value=value, name=value, evidence=passage.evidence(start, end))


def _with_list(text: str, names: Sequence[Span], first: Span) -> list[Span]:
    """The name and those joined to it behind it: "in Acme Gateway, Desk and Portal"."""
    group = [first]
    before = reversed(names[: names.index(first)]) if ADDED_FLAW.match(text, first[1]) else ()
    for name in before:  # "Formulix and iCalend Joomla extension flaws"
        if not _AND.fullmatch(text, name[1], group[0][0]):
            break
        group.insert(0, name)
    for name in names[names.index(first) + 1 :]:
        version = VERSION.match(text, group[-1][1])
        if not _AND.fullmatch(text, version.end() if version else group[-1][1], name[0]):
            break
        group.append(name)
    return group
