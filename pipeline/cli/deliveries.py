"""`cyberdigest deliveries`: what became of each message, and what to do about those in doubt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import data_option, now, open_store, read_lines
from pipeline.cli.parts import Group, one_more, part_options, show_part

if TYPE_CHECKING:
    from pipeline.model import Delivery

_STATES = ["pending", "sending", "sent", "failed", "suppressed", "expired", "uncertain"]


@click.group(cls=Group)
def deliveries() -> None:
    """Show what became of each message; settle uncertain ones."""


@deliveries.command("list")
@data_option
@click.option("--edition", "edition_id", metavar="ID", help="Only this edition.")
@click.option("--state", type=click.Choice(_STATES), help="Only this state.")
@part_options(most=1000)
def list_deliveries(data: Path | None, edition_id: str | None, state: str | None, limit: int, skip: int) -> int:
    """List messages, newest edition first: edition, subscriber, state, Message-ID, reason."""
    with open_store(data) as store:
        found = store.newest_deliveries(edition_id, state=state, limit=one_more(limit), skip=skip)  # type: ignore[arg-type]
        show_part(("\t".join(_cells(item)) for item in found), limit=limit, skip=skip)
    return 0


def _cells(item: Delivery) -> tuple[str, ...]:
    return item.edition, item.subscriber, item.state, item.message_id, item.reason or ""


@deliveries.command("settle")
@click.argument("log", type=click.Path(allow_dash=True))
@data_option
@click.option("--complete", is_flag=True, help="The log is complete up to now: messages it lacks are sent again.")
def settle_deliveries(log: str, data: Path | None, complete: bool) -> int:
    """Settle uncertain messages by the Message-IDs in the mail server's LOG ("-" for standard input).

    Of Postfix give the whole log; of another server only the lines that say a message was taken.
    """
    from pipeline.deliver.ledger import settle
    from pipeline.deliver.maillog import taken

    accepted = taken(line.rstrip() for line in read_lines(log))
    with open_store(data) as store:
        settled = settle(store, accepted, now=now(), is_complete=complete)
        left = len(store.deliveries(state="uncertain"))
    click.echo(f"{settled} settled, {left} still in doubt")
    return 0
