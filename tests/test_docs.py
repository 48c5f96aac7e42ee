"""The documentation says what the program does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
from scripts import script

from pipeline import errors
from pipeline.cli import cyberdigest
from pipeline.resources import resource
from pipeline.seam import StageOptions, filter_lines

ROOT = Path(__file__).resolve().parent.parent


def _reference() -> dict[str, object]:
    return script("docs/make_reference.py").PAGES  # type: ignore[no-any-return]


@pytest.mark.parametrize("page", ["settings.md", "commands.md"])
def test_the_reference_is_up_to_date(page: str) -> None:
    """`python docs/make_reference.py` has been run since the last change."""
    made = _reference()[page]

    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == made()  # type: ignore[operator]


def test_every_error_is_documented() -> None:
    """docs/errors.md speaks of each class of the error tree."""
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")

    for name, item in vars(errors).items():
        if isinstance(item, type) and issubclass(item, errors.DigestError):
            assert f"`{name}`" in text, name


def test_links_between_pages_lead_somewhere() -> None:
    """No page names a file that is not there."""
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_shipped_files_are_found() -> None:
    """A checkout and a wheel both carry the list of feeds and the templates."""
    assert resource("feeds.yaml").is_file()
    assert resource("templates").is_dir()


def test_the_readme_example_of_stages_runs() -> None:
    """What the README pipes through three stages comes out with language, topics and facts."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    example = re.search(r"echo '(\{.*?\})' \\\n\s*\| (cyberdigest stage .*)", text)
    assert example is not None
    lines = [example[1]]
    for name in re.findall(r"cyberdigest stage (\w+)", example[2]):
        written: list[str] = []
        report = filter_lines(name, lines, written.append, StageOptions(languages=("fr", "en")))
        assert not report.bad_lines
        lines = written

    record = json.loads(lines[0])
    assert record["language"] == "fr"
    assert record["labels"] == ["sanction"]
    assert {"authority", "amount"} <= {fact["type"] for fact in record["facts"]}


def _documented_commands() -> list[tuple[str, str]]:
    found = []
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
            lines = re.findall(r"(?:^|\| |&& )(?:\.venv/bin/)?cyberdigest ([^\n|<>#&]*)", block, re.MULTILINE)
            found += [(page.name, line) for line in lines]
    return found


def test_every_documented_command_exists() -> None:
    """Commands in the shell examples parse: the command and each of its options are known."""
    assert len(_documented_commands()) > 10
    for page, line in _documented_commands():
        words = line.split()
        command: click.Command = cyberdigest
        while isinstance(command, click.Group) and words and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h", "--version"}
        assert command is not cyberdigest or set(words) <= known, f"{page}: cyberdigest {line}"
        unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
        assert not unknown, f"{page}: cyberdigest {line}"
