"""Lines of lists that stand in where an article has no sentences of its own: what a flaw leads to, whom it touches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pipeline.model import Article
from pipeline.tables import read_table
from pipeline.text.scripts import EAST_ASIAN_LETTER

Kind = Literal["risk", "affected", "other"]

_KINDS: tuple[Kind, ...] = ("risk", "affected", "other")
_LONGEST, _LONGEST_CJK = 160, 60
#: A page of this many code points has its lists in front, or is one list.
_READ = 20_000
#: No sentence of news is this short.
_SHORT = 35
#: A line without a heading has to look like a heading's item: an effect is named in a few words.
_LONGEST_EFFECT = 90
_BULLET = re.compile(r"(?:[-–—*•·▪◦‣»]|\(?\d{1,2}[.)]|[（(]?[a-z][)）]|[①-⑳])\s*(?=\S)")
_NOT_LINES = re.compile(r"https?://|<[a-z/]|&[a-z]+;|[{}|@]|#\w|\.\.\.$|…$")
_ENDS_SENTENCE = re.compile(r"[.!?。！？][\"'”’»」』）)\]]*$")
_LOOSE_END = re.compile(r"[\s;；,，、.。]+$")
_PLURAL = re.compile(r"\((?:e?s|en|n|i|x)\)")
_IDENTIFIERS = re.compile(r"\b(?:CVE|CWE|GHSA|CNVD|CNNVD|JVN\w*)-[\w-]+")
#: What tells one program from the next: a version.
_VERSION = re.compile(
    r"\d\.\d|\bv\d|\b(?:versions?|versionen|versiones|versioni|versões|versies|wersj\w+|верси\w+)\b|版本"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: `article.text[start:end] == text`, without bullet, label and loose end."""

    start: int
    end: int
    text: str
    #: "risk" or "affected".
    kind: Kind
    #: Whether a heading says what the list is of.
    is_headed: bool


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, list[str]]]:
    return read_table(Path(__file__).parent / "data" / "lists.toml")


@lru_cache(maxsize=8)
def _words(table: str) -> str:
    return "|".join(word for words in _tables()[table].values() for word in words)


@lru_cache(maxsize=8)
def _label(kind: Kind) -> re.Pattern[str]:
    """A heading alone on its line, or a label with what it is of behind a colon."""
    return re.compile(rf"\W*(?:\d+(?:\.\d+)*[.)]?\s+)?(?:{_words(kind)})\s*(?:[:：]\s*|$)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _effect() -> re.Pattern[str]:
    return re.compile(rf"(?:{_words('effect')})", re.IGNORECASE)


def list_lines(article: Article) -> list[Line]:
    """Risks and affected products that an article gives as lists, in reading order.

    A list stands under a heading ("Risks", "Systèmes affectés"), or is of lines that name effects and, beside them,
    programs of the title or versions. Lists with a heading of another subject (references, solutions) are left out.
    """
    lines = list(_read(article))
    return [line for line in lines if line.is_headed] or _without_headings(lines)


def _read(article: Article) -> Iterator[Line]:
    """Lines of lists; those without a heading by what they say."""
    title = _names(article.title)
    heading: Kind | None = None
    has_items = False
    for start, end in _rows(article.text):
        row = article.text[start:end]
        kind, after = _heading(row)
        if kind is not None and after == len(row):
            heading, has_items = kind, False
            continue
        item = _item(article.text, start + after, end)
        if kind is None and _is_prose(row, in_list=heading is not None):
            heading = None if has_items else heading  # behind a list prose ends it, before it prose leads over
            continue
        has_items = True
        if item is None:
            continue
        said = article.text[slice(*item)]
        of = kind or heading or _kind_by_words(said, title)
        if of is not None and of != "other":
            yield Line(*item, said, of, is_headed=bool(kind or heading))


def _is_prose(row: str, *, in_list: bool) -> bool:
    """Whether a line is a sentence; short ones inside a list may end with a full stop."""
    return bool(_ENDS_SENTENCE.search(row)) and not (in_list and len(row) < _SHORT)


def _without_headings(lines: list[Line]) -> list[Line]:
    """Programs stand beside an effect or another program; one line alone may be a caption."""
    return lines if len(lines) > 1 or any(line.kind == "risk" for line in lines) else []


def _rows(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\n]+", text[:_READ]):
        if match.end() == _READ:
            break  # cut in the middle
        row = match[0]
        start = match.start() + len(row) - len(row.lstrip())
        if row.strip():
            yield start, start + len(row.strip())


def _heading(row: str) -> tuple[Kind | None, int]:
    """What list a line opens, and where the rest of it begins: its end for a heading alone."""
    if len(row) > _LONGEST:
        return None, 0
    plain = _PLURAL.sub("", row)
    for kind in _KINDS:
        match = _label(kind).match(plain)
        if match is None:
            continue
        if match.end() == len(plain):
            return kind, len(row)
        ends = (end for end in range(match.end(), len(row)) if _PLURAL.sub("", row[:end]) == match[0])
        return kind, next(ends, match.end())
    return None, 0


def _item(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Span of what a line says, None where it is no line of a list."""
    bullet = _BULLET.match(text, start, end)
    if bullet is not None:
        start = bullet.end()
    loose = _LOOSE_END.search(text, start, end)
    said = text[start : loose.start() if loose else end]
    is_cjk = len(EAST_ASIAN_LETTER.findall(said)) > 0.3 * len(said)
    letters = sum(c.isalpha() for c in _IDENTIFIERS.sub("", said))
    if letters < (2 if is_cjk else 3) or len(said) > (_LONGEST_CJK if is_cjk else _LONGEST):
        return None
    if _NOT_LINES.search(said) or said[-1] in ":：" or letters < 0.3 * len(said):
        return None
    if any(said.count(a) != said.count(b) for a, b in ("()", "（）", "«»", "“”", "「」", "[]")):
        return None
    return start, start + len(said)


def _kind_by_words(said: str, title: frozenset[str]) -> Kind | None:
    if len(said) <= _LONGEST_EFFECT and _effect().match(said):
        return "risk"
    if said[:1].islower() or not (_VERSION.search(said) or _names(said) & title):
        return None
    return "affected"


def _names(text: str) -> frozenset[str]:
    """Words with a capital or a digit, as products have; characters of scripts without case are no names."""
    return frozenset(w for w in re.findall(r"[\w.+-]*[A-Z0-9][\w.+-]*", text) if len(w) > 2)
