"""The documentation says what the program does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.resources import resource

ROOT = Path(__file__).resolve().parent.parent


def _reference() -> dict[str, object]:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PAGES  # type: ignore[no-any-return]


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
