"""What must hold between a sentence and its translation; every breach is a named problem.

The checks compare values, not words: "1,5 million" and "1.5 million", "12 décembre" and "December 12" are the same.
They are strict about what a reader would act on (identifiers, numbers, amounts, dates, negation), lenient about style.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.model import Problem
from pipeline.text.normalise import fold
from pipeline.text.quantities import Quantity
from pipeline.translate import negation
from pipeline.translate.analysis import identifiers, known_names, quantities
from pipeline.translate.words import table, word_table

#: Grows with every change of rule: answers that older checks passed are asked for again.
VERSION = "10"

#: A term of the field that no right rendering stands for: worth another try, not worth the original.
TERM_LOST = "term-lost"

_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
#: A whole number that is no part of a longer one: the 2 in "2.6.17" says nothing about two flaws.
_WHOLE = re.compile(r"(?<![\d])(?<!\d[.,:-])\d+(?![\d]|[.,:-]\d)")
#: "1.500" is another number in another language.
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
#: Kinds of identifiers that must come out in their normal form, as often as they went in.
_EXACT = ("cve", "cwe", "ghsa", "advisory", "hash", "url", "email")
#: Characters of output per character of input; ideographs say more with fewer.
_RATIO, _RATIO_FROM_IDEOGRAPHS = (0.35, 2.6), (0.8, 9.0)
#: Sentences shorter than this are too short for a ratio or a language to mean anything.
_SHORT = 25
#: A word or a phrase in a row this often is a loop of the decoder.
_LOOP = re.compile(r"(?<!\w)(\w[\w' ,-]{0,40}?)(?:[\s,.]+\1(?!\w)){3,}", re.IGNORECASE)
#: An hour in the source and in English.
_CLOCK = re.compile(r"\s?(?:h|H|Uhr|uur|heures|horas|ore)(?![^\W\d_])|[:.]\d\d")
_AFTERNOON = re.compile(r"(?:[:.]\d\d)?\s?[pP]\.?[mM]")
#: Words that may come between those of a name ("kernel Linux" became "Linux 2.4 kernel").
_APART = 2
#: Counts in words that must come out ("seventeen" became "seventy"); "two", "ten", "a hundred" are said otherwise too.
_LEAST_COUNT, _MOST_COUNT = 11.0, 99.0
_EN_IS_ONE = ("sv", "da", "no")
_IDEOGRAPHS = ("zh", "ja", "ko")


def check(sentence: str, translated: str, source: str, target: str, *, keep: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Compare a sentence with its translation.

    Args:
        sentence: As the reader would see it in the source language.
        translated: The engine's words, everything unmasked.
        source: Language of the sentence.
        target: Language of the translation.
        keep: Words that are never translated (the user's list).
    Returns:
        Problems in a fixed order; none means the translation may be shown.
    """
    if not translated.strip():
        return (Problem(kind="empty", detail=sentence[:80]),) if sentence.strip() else ()
    return (
        *_identifiers(sentence, translated),
        *_quantities(sentence, translated, source, target),
        *_names(sentence, translated, keep),
        *negation.lost(sentence, translated, source, target),
        *negation.denied_twice(translated, target),
        *_length(sentence, translated, source),
        *_loop(sentence, translated),
        *_language(sentence, translated, source, target),
    )


def _identifiers(sentence: str, translated: str) -> Iterator[Problem]:
    before, after = _identifier_counts(sentence), _identifier_counts(translated)
    for (kind, value), count in sorted(before.items()):
        if kind in _EXACT:
            lost = after[kind, value] < count
        else:  # an address of four numbers reads as a version after "up to"
            lost = not (after["version", value] or after["ip", value] or _stands(value, translated))
        if lost:
            yield Problem(kind=f"{kind}-lost", detail=value)
    for (kind, value), count in sorted(after.items()):
        if kind in _EXACT and before[kind, value] < count:
            yield Problem(kind=f"{kind}-added", detail=value)


