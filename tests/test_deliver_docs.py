"""The command lines that the delivery pages and the deploy files show exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import click
import pytest

from pipeline.cli import cyberdigest

ROOT = Path(__file__).resolve().parents[1]
FILES = ["docs/delivery.md", "docs/store.md", "deploy/crontab", "deploy/systemd/cyberdigest.service"]
UNITS = sorted(path.name for path in (ROOT / "deploy/systemd").glob("*.service"))
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


CRON = [line.lstrip("# ") for line in (ROOT / "deploy/crontab").read_text().splitlines() if "cyberdigest" in line]


@pytest.mark.parametrize("line", [line for line in CRON if re.match(r"\d", line)])
def test_cron_finds_the_program_and_hands_over_the_secrets(line: str, tmp_path: Path) -> None:
    """As cron does it: /bin/sh, hardly any environment, and the PATH of the table."""
    (found,) = re.findall(r"(?m)^PATH=(.*)$", (ROOT / "deploy/crontab").read_text())
    program = tmp_path / "bin" / "cyberdigest"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$1 $CYBERDIGEST_SMTP_PASSWORD" >&2\n')
    program.chmod(0o755)
    (tmp_path / "digest").mkdir()
    (tmp_path / "digest" / "secrets.env").write_text("CYBERDIGEST_SMTP_PASSWORD=canary\n")
    command = line.split(maxsplit=5)[5]
    environment = {"HOME": str(tmp_path), "PATH": found.replace("/opt/cyberdigest/bin", str(program.parent))}
    done = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.split()[1:] == ["canary"]
    assert done.stdout == ""


@pytest.mark.parametrize("unit", UNITS)
def test_services_may_do_little(unit: str) -> None:
    """The one that the world talks to above all: each has every line of the other that fences it in."""
    fence = {
        name: {
            line
            for line in (ROOT / "deploy/systemd" / name).read_text().splitlines()
            if re.match("Protect|Private|Restrict[A-Z](?!art)|NoNew|Capab|Ambient|Lock|RemoveIPC|SystemCall|Proc", line)
        }
        for name in UNITS
    }
    assert len(UNITS) == 2
    assert {line for line in fence[unit] if "ExitStatus" not in line} == {
        line for line in set.union(*fence.values()) if "ExitStatus" not in line
    }
