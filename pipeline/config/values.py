"""What a single value of feeds.yaml may look like: spans of time, language tags, paths, addresses."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from pipeline.tables import read_table

_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|m|h|d|w)\s*")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


class Section(BaseModel):
    """Base of all settings: unknown keys are refused, types are not converted, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _parse_span(value: object) -> timedelta:
    """Turn "90m", "24h", "14d" into a timedelta."""
    if isinstance(value, timedelta):
        return value
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a span of time such as "90s", "30m", "24h" or "14d" is expected')
    try:
        return timedelta(seconds=float(match[1]) * _UNITS[match[2]])
    except OverflowError as error:
        raise ValueError("too long a span of time") from error


@cache
def _two_letters() -> frozenset[str]:
    return frozenset(_codes()["codes"].split())


@cache
def _codes() -> dict[str, Any]:
    return read_table(Path(__file__).parent / "languages.toml")


def is_language_tag(value: str) -> bool:
    """Whether it is a language tag: "fr", "pt-BR"; "jp" is none, for no language has that code."""
    return _TAG.match(value) is not None and (value[2:3].isalpha() or value[:2] in _two_letters())


def language_of_country(value: str) -> str | None:
    """The tag that is meant where a country's code is written: "jp" means "ja"; None for anything else."""
    tag: str | None = _codes()["countries"].get(value.lower())
    return tag


def _parse_language(value: object) -> object:
    if not isinstance(value, str) or not is_language_tag(value):
        meant = language_of_country(value) if isinstance(value, str) else None
        hint = f', here "{meant}",' if meant else ""
        raise ValueError(f'a language tag such as "fr" or "pt-BR"{hint} is expected')
    return value


def _parse_path(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str) and value else value


def _is_of_use(value: timedelta) -> timedelta:
    """No window of nothing, and none that reaches beyond the calendar."""
    if not timedelta(0) < value <= timedelta(days=3660):
        raise ValueError("more than 0 and at most 3660d is expected")
    return value


def _parse_time_or_always(value: object) -> timedelta | None:
    """None for "always"; nothing at all is neither."""
    if value == "always":
        return None
    try:
        return _is_of_use(_parse_span(value))
    except ValueError as error:
        raise ValueError(f'{error}, or "always"') from None


def _on_one_line(value: object) -> object:
    """Headers and titles are single lines; a text folded by YAML (`>`) ends in a line end that nobody sees.

    Of "\\a" and the like YAML makes control characters, and no mail with one in its subject can be sent.
    """
    return " ".join(re.sub("[\x00-\x1f\x7f-\x9f]", " ", value).split()) if isinstance(value, str) else value


def _is_ascii(value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise ValueError("only ASCII characters are allowed: servers accept no others here")
    return value


def _is_http(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        raise ValueError("an http(s) address is expected")
    return value


FilePath = Annotated[Path, BeforeValidator(_parse_path)]
Span = Annotated[timedelta, BeforeValidator(_parse_span)]
SomeTime = Annotated[Span, AfterValidator(_is_of_use)]
SomeTimeOrAlways = Annotated[timedelta | None, BeforeValidator(_parse_time_or_always)]
Line = Annotated[str, BeforeValidator(_on_one_line)]
AsciiLine = Annotated[Line, AfterValidator(_is_ascii)]
Language = Annotated[str, BeforeValidator(_parse_language)]
HttpAddress = Annotated[str, AfterValidator(_is_http)]


def nearest(word: str, known: Sequence[str]) -> str:
    """End of a message about an unknown word: the known one that looks like it, or all that are known."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f', did you mean "{near[0]}"?' if near else f" (known here: {', '.join(known)})"
