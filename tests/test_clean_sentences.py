"""Calls to the reader go and news in the same words stays: two lists of sentences, all in our own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.clean import clean
from pipeline.model import Article

_DATA = Path(__file__).parent / "data" / "clean_sentences"
_FIRST = "Der erste Absatz der Nachricht ist lang genug, um als laufender Text zu gelten, und bleibt stehen."
#: Calls of eight languages that may stay, e.g. "Check your inbox to confirm." behind a sentence that goes.
_MISSED_MOST = 0.05


def _lines(name: str) -> Iterator[tuple[str, str]]:
    language = ""
    for line in (_DATA / name).read_text("utf-8").splitlines():
        if line.startswith("# "):
            language = line[2:]
        elif line:
            yield language, line


def _left(*sentences: str) -> tuple[str, ...]:
    article = Article(id="1", feed="https://www.example.org/rss", url="https://www.example.org/1",
                      title="Eine Nachricht", paragraphs=(_FIRST, *sentences))  # fmt: skip
    return clean([article])[0].paragraphs[1:]


def test_calls_go() -> None:
    """Sign-up, consent, unsubscribe, paywall, cookie, share and related lines go, in every language alike."""
    calls, missed = Counter(language for language, _ in _lines("calls.txt")), Counter[str]()
    for language, call in _lines("calls.txt"):
        missed[language] += bool(_left(call))

    assert sum(calls.values()) >= 280
    assert {language for language in calls if missed[language] > _MISSED_MOST * calls[language]} == set()


@pytest.mark.parametrize("sentence", [pytest.param(text, id=f"{lang}-{n}") for n, (lang, text) in
                                      enumerate(_lines("news.txt"))])  # fmt: skip
def test_news_in_the_same_words_stays(sentence: str) -> None:
    """Newsletters, cookies, subscribers and unsubscribing are news too; alone, and behind another sentence."""
    assert _left(sentence) == (sentence,)
    together = f"Das teilte die Behörde am Montag mit. {sentence}"
    assert _left(together) == (together,)


def test_a_call_behind_news_goes_alone() -> None:
    """In one paragraph with news, the call goes and the news stays."""
    news = "Die Lücke CVE-2026-10006 kostet die Beispiel AG 4,2 Millionen Euro."
    for _, call in _lines("calls.txt"):
        left = " ".join(_left(f"{news} {call}"))
        assert left.startswith(news)
