"""Nouns to JSON-able data and back: one codec for every frozen dataclass of the model.

Datetimes become ISO text in UTC, dates ISO text, spans of time seconds, bytes base64, tuples lists. What is None
or empty by default is left out; keys that this version does not know are ignored, so a value written by a later
version with more optional fields still reads.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
_Convert = Callable[[Any], Any]
#: JSON's own types: most fields hold them, and a call for each would be half the time of reading a day.
_PLAIN = frozenset({str, int, float, bool, types.NoneType})


def to_data(value: Any) -> Any:
    """A noun as dicts, lists, strings, numbers and None."""
    return _encoder(_type(value))(value)


def from_data(kind: type[T], data: Any) -> T:
    """The noun that `to_data` wrote.

    Raises:
        ValueError: The data does not fit the type.
    """
    try:
        return typing.cast(T, _decoder(typing.cast(Any, kind))(data))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error


def dumps(value: Any) -> str:
    """A noun, or plain JSON-able data, as one line of JSON that every database takes."""
    text = json.dumps(to_data(value), ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate: only escapes can carry it
        text = json.dumps(to_data(value), separators=(",", ":"))
    return text


def loads(kind: type[T], text: str) -> T:
    """The noun that `dumps` wrote."""
    return from_data(kind, json.loads(text))


def encode_time(value: datetime) -> str:
    """Fixed width, so that text order is time order: "2026-11-23T06:00:00.000000Z".

    Raises:
        ValueError: The time has no zone.
    """
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def decode_time(text: str) -> datetime:
    """The aware UTC datetime behind `encode_time`."""
    return datetime.fromisoformat(text)


def _type(value: Any) -> Any:
    return type(value)


def _same(value: Any) -> Any:
    return value


@functools.cache
def _fields(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Name, type and whether None or emptiness is the default (and need not be written)."""
    hints = typing.get_type_hints(kind)
    found = []
    for item in dataclasses.fields(kind):
        default = item.default_factory() if item.default_factory is not dataclasses.MISSING else item.default
        found.append((item.name, hints[item.name], default is None or default == () or default == {}))
    return tuple(found)


@functools.cache
def _encoder(kind: Any) -> _Convert:
    """Encoders go by the value's own type: what is inside a union or a mapping is seen when it is there."""
    if hasattr(kind, "__dataclass_fields__"):
        return functools.partial(_encode_dataclass, _fields(kind))
    if issubclass(kind, datetime):
        return encode_time
    if issubclass(kind, date):
        return lambda value: value.isoformat()
    if issubclass(kind, timedelta):
        return lambda value: value.total_seconds()
    if issubclass(kind, bytes):
        return lambda value: base64.b64encode(value).decode("ascii")
    if issubclass(kind, Mapping):
        return lambda value: {k: item if type(item) in _PLAIN else to_data(item) for k, item in value.items()}
    if issubclass(kind, tuple | list):
        return lambda value: [item if type(item) in _PLAIN else to_data(item) for item in value]
    if issubclass(kind, str | int | float | types.NoneType):
        return _same
    raise TypeError(f"cannot write a {kind.__name__}")


def _encode_dataclass(fields: tuple[tuple[str, Any, bool], ...], value: Any) -> dict[str, Any]:
    data = {}
    for name, _, is_optional in fields:
        item = getattr(value, name)
        if is_optional and (item is None or item == () or item == {}):
            continue
        data[name] = item if type(item) in _PLAIN else _encoder(_type(item))(item)
    return data


@functools.cache
def _decoder(kind: Any) -> _Convert:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return functools.partial(_decode_dataclass, kind)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(tuple(item for item in arguments if item is not types.NoneType))
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            inner = _decoder(arguments[0])
            return tuple if inner is _same else lambda data: tuple([inner(item) for item in data])
        parts = tuple(_decoder(item) for item in arguments)
        return lambda data: tuple(part(item) for part, item in zip(parts, data, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = _decoder(arguments[1])
        return dict if inner is _same else lambda data: {key: inner(item) for key, item in data.items()}
    if kind is datetime:
        return decode_time
    if kind is date:
        return date.fromisoformat
    if kind is timedelta:
        return lambda data: timedelta(seconds=data)
    if kind is bytes:
        return functools.partial(base64.b64decode, validate=True)
    return _same


def _decode_union(members: tuple[Any, ...]) -> _Convert:
    if len(members) > 1:  # the model's only wide union is of plain JSON types
        return _same
    inner = _decoder(members[0])
    return _same if inner is _same else lambda data: None if data is None else inner(data)


@functools.cache
def _decoders(kind: Any) -> tuple[frozenset[str], tuple[tuple[str, _Convert], ...]]:
    """All names, and the decoders of those that are more than JSON."""
    decoders = {name: _decoder(hint) for name, hint, _ in _fields(kind)}
    return frozenset(decoders), tuple(item for item in decoders.items() if item[1] is not _same)


def _decode_dataclass(kind: Any, data: Mapping[str, Any]) -> Any:
    names, decoders = _decoders(kind)
    values = dict(data) if data.keys() <= names else {name: item for name, item in data.items() if name in names}
    for name, decode in decoders:
        if name in values:
            values[name] = decode(values[name])
    return kind(**values)
