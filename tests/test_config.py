"""feeds.yaml: what is accepted, and how what is wrong is said."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.config import ENVIRONMENT, SECTIONS, load_config
from pipeline.errors import ConfigError
from pipeline.resources import resource

FEED = "feeds:\n  - https://outlet.example.org/feed\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "feeds.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_only_feeds_are_required(tmp_path: Path) -> None:
    """One address makes a configuration; everything else has a default."""
    config = load_config(write(tmp_path, FEED), environ={})

    assert [(feed.url, feed.name) for feed in config.feeds] == [
        ("https://outlet.example.org/feed", "outlet.example.org")
    ]
    assert [topic.name for topic in config.topics] == ["disclosure", "sanction"]
    assert config.settings.edition.languages == ["en"]


def test_every_setting_is_read(tmp_path: Path) -> None:
    """Spans, lists and own topics arrive as values."""
    text = """
edition: {title: Morning, languages: [fr, en], timezone: Europe/Paris, window: 36h, url: "https://d.example.org/e"}
topics:
  - sanction
  - name: quantum
    titles: {en: Quantum}
    examples: [one, two, three]
    must: ["(?i)qubit"]
watch: [Log4j]
fetch: {interval: 30m, allow_private: ["intranet:8080"]}
translation: {models: /srv/models, routes: {"fr→en": firefox}, fields: [title]}
mail: {host: mail.example.org, port: 587, sender: "Digest <digest@example.org>"}
feeds:
  - {url: https://a.example.org/rss, name: A, language: fr, kind: cert, weight: 2, tags: [x], content: feed}
"""
    settings = load_config(write(tmp_path, text), environ={}).settings

    assert settings.edition.window == timedelta(hours=36)
    assert settings.fetch.interval == timedelta(minutes=30)
    assert settings.topics[1].examples == ["one", "two", "three"]
    assert str(settings.translation.models) == "/srv/models"


def test_a_folded_title_is_one_line(tmp_path: Path) -> None:
    """YAML's ">" ends a text in a line end; the subject of a mail holds none."""
    config = load_config(write(tmp_path, "edition:\n  title: >\n    Morning\n    digest\n" + FEED), environ={})

    assert config.settings.edition.title == "Morning digest"


@pytest.mark.parametrize(
    ("text", "keep"), [("", timedelta(days=90)), ("keep: 30d", timedelta(days=30)), ("keep: always", None)]
)
def test_how_long_things_are_kept(tmp_path: Path, text: str, keep: timedelta | None) -> None:
    """A span of time, or for ever."""
    config = load_config(write(tmp_path, f"store: {{{text}}}\n{FEED}"), environ={})

    assert config.settings.store.keep == keep


def test_norway_is_a_language(tmp_path: Path) -> None:
    """`no` is Norwegian, not False."""
    config = load_config(write(tmp_path, "feeds: [{url: https://a.example.org/f, language: no}]"), environ={})

    assert config.feeds[0].language == "no"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: the file is empty"),
        ("- a\n", ":1: a mapping"),
        ("a: b: c\n", ":1: not valid YAML"),
        ("feeds: []\nfeeds: []\n", ":2: not valid YAML"),
        ("feeds: 3\n", ":1: feeds: a list is expected (got 3)"),
        ("feeds: []\n", ":1: feeds: at least 1 is needed"),
        ("feeds: [[x]]\n", ":1: feeds[0]: keys and values are expected"),
        ("edition: {}\n", "feeds: is required"),
        ("feedz: 1\n" + FEED, ':1: feedz: unknown key, did you mean "feeds"?'),
        ("edition:\n  titel: X\n" + FEED, ':2: edition.titel: unknown key, did you mean "title"?'),
        (
            "mail:\n  password: x\n" + FEED,
            ":2: mail.password: is not a setting of this file; it comes from the environment, as CYBERDIGEST",
        ),
        ("feeds:\n\t- x\n", ":2: not valid YAML: a tab is used where spaces are expected"),
        ("feeds:\n  - url: x\n   name: y\n", ":3: not valid YAML: it is indented otherwise than the lines"),
        (
            "feeds:\n  - url: https://x.example/\n    name: Box: news\n",
            ":3: not valid YAML: a value that holds a colon",
        ),
        ('feeds:\n  - url: "https://x.example/\n', "not valid YAML: a quotation mark is opened and not closed"),
        (
            "a: &a [x, x, x]\n"
            + "".join(f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefgh"))
            + FEED,
            "its aliases (`*name`) expand to far too much",
        ),
        ("feeds: &a\n- *a\n", "its aliases (`*name`) expand to far too much"),
        ("edition:\n  title: \x07\n" + FEED, ":2: not valid YAML: the control character U+0007"),
        ("mail:\n" + FEED, ":1: mail: is empty; give it a key, or take it out"),
        ("store:\n  keep: never\n" + FEED, ':2: store.keep: a span of time such as "90s", "30m", "24h" or'),
        ("store:\n  keep: 0d\n" + FEED, ':2: store.keep: more than 0 and at most 3660d is expected, or "always"'),
        ("store:\n  keep:\n" + FEED, ":2: store.keep: "),
        ("edition:\n  window: 0d\n" + FEED, ":2: edition.window: more than 0 and at most 3660d"),
        ("edition:\n  window: 99999999d\n" + FEED, ":2: edition.window: more than 0 and at most 3660d"),
        ("edition:\n  title: ' '\n" + FEED, ":2: edition.title: is empty"),
        (
            "edition:\n  languages: [jp]\n" + FEED,
            ':2: edition.languages[0]: a language tag such as "fr" or "pt-BR", here "ja"',
        ),
        ("edition:\n  languages: [xx]\n" + FEED, ':2: edition.languages[0]: a language tag such as "fr" or "pt-BR" is'),
        (
            "fetch:\n  allow_private: ['http://intranet']\n" + FEED,
            ':2: fetch.allow_private: "http://intranet" is not a host',
        ),
        ("translation:\n  routes: {fr-en: argos}\n" + FEED, ':2: translation.routes: "fr-en" is not a direction'),
        ("translation:\n  routes: {fr→fr: argos}\n" + FEED, ':2: translation.routes: "fr→fr" is not a direction'),
        ("translation:\n  libretranslate: here\n" + FEED, ":2: translation.libretranslate: an http(s) address"),
        ("topics: [{name: Own Topic, examples: [a, b, c]}]\n" + FEED, "topics[0].name: lower-case letters, digits"),
        ("edition:\n  window: 3\n" + FEED, ":2: edition.window: a span of time"),
        ("edition:\n  window: 99999999999999w\n" + FEED, ":2: edition.window: too long a span"),
        ("edition:\n  limit: many\n" + FEED, ":2: edition.limit: "),
        ("edition: {timezone: Mars/Base}\n" + FEED, '"Mars/Base" is not an IANA time zone'),
        ("edition: {languages: [Klingon!]}\n" + FEED, "a language tag"),
        ("edition: {url: javascript:x}\n" + FEED, "an http(s) address"),
        ("fetch:\n  user_agent: Müllers Digest\n" + FEED, ":2: fetch.user_agent: only ASCII characters are allowed"),
        ("mail:\n  host: smtp..example.org\n" + FEED, ":2: mail.host: a name or address is expected"),
        ("mail:\n  sender: nobody\n" + FEED, ":2: mail.sender: an address is expected"),
        ("mail:\n  bounce_address: bounces\n" + FEED, ":2: mail.bounce_address: an address is expected"),
        ("mail:\n  unsubscribe_mailto: a@b.org, c@d.org\n" + FEED, ":2: mail.unsubscribe_mailto: an address is"),
        ("topics: [disclosre]\n" + FEED, 'did you mean "disclosure"?'),
        ("topics: [{name: own}]\n" + FEED, "needs at least 3 example headlines"),
        ("topics: [sanction, sanction]\n" + FEED, '"sanction" is listed twice'),
        ("topics: [{name: sanction, must: ['(']}]\n" + FEED, "is not a valid regular expression"),
        ("feeds:\n  - url: ftp://x\n", ':2: feeds[0].url: "ftp://x" is not an http(s) address'),
        ("feeds:\n  - https://u:p@a.example.org/f\n", "is not an http(s) address"),
        ("feeds:\n  - name: x\n", ":2: feeds[0].url: is required"),
        ("feeds:\n  - {url: https://a.example.org/f, weight: 9}\n", ":2: feeds[0].weight: must be at most 3 (got 9)"),
        ("feeds:\n  - {url: https://a.example.org/f, kind: blog}\n", ":2: feeds[0].kind: "),
        (FEED + "  - http://www.outlet.example.org/feed/\n", ":3: feeds[1].url: this feed is already on line 2"),
    ],
)
def test_faults_name_file_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    """Each fault is one line that leads to the place."""
    path = write(tmp_path, text)

    with pytest.raises(ConfigError) as caught:
        load_config(path, environ={})

    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 78


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Nobody has to fix one fault to see the next."""
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, "edition: {limit: 0, timezone: X/Y}\nnonsense: 1\n" + FEED), environ={})

    assert len(str(caught.value).splitlines()) == 4


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    """The newcomer's first error helps."""
    with pytest.raises(ConfigError, match="cyberdigest init"):
        load_config(tmp_path / "none.yaml", environ={})


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are an error, not a crash."""
    path = tmp_path / "feeds.yaml"
    path.write_bytes(b"feeds: \xff\xfe")

    with pytest.raises(ConfigError, match=r"feeds\.yaml:1: not UTF-8 text"):
        load_config(path, environ={})


def test_secrets_come_from_the_environment_and_are_not_shown(tmp_path: Path) -> None:
    """A configuration in a log carries no password."""
    environ = {"CYBERDIGEST_SMTP_PASSWORD": "canary-1", "CYBERDIGEST_SECRET": "canary-2"}

    config = load_config(write(tmp_path, FEED), environ=environ)

    assert config.smtp_password == "canary-1"
    assert "canary" not in repr(config)


def test_every_setting_says_what_it_is() -> None:
    """The reference is made from these descriptions."""
    for name, section in SECTIONS.items():
        for key, field in section.model_fields.items():
            assert field.description, f"{name}.{key}"
    assert all(ENVIRONMENT.values())


@pytest.mark.skipif(not resource("feeds.yaml").exists(), reason="the list of feeds is not there")
def test_the_shipped_list_is_valid() -> None:
    """What `init` writes can be used."""
    assert len(load_config(resource("feeds.yaml"), environ={}).feeds) >= 80


@pytest.mark.parametrize(
    ("mail", "security"),
    [
        ("host: localhost", "none"),
        ("host: 127.0.0.1", "none"),
        ("{host: localhost, security: starttls}", "starttls"),
        ("{host: smtp.example.org, port: 587}", "starttls"),
        ("{host: smtp.example.org, port: 465}", "tls"),
    ],
)
def test_mail_is_encrypted_wherever_it_leaves_this_machine(tmp_path: Path, mail: str, security: str) -> None:
    """What the user says goes; else by host and port."""
    from pipeline.run.mailing import smtp_settings

    text = mail if mail.startswith("{") else f"{{{mail}}}"
    path = tmp_path / "feeds.yaml"
    path.write_text(
        f"feeds: [https://example.org/feed]\nmail: {text[:-1]}, sender: digest@example.org, per_hour: 100}}\n",
        encoding="utf-8",
    )
    settings = smtp_settings(load_config(path, environ={}))

    assert (settings.security, settings.per_hour, settings.dkim) == (security, 100, None)


def test_a_dkim_key_that_is_not_there_is_an_error_that_names_the_setting(tmp_path: Path) -> None:
    """Before anything is sent; and a selector alone is refused."""
    from pipeline.run.mailing import smtp_settings

    path = tmp_path / "feeds.yaml"
    path.write_text(
        "feeds: [https://example.org/feed]\n"
        "mail: {sender: digest@example.org, dkim_selector: s1, dkim_key: /nowhere/key.pem}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"mail\.dkim_key"):
        smtp_settings(load_config(path, environ={}))
    path.write_text("feeds: [https://example.org/feed]\nmail: {dkim_selector: s1}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="belong together"):
        load_config(path, environ={})


def test_names_of_hosts_are_taken_in_any_script(tmp_path: Path) -> None:
    """Mail and web servers know domains in ASCII only; what comes back is compared with that."""
    text = """
