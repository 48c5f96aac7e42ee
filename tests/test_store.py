"""The store, on SQLite and on PostgreSQL: the same behaviour."""

from __future__ import annotations

import errno
import gettext
import json
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy
from crash_child import ROOT, Crashes
from crash_scenarios import FEED
from deliver_cases import INSTANT, NOW, edition, everything, freeze, later, readers
from postgres_server import Postgres, running_postgres, unavailable
from smtp_server import Server
from sqlalchemy import text

from pipeline.errors import BusyError, DigestError, InputError, StoreError
from pipeline.model import Article, Entry, FeedState, Signup, Story, Subscriber, Triage
from pipeline.store import Remembered, Store, editing, migrations, schema
from pipeline.store.engine import open_engine, plain_errors
from pipeline.store.lock import file_lock


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as store:
        yield store


def entry(number: int, **changes: object) -> Entry:
    base = Entry(
        id=f"e{number}",
        feed=FEED.url,
        guid=f"g{number}",
        url=f"https://outlet.example.org/{number}",
        title=f"News {number}",
        first_seen=NOW,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def article(number: int, **changes: object) -> Article:
    base = Article(
        id=f"e{number}",
        feed=FEED.url,
        url=f"https://outlet.example.org/{number}",
        title=f"News {number}",
        published=NOW,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


STATE = FeedState(feed=FEED, etag='W/"é\\"', last_modified="Mon", not_before=NOW, failures=2, error="timed out")


def test_tables_are_what_the_queries_see(url: str) -> None:
    with Store.open(url):
        pass
    engine = open_engine(url)
    seen = sqlalchemy.inspect(engine)
    tables = {name: {column["name"] for column in seen.get_columns(name)} for name in seen.get_table_names()}
    keys = {name: seen.get_pk_constraint(name)["constrained_columns"] for name in tables}
    engine.dispose()
    assert tables == {table.name: {column.name for column in table.columns} for table in schema.metadata.sorted_tables}
    assert keys == {table.name: [c.name for c in table.primary_key] for table in schema.metadata.sorted_tables}


def test_poll_keeps_entries_and_validators_byte_for_byte(store: Store) -> None:
    assert store.feed_states([FEED]) == [FeedState(feed=FEED)]
    assert store.save_poll(STATE, [entry(1), entry(2)]) == 2
    assert store.feed_states([FEED]) == [STATE]
    assert store.entries_to_triage(NOW) == [entry(1), entry(2)]


def test_known_entry_keeps_what_was_stored_first(store: Store) -> None:
    store.save_poll(STATE, [entry(1)])
    assert store.save_poll(STATE, [entry(1, title="Changed", first_seen=later(5))]) == 0
    assert store.entries(["e1"]) == [entry(1)]


def test_changed_guid_brings_nothing_new(store: Store) -> None:
    """By address and title within the feed; without address by title and date; another feed is another entry."""
    store.save_poll(STATE, [entry(1), entry(2, url=None, published=NOW)])
    renumbered = entry(11, url=entry(1).url, title=" news  1")
    undated = entry(12, url=None, title="News 2", published=NOW)
    elsewhere = replace(renumbered, feed="https://other.example.org/feed")
    next_day = entry(13, url=None, title="News 2", published=later(24))
    assert store.save_poll(STATE, [renumbered, undated, elsewhere, next_day]) == 2


def test_ten_thousand_entries_twice(store: Store) -> None:
    entries = [entry(i) for i in range(10_000)]
    assert store.save_poll(STATE, entries + entries[:10]) == 10_000
    assert store.save_poll(STATE, []) == 0
    assert store.save_poll(STATE, entries) == 0


def test_failed_poll_keeps_neither_entries_nor_validators(url: str) -> None:
    def fail(name: str) -> None:
        if "between" in name:
            raise RuntimeError("killed")

    with Store.open(url, at=fail) as store:
        with pytest.raises(RuntimeError):
            store.save_poll(STATE, [entry(1)])
        assert store.feed_states([FEED]) == [FeedState(feed=FEED)]
        assert store.entries_to_triage(NOW) == []


def test_entries_go_through_triage_and_reading_once(store: Store) -> None:
    store.save_poll(STATE, [entry(i) for i in range(4)])
    verdicts = [Triage(entry=f"e{i}", score=i / 10, passed=i != 1, reason="topic") for i in range(3)]
    store.save_triage(verdicts)
    assert store.entries_to_triage(NOW) == [entry(3)]
    assert store.entries_to_triage(later(1)) == []
    assert store.triage_between(NOW, later(1)) == verdicts
    assert store.entries_to_read(NOW) == [entry(2), entry(0)]
    store.save_articles([article(2)])
    assert store.entries_to_read(NOW) == [entry(0)]


def test_articles_round_trip_and_are_replaced(store: Store) -> None:
    full = article(
        1, vector=b"\x00\x01", topics={"sanction": 0.5}, labels=("sanction",), paragraphs=("Été\x00", "\ud800")
    )
    store.save_articles([full, article(2), article(3, published=None, first_seen=later(1), labels=("disclosure",))])
    assert store.article("e1") == full
    assert store.article("none") is None
    assert [item.id for item in store.articles_between(NOW, later(2))] == ["e1", "e3"]
    assert [item.id for item in store.articles_between(NOW, later(1), labels_only=False)] == ["e1", "e2"]
    assert [item.id for item in store.articles_between(NOW, later(2), by="first_seen")] == ["e3"]
    store.save_articles([replace(full, labels=(), vector=None)])
    assert store.article("e1") == replace(full, labels=(), vector=None)


def test_stories_keep_their_members(store: Store) -> None:
    old, new = article(1, published=later(-200)), article(2)
    third = article(3, published=later(-200))
    store.save_articles([old, new, third])
    stories = [Story(id="a", articles=(new, old), copies={"e1": "e2"}, rank=0.5), Story(id="b", articles=(third,))]
    store.save_stories(stories)
    assert store.known_stories(later(-1)) == stories[:1]
    assert store.known_stories(later(-300)) == stories
    merged = Story(id="a", articles=(new, old, third))
    store.save_stories([merged])
    assert store.known_stories(later(-300)) == [merged]


def test_edition_is_frozen_once(store: Store) -> None:
    first, second = edition(title="First"), edition(title="Second")
    assert store.freeze(first, {"a": 1}, shown={"s": {"facts": 1}}, now=NOW) == first
    assert store.freeze(second, {"a": 2}, shown={"t": {}}, now=NOW) == first
    assert store.editions() == [first]
    assert store.edition(first.id) == first
    assert store.edition_inputs(first.id) == {"a": 1}
    assert store.shown(["s", "t"], language="en") == {"s": {"facts": 1}}
    assert store.shown(["s"], language="fr") == {}
    assert store.shown(["s"], language="en", before=first.day) == {}
    store.freeze(edition(later(24)), {}, shown={"s": {"facts": 2}}, now=NOW)
    assert store.shown(["s"], language="en") == {"s": {"facts": 2}}
    assert store.shown(["s"], language="en", before=later(24).date()) == {"s": {"facts": 1}}


def test_a_removed_edition_leaves_no_memory_of_its_stories(store: Store) -> None:
    """What the edition before recorded counts again; editions beside it stay; the same day may be made anew."""
    first, second, french = edition(), edition(later(24)), edition(later(24), "fr")
    for value, what in ((first, "old"), (second, "new"), (french, "fr")):
        store.freeze(value, {}, shown={"s1": {"said": what}}, now=NOW)
    store.revise(replace(second, title="Changed"), after=0, editor="Ada", change="title", now=NOW)
    store.approve(second.id, revision=1, editor="Ada", now=NOW)

    store.remove_edition(second.id)

    assert store.shown(["s1"], language=first.language) == {"s1": {"said": "old"}}
    assert store.shown(["s1"], language="fr") == {"s1": {"said": "fr"}}
    assert {item.id for item in store.editions()} == {first.id, french.id}
    assert store.standing(second.id) is None
    assert store.revisions(second.id) == []
    assert store.freeze(second, {}, shown={"s1": {"said": "again"}}, now=later(1)) == second
    made = store.standing(second.id)
    assert made is not None
    assert (made.edition, made.revision, made.approval) == (second, 0, None)
    assert store.shown(["s1"], language=first.language) == {"s1": {"said": "again"}}


def test_what_was_mailed_cannot_be_removed(store: Store) -> None:
    value = freeze(store)
    store.freeze_recipients(value.id, [], now=NOW)
    with pytest.raises(InputError, match="has been mailed and cannot be removed"):
        store.remove_edition(value.id)
    with pytest.raises(InputError, match="no such edition"):
        store.remove_edition("2150-01-01-en")
    assert store.edition(value.id) == value


def test_an_edition_is_public_by_the_rule_or_not_there(store: Store) -> None:
    """Before it is mailed only whoever shows all shows it; one that was never made nobody."""
    value = freeze(store)
    assert store.archived_edition("all", value.id) == value
    assert store.archived_edition("mailed", value.id) is store.archived_edition("approved", value.id) is None
    assert store.archived_edition("all", "2150-01-01-en") is None
    store.freeze_recipients(value.id, [], now=NOW)
    assert store.archived_edition("mailed", value.id) == store.archived_edition("approved", value.id) == value


def test_a_sending_that_began_before_the_removal_ends(store: Store) -> None:
    """It would write down readers of an edition that nobody could render any more."""
    value = freeze(store)
    store.remove_edition(value.id)
    with pytest.raises(BusyError, match="was removed"):
        store.freeze_recipients(value.id, [], now=NOW)
    assert store.mailing_frozen(value.id) is None


def test_editor_wins_over_machines(store: Store) -> None:
    line = Remembered(key="k", source="fr", target="en", text="été", translation="summer", engine="argos", changed=NOW)
    by_hand = replace(line, translation="the summer", is_corrected=True)
    store.memory_put_many([line], now=NOW)
    assert store.memory_get_many(["k", "none"]) == {"k": line}
    store.memory_put_many([by_hand], now=NOW)
    store.memory_put_many([line], now=later(1))
    assert store.memory_items() == [by_hand]


def test_blocks_decisions_and_runs(store: Store) -> None:
    store.save_blocks({"a": {"x": 1}, "b": [1]})
    store.save_blocks({"a": {"x": 2}})
    assert store.load_blocks() == {"a": {"x": 2}, "b": [1]}
    number = store.add_decision("merge", {"stories": ["a", "b"]}, now=NOW)
    store.add_decision("split", {}, now=NOW)
    told = [(item.id, item.kind, item.payload) for item in store.decisions()]
    assert told == [(number, "merge", {"stories": ["a", "b"]}), (number + 1, "split", {})]
    killed = store.start_run(now=NOW)
    run = store.start_run(now=later(1))
    store.finish_run(run, now=later(2), report={"entries": 1})
    assert [(item.id, item.status) for item in store.runs()] == [(run, "done"), (killed, "interrupted")]


def test_erased_subscriber_leaves_no_address(store: Store, url: str) -> None:
    from pipeline.deliver.ledger import plan_deliveries
    from pipeline.deliver.subscribers import erase

    people = readers(store, 2)
    value = freeze(store)
    planned = plan_deliveries(value, people, (), now=NOW, domain="example.org")
    assert store.freeze_recipients(value.id, list(zip(planned, people, strict=True)), now=NOW) == 2
    exported = store.export_subscriber("r0000")
    assert exported
    assert exported["subscriber"]["address"] == "reader0000@example.org"
    assert exported["deliveries"][0]["state"] == "pending"
    json.dumps(exported)
    erase(store, "r0000", now=NOW)
    assert store.export_subscriber("r0000") is None
    assert [item.state for item in store.deliveries(value.id)] == ["suppressed", "pending"]
    assert "reader0000" not in everything(url)
    assert "reader0001" in everything(url)


def test_delivery_moves_only_from_the_expected_state(store: Store) -> None:
    from pipeline.deliver.ledger import moved, plan_deliveries

    people = readers(store, 1)
    value = freeze(store)
    (planned,) = plan_deliveries(value, people, (), now=NOW, domain="example.org")
    store.freeze_recipients(value.id, [(planned, people[0])], now=NOW)
    assert store.freeze_recipients(value.id, [(planned, people[0])], now=NOW) == 0
    assert not store.change_delivery(moved(planned, "sent", now=NOW), expected="sending")
    assert store.change_delivery(moved(planned, "sending", now=NOW), expected="pending", if_active=True)
    assert not store.change_delivery(moved(planned, "sending", now=NOW), expected="pending", if_active=True)
    assert [item.state for item in store.doubt_leftovers(now=NOW)] == ["uncertain"]
    assert store.doubt_leftovers(now=NOW) == []


def test_the_ledger_keeps_editions_and_readers_apart(store: Store) -> None:
    """What is asked or changed of one says and does nothing of the other; lists have one order."""
    from pipeline.deliver.ledger import plan_deliveries

    first, second = freeze(store), freeze(store, edition(later(24)))
    people = readers(store, 2)
    rows = {e.id: plan_deliveries(e, people, (), now=NOW, domain="example.org") for e in (first, second)}
    pairs = {name: list(zip(made, people, strict=True)) for name, made in rows.items()}
    store.freeze_recipients(second.id, pairs[second.id][::-1], now=later(1))
    assert (store.mailing_frozen(first.id), store.mailing_frozen(second.id)) == (None, later(1))
    store.freeze_recipients(first.id, pairs[first.id][:1], now=NOW)
    assert (store.mailing_frozen(first.id), store.mailing_frozen(second.id)) == (NOW, later(1))

    assert store.deliveries() == rows[first.id][:1] + rows[second.id]
    assert store.deliveries(second.id) == rows[second.id]
    assert store.recipients(first.id) == {"r0000": (people[0], NOW)}
    assert store.recipients(second.id) == {person.id: (person, later(1)) for person in people}
    sent = replace(rows[second.id][0], state="sent", attempts=1, changed=later(2))
    assert store.change_delivery(sent, expected="pending")
    assert store.deliveries(state="sent") == [sent]
    assert store.deliveries(first.id) == rows[first.id][:1]
    assert list(store.delivery_counts().items()) == [("pending", 2), ("sent", 1)]
    assert store.delivery_of(rows[second.id][1].message_id) == rows[second.id][1]
    assert store.tries() == 1


def test_unsubscribed_reader_cannot_move_to_sending(store: Store) -> None:
    """Whoever else still wants mail."""
    from pipeline.deliver.ledger import moved, plan_deliveries

    people = readers(store, 2)
    value = freeze(store)
    gone, here = plan_deliveries(value, people, (), now=NOW, domain="example.org")
    store.freeze_recipients(value.id, list(zip((gone, here), people, strict=True)), now=NOW)
    store.set_subscriber_state(people[0].id, "unsubscribed", now=NOW)
    assert not store.change_delivery(moved(gone, "sending", now=NOW), expected="pending", if_active=True)
    assert store.change_delivery(moved(here, "sending", now=NOW), expected="pending", if_active=True)


def test_what_editors_do_to_one_edition_is_kept_apart_from_the_others(store: Store) -> None:
    """Revisions, approvals, their withdrawal, and what has been mailed."""
    first, second, third = (freeze(store, edition(later(24 * day))) for day in range(3))
    for value, times in ((first, 2), (second, 1)):
        for number in range(times):
            changed = replace(value, title=f"{value.id} {number + 1}")
            store.revise(changed, after=number, editor="Ada", change=f"{number + 1}", now=later(number))
            store.approve(value.id, revision=number + 1, editor="Ada", now=later(number))
    store.freeze_recipients(third.id, [], now=later(5))

    def stand() -> list[tuple[int, str | None, str, bool]]:
        found = [standing for value in (first, second, third) if (standing := store.standing(value.id))]
        return [(s.revision, s.approval and s.approval.editor, s.edition.title, s.mailed is not None) for s in found]

    assert stand() == [
        (2, "Ada", f"{first.id} 2", False), (1, "Ada", f"{second.id} 1", False), (0, None, third.title, True),
    ]  # fmt: skip
    assert [item.change for item in store.revisions(first.id)] == ["1", "2"]
    assert [item.change for item in store.revisions(second.id)] == ["1"]
    assert store.revision(second.id, 2) is None
    assert store.revision(second.id, 0) == second
    store.withdraw_approval(first.id)
    assert [approved for _, approved, _, _ in stand()] == [None, "Ada", None]
    store.revise(second, after=1, editor="Bob", change="back", now=later(3))
    assert stand()[1] == (2, None, second.title, False)


def test_a_setting_keeps_its_first_value_unless_told_otherwise(store: Store) -> None:
    """The machine that may send stands so in it: a copy elsewhere must not write itself down."""
    assert store.known_setting("host") is None
    assert store.setting("host", b"here") == b"here"
    assert store.setting("host", b"elsewhere") == b"here"
    assert store.setting("other", b"x") == b"x"
    assert store.setting("host", b"elsewhere", replace=True) == b"elsewhere"
    assert (store.known_setting("host"), store.known_setting("other")) == (b"elsewhere", b"x")


def test_secret_is_made_once(store: Store) -> None:
    assert store.secret("links") == store.secret("links")
    assert len(store.secret("links")) == 32
    assert store.secret("links") != store.secret("address")


# Locks


def test_second_run_is_refused_at_once(url: str) -> None:
    with Store.open(url) as one, Store.open(url) as two:
        with one.run_lock(now=NOW), one.run_lock(now=NOW):
            begun = time.monotonic()
            with pytest.raises(BusyError), two.run_lock(now=NOW):
                pass
            assert time.monotonic() - begun < 1
        with two.run_lock(now=NOW):
            pass


def test_overtaken_run_stops_before_its_next_write(url: str) -> None:
    """Should a lock ever be lost (network disk, terminated session), the lease still keeps the old run from writing."""
    with Store.open(url) as one, Store.open(url) as two, one.run_lock(now=NOW):
        two._take_lease(NOW, "somebody else")
        with pytest.raises(BusyError, match="taken over"):
            one.save_blocks({"a": 1})
        two.save_blocks({"b": 1})
        assert two.load_blocks() == {"b": 1}


def test_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    code = f"""
import os, signal, time
from pathlib import Path
from pipeline.store.lock import file_lock
with file_lock(Path({str(path)!r})):
    if os.fork() == 0:   # a worker that outlives its parent must not keep the lock
        time.sleep(3); os._exit(0)
    print("held", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(BusyError, match=str(process.pid)), file_lock(path):
            pass
        process.kill()
        process.wait(5)
    with file_lock(path):
        pass


def test_a_lock_given_back_is_free_for_others(tmp_path: Path) -> None:
    """While this process goes on."""
    path = tmp_path / "run.lock"
    code = "from pathlib import Path; from pipeline.store.lock import file_lock\n"
    code += f"with file_lock(Path({str(path)!r})): pass"
    with file_lock(path):
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL).returncode == 1
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_a_lock_within_a_lock_ends_with_the_outer_one(url: str) -> None:
    """What a command takes and hands on to a part that takes it too."""
    with Store.open(url) as store, Store.open(url) as other:
        with store.run_lock(now=NOW):
            with store.run_lock(now=NOW):
                pass
            with pytest.raises(BusyError), other.run_lock(now=NOW):
                pass
        with other.run_lock(now=NOW):
            pass


def test_a_full_disk_does_not_keep_the_lock_from_its_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number in the file is for people; without room for it the lock is held all the same, and given back."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    for _ in range(2):
        with file_lock(tmp_path / "run.lock"), pytest.raises(BusyError), file_lock(tmp_path / "run.lock"):
            pass


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOLCK, StoreError), (errno.EAGAIN, BusyError)])
def test_a_disk_without_locks_is_not_taken_for_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception]
) -> None:
    """ "Already running, try again" would be said for ever; nor is the file of who holds it always to be read."""

    def fails(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("fcntl.lockf", fails)
    monkeypatch.setattr(os, "pread", fails)
    with pytest.raises(kind, match=r"run\.lock"), file_lock(tmp_path / "run.lock"):
        pass


def _start(path: str, barrier: object, results: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    try:
        with Store.open(path) as store, store.run_lock(now=NOW):
            time.sleep(2.5)
            results.put("worked")  # type: ignore[attr-defined]
    except BusyError:
        results.put("busy")  # type: ignore[attr-defined]


def test_twenty_starts_at_once_are_one_run(tmp_path: Path) -> None:
    """On a database that does not even exist yet."""
    context = multiprocessing.get_context("forkserver")
    barrier, results = context.Barrier(20), context.Queue()
    arguments = (str(tmp_path / "digest.db"), barrier, results)
    processes = [context.Process(target=_start, args=arguments) for _ in range(20)]
    for process in processes:
        process.start()
    outcomes = sorted(results.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(20)
    assert outcomes == ["busy"] * 19 + ["worked"]


# Opening


def test_newer_schema_is_refused(url: str) -> None:
    with Store.open(url) as store, store._write("test") as connection:
        connection.execute(text(f"UPDATE schema_version SET version = {migrations.VERSION + 1}"))
    with pytest.raises(StoreError, match="newer version"):
        Store.open(url)


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (x)")
    connection.close()
    with pytest.raises(StoreError, match="bookmarks"):
        Store.open(path)


def test_migration_is_all_or_nothing(url: str) -> None:
    """A second step that fails half way leaves version 1 and its tables as they were."""
    with Store.open(url) as store:
        store.save_blocks({"a": 1})
    broken = SimpleNamespace(SQL="CREATE TABLE extra (x TEXT); INSERT INTO nowhere VALUES (1)")
    sound = SimpleNamespace(SQL="CREATE TABLE extra (x TEXT)")
    with Store.open(url) as store:
        with pytest.raises((RuntimeError, StoreError)), store._write("test") as connection:
            migrations.migrate(connection, steps=(*migrations.STEPS, broken))  # type: ignore[arg-type]
        with store._write("test") as connection:
            assert migrations.version_of(connection) == migrations.VERSION
            migrations.migrate(connection, steps=(*migrations.STEPS, sound))  # type: ignore[arg-type]
            assert migrations.version_of(connection) == migrations.VERSION + 1
        assert store.load_blocks() == {"a": 1}


def test_refusals_kept_by_day_stay_what_they_were(url: str) -> None:
    """From before an edition's refusals counted once: a reader refused on two days is one still."""
    engine = open_engine(url)
    with engine.begin() as connection:
        migrations.migrate(connection, steps=migrations.STEPS[:5])
        connection.execute(
            text("INSERT INTO subscribers VALUES ('r0000', 'a@example.org', 'active', :now, :now, '{}', NULL)"),
            {"now": NOW.isoformat()},
        )
        rows = "('r0000', '2026-11-20', '552 full', TRUE), ('r0000', '2026-11-21', '550 no', FALSE)"
        connection.execute(text(f"INSERT INTO bounces (subscriber, day, reply, is_returned) VALUES {rows}"))
    engine.dispose()
    with Store.open(url) as store:
        store.forget_bounces("r0000")
        assert store.record_bounce("r0000", NOW.date(), "552 full", edition="2026-11-23-en") == 2


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to look at" * 100, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_damaged_file_is_a_store_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "digest.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"digest\.db"):
        Store.open(path)


def test_unopenable_places_are_store_errors(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "digest.db", tmp_path, "mysql://host/name", "nonsense://x"):
        with pytest.raises(StoreError):
            Store.open(place)


def test_unreachable_server_is_busy_and_hides_the_password() -> None:
    pytest.importorskip("psycopg")
    with Server() as server:
        port = server.port
    with pytest.raises(BusyError) as caught:
        Store.open(f"postgresql://user:hunter2@127.0.0.1:{port}/digest")
    assert "hunter2" not in str(caught.value)


def test_a_server_that_will_not_let_us_in_is_no_reason_to_try_again(postgres: Postgres) -> None:
    """No such database, no such user, no right, a wrong password: a person must act, so not 75."""
    postgres.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    postgres.execute("CREATE DATABASE closed")
    postgres.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
    postgres.guard("guarded")
    postgres.execute("CREATE ROLE stranger LOGIN")
    for url, reason in [
        (postgres.url("nowhere"), 'database "nowhere" does not exist'),
        (postgres.url("closed").replace("postgres@", "nobody77@"), 'role "nobody77" does not exist'),
        (postgres.url("closed").replace("postgres@", "stranger@"), 'permission denied for database "closed"'),
        (postgres.url("postgres").replace("postgres@", "guarded:canary77@"), "password authentication failed"),
        (postgres.url("postgres").replace("postgres@", "guarded@"), "no password supplied"),
    ]:
        with pytest.raises(StoreError, match=reason) as caught:
            Store.open(url)
        assert "canary77" not in str(caught.value)


@pytest.mark.parametrize(("language", "words"), [("de", "existiert nicht"), ("ja", "は存在しません")])
def test_a_server_that_speaks_no_english_shuts_us_out_as_well(language: str, words: str) -> None:
    """Before a session has begun there is no SQLSTATE to go by, only the server's own words."""
    with running_postgres(language) as server:
        server.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        server.execute("CREATE ROLE limited LOGIN")
        server.execute("CREATE DATABASE full_up CONNECTION LIMIT 0")
        server.guard("guarded")
        for url in (
            server.url("nowhere"),
            server.url("postgres").replace("postgres@", "nobody77@"),
            server.url("postgres").replace("postgres@", "guarded:canary77@"),
            server.url("postgres").replace("postgres@", "guarded@"),
        ):
            with pytest.raises(StoreError) as caught:
                Store.open(url)
            assert "canary77" not in str(caught.value)
        with pytest.raises(BusyError, match="full_up"):
            Store.open(server.url("full_up").replace("postgres@", "limited@"))
        with pytest.raises(StoreError) as caught:
            Store.open(server.url("nowhere"))
        if "does not exist" in str(caught.value):
            unavailable(f"needs the messages of PostgreSQL in {language}")
        assert words in str(caught.value)


def test_how_a_file_is_opened(tmp_path: Path) -> None:
    """What is written outlives a power cut, readers wait for no writer, and no row points at one that is gone."""
    engine = open_engine(tmp_path / "digest.db")
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2, "mmap_size": 0}
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in expected}
    engine.dispose()
    assert found == expected


