"""The legal form of a company as part of its name: "Examplia AG", "Examplia sp. z o.o.", "株式会社例"."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.facts.patterns import load
from pipeline.text.names import Name, organisations

_FORMS = load("forms")


def _any(kind: str) -> str:
    longest_first = sorted(_FORMS[kind], key=len, reverse=True)
    return f"(?:{'|'.join(longest_first)})"


BEHIND = re.compile(rf",?\s(?P<form>{_any('behind')})(?![\w&-])")
CJK_BEHIND = re.compile(_any("cjk_behind"))
CJK_PREFIX = re.compile(_any("cjk_before"))
_CJK_BEFORE = re.compile(rf"{_any('cjk_before')}$")
_BEFORE = re.compile(rf"(?<![\w-]){_any('before')}\s$")
_QUOTED = re.compile(rf"(?<![\w-]){_any('quoted')}\s[«„“\"]$")
_CLOSING = re.compile(r"[»“”\"]")
#: So far in front of a name its form may begin, in code points.
_WITHIN = 16


def with_form(text: str, name: Name) -> Name:
    """A name with the legal form that stands before it, or behind it without a space; a known organisation as it is."""
    if organisations().find(name.text):
        return name
    start, end = name.start, name.end
    window = max(0, start - _WITHIN)
    before = text[window:start]
    if (quoted := _QUOTED.search(before)) and (closing := _CLOSING.match(text, end)):
        start, end = window + quoted.start(), closing.end()
    elif found := _CJK_BEFORE.search(before) or _BEFORE.search(before):
        start = window + found.start()
    if behind := CJK_BEHIND.match(text, end):
        end = behind.end()
    return name if (start, end) == (name.start, name.end) else Name(text[start:end], start, end)


def without_form(name: str) -> str:
    """A name without the legal form at the end of it."""
    last = next((match for match in BEHIND.finditer(name) if match.end() == len(name)), None)
    return name[: last.start()] if last is not None else name


_FIRST = re.compile(rf"{_any('cjk_before')}|{_any('quoted')}\s[«„“\"]|{_any('before')}\s")


@lru_cache(maxsize=1024)
def has_form(name: str) -> bool:
    """Whether a name ends or begins with a legal form."""
    ends = (match.end() for pattern in (BEHIND, CJK_BEHIND) for match in pattern.finditer(name))
    return len(name) in ends or _FIRST.match(name) is not None
