"""The documentation says what the program does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent

import click
import pytest
from scripts import script

from pipeline import errors
from pipeline.cli import cyberdigest
from pipeline.config import load_config
from pipeline.resources import resource
from pipeline.seam import StageOptions, filter_lines
from pipeline.translate.glossary import Glossary

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


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def _blocks(page: Path, kind: str) -> list[str]:
    """Fenced blocks of one kind, those in lists too."""
    found = re.findall(rf"^( *)```{kind}\n(.*?)^\1```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [dedent(block) for _, block in found]


def _documented_commands() -> list[tuple[str, str]]:
    """(page, words behind "cyberdigest") of shell examples and of commands within sentences."""
    found = []
    for page in PAGES:
        for block in _blocks(page, "sh"):
            lines = re.findall(r"(?:^|\| |&& )(?:\.venv/bin/)?cyberdigest ([^\n|<>#&]*)", block, re.MULTILINE)
            found += [(page.name, line) for line in lines]
        prose = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        found += [(page.name, " ".join(line.split())) for line in re.findall(r"`cyberdigest ([^`|]*)`", prose)]
    return found


def test_every_documented_command_exists() -> None:
    """Commands in the pages parse: the command and each of its options are known."""
    assert len(_documented_commands()) > 40
    for page, line in _documented_commands():
        words = line.split()
        command: click.Command = cyberdigest
        while isinstance(command, click.Group) and words and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h", "--version"}
        assert command is not cyberdigest or set(words) <= known, f"{page}: cyberdigest {line}"
        unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
        assert not unknown, f"{page}: cyberdigest {line}"


@pytest.mark.parametrize(("name", "block"), [(page.name, block) for page in PAGES for block in _blocks(page, "yaml")])
def test_examples_of_settings_are_taken(name: str, block: str, tmp_path: Path) -> None:
    """What a page shows of feeds.yaml is read, with the one thing it needs: a feed."""
    (tmp_path / "terms.csv").write_text("en,fr\nreminder letter,lettre de rappel\n", encoding="utf-8")
    path = tmp_path / "feeds.yaml"
    feeds = "" if re.search(r"^feeds:", block, re.MULTILINE) else "feeds: [https://news.example.org/rss.xml]\n"
    path.write_text(block + feeds, encoding="utf-8")

    assert load_config(path, environ={}).feeds


@pytest.mark.parametrize("kind", ["csv", "toml"])
def test_examples_of_a_glossary_are_taken(kind: str, tmp_path: Path) -> None:
    """The own term lists that the page on the glossary shows."""
    (block,) = _blocks(ROOT / "docs" / "glossary.md", kind)
    path = tmp_path / f"terms.{kind}"
    path.write_text(block, encoding="utf-8")

    assert Glossary.load(path).version != Glossary.load().version


def test_exit_codes_stand_beside_their_errors() -> None:
    """The table names for each error the code its command ends with."""
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]*) \|", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert rows
    for name, codes in rows:
        assert str(getattr(errors, name).exit_code) in codes.split(), name