@pytest.mark.usefixtures("loose_umask")
def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    """It holds readers' addresses and what signs their links; rights that somebody gave on purpose stay."""
    path = tmp_path / "new" / "digest.db"
    with Store.open(path) as store:
        store.secret("links")
        made = {item.name: oct(item.stat().st_mode & 0o777) for item in path.parent.iterdir()}
    path.chmod(0o640)
    with Store.open(path):
        pass

    assert set(made.values()) == {"0o600"}
    assert {"digest.db", "digest.db-wal", "digest.db-shm"} <= set(made)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.fixture
def loose_umask() -> Iterator[None]:
    """As most systems have it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_file_may_have_an_at_sign_in_its_name(tmp_path: Path) -> None:
    """Only in the address of a server it is the end of a password."""
    with Store.open(f"sqlite:///{tmp_path / 'digest@home.db'}"):
        pass
    assert (tmp_path / "digest@home.db").exists()


def test_errors_hold_no_row(url: str) -> None:
    """Tracebacks and logs show the statement; a row may hold an address."""
    engine = open_engine(url)
    with engine.connect() as connection, pytest.raises(sqlalchemy.exc.DBAPIError) as caught:
        connection.execute(text("SELECT :address FROM nowhere"), {"address": "canary@example.org"})
    engine.dispose()
    assert "SELECT" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_an_error_of_the_driver_alone() -> None:
    """SQLite's own is the database's; one of PostgreSQL's driver without a state may be a mistake of ours."""
    psycopg = pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="digest: it is damaged"), plain_errors("digest"):
        raise sqlite3.DatabaseError("it is damaged")
    with pytest.raises(BusyError, match="does not answer"), plain_errors("digest"):
        raise sqlalchemy.exc.OperationalError("", None, psycopg.OperationalError("connection refused"))
    with pytest.raises(RuntimeError, match="ProgrammingError: no such placeholder"), plain_errors("digest"):
        raise sqlalchemy.exc.ProgrammingError("", None, psycopg.ProgrammingError("no such placeholder"))


