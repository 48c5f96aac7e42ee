"""From kept articles to stories: clean, detect, classify, find facts, group; committed batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.model import Article, Story
from pipeline.run.openings import languages_of
from pipeline.run.shop import SCORE_BATCH, TAIL, Shop, batches
from pipeline.run.stumbles import passing_over

if TYPE_CHECKING:
    from pipeline.clean import SiteBlocks


def judge_articles(shop: Shop) -> None:
    """Clean, detect, classify and find facts in what was extracted; an article without a language was not read yet."""
    from pipeline.clean import SiteBlocks, learn

    seen = shop.store.articles_between(shop.since, shop.now + TAIL, labels_only=False, by="first_seen")
    unread = [article for article in seen if article.language is None]
    if not unread:
        return
    kept = shop.store.load_blocks()
    known = SiteBlocks.from_dict(kept.get("", {})).merge(learn(unread), today=shop.now.date())
    shop.store.save_blocks({"": known.to_dict()})
    languages = languages_of(shop.config)
    with shop.progress.step("Judging articles", len(unread)) as step:
        for batch in batches(unread, SCORE_BATCH):
            judged = _judged(shop, batch, known, languages)
            shop.store.save_articles(judged)
            shop.report.articles_read += len(judged)
            step.advance(len(batch))


def _judged(shop: Shop, articles: Sequence[Article], known: SiteBlocks, languages: tuple[str, ...]) -> list[Article]:
    """The articles judged; without one that the program stumbles over, which the next run tries again."""
    from pipeline.clean import clean
    from pipeline.detect import detect
    from pipeline.facts import find_facts

    def judge(some: Sequence[Article]) -> list[Article]:
        return find_facts(_classify(shop, detect(clean(some, known=known), languages=languages)))

    return passing_over(articles, judge, shop.report.stumbled)


def _classify(shop: Shop, articles: Sequence[Article]) -> list[Article]:
    from pipeline.classify import classify
    from pipeline.vectors import embed_articles

    known = embed_articles(articles, shop.embedder)
    return classify(known, topics=shop.config.topics, embedder=shop.embedder, words=lambda: shop.tokens)


def group_stories(shop: Shop, closed: datetime) -> list[Story]:
    """Stories of the open window; articles that have a story keep it, new ones join or found one."""
    from pipeline.cluster import cluster
    from pipeline.run.decisions import decisions_of

    window = shop.config.settings.stories.window
    articles = shop.store.articles_between(closed - window, closed + timedelta(microseconds=1))
    known = shop.store.known_stories(closed - window)
    placed = {article.id for story in known for article in story.articles}
    fresh = [article for article in articles if article.id not in placed]
    decisions = decisions_of(shop.store)
    with shop.progress.step("Grouping stories", len(fresh)) as step:
        stories = cluster(
            fresh, known=known, window=window, decisions=decisions, embedder=shop.embedder, tokens=shop.tokens
        )
        shop.store.save_stories(stories)
        step.advance(len(fresh))
    return stories
