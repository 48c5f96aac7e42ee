"""Names of organisations, products and persons: found by their capitals and by a list, compared across languages."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.text.gazetteer import Gazetteer
from pipeline.text.normalise import fold
from pipeline.text.taken import Taken

_DATA = Path(__file__).parent / "data"
#: "o'Brien", "AT&T", "PAN-OS", "Log4j", "Node.js"; a trailing point only in initials.
#: No letters of scripts without capitals: "苹果iPhone" holds one word.
_L = r"[^\W_\u0590-\u1c7f\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"
_WORD = re.compile(rf"{_L}+(?:[.&'’‑-](?={_L}){_L}+)*|&")
_ELISION = re.compile(r"^(?:[dlnscjm]|qu|dell|nell|sull|all|un)['’](?=\w)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")
_JOINTS = frozenset(
    [
        "of",
        "de",
        "du",
        "des",
        "di",
        "del",
        "della",
        "do",
        "da",
        "dos",
        "von",
        "van",
        "der",
        "den",
        "la",
        "für",
        "for",
        "&",
    ]
)
_SPACE = re.compile(r"[ \u00a0\u202f]{1,2}")
_SENTENCE_END = re.compile(r"[.!?:;…»”\"–—|•\n]\s*$|^\s*$")
_CJK_LETTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_KATAKANA = re.compile(r"[ァ-ヴー・]{4,}")
_OFTEN_FIRST = frozenset(
    [
        "south",
        "north",
        "new",
        "united",
        "general",
        "national",
        "federal",
        "black",
        "free",
        "open",
        "big",
        "first",
        "home",
    ]
)
_ORGANISATION_TAIL = frozenset(
    ["group", "bank", "health", "media", "security", "services", "networks", "systems", "software", "technology"]
)
_COMMON_ACRONYMS = frozenset(["CEO", "RCE", "XSS", "CVE", "USD", "EUR", "IT", "AI", "IA", "KI", "TLDR"])
_COMMON_KATAKANA = frozenset(
    [
        "セキュリティ",
        "サーバー",
        "システム",
        "ランサムウェア",
        "サイバー",
        "ソフトウェア",
        "ユーザー",
        "データ",
        "インターネット",
        "マルウェア",
        "アップデート",
        "アクセス",
        "ウイルス",
        "サービス",
        "アプリケーション",
        "スマートフォン",
        "ネットワーク",
        "プログラム",
        "ルーター",
        "デジタル",
        "クラウド",
        "アカウント",
        "パスワード",
        "ハッカー",
        "グループ",
        "メーカー",
        "プラグイン",
        "ブラウザー",
        "バージョン",
        "フィッシング",
    ]
)
#: Longest run of words taken for one name; headlines in capitals have no end.
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Name:
    """One name as written; start and end count code points of the text."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=1)