_CATALOGUES = sorted(Path("/usr/share/locale").glob("*/LC_MESSAGES/postgres-*.mo"))


@pytest.mark.parametrize("catalogue", _CATALOGUES, ids=lambda path: f"{path.parts[4]}-{path.stem}")
def test_the_words_of_every_language_of_postgresql(catalogue: Path) -> None:
    """In each language in which the server's catalogue has a message: what is for good, and what passes."""

    def kind(message: str) -> type[Exception]:
        with pytest.raises(DigestError) as caught, plain_errors("digest"):
            raise sqlalchemy.exc.OperationalError("", None, psycopg.OperationalError(f"FATAL:  {message}"))
        return caught.type

    psycopg = pytest.importorskip("psycopg")
    with catalogue.open("rb") as file:
        say = gettext.GNUTranslations(file).gettext
    for known, expected in [
        ('database "%s" does not exist', StoreError),
        ('role "%s" does not exist', StoreError),
        ('role "%s" is not permitted to log in', StoreError),
        ('password authentication failed for user "%s"', StoreError),
        ('Peer authentication failed for user "%s"', StoreError),
        ('certificate authentication failed for user "%s"', StoreError),
        ("permission denied for database %s", StoreError),
        ('no pg_hba.conf entry for host "%s", user "%s", database "%s", %s', StoreError),
        ('pg_hba.conf rejects connection for host "%s", user "%s", database "%s", %s', StoreError),
        ("the database system is starting up", BusyError),
        ("the database system is shutting down", BusyError),
        ("sorry, too many clients already", BusyError),
        ('too many connections for role "%s"', BusyError),
        ('too many connections for database "%s"', BusyError),
        ('database "%s" is not currently accepting connections', BusyError),
    ]:
        assert kind(say(known).replace("%s", "digest")) is expected, say(known)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        *[(state, BusyError) for state in ("08006", "40001", "40P01", "53200", "53300", "55P03", "57P01")],
        *[(state, StoreError) for state in ("25006", "28000", "3D000", "42501", "53100", "58030", "XX001", "XX002")],
        *[(state, RuntimeError) for state in ("22003", "23505", "25001")],
    ],
)
def test_the_server_s_words_and_ours(postgres: Postgres, state: str, kind: type[Exception]) -> None:
    """Try again, look at it, or a mistake of this program; with the server's reason."""
    with Store.open(postgres.make()) as store, pytest.raises(kind, match="the reason"), store._write("x") as connection:
        connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'the reason' USING ERRCODE = '{state}'; END $$"))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *[(code, BusyError) for code in ("BUSY", "BUSY_SNAPSHOT", "LOCKED", "PROTOCOL")],
        *[(code, StoreError) for code in ("FULL", "IOERR_FSYNC", "CORRUPT", "NOTADB", "READONLY", "CANTOPEN")],
        *[(code, RuntimeError) for code in ("CONSTRAINT_UNIQUE", "ERROR", "MISUSE", "RANGE")],
    ],
)
def test_the_codes_of_sqlite_and_our_words(code: str, kind: type[Exception]) -> None:
    """Try again, look at it, or a mistake of this program."""
    error = sqlite3.OperationalError("the reason")
    error.sqlite_errorcode = getattr(sqlite3, f"SQLITE_{code}")
    with pytest.raises(kind, match="the reason"), plain_errors("digest"):
        raise sqlalchemy.exc.OperationalError("", None, error)


