"""`cyberdigest inbox`: the mail that comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import config_option, data_option, links_secret, load, now, open_store

if TYPE_CHECKING:
    from pipeline.deliver.inbox import Idle, InboxReport

_WORDS = {
    "bounced": "not written to any more",
    "refused": "refused once",
    "complained": "complained",
    "left": "left",
    "policy": "refused by policy",
    "nothing": "without effect",
    "unread": "for a person to read",
}
#: Why there was no effect.
_IDLE: Mapping[Idle, str] = {
    "automatic": "a delay or an automatic answer",
    "read before": "read before",
    "unproven": "without proof of whom it is about",
}


@click.command()
@click.argument("mailbox", type=click.Path(allow_dash=True))
@config_option
@data_option
@click.option("--remove", is_flag=True, help="Delete processed messages; those a person should read stay.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def inbox(mailbox: str, config_path: Path | None, data: Path | None, remove: bool, as_json: bool) -> int:
    """Process returned mail in MAILBOX: bounces, spam complaints, readers who unsubscribe by mail.

    MAILBOX is a Maildir, an mbox file, a file of one message, or "-" for one message on standard input. Each message
    counts once, however often it is read.
    """
    from pipeline.deliver.inbox import InboxReport, handle, read_inbox
    from pipeline.deliver.reports import LONGEST

    config = load(config_path)
    with open_store(data) as store:
        secret = links_secret(config, store)
        address = config.settings.mail.bounce_address
        if mailbox == "-":
            done = InboxReport()
            with click.open_file("-", "rb") as stream:
                handle(store, stream.read(LONGEST + 1), done, secret=secret, bounce_address=address, now=now())
        else:
            done = read_inbox(store, Path(mailbox), secret=secret, bounce_address=address, now=now(), remove=remove)
    for problem in done.problems:
        click.echo(problem, err=True)
    if as_json:
        idle = {name: done.idle[name] for name in _IDLE}
        click.echo(json.dumps({name: done.counts[name] for name in _WORDS} | {"idle": idle}))
    else:
        told = [f"{done.counts[name]} {_words(name, done)}" for name in _WORDS if done.counts[name]]
        click.echo(", ".join(told) or "no mail")
    return 0


def _words(effect: str, done: InboxReport) -> str:
    """What a count counts; of what had no effect, why not."""
    if effect != "nothing":
        return _WORDS[effect]
    reasons = [name for name in _IDLE if done.idle[name]]
    if len(reasons) == 1:
        return f"{_WORDS[effect]} ({_IDLE[reasons[0]]})"
    return f"{_WORDS[effect]} ({', '.join(f'{done.idle[name]} {_IDLE[name]}' for name in reasons)})"
