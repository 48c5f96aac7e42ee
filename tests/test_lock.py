"""The locked dependencies are those of pyproject.toml, every file of theirs by its hash."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
#: Extras that a server may want.
EXTRAS = ("fast", "postgresql", "dkim")


def locked() -> dict[str, tuple[str, int]]:
    """Name -> version and how many hashes."""
    text = (ROOT / "deploy/requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(
        # A marker says for which machines a package is.
        r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)(?: ; [^\\\n]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        text,
        re.M,
    )
    return {canonicalize_name(name): (version, hashes.count("--hash")) for name, version, hashes in entries}


def test_every_dependency_is_locked_at_a_version_that_it_may_have() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in EXTRAS for line in project["optional-dependencies"][extra])]
    versions = locked()

    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        assert name in versions, f"{name} is not locked: see the head of deploy/requirements.lock"
        assert requirement.specifier.contains(versions[name][0]), name


def test_nothing_is_locked_without_a_hash() -> None:
    text = (ROOT / "deploy/requirements.lock").read_text(encoding="utf-8")

    assert len(re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==", text, re.M)) == len(locked())
    assert all(hashes for _, hashes in locked().values())
    assert "://" not in text  # names packages, no place to have them from
