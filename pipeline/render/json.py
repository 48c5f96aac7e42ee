"""An edition as JSON and back: the `json` rendering; docs/editing-templates.md lists its keys."""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal, Union, get_args, get_origin

from pipeline.errors import InputError
from pipeline.model import Edition

#: Raised when a key changes its meaning or goes away; new optional keys do not raise it.
VERSION = 1
_FORMAT = "cyberdigest-edition"


def to_dict(edition: Edition) -> dict[str, Any]:
    """Return the edition as plain JSON values; `from_dict` gives the same edition back."""
    return {"format": _FORMAT, "version": VERSION, **_encode(edition)}


def from_dict(value: Mapping[str, Any]) -> Edition:
    """Rebuild an edition from `to_dict`'s value.

    Raises:
        InputError: It is no edition, one of a newer version, or damaged; the message names the key.
    """
    if value.get("format") != _FORMAT:
        raise InputError("edition", "this is not an edition made by cyberdigest")
    version = value.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise InputError("edition", f"version {version} is newer than this program understands ({VERSION})")
    fields = {key: item for key, item in value.items() if key not in {"format", "version"}}
    edition = _decode(Edition, fields, "edition")
    assert isinstance(edition, Edition)
    return edition


def render_json(edition: Edition) -> str:
    """Write the edition as indented JSON, keys in the order of the model, one line feed at the end."""
    text = json.dumps(to_dict(edition), ensure_ascii=False, indent=2, allow_nan=False)
    # A lone surrogate has no UTF-8 form; every writer downstream needs one.
    return text.encode("utf-8", "replace").decode("utf-8") + "\n"


def _encode(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _encode(value[key]) for key in sorted(value)}
    if isinstance(value, tuple | list):
        return [_encode(item) for item in value]
    return value


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _decode(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _decode_union(get_args(kind), value, where)
    if origin is Literal:
        return _checked(value, where, is_right=value in get_args(kind))
    if origin is tuple:
        _checked(value, where, is_right=isinstance(value, list))
        return tuple(_decode(get_args(kind)[0], item, f"{where}[{number}]") for number, item in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        _checked(value, where, is_right=isinstance(value, dict))
        return {key: _decode(get_args(kind)[1], item, f"{where}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _decode_dataclass(kind, value, where)
    return _decode_scalar(kind, value, where)


def _decode_union(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None:
        return _checked(value, where, is_right=type(None) in kinds)
    rest = [kind for kind in kinds if kind is not type(None)]
    if len(rest) == 1:
        return _decode(rest[0], value, where)
    # A union of plain scalars, as in Fact.value: JSON already tells them apart.
    return _checked(value, where, is_right=type(value) in rest or (type(value) is int and float in rest))


def _decode_dataclass(kind: type, value: Any, where: str) -> Any:
    _checked(value, where, is_right=isinstance(value, dict))
    hints = _hints(kind)
    unknown = sorted(set(value) - set(hints))
    if unknown:
        raise InputError(f"{where}.{unknown[0]}", "unknown key")
    decoded = {key: _decode(hints[key], item, f"{where}.{key}") for key, item in value.items()}
    try:
        return kind(**decoded)
    except TypeError as error:
        raise InputError(where, f"a key is missing ({error})") from error


def _decode_scalar(kind: Any, value: Any, where: str) -> Any:
    try:
        if kind is datetime:
            return datetime.fromisoformat(_checked(value, where, is_right=isinstance(value, str)))
        if kind is date:
            return date.fromisoformat(_checked(value, where, is_right=isinstance(value, str)))
    except ValueError as error:
        raise InputError(where, f"{value!r} is not a date") from error
    if kind is float:
        return float(_checked(value, where, is_right=type(value) in {int, float}))
    return _checked(value, where, is_right=type(value) is kind)


def _checked(value: Any, where: str, *, is_right: bool) -> Any:
    if not is_right:
        raise InputError(where, f"{value!r:.60} does not belong here")
    return value
