"""Words of a line with the cue classes they belong to: the reader spoken to, web actions, prices, rights, news.

The classes are data (data/cues.toml) and shared by all languages, so that a kind of call learned in one is known
in the others.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from pipeline.tables import read_table
from pipeline.text.normalise import fold
from pipeline.text.scripts import UNSPACED_LETTER

_CUES = Path(__file__).parent / "data" / "cues.toml"
_EAST_ASIAN = frozenset({"zh", "ja"})
#: Signs that part labels from each other or from what they label are words of their own.
_WORD = re.compile(r"[^\W_]+|[?!:©|/·•→»«“”„…\"]")
_ADDRESS = re.compile(r"@|://|^www\.")
#: Korean syllables; of what the words of a line are made of only rare signs stand behind them.
_FIRST_HANGUL = "\uac00"
#: Spellings of one Arabic letter.
_ARABIC = str.maketrans("أإآةىٱ", "اااهيا")
#: Letters that stand before an ending at least.
_LEAST_STEM = 3
#: Tokens remembered; a run meets some hundred thousand different ones.
MOST_TOKENS = 60_000


class Word(NamedTuple):
    """One word of a line."""

    #: Bit n is set for class n of `CueClasses.names`.
    mask: int
    #: Stable number of the word; the same in every process.
    key: int
    #: Numbers of its beginning and ending, where it is long enough to have them.
    parts: tuple[int, ...]


class CueClasses:
    """Classes of cue words, looked up by word; those of cues.toml tell whose a line is (`side`)."""

    def __init__(self, table: dict[str, dict[str, str]]) -> None:
        self.names = tuple(table)
        #: Bits of the classes that tell a site's own line, and of those that tell news.
        self.site = sum(1 << n for n, row in enumerate(table.values()) if row.get("side") == "site")
        self.news = sum(1 << n for n, row in enumerate(table.values()) if row.get("side") == "news")
        self._cues: dict[str, int] = defaultdict(int)
        self._inside: dict[str, int] = defaultdict(int)
        for number, row in enumerate(table.values()):
            for language, cues in row.items():
                if language not in ("why", "side"):
                    for cue in fold(cues).split():
                        self._add(cue, 1 << number, east_asian=language in _EAST_ASIAN)
        self._masks = list(self._cues.values())
        self._find = AhoCorasick(self._cues).find_matches_as_indexes
        longest_first = "|".join(sorted(map(re.escape, self._inside), key=lambda c: (-len(c), c)))
        firsts = "".join(sorted({re.escape(cue[0]) for cue in self._inside}))
        self._inside_pattern = re.compile(f"(?=[{firsts}])(?:{longest_first})")
        self._inside_words = {cue: Word(mask, _number(cue), ()) for cue, mask in self._inside.items()}
        self._tokens: dict[str, tuple[Word, ...]] = {}

    def _add(self, cue: str, bit: int, *, east_asian: bool) -> None:
        if east_asian:
            self._inside[cue] |= bit
        else:
            self._cues[f"<{cue}>".replace("*>", "").replace("<*", "")] |= bit

    def words(self, line: str) -> list[Word]:
        """The words of a line in order; text without spaces gives its cues and single characters."""
        if UNSPACED_LETTER.search(line):
            return self._east_asian(fold(line))
        known = self._tokens
        words: list[Word] = []
        for token in line.split():
            found = known.get(token)
            if found is None:
                if len(known) >= MOST_TOKENS:
                    known.clear()
                found = known[token] = tuple(self._word(word) for word in _plain(token))
            words += found
        return words

    def _word(self, word: str) -> Word:
        if len(word) > 2 and word[-1] >= _FIRST_HANGUL:
            # A Korean word of three syllables has its stem in front and its particle behind.
            return Word(self._mask(word), _number(word), (_number("<" + word[:2]), _number(word[-2:] + ">")))
        parts: tuple[int, ...] = (_number("<" + word[:5]),) if len(word) > 6 else ()
        parts += (_number(word[-3:] + ">"),) if len(word) > 5 else ()
        return Word(self._mask(word), _number(word), parts)

    def _mask(self, word: str) -> int:
        mask = 0
        spelled = word if word.isascii() else word.translate(_ARABIC)
        for number, start, _ in self._find(f"<{spelled}>", overlapping=True):
            if start == 0 or start > _LEAST_STEM:
                mask |= self._masks[number]
        return mask

    def _east_asian(self, folded: str) -> list[Word]:
        words: list[Word] = []
        start = 0
        for match in self._inside_pattern.finditer(folded):
            words += map(letter_word, "".join(folded[start : match.start()].split()))
            words.append(self._inside_words[match[0]])
            start = match.end()
        words += map(letter_word, "".join(folded[start:].split()))
        return words


def _plain(token: str) -> list[str]:
    """The words of a token, numbers by their length only."""
    if _ADDRESS.search(token):
        return ["@"]
    return ["0" * min(len(word), 5) if word.isdigit() else word for word in _WORD.findall(fold(token))]


@cache
def letter_word(letter: str) -> Word:
    """A single character of text without spaces; all digits are one."""
    return Word(0, _number("0" if letter.isdigit() else letter), ())


def _number(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


@cache
def cue_classes() -> CueClasses:
    """Read the classes; kept for the life of the process."""
    return CueClasses(read_table(_CUES))
