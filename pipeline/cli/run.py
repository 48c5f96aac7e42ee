"""`cyberdigest run`, `demo` and `init`."""

from __future__ import annotations

import json
import shlex
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import config_option, data_folder, data_option, load, now, open_store, stoppable
from pipeline.cli.parts import LanguageTag
from pipeline.errors import FeedError, NoAnswerError, OutputError
from pipeline.text.count import count_of

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.run import RunReport
    from pipeline.store import Store


class _Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read "2026-11-23"."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f'"{value}" is not a date; write it as 2026-11-23', param, ctx)


@click.command()
@config_option
@data_option
@click.option("--date", "day", type=_Day(), help="Day of the edition. [default: today]")
@click.option(
    "--language", "languages", type=LanguageTag(), multiple=True, help="Language of the edition; may be repeated."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("digest"),
    show_default=True,
    help="Folder to write the edition to.",
)
@click.option("--no-fetch", is_flag=True, help="Fetch nothing; work with what the store has.")
@click.option("--send", "send_after", is_flag=True, help="Then mail the edition to the subscribers.")
@click.option("--strict", is_flag=True, help="Exit with 69 when any feed fails.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--quiet", is_flag=True, help="Print only errors and the paths of the edition.")
def run(
    config_path: Path | None,
    data: Path | None,
    day: date | None,
    languages: tuple[str, ...],
    output: Path,
    no_fetch: bool,
    send_after: bool,
    strict: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Poll the feeds, read what matters and make today's edition.

    An edition that exists is written again, byte for byte the same, not made again. A killed run goes on where it
    stopped.
    """
    from pipeline.progress import choose_progress
    from pipeline.run import run as run_pipeline

    config = load(config_path)
    folder = data_folder(data)
    with stoppable(), open_store(data) as store:
        report = run_pipeline(
            config,
            store=store,
            data=folder,
            output=output,
            now=now(),
            day=day,
            languages=languages,
            fetch=not no_fetch,
            templates=config.settings.edition.templates,
            progress=choose_progress(quiet=quiet or as_json),
        )
        _show_report(report, as_json=as_json, quiet=quiet)
        sent = _send(store, config, report, folder) if send_after else 0
    if report.is_silent:
        _say_silence(report, sent)
    return sent or (69 if strict and report.failures else 0)


def _say_silence(report: RunReport, sent: int) -> None:
    """No feed answered: the end of the run, unless mailing has ended badly too; that is what another start can help."""
    kind = NoAnswerError if report.unmade else FeedError
    is_offline = report.failures and all("does not resolve" in failure.reason for failure in report.failures)
    hint = "no name resolves, is the network there?" if is_offline else "`cyberdigest feeds check` tells why"
    silence = kind("run", f"none of {count_of(report.feeds, 'feed')} could be read; {hint}")
    if not sent:
        raise silence
    click.echo(f"Error: {silence}", err=True)


def _send(store: Store, config: Config, report: RunReport, folder: Path) -> int:
    from pipeline.cli.mail import send_editions

    return send_editions(store, config, report.editions + report.kept, folder)


def _show_report(report: RunReport, *, as_json: bool, quiet: bool) -> None:
    """Print what a run did; what is a fault of the program however little is wanted."""
    for fault in report.stumbled:
        click.echo(f"left out because of a fault in the program, which should be reported: {fault}", err=True)
    if as_json:
        click.echo(json.dumps(report.record(), ensure_ascii=False, indent=2))
    else:
        for line in report.paths if quiet else report.lines():
            click.echo(line)


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("cyberdigest-demo"),
    show_default=True,
    help="Folder for the edition and the demo's data.",
)
@click.option("--no-install", is_flag=True, help="Download no model and install no system package.")
@click.option("--language", type=LanguageTag(), default="en", show_default=True, help="Language of the edition.")
def demo(output: Path, no_install: bool, language: str) -> int:
    """Make an edition from a recorded day, with all stages and without the internet.

    This machine serves the feeds and articles of invented outlets to itself. Portuguese is translated by a model that
    ships with cyberdigest, French by the best that can be installed.
    """
    from pipeline.demo import run_demo

    with stoppable():
        lines = run_demo(output, install=not no_install, language=language, say=lambda text: click.echo(text, err=True))
    for line in lines:
        click.echo(line)
    click.echo(f"To see the mail and the desk: cyberdigest serve --data {shlex.quote(str(output / 'data'))}", err=True)
    return 0


@click.command()
@click.argument("directory", default=".", type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
@click.option("--templates", is_flag=True, help="Also write the templates, for editing.")
@click.option("--force", is_flag=True, help="Overwrite existing files.")
def init(directory: Path, templates: bool, force: bool) -> int:
    """Write an editable feeds.yaml, and with --templates the templates, into DIR."""
    from pipeline.resources import resource
    from pipeline.run.output import write_whole

    sources = [(resource("feeds.yaml"), directory / "feeds.yaml")]
    if templates:
        root = resource("templates")
        sources += [
            (path, directory / "templates" / path.relative_to(root))
            for path in sorted(root.rglob("*"))
            if path.is_file()
        ]
    taken = [target for _, target in sources if target.exists()]
    if taken and not force:
        raise OutputError(str(taken[0]), "already exists; use --force to overwrite it")
    for source, target in sources:
        write_whole(target, source.read_text(encoding="utf-8"))
        click.echo(target)
    if templates:
        click.echo("to use your templates, set `edition: {templates: templates}` in feeds.yaml", err=True)
    return 0
