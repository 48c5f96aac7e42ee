"""The news streams of the data folder as articles: whole for grouping, as title and lead for labelled pairs."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipeline.model import Article


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a stream; `collected` is its day of publication where the stream names no other."""

    url: str
    site: str
    title: str
    paragraphs: tuple[str, ...]
    published: str
    collected: str
    language: str


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Objects of a JSON Lines file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def parse_date(text: str) -> datetime | None:
    """The moment of an RFC 5322 or ISO 8601 date, UTC where it names no zone; None for anything else."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(text)
        except (TypeError, ValueError):
            continue
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return None


def _vigilintel(data: Path) -> Iterator[Item]:
    for r in read_lines(data / "cyber-stream-vigilintel" / "items.jsonl.gz"):
        yield _item(r, r["text"].split("\n"), r["lang_guess"])


def _veille_fr(data: Path) -> Iterator[Item]:
    for r in read_lines(data / "veille-fr-headlines" / "items.jsonl.gz"):
        yield _item(r, r["extract"], r["lang_guess"])


def _zh_en(data: Path) -> Iterator[Item]:
    for r in read_lines(data / "cyber-headlines-zh-en" / "items.jsonl.gz"):
        yield _item(r, (r["summary"] or "").split("\n"), r["lang_guess"])


def _s33r(data: Path) -> Iterator[Item]:
    for r in read_lines(data / "cyber-headlines-en-s33r" / "items.jsonl.gz"):
        yield _item(r, (r["summary"] or "").split("\n"), "en")


def _newsdatahub(data: Path) -> Iterator[Item]:
    with (data / "cyber-headlines-en-newsdatahub" / "items.csv").open(encoding="utf-8", newline="") as rows:
        for r in csv.DictReader(rows):
            row = {"url": r["article_link"], "site": "", "title": r["title"], "published": r["pub_date"]}
            yield _item(row, r["description"].split("\n"), "en")


#: Streams by short name.
SOURCES: dict[str, Callable[[Path], Iterator[Item]]] = {
    "vigilintel": _vigilintel,
    "veille-fr": _veille_fr,
    "zh-en": _zh_en,
    "s33r": _s33r,
    "newsdatahub": _newsdatahub,
}


def _item(row: dict[str, Any], paragraphs: Iterable[str], language: str | None) -> Item:
    lines = tuple(unescape(p).strip() for p in paragraphs if p.strip())
    published = row["published"] or ""
    site = _site(row["url"], row["site"], row["title"])
    collected = row.get("collected") or published
    return Item(row["url"], site, unescape(row["title"]).strip(), lines, published, collected, language or "en")


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
    for item in (item for source in sources for item in SOURCES[source](data)):
        collected = parse_date(item.collected)
        seen = collected and collected.astimezone(UTC).replace(hour=23, minute=59)
        made = Article(id=item.url, feed=item.site, url=item.url, title=item.title, site=item.site,
                       paragraphs=item.paragraphs, language=item.language, published=parse_date(item.published),
                       first_seen=seen)  # fmt: skip
        found.setdefault(made.id, made)
    return list(found.values())
