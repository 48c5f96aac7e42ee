"""As much grammar as terms need: plurals of noun phrases, and the small words before a term that is put in."""

from __future__ import annotations

import re

#: Words after the head of a noun phrase: what follows does not change in the plural.
_STOPS = {
    "fr": re.compile(r"\s(?:de|du|des|à|au|aux|par|en|sur|contre|pour|sans|hors|après|entre|non)\s|\sd['’]|\sl['’]"),
    "es": re.compile(r"\s(?:de|del|a|al|por|en|sobre|contra|para|sin|fuera|tras|entre|ante|no)\s"),
    "it": re.compile(r"\s(?:di|del|della|dei|delle|a|al|alla|per|in|da|tra|tramite|non|fuori)\s|\s(?:d|dell|all)['’]"),
    "pt": re.compile(r"\s(?:de|do|da|dos|das|a|à|ao|por|pelo|em|no|na|sobre|contra|para|sem|fora|após|entre|não)\s"),
    "en": re.compile(r"\s(?:of|to|in|at|by|for|from|on|out|with)\s"),
}  # fmt: skip
#: First sounds of English words that their letters hide.
_NOT_A_VOWEL = re.compile(r"(?:u(?:se|ni(?!n)|ti|tr|bi)|eu|one\b)", re.IGNORECASE)
_SPELLED_OUT = re.compile(r"[A-Z]{2,}(?![a-z])")
_ARTICLE = re.compile(r"(?<![\w'’-])(an?)(\s+[\"“'‘(]?)$", re.IGNORECASE)
_ELIDES = re.compile(r"(?<!\w)(l|d|j|qu)e(\s+)$|(?<!\w)(l)a(\s+)$", re.IGNORECASE)
_ELIDED = re.compile(r"(?<!\w)(l|d|qu)['’]$", re.IGNORECASE)
_FRENCH_VOWEL = re.compile(r"[aeiouyhâàéèêëîïôöûüœ]", re.IGNORECASE)


def plurals(phrase: str, language: str) -> tuple[str, ...]:
    """Plurals of a noun phrase, the likeliest first; () for a language without rules here."""
    stop = _STOPS.get(language)
    if stop is None:
        return ()
    found = stop.search(phrase)
    end = found.start() if found else len(phrase)
    head, rest = phrase[:end].split(" "), phrase[end:]
    if language == "en":
        return (" ".join([*head[:-1], _english(head[-1])]) + rest,)
    made = [_ROMANCE[language](word) for word in head]
    return tuple(dict.fromkeys(" ".join(word[min(i, len(word) - 1)] for word in made) + rest for i in range(2)))


def _english(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(?:s|x|z|ch|sh)$", word) else "s")


def _french(word: str) -> tuple[str, ...]:
    if word.endswith("al"):
        return (word[:-2] + "aux",)
    if word.endswith(("au", "eu")):
        return (word + "x",)
    return (word,) if word.endswith(("s", "x", "z")) or word.isupper() else (word + "s",)


def _spanish(word: str) -> tuple[str, ...]:
    if word.isupper() or word.endswith(("s", "x")):
        return (word,)
    if word.endswith("z"):
        return (word[:-1] + "ces",)
    return (word + "s",) if word[-1] in "aeiouáéíóú" else (word + "es", word + "s")


def _italian(word: str) -> tuple[str, ...]:
    if word.isupper() or word[-1] not in "aeio":
        return (word,)
    if word.endswith(("ca", "ga")):
        return (word[:-1] + "he",)
    if word.endswith(("co", "go")):
        return (word[:-1] + "i", word[:-1] + "hi")
    if word.endswith("io"):
        return (word[:-1],)
    if word.endswith("a"):
        return (word[:-1] + "e", word[:-1] + "i")
    return (word[:-1] + "i",)


def _portuguese(word: str) -> tuple[str, ...]:
    if word.isupper() or word.endswith(("s", "x")):
        return (word,)
    if word.endswith("ão"):
        return (word[:-2] + "ões",)
    if word.endswith("m"):
        return (word[:-1] + "ns",)
    for end, ends in (("al", "ais"), ("el", "eis"), ("ol", "ois"), ("ul", "uis"), ("il", "is"), ("vel", "veis")):
        if word.endswith(end):
            return (word[: -len(end)] + ends,)
    return (word + "es", word + "s") if word.endswith(("r", "z")) else (word + "s",)


_ROMANCE = {"fr": _french, "es": _spanish, "it": _italian, "pt": _portuguese}


def joined(before: str, term: str, after: str, language: str) -> str | None:
    """Put a term between two halves of a text, the word before it made to fit ("a", "an", "de", "d'").

    Returns:
        The text; None when the article cannot be known ("l'" before a consonant: "le" or "la"?).
    """
    if language == "en":
        return _with_article(before, term) + after
    if language == "fr":
        vowel = bool(_FRENCH_VOWEL.match(term))
        if vowel and (match := _ELIDES.search(before)):
            return f"{before[: match.start()]}{match[1] or match[3]}'{term}{after}"
        if not vowel and (match := _ELIDED.search(before)):
            if match[1].lower() == "l":
                return None
            return f"{before[: match.start()]}{match[1]}e {term}{after}"
    return before + term + after


def _with_article(before: str, term: str) -> str:
    match = _ARTICLE.search(before[-8:])
    if match is None:
        return before + term
    start = len(before) - len(before[-8:]) + match.start()
    article = match[1][0] + ("n" if _starts_with_vowel(term) else "")
    return before[:start] + article + match[2] + term


def _starts_with_vowel(term: str) -> bool:
    if _SPELLED_OUT.match(term):
        return term[0] in "AEFHILMNORSX" and not term.startswith(("SIM", "RAM"))
    return term[:1].lower() in "aeiou" and not _NOT_A_VOWEL.match(term)
