"""The command lines that the delivery pages and the deploy files show exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from pipeline.cli import cyberdigest

ROOT = Path(__file__).resolve().parents[1]
FILES = ["docs/delivery.md", "docs/store.md", "deploy/crontab", "deploy/systemd/cyberdigest.service"]
LINES = [
    (name, line)
    for name in FILES
    for line in re.findall(r"cyberdigest ((?:run|send|subscribers)\b[^`\n]*)", (ROOT / name).read_text())
]


def test_commands_are_found() -> None:
    assert len(LINES) >= 9


@pytest.mark.parametrize(("name", "line"), LINES)
def test_command_line_parses(name: str, line: str) -> None:
    """Every option named belongs to the command named."""
    words = re.sub(r"[>#].*", "", line).split()
    command: click.Command = cyberdigest
    while isinstance(command, click.Group):
        word = words.pop(0)
        found = command.commands.get(word)
        assert found, f"{name}: no command {word}"
        command = found
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
