"""What a run lets go of at its end, and what it says when asked for what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.config import Config, load_config
from pipeline.errors import ConfigError
from pipeline.model import Entry, Feed, FeedState
from pipeline.run import RunReport, run
from pipeline.run.keeping import kept_since
from pipeline.store import Forgotten, Run, Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FEED = "https://outlet.example.org/feed"


def settings(folder: Path, text: str = "") -> Config:
    path = folder / "feeds.yaml"
    path.write_text(f"{text}\nfeeds: ['{FEED}']\n", encoding="utf-8")
    return load_config(path, environ={})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """With one entry a day, of the last two hundred days."""
    with Store.open(tmp_path / "cyberdigest.sqlite") as store:
        entries = [
            Entry(id=f"e{days}", feed=FEED, guid=f"{days}", url=None, title=f"Day {days}", first_seen=NOON - days * DAY)
            for days in range(200)
        ]
        store.save_poll(FeedState(feed=Feed(url=FEED, name="Outlet")), entries)
        yield store


def ran(store: Store, folder: Path, now: datetime, config: Config, day: date | None = None) -> RunReport:
    return run(config, store=store, data=folder, output=folder / "out", now=now, day=day, fetch=False)


def runs(*started: datetime) -> list[Run]:
    return [Run(id=number, started=moment) for number, moment in enumerate(started)]


@pytest.mark.parametrize(
    ("text", "before", "days"),
    [
        pytest.param("", (), None, id="nothing has run before"),
        pytest.param("", (NOON - DAY,), 91, id="by the clock of the run before"),
        pytest.param("", (NOON + 1000 * DAY,), 90, id="the clock was ahead then"),
        pytest.param("store: {keep: 30d}", (NOON, NOON - DAY), 30, id="as set"),
        pytest.param("store: {keep: 1d}", (NOON,), 14 + 2 + 1, id="never what an edition works with"),
        pytest.param("store: {keep: 30d}\nstories: {window: 60d}", (NOON,), 60 + 2 + 1, id="never an open story"),
        pytest.param("store: {keep: always}", (NOON,), None, id="for ever"),
    ],
)
def test_from_when_on_things_are_kept(
    tmp_path: Path, text: str, before: tuple[datetime, ...], days: int | None
) -> None:
    expected = None if days is None else NOON - days * DAY

    assert kept_since(settings(tmp_path, text), runs(*before), NOON) == expected


def test_a_run_lets_go_of_what_is_too_old_and_says_so(store: Store, tmp_path: Path) -> None:
    """The second one: the first has no other run's clock to go by."""
    config = settings(tmp_path)
    assert ran(store, tmp_path, NOON - DAY, config).forgotten == Forgotten()
    report = ran(store, tmp_path, NOON, config)

    assert report.forgotten == Forgotten(entries=108)  # 92 to 199 days old
    assert "  too old, and no longer kept: 108 entries, 0 articles (`store.keep`)" in report.lines()
    assert store.holdings().since == NOON - 91 * DAY
    assert store.runs(limit=1)[0].report["forgotten"]["entries"] == 108  # type: ignore[index]


def test_a_start_under_a_clock_of_years_ahead_forgets_nothing_more(store: Store, tmp_path: Path) -> None:
    config = settings(tmp_path)
    ran(store, tmp_path, NOON, config)
    ran(store, tmp_path, NOON + 1000 * DAY, config)
    assert store.holdings().since == NOON - 90 * DAY

    ran(store, tmp_path, NOON + DAY, config)
    assert store.holdings().since == NOON - 89 * DAY


def test_no_edition_is_made_of_days_whose_articles_are_gone(store: Store, tmp_path: Path) -> None:
    """One that is there is written out again, however old."""
    config = settings(tmp_path)
    old, day = NOON - 120 * DAY, (NOON - 120 * DAY).date()
    ran(store, tmp_path, old, config)
    ran(store, tmp_path, NOON, config)

    assert ran(store, tmp_path, NOON, config, day).kept == [f"{day}-en"]
    with pytest.raises(ConfigError, match=r"2026-07-25 can have no edition .* kept since 2026-08-25 \(`store.keep`\)"):
        ran(store, tmp_path, NOON, config, day - DAY)
    assert ran(store, tmp_path, NOON, settings(tmp_path, "store: {keep: always}"), day - DAY).editions


def test_the_store_tells_what_it_holds_and_is_cleaned_by_hand(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CYBERDIGEST_DATA", str(tmp_path))
    monkeypatch.setattr("pipeline.cli.store.now", lambda: NOON)

    assert main(["store", "clean"]) == 0
    assert "nothing is to be forgotten" in capsys.readouterr().out
    store.finish_run(store.start_run(now=NOON), now=NOON, report={})
    assert main(["store", "clean", "--compact"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("kept since 2026-08-25\nentries\t91\narticles\t0\n")
    assert "entries known by name only\t109\noldest entry\t2026-08-25\nsize\t" in out
    assert out.endswith(" MB, 0.0 MB of it free for what comes\n")
    assert main(["store", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["rows"]["entries"], shown["names"], shown["since"]) == (91, 109, "2026-08-25T12:00:00+00:00")


def test_an_empty_store_is_told_of_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CYBERDIGEST_DATA", str(tmp_path))

    assert main(["store", "show"]) == 0
    assert "oldest entry" not in capsys.readouterr().out


def test_cleaning_waits_for_no_run(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CYBERDIGEST_DATA", str(tmp_path))

    with store.run_lock(now=NOON):
        assert main(["store", "clean"]) == 75
