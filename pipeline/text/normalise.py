"""Text made comparable: control characters out, whitespace folded, accents and case stripped on request."""

from __future__ import annotations

import re
import unicodedata

#: C0 and C1 controls except tab and line ends, zero-width and bidi characters that change how text looks but not what
#: it says, byte-order marks, lone surrogates, non-characters. Zero-width (non-)joiners stay: Persian and Hindi spell
#: with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0001-\U000e007f]"
)
#: From this code point on scripts are written without spaces and without capitals: Chinese, Japanese, Korean.
FIRST_IDEOGRAPH = 0x2E80
_SPACES = re.compile(r"\s+")
_SPACES_IN_LINE = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{2,}")

#: Letters that carry no combining mark but which readers and sorters take for a base letter.
_BASE_LETTERS = {
    "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ŀ": "l",
}  # fmt: skip
#: Searched for, since looking up every letter of a text in a table takes several times as long.
_BASE_LETTER = re.compile(f"[{''.join(_BASE_LETTERS)}]")
_MARKS = re.compile("[\u0300-\u036f]+")


def clean_text(text: str) -> str:
    """One line of NFC text without invisible characters; whitespace folded to single spaces and trimmed.

    Cleaning twice changes nothing.
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", _INVISIBLE.sub("", text))).strip()


def clean_block(text: str) -> str:
    """As `clean_text`, but single line ends stay; runs of blank lines become one line end."""
    text = _LINE_ENDS.sub("\n", _INVISIBLE.sub("", text))
    lines = (_SPACES_IN_LINE.sub(" ", line).strip() for line in unicodedata.normalize("NFC", text).split("\n"))
    return _BLANK_LINES.sub("\n", "\n".join(lines)).strip()


def fold(text: str) -> str:
    """Fold for comparison only: compatibility forms unified, case and accents gone ("Málaga" = "MALAGA").

    Marks of scripts that write vowels with them (Devanagari, Thai, Arabic …) stay; Japanese voicing marks too.
    """
    if text.isascii():
        return text.lower()
    kept = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", _BASE_LETTER.sub(lambda letter: _BASE_LETTERS[letter[0]], kept))
