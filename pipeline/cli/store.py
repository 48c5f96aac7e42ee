"""`cyberdigest store`: what is kept, and letting go of what is too old."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import config_option, data_option, load, now, open_store
from pipeline.cli.parts import Group

if TYPE_CHECKING:
    from pipeline.store import Holdings


@click.group(cls=Group)
def store() -> None:
    """See what the store holds and how large it is; let go of what is too old."""


@store.command("show")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def show_store(data: Path | None, as_json: bool) -> int:
    """Tell how many rows of each kind there are, since when, and how large the database is."""
    with open_store(data) as opened:
        found = opened.holdings()
    if as_json:
        since = found.since and found.since.isoformat()
        click.echo(json.dumps({**asdict(found), "since": since}, indent=2))
    else:
        _show(found)
    return 0


@store.command("clean")
@config_option
@data_option
@click.option("--compact", is_flag=True, help="Give the space back to the disk; SQLite writes the whole file anew.")
def clean_store(config_path: Path | None, data: Path | None, compact: bool) -> int:
    """Let go of everything older than `store.keep` at once; every run does a part of that."""
    from pipeline.run.keeping import forget_all

    config = load(config_path)
    with open_store(data) as opened:
        since = forget_all(config, opened, now())
        if compact:
            opened.give_back()
        found = opened.holdings()
    click.echo(f"kept since {since:%Y-%m-%d}" if since else "nothing is to be forgotten")
    _show(found)
    return 0


def _show(found: Holdings) -> None:
    for name, count in found.rows.items():
        click.echo(f"{name}\t{count}")
    click.echo(f"entries known by name only\t{found.names}")
    if found.since:
        click.echo(f"oldest entry\t{found.since:%Y-%m-%d}")
    click.echo(f"size\t{_megabytes(found.size_bytes)}, {_megabytes(found.free_bytes)} of it free for what comes")


def _megabytes(octets: int) -> str:
    return f"{octets / 1e6:.1f} MB"
