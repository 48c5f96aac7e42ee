"""Organisations and products that are known by name, with their spellings (data/names.toml)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.tables import read_table
from pipeline.text.gazetteer import Gazetteer

_FILE = Path(__file__).parents[1] / "data" / "names.toml"


@lru_cache(maxsize=1)
def known() -> dict[str, Any]:
    """The tables of data/names.toml: `organisations`, `products`, and `legal`, the words of legal forms."""
    return read_table(_FILE)


@lru_cache(maxsize=1)
def organisations() -> Gazetteer:
    """Known vendors and other organisations; ids are their usual names."""
    return Gazetteer({name: [name, *spellings] for name, spellings in known()["organisations"].items()})


@lru_cache(maxsize=1)
def products() -> Gazetteer:
    """Known products; ids are their usual names. Ambiguous ones ("Office") only with their maker in front."""
    return Gazetteer({name: _found_under(name, entry) for name, entry in known()["products"].items()})


def _found_under(name: str, entry: Mapping[str, Any]) -> list[str]:
    """Spellings that mean a product wherever they stand."""
    own, by = [*entry.get("spellings", [])], entry.get("maker")
    if not entry.get("needs_maker"):
        return [*own, name, *([f"{by} {name}"] if by else [])]
    with_maker = [f"{by} {form}" for form in (name, *own) if not form.startswith(by)]
    return [*with_maker, *(own[:1] if own and own[0].startswith(by) else [])]


def maker(product: str) -> str | None:
    """Who makes a known product, None when the list does not say."""
    entry = known()["products"].get(product)
    return entry.get("maker") if entry else None
