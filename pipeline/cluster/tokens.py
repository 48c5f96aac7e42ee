"""Words, names and numbers of any text as comparable column numbers, in one folded alphabet for all languages."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.transliterate import latin
from pipeline.text.names.spelled import usual_names
from pipeline.text.runs import Runs

#: Tokens are hashed into this many columns; at 40,000 distinct tokens two rare ones meet by chance once in 25.
COLUMNS = 1 << 20
#: Prefix length that words are cut to: a stemmer for any language. 7 was the best of 5-9 on the training pairs.
_STEM = 7
#: Letters from which a word tells a subject.
_LONGER = 4

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_PIECES = re.compile(r"[a-zA-Z0-9]+|[^a-zA-Z0-9]+")
_WIDE = re.compile(r"[⺀-鿿가-힯豈-﫿ｦ-ﾟ]+")

_NO_COLUMNS = np.zeros(0, dtype=np.int32)


#: Columns of words, of the names among them (as capitals show them, and everything with a digit), and of the numbers
#: among these. Plain tuples, which the garbage collector need not walk through.
Tokens = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
_NOTHING: Tokens = ((), (), ())


def find_tokens(text: str) -> tuple[set[int], set[int], set[int]]:
    """Columns of the words, of the names among them, and of the numbers among them."""
    found = _RUNS.of(text) or [_NOTHING]
    words, names, numbers = (set(chain.from_iterable(columns)) for columns in zip(*found, strict=True))
    return words, names, numbers


def find_words(text: str) -> frozenset[int]:
    """Columns of the words alone."""
    return frozenset(find_tokens(text)[0])


def find_longer_words(text: str) -> set[int]:
    """Columns of the words that are long enough to tell a subject, and of all in Chinese, Japanese and Korean."""
    longer = (raw for raw in _TOKEN.findall(text) if len(raw) >= _LONGER or _WIDE.search(raw))
    return set().union(*[_token(raw)[0] for raw in longer])


def column(token: str) -> int:
    """The column of a token, as it stands."""
    return crc32(token.encode("utf-8", "replace")) % COLUMNS


def as_row(columns: set[int]) -> NDArray[np.int32]:
    """Columns in ascending order."""
    if not columns:
        return _NO_COLUMNS
    row = np.fromiter(columns, dtype=np.int32, count=len(columns))
    row.sort()
    return row


@lru_cache(maxsize=1 << 17)
def fold(text: str) -> str:
    """Casefolded, without accents, in Latin letters where a table says how."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return plain if plain.isascii() else latin(plain)


def _read_run(run: str) -> Tokens:
    """The tokens of what stands between two spaces: often one word and a comma."""
    found = [_token(raw) for raw in _TOKEN.findall(run)]
    if len(found) == 1:
        return found[0]
    words, names, numbers = (tuple(chain.from_iterable(columns)) for columns in zip(*found or [_NOTHING], strict=True))
    return words, names, numbers


_RUNS = Runs(_read_run)


@lru_cache(maxsize=1 << 17)
def _token(raw: str) -> Tokens:
    """One run of letters or digits."""
    if not raw.isascii() and _WIDE.search(raw):
        return _wide(raw)
    word = _word(raw)
    if len(word) < 2 and not word.isdigit():
        return _NOTHING
    columns = (column(word), *(() if raw.isascii() else _usual(raw)))
    if any(c.isdigit() for c in raw):
        is_year = len(word) == 4 and word[:2] in ("19", "20")
        return columns, columns, columns if raw[0].isdigit() and len(word) > 1 and not is_year else ()
    return columns, columns if raw != raw.lower() else (), ()


def _word(raw: str) -> str:
    folded = fold(raw)
    if folded.isalpha() and len(folded) > _STEM:
        return folded[:_STEM]
    if _GROUPED.fullmatch(folded):
        return folded.replace(".", "").replace(",", "")
    return folded


def _wide(raw: str) -> Tokens:
    """Chinese, Japanese and Korean runs become overlapping pairs; Latin letters and digits inside them are names."""
    words: list[int] = []
    names: list[int] = []
    for piece in _PIECES.findall(raw):
        if not piece.isascii():
            words += [column(piece[i : i + 2]) for i in range(max(1, len(piece) - 1))]
        elif len(piece) > 1:
            names.append(column(_word(piece)))
    names += _usual(raw)
    return (*words, *names), tuple(names), ()


def _usual(raw: str) -> tuple[int, ...]:
    """Columns of the known names that a run in another script spells, as reports in Latin letters have them."""
    return tuple(column(_word(part)) for name in usual_names(raw) for part in _TOKEN.findall(name) if len(part) > 1)
