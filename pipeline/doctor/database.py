"""The store: whole, ours, of this program's schema and of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from pipeline.doctor.findings import Finding, advice, not_checked, ok, problem
from pipeline.store import Holdings, Store
from pipeline.store.health import Health
from pipeline.store.migrations import VERSION
from pipeline.text.count import count_of

_RESTORE = "Stop everything, keep a copy of the files as they are, and restore the last backup (docs/store.md)."


def integrity(health: Health) -> Finding:
    """Whether the database was found whole."""
    if health.kind == "postgresql":
        return not_checked("integrity", "PostgreSQL keeps its own; pg_amcheck looks")
    if health.damage:
        return problem("integrity", f"damaged: {'; '.join(health.damage)}", _RESTORE)
    if not health.is_read_through:
        todo = "Run it when the machine is idle: sqlite3 FILE 'PRAGMA integrity_check'"
        return not_checked("integrity", "reading the whole database takes too long", todo)
    return ok("integrity", "integrity_check finds nothing")


def schema(health: Health) -> Finding:
    """Whether program and database know each other."""
    shown = f"schema {health.schema} in {health.kind} {health.program}"
    if health.schema > VERSION:
        todo = "Install the newer cyberdigest that made it; this one touches nothing."
        return problem("schema", f"{shown}, this program knows up to {VERSION}", todo)
    if health.schema < VERSION:
        todo = "Make a backup; the next command that opens the store brings it up to date by itself."
        return advice("schema", f"{shown}, this program makes it {VERSION}", todo)
    return ok("schema", shown)


def private(path: Path) -> Finding:
    """Whether other users of the machine are kept from the file."""
    if path.stat().st_mode & 0o007:
        told = "every user of this machine can read it: readers' addresses, and what signs their links"
        return advice("privacy", told, f"chmod o-rwx {path}*")
    return ok("privacy", "other users of this machine cannot read the database")


def at_work(holder: str | None) -> Finding:
    """Whether another run holds the lock."""
    if holder is None:
        return ok("run lock", "no other run is active")
    return advice("run lock", f"another run is at work ({holder})", "Wait until it ends before you start one by hand.")


def instance(store: Store, host: str, tries_seen: int) -> Finding:
    """Whether this machine is the one that sends, and the database no old copy.

    Args:
        store: The database.
        host: Name of this machine.
        tries_seen: What the file `sent-so-far` in the data folder counts; 0 without it.
    """
    others = [
        what
        for name, what in (("sending-host", "editions"), ("confirming-host", "confirmations"))
        if store.known_setting(name) not in (None, host.encode())
    ]
    if others:
        return problem(
            "instance",
            f"{' and '.join(others)} were last mailed from another machine",
            "If the database has moved here for good: `send --adopt`, `public --adopt`; else this is a copy, "
            "and sends nothing.",
        )
    if store.tries() < tries_seen:
        return problem(
            "instance",
            f"the database knows of {store.tries()} tries to send, this machine of {tries_seen}: it is an old copy",
            "When the day's edition is over: `cyberdigest send --adopt` (docs/delivery.md, moving to another machine).",
        )
    if store.known_setting("sending-host") is None:
        return ok("instance", "nothing has been mailed from this database yet")
    return ok("instance", "this machine is the one that sends")


def size(held: Holdings, keep: timedelta | None) -> Finding:
    """How large the database is, and whether it is kept from growing for ever."""
    free = f", {held.free_bytes / 1e6:.0f} MB of it free for what comes" if held.free_bytes else ""
    told = f"{held.size_bytes / 1e6:.0f} MB{free}; {count_of(held.rows['articles'], 'article')}"
    since = f", entries since {held.since:%Y-%m-%d}" if held.since else ""
    kept = "`store.keep` forgets nothing" if keep is None else f"kept for {count_of(keep.days, 'day')}"
    return ok("size", f"{told}{since}; {kept}")


def unfinished(counts: Mapping[str, int]) -> Finding:
    """Deliveries that wait, or of which nobody knows."""
    doubted, waiting = counts.get("uncertain", 0) + counts.get("sending", 0), counts.get("pending", 0)
    if doubted:
        told = f"{doubted} uncertain, {waiting} pending"
        todo = "`cyberdigest deliveries list --state uncertain`, then `deliveries settle` with the mail server's log."
        return advice("deliveries", told, todo)
    if waiting:
        todo = "`cyberdigest send` continues with them; those of an edition older than 24 hours expire."
        return advice("deliveries", f"{waiting} pending", todo)
    return ok("deliveries", f"none is unfinished, {counts.get('sent', 0)} sent so far")
