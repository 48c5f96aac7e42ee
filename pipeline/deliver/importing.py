"""Lists of addresses that other programs wrote, as CSV: who can be subscribed is, the rest is told line by line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from pipeline.deliver.subscribers import Register, add, find
from pipeline.errors import InputError

#: What other programs call the column of addresses.
_ADDRESS_COLUMNS = dict.fromkeys(("address", "email", "e-mail", "mail", "email address", "e-mail address"), "address")
#: What stands in a line for bytes that are no UTF-8.
_REPLACED = "\ufffd"
_COLUMNS = ("address", "language", "topics")
_NOT_UTF8 = "is not UTF-8 text; save the file as CSV in UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a list of addresses."""

    added: int
    known: int
    #: "line 3: reason"; addresses are not repeated.
    problems: tuple[str, ...] = ()
    #: Columns of the file that say nothing to us, as it calls them.
    unread: tuple[str, ...] = ()


def import_csv(
    store: Register,
    lines: Iterable[str],
    *,
    language: str,
    now: datetime,
    topics: Collection[str] | None = None,
    read_language: Callable[[str], str] = str,
) -> Imported:
    """Subscribe addresses from CSV with or without the header `address,language,topics` (topics parted by spaces).

    Known addresses stay as they are; addresses that left are reported and not added.

    Args:
        store: Where readers are kept.
        lines: The file, what is no UTF-8 replaced by U+FFFD; cells are parted by commas, or by the semicolons or tabs
            of a first line without commas.
        language: Of readers for whom the file names none.
        now: Time of the subscriptions.
        topics: What there is; who asks for something else is reported and not added. None: anything.
        read_language: Takes a cell, gives the tag; raises ValueError with what is wrong.
    Raises:
        InputError: The file is no such list, or no CSV from some line on; what stands before that is added.
        BusyError: A reader came or left at this very moment.
    """
    added = known = 0
    problems: list[str] = []
    unread: list[str] = []
    for line, values in _records(lines, unread):
        try:
            if _REPLACED in values.get("address", ""):
                raise InputError("address", _NOT_UTF8)
            there = find(store, values.get("address") or "nothing")
            if there is not None and there.state == "active":
                known += 1
                continue
            wanted = tuple(values.get("topics", "").split())
            if topics is not None and (unknown := [name for name in wanted if name not in topics]):
                raise InputError("topics", f'there is no topic "{unknown[0]}"')
            spoken = read_language(values["language"]) if values.get("language") else language
            add(store, values.get("address", ""), language=spoken, topics=wanted, now=now,
                consent={"source": "import"})  # fmt: skip
            added += 1
        except InputError as error:
            problems.append(f"line {line}: {error.reason}")
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    return Imported(added=added, known=known, problems=tuple(problems), unread=tuple(unread))


def _records(lines: Iterable[str], unread: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, column → cell) of each reader; columns that say nothing to us go to `unread`."""
    columns = list(_COLUMNS)
    for line, row in _rows(lines):
        cells = [cell.strip() for cell in row]
        if line == 1 and not any("@" in cell for cell in cells):
            header = [_ADDRESS_COLUMNS.get(cell.lower(), cell.lower()) for cell in cells]
            if "address" in header:
                columns = header
                unread += [cell for cell, name in zip(cells, header, strict=True) if cell and name not in _COLUMNS]
                continue
            if len(cells) > 1:
                raise InputError("line 1", "has no column `address`; the expected columns are address,language,topics")
        if any(cells):
            yield line, dict(zip(columns, cells, strict=False))


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    rest = iter(lines)
    first = next(rest, "").lstrip("\ufeff")
    if "\0" in first:
        raise InputError("line 1", _NOT_UTF8)
    delimiter = next((sign for sign in ",;\t" if sign in first), ",")
    rows = csv.reader(chain([first], rest), delimiter=delimiter)
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise InputError(f"line {rows.line_num}", f"is not valid CSV ({error})") from error
