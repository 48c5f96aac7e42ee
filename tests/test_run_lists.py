"""Public lists about flaws: had once a day, told with their day, and never in the edition's way."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fetch_server import Answer, Server

from pipeline.config import load_config
from pipeline.demo.recorded import recorded_web
from pipeline.errors import ConfigError
from pipeline.model import Edition
from pipeline.run import open_http, run
from pipeline.run.report import RunReport
from pipeline.store import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Wire</title><item><title>Acme fixes a critical flaw in its portal, CVE-2026-1111</title>
<link>http://wire.example.org/1</link><guid>1</guid><pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate>
<content:encoded><![CDATA[<p>Acme has released a patch for CVE-2026-1111, a flaw in its portal that lets attackers run
code without a password.</p>]]></content:encoded></item></channel></rss>"""
CONFIG = """
lists: {kev: "http://lists.example.org/kev.json", epss: "http://lists.example.org/epss.xml"}
translation: {download: false}
feeds: [{url: "http://wire.example.org/feed.xml", name: Wire, language: en, content: feed}]
"""

Runner = Callable[..., tuple[RunReport, Edition | None]]


def kev(released: str = "2026-11-22", added: str = "2026-11-20") -> str:
    rows = [{"cveID": "CVE-2026-1111", "dateAdded": added, "knownRansomwareCampaignUse": "Unknown"}]
    return json.dumps({"dateReleased": f"{released}T15:00:00Z", "vulnerabilities": rows})


def epss(value: float = 0.91) -> bytes:
    text = (
        f"#model_version:v2026,score_date:2026-11-23T00:00:00+0000\ncve,epss,percentile\nCVE-2026-1111,{value},0.99\n"
    )
    return gzip.compress(text.encode())


@pytest.fixture
def web(tmp_path: Path) -> Path:
    root = tmp_path / "web"
    for host in ("wire.example.org", "lists.example.org"):
        (root / host).mkdir(parents=True)
    (root / "wire.example.org/feed.xml").write_text(FEED, encoding="utf-8")
    (root / "lists.example.org/kev.json").write_text(kev(), encoding="utf-8")
    (root / "lists.example.org/epss.xml").write_bytes(epss())
    return root


@pytest.fixture
def make(web: Path, tmp_path: Path) -> Runner:
    (tmp_path / "feeds.yaml").write_text(CONFIG, encoding="utf-8")
    config = load_config(tmp_path / "feeds.yaml", environ={})

    def made(*, now: datetime = NOW, fetch: bool = True, day: date | None = None) -> tuple[RunReport, Edition | None]:
        with recorded_web(web) as served, Store.open(tmp_path / "digest.sqlite") as store:
            report = run(
                config, store=store, data=tmp_path, output=tmp_path / "out", now=now, fetch=fetch, day=day,
                http=lambda c: open_http(c, connect_to=served.address),
            )  # fmt: skip
            report.seconds = {name: float(count) for name, count in served.paths.items()}  # what was asked for
            return report, store.edition(f"{report.day}-en")

    return made


def told(edition: Edition | None) -> dict[str, tuple[object, str | None]]:
    assert edition is not None
    return {f.type: (f.value, f.status) for card in edition.cards for f in card.facts if f.type in ("kev", "epss")}


def test_both_lists_stand_on_the_card_with_their_day(make: Runner) -> None:
    """The catalogue as JSON, the scores as packed CSV."""
    report, edition = make()

    assert told(edition) == {"kev": (True, "2026-11-22"), "epss": (0.91, "2026-11-23")}
    assert report.lists == ["kev: fetched", "epss: fetched"]


