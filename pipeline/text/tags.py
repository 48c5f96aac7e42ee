"""Language tags (BCP 47)."""

from __future__ import annotations


def primary(tag: str | None, unknown: str = "und") -> str:
    """The language that a tag names, in small letters ("pt-BR" is "pt"); `unknown` where there is none."""
    return (tag or unknown).replace("_", "-").split("-")[0].lower()
