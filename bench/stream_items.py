"""The news streams of the data folder, in one shape: as written, as items, as the articles the pipeline would see."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dateutil import parser as dates

from pipeline.model import Article

#: Zones the streams name in letters, in seconds from UTC.
ZONES = {"CEST": 7200, "CET": 3600, "BST": 3600, "EDT": -14400, "EST": -18000, "PDT": -25200, "PST": -28800}


@dataclass(frozen=True, slots=True)
class Row:
    """One item as its stream writes it: texts with their entities, dates as words; what is not told is None or ""."""

    url: str
    site: str
    title: str
    #: Paragraphs where the stream parts them, else one text of lines.
    parts: tuple[str, ...]
    language: str | None
    published: str | None
    collected: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a stream; dates stand in the zone the stream names."""

    url: str
    #: The outlet as the stream calls it.
    site: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime | None
    #: When the stream took it in; its date of publication where that is not told.
    collected: datetime | None
    language: str

    @property
    def host(self) -> str:
        """Host of the address, without "www."."""
        return (urlsplit(self.url).hostname or "unknown").removeprefix("www.")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Objects of a JSON Lines file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def parse_date(text: str) -> datetime | None:
    """The moment of an RFC 5322 or ISO 8601 date, UTC where it names no zone; None for anything else."""
    try:
        moment = dates.parse(text, tzinfos=ZONES)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _lines_of(data: Path, name: str, key: str) -> Iterator[Row]:
    """Rows of a stream in JSON Lines, whose text stands under that key: paragraphs, or one string of lines."""
    for row in read_lines(data / name / "items.jsonl.gz"):
        told = row.get(key) or ""
        parts = tuple(told) if isinstance(told, list) else (told,)
        yield Row(row["url"], row["site"], row["title"], parts, row.get("lang_guess"), row["published"],
                  row.get("collected"))  # fmt: skip


def _newsdatahub(data: Path) -> Iterator[Row]:
    with (data / "cyber-headlines-en-newsdatahub" / "items.csv").open(encoding="utf-8", newline="") as rows:
        for r in csv.DictReader(rows):
            yield Row(r["article_link"], "", r["title"], (r["description"],), "en", r["pub_date"])


#: Streams by short name: two hold what pages say, three what feeds say of them.
SOURCES: dict[str, Callable[[Path], Iterator[Row]]] = {
    "vigilintel": lambda data: _lines_of(data, "cyber-stream-vigilintel", "text"),  # May to August 2026, fr, en
    "veille-fr": lambda data: _lines_of(data, "veille-fr-headlines", "extract"),  # September 2025 to August 2026, fr
    "zh-en": lambda data: _lines_of(data, "cyber-headlines-zh-en", "summary"),  # April to August 2026, zh, en
    "s33r": lambda data: _lines_of(data, "cyber-headlines-en-s33r", "summary"),  # October to December 2025, en
    "newsdatahub": _newsdatahub,
}


def read_rows(data: Path, sources: Iterable[str]) -> Iterator[Row]:
    """The streams with these short names as they are written, one after the other."""
    return (row for source in sources for row in SOURCES[source](data))


def read_items(data: Path, sources: Iterable[str]) -> Iterator[Item]:
    """Items of the streams with these short names, one stream after the other."""
    return map(_item, read_rows(data, sources))


def _item(row: Row) -> Item:
    return Item(
        url=row.url,
        site=_site(row.url, row.site, row.title),
        title=unescape(row.title).strip(),
        paragraphs=tuple(unescape(line).strip() for part in row.parts for line in part.split("\n") if line.strip()),
        published=parse_date(row.published or ""),
        collected=parse_date(row.collected or row.published or ""),
        language=row.language or "en",
    )


def _site(url: str, site: str, title: str) -> str:
    """The stream's own word; of WeChat the account, of Google News the outlet that its titles end with."""
    if site == "weixin:":
        return "weixin:" + "".join(parse_qs(urlsplit(url).query).get("__biz", []))
    if site == "news.google.com" and " - " in title:
        return title.rsplit(" - ", 1)[1].strip()
    return site or urlsplit(url).netloc.removeprefix("www.")


def stream(data: Path, sources: Sequence[str] = ("vigilintel", "veille-fr")) -> list[Article]:
    """News as the pipeline would see them: published as dated, seen on the day of collection; of one url the first."""
    found: dict[str, Article] = {}
    for item in read_items(data, sources):
        seen = item.collected and item.collected.astimezone(UTC).replace(hour=23, minute=59)
        made = Article(id=item.url, feed=item.site, url=item.url, title=item.title, site=item.site,
                       paragraphs=item.paragraphs, language=item.language, published=item.published,
                       first_seen=seen)  # fmt: skip
        found.setdefault(made.id, made)
    return list(found.values())
