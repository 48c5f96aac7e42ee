"""Stories, what editions showed of them, editors' decisions, the translation memory, editions and runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import delete, select, update

from pipeline.model import Article, Edition, Story
from pipeline.store import codec, schema
from pipeline.store.base import Base, pieces
from pipeline.store.editing import newest_values
from pipeline.store.reading import Reading, moment_of

_S, _M, _W, _N = schema.stories.c, schema.story_articles.c, schema.shown.c, schema.editions.c
_R, _K, _D = schema.runs.c, schema.memory.c, schema.decisions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One line of the translation memory."""

    key: str
    #: Language tags.
    source: str
    target: str
    text: str
    translation: str
    engine: str
    glossary: str = ""
    #: Route and problems, as the translator wants them back.
    outcome: dict[str, Any] | None = None
    #: An editor's words; machines never overwrite them.
    is_corrected: bool = False
    changed: datetime


class MemoryItem(Protocol):
    """What `memory_put_many` reads of an item; `Remembered` is one."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def target(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def translation(self) -> str: ...  # noqa: D102
    @property
    def engine(self) -> str: ...  # noqa: D102
    @property
    def glossary(self) -> str: ...  # noqa: D102
    @property
    def outcome(self) -> dict[str, Any] | None: ...  # noqa: D102
    @property
    def is_corrected(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An editor's decision, replayed on every later run."""

    id: int
    made: datetime
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One line of the run log; status "running", "interrupted" or "done"."""

    id: int
    started: datetime
    finished: datetime | None = None
    status: str = "running"
    report: Mapping[str, Any] | None = None


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

    def editions(self, *, limit: int | None = None) -> list[Edition]:
        """Editions as they stand, newest day first, then by language."""
        query = newest_values().order_by(_N.day.desc(), _N.language).limit(limit)
        with self._read() as connection:
            return [codec.from_data(Edition, value) for value in connection.execute(query).scalars()]

    def add_decision(self, kind: str, payload: Mapping[str, Any], *, now: datetime) -> int:
        """Record an editor's decision; its number."""
        with self._write("add decision") as connection:
            statement = self._insert(schema.decisions).values(made=now, kind=kind, payload=dict(payload))
            return int(connection.execute(statement.returning(_D.id)).scalar_one())

    def decisions(self) -> list[Decided]:
        """Decisions in the order they were made."""
        with self._read() as connection:
            return [Decided(**row._mapping) for row in connection.execute(select(schema.decisions).order_by(_D.id))]

    def memory_get_many(self, keys: Sequence[str]) -> dict[str, Remembered]:
        """Key -> line of the memory, for the keys that are known."""
        found: dict[str, Remembered] = {}
        with self._read() as connection:
            for piece in pieces(keys):
                rows = connection.execute(select(schema.memory).where(_K.key.in_(piece)))
                found.update((row.key, Remembered(**row._mapping)) for row in rows)
        return found

    def memory_put_many(self, items: Iterable[MemoryItem], *, now: datetime) -> None:
        """Remember translations; what an editor corrected is replaced by an editor only."""
        names = ("key", "source", "target", "text", "translation", "engine", "glossary", "outcome", "is_corrected")
        rows = [{name: getattr(item, name) for name in names} | {"changed": now} for item in items]
        if not rows:
            return
        statement = self._insert(schema.memory)
        changed = {name: statement.excluded[name] for name in (*names[1:], "changed")}
        allowed = _K.is_corrected.is_(False) | statement.excluded.is_corrected.is_(True)
        statement = statement.on_conflict_do_update(index_elements=["key"], set_=changed, where=allowed)
        with self._write("remember translations") as connection:
            for piece in pieces(rows):
                connection.execute(statement, list(piece))

    def memory_items(self) -> list[Remembered]:
        """The whole memory by languages, text and key, for export."""
        query = select(schema.memory).order_by(_K.source, _K.target, _K.text, _K.key)
        with self._read() as connection:
            return [Remembered(**row._mapping) for row in connection.execute(query)]

    def start_run(self, *, now: datetime) -> int:
        """Open a line in the run log; lines that a killed run left open become "interrupted"."""
        with self._write("start run") as connection:
            connection.execute(update(schema.runs).where(_R.status == "running").values(status="interrupted"))
            statement = self._insert(schema.runs).values(started=now, status="running").returning(_R.id)
            return int(connection.execute(statement).scalar_one())

    def finish_run(self, run: int, *, now: datetime, report: Mapping[str, Any]) -> None:
        """Close a line of the run log: the run is done."""
        with self._write("finish run") as connection:
            values = {"finished": now, "status": "done", "report": dict(report)}
            connection.execute(update(schema.runs).where(_R.id == run).values(**values))

    def runs(self, *, limit: int = 20) -> list[Run]:
        """The run log, newest first."""
        with self._read() as connection:
            rows = connection.execute(select(schema.runs).order_by(_R.id.desc()).limit(limit))
            return [Run(**row._mapping) for row in rows]


def _story(row: Any, articles: Sequence[Article]) -> Story:
    return replace(codec.from_data(Story, dict(row.value) | {"articles": []}), articles=tuple(articles))


__all__ = ["Base", "Decided", "MemoryItem", "Remembered", "Run", "Telling"]
