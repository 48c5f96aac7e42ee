"""Revisions: the editions as editors changed them after they were frozen, and which of them may be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select

from pipeline.errors import BusyError, InputError, NoEditionError
from pipeline.model import Edition
from pipeline.store import codec, schema
from pipeline.store.base import Base

_N, _V, _A, _M = schema.editions.c, schema.revisions.c, schema.approvals.c, schema.mailings.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One change of an edition."""

    #: From 1; 0 is the edition as frozen.
    number: int
    made: datetime
    editor: str
    #: What was done, in words.
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Somebody's word that a revision may be sent."""

    revision: int
    made: datetime
    editor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An edition and how far it is."""

    edition: Edition
    revision: int
    #: For exactly this revision; None when nobody has approved it.
    approval: Approval | None
    #: When its recipients were frozen; from then on it cannot be changed.
    mailed: datetime | None


class Editing(Base):
    """What an editor does to an edition. The frozen one stays as it is; every change is a whole new one behind it."""

    def standing(self, id: str) -> Standing | None:
        """An edition as it stands, None when there is none; one consistent view."""
        with self._read() as connection:
            value = connection.execute(newest_values().where(_N.id == id)).scalar_one_or_none()
            if value is None:
                return None
            number = newest_number(connection, id)
            approved = connection.execute(select(schema.approvals).where(_A.edition == id)).one_or_none()
            mailed = connection.execute(select(_M.frozen).where(_M.edition == id)).scalar_one_or_none()
        approval = None
        if approved is not None and approved.revision == number:
            approval = Approval(revision=number, made=approved.made, editor=approved.editor)
        return Standing(edition=codec.from_data(Edition, value), revision=number, approval=approval, mailed=mailed)

    def revise(self, edition: Edition, *, after: int, editor: str, change: str, now: datetime) -> int:
        """Keep a changed edition as the newest revision.

        Args:
            edition: The whole edition as it is to be; its id says which.
            after: The revision that was changed, 0 for the frozen edition.
            editor: Who did it.
            change: What was done, in words.
            now: When.
        Returns:
            The number of the new revision.
        Raises:
            InputError: No such edition, or it has been mailed: what readers hold must not change behind them.
            BusyError: Somebody else changed it in between.
        """
        with self._write("revise edition") as connection:
            _hold_unsent(connection, edition.id)
            number = newest_number(connection, edition.id)
            if number != after:
                raise BusyError(f"{edition.id} was changed by somebody else (revision {number}); look again")
            row: dict[str, Any] = {"edition": edition.id, "number": number + 1, "made": now, "editor": editor}
            row |= {"change": change, "value": edition}
            connection.execute(self._insert(schema.revisions).values(**row))
        return number + 1

    def revisions(self, id: str) -> list[Revision]:
        """The changes of an edition, oldest first."""
        columns = (_V.number, _V.made, _V.editor, _V.change)
        query = select(*columns).where(_V.edition == id).order_by(_V.number)
        with self._read() as connection:
            return [Revision(**row._mapping) for row in connection.execute(query)]

    def revision(self, id: str, number: int) -> Edition | None:
        """An edition as it was after a change, 0 for as frozen; None when there is none."""
        query = select(_V.value).where(_V.edition == id, _V.number == number)
        if number == 0:
            query = select(_N.value).where(_N.id == id)
        with self._read() as connection:
            value = connection.execute(query).scalar_one_or_none()
        return None if value is None else codec.from_data(Edition, value)

    def approve(self, id: str, *, revision: int, editor: str, now: datetime) -> None:
        """Say that a revision may be sent.

        Raises:
            InputError: No such edition, or mailed already.
            BusyError: It is not the newest revision.
        """
        with self._write("approve edition") as connection:
            _hold_unsent(connection, id)
            newest = newest_number(connection, id)
            if newest != revision:
                raise BusyError(f"{id} was changed by somebody else (revision {newest}); look again")
            row = {"edition": id, "revision": revision, "made": now, "editor": editor}
            self._upsert(connection, schema.approvals, [row])

    def withdraw_approval(self, id: str) -> None:
        """Take the word back.

        Raises:
            InputError: No such edition, or mailed already.
        """
        with self._write("withdraw approval") as connection:
            _hold_unsent(connection, id)
            connection.execute(delete(schema.approvals).where(_A.edition == id))

    def remove_edition(self, id: str) -> None:
        """Take back an edition that nobody was mailed, and what it remembers of having shown its stories.

        Deliveries stay as they are: there are none. The editor's words for translations, and stories that were merged,
        hold for other editions too and stay.

        Raises:
            InputError: No such edition, or its recipients are frozen.
        """
        with self._write("remove edition") as connection:
            _hold_unsent(connection, id, "removed")
            for table in (schema.approvals, schema.revisions, schema.shown):
                connection.execute(delete(table).where(table.c.edition == id))
            connection.execute(delete(schema.editions).where(_N.id == id))


def newest_values() -> Select[tuple[Any]]:
    """Editions as they stand, from the table of editions: add conditions and order."""
    newest = select(_V.value).where(_V.edition == _N.id).order_by(_V.number.desc()).limit(1).correlate(schema.editions)
    return select(func.coalesce(newest.scalar_subquery(), _N.value, type_=_N.value.type)).select_from(schema.editions)


def newest_number(connection: Connection, id: str) -> int:
    """Number of the newest revision, 0 when there is none."""
    return connection.execute(select(func.max(_V.number)).where(_V.edition == id)).scalar_one() or 0


def hold(connection: Connection, id: str) -> bool:
    """Let nobody else change, approve or send an edition before this transaction ends; False for an unknown one."""
    return connection.execute(select(_N.id).where(_N.id == id).with_for_update()).one_or_none() is not None


def _hold_unsent(connection: Connection, id: str, to_be: str = "changed") -> None:
    if not hold(connection, id):
        raise NoEditionError(id)
    if connection.execute(select(_M.frozen).where(_M.edition == id)).one_or_none() is not None:
        raise InputError(id, f"has been mailed and cannot be {to_be} any more")
