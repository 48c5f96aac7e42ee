"""One table of every quality figure, with bootstrap intervals, per language, against the floors.

    python bench/quality.py --data DIR [--check] [--fast] [--only NAME ...] [--jobs N]

Calls `measure(data: Path) -> dict[str, float]` of every script named in MODULES that is there; `--check` exits 1 when a
figure is below its floor in bench/floors.toml (or missing), `--fast` leaves out the slow scripts and their floors.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
import tomllib  # noqa: TID251 - nothing of the program is imported before sys.path is set
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

MODULES = ("extraction", "junk", "langid", "topics", "facts", "stories", "summary", "translation")
SLOW = ("extraction", "translation")
ROUNDS = 1000
Interval = tuple[float, float]


def load(name: str) -> ModuleType | None:
    """The script bench/NAME.py as a module, None when there is none."""
    path = HERE / f"{name}.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        return None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bootstrap(size: int, figure: Callable[[np.ndarray], float]) -> Interval:
    """The middle 95 of 100 values that the figure takes on items drawn with replacement; seeded."""
    draw = np.random.default_rng(20261123)
    values = [figure(draw.integers(0, size, size)) for _ in range(ROUNDS)]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def topic_intervals(module: ModuleType, data: Path) -> dict[str, Interval]:
    """Intervals of the F1 of each topic."""
    found: dict[str, Interval] = {}
    for scores in [*module.gold(data), *module.fields(), *module.by_example(), *module.own(data)]:
        taken, y = scores.p >= scores.threshold, scores.y == 1

        def f1(rows: np.ndarray, taken: np.ndarray = taken, y: np.ndarray = y) -> float:
            hits = float((taken[rows] & y[rows]).sum())
            return 2 * hits / max(1.0, float(taken[rows].sum() + y[rows].sum()))

        found[f"topics.{scores.name}"] = bootstrap(len(y), f1)
    return found


def langid_intervals(module: ModuleType, data: Path) -> dict[str, Interval]:
    """Interval of the macro accuracy, drawn within each language."""
    answers = module.answers(data)
    groups = [
        np.array([right for name, right in answers if name == language]) for language in sorted({a[0] for a in answers})
    ]
    draw = np.random.default_rng(20261123)
    values = [
        np.mean([group[draw.integers(0, len(group), len(group))].mean() for group in groups]) for _ in range(ROUNDS)
    ]
    low, high = np.quantile(values, [0.025, 0.975])
    return {"langid.macro": (float(low), float(high))}


def intervals(name: str, module: ModuleType, data: Path) -> dict[str, Interval]:
    """Intervals where the items are at hand: a script's own `intervals(data)`, or ours."""
    own = getattr(module, "intervals", None)
    if own is not None:
        return dict(own(data))
    ours = {"topics": topic_intervals, "langid": langid_intervals}.get(name)
    return ours(module, data) if ours is not None else {}


def floors() -> dict[str, dict[str, float]]:
    """Script -> figure -> least value."""
    with (HERE / "floors.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True)
class Measured:
    """What one script found, in how many seconds."""

    figures: dict[str, float]
    ranges: dict[str, Interval]
    seconds: float


def measure(name: str, data: Path) -> Measured | None:
    """Run one script; None when there is none yet."""
    module = load(name)
    if module is None or not hasattr(module, "measure"):
        return None
    started = time.perf_counter()
    figures: dict[str, float] = module.measure(data)
    return Measured(figures, intervals(name, module, data), time.perf_counter() - started)


def show(name: str, found: Measured, least: dict[str, float]) -> None:
    """Print a script's part of the table."""
    print(f"\n{name} ({found.seconds:.0f} s)")
    for figure, value in found.figures.items():
        low_high = "{:.3f} to {:.3f}".format(*found.ranges[figure]) if figure in found.ranges else ""
        floor = least.get(figure)
        mark = "" if floor is None else f"floor {floor:g}" + ("  BELOW" if value < floor else "")
        print(f"  {figure:42} {value:12.4f}  {low_high:16}  {mark}".rstrip(), flush=True)


def find_below(name: str, figures: dict[str, float], least: dict[str, float]) -> list[str]:
    """A line for every figure that is missing or below its floor."""
    return [
        f"{name}: {figure} is {figures.get(figure, float('nan')):.4f}, its floor {floor:g}"
        for figure, floor in least.items()
        if not figures.get(figure, float("-inf")) >= floor
    ]


def main() -> int:
    """Print the table; 1 when --check finds a figure below its floor."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="exit 1 when a figure is below its floor")
    parser.add_argument("--fast", action="store_true", help=f"without {', '.join(SLOW)}")
    parser.add_argument("--only", nargs="+", choices=MODULES, default=list(MODULES))
    parser.add_argument("--jobs", type=int, default=1, help="scripts that run at a time; more make each slower")
    options = parser.parse_args()
    names = [name for name in options.only if not (options.fast and name in SLOW)]
    least, below = floors(), []
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for name, found in zip(names, pool.map(measure, names, repeat(options.data)), strict=True):
            if found is None:
                print(f"{name}: no bench/{name}.py with a measure(data) yet")
                continue
            show(name, found, least.get(name, {}))
            below += find_below(name, found.figures, least.get(name, {}))
    print("\n" + ("\n".join(below) if below else "no figure below its floor"))
    return 1 if options.check and below else 0


if __name__ == "__main__":
    raise SystemExit(main())
