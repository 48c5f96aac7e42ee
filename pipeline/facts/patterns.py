"""The word lists of this room, compiled once per language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pipeline.tables import read_table
from pipeline.text.gazetteer import Gazetteer
from pipeline.text.hanzi import in_short_form
from pipeline.text.hints import WordPattern, hints, holds_any
from pipeline.text.tags import primary

_DATA = Path(__file__).parent / "data"
#: Languages whose words begin or end without a space: Korean hangs its particles on.
_WITHOUT_SPACES = frozenset({"zh", "ja", "ko"})

Form = Literal["acts", "suffers", "noun"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that name a measure, and how whom and who stand around them."""

    #: What the list of words is called ("escaped"), and the measure that they name.
    name: str
    measure: str
    form: Form
    #: Place in the list; earlier wins.
    order: int
    pattern: re.Pattern[str]
    #: One of these stands in every text that matches, small letters; empty where that cannot be said.
    hints: tuple[str, ...]
    #: A wording that means a measure only of somebody with the power to take it ("blocks", "pays").
    is_plain: bool = False

    @property
    def is_escape(self) -> bool:
        """Whether the words say that somebody got off ("escapes the fine")."""
        return self.name == "escaped"


def hinted(lowered: str, triggers: Iterable[Trigger]) -> Iterator[Trigger]:
    """Those that a text, given in small letters, does not rule out."""
    return (trigger for trigger in triggers if not trigger.hints or holds_any(lowered, trigger.hints))


@dataclass(frozen=True, slots=True)
class Authority:
    """One entry of the gazetteer."""

    id: str
    level: str
    country: str


@lru_cache(maxsize=128)
def load(name: str) -> dict[str, Any]:
    """One of the tables in data/."""
    return read_table(_DATA / f"{name}.toml")


def load_common(folder: str) -> dict[str, Any]:
    """What the languages share of a table that has a file for each of them."""
    return load(f"{folder}/common")


def load_own(folder: str, language: str) -> dict[str, Any]:
    """What such a table has in a language; empty where it has nothing."""
    return load(f"{folder}/{language}") if language in load_common(folder)["languages"] else {}


def spoken(language: str | None) -> tuple[str, ...]:
    """Languages whose words are looked for: the article's own and English, which headlines borrow from."""
    tag = _SAME.get(primary(language), primary(language))
    if tag in ("und", "mul"):
        return ("en", "fr", "de", "es", "zh")
    if tag in ("yue", "wuu"):
        return ("zh", "en")
    return (tag, "en") if tag != "en" else ("en",)


#: Both ways to write Norwegian are one here.
_SAME = {"nb": "no", "nn": "no"}
_CAPITALS = re.compile(r"(?<!\(\?-i:)\[A-Z(?:À-Þ)?\]")


def compile_words(words: list[str], language: str) -> WordPattern:
    """One pattern for a list of words: whole words, any case, but [A-Z] stays a capital."""
    body = "|".join(f"(?:{word})" for word in words)
    body = _CAPITALS.sub(r"(?-i:\g<0>)", body)
    body = body.replace("[^.;]", r"(?:[^.;]|\.(?=\d))")  # the point of "200.000 euros" ends no sentence
    body = body.replace(" (?=", "(?= ")  # the end of a word is looked for before the space
    if language not in _WITHOUT_SPACES:
        body = rf"(?<![\w'’-])(?:{body})(?!\w)" if language == "en" else rf"(?<!\w)(?:{body})(?!\w)"
    return WordPattern(re.compile(body, re.IGNORECASE), hints(words))


@lru_cache(maxsize=64)
def triggers(language: str, *, plain: bool = False) -> tuple[Trigger, ...]:
    """What names a measure in a language, most telling first; `plain` for wordings that need a power beside them."""
    kind = "plain" if plain else "trigger"
    own: Mapping[str, list[str]] = load_own("measures", language).get(kind, {})
    rows = enumerate(load_common("measures")[kind])
    listed = [(order, row, compile_words(own[row["name"]], language)) for order, row in rows if row["name"] in own]
    return tuple(
        Trigger(row["name"], row["measure"], row["form"], order, words.pattern, words.hints, plain)
        for order, row, words in listed
    )