def test_a_list_is_asked_for_once_a_day(make: Runner) -> None:
    """The second run of a morning reads what lies there; the next day's asks again."""
    make()
    report, _ = make(now=NOW + timedelta(hours=2))
    assert "lists.example.org/kev.json" not in report.seconds
    report, _ = make(now=NOW + timedelta(days=1))
    assert report.seconds["lists.example.org/kev.json"] == 1.0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "404"), (b"<html>Please prove that you are human</html>", "is not JSON"), (b"[]", "not a list"),
        (b"\x1f\x8bdamaged", "damaged"), (b"{}", "not a list"), (b"[" * 100_000, "is not JSON"),
        (gzip.compress(b"[]" * 50)[:10] + b"\xff" * 20, "damaged"),
    ],
    ids=["gone", "page", "empty list", "no gzip", "empty object", "nested deep", "damaged inside"],
)  # fmt: skip
def test_what_is_no_list_does_not_replace_one(
    make: Runner, web: Path, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    """The one of the day before stands in, and the report says so."""
    make()
    file = web / "lists.example.org/kev.json"
    file.unlink() if content is None else file.write_bytes(content)
    before = (tmp_path / "lists/kev").read_bytes()

    report, _ = make(now=NOW + timedelta(days=1))

    problem = next(line for line in report.lists if line.startswith("kev"))
    assert reason in problem
    assert "an earlier day is used instead" in problem
    assert any(line.startswith("  list kev") for line in report.lines())
    assert (tmp_path / "lists/kev").read_bytes() == before


def test_without_any_list_the_edition_is_made(make: Runner, web: Path) -> None:
    """Nothing is listed, nothing is lost."""
    for file in (web / "lists.example.org").iterdir():
        file.unlink()

    report, edition = make()

    assert told(edition) == {}
    assert edition is not None
    assert len(edition.cards) == 1
    assert len(report.lists) == 2


def test_a_list_that_comes_octet_by_octet_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is never silent and never done is given up for today; the edition is made."""
    monkeypatch.setattr("pipeline.run.lists._DEADLINE", 0.3)
    (tmp_path / "feeds.yaml").write_text(CONFIG, encoding="utf-8")

    def drip(out: Any) -> None:
        with suppress(OSError):
            for _ in range(100):
                out.write(b"[")
                out.flush()
                time.sleep(0.05)

    routes = {"/feed.xml": Answer(FEED.encode()), "/kev.json": Answer(headers={"Content-Length": "999"}, writer=drip)}
    with Server(routes) as server, Store.open(tmp_path / "digest.sqlite") as store:
        report = run(
            load_config(tmp_path / "feeds.yaml", environ={}), store=store, data=tmp_path, output=tmp_path, now=NOW,
            http=lambda c: open_http(c, connect_to=("127.0.0.1", server.port)),
        )  # fmt: skip

    assert any(line.startswith("kev") and "within" in line for line in report.lists)
    assert report.editions == ["2026-11-23-en"]


def test_a_past_edition_does_not_know_what_was_listed_later(make: Runner, web: Path) -> None:
    """`--date`: what CISA added the day after is not told."""
    (web / "lists.example.org/kev.json").write_text(kev("2026-11-25", added="2026-11-24"), encoding="utf-8")

    _, edition = make(now=NOW + timedelta(days=2), day=date(2026, 11, 23))

    assert "kev" not in told(edition)


def test_a_flaw_that_gets_listed_makes_an_update(make: Runner, web: Path) -> None:
    """Tomorrow's edition shows the story again, and says why; the day of the list alone is no news."""
    (web / "lists.example.org/kev.json").write_text(kev(added="2099-01-01"), encoding="utf-8")
    make()
    (web / "lists.example.org/kev.json").write_text(kev("2026-11-24", added="2026-11-24"), encoding="utf-8")

    _, edition = make(now=NOW + timedelta(days=1))
    _, after = make(now=NOW + timedelta(days=2))

    assert edition is not None
    assert [(card.status, card.change) for card in edition.cards] == [("update", "now on the KEV list")]
    assert after is None or after.cards == ()


def test_no_fetch_reads_what_lies_there(make: Runner, web: Path) -> None:
    """And asks nobody."""
    make()
    report, _ = make(now=NOW + timedelta(days=1), fetch=False)

    assert report.lists == []
    assert report.seconds == {}


def test_addresses_are_checked(tmp_path: Path) -> None:
    """With file and key."""
    path = tmp_path / "feeds.yaml"
    path.write_text("lists: {kev: here.json}\nfeeds: ['https://a.example.org/f']\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"lists\.kev"):
        load_config(path, environ={})
