"""One stage over JSON Lines: reading them, handing them on in batches, telling which could not be read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from pipeline.errors import InputError
from pipeline.seam.options import StageOptions
from pipeline.seam.records import Record, sentences_of, to_article
from pipeline.seam.stages import STAGES

#: Records handed to a stage at once; cluster takes all.
BATCH = 256
#: Half of a character beyond the first 65,536, which no UTF-8 can hold; feeds cut texts in the middle of an emoji.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
#: A byte that is no UTF-8, as Python's "surrogateescape" reads it.
_UNDECODED = re.compile("[\udc80-\udcff]")
#: Longer whole numbers take Python time that grows with their square; it refuses them in its own words.
_MOST_DIGITS = 4300
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(slots=True, kw_only=True)
class Report:
    """What a filter went through."""

    records: int = 0
    bad_lines: list[str] = field(default_factory=list)


def filter_lines(
    stage: str, lines: Iterable[str], write: Callable[[str], object], options: StageOptions, *, source: str = "stdin"
) -> Report:
    """Run one stage over JSON Lines.

    Args:
        stage: A key of `STAGES`.
        lines: One JSON object a line, read with "surrogateescape"; blank lines are passed over.
        write: Takes each line of the result, without the line end.
        options: What the stage is told.
        source: Name of the input for messages.
    Returns:
        Count of records written and the faults of lines that could not be read, each "source:line: reason".
    """
    report = Report()
    good = _read(lines, source, report)
    batches = [list(good)] if stage == "cluster" else _batches(good, BATCH)
    for batch in batches:
        for record in STAGES[stage](batch, options) if batch else ():
            write(json.dumps(record, ensure_ascii=False))
            report.records += 1
    return report


def _read(lines: Iterable[str], source: str, report: Report) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = _parse(line)
            to_article(record)
            sentences_of(record)
        except (InputError, ValueError, RecursionError, TypeError, OverflowError) as error:
            report.bad_lines.append(f"{source}:{number}: {_reason(error)}")
            continue
        yield record


def _reason(error: Exception) -> str:
    if isinstance(error, InputError):
        return error.reason
    if isinstance(error, json.JSONDecodeError):
        return f"not valid JSON: {error.msg} (character {error.pos + 1})"
    is_kind = isinstance(error, (TypeError, OverflowError))
    return f"{'a value of the wrong kind' if is_kind else 'not valid JSON'}: {error}"


def _parse(line: str) -> Record:
    if match := _UNDECODED.search(line):
        raise InputError("", f"not UTF-8 (character {match.start() + 1})")
    record = json.loads(line.lstrip("\ufeff"), parse_constant=_refuse, parse_float=_finite, parse_int=_whole)
    if _ESCAPED_SURROGATE.search(line):
        record = json.loads(_LONE_SURROGATE.sub("\ufffd", json.dumps(record, ensure_ascii=False)))
    if not isinstance(record, dict):
        raise InputError("", "a JSON object is expected")
    return record


def _refuse(name: str) -> NoReturn:
    raise InputError("", f"not valid JSON: {name} is not a finite number")


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise InputError("", f"not valid JSON: a number of {len(digits)} digits")
    return int(digits)


def _finite(digits: str) -> float:
    """JSON has no infinity, and what comes out must be JSON again."""
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)


def _batches(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch
