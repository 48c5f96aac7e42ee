"""`cyberdigest send`."""

from __future__ import annotations

import json
import platform
import signal
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.editions import find_edition
from pipeline.cli.options import (
    answering,
    config_option,
    data_folder,
    data_option,
    leavers,
    links_secret,
    load,
    now,
    open_store,
)
from pipeline.errors import DeliveryError, NoEditionError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.deliver import SendReport, SmtpSettings
    from pipeline.deliver.machine import Machine
    from pipeline.model import Edition, Subscriber
    from pipeline.store import Store


#: In the data folder: what this machine has sent, so that an old copy of the database is noticed.
WITNESS = "sent-so-far"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What the person at the keyboard says beside "send"."""

    dry_run: bool = False
    force: bool = False
    resend_uncertain: bool = False
    adopt: bool = False


class _Stop:
    """Whether the run was told to stop; waiting ends when it is."""

    def __init__(self) -> None:
        self._told = threading.Event()

    def tell(self, number: int, _frame: object) -> None:
        """Stop after the message in hand; the same signal once more does what it always does."""
        self._told.set()
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    def is_told(self) -> bool:
        """Asked between messages."""
        return self._told.is_set()

    def sleep(self, seconds: float) -> None:
        """Wait so long, or until told."""
        self._told.wait(seconds)


@click.command()
@config_option
@data_option
@click.option(
    "--edition", "edition_id", metavar="ID", help="Edition to send. [default: the newest day's, all languages]"
)
@click.option("--dry-run", is_flag=True, help="Build every message and list who would get one; send nothing.")
@click.option("--force", is_flag=True, help="Send even if the edition is older than 24 hours.")
@click.option("--resend-uncertain", is_flag=True, help="Send uncertain messages again; some readers may get two.")
@click.option("--adopt", is_flag=True, help="Make this machine the one that sends, after a move or a restored backup.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def send(
    config_path: Path | None,
    data: Path | None,
    edition_id: str | None,
    dry_run: bool,
    force: bool,
    resend_uncertain: bool,
    adopt: bool,
    as_json: bool,
) -> int:
    """Mail an edition to its subscribers, each once.

    Who has it already is skipped; who is in doubt after a crash is listed and not written to again by itself.
    """
    config = load(config_path)
    with open_store(data) as store:
        wish = _Wish(dry_run=dry_run, force=force, resend_uncertain=resend_uncertain, adopt=adopt)
        chosen = _chosen(store, edition_id)
        reports = _send_all(store, config, chosen, wish, data_folder(data))
        readers = {reader.id: reader for reader in store.subscribers(state="active")}
    _show_reports(reports, as_json=as_json, readers=readers)
    if edition_id is None and not as_json:
        _say_who_gets_none(chosen, readers.values())
    return max((report.exit_code for report in reports), default=0)


def _chosen(store: Store, edition_id: str | None) -> list[Edition]:
    """The edition asked for, or those of the newest day; not of a day to come, made while the clock was wrong."""
    if edition_id is not None:
        return [find_edition(store, edition_id)]
    tomorrow = now() + timedelta(days=1)
    for day in store.edition_days():
        if ended := [item for item in store.editions(day=day) if item.closed <= tomorrow]:
            return ended
    return [find_edition(store, None)]


def send_editions(store: Store, config: Config, edition_ids: Iterable[str], folder: Path) -> int:
    """Send editions after a run, say how it went, and return the worst exit code."""
    reports = _send_all(store, config, [find_edition(store, name) for name in edition_ids], _Wish(), folder)
    _show_reports(reports, as_json=False)
    return max((report.exit_code for report in reports), default=0)


def _say_who_gets_none(editions: Sequence[Edition], readers: Iterable[Subscriber]) -> None:
    """Readers whose language has no edition of the day."""
    made = {edition.language for edition in editions}
    waiting = Counter(reader.language for reader in readers if reader.language not in made)
    for language, count in sorted(waiting.items()):
        whom = "1 reader waits" if count == 1 else f"{count} readers wait"
        click.echo(f"{whom} for an edition in {language}, and there is none", err=True)


def _show_reports(
    reports: Iterable[SendReport], *, as_json: bool, readers: Mapping[str, Subscriber] | None = None
) -> None:
    """Print what became of each edition; `readers` names those whom a dry run would write to."""
    for report in reports:
        if as_json:
            record = {
                "edition": report.edition, "counts": dict(report.counts), "sent_now": report.sent_now,
                "problems": list(report.problems), "stopped": str(report.stopped) if report.stopped else None,
                "dry_run": report.is_dry_run,
            }  # fmt: skip
            click.echo(json.dumps(record, ensure_ascii=False))
            continue
        click.echo(f"{report.edition}: {_counted(report)}" + (" (dry run)" if report.is_dry_run else ""))
        for reader in (readers[id] for id in report.readers if readers and id in readers):
            click.echo(f"  {reader.address}\t{' '.join(reader.topics) or 'all'}")
        for problem in report.problems:
            click.echo(f"  {problem}", err=True)
        if report.stopped is not None:
            click.echo(f"  stopped: {report.stopped}", err=True)


def _counted(report: SendReport) -> str:
    """What was sent now, and apart from it what had been sent before."""
    counts = dict(report.counts)
    earlier = counts.pop("sent", 0) - report.sent_now
    sent = [f"{report.sent_now} sent"] if report.sent_now else []
    before = [f"{earlier} sent before"] if earlier > 0 else []
    others = [f"{count} {state}" for state, count in sorted(counts.items())]
    return ", ".join([*sent, *before, *others]) or (
        "nothing sent" if report.problems or report.stopped else "no subscriber"
    )


def _send_all(
    store: Store,
    config: Config,
    editions: Iterable[Edition],
    wish: _Wish,
    folder: Path,
) -> list[SendReport]:
    from pipeline.deliver.machine import Machine
    from pipeline.run.mailing import smtp_settings

    settings, machine = smtp_settings(config), Machine(platform.node(), folder / WITNESS)
    if not wish.dry_run:
        leavers(folder).settle(store, secret=links_secret(config, store), now=now())
    with _until_told_to_stop() as stop:
        return [_send_one(store, config, settings, item.id, wish, stop, machine) for item in editions]


def _send_one(
    store: Store,
    config: Config,
    settings: SmtpSettings,
    edition_id: str,
    wish: _Wish,
    stop: _Stop,
    machine: Machine,
) -> SendReport:
    """Send an edition as it stands, if it may be."""
    from pipeline.deliver import SendReport, send_edition
    from pipeline.run.mailing import letters_of

    standing = store.standing(edition_id)
    if standing is None:
        raise NoEditionError(edition_id)
    waits = config.settings.mail.approval and standing.mailed is None and standing.approval is None
    if waits and not wish.dry_run:
        reason = (
            f"waits for an editor: look at it with `cyberdigest serve`, or `cyberdigest edition approve {edition_id}`"
        )
        return SendReport(edition=edition_id, stopped=DeliveryError(reason))
    secret = links_secret(config, store)
    return send_edition(
        store,
        standing.edition,
        render=letters_of(standing.edition, settings, secret, config.settings.edition.templates),
        settings=settings,
        now=now(),
        dry_run=wish.dry_run,
        force=wish.force,
        resend_uncertain=wish.resend_uncertain,
        revision=standing.revision,
        secret=secret,
        machine=machine,
        adopt=wish.adopt,
        should_stop=stop.is_told,
        sleep=stop.sleep,
    )


@contextmanager
def _until_told_to_stop() -> Iterator[_Stop]:
    """SIGTERM, Ctrl-C and a lost terminal end sending after the message in hand, so that nothing is left in doubt."""
    stop = _Stop()
    with answering((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), stop.tell):
        yield stop
