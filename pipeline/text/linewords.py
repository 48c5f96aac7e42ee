"""What a line looks like to a judge of lines: numbers for its words, their cue classes and its form.

Two judges add up weights by these numbers: pipeline/clean/lines.py tells a site's own paragraphs from an article's,
pipeline/text/notices.py tells a page that holds nothing but a site's own words.
"""

from __future__ import annotations

import re

from pipeline.text.cues import Word, cue_classes

#: Weights; the first `_DENSE` belong to form and cue classes, the others to words by a hash.
SIZE = 1 << 16
_DENSE = 1024
MOST_CLASSES = 16
_ENDS = {end: number for number, ends in enumerate((".。", "!！", "?？", ":：", "…", ")", '»”"“')) for end in ends}
_OTHER_END = 7
_LEADS = "-–—•*→>©▶#|"
_QUOTES = re.compile('["“”„«»「」『』]')
_BIG_NUMBER = re.compile(r"\d[.,\u202f\xa0 ]?\d{3}|\d\.\d")
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|[。！？]")
_SEPARATORS = re.compile(r"[·|•→–—/]")


def feature_numbers(line: str, words: list[Word] | None = None) -> list[int]:
    """Which weights a line adds up, without repeats, ascending.

    Source: Weinberger et al., Feature hashing for large scale multitask learning (2009).
    """
    words = cue_classes().words(line) if words is None else words
    found = _form(line, len(words))
    found.update(_cues(words, has_question="?" in line or "？" in line))
    room = SIZE - _DENSE
    before = 1
    for word in words:
        key = word.key
        found.add(_DENSE + key % room)
        found.add(_DENSE + (before * 1_000_003 + key) % room)
        for part in word.parts:
            found.add(_DENSE + part % room)
        before = key
    found.add(_DENSE + (before * 1_000_003 + 2) % room)
    if len(words) > 1:
        found.add(_DENSE + (words[0].key * 31 + words[1].key * 17 + 3) % room)
    return sorted(found)


def _form(line: str, words: int) -> set[int]:
    """Length, punctuation, capitals: numbers from 0."""
    line = line.strip()
    capitals = [word[0].isupper() for word in line.split()[1:]]
    question = line.find("?")
    found = {min(words.bit_length(), 7), 16 + _ENDS.get(line[-1:], _OTHER_END + (not line[-1:].isalnum()))}
    found.add(32 + min(len(_SENTENCE_END.findall(line)), 3))
    found.add(36 + min(len(_SEPARATORS.findall(line)), 3))
    if len(capitals) > 2:
        found.add(40 + 4 * sum(capitals) // len(capitals))
    claims = (
        words <= 2,
        0 < question < 80 and len(line) - question > 5,
        "!" in line or "！" in line,
        _QUOTES.search(line),
        any(c.isdigit() for c in line),
        _BIG_NUMBER.search(line),
        "@" in line or "://" in line,
        line[:1] in _LEADS,
    )
    found.update(48 + number for number, claim in enumerate(claims) if claim)
    return found


def _cues(words: list[Word], *, has_question: bool) -> set[int]:
    """Which cue classes, where, how many and beside which: numbers from 64 to 1023."""
    masks = [word.mask for word in words]
    counts = [0] * MOST_CLASSES
    before = -1
    found: set[int] = set()
    for mask in masks:
        first = -1
        rest = mask
        while rest:
            number = (rest & -rest).bit_length() - 1
            first = number if first < 0 else first
            counts[number] += 1
            rest &= rest - 1
        if first >= 0 and before >= 0:
            found.add(256 + before * MOST_CLASSES + first)
        before = first
    have = [number for number, count in enumerate(counts) if count]
    for at, base in ((0, 64), (1, 80), (-1, 96)):
        if len(masks) > 1:
            found.update(base + number for number in have if masks[at] >> number & 1)
    for place, number in enumerate(have):
        found.add(112 + number)
        if counts[number] > 1:
            found.add(128 + number)
        if has_question:
            found.add(144 + number)
        found.update(512 + number * MOST_CLASSES + other for other in have[place + 1 :])
    classes = cue_classes()
    site = sum(1 for mask in masks if mask & classes.site)
    news = sum(1 for mask in masks if mask & classes.news)
    density = min(8 * site // max(1, len(masks)), 6)
    found.update((160 + density, 176 + min(news, 4)))
    if not news:
        found.add(192 + density)
    return found
