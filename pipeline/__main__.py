"""`cyberdigest` and `python -m pipeline`: the door to the command line."""

import sys


def main() -> int:
    """Load the command line and run it; Ctrl-C while it loads ends as it does later."""
    try:
        from pipeline.cli import main as run
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    return run()


if __name__ == "__main__":
    raise SystemExit(main())
