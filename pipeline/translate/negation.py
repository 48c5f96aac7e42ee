"""Whether a denial got lost, or became two of which one takes the other back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.model import Problem
from pipeline.translate.words import forms, table, word_table

_WORD = re.compile(r"[^\W\d_]+")
_LAST_WORD = re.compile(r"[\w']+(?=[^\w.,;:!?()]*$)")
_NO = r"no(?! (?:longer|later|more|less|doubt|matter|only|one|sooner)\b)"
_SUBJECT = rf"\b(?:no one|nobody|none|nothing|neither|not (?:a single|one)|{_NO}) "
#: Another clause begins.
_CLAUSE = (
    r"(?:that|which|who|whom|whose|if|when|where|what|because|but|and|while|since|as|so|than|until|unless|to|for|whether"
    r"|we|they|it|he|she|you)\b"
)
_VERB = r"(?:is|are|was|were|has|have|had|do|does|did|can|could|will|would|may|might|must|should)"
_TWICE_DENIED = re.compile(
    rf"{_SUBJECT}(?:(?!\b{_CLAUSE})[^.,;:!?()\"“”\n])*?"
    rf"\b(?:{_VERB} (?:not|never)(?! (?:only|to)\b)|cannot|\w+n't)\b"
    r"|\bwithout\b [^.,;:!?()\n]{1,60}?\bnot (?:being|having|been)\b",
    re.IGNORECASE,
)
#: After these "no" stands before an object: "there is no account that ...", "has no fix".
_BEFORE_AN_OBJECT = frozenset(
    """is are was were be been has have had with without in of by to at from under there find found makes made gives
    gave shows showed offers offered takes took contains contained received left leaves see saw or""".split()  # noqa: SIM905
)

#: "La plus élevée jamais infligée" denies nothing.
_EVER = {
    "fr": re.compile(r"\bplus (?:(?!\bne\b|\bn')[^.,;:!?]){1,40}?\bjamais\b"),
    "es": re.compile(r"\b(?:más|mayor|mejor|peor) (?:(?!\bno\b)[^.,;:!?]){1,40}?\bjamás\b"),
    "it": re.compile(r"\b(?:più|maggiore|peggiore) (?:(?!\bnon\b)[^.,;:!?]){1,40}?\bmai\b"),
}


def lost(sentence: str, translated: str, source: str, target: str) -> Iterator[Problem]:
    """A sentence that denies something, and a translation that does not."""
    if _denies(sentence, source) and target in table()["deny"] and not _denies(translated, target, also=True):
        yield Problem(kind="negation-lost", detail=sentence[:120])


def denied_twice(translated: str, target: str) -> Iterator[Problem]:
    """ "No attack was not seen" says the opposite: English denies once, where Catalan and others deny twice."""
    if target != "en":
        return
    plain = translated.replace("’", "'")
    for match in _TWICE_DENIED.finditer(plain):
        word = _LAST_WORD.search(plain, 0, match.start())
        if word is None or word[0].casefold() not in _BEFORE_AN_OBJECT:
            yield Problem(kind="denied-twice", detail=match[0][:120])


def _denies(text: str, language: str, *, also: bool = False) -> bool:
    """Whether a text denies something; `also` counts what only may be a denial ("unable", "only", "impossible")."""
    plain = text.replace("’", "'").casefold()
    for phrase in word_table("affirm", language):
        plain = plain.replace(phrase, " ")
    if language in _EVER:
        plain = _EVER[language].sub(" ", plain)
    if language == "en" and "n't" in plain:
        return True
    if language == "fr" and re.search(r"(?<!\w)n'", plain):
        return True
    words = _WORD.findall(plain)
    whole, prefixes = forms("deny", language)
    if any(word in whole or word.startswith(prefixes) for word in words):
        return True
    if not also:
        return False
    whole, prefixes = forms("deny_also", language)
    ends = tuple(word_table("deny_also_end", language))
    return any(word in whole or word.startswith(prefixes) or (ends and word.endswith(ends)) for word in words)
