"""Apertium's Debian packages: which ones make a direction possible, and how they get installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.errors import ModelError
from pipeline.translate import apertium
from pipeline.translate.engine import Edge, language_code
from pipeline.translate.routes import Route, Routes

_PREFIX = "package:"
#: Longest that apt-get may take.
_SECONDS = 600.0
#: Runs a command and gives back its exit status and the end of its output; tests pass their own.
Runner = Callable[[Sequence[str], float], tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A route that some Debian packages would open."""

    route: Route
    packages: tuple[str, ...]

    @property
    def command(self) -> str:
        """What to type."""
        return f"sudo apt-get install -y {' '.join(self.packages)}"


def plan(installed: Iterable[Edge], source: str, target: str) -> Plan | None:
    """The cheapest route over what is installed and what Debian has; None when even that is not enough.

    A plan without packages says that the route is there already.
    """
    have = [edge for edge in installed if edge.engine != apertium.NAME or not edge.model.startswith(_PREFIX)]
    there = {(edge.source, edge.target) for edge in have if edge.engine == apertium.NAME}
    route = Routes([*have, *(e for e in _on_offer() if (e.source, e.target) not in there)]).best(source, target)
    if route is None:
        return None
    names = dict.fromkeys(e.model.removeprefix(_PREFIX) for e in route.edges if e.model.startswith(_PREFIX))
    return Plan(route=route, packages=("apertium", *sorted(names)) if names else ())


def packages_for(source: str, target: str) -> tuple[str, ...]:
    """Packages that translate this direction by themselves."""
    pair = f"{language_code(source)}-{language_code(target)}"
    return tuple(name for name, pairs in _packages().items() if pair in pairs)


def _package_pairs(package: str) -> tuple[tuple[str, str], ...]:
    """Directions of one package."""
    pairs = (pair.partition("-") for pair in _packages().get(package, ()))
    return tuple((source, target) for source, _, target in pairs)


def install(packages: Sequence[str], *, run: Runner | None = None) -> None:
    """Install Debian packages when that takes no question: as root, or by sudo without a password.

    Raises:
        ModelError: It may not, it is not Debian, or apt-get failed; the text carries the command to type.
    """
    run = run or _run
    name = " ".join(packages)
    advice = f"type: sudo apt-get install -y {name}"
    if shutil.which("apt-get") is None:
        raise ModelError(name, "this system has no apt-get; install Apertium's packages by its own means")
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    if os.name != "posix" or os.geteuid() != 0:
        if shutil.which("sudo") is None or run(["sudo", "-n", "true"], 10)[0] != 0:
            raise ModelError(name, f"this account may not install packages; {advice}")
        command = ["sudo", "-n", *command]
    status, output = run(command, _SECONDS)
    if status != 0:  # a fresh machine or container has no package lists yet
        update = [*command[: command.index("apt-get")], "apt-get", "update", "-q"]
        if run(update, _SECONDS)[0] == 0:
            status, output = run(command, _SECONDS)
    if status != 0:
        last = output.strip().splitlines()[-1:] or ["no output"]
        raise ModelError(name, f"apt-get failed ({last[0]}); {advice}")


def _run(command: Sequence[str], seconds: float) -> tuple[int, str]:
    """Run without questions; the environment only gains what keeps apt-get from asking."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            list(command), capture_output=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL, env=quiet
        )
    except subprocess.TimeoutExpired:
        return 124, f"no end in {seconds:.0f} s"
    except OSError as error:
        return 127, str(error)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def _on_offer() -> list[Edge]:
    return [
        Edge(engine=apertium.NAME, source=source, target=target, model=_PREFIX + package)
        for package in _packages()
        for source, target in _package_pairs(package)
    ]


@cache
def _packages() -> dict[str, list[str]]:
    text = (resources.files("pipeline.translate") / "data" / "debian.json").read_text(encoding="utf-8")
    packages: dict[str, list[str]] = json.loads(text)["packages"]
    return packages
