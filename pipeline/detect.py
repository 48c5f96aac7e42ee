"""Which language an article is written in.

Script first (kana, Hangul, Thai …), then langdetect for texts long enough for it, and for headlines langdetect,
py3langid and everyday words together: on short texts langdetect alone is right nine times in ten, the three together
in 98 or 99 of 100 (docs/quality.md has the table). Configured languages are preferred, but all known ones compete,
so that a Danish text does not become Swedish because nobody configured Danish.
"""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.model import Article
from pipeline.tables import read_table

#: Languages a digest without `languages:` in its configuration reads.
DEFAULT_LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh")
#: Every language that competes; langdetect and py3langid know all of them.
KNOWN_LANGUAGES = (
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it",
    "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
#: Seed of langdetect's sampling: one text, one answer.
SEED = 20260101

# In natural logarithms; tuned on langid-short with the 14 languages of that set configured.
_UNCONFIGURED = -2.5
_FEED_HINT = 2.0
_HTML_HINT = 1.0
_WORD = 2.0
_LANGDETECT_SHORT = 0.1
#: From this many letters on langdetect is asked first, and believed when it is this sure.
_LONG, _SURE = 160, 0.999
#: Letters of a word of the title that its text must have, such words of a title that is held against it, and the
#: characters of the text that are.
_TITLE_WORD, _TITLE_WORDS, _COMPARED = 5, 4, 8000
#: Characters read: the start of an article tells its language, and detection is linear in length.
_READ = 300

_NOISE = re.compile(
    r"(?:https?://|www\.)\S+|[^\s@]+@[A-Za-z0-9.-]+|\b(?:CVE|CWE|GHSA|DSA|DLA|RHSA|USN|MS\d\d)-[-A-Za-z0-9]+"
    r"|(?<![^\W_])[A-Za-z0-9]*[0-9][A-Za-z0-9.+_-]*|\b[A-Za-z]+(?:[-_./:+~][A-Za-z0-9]+)*[_/~][A-Za-z0-9._/~-]+"
)
_PUNCTUATION = ".,;:!?\"'()«»“”„‘’–—-"
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN_LOWER = re.compile(r"\b[a-zß-öø-ÿ]{2,}\b")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("kana", "\u3040-\u30ff"), ("han", "\u3400-\u4dbf\u4e00-\u9fff"), ("hangul", "\uac00-\ud7af\u1100-\u11ff"),
    ("cyrillic", "\u0400-\u052f"), ("arabic", "\u0600-\u06ff\u0750-\u077f"), ("greek", "\u0370-\u03ff"),
    ("hebrew", "\u0590-\u05ff"), ("thai", "\u0e00-\u0e7f"), ("devanagari", "\u0900-\u097f"),
)  # fmt: skip
_SCRIPT_RUNS = {name: re.compile(f"[{characters}]") for name, characters in _SCRIPTS}
_OTHER_SCRIPT = re.compile("[" + "".join(characters for _, characters in _SCRIPTS) + "]")
#: Scripts (nearly) one language writes in, and the competitors in the others.
_ONE_LANGUAGE = {"kana": "ja", "hangul": "ko", "greek": "el", "hebrew": "he", "thai": "th", "devanagari": "hi"}
_CANDIDATES = {"cyrillic": ("ru", "uk", "bg"), "arabic": ("ar", "fa", "ur"), "han": ("zh", "ja")}
#: Letters of one language among those sharing a script: two or three settle it.
_OWN_LETTERS = {
    "uk": re.compile("[іїєґІЇЄҐ]"),
    "ru": re.compile("[ыэёЫЭЁ]"),
    "fa": re.compile("[پچژگکی]"),
    "ur": re.compile("[ٹڈڑےں]"),
    "ar": re.compile("[ةيىكأإ]"),
}
_LOAD = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Engines:
    """The two detectors, loaded; `langdetect_factory` comes from langdetect_rs when that is installed."""

    langdetect_factory: Any
    py3langid: Any
    words: Mapping[str, tuple[str, ...]]


