"""Faults of feeds.yaml in an operator's words: file, line, key and what is expected there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.config.document import line_of
from pipeline.config.settings import SECTIONS, Settings
from pipeline.config.values import nearest

#: Kinds of pydantic's faults whose own words speak of Python.
_PLAIN = {
    "too_short": "at least {min_length} is needed",
    "model_type": "keys and values are expected",
    "model_attributes_type": "keys and values are expected",
    "dict_type": "keys and values are expected",
    "list_type": "a list is expected",
    "string_type": "text is expected",
    "string_pattern_mismatch": "lower-case letters, digits, - and _ are expected, a letter first",
    "string_too_short": "is empty",
    "int_type": "a whole number is expected",
    "int_parsing": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "float_type": "a number is expected",
    "float_parsing": "a number is expected",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
    "literal_error": "must be {expected}",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
}
#: Secrets that people look for in the file.
_ELSEWHERE = {
    f"mail.{key}": f"CYBERDIGEST_SMTP_{variable}"
    for key, variable in (
        ("username", "USERNAME"),
        ("user", "USERNAME"),
        ("login", "USERNAME"),
        ("password", "PASSWORD"),
    )
}


def faults(path: Path, document: Any, error: ValidationError) -> Iterator[tuple[int, str]]:
    """(line, "file:line: key: reason") of each fault pydantic found in a document of `read_yaml`."""
    for fault in error.errors():
        where = [part for part in fault["loc"] if isinstance(part, (str, int))]
        line = line_of(document, where)
        yield line, f"{path}:{line}: {_key(where)}: {_reason(fault, where)}"


def _reason(fault: Any, where: Sequence[str | int]) -> str:
    if fault["type"] == "extra_forbidden":
        if (variable := _ELSEWHERE.get(_key(where))) is not None:
            return f"is not a setting of this file; it comes from the environment, as {variable}"
        return f"unknown key{nearest(str(where[-1]), _known_keys(where[:-1]))}"
    if fault["type"] == "missing":
        return "is required"
    if fault["type"] == "model_type" and fault.get("input") is None:
        return "is empty; give it a key, or take it out"
    plain = _PLAIN.get(fault["type"])
    message = plain.format_map(fault.get("ctx", {})) if plain else str(fault["msg"]).removeprefix("Value error, ")
    given = fault.get("input")
    shown = f" (got {given!r})" if isinstance(given, (str, int, float, bool)) and str(given) not in message else ""
    return message[:1].lower() + message[1:] + shown


def _known_keys(where: Sequence[str | int]) -> list[str]:
    """Keys allowed at a place, found by walking the settings classes."""
    if not where:
        return list(Settings.model_fields)
    section = SECTIONS.get(str(where[0]))
    return list(section.model_fields) if section else []


def _key(where: Sequence[str | int]) -> str:
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the file"
