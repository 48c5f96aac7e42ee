"""What was done and decided: the log of the runs, and the decisions of editors, replayed on every later run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from pipeline.store import schema
from pipeline.store.base import Base

_R, _D = schema.runs.c, schema.decisions.c


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


class Log(Base):
    """Runs and decisions, in their order."""

    def add_decision(self, kind: str, payload: Mapping[str, Any], *, now: datetime) -> int:
        """Record an editor's decision; its number."""
        with self._write("add decision") as connection:
            statement = self._insert(schema.decisions).values(made=now, kind=kind, payload=dict(payload))
            return int(connection.execute(statement.returning(_D.id)).scalar_one())

    def decisions(self) -> list[Decided]:
        """Decisions in the order they were made."""
        with self._read() as connection:
            return [Decided(**row._mapping) for row in connection.execute(select(schema.decisions).order_by(_D.id))]

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
