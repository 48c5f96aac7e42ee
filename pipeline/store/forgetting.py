"""Letting go of what was read long ago; what a feed may list again stays known by a short name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select

from pipeline.store import schema
from pipeline.store.base import Base, pieces
from pipeline.store.known import leave_names

_E, _A, _S, _M = schema.entries.c, schema.articles.c, schema.stories.c, schema.story_articles.c
_W, _K, _R = schema.shown.c, schema.memory.c, schema.runs.c

#: Rows changed in one transaction: who waits to write, as a reader who leaves, waits for a fraction of a second.
PIECE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How much was let go of each kind."""

    entries: int = 0
    articles: int = 0
    #: Stories that editions of long ago have shown.
    shown: int = 0
    #: Machine translations.
    translations: int = 0
    runs: int = 0

    def __bool__(self) -> bool:
        return bool(self.entries or self.articles or self.shown or self.translations or self.runs)


class Forgetting(Base):
    """Readers, editions, deliveries and whatever an editor decided or wrote are never touched."""

    def forget(self, before: datetime, *, now: datetime, most: int | None = None) -> Forgotten:
        """Let go of what was read before a moment, in many small transactions: a kill costs the one at work.

        A story that is open at that moment keeps all its articles, and what editions have shown of it.

        Args:
            before: Aware UTC.
            now: Time of the deed; from then on a forgotten entry counts as listed.
            most: Most rows of each kind, to the next piece, so that a day's work has a bound; None for all.
        """
        return Forgotten(
            entries=_repeat(lambda: self._forget_entries(before, now.date()), most),
            articles=_repeat(lambda: self._forget_articles(before), most),
            shown=self._forget_shown(before.date(), most),
            translations=_repeat(lambda: self._forget_rows(_K.key, _is_old_machine_line(before)), most),
            runs=_repeat(lambda: self._forget_rows(_R.id, _R.started < before), most),
        )

    def _forget_entries(self, before: datetime, today: date) -> int:
        query = select(_E.id, _E.feed, _E.sameness).where(_E.first_seen < before).order_by(_E.first_seen).limit(PIECE)
        with self._write("forget entries") as connection:
            old = connection.execute(query).all()
            leave_names(connection, self._insert(schema.forgotten), old, today)
            _delete(connection, _E.id, [row.id for row in old])
        return len(old)

    def _forget_articles(self, before: datetime) -> int:
        is_open = select(_M.article).join(schema.stories, _S.id == _M.story)
        is_open = is_open.where(_M.article == _A.id, _S.latest >= before).correlate(schema.articles)
        is_old = (_A.moment < before, _A.first_seen.is_(None) | (_A.first_seen < before))
        query = select(_A.id).where(*is_old, ~is_open.exists()).order_by(_A.moment).limit(PIECE)
        with self._write("forget articles") as connection:
            old = connection.execute(query).scalars().all()
            in_old = _M.article.in_(old)
            stories = connection.execute(select(_M.story).where(in_old).distinct()).scalars().all()
            _delete(connection, _A.id, old)  # and with them their places in stories
            is_told = select(_M.story).where(_M.story == _S.id).correlate(schema.stories).exists()
            connection.execute(delete(schema.stories).where(_S.id.in_(stories), ~is_told))
        return len(old)

    def _forget_shown(self, before: date, most: int | None) -> int:
        """What editions have shown of stories that are gone; a story that was merged lives on as another's alias."""
        is_kept = select(_S.id).where(_S.id == _W.story).correlate(schema.shown).exists()
        with self._read() as connection:
            query = select(_W.story).where(_W.day < before, ~is_kept).distinct().order_by(_W.story)
            gone = connection.execute(query).scalars().all()
            aliases = _aliases(connection) if gone else set()
        names = [name for name in gone if name not in aliases][:most]
        for piece in pieces(names, PIECE):
            with self._write("forget shown") as connection:
                connection.execute(delete(schema.shown).where(_W.story.in_(piece), _W.day < before))
        return len(names)

    def _forget_rows(self, key: Any, is_old: ColumnElement[bool]) -> int:
        with self._write(f"forget {key.table.name}") as connection:
            old = connection.execute(select(key).where(is_old).order_by(key).limit(PIECE)).scalars().all()
            _delete(connection, key, old)
        return len(old)


def _aliases(connection: Connection) -> set[str]:
    values = connection.execute(select(_S.value)).scalars()
    return {alias for value in values for alias in value.get("aliases", ())}


def _is_old_machine_line(before: datetime) -> ColumnElement[bool]:
    return (_K.changed < before) & _K.is_corrected.is_(False)


def _delete(connection: Connection, key: Any, values: Sequence[Any]) -> None:
    if values:
        connection.execute(delete(key.table).where(key.in_(values)))


def _repeat(step: Callable[[], int], most: int | None) -> int:
    """Do the step until nothing, or enough, is done; how many rows."""
    done = 0
    while most is None or done < most:
        gone = step()
        done += gone
        if gone < PIECE:
            break
    return done
