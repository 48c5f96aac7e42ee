"""Why an article got its topics, and how good a topic of the user's own is on labelled lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.classify import heads
from pipeline.classify.beats import beats
from pipeline.classify.concepts import concept_names, find_concepts, fold_text
from pipeline.classify.features import LEAD_CHARACTERS, word_parts
from pipeline.classify.own import CONCEPT_FULL, TEXT_CHARACTERS, concept_mixes, own_topic
from pipeline.classify.side_by_side import LoadWords, Readings
from pipeline.classify.topics import classify, topic_threshold
from pipeline.model import Article, TopicSpec
from pipeline.vectors import Embedder, stack
from pipeline.vectors.e5 import load_token_encoder

#: Reasons told of a topic.
_REASONS = 8


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: what it is, the words that show it, and what it added (in logits, or likeness)."""

    name: str
    words: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class TopicExplanation:
    """One topic of one article."""

    topic: str
    probability: float
    threshold: float
    #: Strongest first.
    reasons: tuple[Reason, ...]
    #: For topics by example: (example, how near it is, -1 to 1), nearest first.
    nearest: tuple[tuple[str, float], ...] = ()
    #: Of a title that lists several news, the headline that the reasons are about; None where the whole decided.
    beat: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All topics of one article."""

    article: str
    topics: tuple[TopicExplanation, ...]


@dataclass(frozen=True, slots=True)
class TopicTest:
    """How a topic does on lines the user labelled; `wrong` holds (line number from 1, text, probability)."""

    lines: int
    positives: int
    precision: float
    recall: float
    f1: float
    wrong: tuple[tuple[int, str, float], ...]


def test_topic(spec: TopicSpec, lines: Sequence[tuple[str, bool]], *, embedder: Embedder) -> TopicTest:
    """Precision and recall of a topic.

    Args:
        lines: (headline or text, whether it is on the topic).
    """
    articles = [Article(id=str(i), feed="", url=None, title=text) for i, (text, _) in enumerate(lines)]
    done = classify(articles, topics=[spec], embedder=embedder)
    found = [bool(article.labels) for article in done]
    hits = sum(label and on for label, (_, on) in zip(found, lines, strict=True))
    positives = sum(on for _, on in lines)
    precision, recall = hits / max(1, sum(found)), hits / max(1, positives)
    return TopicTest(
        lines=len(lines),
        positives=positives,
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if hits else 0.0,
        wrong=tuple(
            (i + 1, text, done[i].topics[spec.name])
            for i, ((text, on), label) in enumerate(zip(lines, found, strict=True))
            if on != label
        ),
    )


test_topic.__test__ = False  # type: ignore[attr-defined]  # not a test of pytest's


def explain(
    article: Article, topics: Sequence[TopicSpec], embedder: Embedder, words: LoadWords = load_token_encoder
) -> Explanation:
    """Why the article has its probabilities, by the strongest reasons; `words` as for `classify`."""
    done = classify([article], topics=topics, embedder=embedder, words=words)[0]
    alone = _beats(done, topics, embedder, words)
    trained = heads.load_heads()
    parts = []
    for topic in topics:
        probability = done.topics[topic.name]
        decided = next((beat for beat in alone if beat.topics[topic.name] == probability > 0), done)
        if topic.examples:
            reasons, nearest = _own_reasons(decided, topic, embedder, words)
        elif topic.name in trained:
            reasons, nearest = _head_reasons(decided, trained[topic.name], embedder), ()
        else:
            reasons, nearest = [], ()
        reasons.sort(key=lambda reason: (-abs(reason.weight), reason.name))
        parts.append(
            TopicExplanation(
                topic=topic.name,
                probability=probability,
                threshold=topic_threshold(topic),
                reasons=tuple(reasons[:_REASONS]),
                nearest=nearest,
                beat=None if decided is done else decided.title,
            )
        )
    return Explanation(article=article.id, topics=tuple(parts))


def _beats(article: Article, topics: Sequence[TopicSpec], embedder: Embedder, words: LoadWords) -> list[Article]:
    """Each headline that the title lists, judged as an article by itself; none for the title of one news."""
    alone = [Article(id="", feed="", url=None, title=beat, language=article.language) for beat in beats(article.title)]
    free = [replace(topic, must=(), must_not=()) for topic in topics]
    return classify(alone, topics=free, embedder=embedder, words=words)


def _head_reasons(article: Article, head: heads.Head, embedder: Embedder) -> list[Reason]:
    """Concepts, words and meaning that a trained head weighed."""
    lead = "" if article.junk else article.text[:LEAD_CHARACTERS]
    calibration = heads.calibration_of(article.language, has_vector=embedder.name == heads.ENCODER)
    variant = calibration.partition("/")[0]
    slope = head.calibration[calibration][0]
    shown = _concept_words(f"{article.title}\n{lead}")
    vectors = stack([article]) if variant == "full" else None
    inputs = heads.read_inputs([article.title], [lead], [article.language], vectors)
    measure = head.measure[variant]
    reasons = [
        Reason(
            name, tuple(dict.fromkeys(w for part in name.split(" (")[0].split(" + ") for w in shown.get(part, ()))), w
        )
        for name, w in zip(heads.feature_names(), (slope * inputs.concepts[0] * measure.concepts).tolist(), strict=True)
        if w
    ]
    weights: dict[str, float] = {}
    for part in word_parts(article.title, lead):
        scale = slope / max(1.0, len(part) ** 0.5)
        for bucket, term in part.items():
            weights[term] = weights.get(term, 0.0) + scale * float(measure.words[bucket])
    reasons += [Reason("word", (term,), weight) for term, weight in weights.items()]
    if vectors is not None and measure.vector is not None:
        reasons.append(Reason("meaning (sentence vector)", (), slope * float((vectors @ measure.vector)[0])))
    if outside := slope * float(head.outside(variant, inputs)[0]):
        reasons.append(Reason("of another field", (), outside))
    return reasons


def _own_reasons(
    article: Article, topic: TopicSpec, embedder: Embedder, words: LoadWords
) -> tuple[list[Reason], tuple[tuple[str, float], ...]]:
    """Concepts shared with the examples, and the nearest examples."""
    own = own_topic(topic, embedder)
    text = "" if article.junk else article.text[:TEXT_CHARACTERS]
    shown = _concept_words(f"{article.title}\n{text}")
    mix = concept_mixes([article.title], [text])[0]
    shares = mix * own.concepts * own.concept_share / CONCEPT_FULL
    reasons = [
        Reason(name, shown.get(name, ()), float(share))
        for name, share in zip(concept_names(), shares.tolist(), strict=True)
        if share
    ]
    vector = stack([article], dimensions=embedder.dimensions)
    readings = Readings([article.title], [text], words)
    found = own.likeness(readings, vector)
    name = "meaning (words in context)" if found.by_words[0] else "meaning (sentence vector)"
    reasons.append(Reason(name, (), float((1 - own.concept_share) * found.meaning[0])))
    examples = readings.examples(topic.examples)
    lines, near = topic.examples, own.examples @ vector[0]
    if examples is not None:
        lines, near = examples.lines, readings.nearness([0], examples)[0]
    order = np.argsort(-near, kind="stable")[:3]
    return reasons, tuple((lines[i], round(float(near[i]), 3)) for i in order)


def _concept_words(text: str) -> Mapping[str, tuple[str, ...]]:
    """The words of the (folded) text that show each concept."""
    folded = fold_text(text)
    found: dict[str, dict[str, None]] = {}
    for hit in find_concepts(folded):
        found.setdefault(hit.concept, {})[folded[hit.start : hit.end]] = None
    return {name: tuple(words) for name, words in found.items()}
