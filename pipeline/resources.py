"""Where the files that ship with the package are: the checkout's own when there is one, the wheel's otherwise."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Path of a top-level file or folder ("feeds.yaml", "templates") in the checkout or in the installed wheel."""
    shipped = _PACKAGE / "_shipped" / name
    return shipped if shipped.exists() else _PACKAGE.parent / name
