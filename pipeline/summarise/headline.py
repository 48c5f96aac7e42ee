"""The title that stands for a story."""

from __future__ import annotations

import re

from pipeline.model import Article, Story, SummarySentence
from pipeline.text.headline import headline_span

_CUT = re.compile(r"(?:\.\.\.|…)\s*$")
_QUESTION = re.compile(r"[?？]\s*$")
_LONGEST, _SHORTEST = 160, 18
_SHORTEST_CJK = 8


def headline(story: Story) -> SummarySentence | None:
    """The lead's title, unless it is cut, a question or too short and another in its language is not.

    `title[start:end] == text`: the outlet's name at the end of a title is left out, nothing is reworded.
    """
    if not story.articles:
        return None
    lead = story.articles[0]
    usable = [a for a in story.articles if a.title.strip() and a.id not in story.copies and a.junk is None] or [
        a for a in story.articles if a.title.strip()
    ]
    if not usable:
        return None
    ranked = sorted(enumerate(usable), key=lambda pair: (_faults(pair[1], lead), pair[0]))
    best = ranked[0][1]
    start, end = headline_span(best.title)
    return SummarySentence(
        text=best.title[start:end], article=best.id, start=start, end=end, language=best.language, field="title"
    )


def _faults(article: Article, lead: Article) -> int:
    start, end = headline_span(article.title)
    text = article.title[start:end]
    shortest = _SHORTEST_CJK if ord(text[0]) > 0x2E80 else _SHORTEST
    faults = 4 * bool(_CUT.search(text)) + 3 * bool(_QUESTION.search(text))
    faults += 3 * (len(text) < shortest) + 2 * (len(text) > _LONGEST)
    return faults + 5 * (article.language != lead.language)
