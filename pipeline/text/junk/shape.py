"""What a text looks like beside its title: words of its own, and the numbers by which short texts are judged."""

from __future__ import annotations

import math
import re
from html import unescape

from pipeline.text.junk.foreign import is_other_language, script
from pipeline.text.junk.walls import WALLS
from pipeline.text.normalise import clean_text, fold
from pipeline.text.scripts import EAST_ASIAN_LETTER

_WORD = re.compile(r"\w+")
_POST = re.compile(r"the post .{0,300}? appeared (?:first on [\w .&-]{2,40}?(?=[.]? |$)|com\b|first\b)\.?")
_SEPARATOR = re.compile(r"[·|•›»→]| - |\.\.\.|—|\.\. ")
_TERMINATOR = re.compile(r"[.!?](?:\s|$)|[。！？]")
_CALL = re.compile(
    r"^(?:learn|discover|find out|read |looking for|check out|explore|join|watch|listen|see |this article"
    r"|in this (?:post|article|guide)"
    r"|source:|decouvrez|apprenez|lisez|erfahren|descubr|scopri|saiba|详情|欢迎)"
)
_DATELINE = re.compile(r"\d{1,2}(?:st|nd|rd|th)? (?:[a-z]{3,9})\.?,? \d{4}|[a-z]{3,9} \d{1,2},? \d{4}")


def features(title: str, text: str) -> dict[str, float]:
    """What a short text looks like beside its title; the model's inputs by name."""
    body = clean_text(unescaped(text))
    folded, head = fold(body), fold(clean_text(unescaped(title)))
    rest = without_title(folded, head)
    words, known = _units(folded), set(_units(head))
    fresh = _units(rest)
    own = own_words(rest)
    terminators = len(_TERMINATOR.findall(body))
    raw_words = body.split()
    is_east_asian = EAST_ASIAN_LETTER.search(body) is not None
    values = {
        "length": min(len(body), 400) / 400,
        "log-length": math.log1p(len(body)) / 6,
        "under-45": float(len(body) < 45),
        "under-90": float(len(body) < 90),
        "under-130": float(len(body) < 130),
        "under-190": float(len(body) < 190),
        "rest": min(len(rest), 300) / 300,
        "rest-under-30": float(len(rest) < 30),
        "rest-under-60": float(len(rest) < 60),
        "rest-under-100": float(len(rest) < 100),
        "said-in-title": sum(word in known for word in words) / max(1, len(words)),
        "title-in-rest": sum(word in set(fresh) for word in known) / max(1, len(known)),
        "repeats-title": float(len(rest) < len(folded)),
        "own-words": min(own, 300) / 300,
        "separators": min(len(_SEPARATOR.findall(body)) / max(1.0, len(body) / 100), 3) / 3,
        "no-end": float(terminators == 0),
        "one-sentence": float(terminators == 1),
        "sentences": min(terminators, 6) / 6,
        "cut-end": float(bool(re.search(r"(?:\b\w{1,4}\.|\.\.\.|…)$", body))),
        "capitals": sum(w.isupper() and len(w) > 2 for w in raw_words) / max(1, len(raw_words)),
        "call": float(bool(_CALL.match(folded))),
        "dateline": float(bool(_DATELINE.search(folded)) and len(folded) < 110),
        "longest-word": 0.0 if is_east_asian else min(max(map(len, raw_words), default=0), 120) / 120,
        "east-asian": float(is_east_asian),
        "east-asian-short": float(is_east_asian and len(body) < 50),
        "cut-title": float(head.endswith(("...", "…"))),
        "other-script": float(script(head) != script(folded)),
        "other-language": float(is_other_language(head, folded)),
    }
    for name, pattern in WALLS:
        values[f"wall-{name}"] = float(bool(pattern.search(folded)))
    return values


def told_of(title: str, rest: str) -> int:
    """How many words of the title the text takes up, by their first letters; a notice takes up none."""
    told = {unit[:5] for unit in _units(rest)}
    return len({unit[:5] for unit in _units(title) if len(unit) > 3 or EAST_ASIAN_LETTER.search(unit)} & told)


def without_title(body: str, title: str) -> str:
    """`body` without the title, whole or without the outlet behind it, and without what a feed adds around it."""
    rest = _POST.sub(" ", body)
    if not title:
        return rest.strip()
    shorter = re.sub(r"(?:\s+[|–—-]\s+[^|–—-]{2,40}|\s*(?:\.\.\.|…))$", "", title)
    outlet = title[len(shorter) :].strip(" |–—-")
    for part in (title, shorter, outlet if 3 < len(outlet) < 60 else ""):
        if len(part) > 3 and part in rest:
            rest = rest.replace(part, " ")
    if rest == body and len(body) < 2 * len(title) + 40:
        known = set(_WORD.findall(title))
        strange = [word for word in _WORD.findall(body) if word not in known]
        if len(strange) <= 0.2 * len(known):
            return " ".join(strange)
    return clean_text(rest)


def own_words(rest: str) -> int:
    """Characters in sentences that are no wall's."""
    return sum(
        len(part)
        for part in re.split(r"(?<=[.!?。])\s+", rest)
        if not any(p.search(part) for _, p in WALLS) and len(part) > 25
    )


def _units(folded: str) -> list[str]:
    """Words; pairs of signs where words are not parted by spaces."""
    units: list[str] = []
    for word in _WORD.findall(folded):
        if EAST_ASIAN_LETTER.search(word):
            units.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif len(word) > 2:
            units.append(word)
    return units


def unescaped(text: str) -> str:
    """With the signs that "&eacute;" and its like stand for."""
    return unescape(text) if "&" in text else text
