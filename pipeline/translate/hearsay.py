"""What is told, not known: the conditional of French, Spanish, Italian and Portuguese news in English.

"Ils auraient blanchi 40 millions" says that somebody says so; "they would have laundered 40 million" that they did not.
"""

from __future__ import annotations

import re

#: An auxiliary in the conditional, and what makes it a supposition: a condition, or what could or ought to have been.
_TOLD = {
    "fr": re.compile(r"\b(?:aurai(?:t|ent)|serai(?:t|ent))\b", re.IGNORECASE),
    "es": re.compile(r"\bhabrían?\b", re.IGNORECASE),
    "it": re.compile(r"\b(?:avrebbe(?:ro)?|sarebbe(?:ro)?)\b", re.IGNORECASE),
    "pt": re.compile(r"\bteriam?\b", re.IGNORECASE),
}
_SUPPOSED = {
    "fr": re.compile(r"\b(?:si|sans|sinon|même|pu|dû|voulu|fallu|suffi)\b|\bs'il", re.IGNORECASE),
    "es": re.compile(r"\b(?:si|sin|podido|debido|querido|bastado)\b", re.IGNORECASE),
    "it": re.compile(r"\b(?:se|senza|potut[oaie]|dovut[oaie]|volut[oaie]|bastat[oaie])\b", re.IGNORECASE),
    "pt": re.compile(r"\b(?:se|sem|podido|devido|querido|bastado)\b", re.IGNORECASE),
}
#: Participles that are the past as well.
_ALIKE = "bought|brought|built|cut|found|got|had|held|hit|kept|led|left|lost|made|paid|put|sent|set|sold|spent|told|won"
_PAST = re.compile(rf"\bwould have (?=(?:\w+ed|{_ALIKE})\b)")
_ELSE = re.compile(r"\bwould (?=(?:not )?have \w)")


def hedged(text: str, sentence: str, source: str) -> str:
    """An English sentence that says "reportedly" where its original tells by hearsay."""
    told = _TOLD.get(source)
    plain = sentence.replace("’", "'")
    if told is None or not told.search(plain) or _SUPPOSED[source].search(plain) or "reportedly" in text:
        return text
    text = _PAST.sub("reportedly ", text)
    return _ELSE.sub("would reportedly ", text)
