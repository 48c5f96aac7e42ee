"""The guard: what must survive translation is hidden behind tokens where that helps, put back, and checked.

Engines copy most identifiers and numbers by themselves, and sentences read better when they see them; so the first way
is plain, and only a sentence that fails its checks is masked. Rule-based engines translate names like common words
("Apache" became a people), so names are hidden from them from the start. Terms of the field are mended where a known
wrong rendering stands; on routes with a rule-based engine a term that got lost is hidden and put in by us.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.model import Problem
from pipeline.text.names import find_names
from pipeline.text.normalise import fold
from pipeline.text.taken import Taken
from pipeline.translate import bridge
from pipeline.translate.analysis import identifiers, known_names, quantities
from pipeline.translate.checks import TERM_LOST, VERSION, check
from pipeline.translate.glossary import Glossary, Term
from pipeline.translate.guard import Prepared
from pipeline.translate.habits import mended
from pipeline.translate.inflection import joined
from pipeline.translate.money import spelled_out
from pipeline.translate.titles import in_sentence_case
from pipeline.translate.words import acronyms, word_table

#: Engines that know words, not sentences: a name they do not know is a word to them.
_RULE_BASED = frozenset({"apertium"})
#: Engines whose models do not know the signs of most currencies.
_WITHOUT_SIGNS = frozenset({"firefox"})
#: Letters that no language joins, digits between: neural models copy it, dictionaries do not know it.
_MASK = "XQ{number}X"
_ANY_MASK = re.compile(r"[xX]\s?[qQ]\s?(\d{1,2})\s?[xX]s?(?![0-9A-Za-zÀ-ÖØ-öø-ɏ])")
_MOST_MASKS = 90
#: mod_lua, E-tool, SpyFone, log4j-core, iPhone: words that no dictionary has as they are.
_CODE_WORD = re.compile(
    r"(?<!\w)(?:\w*_\w+|[A-Z]-[a-z]{3,}|[A-Za-z]+[a-z][A-Z]\w*|[a-z]+\d\w*|\w+\.(?:js|py|exe|dll|php|so)|--?\w[\w-]*)(?!\w)"
)
#: POST /api/install, /etc/passwd: a request or a path, as software reads it.
_PATH = re.compile(r"(?<![\w/.:<])(?:(?:GET|POST|PUT|DELETE|PATCH|HEAD) )?(?:/[\w.*{}-]+)+/?(?![\w/])")
#: Languages that name companies and programs without an article, and what stands before a name that has one.
_WITHOUT_ARTICLES = frozenset({"en"})
_DETERMINED = re.compile(r"\b(?:the|an?|its?|their|this|each|every)\s+$", re.IGNORECASE)
#: Articles at the end of a text, with what stays of them; Portuguese names have some, French names of programs none.
_ARTICLES = {
    "fr": (
        (re.compile(r"(?<!\w)(de|à) la $"), r"\1 "), (re.compile(r"(?<!\w)du $"), "de "),
        (re.compile(r"(?<!\w)au $"), "à "), (re.compile(r"(?<!\w)(de|à) l['’]$"), r"\1 "),
        (re.compile(r"(?<!\w)[Ll](?:[ea] |['’])$"), ""),
    ),
}  # fmt: skip
#: Languages whose articles and adjectives do not change with the noun: there a term can stand for any other.
_WITHOUT_AGREEMENT = frozenset({"en"})

#: "terms" hides lost terms too, "masked" names, identifiers and numbers; "bare" hides only the user's words, as in long
#: lists it is the tokens that get lost, and takes the full stop away, which ends some loops of the decoder.
_WAYS = ("plain", "terms", "masked", "bare")
#: What joins a term and the name read together with it: "les agents IA de Cisco".
_JOINT = re.compile(r" (?:(?:de|du|des|di|del|della|do|da|dos) |(?:d|dell)['’])?")
#: What stands between a product and its maker: "noyau Linux de SUSE".
_MAKER = re.compile(r" (?:de |d'|d’)(?=[A-Z])")
#: "du 2 au 4 mars": of two days engines keep one.
_DAYS = re.compile(
    r"(?<![\w.,/-])(\d{1,2})(?:er|º|\.)? (?:au|al|a|ao|bis(?: zum)?|tot(?: en met)?|t/m) (\d{1,2})(?=\.? [^\W\d_])"
)


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    #: What stands there after translation.
    text: str
    is_term: bool = False
    #: A name that the source writes without an article.
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class _State:
    """What `finish` needs to know of `prepare`."""

    hidden: tuple[_Span, ...] = ()
    #: The field's terms of the sentence.
    terms: tuple[Term, ...] = ()
    #: Whether a lost term is a reason to try again.
    is_strict: bool = False
    #: The full stop that was taken away.
    stop: str = ""


class FactGuard:
    """Protects and checks; see `Guard`."""

    def __init__(self, keep: Iterable[str] = (), *, glossary: Glossary | None = None) -> None:
        """Take the user's do-not-translate list and the terms of the field (none when None)."""
        self._keep = tuple(sorted({word for word in keep if word.strip()}, key=lambda word: (-len(word), word)))
        self._glossary = Glossary() if glossary is None else glossary
        digest = hashlib.sha256("\0".join(self._keep).encode()).hexdigest()[:8]
        self._version = f"facts-{VERSION}-{digest}-{self._glossary.version}"

    @property
    def version(self) -> str:
        """Changes with the checks, the do-not-translate list and the glossary."""
        return self._version

    @property
    def ways(self) -> tuple[str, ...]:
        """Plain first, then with more and more hidden."""
        return _WAYS

    def prepare(self, sentence: str, source: str, target: str, *, way: str, engines: tuple[str, ...]) -> Prepared:
        """Hide what the engines of the route would damage."""
        sentence = in_sentence_case(sentence, source)
        kept = tuple(_kept(sentence, source))
        terms = tuple(t for t in self._glossary.find(sentence, source) if not any(_overlap(t, span) for span in kept))
        by_rules = bool(_RULE_BASED & set(engines))
        spans: list[_Span] = list(_literal(sentence, self._keep))
        if way == "terms":  # before the names: "PDG" is both
            spans += self._terms(terms, target, by_rules=by_rules)
        if way == "masked" or (by_rules and way != "bare"):
            names = self._names(sentence, source, target, terms, by_rules=by_rules)
            spans += [*kept, *(_barely(sentence, span, source) for span in names), *_identifiers(sentence)]
        if way in ("terms", "masked"):
            spans += _days(sentence, target)
        if way == "masked":
            spans += _quantities(sentence, source)
        can_hide = way == "plain" and target in _WITHOUT_AGREEMENT
        strict = can_hide and (by_rules or any(map(self._glossary.is_own, terms)))
        text, hidden = _masked(sentence, spans)
        stop = "." if way == "bare" and text.endswith(".") and not text.endswith("..") else ""
        text = text.removesuffix(stop)
        if by_rules and engines[0] not in _RULE_BASED:  # the dictionaries of a later hop know the commonest sense only
            text = bridge.before(text, source)
        if _WITHOUT_SIGNS & set(engines):
            text = spelled_out(text, source)
        return Prepared(text=text, state=_State(hidden, terms, strict, stop))

    def finish(
        self, sentence: str, translated: str, prepared: Prepared, source: str, target: str
    ) -> tuple[str, tuple[Problem, ...]]:
        """Put back what was hidden, mend terms, then check."""
        state = prepared.state if isinstance(prepared.state, _State) else _State()
        text, problems = _unmasked(translated, state.hidden, target)
        if problems:
            return text, problems
        if state.stop and not text.endswith((".", "!", "?")):
            text += state.stop
        text = self._glossary.mend(state.terms, text, target, sentence)
        text = mended(text, sentence, source, target)
        problems = check(sentence, text, source, target, keep=self._keep)
        if state.is_strict and not problems:
            lost = self._glossary.lost(state.terms, text, target, sentence)
            problems = tuple(Problem(kind=TERM_LOST, detail=sentence[term.start : term.end]) for term in lost)
        return text, problems

    def _terms(self, terms: Sequence[Term], target: str, *, by_rules: bool) -> Iterator[_Span]:
        if target not in _WITHOUT_AGREEMENT:
            return
        for term in terms:
            written = self._glossary.written(term, target)
            if written and (by_rules or self._glossary.is_own(term)):
                yield _Span(term.start, term.end, written, is_term=True)

    def _names(
        self, sentence: str, source: str, target: str, terms: Sequence[Term], *, by_rules: bool
    ) -> Iterator[_Span]:
        if target == "en":
            yield from _makers(sentence)
        for hit in reversed(known_names(sentence)):  # of two kinds for one name the product, which is more special
            yield _Span(hit.start, hit.end, _usual(sentence[hit.start : hit.end], hit.id))
        yield from (_Span(m.start(), m.end(), m[0]) for code in (_CODE_WORD, _PATH) for m in code.finditer(sentence))
        if by_rules:
            amounts = [item for item in quantities(sentence, source) if item.kind == "amount"]
            for span in _capitalised(sentence, source, target, terms):
                if all(span.end <= item.start or item.end <= span.start for item in amounts):  # "3,2 Md€" is no name
                    yield span


