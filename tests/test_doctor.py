"""`cyberdigest doctor`: machine, configuration and store; the command, its codes, and what it never says."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
from deliver_cases import NOW, freeze, readers, settings
from dns_server import NameServer
from smtp_server import Server

from pipeline.cli import main
from pipeline.config import Config, load_config
from pipeline.deliver import send_edition
from pipeline.doctor import configuration, database, machine
from pipeline.doctor.findings import Finding, discreet, ok, within
from pipeline.doctor.names import Names
from pipeline.errors import StoreError
from pipeline.model import Entry, Feed, FeedState
from pipeline.store import Store
from pipeline.store.health import Health, look
from pipeline.store.migrations import VERSION
from pipeline.translate.engine import Edge
from pipeline.translate.routes import Routes

# Machine


@pytest.mark.parametrize(
    ("number", "verdict"), [((3, 40, 1), "advice"), ((3, 51, 2), "advice"), ((3, 51, 3), "ok"), ((3, 52, 0), "ok")]
)
def test_sqlite_floor(number: tuple[int, ...], verdict: str) -> None:
    assert machine.sqlite(number).verdict == verdict


@pytest.mark.parametrize(
    ("number", "defends", "verdict"),
    [((2, 8, 0), False, "ok"), ((2, 7, 9), True, "advice"), ((2, 7, 9), False, "problem")],
)
def test_expat_floor(number: tuple[int, ...], defends: bool, verdict: str) -> None:
    assert machine.expat(number, lambda: defends).verdict == verdict


def test_the_parsers_limit_is_proved_with_a_hostile_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds; and without it the proof fails."""
    from pipeline.fetch import parser

    assert parser.defends()
    monkeypatch.setattr(parser, "_WALL_SECONDS", 9.0)
    monkeypatch.setattr(parser, "_PATIENCE", -8.5)
    assert not parser.defends()


def test_packages_against_their_floors() -> None:
    installed = {"trafilatura": "2.3.0", "lxml_html_clean": "0.4.10", "feedparser": "6.0.11.post1", "langdetect": "x"}

    def version(name: str) -> str:
        if name not in installed:
            raise PackageNotFoundError(name)
        return installed[name]

    found = {item.name: item for item in machine.packages(version)}

    assert {name: item.verdict for name, item in found.items()} == {
        "trafilatura": "problem", "lxml_html_clean": "ok", "urllib3": "problem", "feedparser": "ok",
        "langdetect": "problem", "langdetect-rs": "ok",
    }  # fmt: skip
    assert found["trafilatura"].todo == "pip install --upgrade 'trafilatura>=2.3.1'"
    assert "slowly" in found["langdetect-rs"].said


def test_packages_of_this_machine_are_fit() -> None:
    assert {item.verdict for item in machine.packages()} == {"ok"}


@pytest.mark.parametrize("error", [OSError("gone"), ImportError("numpy"), RuntimeError("x")])
def test_encoder(error: Exception) -> None:
    def broken(_texts: object) -> object:
        raise error

    assert machine.encoder("token encoder", lambda _: None).verdict == "ok"
    assert machine.encoder("sentence encoder", broken).verdict == "problem"


@pytest.mark.parametrize(
    ("now", "last", "verdict"),
    [
        (NOW, None, "ok"), (NOW, NOW - timedelta(days=1), "ok"), (NOW, NOW + timedelta(hours=1), "problem"),
        (datetime(1970, 1, 1, tzinfo=UTC), None, "problem"),
    ],
)  # fmt: skip
def test_clock(now: datetime, last: datetime | None, verdict: str) -> None:
    assert machine.clock(now, last).verdict == verdict


@pytest.mark.parametrize(("free", "verdict"), [(10**10, "ok"), (5 * 10**8, "advice"), (10**7, "problem")])
def test_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, verdict: str) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage)

    assert machine.disk(tmp_path / "not" / "there").verdict == verdict


