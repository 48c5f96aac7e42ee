"""Which editions the world may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, or_, select, true

from pipeline.model import Edition
from pipeline.store import codec, schema
from pipeline.store.base import Base
from pipeline.store.editing import newest_values

_N, _V, _A, _M = schema.editions.c, schema.revisions.c, schema.approvals.c, schema.mailings.c

#: "mailed": its recipients are frozen, nobody can change it any more. "approved": that, or an editor's word for it as
#: it stands. "all": every edition.
Rule = Literal["mailed", "approved", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """An edition in the archive; id, moment and revision name its words for good."""

    id: str
    day: date
    language: str
    #: An edition that was removed may be made again, with other stories.
    frozen: datetime
    revision: int


class Archive(Base):
    """Editions as the public sees them."""

    def archived(
        self, rule: Rule, *, language: str | None = None, id: str | None = None, limit: int = 1, offset: int = 0
    ) -> list[Archived]:
        """Public editions, newest first.

        Args:
            rule: What makes an edition public.
            language: Only those in it; None for all.
            id: Only that one.
            limit: Most editions.
            offset: So many of the newest are passed over.
        """
        number = _number()
        query = select(_N.id, _N.day, _N.language, _N.frozen, number.label("revision")).select_from(schema.editions)
        query = query.where(_is_public(rule))
        if language is not None:
            query = query.where(_N.language == language)
        if id is not None:
            query = query.where(_N.id == id)
        query = query.order_by(_N.day.desc(), _N.id).limit(limit).offset(offset)
        with self._read() as connection:
            return [Archived(**row._mapping) for row in connection.execute(query)]

    def archived_edition(self, rule: Rule, id: str) -> Edition | None:
        """A public edition as it stands, None when there is none of that id or it is not public."""
        with self._read() as connection:
            value = connection.execute(newest_values().where(_N.id == id, _is_public(rule))).scalar_one_or_none()
        return None if value is None else codec.from_data(Edition, value)


def _number() -> ColumnElement[int]:
    newest = select(func.max(_V.number)).where(_V.edition == _N.id).correlate(schema.editions).scalar_subquery()
    return func.coalesce(newest, 0)


def _is_public(rule: Rule) -> ColumnElement[bool]:
    mailed = select(_M.edition).where(_M.edition == _N.id).correlate(schema.editions).exists()
    approved = select(_A.edition).where(_A.edition == _N.id, _A.revision == _number()).correlate(schema.editions)
    return {"mailed": mailed, "approved": or_(mailed, approved.exists()), "all": true()}[rule]