def test_a_standby_that_cannot_be_written_to_is_told(postgres: Postgres) -> None:
    """After a failover to it; reading goes on."""
    url = postgres.make()
    with Store.open(url) as store:
        store.save_blocks({"a": 1})
    name = url.partition("@/")[2].partition("?")[0]
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with Store.open(url) as store:
        assert store.load_blocks() == {"a": 1}
        with pytest.raises(StoreError, match="read-only transaction"):
            store.save_blocks({"a": 2})


def test_a_server_that_is_starting_or_full_is_busy(postgres: Postgres) -> None:
    """It answers FATAL too; but the next run finds it ready."""
    url = postgres.make()
    name = url.partition("@/")[2].partition("?")[0]
    postgres.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    postgres.execute("CREATE ROLE limited LOGIN")
    with pytest.raises(BusyError, match="too many connections"):
        Store.open(url.replace("postgres@", "limited@"))


def test_database_locked_by_another_process_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    with Store.open(path, busy_seconds=0.2) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert store.load_blocks() == {}
        with pytest.raises(BusyError):
            store.save_blocks({"a": 1})
        other.execute("ROLLBACK")
        other.close()
        store.save_blocks({"a": 1})


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_nobody_waits_longer_than_the_limit_for_a_file_held_as_a_whole(tmp_path: Path, mode: str) -> None:
    """A copy by the database's own tools, or a repair, locks readers out too; a new connection begins by reading."""
    path = tmp_path / "digest.db"
    other = sqlite3.connect(path, isolation_level=None)
    for pragma in (f"journal_mode={mode}", "locking_mode=EXCLUSIVE"):
        other.execute(f"PRAGMA {pragma}").fetchone()
    other.execute("BEGIN EXCLUSIVE")
    other.execute("CREATE TABLE held (a)")
    start = time.monotonic()
    with pytest.raises(BusyError, match="another process holds the database"):
        Store.open(path, busy_seconds=0.3)
    assert time.monotonic() - start < 3
    other.execute("ROLLBACK")
    other.close()
    with Store.open(path, busy_seconds=0.3) as store:
        assert store.load_blocks() == {}


