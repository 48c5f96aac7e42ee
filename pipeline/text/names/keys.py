"""Spellings of one name, in any language and script, have one key."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.text.names.known import known
from pipeline.text.names.words import name_words
from pipeline.text.normalise import fold
from pipeline.text.scripts import EAST_ASIAN_LETTER

_CYRILLIC = str.maketrans(dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ", [
    "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh",
    "ts", "ch", "sh", "shch", "", "y", "",
    "e", "yu", "ya", "i", "i", "e", "g",
], strict=True)))  # fmt: skip
_GREEK = str.maketrans(dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", [
    "a", "b", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f",
    "ch", "ps", "o",
], strict=True)))  # fmt: skip


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Key under which spellings of one name are equal in any language and script.

    Accents, case, legal forms ("Inc.", "GmbH", "有限公司") and articles fall away, Cyrillic and Greek letters are
    transliterated, known names in other scripts become the usual one: name_key("微软") == name_key("Microsoft Corp.").
    """
    key = _plain_key(name)
    return _canonical().get(key, key)


@lru_cache(maxsize=1)
def _canonical() -> dict[str, str]:
    """Folded spelling of a known name -> its key."""
    table: dict[str, str] = {}
    tables = known()
    for name, spellings in tables["organisations"].items():
        table |= {_plain_key(form): _plain_key(name) for form in (name, *spellings)}
    for name, entry in tables["products"].items():
        forms = [name, *entry.get("spellings", [])]
        if "maker" in entry:
            forms += [f"{entry['maker']} {form}" for form in forms]
        for form in forms:
            table.setdefault(_plain_key(form), _plain_key(name))
    return table


def _plain_key(name: str) -> str:
    legal = known()["legal"]
    text = fold(unicodedata.normalize("NFKC", name)).replace("&", " and ")
    for suffix in legal["cjk_suffixes"]:
        if text.endswith(suffix) and len(text) > len(suffix) + 1:
            text = text[: -len(suffix)]
            break
    for prefix in legal["cjk_prefixes"]:
        if text.startswith(prefix) and len(text) > len(prefix) + 1:
            text = text[len(prefix) :]
            break
    is_cyrillic = re.match("[а-яё]", text) is not None
    text = text.translate(_CYRILLIC).translate(_GREEK)
    text = re.sub(r"\b([^\W\d_])\.(?=[^\W\d_]\b)", r"\1", text)  # "s.p.a." -> "spa."
    words = re.findall(r"[^\W_]+", re.sub(r"['’`´]s\b", "", text))
    words = _without_long_form(words)
    if is_cyrillic and len(words) > 1 and words[0] in legal["prefixes"]:
        words.pop(0)
    while len(words) > 1 and words[-1] in legal["suffixes"]:
        words.pop()
    while len(words) > 1 and words[0] in legal["articles"]:
        words.pop(0)
    return " ".join(words)


def _without_long_form(words: list[str]) -> list[str]:
    """A name's words without a legal form of several words behind them ("GmbH & Co. KG")."""
    for form in _long_forms():
        if len(words) > len(form) and tuple(words[-len(form) :]) == form:
            return words[: -len(form)]
    return words


@lru_cache(maxsize=1)
def _long_forms() -> tuple[tuple[str, ...], ...]:
    """The words of such forms, the longest first."""
    return tuple(sorted((tuple(form.split()) for form in known()["legal"]["long_suffixes"]), key=len, reverse=True))


def same_name(a: str, b: str) -> bool:
    """Whether two spellings name the same: equal keys, an acronym and its long form, a surname, a shortened company."""
    first, second = sorted((name_key(a), name_key(b)), key=lambda k: (len(k.split()), k))
    if not first or not second:
        return False
    if first == second:
        return True
    short, long = first.split(), second.split()
    if len(short) == 1 and len(long) >= 3 and _is_acronym(short[0], long):
        return True
    if len(short) >= len(long):
        return False
    generic = _generic()
    if long[: len(short)] == short and all(word in generic for word in long[len(short) :]) and short[0] not in generic:
        return True
    is_surname = len(short) == 1 and 2 <= len(long) <= 3 and short[0] == long[-1] and len(short[0]) >= 5
    return is_surname and short[0] not in generic and not EAST_ASIAN_LETTER.search(short[0])


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    """Words of legal forms and kinds of company, which tell no two names apart; folded."""
    legal = known()["legal"]
    return frozenset(fold(word) for word in (*legal["generic"], *legal["suffixes"]))


def _is_acronym(short: str, long: list[str]) -> bool:
    """Whether letters are the first ones of a name's words, of all or of those that count."""
    letters = "".join(word[0] for word in long if word not in name_words("skipped"))
    return len(short) >= 3 and short in (letters, "".join(word[0] for word in long))
