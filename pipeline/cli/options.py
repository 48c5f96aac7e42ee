"""Options and openings that several commands share."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.errors import BusyError, ConfigError, InputError, OutputError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.deliver.leaving import Leavers
    from pipeline.store import Store


#: This program did not exist before.
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--config FILE`, by default $CYBERDIGEST_CONFIG, feeds.yaml here, or the list that ships with the package."""
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path),
        help="feeds.yaml to use. [default: $CYBERDIGEST_CONFIG, ./feeds.yaml, or the shipped list]",
    )(command)


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--data DIR`, by default $CYBERDIGEST_DATA or ./cyberdigest-data."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of database and models. [default: $CYBERDIGEST_DATA or ./cyberdigest-data]",
    )(command)


def templates_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--templates DIR`, by default the folder that feeds.yaml names."""
    return click.option(
        "--templates",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Your own templates. [default: edition.templates]",
    )(command)


def load(config_path: Path | None) -> Config:
    """The configuration a command works with."""
    from pipeline.config import load_config
    from pipeline.resources import resource

    if config_path is None:
        named = os.environ.get("CYBERDIGEST_CONFIG")
        here = Path("feeds.yaml")
        config_path = Path(named) if named else here if here.exists() else resource("feeds.yaml")
    return load_config(config_path)


def data_folder(data: Path | None, *, create: bool = True) -> Path:
    """The data folder, made when missing.

    Raises:
        OutputError: It cannot be made.
    """
    folder = data or Path(os.environ.get("CYBERDIGEST_DATA") or "cyberdigest-data")
    if create:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(str(folder), f"cannot be made: {error.strerror}") from error
    return folder


def database_place(folder: Path) -> str | Path:
    """$CYBERDIGEST_DATABASE, or the file in the data folder."""
    return os.environ.get("CYBERDIGEST_DATABASE") or folder / "cyberdigest.sqlite"


@contextmanager
def open_store(data: Path | None, *, busy_seconds: float | None = None) -> Iterator[Store]:
    """The store of the data folder, or of $CYBERDIGEST_DATABASE.

    Args:
        data: The folder.
        busy_seconds: How long to wait for another writer; the store's own patience when None.
    """
    from pipeline.store import Store
    from pipeline.store.engine import BUSY_SECONDS

    place = database_place(data_folder(data))
    with Store.open(place, busy_seconds=BUSY_SECONDS if busy_seconds is None else busy_seconds) as store:
        yield store


@contextmanager
def answering(numbers: Iterable[signal.Signals], tell: Callable[[int, Any], None]) -> Iterator[None]:
    """Let `tell` answer these signals, but those that are ignored from outside, as SIGHUP is under nohup."""
    before = {number: signal.getsignal(number) for number in numbers}
    heard = [number for number, handler in before.items() if handler != signal.SIG_IGN]
    for number in heard:
        signal.signal(number, tell)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM, or a terminal that goes away, ends the block as Ctrl-C does: workers and locks are given back.

    Raises:
        BusyError: It came.
    """
    is_told = False

    def tell(number: int, _frame: object) -> None:
        nonlocal is_told
        is_told = True
        signal.signal(number, signal.SIG_DFL)  # a second one ends the program at once
        raise KeyboardInterrupt

    with answering((signal.SIGTERM, signal.SIGHUP), tell):
        try:
            yield
        except KeyboardInterrupt:
            if is_told:
                raise BusyError("stopped on request; the next start continues from here") from None
            raise


def leavers(data: Path | None) -> Leavers:
    """Readers who left while the database could not be written to."""
    from pipeline.deliver.leaving import Leavers

    return Leavers(data_folder(data) / "leavers")


def links_secret(config: Config, store: Store) -> bytes:
    """Signs the readers' links: $CYBERDIGEST_SECRET, or what the store has made."""
    return config.secret.encode() if config.secret else store.secret("links")


def now() -> datetime:
    """The one clock of the command line.

    Raises:
        ConfigError: It shows a time before this program: an edition of 1970 would be made, and mailed.
    """
    moment = datetime.now(UTC)
    if moment < _FIRST_DAY:
        raise ConfigError("clock", f"the clock of this machine says {moment:%Y-%m-%d}; set it, and start again")
    return moment


def read_lines(path: str, *, errors: str = "replace") -> Iterator[str]:
    """Lines of a file, or of standard input for "-", without a byte order mark.

    Args:
        path: The file.
        errors: What becomes of bytes that are no UTF-8: "replace" or "surrogateescape".
    Raises:
        InputError: The file cannot be read.
    """
    try:
        with click.open_file(path, encoding="utf-8-sig", errors=errors) as file:
            yield from file
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from error
