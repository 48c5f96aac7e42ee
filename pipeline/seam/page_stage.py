"""The stage that reads `html`: a record's page becomes its text, title and metadata."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.model import Article, Entry, Page
from pipeline.seam.options import StageOptions
from pipeline.seam.records import Record, iso_time, to_article

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def extract_pages(records: list[Record], _options: StageOptions) -> list[Record]:
    """Add what the page says; a record without a page keeps what it has."""
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
    found["published"] = record.get("published") or iso_time(article.published)
    if article.html_language:
        found["html_language"] = article.html_language
    for key in ("author", "site"):
        if value := getattr(article, key):
            found[key] = value
    found["links"] = list(article.links)
    if article.junk:
        found["junk"] = {"is": True, "reason": article.junk.reason}
    return found
