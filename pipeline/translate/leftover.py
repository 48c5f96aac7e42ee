"""Words that a chain of engines left in another language: its dictionaries pass on what they do not know as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.model import Problem
from pipeline.text.names.words import is_listed
from pipeline.text.normalise import fold
from pipeline.translate.analysis import known_names
from pipeline.translate.bridge import words_of_rules
from pipeline.translate.words import word_table

#: Stands before a word that an engine did not know; invisible, should nobody take it away.
_NOTE = "\u2060"
_NOTED = re.compile(rf"{_NOTE}([^\W\d_]+)")
#: Letters: shorter words are alike in many languages.
_SHORTEST = 4
#: A word that is no part of another, of an address or of a path.
_PLAIN = re.compile(rf"(?<![\w/@.'’-])[^\W\d_]{{{_SHORTEST},}}(?![\w/@’'-]|\.\w)")
#: What stands between quotation marks may be a title or code.
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|`[^`]*`")
_BEFORE_CAPITAL = re.compile(r" [A-Z]")
#: Letters and endings that no common word of the target has, and those of the languages on the way do.
_STRANGE = {"fr": re.compile(r"(?<![\w/@.])(?:[^\W\d_]*[ãõáíóúñìò][^\W\d_]*|[^\W\d_]+(?:aram|eram|iram))(?![\w/@])")}


def noted(text: str, unknown: Iterable[str]) -> str:
    """A text with a note before each of the words that stand in it."""
    for word in unknown:
        text = re.sub(rf"(?<![\w{_NOTE}/@.-]){re.escape(word)}(?![\w/@-]|\.\w)", _NOTE + word, text)
    return text


def without_notes(text: str) -> tuple[str, tuple[str, ...]]:
    """A text as readers get it, and the words that were noted."""
    return text.replace(_NOTE, ""), tuple(dict.fromkeys(_NOTED.findall(text)))


def left(
    sentence: str,
    translated: str,
    source: str,
    target: str,
    *,
    names: Sequence[str] = (),
    unknown: Sequence[str] = (),
) -> Iterator[Problem]:
    """Common words of the source that stand in the translation as they are, and words of the languages on the way.

    Names are right as they are, and what the target writes alike or has taken over (`alike` of data/words.toml).

    Args:
        sentence: As the reader would see it.
        translated: What became of it.
        source: Language of the sentence.
        target: Language of the translation.
        names: Known to stand in the sentence.
        unknown: Words of the translation that an engine did not know.
    """
    alike, headline = word_table("alike", target), word_table("headline", source)
    if not alike or not headline:
        return
    for name in (*names, *(sentence[hit.start : hit.end] for hit in known_names(sentence))):
        sentence, translated = sentence.replace(name, " "), translated.replace(name, " ")
    said = _small(translated)
    for word in _small(sentence):
        if word in said and word not in alike and (fold(word) in headline or is_listed(word, source)):
            yield Problem(kind="left-untranslated", detail=word)
    unquoted, strange = _QUOTED.sub(" ", translated), _STRANGE.get(target)
    odd = (*unknown, *(filter(str.islower, strange.findall(unquoted)) if strange else ()))
    for word in dict.fromkeys(odd):
        is_ours = word in alike or word in words_of_rules(target)
        if word in unquoted and not is_ours and not _is_name(word, sentence):
            yield Problem(kind="left-untranslated", detail=word)


def _is_name(word: str, sentence: str) -> bool:
    """Whether an unlisted word of the sentence is a name ("a sendmail daemon"), and no thing ("a toymaker was")."""
    one_of_many = rf"\ban? {re.escape(word)}(?= (?:\w+ed|of|in|on|for|to|who|that|which|is|was|has)\b|[.,;:]|$)"
    return word in sentence.lower() and not re.search(one_of_many, sentence, re.IGNORECASE)


def _small(text: str) -> dict[str, None]:
    """Words in small letters, and the first, as its capital is one of its place unless another follows."""
    text = _QUOTED.sub(" ", text).lstrip()
    return dict.fromkeys(
        match[0].lower()
        for match in _PLAIN.finditer(text)
        if match[0].islower() or (match.start() == 0 and not _BEFORE_CAPITAL.match(text, match.end()))
    )
