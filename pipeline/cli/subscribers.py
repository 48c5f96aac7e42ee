"""`cyberdigest subscribers`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import config_option, data_option, load, now, open_store, read_lines
from pipeline.cli.parts import Group, LanguageTag, language_of
from pipeline.errors import InputError
from pipeline.text.count import count_of

if TYPE_CHECKING:
    from pipeline.config import Config


@click.group(cls=Group)
def subscribers() -> None:
    """Add, list, import and remove readers."""


@subscribers.command("add")
@click.argument("address")
@config_option
@data_option
@click.option("--language", type=LanguageTag(), default="en", show_default=True, help="Language of the edition.")
@click.option("--topic", "topics", multiple=True, help="Topic; may be repeated. [default: all]")
@click.option("--again", is_flag=True, help="The reader left and has asked to be added again.")
def add_subscriber(
    address: str, config_path: Path | None, data: Path | None, language: str, topics: tuple[str, ...], again: bool
) -> int:
    """Subscribe ADDRESS, with its owner's consent, or change what a reader gets."""
    from pipeline.deliver.subscribers import add

    config = load(config_path)
    names = [spec.name for spec in config.topics]
    if unknown := [name for name in topics if name not in names]:
        raise click.BadParameter(f'there is no topic "{unknown[0]}", only {", ".join(names)}', param_hint="--topic")
    with open_store(data) as store:
        try:
            reader = add(store, address, language=language, topics=topics, now=now(), is_confirmed=again)
        except InputError as error:  # which says "address" where the public must not see whose
            raise InputError(address, error.reason) from error
    what = f" on {', '.join(reader.topics)}" if reader.topics else ""
    click.echo(f"{reader.address} gets the {reader.language} edition{what}")
    _warn_of_languages(config, {reader.language})
    return 0


def _warn_of_languages(config: Config, languages: Iterable[str]) -> None:
    """Say of which languages no edition is made: their readers would wait for ever."""
    made = config.settings.edition.languages
    for language in sorted(set(languages) - set(made)):
        click.echo(f"no edition is made in {language}, only in {', '.join(made)} (edition.languages)", err=True)


@subscribers.command("list")
@data_option
@click.option("--all", "everybody", is_flag=True, help="Include readers who left.")
def list_subscribers(data: Path | None, everybody: bool) -> int:
    """List the readers: address, language, topics, state."""
    with open_store(data) as store:
        for reader in store.subscribers(state=None if everybody else "active"):
            click.echo(f"{reader.address}\t{reader.language}\t{' '.join(reader.topics) or 'all'}\t{reader.state}")
    return 0


@subscribers.command("remove")
@click.argument("address")
@data_option
@click.option("--erase", is_flag=True, help="Also forget the reader; only a keyed hash of the address stays.")
def remove_subscriber(address: str, data: Path | None, erase: bool) -> int:
    """Unsubscribe ADDRESS at once."""
    from pipeline.deliver import subscribers as readers

    with open_store(data) as store:
        if erase:
            readers.erase(store, address, now=now())
        else:
            readers.remove(store, address, now=now())
    click.echo(f"{address} is {'erased' if erase else 'unsubscribed'}")
    return 0


@subscribers.command("export")
@click.argument("address")
@data_option
def export_subscriber(address: str, data: Path | None) -> int:
    """Print all that is kept about ADDRESS, as JSON."""
    from pipeline.deliver.subscribers import kept_about

    with open_store(data) as store:
        click.echo(json.dumps(kept_about(store, address), ensure_ascii=False, indent=2))
    return 0


@subscribers.command("tidy")
@data_option
@click.option(
    "--days", type=click.IntRange(0, 36_500), default=1095, show_default=True,
    help="Erase readers who left more than this many days ago.",
)  # fmt: skip
def tidy_subscribers(data: Path | None, days: int) -> int:
    """Erase readers who left long ago, and the addresses in deliveries older than 30 days."""
    from pipeline.deliver.subscribers import tidy

    with open_store(data) as store:
        erased, forgotten = tidy(store, now=now(), left_for=timedelta(days=days))
    click.echo(f"{count_of(erased, 'reader')} erased, the addresses taken out of {count_of(forgotten, 'old delivery')}")
    return 0


@subscribers.command("import")
@click.argument("file", type=click.Path(allow_dash=True))
@config_option
@data_option
@click.option("--language", type=LanguageTag(), default="en", show_default=True, help="Language for lines without one.")
def import_subscribers(file: str, config_path: Path | None, data: Path | None, language: str) -> int:
    """Subscribe the addresses of a CSV FILE (address,language,topics), with their owners' consent."""
    from pipeline.deliver.importing import import_csv

    config = load(config_path)
    topics = [spec.name for spec in config.topics]
    with open_store(data) as store:
        try:
            result = import_csv(
                store,
                read_lines(file),
                language=language,
                now=now(),
                topics=topics,
                read_language=lambda cell: language_of(cell.lower() if cell.isupper() else cell),
            )
        except InputError as error:
            raise error if error.where == file else InputError(f"{file}: {error.where}", error.reason) from error
        languages = {reader.language for reader in store.subscribers(state="active")}
    for problem in result.problems:
        click.echo(f"{file}: {problem}", err=True)
    if result.unread:
        named = ", ".join(f'"{name}"' for name in result.unread)
        click.echo(f"{file}: not read: {named}; the columns are called address, language, topics", err=True)
    click.echo(f"{result.added} added, {result.known} known before, {len(result.problems)} refused")
    _warn_of_languages(config, languages)
    return 65 if result.problems else 0
