"""`cyberdigest public` as it runs: a process, a proxy's header, a mail server, a signal."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from deliver_cases import NOW, edition, readers
from public_kit import link_in
from smtp_server import Server
from sqlalchemy import text

from pipeline.cli import main
from pipeline.cli.public import site_of
from pipeline.config import load_config
from pipeline.deliver.leaving import Leavers
from pipeline.deliver.message import build_message, preferences_url
from pipeline.deliver.tokens import token_for
from pipeline.errors import ConfigError
from pipeline.model import Subscriber
from pipeline.run.mailing import letters_of, smtp_settings
from pipeline.store import Store
from pipeline.web.public_readers import preferences_link

FEEDS = "feeds: [https://outlet.example.org/feed]\n"
MAIL = "host: 127.0.0.1, port: {port}, security: none, sender: 'Digest <digest@example.org>'"


def configuration(folder: Path, mail: str, rest: str = "") -> Path:
    path = folder / "feeds.yaml"
    path.write_text(f"{FEEDS}mail: {{{mail}}}\n{rest}", encoding="utf-8")
    return path


@contextmanager
def running(config: Path, data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pipeline", "public", "--config", config, "--data", data, "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(200):
            assert process.poll() is None, process.communicate()[1]
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def ask(url: str, fields: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
    data = urlencode(fields).encode() if fields is not None else None
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_from_the_form_to_the_subscription_over_the_wire(tmp_path: Path) -> None:
    """Visitors are told apart by the proxy's header; SIGTERM ends it well."""
    with Server() as server:
        public = "public_url: https://digest.example.org/news"
        config = configuration(tmp_path, f"{MAIL.format(port=server.port)}, {public}")
        with running(config, tmp_path / "data") as (process, url):
            for number in range(12):
                fields = {"address": f"a{number}@example.org", "language": "en"}
                headers = {"X-Forwarded-For": "192.0.2.1", "Host": "evil.example", "Origin": "null"}
                status, _ = ask(f"{url}/subscribe", fields, **headers)
                assert status == (200 if number < 10 else 429)
            ask(f"{url}/subscribe", {"address": "b@example.org", "language": "en"}, **{"X-Forwarded-For": "192.0.2.2"})
            for _ in range(100):
                if len(server.accepted) == 11:
                    break
                time.sleep(0.1)
            assert len(server.accepted) == 11
            link = link_in(server.accepted[-1][2])
            assert "Confirm your subscription?" in ask(url + link)[1]
            assert "You are subscribed" in ask(url + link, {"answer": "yes"})[1]
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=30)[1]
            assert process.returncode == 0
    assert "Traceback" not in said
    assert "example.org/confirm" not in said
    with Store.open(tmp_path / "data" / "cyberdigest.sqlite") as store:
        assert [reader.address for reader in store.subscribers()] == [server.accepted[-1][1]]
        with store._read() as connection:
            assert connection.execute(text("SELECT count(DISTINCT visitor) FROM signups")).scalar_one() == 2


def test_who_left_while_the_database_was_locked_is_out_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages run on; what they could not write is taken in beside them."""
    data = tmp_path / "data"
    with Store.open(data / "cyberdigest.sqlite") as store:
        (reader,) = readers(store, 1)
        token = token_for(store.secret("links"), "unsubscribe", reader.id)

        def served(*_: object, **__: object) -> None:
            Leavers(data / "leavers").note(token)
            deadline = time.monotonic() + 20
            while store.subscribers(state="active") and time.monotonic() < deadline:
                time.sleep(0.1)

        monkeypatch.setattr("pipeline.cli.public.serve_app", served)
        config = configuration(tmp_path, "unsubscribe_url: 'https://digest.example.org/u'")
        assert main(["public", "--config", str(config), "--data", str(data)]) == 0
        assert [item.state for item in store.subscribers()] == ["unsubscribed"]
    assert list((data / "leavers").iterdir()) == []


def test_a_copy_of_the_database_sends_no_confirmation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S5: 78, until a person says that it has moved."""
    config = configuration(tmp_path, f"{MAIL.format(port=9)}, public_url: 'https://digest.example.org'")
    (tmp_path / "data").mkdir()
    with Store.open(tmp_path / "data" / "cyberdigest.sqlite") as store:
        store.setting("confirming-host", b"another machine")

    assert main(["public", "--config", str(config), "--data", str(tmp_path / "data")]) == 78
    assert "another machine" in capsys.readouterr().err


