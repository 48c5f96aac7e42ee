"""Write docs/settings.md and docs/commands.md from the program itself: `python docs/make_reference.py`."""

from __future__ import annotations

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
        "All settings stand in `feeds.yaml`; only `feeds:` is required. Unknown keys, wrong types and duplicate",
        "feeds are refused with file, line and key. Spans of time are written `90s`, `30m`, `24h`, `14d`.",
        "",
        "Where the file is looked for: `--config`, else `$CYBERDIGEST_CONFIG`, else `feeds.yaml` in the current",
        "folder, else the list that ships with cyberdigest. `cyberdigest init` writes an editable copy.",
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
    text = (
        (section.__doc__ or "").split(": ", 1)[-1] if (section.__doc__ or "").startswith("`") else section.__doc__ or ""
    )
    first = text.strip().splitlines()[0]
    return first[:1].upper() + first[1:] + (" One entry each." if name in ("feeds", "topics") else "")


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    value = field.default
    if value is None:
        return "none"
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
        "Written from `--help`. Exit codes: 0 done, 64 wrong usage, 65 bad data, 69 nothing reachable (or, with",
        "`--strict`, any feed failed), 70 a fault of the program, 73 cannot write, 75 try again later, 78 wrong",
        "configuration, 130 interrupted. Failed feeds are reported and are no error without `--strict`.",
    ]
    for path, command in _walk(cyberdigest, ["cyberdigest"]):
        context = click.Context(
            command,
            info_name=" ".join(path),
            max_content_width=100,
            terminal_width=100,
            help_option_names=["-h", "--help"],
        )
        lines += ["", f"## {' '.join(path)}", "", "```text", command.get_help(context).rstrip(), "```"]
    return "\n".join(lines) + "\n"


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