def _identifier_counts(text: str) -> Counter[tuple[str, str]]:
    kinds = (*_EXACT, "ip", "version")
    return Counter((item.kind, item.value) for item in identifiers(text) if item.kind in kinds)


def _stands(written: str, text: str) -> bool:
    """Whether a number stands in a text as it is written, not as part of a longer one."""
    return bool(re.search(rf"(?<![\d])(?<!\d[.,]){re.escape(written)}(?![\d]|[.,]\d)", text))


def _copied(item: Quantity, sentence: str, translated: str) -> bool:
    """Whether a number stands there as it was written, and means the same so."""
    written = sentence[item.start : item.end]
    if not _GROUPED.fullmatch(written):
        return _stands(written, translated)
    # "Exim 3.952" is a version, whatever points mean.
    name = re.search(r"\w*[A-Z]\w* $", sentence[max(0, item.start - 40) : item.start])
    return name is not None and f"{name[0]}{written}" in translated


def _told_by_clock(item: Quantity, sentence: str, spoken: set[str]) -> bool:
    """ "18h" is "6 pm": an hour of the afternoon counts as said when its number on the dial is."""
    hour = _as_hour(item)
    return 13 <= hour <= 23 and bool(_CLOCK.match(sentence, item.end)) and f"{hour - 12:g}" in spoken


def _as_hour(item: Quantity) -> float:
    return item.value if isinstance(item.value, float) and item.kind in ("number", "duration") else -1.0


def _quantities(sentence: str, translated: str, source: str, target: str) -> Iterator[Problem]:
    before = _measures(sentence, source)
    has_digits = any(map(str.isdigit, translated))
    if not has_digits and not any(_matters(item, sentence[item.start : item.end]) for item in before):
        return  # nothing can be lost and nothing be added
    given, made = _Told(sentence, before), _Told(translated, _measures(translated, target))
    yield from _lost(given, made)
    yield from _added(given, made, target)


class _Told:
    """A text with its quantities, and every number that it says in any way."""

    def __init__(self, text: str, items: list[Quantity]) -> None:
        self.text, self.items = text, items
        self.keys = {item.key for item in items}
        self.values = _values(items) | set(_WHOLE.findall(text))
        self.digits = set(_DIGITS.findall(text))


def _lost(given: _Told, made: _Told) -> Iterator[Problem]:
    for item in given.items:
        written = given.text[item.start : item.end]
        if item.key in made.keys or not _matters(item, written):
            continue
        if item.kind == "amount" and f"{item.value:.12g}" in made.values:
            yield from _currency(item, written, made)
            continue
        said = made.values | made.digits if item.kind == "date" else made.values
        if not (
            _parts(item, written) <= said
            or _copied(item, given.text, made.text)
            or _told_by_clock(item, given.text, made.values)
        ):
            yield Problem(kind=f"{item.kind}-lost", detail=written)


def _currency(item: Quantity, written: str, made: _Told) -> Iterator[Problem]:
    """An amount whose number came out."""
    wrong = [other.unit for other in made.items if other.kind == "amount" and other.value == item.value]
    if wrong:
        yield Problem(kind="currency-changed", detail=f"{written} → {wrong[0]}")
    elif item.unit not in {other.unit for other in made.items}:
        yield Problem(kind="currency-lost", detail=written)


def _added(given: _Told, made: _Told, target: str) -> Iterator[Problem]:
    for item in made.items:
        written = made.text[item.start : item.end]
        if item.key in given.keys or not any(map(str.isdigit, written)):
            continue
        is_afternoon = target == "en" and _AFTERNOON.match(made.text, item.end)
        if is_afternoon and f"{_as_hour(item) + 12:g}" in given.values:
            continue
        if not (_parts(item, written) <= given.values | given.digits or set(_DIGITS.findall(written)) <= given.digits):
            yield Problem(kind=f"{item.kind}-added", detail=written)


