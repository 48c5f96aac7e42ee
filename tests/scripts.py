"""The scripts of bench/ and docs/ as modules: they belong to no package."""

from __future__ import annotations

import importlib.util
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType

_ROOT = Path(__file__).resolve().parents[1]


@lru_cache
def script(path: str) -> ModuleType:
    """The script at that path of the repository, such as "bench/facts.py", loaded once."""
    spec = importlib.util.spec_from_file_location(f"script_{Path(path).stem}", _ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for the module they stand in
    before = list(sys.path)
    sys.path.insert(0, str((_ROOT / path).parent))  # as of a script that is run: its neighbours can be imported
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module
