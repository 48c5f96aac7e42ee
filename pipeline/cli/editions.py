"""`cyberdigest edition` and `serve`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.listen import serve_app
from pipeline.cli.options import (
    config_option,
    data_folder,
    data_option,
    load,
    now,
    open_store,
    templates_option,
)
from pipeline.cli.parts import Group, one_more, part_options, show_part
from pipeline.errors import InputError, NoEditionError

if TYPE_CHECKING:
    from pipeline.model import Edition
    from pipeline.store import Store


@click.group(cls=Group)
def edition() -> None:
    """List, show, render, edit and approve editions."""


@edition.command("list")
@data_option
@part_options(most=100)
def list_editions(data: Path | None, limit: int, skip: int) -> int:
    """List the editions, newest first: id, stories, title."""
    with open_store(data) as store:
        made = store.editions(limit=one_more(limit), skip=skip)
    show_part((f"{item.id}\t{len(item.cards)}\t{item.title}" for item in made), limit=limit, skip=skip)
    if not made and not skip:
        click.echo("no edition yet; `cyberdigest run` makes one", err=True)
    return 0


@edition.command("show")
@click.argument("edition_id", metavar="[ID]", required=False)
@data_option
@click.option(
    "--format",
    "kind",
    type=click.Choice(["html", "mail", "text", "markdown", "json", "atom"]),
    default="text",
    show_default=True,
    help="Output format.",
)
def show_edition(edition_id: str | None, data: Path | None, kind: str) -> int:
    """Print an edition (the newest by default)."""
    from pipeline.render import render

    with open_store(data) as store:
        click.echo(render(find_edition(store, edition_id), kind), nl=False)  # type: ignore[arg-type]
    return 0


@edition.command("render")
@click.argument("edition_id", metavar="[ID]", required=False)
@config_option
@data_option
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("digest"), show_default=True,
    help="Folder to write to.",
)  # fmt: skip
@templates_option
def render_edition(
    edition_id: str | None, config_path: Path | None, data: Path | None, output: Path, templates: Path | None
) -> int:
    """Write an edition again in every format; the same bytes as before unless the templates changed."""
    from pipeline.run import write_edition

    templates = templates or load(config_path).settings.edition.templates
    with open_store(data) as store:
        for path in write_edition(find_edition(store, edition_id), output, templates=templates):
            click.echo(path)
    return 0


def find_edition(store: Store, edition_id: str | None) -> Edition:
    """One edition, or the newest.

    Raises:
        InputError: There is none.
    """
    if edition_id is None:
        newest = store.editions(limit=1)
        if not newest:
            raise InputError("edition", "there is no edition yet; `cyberdigest run` makes one")
        return newest[0]
    found = store.edition(edition_id)
    if found is None:
        raise NoEditionError(edition_id)
    return found


@click.command()
@config_option
@data_option
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port on this machine.")
@templates_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the edition's files here again after each change at the desk.",
)
@click.option("--read-only", is_flag=True, help="Leave out the desk: nothing can be changed.")
def serve(
    config_path: Path | None,
    data: Path | None,
    port: int,
    templates: Path | None,
    output: Path | None,
    read_only: bool,
) -> int:
    """Preview editions in a browser and edit them at the desk. This machine only.

    Shows the web page, the mail on phone and desktop, the plain text, and every article behind them, translated in full
    when opened. At the desk an editor rewrites texts, moves, merges and removes stories, and approves editions.
    """
    from pipeline.run.desk import Desk
    from pipeline.run.fulltext import open_full_texts
    from pipeline.web.preview import create_app

    templates = templates or load(config_path).settings.edition.templates
    with open_store(data) as store:
        texts = open_full_texts(store, data_folder(data), load=lambda: load(config_path), now=now)
        desk = None if read_only else Desk(store, now=now, output=output, templates=templates)
        app = create_app(store, port=port, templates=templates, texts=texts, desk=desk)
        try:
            serve_app(app, "Preview", host="127.0.0.1", port=port)
        finally:
            texts.close()
    return 0
