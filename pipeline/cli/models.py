"""`cyberdigest models` and `memory`."""

from __future__ import annotations

import io
from pathlib import Path

import click

from pipeline.cli.options import config_option, data_folder, data_option, load, now, open_store
from pipeline.cli.parts import Group, LanguageTag
from pipeline.errors import InputError

_ENGINES = ("argos", "firefox", "apertium")


@click.group(cls=Group)
def models() -> None:
    """List, install and remove translation models; explain routes."""


@models.command("list")
@config_option
@data_option
def list_models(config_path: Path | None, data: Path | None) -> int:
    """List what is installed: direction, engine, version, size."""
    from pipeline.run.models import open_models

    with open_models(load(config_path), data_folder(data, create=False), download=False, seconds=1) as manager:
        for model in manager.installed():
            size = f"{model.size_bytes / 1e6:.0f} MB" if model.size_bytes else "-"
            click.echo(f"{model.source}→{model.target}\t{model.engine}\t{model.version or '-'}\t{size}")
    return 0


@models.command("install")
@click.argument("source", metavar="FROM", type=LanguageTag())
@click.argument("target", metavar="TO", type=LanguageTag())
@config_option
@data_option
@click.option("--engine", type=click.Choice(_ENGINES), help="Only this engine. [default: the best found]")
@click.option("--from", "origin", metavar="PATH|URL", help="Package to install: a file, a folder or a URL.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=30.0,
    show_default=True,
    help="Seconds to wait for the next byte.",
)
def install_model(
    source: str,
    target: str,
    config_path: Path | None,
    data: Path | None,
    engine: str | None,
    origin: str | None,
    timeout: float,
) -> int:
    """Install a Firefox or Argos model, or Apertium's system packages, for translating FROM into TO.

    A download resumes where it stopped, is verified by its checksum, and leaves nothing half installed. Apertium's
    packages are installed by the system's package manager where possible; otherwise the exact command is printed.
    """
    from pipeline.run.models import open_models

    _refuse_one_language(source, target)
    is_local = origin is not None and not origin.startswith(("http://", "https://"))
    with open_models(load(config_path), data_folder(data), download=not is_local, seconds=timeout) as manager:
        manager.install(source, target, engine=engine, origin=origin, log=lambda line: click.echo(line, err=True))
        click.echo(f"{source}→{target}: {manager.route(source, target)}")
    return 0


@models.command("remove")
@click.argument("source", metavar="FROM", type=LanguageTag())
@click.argument("target", metavar="TO", type=LanguageTag())
@config_option
@data_option
@click.option("--engine", type=click.Choice(_ENGINES), help="Only this engine's model.")
def remove_model(source: str, target: str, config_path: Path | None, data: Path | None, engine: str | None) -> int:
    """Remove the models that `install` made for one direction."""
    from pipeline.run.models import open_models

    with open_models(load(config_path), data_folder(data, create=False), download=False, seconds=1) as manager:
        for name in manager.remove(source, target, engine=engine):
            click.echo(f"removed {source}→{target} {name}")
    return 0


@models.command("routes")
@click.argument("source", metavar="FROM", type=LanguageTag())
@click.argument("target", metavar="TO", type=LanguageTag())
@config_option
@data_option
def explain_route(source: str, target: str, config_path: Path | None, data: Path | None) -> int:
    """Show the installed routes from FROM into TO with their costs, cheapest first."""
    from pipeline.run import open_translator

    _refuse_one_language(source, target)
    with open_translator(load(config_path), data_folder(data, create=False)) as translator:
        for line in translator.routes.explain(source, target):
            click.echo(line)
    return 0


def _refuse_one_language(source: str, target: str) -> None:
    if source == target:
        raise click.UsageError(f"FROM and TO are both {source}: there is nothing to translate")


@click.group(cls=Group)
def memory() -> None:
    """Export and import the translation memory (TMX 1.4)."""


@memory.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@data_option
def export_memory(file: str, data: Path | None) -> int:
    """Write the memory, both engines' and editors' translations, to FILE ("-" for standard output)."""
    from pipeline import __version__
    from pipeline.run.memory import StoreMemory
    from pipeline.run.output import write_whole
    from pipeline.translate.tmx import export_tmx

    with open_store(data) as store:
        written = io.BytesIO()
        count = export_tmx(StoreMemory(store, now=now()), written, version=__version__)
    text = written.getvalue().decode("utf-8")
    if file == "-":
        click.echo(text, nl=False)
    else:
        write_whole(Path(file), text)
    click.echo(f"{count} sentences written" + ("" if file == "-" else f" to {file}"), err=file == "-")
    return 0


@memory.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def import_memory(file: Path, data: Path | None) -> int:
    """Read FILE; a unit that no engine here made counts as an editor's and wins over any engine."""
    from pipeline.run.memory import StoreMemory
    from pipeline.translate.tmx import import_tmx

    try:
        with file.open("rb") as opened, open_store(data) as store:
            count = import_tmx(opened, StoreMemory(store, now=now()), name=str(file))
    except OSError as error:
        raise InputError(str(file), f"cannot be read: {error.strerror}") from error
    click.echo(f"{count} sentences read from {file}")
    return 0
