"""`python -m pipeline` is the command `cyberdigest`."""

from pipeline.cli import main

raise SystemExit(main())
