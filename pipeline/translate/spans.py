"""What of a sentence engines would damage: names, code, identifiers, numbers, days, and phrases that stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.text.names import find_names
from pipeline.text.normalise import fold
from pipeline.translate.analysis import identifiers, known_names, quantities
from pipeline.translate.glossary import Term
from pipeline.translate.masks import Span
from pipeline.translate.named import places
from pipeline.translate.words import acronyms, word_table

#: mod_lua, E-tool, SpyFone, log4j-core, iPhone: words that no dictionary has as they are.
_CODE_WORD = re.compile(
    r"(?<!\w)(?:\w*_\w+|[A-Z]-[a-z]{3,}|[A-Za-z]+[a-z][A-Z]\w*|[a-z]+\d\w*|\w+\.(?:js|py|exe|dll|php|so)|--?\w[\w-]*)(?!\w)"
)
#: POST /api/install, /etc/passwd: a request or a path, as software reads it.
_PATH = re.compile(r"(?<![\w/.:<])(?:(?:GET|POST|PUT|DELETE|PATCH|HEAD) )?(?:/[\w.*{}-]+)+/?(?![\w/])")
#: Languages that name companies and programs without an article, and what stands before a name that has one.
_WITHOUT_ARTICLES = frozenset({"en"})
_DETERMINED = re.compile(r"\b(?:the|an?|its?|their|this|each|every)\s+$", re.IGNORECASE)
#: "dall'FBI": the article is no part of the name.
_ELIDED = re.compile(r"(?:[cdlst]|qu|un|dell|dall|all|nell|sull|coll)['’](?=[^\W\d_])")
#: What joins a term and the name read together with it: "les agents IA de Cisco".
_JOINT = re.compile(r" (?:(?:de|du|des|di|del|della|do|da|dos) |(?:d|dell)['’])?")
#: What stands between a product and its maker: "noyau Linux de SUSE".
_MAKER = re.compile(r" (?:de |d'|d’)(?=[A-Z])")
#: "du 2 au 4 mars": of two days engines keep one.
_DAYS = re.compile(
    r"(?<![\w.,/-])(\d{1,2})(?:er|º|\.)? (?:au|al|a|ao|bis(?: zum)?|tot(?: en met)?|t/m) (\d{1,2})(?=\.? [^\W\d_])"
)

#: "3.0 à 3.4": from one version to another; the parts of one hidden alone get parted by what stands around it.
_VERSION = r"v?\d+(?:\.\d+){1,4}(?:\(\d+\)\w*)?"
_REACH = re.compile(
    rf"(?<![\w.,-])({_VERSION}) (?:à|a|al|até|hasta|fino a|bis|t/m) (?:la )?({_VERSION})(?![\w-]|[.,]\d)"
)
#: "14.3(1)": releases of some network gear.
_NUMBERED = re.compile(r"(?<![\w.,-])\d+(?:\.\d+)+\(\d+\)\w*")


def name_spans(sentence: str, source: str, target: str, terms: Sequence[Term], *, by_rules: bool) -> Iterator[Span]:
    """Names and code; on routes with an engine that knows words only, whatever capitals make a name of, too."""
    for span in _names(sentence, source, target, terms, by_rules=by_rules):
        yield _barely(sentence, span, source)


def _names(sentence: str, source: str, target: str, terms: Sequence[Term], *, by_rules: bool) -> Iterator[Span]:
    if target == "en":
        yield from _makers(sentence)
    for hit in reversed(known_names(sentence)):  # of two kinds for one name the product, which is more special
        yield Span(hit.start, hit.end, _usual(sentence[hit.start : hit.end], hit.id))
    yield from (Span(m.start(), m.end(), m[0]) for code in (_CODE_WORD, _PATH) for m in code.finditer(sentence))
    if by_rules:
        amounts = [item for item in quantities(sentence, source) if item.kind == "amount"]
        for span in _capitalised(sentence, source, target, terms):
            if all(span.end <= item.start or item.end <= span.start for item in amounts):  # "3,2 Md€" is no name
                yield span


def known_spans(names: Sequence[str], sentence: str, source: str) -> Iterator[Span]:
    """Names that facts tell of, as written: where they can be no common word, else everywhere."""
    for name in names:
        sure = tuple(places((name,), sentence, source))
        for start, end in sure or places((name,), sentence, source, every=True):
            yield _barely(sentence, Span(start, end, name), source)


def kept_spans(sentence: str, source: str) -> Iterator[Span]:
    """What every language calls by the English words, written as usual: "Patch Tuesday", "use-after-free"."""
    for phrase in word_table("kept", source):
        for match in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", sentence, re.IGNORECASE):
            yield Span(match.start(), match.end(), phrase)


def _barely(sentence: str, span: Span, source: str) -> Span:
    """The span of a name, marked where its language leaves articles away unless they belong to it."""
    is_bare = source in _WITHOUT_ARTICLES and not _DETERMINED.search(sentence[: span.start])
    return replace(span, is_bare=True) if is_bare else span


def _makers(sentence: str) -> Iterator[Span]:
    """A product and who makes it, in the order of English: "noyau Linux de SUSE", "SUSE Linux kernel"."""
    hits = known_names(sentence)
    for product in hits:
        between = _MAKER.match(sentence, product.end)
        if between is None:
            continue
        for maker in hits:
            if maker.start == between.end():
                name = _usual(sentence[product.start : product.end], product.id).replace(" Kernel", " kernel")
                yield Span(product.start, maker.end, f"{sentence[maker.start : maker.end]} {name}")


def _usual(written: str, name: str) -> str:
    """A name as the target's readers know it: as written, unless it holds a common word or letters of its language."""
    is_translatable = written.split()[0].islower() and fold(written) != fold(name)
    return written if written.isascii() and not is_translatable else name


