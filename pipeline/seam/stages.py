"""Each text stage as a function from records to records: same order, same count, its own keys added.

Stages are imported when they are first used: `stage clean` loads no model of another stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.model import Article, Story, SummarySentence
from pipeline.seam.options import StageOptions
from pipeline.seam.page_stage import extract_pages
from pipeline.seam.records import Record, fact_record, to_article
from pipeline.seam.translate_stage import translate_fields


def _clean(records: list[Record], options: StageOptions) -> list[Record]:
    from pipeline.clean import clean, explain

    articles = clean([to_article(record) for record in records])
    if options.explain is not None:
        for article in articles:
            options.explain(explain(article))
    return [
        {
            **record,
            "id": article.id,
            "text": article.text,
            "removed": [{"text": block.text, "rule": block.rule} for block in article.removed],
            "junk": {"is": article.junk is not None, "reason": article.junk.reason if article.junk else None},
        }
        for record, article in zip(records, articles, strict=True)
    ]


def _detect(records: list[Record], options: StageOptions) -> list[Record]:
    from pipeline.detect import detect

    articles = [
        replace(to_article(record), language=None, html_language=_hint(record, "html_language"),
                feed_language=_hint(record, "feed_language"))
        for record in records
    ]  # fmt: skip
    return [
        {**record, "id": article.id, "language": article.language, "language_confidence": article.language_confidence}
        for record, article in zip(records, detect(articles, languages=options.languages), strict=True)
    ]


def _hint(record: Record, key: str) -> str | None:
    value = record.get(key)
    return value if isinstance(value, str) else None


def _classify(records: list[Record], options: StageOptions) -> list[Record]:
    from pipeline.classify import BUILT_IN, classify
    from pipeline.vectors import load_embedder

    articles = classify(
        [to_article(record) for record in records], topics=options.topics or BUILT_IN, embedder=load_embedder()
    )
    return [
        {
            **record,
            "id": article.id,
            "topics": {name: round(value, 4) for name, value in article.topics.items()},
            "labels": list(article.labels),
        }
        for record, article in zip(records, articles, strict=True)
    ]


def _facts(records: list[Record], _options: StageOptions) -> list[Record]:
    from pipeline.facts import find_facts

    articles = find_facts([to_article(record) for record in records])
    return [
        {**record, "id": article.id, "facts": [fact_record(fact) for fact in article.facts]}
        for record, article in zip(records, articles, strict=True)
    ]


def _cluster(records: list[Record], options: StageOptions) -> list[Record]:
    from pipeline.cluster import cluster
    from pipeline.vectors import embed_articles, load_embedder
    from pipeline.vectors.e5 import load_token_encoder

    embedder, tokens = load_embedder(), load_token_encoder()
    unique, names = _distinct([to_article(record) for record in records])
    stories = cluster(embed_articles(unique, embedder), window=options.window, embedder=embedder, tokens=tokens)
    story_of = {article.id: story.id for story in stories for article in story.articles}
    return [
        {**record, "id": name, "story": story_of.get(name, name)} for record, name in zip(records, names, strict=True)
    ]


def _summarise(records: list[Record], options: StageOptions) -> list[Record]:
    from pipeline.summarise import summarise

    articles = [to_article(record) for record in records]
    groups: dict[str, list[Article]] = {}
    keys = [str(record.get("story") or article.id) for record, article in zip(records, articles, strict=True)]
    for key, article in zip(keys, articles, strict=True):
        groups.setdefault(key, []).append(article)
    stories = [Story(id=key, articles=tuple(_distinct(group)[0])) for key, group in groups.items()]
    summaries = {
        story.id: [_sentence_record(sentence) for sentence in story.summary]
        for story in summarise(stories, limit=options.sentences)
    }
    return [
        {**record, "id": article.id, "summary": summaries[key]}
        for record, article, key in zip(records, articles, keys, strict=True)
    ]


def _distinct(articles: list[Article]) -> tuple[list[Article], list[str]]:
    """Each article once, and the id of each input line: a line that stands twice is one article."""
    unique: dict[str, Article] = {}
    for article in articles:
        unique.setdefault(article.id, article)
    return list(unique.values()), [article.id for article in articles]


def _sentence_record(sentence: SummarySentence) -> Record:
    record: Record = {
        "text": sentence.text, "article": sentence.article, "start": sentence.start, "end": sentence.end,
    }  # fmt: skip
    if sentence.field != "text":
        record["field"] = sentence.field
    if sentence.language:
        record["language"] = sentence.language
    return record


#: Name of a stage → the stage; the order is that of an article's way.
STAGES: Mapping[str, Callable[[list[Record], StageOptions], list[Record]]] = {
    "extract": extract_pages,
    "clean": _clean,
    "detect": _detect,
    "classify": _classify,
    "facts": _facts,
    "cluster": _cluster,
    "summarise": _summarise,
    "translate": translate_fields,
}
