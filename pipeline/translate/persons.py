"""Who speaks in a translation: a dictionary that takes a noun for a verb makes somebody speak who is not there.

"Reports" became "tu rapportes", "CEO" "je dîne", "US" "vous", and a headline without a subject got an "il". Where
in nobody in the English sentence says I or we, or is spoken to, such a word shows that the sentence was not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.model import Problem

#: Who speaks and is spoken to in English; capitals count, as US is no "us".
_SPEAKERS = re.compile(r"(?i:\b(?:me|my|mine|myself|we|our|ours|ourselves|let['’]s)\b)|\b(?:I|us|Us)\b")
_SPOKEN_TO = re.compile(r"\b(?:you|your|yours|yourself|yourselves|ya)\b", re.IGNORECASE)
#: What a French sentence may begin with "il" for.
_SUBJECTS = re.compile(r"^.{0,60}?\b(?:it|he|they|there|this|that|these|those|who|we|you|I|one)\b", re.IGNORECASE)
_IN_FRENCH = (
    (re.compile(r"(?<![\w-])(?:je|nous|notre|nos)\b(?!-)|(?<![\w-])j['’]", re.IGNORECASE), _SPEAKERS),
    (re.compile(r"(?<![\w-])(?:tu|te)\b(?!-)", re.IGNORECASE), _SPOKEN_TO),
    (re.compile(r"(?<![\w-])(?:vous|votre|vos|ayez|soyez|pouvez)\b(?!-)", re.IGNORECASE), _SPOKEN_TO),
    (
        re.compile(r"^\W*ils? (?!y a\b|est (?:possible|recommandé|conseillé|probable)|faut|existe|s['’]agit)", re.I),
        _SUBJECTS,
    ),
)
#: A subject with an infinitive behind it: "des pirates publier du code", "Europol balayer des réseaux"; to let somebody
#: do something is French.
_INFINITIVE = re.compile(
    r"\b(?:pirates|attaquants|criminels|cybercriminels|chercheurs|autorités|entreprises?|vulnérabilités?|police|clients"
    r"|régulateurs?|utilisateurs|employés) "
    r"(?!(?:premier|dernier|entier|régulier|financier|particulier|policier|leader)\b)"
    r"[a-zéè]{3,}er\b"
    r"|^(?!(?:Au|En|Pour|Sans|Avant|Afin)\b)(?-i:[A-ZÉ])[\w.-]+ "
    r"(?!(?:courtier|dossier|premier|leader|atelier|chantier|calendrier|hacker)\b)[a-zéè]{3,}er"
    r" (?=(?:des|les|la|le|une?|\d)\b|l['’])",
    re.IGNORECASE,
)
_LETS = re.compile(r"\b(?:laiss\w+|fai\w+|fer\w+|voi\w+|vu)\s+(?:\S+\s+){0,2}$")
#: How Apertium marks what its generator could not write.
_MARKS = re.compile(r"(?<!\S)[#@*]\w|\w[#]")

#: Who says I or we in French.
_FRENCH_SPEAKERS = re.compile(r"\b(?:je|me|moi|mon|ma|mes|nous|notre|nos|on)\b|\b[jm]'", re.IGNORECASE)
_MANY = re.compile(r"\b(?:ils|elles)\b", re.IGNORECASE)
_VERBS = r"(had|have|was|were|am|are|did|do|could|can|will|would|must|may|cannot)\b"
#: Where a subject stands: "Henry I had" has none.
_I = re.compile(
    r"(?:^\W*|(?<=[,;:] )|(?<=[(“\"] )|(?<= and )|(?<= but )|(?<= that )|(?<= which )|(?<= as )|(?<= if )|(?<= when ))"
    rf"(?P<who>I) {_VERBS}"
)
_YOU = re.compile(rf"(?:^\W*|(?<=, ))(?P<who>[Yy]ou) {_VERBS}")
_IT = {"have": "has", "am": "is", "are": "is", "do": "does", "were": "was"}
_THEY = {"was": "were", "am": "are"}


def without_speaker(text: str, sentence: str) -> str:
    """English from French by languages that leave subjects away: "Elle avait vendu" came out as "I had sold"."""
    return text if _FRENCH_SPEAKERS.search(sentence.replace("’", "'")) else _of_others(text, sentence, _I)


def without_listener(text: str, sentence: str) -> str:
    """The same for "elle paiera", "you will pay"; for sentences that speak to nobody."""
    return _of_others(text, sentence, _YOU)


def _of_others(text: str, sentence: str, pattern: re.Pattern[str]) -> str:
    subject, verbs = ("they", _THEY) if _MANY.search(sentence) else ("it", _IT)

    def told(match: re.Match[str]) -> str:
        before, verb = match[0][: match.start("who") - match.start()], match[match.lastindex or 0]
        opens = not any(map(str.isalnum, text[: match.start("who")]))
        return f"{before}{subject.capitalize() if opens else subject} {verbs.get(verb, verb)}"

    return pattern.sub(told, text)


def unspoken(sentence: str, translated: str, target: str) -> Iterator[Problem]:
    """What shows that a French sentence is none."""
    if target != "fr":
        return
    for french, english in _IN_FRENCH:
        found = french.search(translated)
        if found and not english.search(sentence):
            yield Problem(kind="not-understood", detail=found[0].strip())
    for found in _INFINITIVE.finditer(translated):
        if not _LETS.search(translated, 0, found.start()):
            yield Problem(kind="not-understood", detail=found[0])
    if _MARKS.search(translated) and not _MARKS.search(sentence):
        yield Problem(kind="not-understood", detail=translated[:80])