def _kept(sentence: str, source: str) -> Iterator[_Span]:
    """What every language calls by the English words, written as usual: "Patch Tuesday", "use-after-free"."""
    for phrase in word_table("kept", source):
        for match in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", sentence, re.IGNORECASE):
            yield _Span(match.start(), match.end(), phrase)


def _overlap(term: Term, span: _Span) -> bool:
    return term.start < span.end and span.start < term.end


def _barely(sentence: str, span: _Span, source: str) -> _Span:
    """The span of a name, marked where its language leaves articles away unless they belong to it."""
    is_bare = source in _WITHOUT_ARTICLES and not _DETERMINED.search(sentence[: span.start])
    return replace(span, is_bare=True) if is_bare else span


def _makers(sentence: str) -> Iterator[_Span]:
    """A product and who makes it, in the order of English: "noyau Linux de SUSE", "SUSE Linux kernel"."""
    hits = known_names(sentence)
    for product in hits:
        between = _MAKER.match(sentence, product.end)
        if between is None:
            continue
        for maker in hits:
            if maker.start == between.end():
                name = _usual(sentence[product.start : product.end], product.id).replace(" Kernel", " kernel")
                yield _Span(product.start, maker.end, f"{sentence[maker.start : maker.end]} {name}")


def _usual(written: str, name: str) -> str:
    """A name as the target's readers know it: as written, unless it holds a common word or letters of its language."""
    is_translatable = written.split()[0].islower() and fold(written) != fold(name)
    return written if written.isascii() and not is_translatable else name


