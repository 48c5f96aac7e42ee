"""Find the concepts of data/concepts.toml in a text: the part of the features that is the same in every language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from pipeline.tables import read_table
from pipeline.text.scripts import EAST_ASIAN

_FILE = Path(__file__).parent / "data" / "concepts.toml"
_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r"\*?[^\W_]+\*?|\*")
_ACCENTS = re.compile("[\u0300-\u036f]")
#: Letters of their own in Unicode, which keyboards and headlines write as the plain ones all the same.
_PLAIN = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d"})
#: Its terms take the hits that lie within them away.
_MISLEADING = "misleading"
#: Scripts without spaces, or (Arabic) with articles and prepositions written together with the word.
_UNSPACED = re.compile(rf"[\u0600-\u06ff\u0e00-\u0e7f{EAST_ASIAN}]")
#: In capitals the state, else a pronoun.
_US = re.compile(r"\bUS\b(?! ?\$)")
_LATIN_1 = re.compile("[\x00-\x7f]*")

#: Evidence that is a shape and not a word.
SHAPES: dict[str, re.Pattern[str]] = {
    "cve": re.compile(r"\bcve[-‑ ]?\d{4}[-‑ ]?\d{3,}"),
    "version": re.compile(r"\b\d+\.\d+\.\d+"),
    "amount": re.compile(
        r"[$€£¥₩₹₽₺]\s?\d[\d.,]*(?:\s?(?:k|m|mn|bn|million\w*|billion\w*|millones|milhoes)\b)?|"
        r"\b(?:rs|chf|usd|eur|sh|kr|inr|aud|cad)\.? ?\d[\d.,]*(?:\s?(?:m|bn|million\w*|crore|lakh)\b)?|"
        r"\d[\d.,  ]{0,20}\s?(?:[$€£¥₩₹₽₺]|(?:k|m|mn|bn|md|mds|mio|mrd|mld|mln|млн|млрд|million\w*|milliard\w*|"
        r"billion\w*|millon\w*|milioni|miljoen|miljon\w*|milion\w*|milhoes|milyon|миллион\w*|crore|lakh|zl|zlotych|"
        r"francs?|kronor|kroner|lira\w*|mille|mila|тыс|гривен\w*|грн|korun)\b|euro|eur\b|usd\b|dollar|dolar|pound|won\b|"
        r"yuan|rouble|руб|万|億|亿|억|만|美元|欧元|元|円)"
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
        r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|eighteen|twenty|thirty|"
        r"un|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|ein|zwei|drei|vier|funf|sechs|"
        r"sieben|acht|neun|zehn|zwolf|seis|dos|tres|cuatro|cinco|siete|sete|ocho|oito|nueve|nove|diez|dez|doce|doze|due|"
        r"tre|quattro|cinque|sei|sette|otto|dieci|dodici|diciotto|trenta|twee|drie|vijf|zes|zeven|negen|tien|dwa|trzy|"
        r"cztery|piec|szesc|siedem|osiem|dziesiec|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|двух|трех|"
        r"iki|uc|dort|bes|alti|yedi|sekiz)[- ](?:and[- ]a[- ]half[- ])?(?:year|month|an\b|ans\b|mois\b|jahr|monat|"
        r"anos?\b|mes(?:es)?\b|anni\b|mesi\b|jaar\b|maand|lat[a]?\b|rok|miesi|лет\b|года\b|год\b|месяц|yil|ay\b)|"
        r"(?<!\d)\d{1,2}\s?(?:年|个月|か月|カ月|ヶ月|개월|년)|[一二两三四五六七八九十半](?:年|个月)|[一二三四五六七八九十](?:カ月|か月)"
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
    #: The same for terms with "*" in front, which take any beginning (German compounds): last letters -> concepts.
    endings: dict[str, list[str]]
    ending_lengths: tuple[int, ...]
    #: First character -> (term, concept), longest first.
    anywhere: dict[str, list[tuple[str, str]]]


def fold_text(text: str) -> str:
    """Lower case without accents; Hangul and kana keep their form. Offsets may differ from the input's."""
    text = _US.sub("U S", text)
    if _LATIN_1.fullmatch(text):
        return text.lower()
    folded = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())))
    return folded.translate(_PLAIN)


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
    return sorted(_without_misleading(hits), key=_POSITION)


def _without_misleading(hits: set[Hit]) -> Iterable[Hit]:
    """The hits that lie in no term which means something else ("fine-tuned" holds no fine)."""
    spans = [(hit.start, hit.end) for hit in hits if hit.concept == _MISLEADING]
    if not spans:
        return hits
    return (
        hit
        for hit in hits
        if hit.concept != _MISLEADING and not any(start <= hit.start and hit.end <= end for start, end in spans)
    )


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
    for length in lexicon.ending_lengths:
        if length <= len(word):
            found += [(concept, ()) for concept in lexicon.endings.get(word[-length:], ())]
    return tuple(found)


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    tables: dict[str, dict[str, str | list[str]]] = read_table(_FILE)
    words: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    stems: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    endings: dict[str, list[str]] = {}
    anywhere: dict[str, set[tuple[str, str]]] = {}
    for concept, table in tables.items():
        for terms in (value for key, value in table.items() if key != "why"):
            for term in map(fold_text, terms):
                if _UNSPACED.match(term):
                    anywhere.setdefault(term[0], set()).add((term, concept))
                    continue
                first, *rest = _TERM.findall(term)
                if first.startswith("*") and not rest:
                    endings.setdefault(first[1:], []).append(concept)
                    continue
                table_ = stems if first.endswith("*") else words
                entry = (concept, tuple(rest))
                bucket = table_.setdefault(first.rstrip("*"), [])
                if entry not in bucket:
                    bucket.append(entry)
    return _Lexicon(
        names=(*(name for name in tables if name != _MISLEADING), *SHAPES),
        words=words,
        stems=stems,
        stem_lengths=tuple(sorted({len(stem) for stem in stems})),
        endings=endings,
        ending_lengths=tuple(sorted({len(ending) for ending in endings})),
        anywhere={key: sorted(value, key=lambda pair: (-len(pair[0]), pair)) for key, value in anywhere.items()},
    )
