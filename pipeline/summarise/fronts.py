"""What stands before the news in a sentence: datelines, bylines, words of the desk, the title once more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.tables import read_table
from pipeline.text.headline import headline_span
from pipeline.text.normalise import FIRST_IDEOGRAPH

#: What is left has to be a sentence by itself.
_LEAST = 30
_LEAST_CJK = 12
#: Characters that a section's name, a day or a picture's credit before the title may have.
_KICKER = 60
#: Nobody writes a title of this length in the middle of a sentence by chance.
_NO_CHANCE = 24
#: What stands between a title and the sentence that it was run into.
_BETWEEN, _CLOSING = " \u00a0\u202f|–—:-", '»”"'
_STRAIGHT = str.maketrans("’‘“”«»\u00a0\u202f", '\'\'""""  ')
_BEGINS = re.compile(r"[\"“«„‘]?[A-ZÀ-ÞА-ЯЁІЇЄ0-9\u0590-\u06ff\u0900-\u0e7f\u3040-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class FrontRule:
    """One kind of front, with the reason for it and a sentence that shows it, "‖" where the news begins."""

    name: str
    pattern: re.Pattern[str]
    why: str
    case: str


@lru_cache(maxsize=1)
def front_rules() -> tuple[FrontRule, ...]:
    """The rules of data/fronts.toml, in their order."""
    rules = read_table(Path(__file__).parent / "data" / "fronts.toml")["front"]
    return tuple(
        FrontRule(name=rule["name"], pattern=re.compile(rule["pattern"]), why=rule["why"], case=rule["case"])
        for rule in rules
    )


def news_start(sentence: str, title: str, others: Sequence[str] = ()) -> int:
    """Where the news of a sentence begins: 0, or behind a title, dateline, byline or word of the desk before it.

    `others` are titles that a page may have run in beside its own: a link to the report that came next.
    """
    start = 0
    for _ in range(3):
        found = _after_front(sentence[start:], title, others)
        if not found:
            break
        start += found
    return start


def _after_front(sentence: str, title: str, others: Sequence[str]) -> int:
    ends = [_after_title(sentence, title)]
    ends += [_after_title(sentence, other) for other in others if len(other) > _NO_CHANCE]
    ends += [match.end() for rule in front_rules() if (match := rule.pattern.match(sentence)) is not None]
    for end in sorted(ends, reverse=True):
        rest = sentence[end:]
        least = _LEAST_CJK if rest and ord(rest[0]) > FIRST_IDEOGRAPH else _LEAST
        if end and len(rest) >= least and _BEGINS.match(rest):
            return end
    return 0


def _after_title(sentence: str, title: str) -> int:
    """Length of the title, and the space behind it, where a sentence begins with it, or with a kicker and it.

    Word for word, but for the shape of quotation marks and apostrophes, which sites set one way and feeds another.
    """
    start, end = headline_span(title)
    plain = _plain(sentence)
    for head in (_plain(title.strip()), _plain(title[start:end])):
        place = plain.find(head) if len(head) > _NO_CHANCE else 0 if plain.startswith(head) else -1
        if len(head) <= 2 or not 0 <= place <= _KICKER or _ends_mid_word(plain, place):
            continue
        rest = sentence[place + len(head) :]
        # A title of a feed may have lost the mark that ends its quotation.
        between = _BETWEEN + _CLOSING if head.count('"') % 2 else _BETWEEN
        if rest[:1].isspace() or rest[:1] in between:
            return place + len(head) + len(rest) - len(rest.lstrip(between))
    return 0


def _ends_mid_word(text: str, place: int) -> bool:
    return place > 0 and not text[place - 1].isspace()


def _plain(text: str) -> str:
    """Small letters and straight marks, character for character, so that places stay."""
    small = text.casefold()
    return (small if len(small) == len(text) else text).translate(_STRAIGHT)