def test_signing_up_needs_a_sender(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said at the start, with the key."""
    config = configuration(tmp_path, "public_url: 'https://digest.example.org'")

    assert main(["public", "--config", str(config), "--data", str(tmp_path / "data")]) == 78
    assert "mail.sender" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address",
    ["http://digest.example.org", "digest.example.org", "https://", "https://x.example/?a", "https://u@x.example",
     'https://x.example/"><b', "https://x.example/#a"],
)  # fmt: skip
def test_a_public_address_is_https_without_a_query(tmp_path: Path, address: str) -> None:
    """Refused with file, line and key."""
    config = configuration(tmp_path, f"public_url: '{address}'")

    with pytest.raises(ConfigError, match=r"feeds.yaml:2: mail.public_url: an https address"):
        load_config(config, environ={})


@pytest.mark.parametrize(
    ("mail", "rule", "signups"),
    [
        ("public_url: 'https://x.example'", "mailed", 100),
        ("public_url: 'https://x.example', archive: all, signups_per_hour: 7", "all", 7),
        ("public_url: 'https://x.example', archive: all, approval: true", "approved", 100),
        ("public_url: 'https://x.example', archive: none, signup: false", None, None),
        ("unsubscribe_url: 'https://x.example/u'", "mailed", None),
    ],
)
def test_settings_become_the_site(tmp_path: Path, mail: str, rule: str | None, signups: int | None) -> None:
    """What is archived, whether anybody may sign up; topics by name."""
    site = site_of(load_config(configuration(tmp_path, mail), environ={}))

    assert (site.archive, site.signups_per_hour) == (rule, signups)
    assert site.topic_titles("fr")["sanction"] == "Sanctions"


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (
            "public_url: 'https://x.example/n/'",
            {
                "List-Subscribe": "<https://x.example/n/subscribe>",
                "List-Archive": "<https://x.example/n/archive>",
                "List-Unsubscribe": "<https://x.example/n/unsubscribe/tok>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        ),
        (
            "public_url: 'https://x.example', unsubscribe_url: 'https://y.example/u', signup: false, archive: none",
            {"List-Subscribe": None, "List-Archive": None, "List-Unsubscribe": "<https://y.example/u/tok>"},
        ),
        ("unsubscribe_url: 'https://y.example/u'", {"List-Subscribe": None, "List-Archive": None}),
    ],
)
def test_messages_name_the_pages(tmp_path: Path, mail: str, expected: dict[str, str | None]) -> None:
    """RFC 2369 and RFC 8058, as far as the pages exist."""
    from email import message_from_bytes

    config = load_config(configuration(tmp_path, f"{MAIL.format(port=25)}, {mail}"), environ={})
    octets = build_message(
        smtp_settings(config), to="ada@example.org", subject="s", html="<p>h", text="t", message_id="<a@b>", date=NOW,
        language=edition().language, token="tok",
    )  # fmt: skip
    message = message_from_bytes(octets)

    assert {name: message[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("mail", "archived", "choices"),
    [
        ("public_url: 'https://x.example/n/'", "https://x.example/n/archive/2026-11-23-en",
         "https://x.example/n/preferences/tok"),
        ("public_url: 'https://x.example', archive: none", None, "https://x.example/preferences/tok"),
        ("unsubscribe_url: 'https://x.example/u'", None, None),
    ],
)  # fmt: skip
def test_a_mail_leads_to_the_pages_there_are(
    tmp_path: Path, mail: str, archived: str | None, choices: str | None
) -> None:
    """The edition on the web and the reader's own choices."""
    config = load_config(configuration(tmp_path, f"{MAIL.format(port=25)}, {mail}"), environ={})

    assert config.settings.mail.archived("2026-11-23-en") == archived
    assert preferences_url(smtp_settings(config), "tok") == choices


def test_a_link_for_choices_opens_its_page(tmp_path: Path) -> None:
    """What the mail's foot says is what the public pages answer to."""
    secret = b"s" * 32
    config = load_config(
        configuration(tmp_path, f"{MAIL.format(port=25)}, public_url: 'https://x.example'"), environ={}
    )
    reader = Subscriber(id="r1", address="ada@example.org", language="en", created=NOW)

    _, html, words = letters_of(edition(), smtp_settings(config), secret)(reader)

    link = f"https://x.example{preferences_link(site_of(config), secret, reader)}"
    assert link in html
    assert link in words
