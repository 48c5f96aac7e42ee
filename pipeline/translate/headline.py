"""Last touch on a translated text: quotation marks, apostrophes, spaces and headline style of the target language."""

from __future__ import annotations

import re

#: Pairs of quotation marks that other languages use, outermost first.
_QUOTED = re.compile(
    r"«\s*([^«»]{1,300}?)\s*»|„([^„“”]{1,300}?)[“”]|“([^“”]{1,300}?)”|「([^「」]{1,300}?)」|《([^《》]{1,300}?)》"
)
_DOUBLE = re.compile(r'(?<![\w"])"([^"\n]{1,300}?)"(?![\w"])')
_SPACE_BEFORE = re.compile(r"[ \u00a0\u202f]+([,.;:!?%])(?=\s|$)")
_NO_SPACE_BEFORE = re.compile(r"(?<=[\w»)])[ \u00a0\u202f]?([;:!?])(?=\s|$)")
#: "l'éditeur": what elides in French; the quotation marks of other words stay ('Pack2TheRoot').
_ELIDED = re.compile(r"(?<![^\W_])([cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|aujourd)'(?=\w)", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\u00a0\u202f]{2,}")
_MOST_PASSES = 12
#: A full stop that belongs to its word: "U.K.", "p.m.", "Inc.", and the dots of an ellipsis.
_ABBREVIATION = re.compile(r"(?:\.\.|(?<!\w)(?:\w\.){2,}|(?<!\w)(?:Inc|Ltd|Corp|Co|Jr|Sr|etc|al)\.)$")
_MARKS = {
    "en": ("“", "”"), "fr": ("«\u00a0", "\u00a0»"), "de": ("„", "“"), "es": ("«", "»"), "it": ("«", "»"),
    "pt": ("“", "”"),
}  # fmt: skip


def polish(text: str, target: str, style: str) -> str:
    """Give a translation the typography of its language.

    Args:
        text: A whole translated text; identifiers and numbers in it are not touched.
        target: Its language.
        style: "headline" drops the full stop at the end and starts with a capital.
    Returns:
        The text; polishing twice changes nothing more.
    """
    for _ in range(_MOST_PASSES):  # quotes inside quotes come out one by one
        polished = _once(text, target, style)
        if polished == text:
            break
        text = polished
    return text


def _once(text: str, target: str, style: str) -> str:
    text = _quotes(text, target)
    if target == "fr":
        text = _NO_SPACE_BEFORE.sub("\u00a0\\1", text)
        text = _ELIDED.sub("\\1’", text)
    elif target == "en":
        text = _SPACE_BEFORE.sub(r"\1", text)
    text = "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _headline(text) if style == "headline" else text


def _quotes(text: str, target: str) -> str:
    if target not in _MARKS:
        return text
    before, after = _MARKS[target]
    text = _DOUBLE.sub(lambda match: f"{before}{match[1].strip()}{after}", text)

    def own(match: re.Match[str]) -> str:
        inside = next(group for group in match.groups() if group is not None)
        return f"{before}{inside.strip()}{after}"

    return _QUOTED.sub(own, text)


def _headline(text: str) -> str:
    text = text.strip()
    if text.endswith(".") and not _ABBREVIATION.search(text):
        text = text[:-1].rstrip()
    first = re.match(r"[\"“«‘'(\s]*", text)
    place = first.end() if first else 0
    word = re.match(r"\w+", text[place:])
    # iPhone and mod_lua keep their small letters.
    if word and word[0].islower():
        text = text[:place] + text[place].upper() + text[place + 1 :]
    return text
