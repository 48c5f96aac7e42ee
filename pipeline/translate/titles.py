"""Headlines In Title Case as sentences: engines take each capitalised word for a name and leave it as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.text.names import find_names
from pipeline.text.names.capitals import is_title_case
from pipeline.text.names.words import is_common
from pipeline.text.normalise import fold
from pipeline.text.taken import Taken
from pipeline.translate.analysis import known_names
from pipeline.translate.words import word_table

#: Languages that write headlines so.
_IN_TITLE_CASE = frozenset({"en"})
_BEFORE_CAPITAL = re.compile(r" [A-Z]")
_PART = re.compile(r"[^\W\d_]+")
#: A word with one capital, at its start, and what follows a hyphen in it.
_CAPITALISED = re.compile(r"(?<![^\W_])(?<![.@/#'’&])[A-Z][a-z]+(?:['’][a-z]+)?(?![\w@&]|\.\w)")


def in_sentence_case(text: str, language: str, *, spans: Iterable[tuple[int, int]] = ()) -> str:
    """The text with small letters where only a headline's style has capitals; as long as before.

    Names keep theirs, those of the lists and those in `spans`, and whatever is neither known as a name nor as a common
    word.
    """
    if language not in _IN_TITLE_CASE or not is_title_case(text):
        return text
    common, proper = word_table("headline", language), word_table("proper", language)

    def is_plain(word: str) -> bool:
        return fold(word) in common or is_common(word, language)

    names = Taken(text)
    for start, end in spans:
        names.add(start, end)
    for known in known_names(text):
        names.add(known.start, known.end)
    for name in find_names(text, language):  # "Enables Cross-Tenant Account" is a run of capitals, no name
        if not any(is_plain(part) for part in _PART.findall(name.text)):
            names.add(name.start, name.end)
    first = re.search(r"\w", text)

    def small(match: re.Match[str]) -> str:
        word = match[0]
        if names.meets(*match.span()) or fold(word) in proper:
            return word
        # "Critical Examplia Flaw" opens with no name, but so it looks; before a small letter all is clear.
        if first and match.start() == first.start() and not _BEFORE_CAPITAL.match(text, match.end()):
            return word
        return word.lower() if is_plain(word) else word

    return _CAPITALISED.sub(small, text)
