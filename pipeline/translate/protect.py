"""The guard: what must survive translation is hidden behind tokens where that helps, put back, and checked.

Engines copy most identifiers and numbers by themselves, and sentences read better when they see them; so the first way
is plain, and only a sentence that fails its checks is masked. Rule-based engines translate names like common words
("Apache" became a people), so names are hidden from them from the start. Terms of the field are mended where a known
wrong rendering stands; on routes with a rule-based engine a term that got lost is hidden and put in by us.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.model import Problem
from pipeline.translate import bridge
from pipeline.translate.checks import TERM_LOST, VERSION, check
from pipeline.translate.glossary import Glossary, Term
from pipeline.translate.guard import Prepared
from pipeline.translate.habits import mended
from pipeline.translate.leftover import left, without_notes
from pipeline.translate.masks import Span, masked, unmasked
from pipeline.translate.money import spelled_out
from pipeline.translate.named import lost as lost_names
from pipeline.translate.persons import unspoken
from pipeline.translate.spans import (
    day_spans,
    identifier_spans,
    kept_spans,
    known_spans,
    literal_spans,
    name_spans,
    number_spans,
    version_spans,
)
from pipeline.translate.titles import in_sentence_case
from pipeline.translate.words import acronyms

#: Engines that know words, not sentences: a name they do not know is a word to them.
_RULE_BASED = frozenset({"apertium"})
#: Engines whose models do not know the signs of most currencies.
_WITHOUT_SIGNS = frozenset({"firefox"})
#: Languages whose articles and adjectives do not change with the noun: there a term can stand for any other.
_WITHOUT_AGREEMENT = frozenset({"en"})

#: "terms" hides lost terms too, "masked" names, identifiers and numbers; "bare" hides only the user's words, as in long
#: lists it is the tokens that get lost, and takes the full stop away, which ends some loops of the decoder.
_WAYS = ("plain", "terms", "masked", "bare")


@dataclass(frozen=True, slots=True)
class _State:
    """What `finish` needs to know of `prepare`."""

    hidden: tuple[Span, ...] = ()
    #: The field's terms of the sentence.
    terms: tuple[Term, ...] = ()
    #: Names in it that facts know.
    names: tuple[str, ...] = ()
    #: Whether a lost term is a reason to try again.
    is_strict: bool = False
    #: The full stop that was taken away.
    stop: str = ""
    #: Whether dictionaries worked on what a neural engine said: they pass on what they do not know.
    is_handed_on: bool = False


class FactGuard:
    """Protects and checks; see `Guard`."""

    def __init__(self, keep: Iterable[str] = (), *, glossary: Glossary | None = None) -> None:
        """Take the user's do-not-translate list and the terms of the field (none when None)."""
        self._keep = tuple(sorted({word for word in keep if word.strip()}, key=lambda word: (-len(word), word)))
        self._glossary = Glossary() if glossary is None else glossary
        digest = hashlib.sha256("\0".join(self._keep).encode()).hexdigest()[:8]
        self._version = f"facts-{VERSION}-{digest}-{self._glossary.version}-{bridge.version()}"

    @property
    def version(self) -> str:
        """Changes with the checks, the do-not-translate list and the glossary."""
        return self._version

    @property
    def ways(self) -> tuple[str, ...]:
        """Plain first, then with more and more hidden."""
        return _WAYS

    def prepare(
        self, sentence: str, source: str, target: str, *, way: str, engines: tuple[str, ...], names: Sequence[str] = ()
    ) -> Prepared:
        """Hide what the engines of the route would damage."""
        names = tuple(name for name in names if name not in acronyms(target))
        known = tuple(known_spans(names, sentence, source))
        sentence = in_sentence_case(sentence, source, spans=[(span.start, span.end) for span in known])
        kept = (*kept_spans(sentence, source), *known)
        terms = tuple(t for t in self._glossary.find(sentence, source) if not any(_overlap(t, span) for span in kept))
        by_rules = bool(_RULE_BASED & set(engines))
        spans: list[Span] = list(literal_spans(sentence, self._keep))
        if way == "terms":  # before the names: "PDG" is both
            spans += self._terms(terms, target, by_rules=by_rules)
        if way == "masked" or (by_rules and way != "bare"):
            found = name_spans(sentence, source, target, terms, by_rules=by_rules)
            spans += [*kept, *found, *identifier_spans(sentence), *version_spans(sentence, target)]
        elif way == "terms":
            spans += known
        if way in ("terms", "masked"):
            spans += day_spans(sentence, target)
        if way == "masked":
            spans += number_spans(sentence, source)
        can_hide = way == "plain" and target in _WITHOUT_AGREEMENT
        strict = can_hide and (by_rules or any(map(self._glossary.is_own, terms)))
        text, hidden = masked(sentence, spans)
        stop = "." if way == "bare" and text.endswith(".") and not text.endswith("..") else ""
        text = text.removesuffix(stop)
        handed_on = by_rules and engines[0] not in _RULE_BASED
        if handed_on:  # the dictionaries of a later hop know the commonest sense only
            text = bridge.before(text, source)
        elif not by_rules:
            text = bridge.plainly(text, source)
        if _WITHOUT_SIGNS & set(engines):
            text = spelled_out(text, source)
        return Prepared(text=text, state=_State(hidden, terms, names, strict, stop, handed_on))

    def finish(
        self, sentence: str, translated: str, prepared: Prepared, source: str, target: str
    ) -> tuple[str, tuple[Problem, ...]]:
        """Put back what was hidden, mend terms, then check."""
        state = prepared.state if isinstance(prepared.state, _State) else _State()
        translated, unknown = without_notes(translated)
        text, problems = unmasked(translated, state.hidden, target)
        if problems:
            return text, problems
        if state.stop and not text.endswith((".", "!", "?")):
            text += state.stop
        text = self._glossary.mend(state.terms, text, target, sentence)
        text = mended(text, sentence, source, target)
        problems = (*check(sentence, text, source, target, keep=self._keep), *lost_names(state.names, text))
        if state.is_handed_on:
            foreign = left(sentence, text, source, target, names=state.names, unknown=unknown)
            problems = (*problems, *foreign, *unspoken(sentence, text, target))
        if state.is_strict and not problems:
            lost = self._glossary.lost(state.terms, text, target, sentence)
            problems = tuple(Problem(kind=TERM_LOST, detail=sentence[term.start : term.end]) for term in lost)
        return text, problems

    def _terms(self, terms: Sequence[Term], target: str, *, by_rules: bool) -> Iterator[Span]:
        if target not in _WITHOUT_AGREEMENT:
            return
        for term in terms:
            written = self._glossary.written(term, target)
            if written and (by_rules or self._glossary.is_own(term)):
                yield Span(term.start, term.end, written, is_term=True)


def _overlap(term: Term, span: Span) -> bool:
    return term.start < span.end and span.start < term.end
