"""How a story came together: every pair of its articles, the score, what spoke for and against it, the guard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from pipeline.cluster import guards
from pipeline.cluster.round_ups import find_round_ups
from pipeline.cluster.scoring import COLUMNS, ONE_FLAW, PairScorer
from pipeline.cluster.stories import WINDOW
from pipeline.model import Article, Story
from pipeline.vectors import Embedder, embed_articles, stack
from pipeline.vectors.e5 import TokenEncoder

#: A story of more articles is explained by its first ones: pairs grow with the square.
_ARTICLES = 40
_REASONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PairEvidence:
    """Two articles of a story and the judgement on them."""

    left: str
    right: str
    #: Probability that both tell one event, by the pair model alone.
    probability: float
    #: Name of the guard that bars the pair, None when none does.
    guard: str | None
    #: Names of what counts against the pair without barring it (guards.AGAINST).
    against: tuple[str, ...]
    #: Whether both titles hold one nickname of a flaw, which joins a pair in doubt.
    one_flaw: bool
    #: Feature name and what it adds to the log-odds, strongest first.
    reasons: tuple[tuple[str, float], ...]


def explain_pairs(
    articles: Sequence[Article],
    *,
    window: timedelta = WINDOW,
    embedder: Embedder | None = None,
    tokens: TokenEncoder | None = None,
) -> list[PairEvidence]:
    """Judge each pair of the first articles, in order. Rareness of words is reckoned within these articles and the
    background, so scores differ a little from those of the run that grouped them."""
    chosen = list(articles[:_ARTICLES])
    if embedder is not None:
        chosen = embed_articles(chosen, embedder)
    left, right = np.triu_indices(len(chosen), 1)
    scorer = PairScorer(chosen, stack(chosen), window, embedder, tokens)
    added = scorer.reasons(left, right)
    scores = scorer.open_scores(left, right)
    chance = 1.0 / (1.0 + np.exp(-scores))
    one_flaw = scorer.one_flaw(scores, left, right)
    barred = scorer.guard(left, right, one_flaw)
    against = scorer.against(np.where(one_flaw, np.maximum(scores, ONE_FLAW), scores), left, right)
    lonely = find_round_ups(chosen)
    pairs = []
    for row, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        order = sorted(range(len(COLUMNS)), key=lambda k: (-abs(float(added[row, k])), k))[:_REASONS]
        guard = guards.GUARDS[barred[row]] if barred[row] >= 0 else None
        if lonely[a] or lonely[b]:
            guard = "round-up"
        elif guards.is_too_little(scorer.signatures[a]) or guards.is_too_little(scorer.signatures[b]):
            guard = "too little text"
        pairs.append(
            PairEvidence(
                left=chosen[a].id,
                right=chosen[b].id,
                probability=round(float(chance[row]), 3),
                guard=guard,
                against=tuple(name for name, where in against.items() if where[row]),
                one_flaw=bool(one_flaw[row]),
                reasons=tuple((COLUMNS[k], round(float(added[row, k]), 2)) for k in order),
            )
        )
    return pairs


def explain(
    story: Story,
    *,
    window: timedelta = WINDOW,
    embedder: Embedder | None = None,
    tokens: TokenEncoder | None = None,
) -> str:
    """Plain text for `cyberdigest story show`: the articles, then each pair with its score and reasons."""
    names = {article.id: f"[{number}]" for number, article in enumerate(story.articles, start=1)}
    lines = [f"story {story.id}" + (f" (was {', '.join(story.aliases)})" if story.aliases else "")]
    for article in story.articles:
        original = story.copies.get(article.id)
        day = article.published.date().isoformat() if article.published else "undated"
        note = f"  copy of {names.get(original, original)}" if original else ""
        lines.append(f"{names[article.id]} {day} {article.language or '?'} {article.site or article.feed}: "
                     f"{article.title}  ({article.id}){note}")  # fmt: skip
    if len(story.articles) == 1:
        return "\n".join([*lines, "one article, so there are no pairs"])
    lines.append("pairs: probability of one event; what added most to its log-odds; what counts against it; guard")
    for pair in explain_pairs(story.articles, window=window, embedder=embedder, tokens=tokens):
        reasons = ", ".join(f"{name} {value:+.2f}" for name, value in pair.reasons)
        verdict = "  one flaw's nickname in both titles" if pair.one_flaw else ""
        verdict += f"  against: {', '.join(pair.against)}" if pair.against else ""
        verdict += f"  GUARD: {pair.guard}" if pair.guard else ""
        lines.append(f"{names[pair.left]}-{names[pair.right]} {pair.probability:.3f}  {reasons}{verdict}")
    if len(story.articles) > _ARTICLES:
        lines.append(f"only the first {_ARTICLES} of {len(story.articles)} articles are compared here")
    return "\n".join(lines)
