"""The stage itself: probabilities and labels for articles, and the cheap first look at entries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import heads
from pipeline.classify.beats import beats
from pipeline.classify.features import LEAD_CHARACTERS
from pipeline.classify.own import TEXT_CHARACTERS, own_topic
from pipeline.classify.side_by_side import LoadWords, Readings
from pipeline.model import Article, Entry, TopicSpec, Triage
from pipeline.text.tags import primary
from pipeline.vectors import Embedder, article_text, embed_articles, stack
from pipeline.vectors.e5 import load_token_encoder

#: The topics cyberdigest is about; definitions in docs/topics.md.
BUILT_IN: tuple[TopicSpec, ...] = (
    TopicSpec(
        name="disclosure",
        titles={
            "en": "Vulnerability disclosures", "fr": "Vulnérabilités", "de": "Schwachstellen", "es": "Vulnerabilidades",
            "it": "Vulnerabilità", "pt": "Vulnerabilidades", "nl": "Kwetsbaarheden", "pl": "Podatności",
            "ar": "الثغرات الأمنية",
        },
    ),
    TopicSpec(
        name="sanction",
        titles={
            "en": "Sanctions", "fr": "Sanctions", "de": "Sanktionen", "es": "Sanciones",
            "it": "Sanzioni", "pt": "Sanções", "nl": "Sancties", "pl": "Sankcje", "ar": "العقوبات",
        },
    ),
)  # fmt: skip

_TAG = re.compile(r"<[^>]{0,500}>")


def classify(
    articles: Sequence[Article],
    *,
    topics: Sequence[TopicSpec],
    embedder: Embedder,
    words: LoadWords = load_token_encoder,
) -> list[Article]:
    """Give every article its topic probabilities, labels and (if missing) vector; same order and count.

    A junk article is judged by its title alone. Topics are independent: an article may carry all or none.

    Args:
        words: Called for topics with examples only; without an encoder, sentence vectors judge alone.
    """
    done = embed_articles(articles, embedder)
    titles = [article.title for article in done]
    texts = ["" if article.junk else article.text[:TEXT_CHARACTERS] for article in done]
    languages = [article.language for article in done]
    items = _Texts(titles, texts, languages, stack(done, dimensions=embedder.dimensions), words)
    scores = _scores(items, topics, embedder)
    thresholds = [topic_threshold(topic) for topic in topics]
    return [
        replace(
            article,
            topics={topic.name: round(float(p), 4) for topic, p in zip(topics, row, strict=True)},
            labels=tuple(t.name for t, p, least in zip(topics, row, thresholds, strict=True) if p >= least),
        )
        for article, row in zip(done, scores, strict=True)
    ]


def triage(
    entries: Sequence[Entry],
    *,
    topics: Sequence[TopicSpec],
    embedder: Embedder,
    floor: float | None = None,
    words: LoadWords = load_token_encoder,
) -> list[Triage]:
    """Which entries are worth fetching, by title and summary; same order and count.

    Args:
        floor: Lowest probability (of the likeliest topic) that passes; None takes the one that kept all but one
            in a hundred of the training positives.
        words: As for `classify`.
    """
    least = heads.triage_floor() if floor is None else floor
    summaries = [entry.summary or _TAG.sub(" ", (entry.content or "")[:4000]) for entry in entries]
    vectors = embedder.embed([article_text(e.title, s) for e, s in zip(entries, summaries, strict=True)])
    languages = [primary(entry.language, "") or None for entry in entries]
    items = _Texts([entry.title for entry in entries], summaries, languages, vectors, words)
    scores = _scores(items, topics, embedder)
    found = []
    for entry, summary, row in zip(entries, summaries, scores, strict=True):
        score = round(float(row.max(initial=0.0)), 6)
        has_text = any(character.isalnum() for character in entry.title + summary)
        reason = "no text" if not has_text else "topic" if score >= least else "below floor"
        found.append(Triage(entry=entry.id, score=score, passed=reason == "topic", reason=reason))
    return found


def topic_threshold(topic: TopicSpec) -> float:
    """From which probability an article carries the topic's label."""
    if topic.threshold is not None:
        return topic.threshold
    head = None if topic.examples else heads.load_heads().get(topic.name)
    return head.threshold if head else 0.5


@dataclass(frozen=True, slots=True)
class _Texts:
    """n texts as topics see them; vectors have the shape (n, dimensions)."""

    titles: Sequence[str]
    texts: Sequence[str]
    languages: Sequence[str | None]
    vectors: NDArray[np.float32]
    words: LoadWords


def _scores(items: _Texts, topics: Sequence[TopicSpec], embedder: Embedder) -> NDArray[np.float64]:
    """Shape (texts, topics): what a topic's own patterns forbid is 0, a title that lists news has its likeliest's."""
    scores = _chances(items, topics, embedder)
    listed = [(row, part) for row, title in enumerate(items.titles) for part in beats(title)]
    if listed:
        rows, parts = [row for row, _ in listed], [part for _, part in listed]
        spoken = [items.languages[row] for row in rows]
        alone = _Texts(parts, [""] * len(parts), spoken, embedder.embed(parts), items.words)
        np.maximum.at(scores, rows, _chances(alone, topics, embedder))
    for column, topic in enumerate(topics):
        scores[:, column] *= _allowed(topic, items.titles, items.texts)
    return scores


def _chances(items: _Texts, topics: Sequence[TopicSpec], embedder: Embedder) -> NDArray[np.float64]:
    """Shape (texts, topics): each text as one news, whatever the topics' patterns say."""
    scores = np.zeros((len(items.titles), len(topics)))
    trained = heads.load_heads()
    leads = [text[:LEAD_CHARACTERS] for text in items.texts]
    known = items.vectors if embedder.name == heads.ENCODER else None
    inputs = heads.read_inputs(items.titles, leads, items.languages, known)
    readings = Readings(items.titles, items.texts, items.words)
    for column, topic in enumerate(topics):
        if topic.name in trained and not topic.examples:
            scores[:, column] = trained[topic.name].probabilities(inputs, items.languages)
        elif topic.examples:
            own = own_topic(topic, embedder)
            scores[:, column] = own.probabilities(readings, items.vectors)
        elif topic.must:
            # A topic of patterns alone: they decide.
            scores[:, column] = 1.0
    return scores


def _allowed(topic: TopicSpec, titles: Sequence[str], leads: Sequence[str]) -> NDArray[np.float64]:
    """1.0 where the topic's own patterns let the text pass, else 0.0."""
    must, must_not = _compiled(topic.must), _compiled(topic.must_not)
    if not must and not must_not:
        return np.ones(len(titles))
    texts = [f"{title}\n{lead}" for title, lead in zip(titles, leads, strict=True)]
    return np.array(
        [
            float((not must or any(p.search(t) for p in must)) and not any(p.search(t) for p in must_not))
            for t in texts
        ]
    )  # fmt: skip


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
