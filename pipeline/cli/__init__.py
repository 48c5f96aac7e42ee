"""The command line: parse, call, print, exit. Heavy modules are imported inside the commands."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from pipeline import __version__
from pipeline.cli import (
    deliveries,
    desk,
    doctor,
    editions,
    feeds,
    inbox,
    mail,
    models,
    public,
    run,
    stage,
    store,
    stories,
    subscribers,
    topics,
)
from pipeline.cli.parts import Group
from pipeline.errors import DigestError, OutputError

#: What standard output says when it takes no more; files and the database are named by what writes them.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

_EPILOG = """
Exit codes: 0 success (failed feeds are reported, and are an error only with --strict), 64 wrong usage, 65 bad data,
69 nothing reachable, 70 internal error, 73 cannot write, 75 try again later, 78 wrong configuration, 130 stopped by
Ctrl-C.
"""


class _ReaderGoneError(Exception):
    """Who read our standard output has enough, as `| head` does."""


class _Commands(Group):
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a broken pipe is told apart before click makes a failure of it."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGoneError from error


@click.group(
    cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="cyberdigest")
def cyberdigest() -> None:
    """A daily digest of vulnerability disclosures and sanctions, from feeds in many languages."""


desk.add_to(editions.edition)

for _command in (
    run.run,
    run.demo,
    run.init,
    doctor.doctor,
    stage.stage,
    feeds.feeds,
    models.models,
    models.memory,
    editions.edition,
    stories.story,
    store.store,
    topics.topics,
    subscribers.subscribers,
    mail.send,
    deliveries.deliveries,
    inbox.inbox,
    editions.serve,
    public.public,
):
    cyberdigest.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error on purpose is one sentence on stderr."""
    try:
        result = cyberdigest.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except DigestError as error:
        return _say(f"Error: {error}", error.exit_code)
    except click.exceptions.Abort:
        return _say("Interrupted.", 130)
    except click.ClickException as error:
        error.show()
        return 64
    except _ReaderGoneError:
        # Python flushes once more at the end; what is left over goes nowhere (docs of `signal`, note on SIGPIPE).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in _FULL or error.filename is not None:
            raise
        return _say(f"Error: the output cannot be written: {error.strerror}", OutputError.exit_code)
    except KeyboardInterrupt:
        return _say("Interrupted.", 130)
    return result if isinstance(result, int) else 0


def _say(text: str, code: int) -> int:
    click.echo(text, err=True)
    return code