def _known() -> dict[str, Any]:
    with (_DATA / "names.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def _common() -> dict[str, Any]:
    with (_DATA / "common_words.toml").open("rb") as file:
        tables = tomllib.load(file)
    return {
        "words": {tag: frozenset(words.split()) for tag, words in tables["words"].items()},
        "endings": {tag: tuple(endings) for tag, endings in tables["endings"].items()},
    }


@lru_cache(maxsize=1)
def organisations() -> Gazetteer:
    """Known vendors and other organisations; ids are their usual names."""
    return Gazetteer({name: [name, *spellings] for name, spellings in _known()["organisations"].items()})


@lru_cache(maxsize=1)
def products() -> Gazetteer:
    """Known products; ids are their usual names. Ambiguous ones ("Office") only with their maker in front."""
    spellings: dict[str, list[str]] = {}
    for name, entry in _known()["products"].items():
        own = [*entry.get("spellings", [])]
        if entry.get("needs_maker"):
            own = [f"{entry['maker']} {form}" for form in (name, *own) if not form.startswith(entry["maker"])] + own[
                :1
            ] * (bool(own) and own[0].startswith(entry["maker"]))
        else:
            own.append(name)
            if "maker" in entry:
                own.append(f"{entry['maker']} {name}")
        spellings[name] = own
    return Gazetteer(spellings)


def maker(product: str) -> str | None:
    """Who makes a known product, None when the list does not say."""
    entry = _known()["products"].get(product)
    return entry.get("maker") if entry else None


def find_names(text: str, language: str | None) -> list[Name]:
    """Find names.

    Args:
        text: Any text; a title-case headline is read with a list of common words.
        language: BCP 47 tag. German nouns count only when they look like no noun.
    Returns:
        In order of position, without overlap.
    """
    tag = (language or "und").lower().split("-")[0]
    found = _known_names(text)
    taken = Taken(text)
    for name in found:
        taken.add(name.start, name.end)
    longer: list[Name] = []
    for name in (*_capitalised(text, tag), *_katakana(text)):
        if not taken.meets(name.start, name.end):
            found.append(name)
        elif not taken.covers(name.start, name.end):  # a longer name around a known one ("Alibaba Cloud Computing Ltd")
            longer.append(name)
    covered = Taken(text)
    for name in longer:
        covered.add(name.start, name.end)
    kept = [name for name in found if not covered.meets(name.start, name.end)]
    return sorted([*kept, *longer], key=lambda name: name.start)


def _known_names(text: str) -> list[Name]:
    """Names of the lists, the longer where two overlap."""
    taken = Taken(text)
    hits = sorted((*organisations().find(text), *products().find(text)), key=lambda h: (h.start - h.end, h.start))
    return [Name(text[h.start : h.end], h.start, h.end) for h in hits if taken.claim(h.start, h.end)]


def _katakana(text: str) -> list[Name]:
    return [
        Name(m[0], m.start(), m.end()) for m in _KATAKANA.finditer(text) if m[0].strip("・") not in _COMMON_KATAKANA
    ]


def _capitalised(text: str, tag: str) -> list[Name]:
    """Runs of capitalised words, without the words that are only capitalised for their place."""
    words = [w for m in _WORD.finditer(text) for w in [_trim(text, m.start(), m.end())] if w is not None]
    shouting = _is_title_case(text, words)
    names: list[Name] = []
    run: list[tuple[int, int]] = []
    for start, end in [*words, (len(text), len(text))]:
        word = text[start:end]
        joined = bool(run) and bool(_SPACE.fullmatch(text, run[-1][1], start))
        if joined and len(run) < _LONGEST and (_is_capital(word) or (word in _JOINTS and not shouting) or word == "&"):
            run.append((start, end))
            continue
        names.extend(_close(text, run, tag, shouting=shouting))
        run = [(start, end)] if _is_capital(word) else []
    return names


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The word without an elided article ("l'Union") and without a possessive ("Google's")."""
    if elision := _ELISION.match(text[start:end]):
        start += elision.end()
    if possessive := _POSSESSIVE.search(text[start:end]):
        end = start + possessive.start()
    return (start, end) if start < end else None


def _is_capital(word: str) -> bool:
    """Capitalised, or a mixed form only names have ("iPhone", "n8n", "macOS")."""
    if not word or word.endswith(("-based", "-linked", "-backed", "-made")):
        return False
    if word[0].isdecimal():
        return len(word) > 1 and any(c.isalpha() and c.isupper() for c in word) and not word[:-1].isdecimal()
    return (
        word[0].isupper() or any(c.isupper() for c in word[1:]) or (len(word) < 8 and any(c.isdecimal() for c in word))
    )


def _is_title_case(text: str, words: list[tuple[int, int]]) -> bool:
    long = [text[s] for s, e in words[:40] if e - s > 3 and text[s].isalpha()]
    return len(long) >= 3 and sum(c.isupper() for c in long) >= 0.7 * len(long)


def _close(text: str, run: list[tuple[int, int]], tag: str, *, shouting: bool) -> list[Name]:
    """The names of one run: common words cut off, joints at the ends too."""
    parts: list[list[tuple[int, int]]] = [[]]
    opens = bool(run) and bool(_SENTENCE_END.search(text[max(0, run[0][0] - 3) : run[0][0]]))
    for i, span in enumerate(run):
        word = text[span[0] : span[1]]
        listed = fold(word) in _words(tag)
        weak = (listed and (i == 0 or shouting or tag == "de")) or (
            _is_common(word, tag) and (shouting or (i == 0 and opens) or tag == "de")
        )
        if fold(word) in _OFTEN_FIRST and i + 1 < len(run) and not shouting:
            weak = False  # "South Staffordshire Water"
        if fold(word) in _ORGANISATION_TAIL and parts[-1]:
            weak = False  # "Cox Media Group"
        is_acronym = 1 < len(word) <= 5 and word.isupper() and word not in _COMMON_ACRONYMS
        if weak and word not in _JOINTS and not (is_acronym and not shouting):
            parts.append([])
        else:
            parts[-1].append(span)
    names = []
    for part in parts:
        while part and text[part[-1][0] : part[-1][1]] in _JOINTS:
            part.pop()
        while part and text[part[0][0] : part[0][1]] in _JOINTS:
            part.pop(0)
        if part and part[-1][1] - part[0][0] > 1:
            names.append(Name(text[part[0][0] : part[-1][1]], part[0][0], part[-1][1]))
    return names


def _words(tag: str) -> frozenset[str]:
    words: frozenset[str] = _common()["words"].get(tag, frozenset())
    return words


def _is_common(word: str, tag: str) -> bool:
    if fold(word) in _words(tag):
        return True
    if tag == "de" and "-" in word and _is_common(word.rsplit("-", 1)[1], tag):
        return True  # "120-Millionen-Euro-Strafe" is a kind of its last part
    if any(c.isupper() for c in word[1:]) or any(c.isdecimal() for c in word):
        return False
    endings: tuple[str, ...] = _common()["endings"].get(tag, ())
    if len(word) > 5 and word.lower().endswith(endings):
        return True
    return tag == "de" and len(word) > 13  # German compounds are nouns, not names


_LETTERS = str.maketrans(dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ", [
    "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh",
    "ts", "ch", "sh", "shch", "", "y", "",
    "e", "yu", "ya", "i", "i", "e", "g",
], strict=True)))  # fmt: skip
_GREEK = str.maketrans(
    dict(
        zip(
            "αβγδεζηθικλμνξοπρσςτυφχψω",
            [
                "a",
                "b",
                "g",
                "d",
                "e",
                "z",
                "i",
                "th",
                "i",
                "k",
                "l",
                "m",
                "n",
                "x",
                "o",
                "p",
                "r",
                "s",
                "s",
                "t",
                "y",
                "f",
                "ch",
                "ps",
                "o",
            ],
            strict=True,
        )
    )
)


@lru_cache(maxsize=1)
def _canonical() -> dict[str, str]:
    """Folded spelling of a known name -> its key."""
    table: dict[str, str] = {}
    tables = _known()
    for name, spellings in tables["organisations"].items():
        table |= {_plain_key(form): _plain_key(name) for form in (name, *spellings)}
    for name, entry in tables["products"].items():
        forms = [name, *entry.get("spellings", [])]
        if "maker" in entry:
            forms += [f"{entry['maker']} {form}" for form in forms]
        for form in forms:
            table.setdefault(_plain_key(form), _plain_key(name))
    return table


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Key under which spellings of one name are equal in any language and script.

    Accents, case, legal forms ("Inc.", "GmbH", "有限公司") and articles fall away, Cyrillic and Greek letters are
    transliterated, known names in other scripts become the usual one: name_key("微软") == name_key("Microsoft Corp.").
    """
    key = _plain_key(name)
    return _canonical().get(key, key)


def _plain_key(name: str) -> str:
    legal = _known()["legal"]
    text = fold(unicodedata.normalize("NFKC", name)).replace("&", " and ")
    for suffix in legal["cjk_suffixes"]:
        if text.endswith(suffix) and len(text) > len(suffix) + 1:
            text = text[: -len(suffix)]
            break
    text = text.translate(_LETTERS).translate(_GREEK)
    text = re.sub(r"\b([^\W\d_])\.(?=[^\W\d_]\b)", r"\1", text)  # "s.p.a." -> "spa."
    words = re.findall(r"[^\W_]+", re.sub(r"['’`´]s\b", "", text))
    while len(words) > 1 and words[-1] in legal["suffixes"]:
        words.pop()
    while len(words) > 1 and words[0] in legal["articles"]:
        words.pop(0)
    return " ".join(words)


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
    generic = frozenset(fold(word) for word in (*_known()["legal"]["generic"], *_known()["legal"]["suffixes"]))
    if long[: len(short)] == short and all(word in generic for word in long[len(short) :]) and short[0] not in generic:
        return True
    is_surname = len(short) == 1 and 2 <= len(long) <= 3 and short[0] == long[-1] and len(short[0]) >= 5
    return is_surname and short[0] not in generic and not _CJK_LETTER.search(short[0])


#: Words an acronym skips.
_SMALL = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "et",
        "l",
        "d",
        "der",
        "die",
        "das",
        "und",
        "fur",
        "di",
        "del",
        "della",
        "e",
        "y",
        "do",
        "da",
        "dos",
        "von",
        "van",
    ]
)


def _is_acronym(short: str, long: list[str]) -> bool:
    letters = "".join(word[0] for word in long if word not in _SMALL)
    return len(short) >= 3 and short in (letters, "".join(word[0] for word in long))
