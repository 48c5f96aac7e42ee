"""Find many known names in a text at once, in time linear in its length.

Letters of alphabets are compared word by word, case and accents folded; Chinese, Japanese and Korean spellings are
compared as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.text.normalise import fold
from pipeline.text.scripts import EAST_ASIAN, EAST_ASIAN_LETTER

#: Words end where Chinese, Japanese or Korean begins ("Log4j2漏洞").
_TOKEN = re.compile(rf"[^\W_{EAST_ASIAN}]+")
#: What may stand between the words of one name: a space, a hyphen, an apostrophe, the points of "U.S. Treasury".
_BETWEEN = re.compile(r"[ \u00a0\u202f.'’‘`´\-‐‑–/&]{0,3}")


#: "The Treasury" gives way to "Treasury Department".
_ARTICLES = frozenset({"the", "la", "le", "l", "el", "il", "o", "die", "der", "das", "de", "het"})
#: Sentences whose names are remembered; an article has rarely more that are read.
_REMEMBERED = 128


@dataclass(frozen=True, slots=True)
class Hit:
    """One known name in a text."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Alias:
    id: str
    words: tuple[str, ...]
    #: Trailing words are prefixes ("роскомнадзор*").
    open: tuple[bool, ...]
    #: "exact": spelled so; "capital": the first letter is a capital; "any".
    case: str
    surface: str


class Gazetteer:
    """Names and their spellings.

    A spelling in small letters matches in any case, one with a capital only where the text has a capital there too, and
    one of up to four capitals only exactly ("ICO" is not "ico"). A word ending in "*" matches any ending.
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, list[_Alias]] = {}
        self._prefix: dict[str, list[_Alias]] = {}
        self._cjk: dict[str, list[tuple[str, str]]] = {}
        # One sentence is asked about many times while its article is read.
        self._find = lru_cache(maxsize=_REMEMBERED)(self._search)
        for name, spellings in names.items():
            for spelling in spellings:
                self._add(name, spelling)
        for by_words in (*self._exact.values(), *self._prefix.values()):
            by_words.sort(key=lambda a: (-len(a.words), -len(a.surface), a.id))
        for by_length in self._cjk.values():
            by_length.sort(key=lambda pair: (-len(pair[0]), pair[1]))

    def _add(self, name: str, spelling: str) -> None:
        if EAST_ASIAN_LETTER.search(spelling):
            self._cjk.setdefault(spelling[:2], []).append((spelling, name))
            return
        words = re.findall(r"[^\W_]+\*?", spelling)
        if not words:
            return
        bare = spelling.replace("*", "")
        letters = [c for c in bare if c.isalpha()]
        if len(letters) <= 4 and all(c.isupper() for c in letters):
            case = "exact"
        elif letters and letters[0].isupper():
            case = "capital"
        else:
            case = "any"
        alias = _Alias(
            name, tuple(fold(w.rstrip("*")) for w in words), tuple(w.endswith("*") for w in words), case, bare
        )
        if alias.open[0]:
            self._prefix.setdefault(alias.words[0][:3], []).append(alias)
        else:
            self._exact.setdefault(alias.words[0], []).append(alias)

    def find(self, text: str) -> list[Hit]:
        """All names, longest first where they overlap, in order of position."""
        return list(self._find(text))

    def _search(self, text: str) -> list[Hit]:
        hits = self._words(text)
        if self._cjk and EAST_ASIAN_LETTER.search(text):
            hits.extend(self._characters(text))
            hits.sort(key=lambda hit: (hit.start, -hit.end))
        return hits

    def _words(self, text: str) -> list[Hit]:
        tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(text)]
        folded = [fold(text[start:end]) for start, end in tokens]
        hits: list[Hit] = []
        i = 0
        while i < len(tokens):
            found = self._at(text, tokens, folded, i)
            if found is None:
                i += 1
                continue
            last = i + len(found.words) - 1
            for j in range(i + 1, last + 1):  # "la Commission" gives way to "Commission nationale …", which is longer
                later = self._at(text, tokens, folded, j)
                is_longer = later is not None and len(later.words) > len(found.words) - (found.words[0] in _ARTICLES)
                if later is not None and is_longer and j + len(later.words) - 1 > last:
                    found, i, last = later, j, j + len(later.words) - 1
                    break
            hits.append(Hit(found.id, tokens[i][0], tokens[last][1]))
            i = last + 1
        return hits

    def _at(self, text: str, tokens: list[tuple[int, int]], folded: list[str], i: int) -> _Alias | None:
        """The longest spelling that starts at a word."""
        candidates = self._exact.get(folded[i], ())
        prefixed = self._prefix.get(folded[i][:3], ())
        for alias in (*candidates, *prefixed) if prefixed else candidates:
            if self._matches(text, tokens, folded, i, alias):
                return alias
        return None

    @staticmethod
    def _matches(text: str, tokens: list[tuple[int, int]], folded: list[str], i: int, alias: _Alias) -> bool:
        if i + len(alias.words) > len(tokens):
            return False
        for k, (word, is_open) in enumerate(zip(alias.words, alias.open, strict=True)):
            token = folded[i + k]
            if not (token.startswith(word) if is_open else token == word):
                return False
            if k and not _BETWEEN.fullmatch(text, tokens[i + k - 1][1], tokens[i + k][0]):
                return False
        start, end = tokens[i][0], tokens[i + len(alias.words) - 1][1]
        if alias.case == "exact":
            return [c for c in text[start:end] if c.isalnum()] == [c for c in alias.surface if c.isalnum()]
        return alias.case == "any" or text[start].isupper()

    def _characters(self, text: str) -> list[Hit]:
        hits: list[Hit] = []
        i = 0
        while i < len(text) - 1:
            for spelling, name in self._cjk.get(text[i : i + 2], ()):
                if text.startswith(spelling, i):
                    hits.append(Hit(name, i, i + len(spelling)))
                    i += len(spelling) - 1
                    break
            i += 1
        return hits