def literal_spans(sentence: str, words: Sequence[str]) -> Iterator[Span]:
    """The user's words, letter by letter."""
    for word in words:
        for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", sentence):
            yield Span(match.start(), match.end(), word)


def identifier_spans(sentence: str) -> Iterator[Span]:
    """CVE ids and the like, with the angle brackets around them."""
    for item in identifiers(sentence):
        start, end = item.start, item.end
        if sentence[start - 1 : start] == "<" and sentence[end : end + 1] == ">":  # engines take it for markup
            start, end = start - 1, end + 1
        yield Span(start, end, sentence[start:end])


def day_spans(sentence: str, target: str) -> Iterator[Span]:
    """Two days of one month, joined as the target joins them."""
    for match in _DAYS.finditer(sentence):
        yield Span(match.start(), match.end(), f"{match[1]}{' to ' if target == 'en' else '–'}{match[2]}")


def version_spans(sentence: str, target: str) -> Iterator[Span]:
    """From one version to another, joined as the target joins them, and versions with brackets."""
    for match in _REACH.finditer(sentence):
        yield Span(match.start(), match.end(), f"{match[1]}{' to ' if target == 'en' else '–'}{match[2]}")
    yield from (Span(m.start(), m.end(), m[0]) for m in _NUMBERED.finditer(sentence))


def _capitalised(sentence: str, source: str, target: str, terms: Sequence[Term]) -> Iterator[Span]:
    """Names by their capitals; those with a name of their own in other languages are left to the dictionaries."""
    translated = word_table("translate", source) | word_table("proper", source)
    if not translated:
        return
    numbered = [item.start for item in identifiers(sentence)]
    for name in find_names(sentence, source):
        # "Référencée CVE-2026-1111": the id has a token of its own.
        end = min((start for start in numbered if name.start < start < name.end), default=name.end)
        text = sentence[name.start : end].rstrip()
        words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
        if any(fold(word) in translated for word in (*words, text.replace(".", ""))):  # "U.S.", too
            continue
        # The first word of a sentence is capitalised for its place.
        opens = not any(map(str.isalnum, sentence[: name.start]))
        if opens and " " not in text and not any(map(str.isupper, text[1:])):
            continue
        end = name.start + len(text)
        elided = _ELIDED.match(text)
        start = _after_term(sentence, name.start + (elided.end() if elided else 0), end, terms)
        yield Span(start, end, _acronym(sentence[start:end], target))


def _acronym(name: str, target: str) -> str:
    """ "AI" as the target writes it; other names as they are."""
    return acronyms(target).get(name, name)


def _after_term(sentence: str, start: int, end: int, terms: Sequence[Term]) -> int:
    """Where a name begins that is read together with a term before it ("les agents IA de Cisco")."""
    for term in terms:
        if term.start <= start < term.end < end and (joint := _JOINT.match(sentence, term.end)) and joint.end() < end:
            return joint.end()
    return start


def number_spans(sentence: str, source: str) -> Iterator[Span]:
    """Bare numbers only: a number with its unit would keep the unit in the source language."""
    for item in quantities(sentence, source):
        if item.kind != "number":
            continue
        written = sentence[item.start : item.end]
        is_ordinal = sentence[item.end : item.end + 1].isalnum()
        if not is_ordinal and re.fullmatch(r"\d{1,3}|\d{5,}|\d+[.,]\d{1,2}", written):
            yield Span(item.start, item.end, written)
