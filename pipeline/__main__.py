"""`cyberdigest` and `python -m pipeline`: the door to the command line."""

import io
import os
import sys


def main() -> int:
    """Load the command line and run it; Ctrl-C while it loads ends as it does later."""
    try:
        _open_what_is_closed()
        _speak_utf8()
        from pipeline.cli import main as run
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)  # noqa: T201 - click is not loaded yet
        return 130
    return run()


def _open_what_is_closed() -> None:
    """Who starts us with a stream closed (`2>&-`) wants nothing of it: no fault, and no file of ours in its place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))


def _speak_utf8() -> None:
    """What is written is UTF-8 on every machine: JSON Lines and editions are, and names of outlets need it.

    Names of files, and words of strangers, may hold what UTF-8 cannot carry: as an escape, which JSON reads too.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    raise SystemExit(main())
