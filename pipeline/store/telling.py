"""Stories, what editions showed of them, and the editions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, delete, or_, select, type_coerce

from pipeline.model import Article, Edition, Story
from pipeline.store import codec, schema
from pipeline.store.base import pieces
from pipeline.store.editing import newest_values
from pipeline.store.reading import Reading, moment_of

_S, _M, _W, _N = schema.stories.c, schema.story_articles.c, schema.shown.c, schema.editions.c


class Telling(Reading):
    """From the story to the frozen edition."""

    def known_stories(self, since: datetime) -> list[Story]:
        """Stories with an article from `since` on, each with all its articles, by id."""
        with self._read() as connection:
            found = connection.execute(select(_S.id, _S.value).where(_S.latest >= since).order_by(_S.id)).all()
            members: dict[str, list[str]] = {}
            for piece in pieces([row.id for row in found]):
                query = select(_M.story, _M.article).where(_M.story.in_(piece)).order_by(_M.story, _M.position)
                for row in connection.execute(query):
                    members.setdefault(row.story, []).append(row.article)
        articles = {article.id: article for article in self.articles([a for ids in members.values() for a in ids])}
        return [_story(row, [articles[item] for item in members.get(row.id, [])]) for row in found]

    def story(self, name: str) -> Story | None:
        """The story of that id, or the one that it has become part of; None when there is none."""
        is_it = or_(_S.id == name, type_coerce(_S.value, Text).contains(json.dumps(name), autoescape=True))
        with self._read() as connection:
            found = connection.execute(select(_S.id, _S.value).where(is_it).order_by(_S.id != name, _S.id)).all()
            row = next((row for row in found if name in (row.id, *row.value.get("aliases", ()))), None)
            if row is None:
                return None
            query = select(_M.article).where(_M.story == row.id).order_by(_M.position)
            members = list(connection.execute(query).scalars())
        return _story(row, self.articles(members))

    def save_stories(self, stories: Sequence[Story]) -> None:
        """Keep stories and who belongs to them; their articles must be kept already.

        An article belongs to one story: the last one saved. A story left without articles goes.
        """
        rows = [
            {
                "id": story.id,
                "latest": max((moment for a in story.articles if (moment := moment_of(a))), default=None),
                "value": replace(story, articles=()),
            }
            for story in stories
        ]
        members = [
            {"article": article.id, "story": story.id, "position": position}
            for story in stories
            for position, article in enumerate(story.articles)
        ]
        with self._write("save stories") as connection:
            self._upsert(connection, schema.stories, rows)
            for piece in pieces([row["id"] for row in rows]):
                connection.execute(delete(schema.story_articles).where(_M.story.in_(piece)))
            self._upsert(connection, schema.story_articles, members)
            connection.execute(delete(schema.stories).where(_S.id.not_in(select(_M.story))))

    def shown(self, stories: Sequence[str], *, language: str, before: date | None = None) -> dict[str, Any]:
        """Story id -> what the last edition in that language (of a day before `before`) recorded about it."""
        found: dict[str, Any] = {}
        with self._read() as connection:
            for piece in pieces(stories):
                query = select(_W.story, _W.value).where(_W.story.in_(piece), _W.language == language).order_by(_W.day)
                if before is not None:
                    query = query.where(_W.day < before)
                found.update((row.story, row.value) for row in connection.execute(query))
        return found

    def freeze(
        self,
        edition: Edition,
        inputs: Mapping[str, Any],
        *,
        shown: Mapping[str, Any] | None = None,
        now: datetime,
    ) -> Edition:
        """Keep the edition for ever, with what it was made from and what it shows, in one transaction.

        Returns:
            The edition of that day and language: the one given, or the one frozen before as it now stands.
        """
        with self._write("freeze edition") as connection:
            query = newest_values().where(_N.day == edition.day, _N.language == edition.language)
            value = connection.execute(query).scalar_one_or_none()
            if value is not None:
                return codec.from_data(Edition, value)
            row = {"id": edition.id, "day": edition.day, "language": edition.language, "frozen": now}
            connection.execute(self._insert(schema.editions).values(**row, value=edition, inputs=dict(inputs)))
            records = [
                {
                    "edition": edition.id,
                    "story": story,
                    "day": edition.day,
                    "language": edition.language,
                    "value": value,
                }
                for story, value in sorted((shown or {}).items())
            ]
            self._upsert(connection, schema.shown, records)
        return edition

    def edition(self, id: str) -> Edition | None:
        """One edition as it stands: as frozen, or as an editor last changed it. None when there is none."""
        with self._read() as connection:
            value = connection.execute(newest_values().where(_N.id == id)).scalar_one_or_none()
        return None if value is None else codec.from_data(Edition, value)

    def edition_inputs(self, id: str) -> dict[str, Any] | None:
        """What an edition was made from, as given to `freeze`."""
        with self._read() as connection:
            value = connection.execute(select(_N.inputs).where(_N.id == id)).scalar_one_or_none()
        return None if value is None else dict(value)

    def editions(self, *, day: date | None = None, limit: int | None = None, skip: int = 0) -> list[Edition]:
        """Editions as they stand, newest day first, then by language.

        Args:
            day: Only of that one.
            limit: Most editions, None for all; each is read whole.
            skip: So many of the newest are passed over.
        """
        query = newest_values().order_by(_N.day.desc(), _N.language).limit(limit).offset(skip)
        if day is not None:
            query = query.where(_N.day == day)
        with self._read() as connection:
            return [codec.from_data(Edition, value) for value in connection.execute(query).scalars()]

    def edition_days(self) -> list[date]:
        """Days that have an edition, newest first."""
        with self._read() as connection:
            return list(connection.execute(select(_N.day).distinct().order_by(_N.day.desc())).scalars())


def _story(row: Any, articles: Sequence[Article]) -> Story:
    return replace(codec.from_data(Story, dict(row.value) | {"articles": []}), articles=tuple(articles))
