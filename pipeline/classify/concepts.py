"""Find the concepts of data/concepts.toml in a text: the part of the features that is the same in every language."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).parent / "data" / "concepts.toml"
_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r"[^\W_]+\*?|\*")
_ACCENTS = re.compile("[\u0300-\u036f]")
#: Scripts without spaces, or (Arabic) with articles and prepositions written together with the word.
_UNSPACED = re.compile("[\u0600-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: In capitals the state, else a pronoun.
_US = re.compile(r"\bUS\b(?! ?\$)")
_LATIN_1 = re.compile("[\x00-\x7f]*")

#: Evidence that is a shape and not a word.
SHAPES: dict[str, re.Pattern[str]] = {
    "cve": re.compile(r"\bcve[-‑ ]?\d{4}[-‑ ]?\d{3,}"),
    "version": re.compile(r"\b\d+\.\d+\.\d+"),
    "amount": re.compile(
        r"[$€£¥₩₹]\s?\d|\d[\d.,  ]{0,20}\s?(?:[$€£¥₩₹]|(?:k|m|mn|bn|md|mds|mio|mrd|mld|млн|млрд|million\w*|milliard\w*|"
        r"billion\w*|millon\w*|milioni|miljoen|milion\w*|миллион\w*)\b|euro|eur\b|usd\b|dollar|pound|won\b|yuan|"
        r"rouble|руб|万|億|亿|억|만|美元|欧元|元)"
    ),
    # How many people something happened to.
    "victims": re.compile(
        r"\d[\d.,  ]{0,14}\s?(?:k|m|mn|million\w*|millon\w*|milioni|milhoes|miljoen|mio|billion|thousand|mille|"
        r"mil|mila|tausend|тыс\w*|млн)?\s?(?:de |d'|di |of )?(?:\w+ ){0,2}"
        r"(?:users|customers|clients|people|patients|records|accounts|employees|individuals|members|students|guests|"
        r"players|subscribers|citizens|residents|cards|utilisateurs|abonnes|comptes|personnes|usagers|dossiers|"
        r"assures|adherents|kunden|nutzer\w*|personen|patienten|konten|datensatze\w*|usuarios|clientes|personas|"
        r"pacientes|empleados|utenti|clienti|persone|pazienti|pessoas|contas|klanten|gebruikers|mensen|klientow|"
        r"uzytkownikow|osob|пользовател\w*|клиент\w*|человек)\b|"
        r"\d\s?(?:万|億|亿)?余?[名个]?(?:用户|客户|账户|账号|条|人分|人|件|명|건)"
    ),
    "duration": re.compile(
        r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|un|deux|trois|quatre|cinq|dix|ein|zwei|drei|"
        r"sechs|seis|dos|tres)[- ](?:and[- ]a[- ]half[- ])?(?:year|month|an\b|ans\b|mois\b|jahr|monat|ano|mes|anni\b|"
        r"mesi\b|jaar\b|maand|lat\b|rok|лет\b|года\b|месяц)|\d+\s?(?:年|个月|か月|개월|년)"
    ),
}


class Hit(NamedTuple):
    """A concept found: offsets into the folded text."""

    concept: str
    start: int
    end: int


_POSITION = itemgetter(1, 2, 0)


@dataclass(frozen=True, slots=True)
class _Lexicon:
    names: tuple[str, ...]
    #: First word -> (concept, the words after it); keys with "*" at the end take any ending.
    words: dict[str, list[tuple[str, tuple[str, ...]]]]
    stems: dict[str, list[tuple[str, tuple[str, ...]]]]
    stem_lengths: tuple[int, ...]
    #: First character -> (term, concept), longest first.
    anywhere: dict[str, list[tuple[str, str]]]


def fold_text(text: str) -> str:
    """Lower case without accents; Hangul and kana keep their form. Offsets may differ from the input's."""
    text = _US.sub("U S", text)
    if _LATIN_1.fullmatch(text):
        return text.lower()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())))


def concept_names() -> tuple[str, ...]:
    """Every concept a hit can carry: those of the file, then the shapes."""
    return _lexicon().names


def find_concepts(folded: str) -> list[Hit]:
    """All hits in a text that `fold_text` made, by position; overlapping hits of different concepts all count."""
    lexicon = _lexicon()
    tokens = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(folded)]
    hits: set[Hit] = set()
    for i, (word, start, end) in enumerate(tokens):
        for concept, rest in _candidates(word):
            if not rest:
                hits.add(Hit(concept, start, end))
            elif len(tokens) > i + len(rest) and all(_fits(term, tokens[i + 1 + j][0]) for j, term in enumerate(rest)):
                hits.add(Hit(concept, start, tokens[i + len(rest)][2]))
    for match in _UNSPACED.finditer(folded):
        for term, concept in lexicon.anywhere.get(match.group(), ()):
            if folded.startswith(term, match.start()):
                hits.add(Hit(concept, match.start(), match.start() + len(term)))
    for name, shape in SHAPES.items():
        hits.update(Hit(name, match.start(), match.end()) for match in shape.finditer(folded))
    return sorted(hits, key=_POSITION)


def _fits(term: str, word: str) -> bool:
    return term in ("*", word) or (term.endswith("*") and word.startswith(term[:-1]))


@lru_cache(maxsize=65536)
def _candidates(word: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What may begin at this word; remembered, since news uses few words often."""
    lexicon = _lexicon()
    found = list(lexicon.words.get(word, ()))
    for length in lexicon.stem_lengths:
        if length <= len(word):
            found += lexicon.stems.get(word[:length], ())
    return tuple(found)


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    with _FILE.open("rb") as file:
        tables: dict[str, dict[str, str | list[str]]] = tomllib.load(file)
    words: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    stems: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    anywhere: dict[str, set[tuple[str, str]]] = {}
    for concept, table in tables.items():
        for terms in (value for key, value in table.items() if key != "why"):
            for term in map(fold_text, terms):
                if _UNSPACED.match(term):
                    anywhere.setdefault(term[0], set()).add((term, concept))
                    continue
                first, *rest = _TERM.findall(term)
                table_ = stems if first.endswith("*") else words
                entry = (concept, tuple(rest))
                bucket = table_.setdefault(first.rstrip("*"), [])
                if entry not in bucket:
                    bucket.append(entry)
    return _Lexicon(
        names=(*tables, *SHAPES),
        words=words,
        stems=stems,
        stem_lengths=tuple(sorted({len(stem) for stem in stems})),
        anywhere={key: sorted(value, key=lambda pair: (-len(pair[0]), pair)) for key, value in anywhere.items()},
    )
