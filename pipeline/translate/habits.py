"""Habits of the engines that are mended in what they said: years, thousands, units, outlets written twice, "your"."""

from __future__ import annotations

import re

from pipeline.translate.analysis import quantities
from pipeline.translate.hearsay import hedged
from pipeline.translate.money import SPACED, grouped
from pipeline.translate.persons import without_listener, without_speaker
from pipeline.translate.words import acronyms

#: Catalan writes "l'any 2025" for "en 2025".
_IN_THE_YEAR = re.compile(r"\b([Ii])n the year (?=(?:19|20)\d\d\b)")
#: "… - Clubic" came out as "… - Clubic - Clubic".
_TWICE = re.compile(r"(\s[-–—|]\s[^-–—|]{2,40})\1+$")
#: French counts octets: 12 To are 12 TB.
_OCTETS = re.compile(r"(?<=\d)([ \u00a0\u202f]?)([KkMGTP])o\b")
#: A decimal comma that was copied with its number; three digits would be thousands.
_DECIMAL = re.compile(r"(?<![\d.,])\d+,\d{1,2}(?![\d]|[.,]\d)")
#: Languages that write a point, or have no comma of their own between digits.
_WITH_POINT = frozenset({"en", "zh", "ja", "ko", "he", "th", "hi"})
#: 1,400 in a sentence that writes a point for decimals; 1.400 or 1,400 in what an engine made of it.
_THOUSANDS = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?!\w|[.,]\d)")
_GROUPED = re.compile(r"(?<![\w.,-])\d{1,3}(?:[.,]\d{3})+(?!\w|[.,]\d)")
#: The mark that a flaw gets is a note in French, Portuguese, Spanish and Italian.
_NOTE = re.compile(r"\b(CVSS(?: v?[\d.]*\d)?) note\b|\bnote(?= (?:of )?CVSS\b)")
#: A verb that the small Portuguese model forms wrongly in headlines.
_FIXS = re.compile(r"\b([Ff]ix)s\b")
#: "os seus" of the Portuguese hop is his, her, its, their and your.
_YOUR = re.compile(r"\b(Y|y)our(s?)\b")
#: "La version 2.4.52 du serveur" comes out as "the 2.4.52 version of the server".
_VERSION = re.compile(r"(?P<start>^\W*)?\b(?P<the>[Tt]he )?(?P<number>\d+(?:\.\d+)+) version(?= of\b)")
#: Italian has no plural of it.
_EURO = re.compile(r"(?<=\d )euro\b(?! ?(?:zone|area))|(?<=illion )euro\b|(?<=thousand )euro\b")
#: Whom a French sentence speaks to; verbs in -ez tell as well.
_SPEAKS_TO = re.compile(
    r"\b(?:vous|v[oô]tres?|vos|tu|toi|te|ton|ta|tes|tiens?|tiennes?)\b|\bt'|(?<!\bch)(?<!\bass)(?<!\bn)(?<!\br)ez\b",
    re.IGNORECASE,
)


def mended(text: str, sentence: str, source: str, target: str) -> str:
    """A translation without the habits of the engines; `sentence` tells what is one."""
    if not _TWICE.search(sentence):
        text = _TWICE.sub(r"\1", text)
    if target == "fr" and source in _WITH_POINT:
        text = _spaced(text, sentence)
    if target != "en":
        return text
    text = _FIXS.sub(r"\1es", text)
    text = _VERSION.sub(_version_first, text)
    text = _IN_THE_YEAR.sub(r"\1n ", text)
    text = _NOTE.sub(lambda match: f"{match[1]} score" if match[1] else "score", text)
    if SPACED.search(sentence):
        text = grouped(text, quantities(sentence, source), sentence)
    if source not in _WITH_POINT:
        decimals = set(_DECIMAL.findall(sentence))
        text = _DECIMAL.sub(lambda match: match[0].replace(",", ".") if match[0] in decimals else match[0], text)
    text = _in_english(text, sentence, source)
    text = hedged(_EURO.sub("euros", text), sentence, source)
    if source == "fr":
        text = without_speaker(text, sentence)
        text = _OCTETS.sub(lambda match: f"{match[1]}{match[2].replace('k', 'K')}B", text)
        if not _SPEAKS_TO.search(sentence):
            text = without_listener(text, sentence)
            text = _YOUR.sub(lambda match: f"{'T' if match[1] == 'Y' else 't'}heir{match[2]}", text)
    return text


def _in_english(text: str, sentence: str, source: str) -> str:
    """Acronyms of the source that English has its own for: "EUA" is no name."""
    for english, own in acronyms(source).items():
        if own != english and re.search(rf"\b{own}\b", sentence):
            text = re.sub(rf"\b{own}\b", english, text)
    return text


def _version_first(match: re.Match[str]) -> str:
    is_first = match["start"] is not None or match["the"] == "The "
    return f"{match['start'] or ''}{'V' if is_first else 'v'}ersion {match['number']}"


def _spaced(text: str, sentence: str) -> str:
    """Thousands as French writes them: "1.400" would be one point four."""
    numbers = {number.replace(",", "") for number in _THOUSANDS.findall(sentence)}

    def parted(match: re.Match[str]) -> str:
        groups = re.split(r"[.,]", match[0])
        return "\u202f".join(groups) if "".join(groups) in numbers else match[0]

    return _GROUPED.sub(parted, text) if numbers else text
