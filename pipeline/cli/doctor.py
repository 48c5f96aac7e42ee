"""`cyberdigest doctor`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.mail import WITNESS
from pipeline.cli.options import config_option, data_folder, data_option, database_place, load
from pipeline.errors import ConfigError, DigestError
from pipeline.text.count import count_of

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.deliver import SmtpSettings
    from pipeline.doctor import Finding, Ward
    from pipeline.fetch.http import Http

_SIGNS = {"ok": "ok", "advice": "ADVICE", "problem": "PROBLEM", "not checked": "-"}


@click.command()
@config_option
@data_option
@click.option("--offline", is_flag=True, help="Skip what needs the network: mail server, DNS, public pages.")
@click.option(
    "--name-server",
    metavar="ADDRESS",
    help="Name server to ask, 192.0.2.53 or 192.0.2.53:5353. [default: the system's]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(config_path: Path | None, data: Path | None, offline: bool, name_server: str | None, as_json: bool) -> int:
    """Check machine, configuration, store and mail before the first send; no message is sent.

    Exits with 78 when there is a problem, else with 0. Nothing is changed, except that a reader who does not exist is
    added for a moment, to try the one-click link from outside.
    """
    from pipeline.doctor import checkup

    ward = _ward(config_path, data, offline=offline, name_server=name_server)
    findings = checkup(ward, secrets=_secrets(ward))
    if as_json:
        click.echo(json.dumps([_record(item) for item in findings], ensure_ascii=False, indent=2))
    else:
        _show(findings)
    return ConfigError.exit_code if any(item.verdict == "problem" for item in findings) else 0


def _ward(config_path: Path | None, data: Path | None, *, offline: bool, name_server: str | None) -> Ward:
    from pipeline.doctor import Ward
    from pipeline.doctor.names import Names

    folder = data_folder(data, create=False)
    config = _config(config_path)
    return Ward(
        data=folder,
        database=database_place(folder),
        # Not the command line's `now`, which refuses a clock that is wrong: that is for the doctor to say.
        now=datetime.now(UTC),
        config=config,
        mail=None if isinstance(config, DigestError) else _mail(config),
        witness=folder / WITNESS,
        http=None if offline or isinstance(config, DigestError) else _door(config),
        names=None if offline else Names(name_server),
    )


def _config(path: Path | None) -> Config | DigestError:
    try:
        return load(path)
    except DigestError as error:
        return error


def _mail(config: Config) -> SmtpSettings | DigestError | None:
    from pipeline.run.mailing import smtp_settings

    if config.settings.mail.sender is None:
        return None
    try:
        return smtp_settings(config)
    except DigestError as error:
        return error


def _door(config: Config) -> Callable[[], Http]:
    from pipeline.run.openings import new_http

    return lambda: new_http(config)


def _secrets(ward: Ward) -> list[str | None]:
    """What must not be repeated, whoever said it."""
    from sqlalchemy.engine import make_url

    password = make_url(ward.database).password if isinstance(ward.database, str) else None
    config = ward.config
    if isinstance(config, DigestError):
        names = (
            "CYBERDIGEST_SMTP_USERNAME",
            "CYBERDIGEST_SMTP_PASSWORD",
            "CYBERDIGEST_SECRET",
            "CYBERDIGEST_WRITER_KEY",
            "CYBERDIGEST_LIBRETRANSLATE_KEY",
        )
        return [password, *(os.environ.get(name) for name in names)]
    keys = [config.writer_key, config.libretranslate_key]
    return [password, config.smtp_username, config.smtp_password, config.secret, *keys]


def _record(item: Finding) -> dict[str, str | None]:
    return {
        "subject": item.subject, "name": item.name, "verdict": item.verdict, "said": item.said, "todo": item.todo,
    }  # fmt: skip


def _show(findings: list[Finding]) -> None:
    subject = None
    for item in findings:
        if item.subject != subject:
            subject = item.subject
            click.echo(subject)
        click.echo(f"  {_SIGNS[item.verdict]:<8} {item.name}: {item.said}")
        if item.todo:
            click.echo(f"  {'':<8} {item.todo}")
    counts = {verdict: sum(item.verdict == verdict for item in findings) for verdict in _SIGNS}
    problems = count_of(counts["problem"], "problem")
    click.echo(f"{problems}, {counts['advice']} advice, {counts['ok']} ok, {counts['not checked']} not checked")
