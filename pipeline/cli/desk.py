"""`cyberdigest edition history|revert|approve|leave-out|remove`: the desk without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import data_option, now, open_store

if TYPE_CHECKING:
    from pipeline.run.desk import Desk
    from pipeline.store import Store

_BY = click.option("--by", default="editor", show_default=True, help="Name to record.")


@click.command()
@click.argument("edition_id", metavar="ID")
@data_option
def history(edition_id: str, data: Path | None) -> int:
    """List the changes to edition ID (number, time, editor, change) and whether it may be sent."""
    with open_store(data) as store:
        desk = _desk(store)
        standing = desk.standing(edition_id)
        for item in desk.history(edition_id):
            click.echo(f"{item.number}\t{item.made:%Y-%m-%d %H:%M}\t{item.editor}\t{item.change}")
        if standing.mailed is not None:
            click.echo(f"mailed {standing.mailed:%Y-%m-%d %H:%M} UTC")
        elif standing.approval is not None:
            click.echo(f"revision {standing.revision}, approved by {standing.approval.editor}")
        else:
            click.echo(f"revision {standing.revision}, not approved")
    return 0


@click.command()
@click.argument("edition_id", metavar="ID")
@click.argument("number", type=click.IntRange(0, 1_000_000))
@data_option
@_BY
def revert(edition_id: str, number: int, data: Path | None, by: str) -> int:
    """Restore edition ID as it was after change NUMBER; 0 is the edition as made."""
    with open_store(data) as store:
        desk = _desk(store)
        desk.revert(edition_id, number, after=desk.standing(edition_id).revision, editor=by)
    click.echo(f"{edition_id} is as it was after change {number}; `cyberdigest edition render` writes its files")
    return 0


@click.command()
@click.argument("edition_id", metavar="ID")
@data_option
@_BY
@click.option("--withdraw", is_flag=True, help="Withdraw the approval.")
def approve(edition_id: str, data: Path | None, by: str, withdraw: bool) -> int:
    """Approve edition ID as it stands (mail.approval); a later change needs a new approval."""
    with open_store(data) as store:
        desk = _desk(store)
        if withdraw:
            desk.withdraw(edition_id)
        else:
            desk.approve(edition_id, revision=desk.standing(edition_id).revision, editor=by)
    click.echo(f"{edition_id} {'waits' if withdraw else 'may be sent'}")
    return 0


@click.command("leave-out")
@click.argument("edition_id", metavar="ID")
@click.argument("number", type=click.IntRange(min=1))
@data_option
@_BY
def leave_out(edition_id: str, number: int, data: Path | None, by: str) -> int:
    """Remove story NUMBER from edition ID."""
    from pipeline.compose.edits import leave_out as without
    from pipeline.errors import InputError

    with open_store(data) as store:
        desk = _desk(store)
        standing = desk.standing(edition_id)
        cards = standing.edition.cards
        if number > len(cards):
            raise InputError(str(number), f"edition {edition_id} has {len(cards)} stories")
        card = cards[number - 1]
        what = f"“{card.headline.text}” left out"
        desk.change(edition_id, lambda e: without(e, card.story), after=standing.revision, editor=by, what=what)
    click.echo(f"left out: {card.headline.text}")
    return 0


@click.command()
@click.argument("edition_id", metavar="ID")
@data_option
def remove(edition_id: str, data: Path | None) -> int:
    """Remove edition ID and all its changes, unless it has been mailed.

    Its stories count as not shown: they may appear in the next edition, and a run of the same day makes it anew.
    """
    moment = now()
    # Not while a run or a sending is at work: it may have the edition in hand.
    with open_store(data) as store, store.run_lock(now=moment):
        store.remove_edition(edition_id)
    click.echo(f"removed: {edition_id}")
    click.echo("files written from it stay until you delete them", err=True)
    return 0


def add_to(group: click.Group) -> None:
    """Put these commands into a group."""
    for command in (history, revert, approve, leave_out, remove):
        group.add_command(command)


def _desk(store: Store) -> Desk:
    from pipeline.run.desk import Desk

    return Desk(store, now=now)
