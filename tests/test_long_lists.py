"""Lists that grow every day: the newest first, a part at a time, and quick however long they have become."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from deliver_cases import NOW, edition, freeze, readers

from pipeline.cli import main
from pipeline.cli.mail import _chosen
from pipeline.deliver.ledger import plan_deliveries
from pipeline.model import Delivery, Subscriber
from pipeline.store import Store


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as store:
        yield store


def frozen(store: Store, people: list[Subscriber], days: int) -> list[Delivery]:
    """One edition a day for everybody; the deliveries, newest edition first."""
    made: list[Delivery] = []
    for number in range(days):
        day = NOW + timedelta(days=number)
        each = freeze(store, edition(day))
        planned = plan_deliveries(each, people, (), now=day, domain="example.org")
        store.freeze_recipients(each.id, list(zip(planned, people, strict=True)), now=day)
        made = [*planned, *made]
    return made


def test_a_part_of_the_ledger_is_the_newest_editions_first(store: Store) -> None:
    ledger = frozen(store, readers(store, 3), 3)

    assert list(store.newest_deliveries(limit=None)) == ledger
    assert list(store.newest_deliveries(limit=4)) == ledger[:4]
    assert list(store.newest_deliveries(limit=4, skip=7)) == ledger[7:]
    assert list(store.newest_deliveries(limit=None, skip=8)) == ledger[8:]
    assert list(store.newest_deliveries(ledger[3].edition, limit=2, skip=1)) == ledger[4:6]
    assert list(store.newest_deliveries(state="sent", limit=9)) == []


def test_a_part_of_the_editions_is_the_newest_first(store: Store) -> None:
    days = [(NOW + timedelta(days=number)).date() for number in range(4)]
    frozen(store, [], 4)
    freeze(store, edition(language="fr"))

    assert [item.day for item in store.editions(limit=2, skip=1)] == [days[2], days[1]]
    assert [item.id for item in store.editions(day=days[0])] == [f"{days[0]}-en", f"{days[0]}-fr"]
    assert store.edition_days() == days[::-1]


def test_the_editions_to_send_are_those_of_the_newest_day_that_is_over(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no other is read for that, of all the years."""
    frozen(store, [], 4)
    read: list[object] = []
    editions = store.editions
    monkeypatch.setattr(store, "editions", lambda **asked: read.append(asked) or editions(**asked))

    def chosen(days: float) -> list[str]:
        monkeypatch.setattr("pipeline.cli.mail.now", lambda: NOW + timedelta(days=days))
        return [item.id for item in _chosen(store, None)]

    assert chosen(9) == ["2026-11-26-en"]
    assert read == [{"day": (NOW + timedelta(days=3)).date()}]
    assert chosen(1) == ["2026-11-25-en"]
    assert chosen(-9) == ["2026-11-26-en"]  # all are of days to come: `send` itself refuses


@pytest.mark.parametrize(
    ("options", "lines", "said"),
    [
        pytest.param([], 6, "", id="all there is"),
        pytest.param(["--limit", "6"], 6, "", id="as many as there are"),
        pytest.param(["--limit", "4"], 4, "there are more: --skip 4 shows the next, --limit 0 all\n", id="a part"),
        pytest.param(["--limit", "2", "--skip", "3"], 2, "there are more: --skip 5 shows the next, --limit 0 all\n",
                     id="a part in between"),
        pytest.param(["--limit", "2", "--skip", "4"], 2, "", id="the last part"),
        pytest.param(["--limit", "0", "--skip", "1"], 5, "", id="no bound"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["deliveries", "edition"])
def test_a_list_says_when_it_is_not_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str,
    options: list[str], lines: int, said: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("CYBERDIGEST_DATA", str(tmp_path))
    with Store.open(tmp_path / "cyberdigest.sqlite") as store:
        ledger = frozen(store, readers(store, 1), 6)

    assert main([command, "list", *options]) == 0
    shown = capsys.readouterr()
    first = int(options[options.index("--skip") + 1]) if "--skip" in options else 0
    assert [line.split("\t")[0] for line in shown.out.splitlines()] == [
        item.edition for item in ledger[first : first + lines]
    ]
    assert shown.err == said


def test_a_ledger_of_many_days_is_listed_at_once(store: Store) -> None:
    """The first part does not wait for the rest, and all of it costs microseconds a line."""
    people = [
        Subscriber(id=f"r{number:05}", address=f"r{number}@example.org", language="en", created=NOW)
        for number in range(5000)
    ]
    frozen(store, people, 4)
    started = time.perf_counter()
    assert len(list(store.newest_deliveries(limit=1000))) == 1000
    first = time.perf_counter()
    assert sum(1 for _ in store.newest_deliveries(limit=None)) == 20_000

    assert first - started < 0.5
    assert time.perf_counter() - first < 2
