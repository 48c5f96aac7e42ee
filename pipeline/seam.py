"""JSON Lines, the seam for people: every text stage as a filter from records to records.

A record is one JSON object with the keys `id url feed title published html text language language_confidence removed
topics labels facts story summary translation junk`; other keys pass through untouched. A stage adds or replaces its own
keys only, keeps order and count, and makes do where a key is missing. Nothing here opens a socket.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.compose import Style, Translates
from pipeline.errors import InputError
from pipeline.model import (
    Article,
    Entry,
    Evidence,
    Fact,
    Junk,
    Page,
    Removed,
    Story,
    SummarySentence,
    TopicSpec,
    Translation,
)

Record = dict[str, Any]

_STYLES: tuple[Style, ...] = ("text", "headline")
#: Records handed to a stage at once; cluster takes all.
BATCH = 256
#: Half of a character beyond the first 65,536, which no UTF-8 can hold; feeds cut texts in the middle of an emoji.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOptions:
    """What the command line says about a stage; each stage looks at its own."""

    languages: tuple[str, ...] = ()
    topics: tuple[TopicSpec, ...] = ()
    target: str = "en"
    fields: tuple[str, ...] = ("title", "summary")
    window: timedelta = timedelta(days=14)
    sentences: int = 3
    translator: Callable[[], Translates] | None = None
    #: Called with each cleaned article, to show what was removed.
    explain: Callable[[str], None] | None = None


@dataclass(slots=True, kw_only=True)
class Report:
    """What a filter went through."""

    records: int = 0
    bad_lines: list[str] = field(default_factory=list)


def filter_lines(
    stage: str, lines: Iterable[str], write: Callable[[str], object], options: StageOptions, *, source: str = "stdin"
) -> Report:
    """Run one stage over JSON Lines.

    Args:
        stage: A key of `STAGES`.
        lines: One JSON object a line; blank lines are passed over.
        write: Takes each line of the result, without the line end.
        options: What the stage is told.
        source: Name of the input for messages.
    Returns:
        Count of records written and the faults of lines that could not be read, each "source:line: reason".
    """
    report = Report()
    good = _read(lines, source, report)
    batches = [list(good)] if stage == "cluster" else _batches(good, BATCH)
    for batch in batches:
        for record in STAGES[stage](batch, options) if batch else ():
            write(json.dumps(record, ensure_ascii=False))
            report.records += 1
    return report


def _read(lines: Iterable[str], source: str, report: Report) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = _parse(line)
            to_article(record)
        except (InputError, ValueError, RecursionError) as error:
            reason = error.reason if isinstance(error, InputError) else f"not valid JSON: {error}"
            report.bad_lines.append(f"{source}:{number}: {reason}")
            continue
        yield record


def _parse(line: str) -> Record:
    record = json.loads(line.lstrip("\ufeff"), parse_constant=_refuse)
    if _ESCAPED_SURROGATE.search(line):
        record = json.loads(_LONE_SURROGATE.sub("\ufffd", json.dumps(record, ensure_ascii=False)))
    if not isinstance(record, dict):
        raise InputError("", "a JSON object is expected")
    return record


def _refuse(name: str) -> None:
    raise InputError("", f"not valid JSON: {name} is no number")


def _batches(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def to_article(record: Mapping[str, Any]) -> Article:
    """Read what a record says into an `Article`.

    Raises:
        InputError: A key holds another type than the seam gives it.
    """
    language = _get(record, "language", str)
    return Article(
        id=_get(record, "id", str) or _made_id(record),
        feed=_get(record, "feed", str) or "",
        url=_get(record, "url", str),
        title=_get(record, "title", str) or "",
        paragraphs=split_text(_get(record, "text", str) or ""),
        published=_time(record),
        feed_language=None,
        language=language,
        language_confidence=_get(record, "language_confidence", float),
        removed=tuple(
            Removed(
                text=str(item.get("text", "")), rule=str(item.get("rule", "")), position=int(item.get("position", 0))
            )
            for item in _objects(record, "removed")
        ),
        junk=_junk(record),
        topics={str(name): float(value) for name, value in (_get(record, "topics", dict) or {}).items()},
        labels=tuple(str(label) for label in _get(record, "labels", list) or ()),
        facts=tuple(_fact(item) for item in _objects(record, "facts")),
    )


def split_text(text: str) -> tuple[str, ...]:
    """Paragraphs of a text: parts between blank lines, trimmed, none empty."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    paragraphs, current = [], list[str]()
    for line in [*lines, ""]:
        if line.strip():
            current.append(line.strip())
        elif current:
            paragraphs.append("\n".join(current))
            current = []
    return tuple(paragraphs)


