"""A record of the seam and the nouns of the pipeline: reading one into an `Article`, writing facts and times."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import InputError
from pipeline.fetch.dates import parse_date
from pipeline.model import Article, Evidence, Fact, Junk, Removed

#: One JSON object, by key.
Record = dict[str, Any]

#: What people call the kinds of JSON.
_CALLED = {
    str: "text", int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "an object"
}  # fmt: skip
#: A record may be of any time; there is no clock here.
_NEVER = datetime.max.replace(tzinfo=UTC)


def to_article(record: Mapping[str, Any]) -> Article:
    """Read what a record says into an `Article`.

    Raises:
        InputError: A key holds another type than the seam gives it.
    """
    language = _value_of(record, "language", str)
    return Article(
        id=_value_of(record, "id", str) or _made_id(record),
        feed=_value_of(record, "feed", str) or "",
        url=_address(record),
        title=_value_of(record, "title", str) or "",
        paragraphs=split_text(_value_of(record, "text", str) or ""),
        published=_time(record),
        feed_language=None,
        language=language,
        language_confidence=_value_of(record, "language_confidence", float),
        removed=tuple(
            Removed(
                text=str(item.get("text", "")), rule=str(item.get("rule", "")), position=int(item.get("position", 0))
            )
            for item in objects_of(record, "removed")
        ),
        junk=_junk(record),
        topics={str(name): float(value) for name, value in (_value_of(record, "topics", dict) or {}).items()},
        labels=tuple(str(label) for label in _value_of(record, "labels", list) or ()),
        facts=facts_of(record),
    )


def facts_of(record: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Read the facts of a record."""
    return tuple(_fact(item) for item in objects_of(record, "facts"))


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


def _value_of(record: Mapping[str, Any], key: str, kind: type) -> Any:
    """What stands under a key, None when nothing does; texts come back as what UTF-8 can hold.

    Raises:
        InputError: It is of another kind; a whole number passes for a float.
    """
    value = record.get(key)
    if value is None:
        return None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind):
        found = _CALLED.get(type(value), type(value).__name__)
        raise InputError("", f"{key}: {_CALLED[kind]} is expected, not {found}")
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def objects_of(record: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The JSON objects listed under a key.

    Raises:
        InputError: What stands there is no list, or holds something else.
    """
    items = _value_of(record, key, list) or []
    if not all(isinstance(item, dict) for item in items):
        raise InputError("", f"{key} contains something that is not an object")
    return items


def sentences_of(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Sentences of the summary as the stage `summarise` lists them; none where the summary is a plain text.

    Raises:
        InputError: The list holds something else.
    """
    return objects_of(record, "summary") if isinstance(record.get("summary"), list) else []


def _made_id(record: Mapping[str, Any]) -> str:
    basis = record.get("url") or json.dumps([record.get("title"), record.get("text"), record.get("html")])
    return hashlib.sha256(str(basis).encode("utf-8", "replace")).hexdigest()[:16]


def _address(record: Mapping[str, Any]) -> str | None:
    url: str | None = _value_of(record, "url", str)
    try:
        urlsplit(url or "")
    except ValueError as error:  # "http://[::1"
        raise InputError("", f"url is not a valid address: {(url or '')[:80]!r}") from error
    return url


def _time(record: Mapping[str, Any]) -> datetime | None:
    value = _value_of(record, "published", str)
    if not value:
        return None
    moment = parse_date(value, now=_NEVER, language=_value_of(record, "language", str))
    if moment is None:
        raise InputError("", f"published is not a date: {value[:40]!r}")
    return moment


def _junk(record: Mapping[str, Any]) -> Junk | None:
    junk = _value_of(record, "junk", dict)
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


def iso_time(moment: datetime | None) -> str | None:
    """A moment as the seam writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