def test_full_disk_leaves_the_database_whole(tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands in for a full disk; nothing half written, works again when there is space."""
    path = tmp_path / "digest.db"
    with Store.open(path) as store:
        store.save_blocks({"a": 1})
    code = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from pipeline.store import Store
from pipeline.errors import StoreError
with Store.open({str(path)!r}) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
    try:
        for i in range(50):
            store.save_blocks({{f"b{{i}}": "x" * 100_000}})
    except StoreError as error:
        print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr
    with Store.open(path) as store:
        blocks = store.load_blocks()
        assert blocks.pop("a") == 1
        assert all(len(value) == 100_000 for value in blocks.values())
        store.save_blocks({"c": 1})


def test_pragmas(tmp_path: Path) -> None:
    with Store.open(tmp_path / "digest.db") as store, store._read() as connection:
        values = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_threads_share_a_store(store: Store) -> None:
    """The run writes while the web page reads and somebody unsubscribes."""
    readers(store, 1)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(10):
                store.save_blocks({f"{number}/{step}": step})
                store.load_blocks()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the main thread reports it
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(store.load_blocks()) == 50


# PostgreSQL only


@pytest.mark.parametrize("point", ["before", "written", "committed"])
def test_a_connection_lost_in_a_change_costs_that_change_at_most(postgres: Postgres, point: str) -> None:
    """Whole or not at all, "try again" when not; and the next change finds its way to the server again."""
    url = postgres.make()

    def at(name: str) -> None:
        if name == f"keep setting: {point}":
            _end_sessions(postgres, url)

    with Store.open(url, at=at) as store:
        store.known_setting("a")  # a connection that waits for the next change
        if point == "written":
            with pytest.raises(BusyError, match="does not answer"):
                store.setting("a", b"1")
        else:
            assert store.setting("a", b"1") == b"1"
        assert store.known_setting("a") == (None if point == "written" else b"1")
        store.save_blocks({"b": 1})
        assert store.load_blocks() == {"b": 1}


def test_a_connection_lost_between_two_looks_is_told(postgres: Postgres) -> None:
    """A look that lasts, as over many readers: nothing but "try again", and the next one works."""
    url = postgres.make()

    def look() -> None:
        with store._read() as connection:
            connection.execute(text("SELECT 1"))
            _end_sessions(postgres, url)
            connection.execute(text("SELECT 1"))

    with Store.open(url) as store:
        readers(store, 3)
        with pytest.raises(BusyError, match="does not answer"):
            look()
        assert len(store.subscribers()) == 3


def _end_sessions(postgres: Postgres, url: str) -> None:
    """As an administrator, or a restart of the server, ends all of a database's."""
    name = url.split("/")[3].split("?")[0]
    postgres.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'")


def test_terminated_session_gives_the_lock_away_and_stops_the_old_run(postgres: Postgres) -> None:
    url = postgres.make()
    with Store.open(url) as one, Store.open(url) as two, one.run_lock(now=NOW):
        postgres.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
            f" AND database = (SELECT oid FROM pg_database WHERE datname = '{url.split('/')[3].split('?')[0]}')"
        )
        with two.run_lock(now=later(1)):
            with pytest.raises(BusyError):
                one.save_blocks({"a": 1})
            two.save_blocks({"b": 1})
        assert two.load_blocks() == {"b": 1}