def test_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried by writing; nothing stays."""
    (tmp_path / "data").mkdir()
    assert machine.data_folder(tmp_path / "data").verdict == "ok"
    assert machine.data_folder(tmp_path / "none" / "here").verdict == "ok"
    assert list((tmp_path / "data").iterdir()) == []
    assert not (tmp_path / "none").exists()

    monkeypatch.setattr(machine.os, "access", lambda *_: False)
    assert machine.data_folder(tmp_path / "none").verdict == "problem"
    (tmp_path / "file").touch()
    found = machine.data_folder(tmp_path / "file")
    assert (found.verdict, "cannot be written" in found.said) == ("problem", True)


MOUNTS = r"""22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:40 / /srv/net rw,relatime shared:1 - nfs4 host:/x rw
31 22 0:41 / /srv/with\040space rw - fuse.sshfs host:/y rw
32 30 8:2 / /srv/net/local rw - xfs /dev/sdb rw
33 22 0:42 / /mnt rw - ext4 /dev/sdc rw
34 22 0:43 / /mnt rw - cifs //host/z rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/digest", "ext4"), ("/srv/net/data", "nfs4"), ("/srv/network", "ext4"), ("/srv/net/local/d", "xfs"),
        ("/srv/with space/d", "fuse.sshfs"), ("/mnt/d", "cifs"),
    ],
)  # fmt: skip
def test_kind_of_file_system(path: str, kind: str) -> None:
    assert machine.mounted_kind(Path(path), MOUNTS) == kind


def test_sqlite_on_a_network_disk(tmp_path: Path) -> None:
    mounts = MOUNTS + f"40 22 0:50 / {tmp_path} rw - nfs host:/d rw\n"

    assert machine.file_system(tmp_path, holds_database=True, mounts=mounts).verdict == "problem"
    assert machine.file_system(tmp_path, holds_database=False, mounts=mounts).verdict == "ok"
    assert machine.file_system(tmp_path, holds_database=True, mounts="").verdict == "not checked"


# Configuration


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "edition: {languages: [en]}\nfeeds:\n- {url: 'https://a.example.org/f?key=canary', name: A, language: fr}\n"
        "- {url: 'https://b.example.org/f', name: B, language: de}\n- {url: 'https://c.example.org/f', name: C}\n",
        encoding="utf-8",
    )
    return load_config(path, environ={})


@pytest.mark.parametrize(("failed", "verdict"), [(0, "ok"), (1, "advice"), (3, "problem")])
def test_feeds_that_failed(config: Config, failed: int, verdict: str) -> None:
    states = [
        FeedState(feed=feed, error="the server answered 404" if number < failed else None)
        for number, feed in enumerate(config.feeds)
    ]

    found = configuration.feeds(states)

    assert found.verdict == verdict
    assert "canary" not in repr(found)


def test_ways_between_languages(config: Config) -> None:
    """The command is the one to type."""
    edges = [Edge(engine="firefox", source="fr", target="en", model="m")]

    def found(*names: Edge) -> Finding:
        return configuration.routes(config, Routes(names), installer="cyberdigest models install --data d")[0]

    assert found(*edges, Edge(engine="argos", source="de", target="en", model="m")).verdict == "ok"
    speechless = config.model_copy(update={"feeds": config.feeds[2:]})
    assert "no feed names" in configuration.routes(speechless, Routes([]), installer="x")[0].said
    one, both = found(*edges), found()
    assert (one.verdict, one.said) == ("advice", "there is no way from de")
    assert str(one.todo).endswith("else: cyberdigest models install --data d de en")
    assert str(both.todo).endswith("for from in de fr; do cyberdigest models install --data d $from en; done")


def test_apertium(config: Config) -> None:
    assert configuration.apertium(config, lambda _: "/usr/bin/apertium").verdict == "ok"
    assert configuration.apertium(config, lambda _: None).verdict == "advice"


