"""What a feed lists again is known: by its row in `entries`, or by the names that a forgotten one has left."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, select, update

from pipeline.model import Entry
from pipeline.store import codec, schema
from pipeline.store.base import pieces

_G = schema.forgotten.c

#: An entry that its feed has not listed for so long is no longer known: should it come again, it is new.
_KNOWN_FOR = timedelta(days=365)
#: The day of an entry that is listed on is written down again after so long only: feeds are asked every hour.
_NOTED_FOR = timedelta(days=30)


def sameness(entry: Entry) -> str:
    """What two publications of one item share although the feed gives them different guids."""
    title = " ".join(entry.title.casefold().split())
    when = "" if entry.url or not entry.published else codec.encode_time(entry.published)
    parts = "\0".join((entry.feed, entry.url or "", title, when))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def leave_names(connection: Connection, insert: Any, rows: Sequence[Any], today: date) -> None:
    """Write down the names of entries that are about to be forgotten.

    Args:
        connection: Of the transaction that forgets them.
        insert: An INSERT into `forgotten` that knows ON CONFLICT.
        rows: Each with id, feed and sameness.
        today: When they may last have been listed.
    """
    names = [
        {"feed": _short(row.feed, 8), "name": _short(name, 12), "listed": today}
        for row in rows
        for name in (row.id, row.sameness)
    ]
    if names:
        connection.execute(insert.on_conflict_do_nothing(), names)


def unforgotten(connection: Connection, feed: str, entries: Sequence[Entry]) -> list[Entry]:
    """Entries of one look at a feed without those that were known once; these are noted as listed on.

    What the feed has long ceased to list is known no more. Only a feed that lists something can tell: one that was
    empty for a while, or away, has its old entries back one day.
    """
    if not entries:
        return []
    short = _short(feed, 8)
    names = {entry.id: (_short(entry.id, 12), _short(sameness(entry), 12)) for entry in entries}
    known = _known(connection, short, [name for pair in names.values() for name in pair])
    today = max(entry.first_seen for entry in entries).date()
    again = {name for pair in names.values() if known.intersection(pair) for name in pair}
    _note_listed(connection, short, sorted(again), today)
    connection.execute(delete(schema.forgotten).where(_G.feed == short, _G.listed < today - _KNOWN_FOR))
    return [entry for entry in entries if not known.intersection(names[entry.id])]


def _known(connection: Connection, feed: bytes, names: Sequence[bytes]) -> set[bytes]:
    found: set[bytes] = set()
    for piece in pieces(names):
        rows: Select[Any] = select(_G.name).where(_G.feed == feed, _G.name.in_(piece))
        found.update(bytes(name) for name in connection.execute(rows).scalars())
    return found


def _note_listed(connection: Connection, feed: bytes, names: Sequence[bytes], today: date) -> None:
    stale = update(schema.forgotten).where(_G.feed == feed, _G.listed < today - _NOTED_FOR)
    for piece in pieces(names):
        connection.execute(stale.where(_G.name.in_(piece)).values(listed=today))


def _short(text: str, octets: int) -> bytes:
    """A short hash: of 12 octets no two entries of one feed will ever share one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:octets]