def detect(articles: Sequence[Article], *, languages: Sequence[str] = DEFAULT_LANGUAGES) -> list[Article]:
    """Set language and confidence of every article; same order and count.

    Args:
        languages: Those the digest reads (BCP 47, primary tags count), not the ones it is written in; others must win
            more clearly. Empty means DEFAULT_LANGUAGES.
    """
    found = []
    for article in articles:
        is_untold = article.junk is not None or _is_of_another_text(article)
        text = article.title if is_untold else f"{article.title}\n{article.text[:_READ]}"
        language, confidence = detect_text(
            text, languages=languages, hint=article.feed_language, html_hint=article.html_language
        )
        found.append(replace(article, language=language, language_confidence=confidence))
    return found


def _is_of_another_text(article: Article) -> bool:
    """Whether no longer word of the title is in the text: a consent notice, say, of the reader's land."""
    words = {word for word in _LETTERS.findall(article.title.casefold()) if len(word) >= _TITLE_WORD}
    if len(words) < _TITLE_WORDS or _OTHER_SCRIPT.search(article.title) or len(article.text) < _READ:
        return False
    text = article.text[:_COMPARED].casefold()
    return not any(word in text for word in words)


def detect_text(
    text: str,
    *,
    languages: Sequence[str] = DEFAULT_LANGUAGES,
    hint: str | None = None,
    html_hint: str | None = None,
) -> tuple[str, float]:
    """Language and how likely it is right (0.0 to 1.0).

    Args:
        hint: The language the feed declares: decides when the text says nothing, tips the balance when it says little.
        html_hint: The page's own claim, often a template's default, so weaker.
    Returns:
        ("und", 0.0) when neither text nor hints carry evidence.
    """
    words, script = _evidence(_SURROGATES.sub("", text[: _READ + 200]))
    hinted, html_hinted = _primary(hint), _primary(html_hint)
    letters = sum(map(len, _LETTERS.findall(words)))
    if letters < 3 and script is None:
        guess = hinted or html_hinted
        return (guess, 0.5 if hinted else 0.4) if guess else ("und", 0.0)
    if script in _ONE_LANGUAGE:
        return _ONE_LANGUAGE[script], 0.99
    configured = _configured(tuple(languages))
    if letters >= _LONG and script is None:
        sure = _langdetect(load(), words)
        best = max(sure, key=lambda name: (sure[name], name), default="und")
        if best in configured and sure[best] >= _SURE:
            return best, round(min(0.999, sure[best]), 4)
    scores = _scores(words, script, configured)
    for name, bonus in ((hinted, _FEED_HINT), (html_hinted, _HTML_HINT)):
        if name in scores:
            scores[name] += bonus
    return _decide(scores)


def load() -> _Engines:
    """Load both detectors once, whichever thread comes first; langdetect's own global factory is not thread-safe."""
    with _LOAD:
        return _engines(_langdetect_module())


@lru_cache(maxsize=2)
def _engines(module: ModuleType) -> _Engines:
    from importlib.util import find_spec

    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    origin = find_spec("langdetect")
    profiles = Path(origin.origin).parent / "profiles" if origin and origin.origin else Path()
    files = [profiles / name for known in KNOWN_LANGUAGES for name in _profile_names(known)]
    factory = module.DetectorFactory()
    factory.load_json_profile([file.read_text(encoding="utf-8") for file in files])
    factory.set_seed(SEED)
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(KNOWN_LANGUAGES))
    lists: dict[str, str] = read_table(Path(__file__).parent / "detect_words.toml")
    words: dict[str, list[str]] = {}
    for language, line in lists.items():
        for word in sorted(set(line.split())):
            words.setdefault(word, []).append(language)
    return _Engines(factory, identifier, {word: tuple(found) for word, found in words.items()})