# Store


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a database goes; there is none yet in SQLite's case, an empty one in PostgreSQL's."""
    if request.param == "sqlite":
        return tmp_path / "digest.sqlite"
    return str(request.getfixturevalue("postgres").make())


def test_a_good_database(place: Path | str) -> None:
    with Store.open(place) as store:
        health = look(place, seconds=10)
        assert database.schema(health).verdict == "ok"
        assert database.integrity(health).verdict == ("ok" if isinstance(place, Path) else "not checked")
        assert database.at_work(store.run_holder()).verdict == "ok"
        assert database.instance(store, "here", 0).verdict == "ok"
        assert database.unfinished(store.delivery_counts()).verdict == "ok"


def test_a_look_makes_nothing(place: Path | str) -> None:
    if isinstance(place, Path):
        with pytest.raises(StoreError, match="no such file"):
            look(place, seconds=1)
        assert not place.exists()
    else:
        assert look(place, seconds=1).schema == 0
        assert look(place, seconds=1).schema == 0


def test_settings_are_asked_and_not_made(place: Path | str) -> None:
    with Store.open(place) as store:
        assert store.known_setting("links") is None
        assert store.known_setting("links") is None
        made = store.secret("links")
        assert store.known_setting("links") == made == store.secret("links")


def test_who_is_at_work(place: Path | str) -> None:
    """Seen by others, and asking does not take the lock away from who has it."""
    with Store.open(place) as store, Store.open(place) as other:
        with store.run_lock(now=NOW, holder="host 7"):
            expected = f"process {os.getpid()}" if isinstance(place, Path) else "host 7"
            assert other.run_holder() == store.run_holder() == expected
            assert _locked_from_outside(place)
        assert other.run_holder() is None
        assert not _locked_from_outside(place)


def _locked_from_outside(place: Path | str) -> bool:
    script = (
        "import sys\nfrom pathlib import Path\nfrom datetime import datetime, UTC\n"
        "from pipeline.errors import BusyError\nfrom pipeline.store import Store\n"
        f"place = {str(place)!r}\nwith Store.open(place) as store:\n"
        "    seen = store.run_holder() is not None\n    try:\n"
        "        with store.run_lock(now=datetime.now(UTC)): taken = True\n"
        "    except BusyError: taken = False\n    assert seen != taken\n    sys.exit(seen)\n"
    )
    return subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 1


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "digest.sqlite"
    with Store.open(path) as store:
        readers(store, 300)
    octets = bytearray(path.read_bytes())
    half = len(octets) // 2
    octets[half : half + 20_000] = b"\xa5" * 20_000
    path.write_bytes(octets)

    health = look(path, seconds=10)

    assert database.integrity(health).verdict == "problem"


def test_not_a_database(tmp_path: Path) -> None:
    path = tmp_path / "digest.sqlite"
    path.write_bytes(b"no database at all" * 1000)

    with pytest.raises(StoreError):
        look(path, seconds=1)


def test_a_database_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.health._STEPS", 1)
    with Store.open(tmp_path / "digest.sqlite"):
        health = look(tmp_path / "digest.sqlite", seconds=-1)

    assert database.integrity(health).verdict == "not checked"


@pytest.mark.parametrize(
    ("version", "verdict"), [(VERSION, "ok"), (VERSION + 1, "problem"), (VERSION - 1, "advice"), (0, "advice")]
)
def test_schema(version: int, verdict: str) -> None:
    assert database.schema(Health(kind="sqlite", program="3", schema=version)).verdict == verdict


@pytest.mark.parametrize(("mode", "verdict"), [(0o600, "ok"), (0o640, "ok"), (0o644, "advice"), (0o666, "advice")])
def test_private(tmp_path: Path, mode: int, verdict: str) -> None:
    """A group may be let in on purpose; everybody is an oversight."""
    path = tmp_path / "digest.db"
    path.touch()
    path.chmod(mode)
    assert database.private(path).verdict == verdict


def test_instance(place: Path | str) -> None:
    with Store.open(place) as store:
        store.setting("sending-host", b"here")
        assert database.instance(store, "here", 0).verdict == "ok"
        assert database.instance(store, "there", 0).verdict == "problem"
        assert database.instance(store, "here", 1).verdict == "problem"
        store.setting("confirming-host", b"there")
        found = database.instance(store, "here", 0)
        assert (found.verdict, "confirmations" in found.said) == ("problem", True)


@pytest.mark.parametrize(
    ("keep", "said"), [(timedelta(days=90), "; kept for 90 days"), (None, "; `store.keep` forgets nothing")]
)
def test_size(place: Path | str, keep: timedelta | None, said: str) -> None:
    """How much there is, since when, and how long it stays."""
    with Store.open(place) as store:
        assert re.fullmatch(r"\d+ MB(, 0 MB of it free for what comes)?; 0 articles" + said, size_said(store, keep))
        seen = Entry(id="e", feed="f", guid="g", url=None, title="News", first_seen=NOW)
        store.save_poll(FeedState(feed=Feed(url="f", name="F")), [seen])
        assert f"0 articles, entries since {NOW:%Y-%m-%d}{said}" in size_said(store, keep)


def size_said(store: Store, keep: timedelta | None) -> str:
    return database.size(store.holdings(), keep).said


def test_unfinished(place: Path | str) -> None:
    """One taken, one put off, one in doubt."""
    answers = {("rcpt", "reader0001@example.org"): "451 later", ("end", "reader0002@example.org"): "close"}
    with Store.open(place) as store, Server(script=lambda step, who: answers.get((step, who))) as server:
        readers(store, 3)
        send_edition(
            store, freeze(store), render=lambda _: ("s", "<p>h</p>", "t"), settings=settings(server.port), now=NOW,
            sleep=lambda _: None,
        )  # fmt: skip
        assert store.delivery_counts() == {"pending": 1, "sent": 1, "uncertain": 1}
        assert database.unfinished(store.delivery_counts()).verdict == "advice"
    assert database.unfinished({"pending": 2}).verdict == "advice"


# Findings


def test_a_check_that_hangs_is_left_behind() -> None:
    started = time.monotonic()
    found = within(0.2, "slow", lambda: [ok("slow", str(time.sleep(2)))])

    assert time.monotonic() - started < 1.5
    assert [(item.name, item.verdict) for item in found] == [("slow", "not checked")]


def test_a_check_that_stumbles_says_only_that() -> None:
    def stumbles() -> list[Finding]:
        raise ValueError("canary@example.org")

    found = within(2, "odd", stumbles)

    assert [(item.name, item.verdict) for item in found] == [("odd", "problem")]
    assert "canary" not in repr(found)


def test_no_secret_and_no_address_is_repeated() -> None:
    found = discreet([ok("x", "key hunter22 of\nme@example.org <you@example.org>\x1b[31m")], ["hunter22", None, "ke"])

    assert found[0].said == "key … of <address> <<address>> [31m"


# The command


def feeds_file(folder: Path, mail: str = "", edition: str = "publisher: 'Example Press, contact@example.org'") -> Path:
    path = folder / "feeds.yaml"
    path.write_text(f"edition: {{{edition}}}\n{mail}feeds: ['http://127.0.0.1:9/feed.xml']\n", encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[tuple[str, str], dict[str, Any]]]:
    code = main(["doctor", "--json", *arguments])
    out = capsys.readouterr().out
    return code, {(item["subject"], item["name"]): item for item in json.loads(out)}


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow proof of the parser is made elsewhere."""
    monkeypatch.setattr("pipeline.fetch.parser.defends", lambda: True)


