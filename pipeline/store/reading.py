"""Feeds, entries, triage, articles and what was learned about sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, select

from pipeline.model import Article, Entry, Feed, FeedState, Triage
from pipeline.store import codec, schema
from pipeline.store.base import Base, pieces
from pipeline.store.known import sameness, unforgotten

_F, _E, _T, _A = schema.feeds.c, schema.entries.c, schema.triage.c, schema.articles.c


def moment_of(article: Article) -> datetime | None:
    """When the article counts as published."""
    return article.published or article.first_seen


class Reading(Base):
    """From the poll to the article."""

    def feed_states(self, feeds: Sequence[Feed]) -> list[FeedState]:
        """What is known of each feed, in the order given; a feed never polled has an empty state."""
        rows: dict[str, Any] = {}
        with self._read() as connection:
            for piece in pieces([feed.url for feed in feeds]):
                rows.update({row.url: row for row in connection.execute(select(schema.feeds).where(_F.url.in_(piece)))})
        return [_feed_state(feed, rows.get(feed.url)) for feed in feeds]

    def save_poll(self, state: FeedState, entries: Sequence[Entry]) -> int:
        """Keep a feed's new items and its validators in one transaction; the number of items not known before.

        A known item keeps what was stored of it first, so that a run can be repeated. An item is known by its id,
        or by address and title within its feed, also when it was forgotten (`forget`) and the feed lists it still.
        """
        with self._write("save poll") as connection:
            new = self._add_entries(connection, unforgotten(connection, state.feed.url, entries))
            self._point("save poll: between entries and validators")
            row = {
                "url": state.feed.url,
                "etag": state.etag,
                "last_modified": state.last_modified,
                "not_before": state.not_before,
                "failures": state.failures,
                "error": state.error,
            }
            self._upsert(connection, schema.feeds, [row])
        return new

    def entries_to_triage(self, since: datetime) -> list[Entry]:
        """Entries first seen from `since` on that no one has judged, oldest first."""
        query = (
            select(_E.value)
            .outerjoin(schema.triage, _T.entry == _E.id)
            .where(_E.first_seen >= since, _T.entry.is_(None))
            .order_by(_E.first_seen, _E.id)
        )
        return self._entries(query)

    def save_triage(self, judged: Sequence[Triage]) -> None:
        """Keep verdicts, replacing earlier ones."""
        with self._write("save triage") as connection:
            self._upsert(connection, schema.triage, [codec.to_data(item) for item in judged])

    def entries_to_read(self, since: datetime) -> list[Entry]:
        """Entries first seen from `since` on that passed and have no article yet: best score first, then by id."""
        query = (
            select(_E.value)
            .join(schema.triage, _T.entry == _E.id)
            .outerjoin(schema.articles, _A.id == _E.id)
            .where(_E.first_seen >= since, _T.passed.is_(True), _A.id.is_(None))
            .order_by(_T.score.desc(), _E.id)
        )
        return self._entries(query)

    def entries(self, ids: Sequence[str]) -> list[Entry]:
        """The entries that exist, in the order asked for."""
        found: dict[str, Entry] = {}
        for piece in pieces(ids):
            found.update((entry.id, entry) for entry in self._entries(select(_E.value).where(_E.id.in_(piece))))
        return [found[item] for item in ids if item in found]

    def triage_between(self, since: datetime, until: datetime) -> list[Triage]:
        """Verdicts on the entries first seen in since <= t < until, by entry id: the coverage report counts them."""
        query = select(schema.triage).join(schema.entries, _T.entry == _E.id)
        query = query.where(_E.first_seen >= since, _E.first_seen < until).order_by(_T.entry)
        with self._read() as connection:
            return [Triage(**row._mapping) for row in connection.execute(query)]

    def save_articles(self, articles: Sequence[Article]) -> None:
        """Keep articles whole, replacing earlier versions."""
        with self._write("save articles") as connection:
            self._upsert(connection, schema.articles, [_article_row(article) for article in articles])

    def articles_between(
        self,
        since: datetime,
        until: datetime,
        *,
        labels_only: bool = True,
        by: Literal["published", "first_seen"] = "published",
    ) -> list[Article]:
        """Articles of since <= t < until, by time and id.

        Args:
            since: Inclusive.
            until: Exclusive.
            labels_only: Leave out articles without a topic.
            by: "published" takes first_seen where an article has no date; "first_seen" misses no item that a feed
                showed late.
        """
        when = _A.moment if by == "published" else _A.first_seen
        query = select(_A.value, _A.vector).where(when >= since, when < until).order_by(when, _A.id)
        if labels_only:
            query = query.where(_A.is_labelled.is_(True))
        with self._read() as connection:
            return [_article(row) for row in connection.execute(query)]

    def article(self, id: str) -> Article | None:
        """One article, None when there is none."""
        return next(iter(self.articles([id])), None)

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """The articles that exist, in the order asked for."""
        found: dict[str, Article] = {}
        with self._read() as connection:
            for piece in pieces(ids):
                rows = connection.execute(select(_A.value, _A.vector).where(_A.id.in_(piece)))
                found.update((article.id, article) for article in map(_article, rows))
        return [found[item] for item in ids if item in found]

    def load_blocks(self) -> dict[str, Any]:
        """Site -> what was learned of its repeated blocks."""
        with self._read() as connection:
            return {row.site: row.value for row in connection.execute(select(schema.site_blocks))}

    def save_blocks(self, blocks: Mapping[str, Any]) -> None:
        """Replace what was learned of the given sites; others stay."""
        with self._write("save blocks") as connection:
            rows = [{"site": site, "value": value} for site, value in sorted(blocks.items())]
            self._upsert(connection, schema.site_blocks, rows)

    def _add_entries(self, connection: Connection, entries: Sequence[Entry]) -> int:
        rows = [
            {"id": entry.id, "feed": entry.feed, "sameness": sameness(entry), "first_seen": entry.first_seen}
            | {"value": entry}
            for entry in entries
        ]
        statement = self._insert(schema.entries).on_conflict_do_nothing().returning(_E.id)
        return sum(len(connection.execute(statement, list(piece)).all()) for piece in pieces(rows))

    def _entries(self, query: Select[Any]) -> list[Entry]:
        with self._read() as connection:
            return [codec.from_data(Entry, row.value) for row in connection.execute(query)]


def _feed_state(feed: Feed, row: Any | None) -> FeedState:
    if row is None:
        return FeedState(feed=feed)
    return FeedState(
        feed=feed,
        etag=row.etag,
        last_modified=row.last_modified,
        not_before=row.not_before,
        failures=row.failures,
        error=row.error,
    )


def _article_row(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "feed": article.feed,
        "url": article.url,
        "published": article.published,
        "first_seen": article.first_seen,
        "moment": moment_of(article),
        "language": article.language,
        "labels": article.labels,
        "is_labelled": bool(article.labels),
        "vector": article.vector,
        "value": replace(article, vector=None),
    }


def _article(row: Any) -> Article:
    article = codec.from_data(Article, row.value)
    return article if row.vector is None else replace(article, vector=bytes(row.vector))