def _get(record: Mapping[str, Any], key: str, kind: type) -> Any:
    value = record.get(key)
    if value is None:
        return None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind):
        raise InputError("", f"{key} is {type(value).__name__}, {kind.__name__} is expected")
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _objects(record: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    items = _get(record, key, list) or []
    if not all(isinstance(item, dict) for item in items):
        raise InputError("", f"{key} holds something that is no object")
    return items


def _made_id(record: Mapping[str, Any]) -> str:
    basis = record.get("url") or json.dumps([record.get("title"), record.get("text"), record.get("html")])
    return hashlib.sha256(str(basis).encode("utf-8", "replace")).hexdigest()[:16]


def _time(record: Mapping[str, Any]) -> datetime | None:
    value = _get(record, "published", str)
    if not value:
        return None
    from dateutil import parser

    try:
        moment = parser.parse(value)
    except (ValueError, OverflowError) as error:
        raise InputError("", f"published is no date: {value[:40]!r}") from error
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _junk(record: Mapping[str, Any]) -> Junk | None:
    junk = _get(record, "junk", dict)
    return Junk(reason=str(junk.get("reason") or "junk")) if junk and junk.get("is") else None


def _fact(item: Mapping[str, Any]) -> Fact:
    if "type" not in item or "value" not in item:
        raise InputError("", "a fact needs type and value")
    evidence = item.get("evidence")
    return Fact(
        type=item["type"],
        value=item["value"],
        unit=item.get("unit"),
        name=item.get("name"),
        status=item.get("status"),
        evidence=Evidence(**{key: evidence[key] for key in ("article", "field", "start", "end", "sentence")})
        if isinstance(evidence, dict) and {"article", "field", "start", "end", "sentence"} <= evidence.keys()
        else None,
    )


def fact_record(fact: Fact) -> Record:
    """A fact as the seam writes it; unknown parts are left out."""
    record: Record = {"type": fact.type, "value": fact.value}
    for key in ("unit", "name", "status"):
        if (value := getattr(fact, key)) is not None:
            record[key] = value
    if fact.evidence is not None:
        source = fact.evidence
        record["evidence"] = {
            "article": source.article,
            "field": source.field,
            "start": source.start,
            "end": source.end,
            "sentence": source.sentence,
        }
    return record


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _extract(records: list[Record], _options: StageOptions) -> list[Record]:
    from pipeline.extract import extract

    entries = [_entry(record) for record in records]
    pages = [_page(record) for record in records]
    articles = extract(list(zip(entries, pages, strict=True)))
    return [
        {**record, **_extracted(record, article)}
        if isinstance(record.get("html"), str)
        else {"id": article.id, **record}
        for record, page, article in zip(records, pages, articles, strict=True)
    ]


def _entry(record: Record) -> Entry:
    article = to_article(record)
    return Entry(
        id=article.id,
        feed=article.feed,
        guid=None,
        url=article.url,
        title=article.title,
        summary=article.text or None,
        published=article.published,
        first_seen=article.published or _EPOCH,
    )


def _page(record: Record) -> Page | None:
    html = record.get("html")
    if not isinstance(html, str) or not html.strip():
        return None
    url = record.get("url") or ""
    return Page(url=url, final_url=url, body=html.encode("utf-8", "replace"), charset="utf-8", content_type="text/html")


def _extracted(record: Record, article: Article) -> Record:
    found: Record = {"id": article.id, "text": article.text}
    found["title"] = record.get("title") or article.title
    found["url"] = record.get("url") or article.url
    found["published"] = record.get("published") or _iso(article.published)
    if article.html_language:
        found["html_language"] = article.html_language
    for key in ("author", "site"):
        if value := getattr(article, key):
            found[key] = value
    found["links"] = list(article.links)
    if article.junk:
        found["junk"] = {"is": True, "reason": article.junk.reason}
    return found


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

    embedder = load_embedder()
    unique, names = _distinct([to_article(record) for record in records])
    stories = cluster(embed_articles(unique, embedder), window=options.window, embedder=embedder)
    story_of = {article.id: story.id for story in stories for article in story.articles}
    return [
        {**record, "id": name, "story": story_of.get(name, name)} for record, name in zip(records, names, strict=True)
    ]


def _distinct(articles: list[Article]) -> tuple[list[Article], list[str]]:
    """Each article once, and the id of each input line: a line that stands twice is one article."""
    unique: dict[str, Article] = {}
    for article in articles:
        unique.setdefault(article.id, article)
    return list(unique.values()), [article.id for article in articles]


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


def _sentence_record(sentence: SummarySentence) -> Record:
    record: Record = {
        "text": sentence.text, "article": sentence.article, "start": sentence.start, "end": sentence.end,
    }  # fmt: skip
    if sentence.field != "text":
        record["field"] = sentence.field
    if sentence.language:
        record["language"] = sentence.language
    return record


def _translate(records: list[Record], options: StageOptions) -> list[Record]:
    if options.translator is None:
        raise ValueError("translate needs a translator")
    translator = options.translator()
    asked: list[tuple[int, str, str, str | None]] = []
    for index, record in enumerate(records):
        language = record.get("language")
        for name, text, source in _wanted(record, options.fields, language if isinstance(language, str) else None):
            asked.append((index, name, text, source))
    done: list[Translation] = [Translation(text="", source="", target="", route=None)] * len(asked)
    for style in _STYLES:
        places = [place for place, item in enumerate(asked) if (item[1] == "title") == (style == "headline")]
        results = translator.translate([asked[place][2:] for place in places], options.target, style=style)
        for place, result in zip(places, results, strict=True):
            done[place] = result
    return [
        {**record, "translation": _translation(index, asked, done, options.target)}
        for index, record in enumerate(records)
    ]


def _wanted(record: Record, fields: Sequence[str], language: str | None) -> Iterator[tuple[str, str, str | None]]:
    """(field, text, source language) of what is asked of one record; summary sentences one by one."""
    if "title" in fields and isinstance(record.get("title"), str):
        yield "title", record["title"], language
    if "summary" in fields:
        for sentence in _objects(record, "summary") if isinstance(record.get("summary"), list) else ():
            yield "summary", str(sentence.get("text", "")), sentence.get("language") or language
        if isinstance(record.get("summary"), str):
            yield "summary", record["summary"], language
    if "text" in fields and isinstance(record.get("text"), str):
        yield "text", record["text"], language


def _translation(
    index: int, asked: Sequence[tuple[int, str, str, str | None]], done: Sequence[Translation], target: str
) -> Record:
    mine = [(name, result) for (place, name, _, _), result in zip(asked, done, strict=True) if place == index]
    found: Record = {"language": target}
    for name in ("title", "summary", "text"):
        texts = [result.text for field_name, result in mine if field_name == name]
        if texts:
            found[name] = " ".join(texts)
    routes = sorted({result.route for _, result in mine if result.route})
    found["route"] = "; ".join(routes) if routes else None
    found["problems"] = [
        {"kind": problem.kind, "detail": problem.detail, "field": name}
        for name, result in mine
        for problem in result.problems
    ]
    return found


STAGES: Mapping[str, Callable[[list[Record], StageOptions], list[Record]]] = {
    "extract": _extract,
    "clean": _clean,
    "detect": _detect,
    "classify": _classify,
    "facts": _facts,
    "cluster": _cluster,
    "summarise": _summarise,
    "translate": _translate,
}