@pytest.mark.usefixtures("fit")
def test_a_new_folder_has_no_problem_and_stays_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, data = feeds_file(tmp_path), tmp_path / "data"

    code, found = run(capsys, "--config", str(config), "--data", str(data), "--offline")

    assert code == 0
    assert not data.exists()
    assert found["store", "database"]["verdict"] == "not checked"
    assert found["mail", "mail"]["verdict"] == "not checked"
    assert {item["subject"] for item in found.values()} == {"machine", "configuration", "store", "mail"}
    assert all(item["todo"] for item in found.values() if item["verdict"] in ("advice", "problem"))


@pytest.mark.usefixtures("fit")
def test_a_broken_configuration_is_a_finding_among_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "feeds.yaml"
    config.write_text("mail: {sender: nobody, hosst: x}\nfeeds: []\n", encoding="utf-8")

    code, found = run(capsys, "--config", str(config), "--data", str(tmp_path))

    assert code == 78
    assert found["configuration", "feeds.yaml"]["verdict"] == "problem"
    assert "mail.hosst: unknown key" in found["configuration", "feeds.yaml"]["said"]
    assert found["machine", "Python"]["verdict"] == "ok"
    assert found["mail", "mail"]["verdict"] == "not checked"


@pytest.mark.usefixtures("fit")
@pytest.mark.parametrize(
    ("mail", "said"),
    [
        ("sender: d@example.org, host: smtp.example.org, security: none", "mail.security"),
        ("sender: d@example.org, dkim_selector: s1, dkim_key: missing.pem", "mail.dkim_key"),
        ("sender: d@example.org, unsubscribe_url: 'http://digest.example.org/u'", "mail.unsubscribe_url"),
    ],
)
def test_mail_settings_that_send_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mail: str, said: str
) -> None:
    config = feeds_file(tmp_path, f"mail: {{{mail}}}\n")

    code, found = run(capsys, "--config", str(config), "--data", str(tmp_path), "--offline")

    assert code == 78
    assert said in found["mail", "mail settings"]["said"]
    assert ("mail", "mail server") not in found


@pytest.mark.usefixtures("fit")
@pytest.mark.parametrize("version", [VERSION + 1, VERSION - 1])
def test_a_database_of_another_version_is_not_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: int
) -> None:
    """Neither migrated nor asked for what it may not have."""
    path = tmp_path / "cyberdigest.sqlite"
    with Store.open(path) as store, store._write("x") as connection:
        connection.exec_driver_sql(f"UPDATE schema_version SET version = {version}")

    code, found = run(capsys, "--config", str(feeds_file(tmp_path)), "--data", str(tmp_path), "--offline")

    assert code == (78 if version > VERSION else 0)
    assert found["store", "integrity"]["verdict"] == "ok"
    assert found["store", "schema"]["verdict"] == ("problem" if version > VERSION else "advice")
    assert ("store", "instance") not in found
    assert look(path, seconds=5).schema == version


