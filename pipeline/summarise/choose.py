"""Choose the sentences of a story: who did what to whom, why, and what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.model import Article, Fact, Story
from pipeline.summarise.candidates import Candidate, candidates, content_words, is_beside
from pipeline.summarise.faults import faults
from pipeline.summarise.said import Embedder, same_said

#: An article and what a summary may take of it.
_Pool = tuple[Article, list[Candidate]]

#: What a fact inside a sentence adds to its worth; read on stories of both topics, not fitted.
_FACT_WORTH = {
    "measure": 1.2, "authority": 0.6, "target": 0.6, "amount": 0.7, "duration": 0.6, "exploited": 0.8, "patched": 0.6,
    "cve": 0.5, "cvss": 0.3, "product": 0.5, "legal_basis": 0.3,
}  # fmt: skip
_MOST_FACTS = 3.0
_ARTICLES_READ = 6
#: Sentences come first, then what may happen, then to whom.
_LINES = {None: 0, "risk": 1, "affected": 2, "other": 3}
#: Programs of a list fill a summary up to this; the card names them anyway.
_ENOUGH = 2
#: A sentence this faulty stands only where there is no other.
_DISPENSABLE = 1.5
#: What the first sentence of the news is worth for its place.
_PLACE = 2.2


def choose(story: Story, *, limit: int, embedder: Embedder | None = None) -> list[Candidate]:
    """Up to `limit` sentences in reading order, mostly of one article (the lead, unless another says more)."""
    articles = [a for a in story.articles if a.id not in story.copies and a.junk is None][:_ARTICLES_READ]
    titles = [article.title for article in articles]
    pools = [(article, candidates(article, titles)) for article in articles]
    pools = [(article, pool) for article, pool in pools if pool]
    pools = _fresh(pools, story)
    if not pools or limit < 1:
        return []
    base, pool = _base(pools)
    chosen = _pick(pool, base, story, limit=limit, taken=[], embedder=embedder)
    for article, others in pools:
        if len(chosen) >= min(2, limit):
            break
        if article is not base and article.language == base.language:
            chosen += _pick(others, article, story, limit=min(2, limit) - len(chosen), taken=chosen, embedder=embedder)
    order = {article.id: i for i, article in enumerate([base, *articles])}
    return sorted(chosen, key=lambda c: (0 if c.article is base else order[c.article.id] + 1, _LINES[c.line], c.start))


def _fresh(pools: list[_Pool], story: Story) -> list[_Pool]:
    """Of an update only the reports that readers have not seen, where these say something in the lead's language."""
    news = [pair for pair in pools if pair[0].id in story.fresh and pair[0].language == story.articles[0].language]
    return news if story.status == "update" and news else pools


def _base(pools: Sequence[_Pool]) -> _Pool:
    """The lead article, unless it has fewer than two sentences worth taking and another in its language has more.

    One sentence that the reader has in the lead's own words says more than two of a translation.
    """
    lead = pools[0]
    if _telling(lead) >= 2:
        return lead
    same = [pair for pair in pools[1:] if pair[0].language == lead[0].language and _telling(pair) >= 2]
    if not same and _telling(lead):
        return lead
    return same[0] if same else max(pools, key=lambda pair: (min(2, _telling(pair)), min(2, len(pair[1]))))


def _telling(pair: _Pool) -> int:
    """Sentences that are worth taking."""
    article, pool = pair
    return sum(faults(candidate, article) < _DISPENSABLE for candidate in pool)


def _pick(
    pool: Sequence[Candidate],
    article: Article,
    story: Story,
    *,
    limit: int,
    taken: Sequence[Candidate],
    embedder: Embedder | None,
) -> list[Candidate]:
    lines = [c for c in pool if c.line is not None]
    pool = [c for c in pool if c.line is None]
    flaws = {c.start: faults(c, article) for c in pool}
    worth = {c.start: _worth(c, article, story, pool) - flaws[c.start] for c in pool}
    chosen: list[Candidate] = []
    covered: set[str] = set()
    while len(chosen) < limit:
        left = [
            c
            for c in pool
            if c not in chosen
            and not (flaws[c.start] >= _DISPENSABLE and (taken or chosen))
            and (not c.follows or any(_is_right_before(d, c) for d in chosen))
            and not any(same_said(c, other, embedder) for other in (*taken, *chosen))
        ]
        # "Acme also advised …" stands behind something, where there is anything.
        left = [c for c in left if not is_beside(c) or any(d.start < c.start for d in chosen)] or left[: not chosen]
        if not left:
            break
        best = max(left, key=lambda c: (worth[c.start] + _news(c, article, covered) + _follows(c, chosen), -c.start))
        chosen.append(best)
        covered |= {str(f.value) for f in _facts_inside(best, article)}
    return [*chosen, *_pick_lines(lines, article, room=limit - len(chosen), have=len(taken) + len(chosen))]


def _pick_lines(lines: Sequence[Candidate], article: Article, *, room: int, have: int) -> list[Candidate]:
    """Risks, the first ones, then programs up to two lines: those first that say most of the title, in few words."""
    risks: list[Candidate] = []
    for line in lines:
        if line.line == "risk" and not any(line.words <= other.words for other in risks):
            risks.append(line)
    title = content_words(article.title)
    programs = sorted(
        (line for line in lines if line.line == "affected"), key=lambda c: (-len(c.words & title), len(c.text), c.start)
    )
    chosen = risks[:room]
    return [*chosen, *programs[: max(0, min(room, _ENOUGH - have) - len(chosen))]]


def _is_right_before(first: Candidate, second: Candidate) -> bool:
    """Whether one sentence is followed by the other in one paragraph."""
    return first.article is second.article and first.index + 1 == second.index and second.start - first.end <= 1


def _worth(candidate: Candidate, article: Article, story: Story, pool: Sequence[Candidate]) -> float:
    """Place, words of the titles, words the article keeps coming back to, length."""
    titles = content_words(" ".join(a.title for a in story.articles[:_ARTICLES_READ] if a.language == article.language))
    title = len(candidate.words & titles) / max(4, min(len(titles), 12))
    shared = [
        len(candidate.words & other.words) / max(1, len(candidate.words))
        for other in pool[:30]
        if other is not candidate
    ]
    centre = sum(shared) / max(1, len(shared))
    opening = next((c.index for c in pool if c.words & titles), 0)
    place = _PLACE / (1 + 0.45 * (candidate.index - opening)) if candidate.index >= opening else 0.0
    return place + 1.8 * title + 1.2 * centre


def _facts_inside(candidate: Candidate, article: Article) -> list[Fact]:
    return [
        f
        for f in article.facts
        if f.evidence is not None and f.evidence.field == "text" and candidate.start <= f.evidence.start < candidate.end
    ]


def _news(candidate: Candidate, article: Article, covered: set[str]) -> float:
    """Worth of the facts in a sentence that no chosen one has given; the second id or product of a list adds little."""
    fresh = {(f.type, str(f.value)) for f in _facts_inside(candidate, article) if str(f.value) not in covered}
    kinds = Counter(kind for kind, _ in fresh)
    worth = sum(_FACT_WORTH.get(kind, 0.0) * (1 + 0.1 * (count - 1)) for kind, count in kinds.items())
    return min(_MOST_FACTS, worth)


def _follows(candidate: Candidate, chosen: Sequence[Candidate]) -> float:
    """A little for the sentence right after a chosen one: coherence."""
    return 0.25 if any(c.index + 1 == candidate.index for c in chosen) else 0.0