def test_kill_while_sending_on_postgresql(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same promise as on SQLite, at every third point of the run."""
    template = postgres.make()
    with Store.open(template) as store:
        freeze(store)
        readers(store, 2)
    name = template.split("/")[3].split("?")[0]
    with Crashes() as crashes:
        with Server() as server:
            status, points = crashes.run("send", database=postgres.make(name), port=server.port)
        assert status == 0
        for number in range(0, len(points), 3):
            url = postgres.make(name)
            with Server() as server:
                assert crashes.run("send", database=url, port=server.port, crash_at=number)[0] == -9
                assert _again(crashes, url, server.port) == 0, points[number]
                with Store.open(url) as store:
                    deliveries = store.deliveries()
                ids = server.message_ids
                assert len(ids) == len(set(ids))
                assert {item.state for item in deliveries} <= {"sent", "uncertain"}
                assert len(deliveries) == 2
                assert all(item.state == "uncertain" or item.message_id in ids for item in deliveries)
                assert sum(item.state == "uncertain" for item in deliveries) <= 1


def _again(crashes: Crashes, url: str, port: int) -> int:
    """The server notices a killed client within moments: until then its lock is held."""
    for _ in range(50):
        with Store.open(url) as store:
            try:
                with store.run_lock(now=NOW):
                    break
            except BusyError:
                time.sleep(0.05)
    return crashes.run("send", database=url, port=port)[0]


def test_time_spans_survive(store: Store) -> None:
    """Microseconds are kept: the window of a day has sharp ends."""
    exact = NOW + timedelta(microseconds=1)
    store.save_articles([article(1, published=exact, labels=("x",))])
    assert store.articles_between(exact, exact + timedelta(microseconds=1)) != []
    assert store.articles_between(NOW, exact) == []


assert os.name == "posix"


def test_revisions_approvals_and_frozen_recipients(store: Store) -> None:
    """An edition is changed by one editor after the other, approved as it stands, and closed once it is mailed."""
    made = edition()
    store.freeze(made, {}, now=NOW)
    changed = replace(made, note="Good morning.")
    assert store.revise(changed, after=0, editor="Ada", change="opening words", now=NOW) == 1
    with pytest.raises(BusyError, match="changed by somebody else"):
        store.revise(made, after=0, editor="Bo", change="late", now=NOW)
    store.approve(made.id, revision=1, editor="Ada", now=later(1))

    standing = store.standing(made.id)
    assert standing is not None
    assert (standing.edition, standing.revision, standing.mailed) == (changed, 1, None)
    assert standing.approval is not None
    assert store.edition(made.id) == changed
    assert store.editions() == [changed]
    assert store.freeze(made, {}, now=later(2)) == changed
    assert store.revision(made.id, 0) == made
    assert [item.change for item in store.revisions(made.id)] == ["opening words"]

    readers(store, 2)
    with pytest.raises(BusyError, match="was edited"):
        store.freeze_recipients(made.id, [], now=NOW, revision=0)
    store.freeze_recipients(made.id, [], now=NOW, revision=1)
    with pytest.raises(InputError, match="has been mailed"):
        store.revise(made, after=1, editor="Ada", change="late", now=NOW)
    with pytest.raises(InputError, match="no such edition"):
        store.approve("1999-01-01-en", revision=0, editor="Ada", now=NOW)
    assert store.standing("1999-01-01-en") is None


def test_one_look_is_one_moment(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor's change between two statements must not give yesterday's words today's number: it would be sent so."""
    with Store.open(url) as store, Store.open(url) as other:
        freeze(store)
        number = editing.newest_number

        def meanwhile(connection: sqlalchemy.Connection, id: str) -> int:
            monkeypatch.setattr(editing, "newest_number", number)
            other.revise(edition(title="Changed"), after=0, editor="E", change="title", now=NOW)
            return number(connection, id)

        monkeypatch.setattr(editing, "newest_number", meanwhile)
        standing = store.standing(edition().id)
        assert standing
        assert (standing.revision, standing.edition.title) == (0, "Digest")
        assert number
        after = store.standing(edition().id)
        assert after
        assert (after.revision, after.edition.title) == (1, "Changed")


def test_two_links_of_one_address_at_once_are_one_reader(url: str) -> None:
    """Two sign-ups, two buttons pressed in the same moment: one subscription, and no error for anybody."""
    common = {"mailbox": "ada@example.org", "address_key": "ada@example.org", "mac": "m", "solicitation": "s"}
    found: list[Subscriber | None] = []

    def confirm(store: Store, id: str) -> None:
        found.append(store.confirm_signup(id, **common, consent={}, now=NOW))

    threads: list[threading.Thread] = []

    def at(point: str) -> None:
        if point == "confirm signup: written" and not threads:
            threads.append(threading.Thread(target=confirm, args=(second, "b" * 32)))
            threads[0].start()
            time.sleep(0.5)

    with Store.open(url, at=at) as first, Store.open(url) as second:
        for id in ("a" * 32, "b" * 32):
            wish = Signup(id=id, address="ada@example.org", language="en", words="yes", words_language="en", asked=NOW)
            assert first.ask(wish, address_key="ada@example.org", visitor=None, per_visitor=9, per_hour=9)
            assert first.change_signup(replace(wish, state="sent"), expected="asked", now=NOW)
        confirm(first, "a" * 32)
        threads[0].join(20)
        assert [reader.address for reader in first.subscribers()] == ["ada@example.org"]
    assert len({reader.id for reader in found if reader}) == 1
    assert len(found) == 2


def test_an_error_of_ours_repeats_no_address(store: Store) -> None:
    """Tracebacks end in logs, and databases like to repeat the row."""
    (reader,) = readers(store, 1)
    with pytest.raises(RuntimeError) as caught:
        store.save_subscriber(replace(reader, id="other"), address_key=reader.address, now=NOW)
    assert "reader0000" not in "".join(traceback.format_exception(caught.value))


def test_more_than_the_pool_holds_is_busy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty visitors at once: those who get no connection in time are told to come again, in a page."""
    with Store.open(url) as store, ExitStack() as stack:
        monkeypatch.setattr(store._engine.pool, "_timeout", 0.1)
        for _ in range(15):
            stack.enter_context(store._read())
        with pytest.raises(BusyError, match="too many"):
            store.subscribers()


def test_refusals_are_counted_by_day_and_by_reader(store: Store) -> None:
    """A day counts once; one that came back as mail outlives a message that our own server took; nobody is made up."""
    ada, eve = readers(store, 2)
    today = NOW.date()
    assert store.record_bounce(ada.id, today, "550") == 1
    assert store.record_bounce(ada.id, today, "550 again") == 1
    assert store.record_bounce(eve.id, today - timedelta(days=40), "550", is_returned=True) == 1
    assert store.record_bounce(eve.id, today, "550", within=timedelta(days=30)) == 1
    assert store.record_bounce(eve.id, today - timedelta(days=30), "550", within=timedelta(days=30)) == 3
    assert store.record_bounce("nobody", today, "550") == 0
    for reader in (ada, eve):
        store.forget_bounces(reader.id)
    kept = [store.export_subscriber(reader.id) for reader in (ada, eve)]
    assert [len(item["bounces"]) for item in kept if item is not None] == [0, 1]


def test_an_edition_that_is_refused_counts_once_however_often_it_is_told(store: Store) -> None:
    """Told again days later, nothing is added; that it came back as a mail is kept. Two editions of one day are one."""
    (ada,) = readers(store, 1)
    tell = partial(store.record_bounce, ada.id)
    assert tell(NOW.date(), "552 full", edition="2026-11-23-en") == 1
    assert tell(later(24).date(), "full", edition="2026-11-23-en", is_returned=True) == 1
    assert tell(later(48).date(), "552 full", edition="2026-11-23-en") == 1
    assert tell(NOW.date(), "552 full", edition="2026-11-23-fr") == 1
    store.forget_bounces(ada.id)
    kept = store.export_subscriber(ada.id)
    assert kept is not None
    assert kept["bounces"] == [{"about": "2026-11-23-en", "day": "2026-11-23", "reply": "552 full"}]
    assert tell(later(24).date(), "552 full", edition="2026-11-24-en") == 2


def test_the_last_edition_mailed_to_a_reader(store: Store) -> None:
    """By its frozen list, between two moments; what others got says nothing."""
    from pipeline.deliver.ledger import plan_deliveries

    people = readers(store, 2)
    days = [NOW, later(24), later(48)]
    for day, whose in zip(days, (people, people[:1], people), strict=True):
        value = freeze(store, edition(day))
        planned = plan_deliveries(value, whose, (), now=day, domain="example.org")
        store.freeze_recipients(value.id, list(zip(planned, whose, strict=True)), now=day)

    def last(reader: Subscriber, by: datetime, after: datetime = NOW - INSTANT) -> str | None:
        return store.last_mailed(reader.id, after=after, by=by)

    assert [last(people[0], day) for day in days] == ["2026-11-23-en", "2026-11-24-en", "2026-11-25-en"]
    assert [last(people[1], day) for day in days] == ["2026-11-23-en", "2026-11-23-en", "2026-11-25-en"]
    assert last(people[0], NOW - INSTANT) is None
    assert last(people[1], later(24), after=NOW) is None


def test_what_is_done_to_one_reader_leaves_the_others_alone(store: Store, url: str) -> None:
    """Leaving, choosing, exporting, erasing, refusals and their end."""
    from pipeline.deliver.ledger import plan_deliveries

    people = readers(store, 3)
    for each in (edition(), edition(later(24))):
        freeze(store, each)
        planned = plan_deliveries(each, people, (), now=NOW, domain="example.org")
        store.freeze_recipients(each.id, list(zip(planned, people, strict=True)), now=NOW)
    for person in people:
        store.record_bounce(person.id, NOW.date(), f"550 {person.id}")
        store.record_bounce(person.id, later(24).date(), f"551 {person.id}")

    assert store.change_choices("r0001", language="fr", topics=("sanction",), now=NOW) == store.subscriber("r0001")
    assert [item.language for item in store.subscribers()] == ["en", "fr", "en"]
    assert store.set_subscriber_state("r0002", "unsubscribed", now=later(1))
    assert not store.set_subscriber_state("nobody", "unsubscribed", now=NOW)
    assert [item.id for item in store.subscribers(state="active")] == ["r0000", "r0001"]
    assert store.change_choices("r0002", language="fr", topics=(), now=NOW) is None

    exported = store.export_subscriber("r0001")
    assert exported is not None
    assert [item["edition"] for item in exported["deliveries"]] == [edition().id, edition(later(24)).id]
    assert exported["bounces"] == [
        {"about": "2026-11-23", "day": "2026-11-23", "reply": "550 r0001"},
        {"about": "2026-11-24", "day": "2026-11-24", "reply": "551 r0001"},
    ]  # fmt: skip
    assert exported["subscriber"]["state"] == "active"

    assert [item.id for item in store.left_before(later(1))] == []
    assert [item.id for item in store.left_before(later(1) + INSTANT)] == ["r0002"]

    assert store.erase_subscriber("r0001")
    assert [item.id for item in store.subscribers()] == ["r0000", "r0002"]
    states = [(item.subscriber, item.state, item.reason) for item in store.deliveries(edition().id)]
    assert states == [("r0000", "pending", None), ("r0001", "suppressed", "erased"), ("r0002", "pending", None)]
    assert store.record_bounce("r0000", later(48).date(), "552") == 3
    left = everything(url)
    assert "r0001@" not in left
    assert "550 r0001" not in left
    assert "550 r0002" in left
    assert not store.erase_subscriber("r0001")


def test_a_message_taken_forgives_its_reader_what_our_own_server_refused(store: Store) -> None:
    """Not what came back as a mail, and nobody else."""
    first, second = readers(store, 2)
    for reader in (first, second):
        store.record_bounce(reader.id, NOW.date(), "550 here")
        store.record_bounce(reader.id, later(24).date(), "550 there", is_returned=True)
    store.forget_bounces(first.id)
    store.forget_bounces("nobody")
    kept = [store.export_subscriber(reader.id) for reader in (first, second)]
    assert [[item["reply"] for item in found["bounces"]] for found in kept if found] == [
        ["550 there"], ["550 here", "550 there"],
    ]  # fmt: skip


def test_a_refusal_of_an_address_stands_until_it_is_lifted(store: Store) -> None:
    """The first reason stays; a complaint outweighs it; lifting one lifts no other."""
    store.suppress("a", "bounced", now=NOW)
    store.suppress("a", "unsubscribed", now=NOW)
    store.suppress("b", "bounced", now=NOW)
    assert [store.suppression(mac) for mac in ("a", "b", "c")] == ["bounced", "bounced", None]
    store.suppress("a", "complaint", now=NOW)
    store.suppress("a", "bounced", now=NOW)
    assert [store.suppression(mac) for mac in ("a", "b")] == ["complaint", "bounced"]
    assert store.lift_suppression("a")
    assert not store.lift_suppression("a")
    assert [store.suppression(mac) for mac in ("a", "b")] == [None, "bounced"]


def test_who_came_or_left_in_between_is_not_overwritten(store: Store) -> None:
    """A decision counts for what was seen only; the proof that is there stays when none is given."""
    reader = Subscriber(id="r1", address="a@example.org", language="en", created=NOW)

    def save(seen: str | None, **changes: object) -> None:
        changed = replace(reader, **changes)  # type: ignore[arg-type]
        consent = {"source": "form"} if "language" not in changes else None
        store.save_subscriber(changed, address_key="a@example.org", now=NOW, consent=consent, seen=seen)  # type: ignore[arg-type]

    with pytest.raises(BusyError, match="nobody now"):
        save("active")
    save("nobody")
    with pytest.raises(BusyError, match="active now"):
        save("nobody")
    store.set_subscriber_state("r1", "unsubscribed", now=NOW)
    with pytest.raises(BusyError, match="unsubscribed now"):
        save("active")
    save("unsubscribed", language="fr")
    save(None, language="de")
    assert store.subscriber_by_key("a@example.org") == replace(reader, language="de")
    assert store.subscriber_by_key("b@example.org") is None
    exported = store.export_subscriber("r1")
    assert exported is not None
    assert exported["consent"] == {"source": "form"}


def test_one_address_added_by_many_at_once_is_one_reader(url: str) -> None:
    """The others are told that somebody came in between; none ends as a mistake of the program."""
    start = threading.Barrier(8)

    def save(number: int) -> str:
        reader = Subscriber(id=f"r{number}", address="a@example.org", language="en", created=NOW)
        start.wait()
        try:
            store.save_subscriber(reader, address_key="a@example.org", now=NOW, seen="nobody")
        except BusyError:
            return "busy"
        return "saved"

    with Store.open(url) as store, ThreadPoolExecutor(8) as crew:
        assert sorted(crew.map(save, range(8))) == ["busy"] * 7 + ["saved"]
        assert len(store.subscribers()) == 1


def test_leftovers_become_doubtful_with_time_and_reason(store: Store) -> None:
    """In the order of editions and readers; what was not on its way stays."""
    from pipeline.deliver.ledger import moved, plan_deliveries

    people = readers(store, 3)
    days = [freeze(store, edition(later(24))), freeze(store)]
    for each in days:
        planned = plan_deliveries(each, people, (), now=NOW, domain="example.org")
        store.freeze_recipients(each.id, list(zip(planned, people, strict=True)), now=NOW)
        for item in planned[1::-1]:
            assert store.change_delivery(moved(item, "sending", now=NOW), expected="pending")
    left = store.doubt_leftovers(now=later(1))
    assert [(item.edition, item.subscriber) for item in left] == [
        (each.id, reader) for each in reversed(days) for reader in ("r0000", "r0001")
    ]
    assert {(item.state, item.changed) for item in left} == {("uncertain", later(1))}
    assert all(item.reason and "program stopped" in item.reason for item in left)
    assert store.deliveries(state="uncertain") == left
    assert len(store.deliveries(state="pending")) == 2
    assert store.doubt_leftovers(now=later(2)) == []


def test_addresses_of_old_deliveries_are_forgotten_but_of_what_still_waits(store: Store) -> None:
    from pipeline.deliver.ledger import moved, plan_deliveries

    people = readers(store, 3)
    value = freeze(store)
    planned = plan_deliveries(value, people, (), now=NOW, domain="example.org")
    store.freeze_recipients(value.id, list(zip(planned, people, strict=True)), now=NOW)
    store.change_delivery(moved(planned[0], "sending", now=NOW), expected="pending")
    store.change_delivery(moved(planned[1], "failed", now=NOW), expected="pending")
    assert store.forget_recipients(NOW) == 0
    assert store.forget_recipients(NOW + INSTANT) == 1
    assert set(store.recipients(value.id)) == {"r0000", "r0002"}
    assert store.forget_recipients(NOW + INSTANT) == 0
