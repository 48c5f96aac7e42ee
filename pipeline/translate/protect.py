"""The guard: what must survive translation is hidden behind tokens where that helps, put back, and checked.

Engines copy most identifiers and numbers by themselves, and sentences read better when they see them; so the first way
is plain, and only a sentence that fails its checks is masked. Rule-based engines translate names like common words
("Apache" became a people), so names are hidden from them from the start.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.model import Problem
from pipeline.text.identifiers import find_identifiers
from pipeline.text.names import organisations, products
from pipeline.text.quantities import find_quantities
from pipeline.translate.checks import VERSION, check
from pipeline.translate.guard import Prepared

#: Engines that know words, not sentences: a name they do not know is a word to them.
_RULE_BASED = frozenset({"apertium"})
#: Letters that no language joins, digits between: neural models copy it, dictionaries do not know it.
_MASK = "XQ{number}X"
_ANY_MASK = re.compile(r"[xX]\s?[qQ]\s?(\d{1,2})\s?[xX](?!\w)")
#: mod_lua, SpyFone, log4j-core, iPhone: words that no dictionary has as they are.
_CODE_WORD = re.compile(
    r"(?<!\w)(?:\w*_\w+|[A-Za-z]+[a-z][A-Z]\w*|[a-z]+\d\w*|\w+\.(?:js|py|exe|dll|php|so)|--?\w[\w-]*)(?!\w)"
)

_WAYS = ("plain", "masked")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    #: What stands there after translation.
    text: str


class FactGuard:
    """Protects and checks; see `Guard`."""

    def __init__(self, keep: Iterable[str] = (), *, glossary: str = "") -> None:
        """Take the user's do-not-translate list and the version of the glossary in use."""
        self._keep = tuple(sorted({word for word in keep if word.strip()}, key=lambda word: (-len(word), word)))
        digest = hashlib.sha256("\0".join(self._keep).encode()).hexdigest()[:8]
        self._version = f"facts-{VERSION}-{digest}-{glossary}"

    @property
    def version(self) -> str:
        """Changes with the checks, the do-not-translate list and the glossary."""
        return self._version

    @property
    def ways(self) -> tuple[str, ...]:
        """Plain first, then with everything that was found hidden."""
        return _WAYS

    def prepare(self, sentence: str, source: str, target: str, *, way: str, engines: tuple[str, ...]) -> Prepared:  # noqa: ARG002
        """Hide what the engines of the route would damage."""
        spans: list[_Span] = []
        if way == "masked":
            spans = [*self._names(sentence), *_identifiers(sentence), *_quantities(sentence, source)]
        elif _RULE_BASED & set(engines):
            spans = [*self._names(sentence), *_identifiers(sentence)]
        elif self._keep:
            spans = list(_literal(sentence, self._keep))
        return _masked(sentence, spans)

    def finish(
        self, sentence: str, translated: str, prepared: Prepared, source: str, target: str
    ) -> tuple[str, tuple[Problem, ...]]:
        """Put back what was hidden, then check."""
        text, problems = _unmasked(translated, prepared)
        if problems:
            return text, problems
        return text, check(sentence, text, source, target, keep=self._keep)

    def _names(self, sentence: str) -> list[_Span]:
        found = list(_literal(sentence, self._keep))
        for gazetteer in (products(), organisations()):
            for hit in gazetteer.find(sentence):
                written = sentence[hit.start : hit.end]
                found.append(_Span(hit.start, hit.end, written if written.isascii() else hit.id))
        found += [_Span(m.start(), m.end(), m[0]) for m in _CODE_WORD.finditer(sentence)]
        return found


def _literal(sentence: str, words: Sequence[str]) -> Iterable[_Span]:
    for word in words:
        for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", sentence):
            yield _Span(match.start(), match.end(), word)


def _identifiers(sentence: str) -> Iterable[_Span]:
    for item in find_identifiers(sentence):
        yield _Span(item.start, item.end, sentence[item.start : item.end])


def _quantities(sentence: str, source: str) -> Iterable[_Span]:
    """Bare numbers only: a number with its unit would keep the unit in the source language."""
    for item in find_quantities(sentence, source):
        if item.kind != "number":
            continue
        written = sentence[item.start : item.end]
        if re.fullmatch(r"\d{1,3}|\d{5,}|\d+[.,]\d{1,2}", written):
            yield _Span(item.start, item.end, written)


def _masked(sentence: str, spans: Iterable[_Span]) -> Prepared:
    """Replace spans, the longest where they overlap, by tokens."""
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    kept.sort(key=lambda s: s.start)
    if not kept or len(kept) > 90 or _ANY_MASK.search(sentence):
        return Prepared(text=sentence)
    parts, hidden, position = [], [], 0
    for number, span in enumerate(kept, start=1):
        parts += [sentence[position : span.start], _MASK.format(number=number)]
        hidden.append(span.text)
        position = span.end
    return Prepared(text="".join([*parts, sentence[position:]]), state=tuple(hidden))


def _unmasked(translated: str, prepared: Prepared) -> tuple[str, tuple[Problem, ...]]:
    hidden: tuple[str, ...] = prepared.state if isinstance(prepared.state, tuple) else ()
    seen: list[int] = []

    def put_back(match: re.Match[str]) -> str:
        number = int(match[1])
        seen.append(number)
        return hidden[number - 1] if 0 < number <= len(hidden) else match[0]

    text = _ANY_MASK.sub(put_back, translated) if hidden else translated
    lost = [hidden[number - 1] for number in range(1, len(hidden) + 1) if seen.count(number) != 1]
    return text, tuple(Problem(kind="protected-lost", detail=item) for item in lost)
