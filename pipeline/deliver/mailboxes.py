"""Where mail lies: a Maildir, an mbox file or a file of one message; one is read after the other, none without end."""

from __future__ import annotations

import mailbox
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.deliver.reports import LONGEST
from pipeline.errors import BusyError, InputError, OutputError

#: Octets of a line in an mbox, which is held in memory as a whole; more than any mail server takes for a message.
_LONGEST_LINE = 100_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One message of a mailbox."""

    #: At most `LONGEST` and one more: what is longer is not read as a mail.
    octets: bytes
    #: Takes it out, in an mbox at the end; a file of one message stays.
    discard: Callable[[], None]


@contextmanager
def opened(place: Path, *, remove: bool) -> Iterator[Iterator[Kept]]:
    """The messages of a mailbox, locked while some may be taken out.

    What was done for its mails stays done, and is not done twice, whatever is raised.

    Args:
        place: The folder or file.
        remove: Whether messages will be discarded.
    Raises:
        InputError: No such mailbox.
        BusyError: Another program has locked it, or has written to it in spite of our lock.
        OutputError: It cannot be read or written.
    """
    kind, beginning = _looked_at(place)
    try:
        if kind == "Maildir":
            yield _of_maildir(place)
        elif kind == "mbox":
            with _locked(place, remove=remove) as box:
                yield _of_mbox(box)
        else:
            yield iter([Kept(octets=beginning, discard=lambda: None)])
    except mailbox.ExternalClashError as error:
        raise BusyError(f"{place}: another program has written to the mailbox; nothing was taken out") from error
    except OSError as error:
        raise OutputError(str(place), f"cannot be read or written: {error.strerror}") from error


def _looked_at(place: Path) -> tuple[str, bytes]:
    """What kind of mailbox it is, and how a file begins; a pipe is not waited for."""
    try:
        if place.is_dir():
            if not ((place / "cur").is_dir() and (place / "new").is_dir()):
                raise InputError(str(place), "is a folder and not a Maildir: it has no cur/ and new/")
            return "Maildir", b""
        if not stat.S_ISREG(place.stat().st_mode):
            raise InputError(str(place), 'is neither a file nor a Maildir; "-" reads one message from standard input')
        with place.open("rb") as file:
            octets = file.read(LONGEST + 1)
        if octets and not octets.startswith(b"From "):
            return "message", octets
        _check_lines(place)
    except OSError as error:
        raise InputError(str(place), f"cannot be read: {error.strerror}") from error
    return "mbox", b""


def _check_lines(place: Path) -> None:
    """Refuse what only begins as an mbox."""
    length = 0
    with place.open("rb") as file:
        while chunk := file.read(_CHUNK):
            length = len(chunk) - chunk.rfind(b"\n") - 1 if b"\n" in chunk else length + len(chunk)
            if length > _LONGEST_LINE:
                raise InputError(str(place), f"is not an mbox: a line is longer than {_LONGEST_LINE // 1_000_000} MB")


def _of_maildir(place: Path) -> Iterator[Kept]:
    """Messages in order of name; what is no file, or begins with a dot, is none (https://cr.yp.to/proto/maildir.html)."""
    found = [path for folder in ("new", "cur") for path in (place / folder).iterdir() if path.name[0] != "."]
    for path in sorted(found, key=lambda path: path.name):
        try:
            if not path.is_file():
                continue
            with path.open("rb") as file:
                octets = file.read(LONGEST + 1)
        except FileNotFoundError:  # another program took it away
            continue
        yield Kept(octets=octets, discard=partial(path.unlink, missing_ok=True))


def _of_mbox(box: mailbox.mbox) -> Iterator[Kept]:
    for key in sorted(box.keys()):
        with box.get_file(key) as file:
            octets = file.read(LONGEST + 1)
        # Line ends that are made shorter must not make a mail that was cut off look like a whole one.
        octets = octets if len(octets) > LONGEST else octets.replace(b"\r\n", b"\n")
        yield Kept(octets=octets, discard=partial(box.discard, key))


@contextmanager
def _locked(place: Path, *, remove: bool) -> Iterator[mailbox.mbox]:
    """Locked while something may be taken out; what was is gone at the end."""
    box = mailbox.mbox(place, create=False)
    try:
        if remove:
            try:
                box.lock()
            except (mailbox.ExternalClashError, OSError) as error:
                raise BusyError(f"{place}: another program has locked the mailbox") from error
        yield box
        if remove:
            box.flush()
    finally:
        box.close()