@lru_cache(maxsize=512)
def _listed(table: str, kind: str, language: str) -> WordPattern | None:
    """The words of one kind in a language; None where the table has none in it."""
    words: Mapping[str, list[str]] = load(table)[kind]
    return compile_words(words[language], language) if language in words else None


def power_words(language: str) -> WordPattern | None:
    """Words for somebody who has the power to take a measure."""
    return _listed("powers", "words", language)


def context_words(kind: str, language: str) -> WordPattern | None:
    """Words of one table of spoken_of.toml: where a measure is only spoken of."""
    return _listed("spoken_of", kind, language)


def appeals_lost(language: str) -> WordPattern | None:
    """Words that say that somebody fought a decision in vain, whatever it was."""
    return _listed("deciding", "appeal_lost", language)


def decisions_undone(language: str) -> WordPattern | None:
    """Words that say that a court undid a decision, whatever it was."""
    return _listed("deciding", "decision_undone", language)


@lru_cache(maxsize=64)
def statuses(language: str) -> tuple[tuple[str, WordPattern], ...]:
    """What says how far a measure went, strongest first."""
    own: Mapping[str, list[str]] = load_own("measures", language).get("status", {})
    return tuple(
        (status, compile_words(own[status], language)) for status in load_common("measures")["status"] if status in own
    )


@lru_cache(maxsize=64)
def beside_terms(kind: str, language: str) -> WordPattern | None:
    """Words "requested" (a prosecutor asks for a term), "possible" (what may come) or "deadline" (to obey until)."""
    own: Mapping[str, list[str]] = load_own("measures", language).get("beside", {})
    return compile_words(own[kind], language) if kind in own else None


@lru_cache(maxsize=64)
def claims(kind: str, language: str) -> dict[str, WordPattern]:
    """Patterns "yes", "no", "later" and "unless" of "exploited" or "patched": those listed, and filled templates."""
    listed: Mapping[str, Mapping[str, list[str]]] = load("disclosure")[kind]
    found = {}
    for name in dict.fromkeys((*listed, *load_common("stated")[kind])):
        words = [*listed.get(name, {}).get(language, ()), *_filled(kind, name, language)]
        if words:
            found[name] = compile_words(words, language)
    return found


#: Words that begin something else: what is said on their far side is not said of what stands before.
_CONTRAST = "|".join(load_common("stated")["shared"]["contrast"])
_WORD = rf"(?!CVE-|(?:{_CONTRAST}) )[^\s,;:()!?–—]+"
#: "l'installazione dell'hotfix": an article that hangs on a word.
_HANGING = r"(?:\w{1,5}['’])?"
#: What the signs of a template stand for: up to six words of a clause, the same without a negation, up to three without
#: a comma. What is said of one id is not said of another.
_APART = {
    "…": rf"(?:,? {_WORD}){{0,6}}?,? {_HANGING}",
    "~": rf"(?:,? (?!{{not}} ){_WORD}){{0,6}}?,? {_HANGING}",
    "‥": rf"(?: {_WORD}){{0,3}}? {_HANGING}",
}


def _filled(kind: str, name: str, language: str) -> Iterator[str]:
    """The templates of one kind with the words of a language; without those that it has not all words for."""
    table = load_common("stated")
    words: Mapping[str, list[str]] = load_own("stated", language)
    parts = {f"{{{slot}}}": f"(?:{'|'.join(some)})" for slot, some in words.items()}
    if "not" in words:
        parts |= {sign: between.replace("{not}", parts["{not}"]) for sign, between in _APART.items()}
    rows = (template.split(" ") for template in table[kind].get(name, ()))
    for row in _by_head([parts[token] for token in row] for row in rows if all(token in parts for token in row)):
        yield row.replace("{version}", table["shared"]["version"])


