"""Names by their capitals: runs of capitalised words, without those that are capitalised for their place alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from pipeline.text.names.words import is_common, is_listed, name_words
from pipeline.text.normalise import fold

#: "o'Brien", "AT&T", "PAN-OS", "Log4j", "Node.js"; a trailing point only in initials.
#: No letters of scripts without capitals: "苹果iPhone" holds one word.
_L = r"[^\W_\u0590-\u1c7f\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"
_WORD = re.compile(rf"{_L}+(?:[.&'’‑-](?={_L}){_L}+)*|&")
_ELISION = re.compile(r"^(?:[dlnscjm]|qu|dell|nell|sull|all|un)['’](?=\w)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")
#: "KVKK'dan", "Examplia’ya": Turkish hangs its case endings on a name behind an apostrophe.
_CASE_ENDING = re.compile(r"(?<=\w)['’][a-zçğıöşü]{1,10}$")
_WITH_CASES = frozenset({"tr", "az"})
_SPACE = re.compile(r"[ \u00a0\u202f]{1,2}")
_SENTENCE_END = re.compile(r"[.!?:;…»”\"–—|•\n]\s*$|^\s*$")
#: Longest run of words taken for one name; headlines in capitals have no end.
_LONGEST = 8
_Span = tuple[int, int]


def capitalised(text: str, tag: str) -> list[_Span]:
    """Spans of the names a text has by their capitals, in order; a text in title case is read with the common words."""
    words = [w for m in _WORD.finditer(text) for w in [_trim(text, m.start(), m.end(), tag)] if w is not None]
    shouting = _has_title_case(text, words)
    found = (_names_of_run(text, run, tag, shouting=shouting) for run in _runs(text, words, shouting=shouting))
    return list(chain.from_iterable(found))


def _runs(text: str, words: list[_Span], *, shouting: bool) -> Iterator[list[_Span]]:
    """Words in capitals that follow one another, with the joints between them ("Banco de España")."""
    run: list[_Span] = []
    for start, end in words:
        word = text[start:end]
        joined = bool(run) and bool(_SPACE.fullmatch(text, run[-1][1], start))
        is_joint = word == "&" or (word in name_words("joints") and not shouting)
        if joined and len(run) < _LONGEST and (_is_capital(word) or is_joint):
            run.append((start, end))
            continue
        if run:
            yield run
        run = [(start, end)] if _is_capital(word) else []
    if run:
        yield run


def _trim(text: str, start: int, end: int, tag: str) -> _Span | None:
    """The word without an elided article ("l'Union"), a possessive ("Google's") or a case ending ("Google'a")."""
    if tag in _WITH_CASES:
        ending = _CASE_ENDING.search(text[start:end])
        return start, start + ending.start() if ending else end
    if elision := _ELISION.match(text[start:end]):
        start += elision.end()
    if possessive := _POSSESSIVE.search(text[start:end]):
        end = start + possessive.start()
    return (start, end) if start < end else None


def _is_capital(word: str) -> bool:
    """Capitalised, or a mixed form only names have ("iPhone", "n8n", "macOS")."""
    if not word or word.endswith(("-based", "-linked", "-backed", "-made")):
        return False
    if word[0].isdecimal():
        return len(word) > 1 and any(c.isalpha() and c.isupper() for c in word) and not word[:-1].isdecimal()
    return (
        word[0].isupper() or any(c.isupper() for c in word[1:]) or (len(word) < 8 and any(c.isdecimal() for c in word))
    )


def is_title_case(text: str) -> bool:
    """Whether most longer words of a text are capitalised, as in English headlines."""
    return _has_title_case(text, [match.span() for match in _WORD.finditer(text)])


def _has_title_case(text: str, words: list[_Span]) -> bool:
    long = [text[s] for s, e in words[:40] if e - s > 3 and text[s].isalpha()]
    return len(long) >= 3 and sum(c.isupper() for c in long) >= 0.7 * len(long)


def _names_of_run(text: str, run: list[_Span], tag: str, *, shouting: bool) -> list[_Span]:
    """The names of one run: parted at common words, without joints at their ends, longer than a letter."""
    parts: list[list[_Span]] = [[]]
    opens = bool(_SENTENCE_END.search(text[max(0, run[0][0] - 3) : run[0][0]]))
    words = [text[start:end] for start, end in run]
    for i, span in enumerate(run):
        if _parts_names(words, i, tag, shouting=shouting, opens=opens, inside=bool(parts[-1])):
            parts.append([])
        else:
            parts[-1].append(span)
    cut = (_without_joints(text, part) for part in parts)
    return [(part[0][0], part[-1][1]) for part in cut if part and part[-1][1] - part[0][0] > 1]


def _parts_names(words: list[str], i: int, tag: str, *, shouting: bool, opens: bool, inside: bool) -> bool:
    """Whether word `i` of a run belongs to no name.

    Args:
        words: The run.
        i: Place in it.
        tag: Primary language tag.
        shouting: The text is in title case.
        opens: The run opens a sentence.
        inside: A name stands right before the word.
    """
    word, folded = words[i], fold(words[i])
    is_acronym = 1 < len(word) <= 5 and word.isupper() and word not in name_words("acronyms")
    if word in name_words("joints") or (is_acronym and not shouting):
        return False
    if folded in name_words("often_first") and i + 1 < len(words) and not shouting:
        return False  # "South Staffordshire Water"
    if folded in name_words("tails") and inside:
        return False  # "Cox Media Group"
    if shouting or tag == "de":
        return is_common(word, tag)
    return i == 0 and (is_listed(word, tag) or (opens and is_common(word, tag)))


def _without_joints(text: str, part: list[_Span]) -> list[_Span]:
    """A part of a run without the joints at its ends."""
    joints = name_words("joints")
    while part and text[slice(*part[-1])] in joints:
        part = part[:-1]
    while part and text[slice(*part[0])] in joints:
        part = part[1:]
    return part
