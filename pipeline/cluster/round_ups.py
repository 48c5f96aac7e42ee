"""Articles that list several events or sell something, so that none of what they tell is their own."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.signature import outlet, strip_outlet
from pipeline.cluster.tokens import fold
from pipeline.model import Article
from pipeline.text.hints import Letters, holds_any
from pipeline.text.sentences import split_sentences

RULES = Path(__file__).parent / "data" / "round_ups.json"
#: Code points of the first paragraph by which a newsletter is known.
_LEAD = 160
#: A list of three titles or more in one headline, parted by semicolons or bars, is a round-up. Behind bars stand names
#: of sections and outlets, too, so that each must have this many code points.
_SEMICOLON, _BAR = re.compile(r"\s*;\s+|\s*；\s*"), re.compile(r"\s*[;|]\s+|[；|｜]")
_SEVERAL, _LONG_PART = 3, 16
#: Code points that make a headline where words are not parted.
_WIDE_PART, _FIRST_WIDE = 5, "\u2e80"

#: What parts the headlines of a list ("Acme worm, Heron breach, harbour fined"), and the words that each must have.
_COMMA = re.compile(r",\s+(?:(?:and|et|und|y|e)\s+)?")
_WORDS = 2
#: Lists among an outlet's titles from which they are its habit, and their least share: of the outlets of fifteen months
#: one made lists of nine titles in ten, the next of four.
_LISTS, _HABIT = 5, 0.75
#: Characters to which a text of a sentence a headline comes, the words that such a sentence shares with its own, and
#: the headlines of a list with commas: one comma may well part two halves of one news.
_BRIEF, _OF_PART, _MANY = 700, 2, 3
#: A name in a title says by itself of which headline a sentence is.
_NAME = re.compile(r"\b[A-ZÀ-Þ]\w{2,}")
_WORD, _SHORT, _CLAUSE = re.compile(r"\w+"), 2, re.compile(r"[;；]")


@dataclass(frozen=True, slots=True)
class RoundUpRule:
    """One kind of title, or of lead, that tells of no event of its own; both are compared folded."""

    name: str
    #: One of these must be in the text before the pattern is tried: most hold none.
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    #: Whether the first paragraph is asked, instead of the title.
    in_lead: bool = False


@lru_cache(maxsize=1)
def round_up_rules() -> tuple[RoundUpRule, ...]:
    """Rules for round-ups, newsletters, podcasts, offers and templates (data/round_ups.json)."""
    rules = json.loads(RULES.read_text(encoding="utf-8"))
    return tuple(
        RoundUpRule(
            r["name"], tuple(map(_plain, r["words"])), re.compile(_plain(r["pattern"])), r.get("where") == "lead"
        )
        for r in rules
    )


def _plain(text: str) -> str:
    """Without accents, Korean in its letters, as `fold` leaves the titles; capitals stay, which patterns need."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def is_round_up(article: Article) -> bool:
    """Whether the article lists several events, so that none of them is its own, or sells something."""
    plain = strip_outlet(article.title, article.site)
    title = fold(plain)
    lead = article.paragraphs[0][:_LEAD].lower() if article.paragraphs else ""
    if _meets_rule(title, in_lead=False) or _meets_rule(lead, in_lead=True):
        return True
    return _is_several(plain) or _tells_several(article)


def _meets_rule(text: str, *, in_lead: bool) -> bool:
    words, patterns = _triggers(in_lead=in_lead)
    return any(patterns[number].search(fold(text) if in_lead else text) for number in words.held_by(text))


@lru_cache(maxsize=2)
def _triggers(*, in_lead: bool) -> tuple[Letters, tuple[re.Pattern[str], ...]]:
    """The words of the rules, and the pattern of each word's rule."""
    rules = [(word, rule.pattern) for rule in round_up_rules() if rule.in_lead is in_lead for word in rule.words]
    return Letters([word for word, _ in rules]), tuple(pattern for _, pattern in rules)


def _is_several(title: str) -> bool:
    """Three headlines or more in one title, as written: folded, a wide semicolon is a narrow one without a space."""
    if holds_any(title, ";；") and len(list(filter(_is_headline, _SEMICOLON.split(title)))) >= _SEVERAL:
        return True
    return holds_any(title, "|｜") and sum(len(p) >= _LONG_PART for p in _BAR.split(title)) >= _SEVERAL


def _is_headline(part: str) -> bool:
    return len(part.split()) >= _WORDS or sum(letter >= _FIRST_WIDE for letter in part) >= _WIDE_PART


def _tells_several(article: Article) -> bool:
    """Whether the title is a list, and the sentences of the text, which are few, are each of one of its headlines.

    "Acme worm spreads, Heron breached" over a sentence on Acme and one on Heron tells two events; "Acme fined, Heron
    warned of the same leak" over sentences that name both tells one, and so does a report of which half the sentences
    are of neither.
    """
    if not _is_list(article.title) or len(article.text) > _BRIEF or article.title in article.text:
        return False
    parts = [_telling(part) for part in _listed(article.title)]
    if len(parts) < _MANY and not holds_any(article.title, ";；"):
        return False
    own = [part - frozenset().union(*(other for other in parts if other is not part)) for part in parts]
    spans = split_sentences(article.text, article.language)
    said = [_telling(piece) for start, end in spans for piece in _CLAUSE.split(article.text[start:end])]
    named = frozenset(map(fold, _NAME.findall(article.title)))
    of = [
        [n for n, part in enumerate(own) if (shared := part & words) and (shared & named or len(shared) >= _OF_PART)]
        for words in said
    ]
    told = {numbers[0] for numbers in of if len(numbers) == 1}
    return len(told) > 1 and len(told) >= len(parts) - 1 and sum(len(numbers) == 1 for numbers in of) > len(of) / 2


def _telling(text: str) -> frozenset[str]:
    """Folded words that tell one headline from the next: whatever is not short, and numbers."""
    return frozenset(word for word in _WORD.findall(fold(text)) if len(word) > _SHORT or word[0].isdecimal())


def find_round_ups(articles: Sequence[Article]) -> NDArray[np.bool_]:
    """Per article whether it is a round-up, by itself or by the habit of its outlet, most of whose titles are lists."""
    listing = [_is_list(article.title) for article in articles]
    titles = Counter(outlet(article) for article in articles)
    lists = Counter(outlet(article) for article, several in zip(articles, listing, strict=True) if several)
    habit = {place for place, count in lists.items() if count >= max(_LISTS, _HABIT * titles[place])}
    found = [
        is_round_up(article) or (several and outlet(article) in habit)
        for article, several in zip(articles, listing, strict=True)
    ]
    return np.array(found, dtype=bool)


def _is_list(title: str) -> bool:
    """Headlines parted by semicolons, or else by commas, none of them the end of the one before."""
    parts = _listed(title)
    several = len(parts) > 1 and all(len(part.split()) >= _WORDS for part in parts)
    return several and not any(part[0].islower() for part in parts[1:])


def _listed(title: str) -> list[str]:
    """The headlines of a title, parted by semicolons, or else by commas."""
    if not holds_any(title, ",;；"):
        return [title]
    parts = _SEMICOLON.split(title)
    return parts if len(parts) > 1 else _COMMA.split(title)
