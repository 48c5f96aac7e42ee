"""The tables of words and rules that ship beside the modules, and the one error for a missing or broken one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pipeline.errors import TableError


def read_table(path: Path) -> dict[str, Any]:
    """A TOML file that ships with the program, as tomllib reads it; callers keep what they make of it.

    Args:
        path: Of the file, usually in `data/` beside the module that asks.
    Raises:
        TableError: It is missing, cannot be read, or is no TOML in UTF-8; the message names the file, and the line.
    """
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise TableError(str(path), f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise TableError(str(path), f"is not UTF-8: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise TableError(str(path), f"is not TOML: {error}") from error