def _by_head(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """One pattern for all rows with the same beginning: a third of the size, which compiles and searches faster."""
    heads: dict[str, list[Sequence[str]]] = {}
    for head, *rest in rows:
        heads.setdefault(head, []).append(rest)
    for head, rests in heads.items():
        longer = [rest for rest in rests if rest]
        tail = f"(?:{'|'.join(_by_head(longer))})" if longer else ""
        yield head + (f"{tail}?" if longer and len(longer) < len(rests) else tail)


def flaw_words(language: str) -> WordPattern | None:
    """Words for a flaw."""
    return _listed("disclosure", "flaw", language)


def general_words(language: str) -> WordPattern | None:
    """What a sentence says of flaws in general, of contests and of statistics."""
    return _listed("disclosure", "general", language)


@lru_cache(maxsize=64)
def negation_words(language: str) -> re.Pattern[str] | None:
    """A negation and the few words between it and the end of the text, none of which ends its scope."""
    table: Mapping[str, Mapping[str, list[str]]] = load("disclosure")["negation"]
    if language not in table:
        return None
    negators, ends = (_whole_words(table[language][name]) for name in ("words", "ends"))
    return re.compile(rf"{negators}(?:\s(?!{ends})[\w'’-]+){{0,{_SCOPE}}}\s$", re.IGNORECASE)


#: So many words may stand between a negation and what it denies.
_SCOPE = 5


def _whole_words(words: Sequence[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"


@lru_cache(maxsize=1)
def authorities() -> tuple[Gazetteer, Mapping[str, Authority]]:
    """The gazetteer of who decides, and its entries by id."""
    table: Mapping[str, list[str]] = load("authorities")
    by_land: Mapping[str, list[str]] = load("authorities_by_land")
    entries = {name: Authority(name, row[0], row[1]) for name, row in (*by_land.items(), *table.items())}
    spellings = {name: row[2:] for name, row in table.items()}
    for name, row in by_land.items():
        spellings[name] = [*spellings.get(name, ()), *row[2:]]
    for name, called in _by_country():
        spellings[name].append(called)
    for names in spellings.values():
        names += [short for name in names if (short := in_short_form(name, "zh")) != name]
    return Gazetteer(spellings), entries


def _by_country() -> Iterator[tuple[str, str]]:
    """Bodies by what their country and their function call them: ("DPC", "Irish data protection authority")."""
    functions: Mapping[str, Mapping[str, list[str]]] = load("countries")["function"]
    for country in load("countries")["country"].values():
        for function, body in country["bodies"].items():
            for language, words in country["called"].items():
                for called in functions[function].get(language, ()):
                    yield body, called.format(adj=words[0], m=words[0], f=words[-1], name=words[-1])


_CAPITAL = r"(?-i:[A-ZÀ-ÞŁŚŻŹĆŃŞĞİА-ЯЁ])[\w'’-]+"


@dataclass(frozen=True, slots=True)
class Capacity:
    """Words that say who decides by what he is ("Ministero dei Trasporti")."""

    level: str
    words: WordPattern


@lru_cache(maxsize=64)
def capacities(language: str) -> tuple[Capacity, ...]:
    """Who decides by capacity, in the words of a language."""
    found = []
    for level, by_language in load("capacities").items():
        for row in by_language.get(language, ()):
            body = row.replace("{names}", rf"{_CAPITAL}(?: {_CAPITAL}){{0,3}}").replace("{name}", _CAPITAL)
            found.append(Capacity(level, WordPattern(re.compile(body, re.IGNORECASE), hints([body]))))
    return tuple(found)


@lru_cache(maxsize=1)
def laws() -> Gazetteer:
    """The gazetteer of laws."""
    table: Mapping[str, list[str]] = load("law")
    return Gazetteer(table)
