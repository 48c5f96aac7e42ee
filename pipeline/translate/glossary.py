"""Terms of the field: how they are written in each language, which renderings are right, which are known to be wrong.

The glossary is data (data/glossary.toml, whose head describes the notation); a user's own file, TOML or CSV, is laid
over it. Texts are read word by word, case and accents folded, the longest term first, in time linear in their length.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib  # noqa: TID251 - the user's own file, whose faults are his
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from pipeline.errors import ConfigError
from pipeline.tables import read_table
from pipeline.text.normalise import fold
from pipeline.translate.analysis import identifiers
from pipeline.translate.inflection import joined, plurals

_SHIPPED = Path(__file__).parent / "data" / "glossary.toml"
_WORD = re.compile(r"[^\W_]+")
#: What may stand between the words of one term.
_BETWEEN = re.compile(r"[ \u00a0\u202f'’\-‐‑«»\"“”]{1,3}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
#: Identifiers beside which an ambiguous word is a term of the field.
_FIELD = frozenset({"cve", "cwe", "ghsa", "advisory"})


@dataclass(frozen=True, slots=True)
class Term:
    """A concept as it stands in a text; start and end count code points."""

    concept: str
    is_plural: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Form:
    concept: str
    words: tuple[str, ...]
    is_plural: bool
    #: Counts only beside another term.
    is_weak: bool


@dataclass(frozen=True, slots=True)
class _Concept:
    name: str
    #: Language -> (singulars, plurals), the preferred first.
    forms: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    #: Target -> folded renderings that are right.
    right: Mapping[str, tuple[str, ...]]
    #: Target -> (wrong rendering, right one), longest first.
    wrong: Mapping[str, tuple[tuple[str, str], ...]]
    #: Target -> folded wrong renderings that hold a right one ("zero-day failure", where "zero-day" alone would do).
    misleading: Mapping[str, tuple[str, ...]]
    #: From the user's file.
    is_own: bool


class Glossary:
    """Finds terms, says how they are written in the target language, and mends what engines made of them."""

    def __init__(self, concepts: Iterable[_Concept] = (), *, version: str = "") -> None:
        """Use `load`."""
        self._concepts = {concept.name: concept for concept in concepts}
        self._version = version
        self._index: dict[str, dict[str, list[_Form]]] = {}
        for concept in self._concepts.values():
            for language in concept.forms:
                self._add(concept, language)
        for by_word in self._index.values():
            for forms in by_word.values():
                forms.sort(key=lambda f: (-len(f.words), not self._concepts[f.concept].is_own))

    def _add(self, concept: _Concept, language: str) -> None:
        by_word = self._index.setdefault(language, {})
        for is_plural, spellings in enumerate(concept.forms[language]):
            for spelling in spellings:
                words = tuple(_folded(spelling))
                if words:
                    form = _Form(concept.name, words, bool(is_plural), spelling.startswith("~"))
                    by_word.setdefault(words[0], []).append(form)

    @classmethod
    def load(cls, own: Path | None = None) -> Self:
        """The shipped glossary, with the user's own file over it.

        Args:
            own: TOML as the shipped one, or CSV with a language code per column and a term per row.
        Raises:
            ConfigError: The user's file cannot be read; its message names the entry.
        """
        concepts = _concepts(read_table(_SHIPPED), is_own=False)
        digest = hashlib.sha256(_SHIPPED.read_bytes())
        if own is not None:
            try:
                body = own.read_bytes()
                text = body.decode("utf-8-sig")
                tables = _read_csv(text) if own.suffix.lower() == ".csv" else tomllib.loads(text)
                added = _concepts(tables, is_own=True)
            except OSError as error:
                raise ConfigError("translation.glossary", f"{own}: cannot be read: {error.strerror}") from error
            except UnicodeDecodeError as error:
                raise ConfigError("translation.glossary", f"{own.name}: not UTF-8 text; save it as UTF-8") from error
            except (ValueError, csv.Error) as error:
                raise ConfigError("translation.glossary", f"{own.name}: {error}") from error
            digest.update(body)
            # A concept of the same name is replaced as a whole; the user's terms win over ours of the same words.
            concepts |= added
        return cls(concepts.values(), version=digest.hexdigest()[:8])

    @property
    def version(self) -> str:
        """Changes with the terms; "" for an empty glossary."""
        return self._version

    def __len__(self) -> int:
        return len(self._concepts)

    def find(self, text: str, language: str) -> list[Term]:
        """Terms in order of position, without overlap."""
        by_word = self._index.get(language)
        if by_word is None:
            return []
        words = [(match.start(), match.end(), _fold(match[0])) for match in _WORD.finditer(text)]
        found: list[tuple[_Form, Term]] = []
        position = 0
        while position < len(words):
            form = self._at(text, words, position, by_word) if words[position][2] in by_word else None
            if form is None:
                position += 1
                continue
            last = position + len(form.words) - 1
            found.append((form, Term(form.concept, form.is_plural, words[position][0], words[last][1])))
            position = last + 1
        doubtful = bool(found) and all(form.is_weak for form, _ in found)
        if doubtful and not any(item.kind in _FIELD for item in identifiers(text)):
            return []
        return [term for _, term in found]

    def _at(
        self, text: str, words: list[tuple[int, int, str]], position: int, by_word: Mapping[str, list[_Form]]
    ) -> _Form | None:
        for form in by_word.get(words[position][2], ()):
            here = words[position : position + len(form.words)]
            if tuple(word for _, _, word in here) != form.words:
                continue
            pairs = pairwise(here)
            if all(_BETWEEN.fullmatch(text, before[1], after[0]) for before, after in pairs):
                return form
        return None

    def is_own(self, term: Term) -> bool:
        """Whether the user asked for this term."""
        return self._concepts[term.concept].is_own

    def written(self, term: Term, target: str) -> str | None:
        """The term in the target language, in the same number; None when the glossary does not say."""
        forms = self._concepts[term.concept].forms.get(target)
        if forms is None:
            return None
        chosen = forms[1] if term.is_plural and forms[1] else forms[0]
        return chosen[0].lstrip("~") if chosen else None

    def spellings(self, term: Term, target: str) -> tuple[str, ...]:
        """All forms of the term in a language, singulars first."""
        singulars, more = self._concepts[term.concept].forms.get(target, ((), ()))
        return tuple(form.lstrip("~") for form in (*singulars, *more))

    def lost(self, terms: Iterable[Term], translated: str, target: str, source: str = "") -> list[Term]:
        """Those of the terms that no right rendering stands for.

        Args:
            source: The sentence of the terms. A rendering that stood beside them, the "(XSS)" behind a term, was only
                carried over and speaks for none.
        """
        terms = list(terms)
        if not terms:
            return []
        said, beside = (f" {' '.join(_folded(text))} " for text in (translated, _beside(source, terms)))
        return [
            term
            for term in terms
            if self.written(term, target) and not self._says(self._concepts[term.concept], said, beside, target)
        ]

    def _says(self, concept: _Concept, said: str, beside: str, target: str) -> bool:
        for wrong in concept.misleading.get(target, ()):
            said = said.replace(f" {wrong} ", "  ")
        forms = (f" {form} " for form in concept.right.get(target, ()))
        return any(said.count(form) > beside.count(form) for form in forms if form in said)

    def mend(self, terms: Iterable[Term], translated: str, target: str, source: str = "") -> str:
        """Put the right term where a known wrong rendering stands; sentences that say the term are left alone."""
        for concept, count in _counted(self.lost(terms, translated, target, source)).items():
            for wrong, right in self._concepts[concept].wrong.get(target, ()):
                translated, done = _replaced(translated, wrong, right, target, count)
                count -= done
                if count <= 0:
                    break
        return translated


def _beside(source: str, terms: Iterable[Term]) -> str:
    """The sentence without its terms."""
    for term in sorted(terms, key=lambda term: -term.start):
        source = f"{source[: term.start]} {source[term.end :]}"
    return source


def _counted(terms: Iterable[Term]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for term in terms:
        counts[term.concept] = counts.get(term.concept, 0) + 1
    return counts


def _replaced(text: str, wrong: str, right: str, target: str, count: int) -> tuple[str, int]:
    done = 0
    for match in reversed(list(_pattern(wrong).finditer(text))[:count]):
        written = right[:1].upper() + right[1:] if match[0][:1].isupper() and not right[:2].isupper() else right
        changed = joined(text[: match.start()], written, text[match.end() :], target)
        if changed is not None:
            text, done = changed, done + 1
    return text, done


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])" + r"[\s-]".join(map(re.escape, re.split(r"[\s-]", phrase))) + r"(?![\w-])", re.I)


#: The same few thousand words come again and again.
_fold = lru_cache(maxsize=1 << 14)(fold)


def _folded(text: str) -> Iterator[str]:
    return map(_fold, _WORD.findall(text))


def _concepts(tables: Mapping[str, Any], *, is_own: bool) -> dict[str, _Concept]:
    return {name: _concept(name, table, is_own=is_own) for name, table in tables.items()}


def _concept(name: str, table: object, *, is_own: bool) -> _Concept:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise ValueError(f"[{name}] is not a table of language codes with strings")
    entries: dict[str, str] = {"en": name, **table}
    forms, right, wrong, misleading = {}, {}, {}, {}
    for key, value in entries.items():
        kind, _, language = key.rpartition("_")
        if not _LANGUAGE.fullmatch(language) or kind not in ("", "accept", "wrong"):
            raise ValueError(f"[{name}] has an unknown key {key!r}; keys look like fr, accept_en, wrong_en")
        if not kind:
            forms[language] = _forms(value, language)
    for language, (singulars, more) in forms.items():
        accepted = _split(entries.get(f"accept_{language}", ""))
        every = dict.fromkeys(" ".join(_folded(form)) for form in (*singulars, *more, *accepted))
        right[language] = tuple(filter(None, every))
        pairs = _wrong(entries.get(f"wrong_{language}", ""), singulars, more, language)
        wrong[language] = tuple(sorted(pairs, key=lambda pair: -len(pair[0])))
        for bad, _ in pairs:  # a wrong rendering that a form names is a wish of style: not wrong enough to count
            folded = " ".join(_folded(bad))
            right[language] = tuple(form for form in right[language] if form != folded)
        phrases = (" ".join(_folded(phrase)) for phrase, _ in pairs)
        misleading[language] = tuple(p for p in phrases if any(f" {form} " in f" {p} " for form in right[language]))
    return _Concept(name, forms, right, wrong, misleading, is_own)


def _forms(value: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    one, slash, many = value.partition("/")
    singulars = _split(one)
    if slash:
        return singulars, _split(many)
    made = dict.fromkeys(form for singular in singulars for form in plurals(singular, language))
    return singulars, tuple(form for form in made if form not in singulars)


def _wrong(value: str, singulars: tuple[str, ...], more: tuple[str, ...], language: str) -> tuple[tuple[str, str], ...]:
    pairs: dict[str, str] = {}
    for entry in _split(value):
        bad, arrow, good = (part.strip() for part in entry.partition(">"))
        if arrow:
            pairs[bad] = good
            continue
        if not singulars:
            continue
        pairs.setdefault(bad, singulars[0])
        for plural in plurals(bad, language):
            pairs.setdefault(plural, more[0] if more else singulars[0])
    return tuple(pairs.items())


def _split(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _read_csv(text: str) -> dict[str, dict[str, str]]:
    """Rows of terms under a head of language codes; the column "en", or else the first, names the concept."""
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.split("\n", 1)[0] else ",")
    head = [name.strip() for name in rows.fieldnames or ()]
    if not head:
        raise ValueError("the first line must name the languages, such as en,fr")
    tables: dict[str, dict[str, str]] = {}
    for row in rows:
        cells = {str(key).strip(): value.strip() for key, value in row.items() if key and value and value.strip()}
        if cells:
            name = cells.get("en") or next(iter(cells.values()))
            tables[name] = cells if "en" in cells else {**cells, "en": "/"}
    return tables