def _measures(text: str, language: str) -> list[Quantity]:
    """Quantities, without those of idioms ("mezzogiorno" is no half day)."""
    idioms = word_table("idiom", language)
    plain = text.casefold()
    inside = [(m.start(), m.end()) for idiom in idioms for m in re.finditer(re.escape(idiom), plain)]
    if len(plain) != len(text):  # positions do not match; rare letters only
        inside = []
    found = (q for q in quantities(text, language) if all(q.end <= s or e <= q.start for s, e in inside))
    # "en" is one in Sweden and a preposition in Spain.
    return [q for q in found if language in _EN_IS_ONE or not plain[q.start : q.end].startswith("en ")]


def _matters(item: Quantity, written: str) -> bool:
    """Whether a quantity must come out: all in digits, measures and counts in words; "one" and "a year" are style."""
    if any(map(str.isdigit, written)):
        return True
    if item.kind == "number" and isinstance(item.value, float):
        return _LEAST_COUNT <= item.value <= _MOST_COUNT
    return item.kind in ("amount", "duration", "percent") and item.value != 1.0


def _parts(item: Quantity, written: str) -> set[str]:
    """Values that together say the quantity: a date by its day and year, the rest by its number."""
    if item.kind == "date":
        return {str(int(part)) for part in re.findall(r"\d+", written) if len(part) <= 4}
    return {f"{item.value:.12g}"}


def _values(items: Sequence[Quantity]) -> set[str]:
    values: set[str] = set()
    for item in items:
        if item.kind == "date":
            parts = re.findall(r"\d+", str(item.value))
            # The month is a word mostly: 13 December does not say the 12th.
            values |= {str(int(part)) for part in (parts[:-2] + parts[-1:] if len(parts) > 1 else parts)}
        else:
            values.add(f"{item.value:.12g}")
    return values


def _names(sentence: str, translated: str, keep: Sequence[str]) -> Iterator[Problem]:
    folded = fold(translated)
    for word in keep:
        if word in sentence and word not in translated:
            yield Problem(kind="kept-word-lost", detail=word)
    before = known_names(sentence)
    after = {hit.id for hit in known_names(translated)} if before else set()
    for hit in before:
        if hit.id not in after and fold(hit.id) not in folded and not _near(hit.id, folded):
            yield Problem(kind="name-lost", detail=sentence[hit.start : hit.end])


def _near(name: str, folded: str) -> bool:
    """Whether all words of a name stand close together, in any order."""
    wanted = fold(name).split()
    if len(wanted) < 2:
        return False
    words = re.findall(r"[^\W_]+(?:[.-][^\W_]+)*", folded)
    window = len(wanted) + _APART
    return any(set(wanted) <= set(words[i : i + window]) for i in range(len(words)) if words[i] in wanted)


def _length(sentence: str, translated: str, source: str) -> Iterator[Problem]:
    ideographs = source in _IDEOGRAPHS
    low, high = _RATIO_FROM_IDEOGRAPHS if ideographs else _RATIO
    if len(sentence) < (_SHORT // 3 if ideographs else _SHORT):
        return
    ratio = len(translated) / len(sentence)
    if not low <= ratio <= high:
        yield Problem(kind="length", detail=f"{len(sentence)} characters became {len(translated)}")


def _loop(sentence: str, translated: str) -> Iterator[Problem]:
    found = _LOOP.search(translated[:2000])
    if found and not _LOOP.search(sentence[:2000]):
        yield Problem(kind="repetition", detail=found[1][:60])


def _language(sentence: str, translated: str, source: str, target: str) -> Iterator[Problem]:
    """The words that only grammar uses must be the target's: an engine that gave up copies the sentence."""
    stop = table()["stop"]
    if len(translated) < _SHORT or source == target or source not in stop or target not in stop:
        return
    words = [word.casefold() for word in _WORD.findall(translated)]
    theirs = sum(word in stop[source] and word not in stop[target] for word in words)
    ours = sum(word in stop[target] and word not in stop[source] for word in words)
    if theirs >= 3 and theirs > ours:
        yield Problem(kind="not-translated", detail=sentence[:120])