def _langdetect_module() -> ModuleType:
    """langdetect_rs gives the same labels and probabilities, forty times faster."""
    try:
        import langdetect_rs as module
    except ImportError:
        import langdetect as module
    return module  # type: ignore[no-any-return]


def _profile_names(language: str) -> tuple[str, ...]:
    return ("zh-cn", "zh-tw") if language == "zh" else (language,)


@lru_cache(maxsize=64)
def _configured(languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, map(_primary, languages or DEFAULT_LANGUAGES)))


@lru_cache(maxsize=1024)
def _primary(tag: str | None) -> str | None:
    """Our name for a BCP 47 tag: primary subtag, "no" for any Norwegian; None for what is none."""
    primary = re.split("[-_]", (tag or "").strip().lower())[0]
    if not re.fullmatch("[a-z]{2,3}", primary) or primary in ("und", "mul", "zxx"):
        return None
    return {"nb": "no", "nn": "no", "iw": "he", "in": "id"}.get(primary, primary)


def _evidence(text: str) -> tuple[str, str | None]:
    """The text without noise, and the script that decides (None for Latin).

    Outside the Latin script, capitalised Latin words are product names: only lower-case ones count against it.
    """
    tokens = text.split()
    text = " ".join(
        token if token.isalpha() or token.strip(_PUNCTUATION).isalpha() else _NOISE.sub(" ", token) for token in tokens
    )
    others = len(_OTHER_SCRIPT.findall(text))
    if not others or 3 * others < sum(map(len, _LATIN_LOWER.findall(text))):
        return text, None
    counts = Counter({name: len(pattern.findall(text)) for name, pattern in _SCRIPT_RUNS.items()})
    words = _LATIN_WORD.sub(" ", text)
    if counts["kana"] and counts["kana"] * 8 >= counts["han"]:
        return words, "kana"
    counts["kana"] = 0
    return words, max(counts, key=lambda name: (counts[name], name))


def _scores(words: str, script: str | None, configured: frozenset[str]) -> dict[str, float]:
    """Log scores of the languages that compete."""
    engines = load()
    text = words.lower() if words.isupper() else words
    ranked: dict[str, float] = dict(engines.py3langid.rank(text))
    sampled = _langdetect(engines, text)
    candidates = _CANDIDATES.get(script or "", KNOWN_LANGUAGES)
    scores = {
        name: math.log(max(ranked.get(name, 0.0), 1e-9))
        + _LANGDETECT_SHORT * math.log(max(sampled.get(name, 0.0), 1e-3))
        + (0.0 if name in configured else _UNCONFIGURED)
        for name in candidates
    }
    for word in _LETTERS.findall(text.lower()):
        spoken = engines.words.get(word, ())
        for name in spoken:
            if name in scores:
                scores[name] += _WORD / len(spoken) ** 0.3
    if script in _CANDIDATES:
        for name, letters in _OWN_LETTERS.items():
            if name in scores:
                scores[name] += min(3, len(letters.findall(text)))
    return scores


def _langdetect(engines: _Engines, text: str) -> dict[str, float]:
    """langdetect's probabilities above 0.1 under our names."""
    detector = engines.langdetect_factory.create()
    detector.append(text[:_READ])
    found: dict[str, float] = {}
    try:
        for language in detector.get_probabilities():
            name = language.lang.split("-")[0]
            found[name] = found.get(name, 0.0) + language.prob
    except Exception as error:  # "No features in text": LangDetectException of one package or the other
        if type(error).__name__ != "LangDetectException":
            raise
    return found


def _decide(scores: Mapping[str, float]) -> tuple[str, float]:
    """The best language and its share; ties go to the first by name."""
    best = min(scores, key=lambda name: (-scores[name], name))
    # Word evidence adds up faster than it is independent, hence the softening.
    total = sum(math.exp((value - scores[best]) / 1.5) for value in scores.values())
    return best, round(min(0.999, 1.0 / total), 4)
