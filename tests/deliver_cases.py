"""Values that the tests of store and deliver share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import text

from pipeline.deliver import SendReport, SmtpSettings, send_edition
from pipeline.deliver.settings import Deadlines
from pipeline.deliver.subscribers import add
from pipeline.model import Coverage, Edition, Subscriber
from pipeline.store import Store, schema
from pipeline.store.engine import open_engine

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
#: The least time that the store tells apart.
INSTANT = timedelta(microseconds=1)
QUICK = Deadlines(connect=2, greeting=0.5, command=0.5, data=0.5, block=2, end=0.5)


def edition(at: datetime = NOW, language: str = "en", **changes: Any) -> Edition:
    values: dict[str, Any] = {
        "id": f"{at:%Y-%m-%d}-{language}",
        "day": at.date(),
        "language": language,
        "title": "Digest",
        "closed": at,
        "timezone": "UTC",
        "sections": (),
        "coverage": Coverage(),
    }
    return Edition(**values | changes)


def freeze(store: Store, value: Edition | None = None) -> Edition:
    return store.freeze(value or edition(), {}, now=NOW)


def readers(store: Store, count: int, *, language: str = "en") -> list[Subscriber]:
    return [
        add(store, f"reader{i:04}@example.org", language=language, now=NOW, new_id=partial("r{:04}".format, i))
        for i in range(count)
    ]


def settings(port: int, **changes: Any) -> SmtpSettings:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "Digest <digest@example.org>",
        "list_id": "digest.example.org",
        "unsubscribe_base_url": "https://digest.example.org/u",
        "per_second": 1e9,
        "retry_waits": (),
        "deadlines": QUICK,
    }
    return SmtpSettings(**values | changes)


def render(subscriber: Subscriber) -> tuple[str, str, str]:
    return "Digest of 23 November", "<!doctype html><p>Nouvelles : été</p>", f"Nouvelles : été\n{subscriber.topics}\n"


def send(store: Store, value: Edition, port: int, *, now: datetime = NOW, **options: Any) -> SendReport:
    chosen = options.pop("settings", None) or settings(port)
    slept: Callable[[float], None] = options.pop("sleep", lambda _: None)
    return send_edition(store, value, render=render, settings=chosen, now=now, sleep=slept, **options)


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def everything(url: str) -> str:
    """All that a database holds, as text: what must not be in it is looked for there."""
    engine = open_engine(url)
    with engine.connect() as connection:
        rows = [
            str(row)
            for table in schema.metadata.sorted_tables
            for row in connection.execute(text(f"SELECT * FROM {table.name}"))
        ]
    engine.dispose()
    return "\n".join(rows)
