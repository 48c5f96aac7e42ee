"""Write docs/settings.md and docs/commands.md from the program itself: `python docs/make_reference.py`."""

from __future__ import annotations

import re
import typing
from datetime import timedelta
from pathlib import Path

import click
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pipeline.cli import cyberdigest
from pipeline.config import ENVIRONMENT, SECTIONS, Settings

HERE = Path(__file__).parent


def settings_page() -> str:
    """Every key of feeds.yaml with its meaning and default, and the environment."""
    lines = [
        "# Settings",
        "",
        "Every key of `feeds.yaml`, and the environment. Only `feeds:` is required. `cyberdigest init` writes an",
        "editable copy of the shipped file. The file is taken from `--config`, else `$CYBERDIGEST_CONFIG`, else",
        "`feeds.yaml` in the current folder, else the shipped list.",
        "",
        "Unknown keys, wrong types and duplicate feeds are refused with file, line and key. Spans of time are written",
        "`90s`, `30m`, `24h`, `14d`. A default of – means not set.",
    ]
    for name, section in SECTIONS.items():
        lines += ["", f"## {name}", "", _about(name, section), "", "| key | meaning | default |", "|---|---|---|"]
        lines += [
            f"| `{key}` | {field.description} | {_default(field)} |" for key, field in section.model_fields.items()
        ]
    lines += ["", "## watch", "", str(Settings.model_fields["watch"].description), ""]
    lines += [
        "## Environment",
        "",
        "Secrets come from the environment only.",
        "",
        "| variable | meaning |",
        "|---|---|",
    ]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in ENVIRONMENT.items()]
    return "\n".join(lines) + "\n"


def _about(name: str, section: type) -> str:
    first = (section.__doc__ or "").strip().splitlines()[0].removeprefix(f"`{name}:` ")
    return first[:1].upper() + first[1:]


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    value = field.default
    if value is None:
        return "–"
    if isinstance(value, timedelta):
        return f"`{_span(value)}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value}`" if value != {} else "`{}`"


def _span(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0 and seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def commands_page() -> str:
    """Every command's --help."""
    lines = [
        "# Commands",
        "",
        "What `--help` (`-h`) of each command prints.",
        "",
        "Exit codes: 0 success, 64 wrong usage, 65 bad data, 69 nothing reachable (or, with `--strict`, any feed",
        "failed), 70 internal error, 73 cannot write, 75 try again later, 78 wrong configuration, 130 interrupted.",
        "Without `--strict` failed feeds are reported and are no error.",
    ]
    for path, command in _walk(cyberdigest, ["cyberdigest"]):
        lines += ["", f"## {' '.join(path)}", "", "```text", _help(command, path), "```"]
    return "\n".join(lines) + "\n"


def _help(command: click.Command, path: list[str]) -> str:
    """`--help` without the option itself, and of a group without its commands, which have parts of their own."""
    context = click.Context(
        command,
        info_name=" ".join(path),
        max_content_width=100,
        terminal_width=100,
        help_option_names=["-h", "--help"],
    )
    text = re.sub(r"\n  -h, --help .*", "", command.get_help(context).rstrip()).removesuffix("\n\nOptions:")
    inner = isinstance(command, click.Group) and len(path) > 1
    return text.split("\n\nOptions:")[0].split("\n\nCommands:")[0] if inner else text


def _walk(command: click.Command, path: list[str]) -> typing.Iterator[tuple[list[str], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _walk(command.commands[name], [*path, name])


PAGES: dict[str, typing.Callable[[], str]] = {"settings.md": settings_page, "commands.md": commands_page}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (HERE / name).write_text(make(), encoding="utf-8")
        print(HERE / name)
