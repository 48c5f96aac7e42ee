"""Letters of other alphabets in Latin ones, plainly, so that a name reads alike in two scripts."""

from __future__ import annotations

_CYRILLIC = dict(
    zip(
        "абвгдезийклмнопрстуфхыэґієїў",
        ["a", "b", "v", "g", "d", "e", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "y",
         "e", "g", "i", "e", "i", "u"],
        strict=True,
    )
) | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}  # fmt: skip
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        ["a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f",
         "ch", "ps", "o"],
        strict=True,
    )
)  # fmt: skip
_TABLE = str.maketrans(_CYRILLIC | _GREEK | {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th"})


def latin(text: str) -> str:
    """Casefolded text with Cyrillic, Greek and barred Latin letters spelt in ASCII."""
    return text.translate(_TABLE)
