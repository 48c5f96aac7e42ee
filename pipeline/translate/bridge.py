"""What is reworded before and after a rule-based engine, whose dictionaries have one word for many and know no context.

Rules are data (data/bridge.toml): a French sentence is put so that Apertium reads it rightly ("aucune attaque n'a été":
Catalan keeps the "no", Portuguese then denies twice), and the Portuguese it gives is mended where it is never right.
Words that one dictionary writes and the next does not know are in data/leftovers.toml.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.tables import read_table
from pipeline.translate.inflection import joined

_DATA = Path(__file__).parent / "data"
_WORD = re.compile(r"[^\W\d_]+(?:·[^\W\d_]+)?")
#: Letters from which endings tell the language.
_LONG_WORD = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """One rewording; `sample` holds a text before and after, for the tests."""

    pattern: re.Pattern[str]
    replace: str
    sample: tuple[str, str]
    #: Whether the word that opened a match stands behind others now, where it has no capital.
    is_moved: bool = False


def before(text: str, source: str) -> str:
    """A text as the engine reads it best."""
    rules = _rules().get(f"before-{source}", ())
    return reworded(text.replace("’", "'"), rules) if rules else text


def plainly(text: str, source: str) -> str:
    """A text as a neural engine that needs no other hop reads it best."""
    return reworded(text, _rules().get(f"plain-{source}", ()))


def after(text: str, target: str) -> str:
    """An engine's text, mended where its habits are known; capitals are kept."""
    return reworded(without_leftovers(text, target), _rules().get(f"after-{target}", ()))


def reworded(text: str, rules: tuple[Rule, ...]) -> str:
    """The text after each rule in turn; a capital at the start of a match stays."""
    for rule in rules:
        text = rule.pattern.sub(lambda match: _as_capital(match, rule), text)  # noqa: B023 - called at once
    return text


def _as_capital(match: re.Match[str], rule: Rule) -> str:
    new = match.expand(rule.replace)
    first = _WORD.match(match[0]) if rule.is_moved else None
    if first:
        new = new.replace(first[0], first[0].lower(), 1)
    return new[:1].upper() + new[1:] if match[0][:1].isupper() else new


def without_leftovers(text: str, target: str) -> str:
    """The text with the words that its dictionaries passed on untranslated; capitals are kept."""
    words, endings = _leftovers().get(target, {}), _leftovers().get(f"{target}-endings", {})
    if not words:
        return text

    def known(match: re.Match[str]) -> str:
        word = words.get(match[0].lower())
        if word is None:
            end = next((e for e in endings if match[0].endswith(e)), None) if len(match[0]) >= _LONG_WORD else None
            return match[0] if end is None else match[0].removesuffix(end) + endings[end]
        return word[0].upper() + word[1:] if match[0][0].isupper() else word

    done, position = "", 0
    for match in _WORD.finditer(text):
        done, position, word = done + text[position : match.start()], match.end(), known(match)
        done = done + word if word == match[0] else _fitted(done, word, target)
    return done + text[position:]


def _fitted(before: str, word: str, target: str) -> str:
    """A text and a word put in behind it: "d'inicialização" becomes "de démarrage", "le hospedagem" "l'hébergement"."""
    whole = joined(before, word, "", target)
    return f"{before[:-1]}e {word}" if whole is None else whole


def rules() -> dict[str, tuple[Rule, ...]]:
    """All rules by the place where they are read: "before-fr", "after-pt"."""
    return _rules()


@cache
def words_of_rules(target: str) -> frozenset[str]:
    """Words that the rules and the target's table write themselves, small: no dictionary need know them."""
    written = [rule.replace for rules in _rules().values() for rule in rules]
    written += _leftovers().get(target, {}).values()
    return frozenset(word.lower() for text in written for word in _WORD.findall(text))


@cache
def version() -> str:
    """Changes with the rules and the words: part of a model's name."""
    digest = hashlib.sha256()
    for name in ("bridge.toml", "leftovers.toml"):
        digest.update((_DATA / name).read_bytes())
    return digest.hexdigest()[:8]


@cache
def _rules() -> dict[str, tuple[Rule, ...]]:
    tables = read_table(_DATA / "bridge.toml")
    return {place: tuple(_rule(**entry) for entry in entries) for place, entries in tables.items()}


def _rule(pattern: str, replace: str, sample: list[str], why: str = "", *, moved: bool = False) -> Rule:  # noqa: ARG001 - for those who read it
    return Rule(re.compile(pattern, re.IGNORECASE), replace, (sample[0], sample[1]), moved)


@cache
def _leftovers() -> dict[str, dict[str, str]]:
    return read_table(_DATA / "leftovers.toml")