mail:
  sender: Nachrichten <morgen@bücher.example>
  reply_to: Zoë <zoe@bücher.example>
  bounce_address: zurück@example.org
"""
    with pytest.raises(ConfigError, match=r"mail.bounce_address"):
        load_config(write(tmp_path, text + FEED), environ={})
    text = text.replace("zurück@example.org", "b+{subscriber}@bücher.example") + (
        "  list_id: morgen.bücher.example\n  public_url: https://bücher.example/früh\n"
    )
    mail = load_config(write(tmp_path, text + FEED), environ={}).settings.mail
    host = "xn--bcher-kva.example"
    assert mail.sender == f"Nachrichten <morgen@{host}>"
    assert mail.reply_to == f"Zoë <zoe@{host}>"
    assert mail.bounce_address == f"b+{{subscriber}}@{host}"
    assert mail.list_id == f"morgen.{host}"
    assert mail.public_page("subscribe") == f"https://{host}/fr%C3%BCh/subscribe"


@pytest.mark.parametrize(("key", "read"), [("canary77\n", "canary77"), (" \r\n", None), ("", None)])
def test_a_key_from_a_file_comes_without_its_line_end(tmp_path: Path, key: str, read: str | None) -> None:
    """Systemd and Docker hand over files of secrets as they are."""
    (tmp_path / "feeds.yaml").write_text(FEED, encoding="utf-8")
    config = load_config(tmp_path / "feeds.yaml", environ={"CYBERDIGEST_WRITER_KEY": key})
    assert config.writer_key == read


def test_a_key_that_no_header_holds_is_refused_without_being_shown(tmp_path: Path) -> None:
    """What the network says about it would stand in the report of each run."""
    (tmp_path / "feeds.yaml").write_text(FEED, encoding="utf-8")
    for name in ("CYBERDIGEST_WRITER_KEY", "CYBERDIGEST_LIBRETRANSLATE_KEY"):
        with pytest.raises(ConfigError, match=f"{name}: contains a line break") as told:
            load_config(tmp_path / "feeds.yaml", environ={name: "canary77\nX: y"})
        assert "canary77" not in str(told.value)


def test_a_title_holds_no_control_character(tmp_path: Path) -> None:
    """It is the subject of the confirmations, too: with one in it none could be built."""
    (tmp_path / "feeds.yaml").write_text('edition: {title: "The\\a Daily\\e \\x9f"}\n' + FEED, encoding="utf-8")
    assert load_config(tmp_path / "feeds.yaml", environ={}).settings.edition.title == "The Daily"
