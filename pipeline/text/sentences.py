"""Sentence boundaries in many languages, as code point spans.

Languages with a profile in yasbd use it (the best of eight splitters measured on news with abbreviations), Chinese and
Japanese are cut at their own full stops, every other language goes through sentencex. Both libraries are imported on
first use.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.tables import read_table
from pipeline.text.tags import primary

#: Longest sentence handed out, in code points; longer runs are cut at a clause or a space.
MAX_SENTENCE = 1500

#: yasbd is quadratic in runs without a space and in runs of punctuation, so it only ever sees pieces this long …
_PIECE = 4000
#: … whose tokens and runs are squeezed to these lengths.
_LONGEST_TOKEN = 80
_YASBD = frozenset(
    [
        "af",
        "am",
        "ar",
        "bg",
        "bn",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "fa",
        "fr",
        "hi",
        "ht",
        "hy",
        "id",
        "it",
        "kk",
        "ko",
        "lt",
        "ml",
        "mr",
        "my",
        "nl",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sv",
        "sw",
        "th",
        "tr",
        "uk",
        "ur",
        "vi",
    ]
)
_SENTENCEX_NAMES = {"no": "nb", "und": "en"}
_CJK = frozenset({"zh", "ja", "yue", "wuu"})

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
#: Dots before a word are a pause. A question inside quotation marks goes on with who asked it: 「本当？」と彼は言った。
#: So does a sentence inside them before a particle.
_CJK_END = re.compile(
    r"(?:[。！？!?]|…+(?=[」』）】》”’\"')\]。！？!?\s]|$)|(?<=[^\x00-\x7f])\.(?=\s|$))[。！？!?…]*"
    r"(?:[」』）】》”’\"')\]]+(?:(?:(?<=。.)|(?<=。..))(?!と|って|など|[をのは])|(?=\s|$)|(?=[「『（【《“‘]))|(?![」』）】》”’\"')\]。！？!?…]))|\n"
)
_SPACE_RUN = re.compile(r"[^\S\n]{2,}|\n{2,}")
_LONG_TOKEN = re.compile(rf"\S{{{_LONGEST_TOKEN + 1},}}")
_PUNCTUATION_RUN = re.compile(r"([^\w\s])\1{3,}")
_SOFT_BREAK = re.compile(r"[;:,，、；：]\s*|\s+")

#: "… Then it left": dots end a sentence before a word that opens one.
_DOTS = r"(?:…|\.\.\.)"
_OPENING_QUOTE = r"[\"“„«‘'(¿¡]?"
_CLOSING_QUOTE = r"[\"”»’')]?"
_ENDED = re.compile(r"[.!?…:;。！？；։۔؟।][\"'”’»›」』）)\]]*$")
#: "… as everyone else. cPanel has …": a name that begins with a small letter opens a sentence as well.
_BEFORE_SMALL_NAME = re.compile(r"(?<=[^\W\d_]{4})\.(?=\s[a-z]{1,2}[A-Z][a-z]+\s)")
#: Full stops other than a point, by language.
_FULL_STOPS = {
    "zh": "。", "yue": "。", "wuu": "。", "ja": "。", "hi": "।", "bn": "।", "mr": "।", "ur": "۔", "hy": "։",
    "th": "", "lo": "",
}  # fmt: skip
_local = threading.local()


def split_sentences(text: str, language: str | None) -> list[tuple[int, int]]:
    """Split into sentences.

    Args:
        text: Any text; blank lines part paragraphs and are never crossed.
        language: BCP 47 tag; None or "und" is split as English.
    Returns:
        Spans (start, end) in code points, trimmed of whitespace, in order, without overlap, covering everything but
        whitespace.
    """
    tag = primary(language)
    spans: list[tuple[int, int]] = []
    for start, end in _paragraphs(text):
        cuts = _cjk_cuts(text[start:end]) if tag in _CJK else _cuts(text[start:end], tag)
        previous = start
        for cut in [*(start + c for c in cuts), end]:
            spans.extend(_trimmed(text, previous, cut))
            previous = max(previous, cut)
    return spans


def missing_stop(text: str, language: str | None) -> str:
    """The full stop of a language where a text, a line of a list, ends without one; else nothing."""
    if not text or _ENDED.search(text):
        return ""
    return _FULL_STOPS.get(primary(language), ".")


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in _PARAGRAPH.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without outer whitespace, cut further when it is too long for one sentence."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_SENTENCE:
        cut = _soft_cut(text, start)
        stop = cut
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        yield start, stop
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _soft_cut(text: str, start: int) -> int:
    """End of the last clause (or word) of the second half of the longest allowed piece."""
    cut = None
    for match in _SOFT_BREAK.finditer(text, start + MAX_SENTENCE // 2, start + MAX_SENTENCE):
        cut = match.end()
    return cut or start + MAX_SENTENCE


def _cjk_cuts(paragraph: str) -> list[int]:
    return [match.end() for match in _CJK_END.finditer(paragraph)]


def _cuts(paragraph: str, tag: str) -> list[int]:
    """Ends of sentences inside one paragraph."""
    squeezed, origin = _squeeze(paragraph)
    cuts: list[int] = []
    start = 0
    while start < len(squeezed):
        end = _piece_end(squeezed, start)
        piece = squeezed[start:end]
        found = _yasbd_ends(piece, tag) if tag in _YASBD else _sentencex_ends(piece, tag)
        cuts.extend(origin(start + cut) for cut in _corrected(piece, found, tag))
        if end < len(squeezed) and (piece[-1].isspace() and piece.rstrip()[-1:] in ".!?…"):
            cuts.append(origin(end))
        start = end
    return cuts


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, list[str]]]:
    return read_table(Path(__file__).parent / "data" / "sentences.toml")


@lru_cache(maxsize=64)
def _abbreviation(table: str, tag: str) -> str:
    words = [*_tables()[table].get("all", ()), *_tables()[table].get(tag, ())]
    return rf"(?:^|(?<=[\s(«\"“'’]))(?:{'|'.join(words)})\."


@lru_cache(maxsize=32)
def _before_cut(table: str, tag: str) -> re.Pattern[str]:
    return re.compile(rf"{_abbreviation(table, tag)}\s?$")


@lru_cache(maxsize=16)
def _opener(tag: str) -> re.Pattern[str]:
    """A word that opens sentences, with a capital; never matches in a language without a list of them."""
    words = "|".join(word[0].upper() + word[1:] for word in _tables()["openers"].get(tag, ()))
    return re.compile(rf"\s*{_OPENING_QUOTE}(?:{words})(?!\w)" if words else r"(?!)")


@lru_cache(maxsize=16)
def _missed(tag: str) -> re.Pattern[str]:
    """An abbreviation or dots that may end a sentence, before a word that opens one."""
    end = rf"(?:{_abbreviation('either', tag)}|(?<=\w){_DOTS}){_CLOSING_QUOTE}"
    return re.compile(rf"{end}(?=\s+{_opener(tag).pattern})")


@lru_cache(maxsize=16)
def _glued(tag: str) -> re.Pattern[str]:
    """A full stop that lost the space behind it, between a word and one that opens sentences ("in June.They")."""
    words = "|".join(word[0].upper() + word[1:] for word in _tables()["openers"].get(tag, ()) if len(word) > 1)
    elided = "|[LDC](?=['’]\\w)" if tag in ("fr", "it") else ""
    return re.compile(rf"(?<![^\s(«\"“'’])[^\W\d_’'-]{{3,}}\.(?=(?:{words}){elided}(?![\w.]))" if words else r"(?!)")


#: "… at example.org. The firm": a library takes "org." for short.
_ADDRESS_ENDS = re.compile(r"\w\.(?:org|com|net)\.(?=\s+[^\W\d_a-zß-ÿ])")


#: "data of 6. 6m people", "£1. 5 million": a feed put a space into a number.
_BROKEN_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}\.\s?$")
_REST_OF_NUMBER = re.compile(
    r"\s*\d{1,3}\s?(?:%|[mMkK]|bn|tn|percent|per cent|[mb]illions?|trillions?|milliards?|millones|milioni|miliardi"
    r"|milhões|bilhões|Millionen|Milliarden|Mio|Mrd|miljoen|miljard|mln|mld|млн|млрд)(?!\w)"
)


def _corrected(piece: str, found: Iterable[int], tag: str) -> list[int]:
    """Ends of sentences of a piece: those found, but for abbreviations, and those missed behind abbreviations."""
    kept = {cut for cut in found if 0 < cut < len(piece) and not _is_inside(piece, cut, tag)}
    if tag in _tables()["openers"]:
        ends = {start + len(piece[start:]) - len(piece[start:].lstrip()) for start in kept}
        for match in chain(_missed(tag).finditer(piece), _ADDRESS_ENDS.finditer(piece)):
            end = match.end() + len(piece[match.end() :]) - len(piece[match.end() :].lstrip())
            if end not in ends and not _is_abbreviated(piece, match.end(), "inside", tag):
                kept.add(match.end())
        kept.update(match.end() for match in _glued(tag).finditer(piece))
        kept.update(match.end() for match in _BEFORE_SMALL_NAME.finditer(piece))
    return sorted(kept)


def _is_inside(piece: str, cut: int, tag: str) -> bool:
    """Whether what ends at `cut` is an abbreviation, or a number, that goes on."""
    if _is_abbreviated(piece, cut, "inside", tag):
        return True
    if _BROKEN_NUMBER.search(piece, max(0, cut - 6), cut) and _REST_OF_NUMBER.match(piece, cut):
        return True
    if tag not in _tables()["openers"] or not _is_abbreviated(piece, cut, "mostly_inside", tag):
        return False
    return _opener(tag).match(piece, cut) is None


def _is_abbreviated(piece: str, cut: int, table: str, tag: str) -> bool:
    return bool(_before_cut(table, tag).search(piece, max(0, cut - 14), cut))


def _piece_end(text: str, start: int) -> int:
    """Where to part a long paragraph: after a full stop and a space in the second half of the piece, or a space."""
    if len(text) - start <= _PIECE:
        return len(text)
    window = text[start : start + _PIECE]
    for mark in (". ", "! ", "? ", " "):
        at = window.rfind(mark, _PIECE // 2)
        if at >= 0:
            return start + at + len(mark)
    return start + _PIECE


def _squeeze(paragraph: str) -> tuple[str, Any]:
    """The paragraph with runs shortened, and a function from offsets in it to offsets in the paragraph."""
    edits: list[tuple[int, int, int]] = []  # start, end, kept
    for pattern, kept in ((_SPACE_RUN, 1), (_PUNCTUATION_RUN, 3), (_LONG_TOKEN, _LONGEST_TOKEN)):
        edits.extend((m.start(), m.end(), kept) for m in pattern.finditer(paragraph))
    if not edits:
        return paragraph, lambda offset: offset
    edits.sort()
    parts: list[str] = []
    anchors: list[tuple[int, int]] = [(0, 0)]  # squeezed offset, original offset
    position = length = 0
    for start, end, kept in edits:
        if start < position:  # a punctuation run inside a long token that is already cut
            continue
        parts.append(paragraph[position : start + kept])
        length += start + kept - position
        anchors.append((length, end))
        position = end
    parts.append(paragraph[position:])
    return "".join(parts), _mapper(anchors)


def _mapper(anchors: list[tuple[int, int]]) -> Any:
    from bisect import bisect_right

    keys = [squeezed for squeezed, _ in anchors]

    def origin(offset: int) -> int:
        squeezed, original = anchors[bisect_right(keys, offset) - 1]
        return original + offset - squeezed

    return origin


def _yasbd_ends(piece: str, tag: str) -> list[int]:
    detectors: dict[str, Any] = _local.__dict__.setdefault("detectors", {})
    if tag not in detectors:
        from yasbd.boundary_detector import BoundaryDetector

        detectors[tag] = BoundaryDetector(tag)
    return [int(end) for end in detectors[tag].detect(piece)]


def _sentencex_ends(piece: str, tag: str) -> list[int]:
    from sentencex import get_sentence_boundaries

    return [int(b["end_index"]) for b in get_sentence_boundaries(_SENTENCEX_NAMES.get(tag, tag), piece)]
