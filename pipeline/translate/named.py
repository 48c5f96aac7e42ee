"""Names that the facts of a text tell of: where they stand in a sentence, and whether a translation kept them.

No list knows every product, and no dictionary knows that Signal, Word or Copy Fail are names. Who found the facts of an
article does; so its products, and the firms, persons and authorities that no language names otherwise, are hidden or
looked for like those of the lists. A name of one word is one only where it is no capital of its place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from pipeline.model import Fact, Problem
from pipeline.text.names.capitals import is_title_case
from pipeline.text.names.words import is_common
from pipeline.text.normalise import fold
from pipeline.translate.analysis import known_names
from pipeline.translate.words import word_table

_KINDS = ("product", "target", "authority")
#: Characters: what is shorter is no name, what is longer a description.
_SHORTEST, _LONGEST = 2, 60
#: Letters that every engine copies; names in other scripts are written in the reader's.
_LATIN = re.compile(r"[\u0020-\u024f\u1e00-\u1eff‐-’]+")
_WORD = re.compile(r"[^\W\d_]+(?:[.&'’-][^\W\d_]+)*")
#: What kind of thing it is stands in small letters beside its name: "Linux kernel", "pare-feu Orbexa".
_SMALL_ENDS = re.compile(r"^(?:[a-zà-ÿ]+(?:-[a-zà-ÿ]+)*(?: |['’])+)+(?=.*[A-Z])|(?<=\w)(?: [a-zà-ÿ]+)+$")
#: What German, Dutch and English hang on a name.
_GENITIVE = r"(?:['’]s|['’]|s)?"
_OPENS = re.compile(r"(?:^|[.:!?»”\"–—|] ?)[\"“«‘'(]*$")
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+)")
#: Verbs and joints: words of grammar that may follow a name at the start of a sentence.
_AFTER_NAMES = frozenset(("and", "is", "was", "has", "by", "und", "ist", "et", "est", "y", "es", "e", "è", "é", "en"))
#: Before a German noun that is no name.
_ARTICLE = re.compile(r"\b(?:der|die|das|dem|den|des|k?ein\w{0,2}|jede\w|diese\w|zum|zur|vom|im|am)\s+$", re.IGNORECASE)


class Known:
    """The names that the facts of one text hold."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        """Read the facts; those of other kinds say nothing here."""
        #: Name -> (types, sentences that showed it).
        self._names: dict[str, tuple[set[str], set[str]]] = {}
        for fact in facts:
            words = fact.name or str(fact.value)
            if fact.type in _KINDS and (name := _SMALL_ENDS.sub("", words) if fact.type == "product" else words):
                types, told_in = self._names.setdefault(name, (set(), set()))
                types.add(fact.type)
                if fact.evidence is not None:
                    told_in.add(_one_line(fact.evidence.sentence))

    def inside(self, sentence: str, source: str) -> tuple[str, ...]:
        """Those of the names that stand in a sentence as names, the longest first."""
        found = (
            name
            for name, (types, told_in) in self._names.items()
            if name in sentence
            and _is_name(name, source, types, told_in)
            and any(places((name,), sentence, source, every=_one_line(sentence) in told_in))
        )
        return tuple(sorted(found, key=lambda name: (-len(name), name)))


def places(names: Collection[str], sentence: str, source: str, *, every: bool = False) -> Iterator[tuple[int, int]]:
    """(start, end) of each place where one of the names stands.

    Args:
        names: As written.
        sentence: In the source language.
        source: Its primary tag.
        every: Also where the capital may be one of the place ("Word" at the start), as when a fact vouches for it.
    Yields:
        Places that are no part of a longer name of the lists, which the rest of the guard looks after.
    """
    listed = [(hit.start, hit.end) for hit in known_names(sentence)]
    for name in names:
        for match in re.finditer(rf"(?<![^\W_]){re.escape(name)}(?={_GENITIVE}(?![^\W_]))", sentence):
            # "serveur HTTP Apache": the lists know the whole, and what it is called elsewhere.
            beside = (hit for hit in listed if hit[0] < match.end() and match.start() < hit[1])
            if not all(_holds(match.span(), hit) for hit in beside):
                continue
            if every or not _may_be_a_word(name, sentence, match.span(), source):
                yield match.span()


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def lost(names: Collection[str], translated: str) -> Iterator[Problem]:
    """Names that a translation does not write as they are written, capitals and all."""
    for name in names:
        if name not in translated:
            yield Problem(kind="name-lost", detail=name)


def _is_name(words: str, language: str, types: set[str], told_in: set[str]) -> bool:
    """Whether words of a fact are a name that no language translates."""
    if not _SHORTEST <= len(words) <= _LONGEST or not _LATIN.fullmatch(words):
        return False
    parts = _WORD.findall(words)
    if not parts or not any(c.isupper() or c.isdecimal() for c in words):
        return False
    if "product" in types:
        return True
    # "Federal Court" and "UE" have names of their own elsewhere; "Irish regulator" is no name, and "Hospital Chain" one
    # in a headline's capitals only.
    if any(fold(part) in word_table("translate", language) for part in (*parts, words)):
        return False
    if parts[0].islower() or parts[-1].islower():
        return False
    is_plain = all(is_common(part, language) for part in parts)
    return not is_plain or (language != "de" and not any(map(is_title_case, told_in)))


def _may_be_a_word(name: str, sentence: str, span: tuple[int, int], source: str) -> bool:
    """Whether a name of one capitalised word may be a common word here: the first of a sentence, a German noun."""
    if not (name.isalpha() and name[1:].islower()):
        return False
    before = sentence[: span[0]]
    if is_title_case(sentence) or (source == "de" and _ARTICLE.search(before)):
        return True
    after = _NEXT_WORD.match(sentence, span[1])
    grammar = word_table("stop", source) - _AFTER_NAMES
    return bool(_OPENS.search(before)) and after is not None and after[1] in grammar


def _one_line(text: str) -> str:
    return " ".join(text.split())