def _literal(sentence: str, words: Sequence[str]) -> Iterator[_Span]:
    for word in words:
        for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", sentence):
            yield _Span(match.start(), match.end(), word)


def _identifiers(sentence: str) -> Iterator[_Span]:
    for item in identifiers(sentence):
        start, end = item.start, item.end
        if sentence[start - 1 : start] == "<" and sentence[end : end + 1] == ">":  # engines take it for markup
            start, end = start - 1, end + 1
        yield _Span(start, end, sentence[start:end])


def _days(sentence: str, target: str) -> Iterator[_Span]:
    for match in _DAYS.finditer(sentence):
        yield _Span(match.start(), match.end(), f"{match[1]}{' to ' if target == 'en' else '–'}{match[2]}")


def _capitalised(sentence: str, source: str, target: str, terms: Sequence[Term]) -> Iterator[_Span]:
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
        start = _after_term(sentence, name.start, end, terms)
        yield _Span(start, end, _acronym(sentence[start:end], target))


def _acronym(name: str, target: str) -> str:
    """ "AI" as the target writes it; other names as they are."""
    return acronyms(target).get(name, name)


def _after_term(sentence: str, start: int, end: int, terms: Sequence[Term]) -> int:
    """Where a name begins that is read together with a term before it ("les agents IA de Cisco")."""
    for term in terms:
        if term.start <= start < term.end < end and (joint := _JOINT.match(sentence, term.end)) and joint.end() < end:
            return joint.end()
    return start


def _quantities(sentence: str, source: str) -> Iterator[_Span]:
    """Bare numbers only: a number with its unit would keep the unit in the source language."""
    for item in quantities(sentence, source):
        if item.kind != "number":
            continue
        written = sentence[item.start : item.end]
        is_ordinal = sentence[item.end : item.end + 1].isalnum()
        if not is_ordinal and re.fullmatch(r"\d{1,3}|\d{5,}|\d+[.,]\d{1,2}", written):
            yield _Span(item.start, item.end, written)


def _masked(sentence: str, spans: Iterable[_Span]) -> tuple[str, tuple[_Span, ...]]:
    """Replace spans, the longest where they overlap, by tokens; nothing when there are too many or tokens already."""
    taken = Taken(sentence)
    longest_first = sorted(spans, key=lambda s: (s.start - s.end, s.start))
    kept = [span for span in longest_first if taken.claim(span.start, span.end)]
    if not kept or len(kept) > _MOST_MASKS or _ANY_MASK.search(sentence):
        return sentence, ()
    kept.sort(key=lambda s: s.start)
    parts, position = [], 0
    for number, span in enumerate(kept, start=1):
        parts += [sentence[position : span.start], _MASK.format(number=number)]
        position = span.end
    return "".join([*parts, sentence[position:]]), tuple(kept)


def _unmasked(translated: str, hidden: Sequence[_Span], target: str) -> tuple[str, tuple[Problem, ...]]:
    """The text with everything back; each token must be there once."""
    if not hidden:
        return translated, ()
    text, position = "", 0
    seen: list[int] = []
    for match in _ANY_MASK.finditer(translated):
        number = int(match[1])
        text += translated[position : match.start()]
        position = match.end()
        if not 0 < number <= len(hidden):
            text += match[0]
            continue
        seen.append(number)
        span = hidden[number - 1]
        if not span.is_term:  # "an XQ1X" may turn out to be "a TV"
            text = _without_article(text, target) if span.is_bare else text
            text = joined(text, span.text, "", target) or text + span.text
            continue
        opens = not any(map(str.isalnum, text))
        written = span.text[:1].upper() + span.text[1:] if opens else span.text
        text = joined(text, written, "", target) or text + written
    text += translated[position:]
    lost = [hidden[number - 1].text for number in range(1, len(hidden) + 1) if seen.count(number) != 1]
    return text, tuple(Problem(kind="protected-lost", detail=item) for item in lost)


def _without_article(text: str, target: str) -> str:
    """A text that goes on with a name, without the article that another language put there ("dans le", "du")."""
    for article, kept in _ARTICLES.get(target, ()):
        text, count = article.subn(kept, text)
        if count:
            break
    return text
