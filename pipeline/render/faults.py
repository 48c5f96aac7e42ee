"""Why a feed failed, for a reader: in short, and in his language; the operator's run report has the exact words."""

from __future__ import annotations

import re

from pipeline.render.wording import Wording
from pipeline.text.normalise import clean_text

#: What the fetcher says (in English, the language of the program), and which words of [faults] tell a reader.
_KINDS = (
    (re.compile(r"(?:server answered|HTTP) (?P<number>\d{3})"), "status"),
    (re.compile(r"no (?:complete )?answer|does not resolve|not reachable|refused|timed? ?out|connect", re.I), "silent"),
    (re.compile(r"certificate|TLS", re.I), "certificate"),
    (re.compile(r"instead of a feed|not a feed|is empty|cut off|JSON|cannot be read", re.I), "content"),
)


def fault(reason: str, say: Wording) -> str:
    """Word a failure; in English as it was told."""
    if say.language == "en":
        return clean_text(reason)
    for pattern, kind in _KINDS:
        if found := pattern.search(reason):
            return say(f"faults.{kind}", number=found.groupdict().get("number", ""))
    return say("faults.other")
