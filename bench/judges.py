"""What the scripts that make judges share: options, weights in whole numbers, the file that is kept or compared."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np


def options(about: str | None, **instead: str) -> argparse.Namespace:
    """The command line of a script: `--data DIR`, `--check`, and a switch for each thing that it does instead.

    Args:
        about: The script's docstring.
        instead: What each further switch does, by its name.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="write nothing, say whether the shipped weights are these")
    for name, does in instead.items():
        parser.add_argument(f"--{name}", action="store_true", help=does)
    return parser.parse_args()


def quantised(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Whole numbers and the factor back."""
    factor = float(np.abs(values).max()) / 2000
    return np.round(values / factor).astype(np.int16), factor


def keep(path: Path, arrays: Mapping[str, np.ndarray], *, check: bool) -> None:
    """Write the weights; or leave with 1 where the file holds others, and write nothing."""
    if check:
        same = is_same(path, arrays)
        print("same" if same else "DIFFERENT")
        raise SystemExit(not same)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]  # names of arrays, no options
    print(f"{path.stat().st_size} bytes")


def is_same(path: Path, arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether the file holds these arrays."""
    with np.load(path) as stored:
        return all(np.array_equal(stored[name], value) for name, value in arrays.items())