@pytest.mark.usefixtures("fit")
def test_offline_asks_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server() as server:
        config = feeds_file(tmp_path, f"mail: {{sender: 'd@example.org', host: 127.0.0.1, port: {server.port}}}\n")
        code, found = run(capsys, "--config", str(config), "--data", str(tmp_path), "--offline")
        assert server.connections == 0

    assert code == 78  # nobody can leave
    assert found["mail", "leaving"]["verdict"] == "problem"
    assert {found["mail", name]["verdict"] for name in ("mail server", "DNS", "public pages")} == {"not checked"}


@pytest.mark.usefixtures("fit")
def test_all_of_it_before_the_first_send(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail server, DNS and store together; no secret and no address in either form of the output."""
    monkeypatch.setenv("CYBERDIGEST_SMTP_USERNAME", "canary-user")
    monkeypatch.setenv("CYBERDIGEST_SMTP_PASSWORD", "canary-password")
    monkeypatch.setenv("CYBERDIGEST_SECRET", "canary-secret-of-more-than-sixteen")
    table = {
        ("example.org", "TXT"): ['"v=spf1 ip4:192.0.2.1 -all"'],
        ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=none; rua=mailto:canary@example.org"'],
        ("example.org", "MX"): ["10 mx.example.org."],
        ("mx.example.org", "A"): ["192.0.2.1"],
    }
    refusal = "535 5.7.8 canary-user canary-password canary@example.org is wrong"
    data = tmp_path / "data"
    with Store.open(data / "cyberdigest.sqlite") as store:
        readers(store, 2)
        store.setting("sending-host", platform.node().encode())
    with (
        NameServer(table) as names,
        Server(script=lambda step, _: refusal if step == "auth" else None, extensions=("AUTH PLAIN",)) as server,
    ):
        mail = (
            f"mail: {{sender: 'D <canary@example.org>', host: 127.0.0.1, port: {server.port}, "
            "unsubscribe_mailto: canary@example.org, bounce_address: 'canary+{subscriber}@example.org'}\n"
        )
        arguments = ["--config", str(feeds_file(tmp_path, mail)), "--data", str(data), "--name-server", names.address]
        code, found = run(capsys, *arguments)
        assert main(["doctor", *arguments]) == 78
    shown = capsys.readouterr()

    assert code == 78
    said = {name: item["verdict"] for (subject, name), item in found.items() if subject in ("store", "mail")}
    assert said == {
        "integrity": "ok", "schema": "ok", "privacy": "ok", "run lock": "ok", "instance": "ok", "deliveries": "ok",
            "size": "ok",
        "mail settings": "ok", "publisher": "ok", "leaving": "advice", "bounce address": "ok", "secret": "ok",
        "mail server": "ok", "encryption": "ok", "login": "problem", "SPF": "ok", "DKIM": "not checked",
        "DMARC": "ok", "alignment": "ok", "bounces": "ok", "reverse DNS": "not checked", "public pages": "not checked",
        "made-up link": "not checked", "one-click link": "not checked",
    }  # fmt: skip
    assert "canary" not in shown.out + shown.err + json.dumps(list(found.values()))
    assert "PROBLEM  login:" in shown.out
    assert shown.out.splitlines()[-1].startswith("1 problem, ")


@pytest.mark.usefixtures("fit")
def test_name_servers_that_are_away_hold_nothing_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.doctor.names.Names", partial(Names, seconds=0.5))
    with Server() as server:
        host = f"host: 127.0.0.1, port: {server.port}"
        mail = f"mail: {{sender: d@example.org, {host}, unsubscribe_mailto: l@example.org}}\n"
        started = time.monotonic()
        code, found = run(
            capsys, "--config", str(feeds_file(tmp_path, mail)), "--data", str(tmp_path), "--name-server", "127.0.0.1:9"
        )

    assert code == 0
    assert found["mail", "SPF"]["verdict"] == "not checked"
    assert time.monotonic() - started < 20


def test_a_wrong_name_server_is_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--config", str(feeds_file(tmp_path)), "--data", str(tmp_path), "--name-server", "ns.example.org"]

    assert main(["doctor", *arguments]) == 78
    assert "--name-server" in capsys.readouterr().err


@pytest.mark.usefixtures("fit")
def test_a_database_that_does_not_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding with what to do; the password of the address is not repeated."""
    monkeypatch.setenv("CYBERDIGEST_DATABASE", "postgresql+psycopg://user:canary77@127.0.0.1:9/digest")

    code, found = run(capsys, "--config", str(feeds_file(tmp_path)), "--data", str(tmp_path), "--offline")

    assert code == 78
    assert found["store", "database"]["verdict"] == "problem"
    assert "canary77" not in json.dumps(list(found.values()))
