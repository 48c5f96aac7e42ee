"""Renderings on the disk: the old file or the new one, never half of either."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from sample_edition import sample

from pipeline.errors import OutputError
from pipeline.run.output import FILES, write_edition, write_whole


def test_a_file_lands_whole(tmp_path: Path) -> None:
    """In folders made for it, byte for byte, for everybody to read, with nothing beside it."""
    path = tmp_path / "new" / "folder" / "a.txt"
    for text in ("first, and longer\n", "été\r\nend\n"):
        write_whole(path, text)
        assert path.read_bytes() == text.encode()

    assert path.stat().st_mode & 0o777 == 0o644
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(OSError(errno.ENOSPC, "No space left on device"), OutputError), (KeyboardInterrupt(), KeyboardInterrupt)],
    ids=["full disk", "Ctrl-C"],
)
@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.chmod", "pathlib.Path.replace"])
def test_what_fails_half_way_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, fault: BaseException, kind: type[BaseException]
) -> None:
    """And nothing else; the place is named."""

    def fails(*_: object) -> None:
        raise fault

    path = tmp_path / "a.txt"
    write_whole(path, "old")
    with monkeypatch.context() as patch:
        patch.setattr(step, fails)
        with pytest.raises(kind) as caught:
            write_whole(path, "new")

    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"a.txt": "old"}
    assert kind is KeyboardInterrupt or (str(path) in str(caught.value) and "No space left" in str(caught.value))


def test_a_name_is_given_to_what_is_on_the_disk_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a power cut a file that was renamed before it was flushed would be empty."""
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("flushed"), fsync(handle)))
    monkeypatch.setattr(Path, "replace", lambda self, to: (done.append(self.read_text()), replace(self, to)))

    write_whole(tmp_path / "a.txt", "text")

    assert done == ["flushed", "text"]


def test_every_rendering_of_an_edition_is_written(tmp_path: Path) -> None:
    """The web page first; written again, they are the same to the byte."""
    edition = sample()
    paths = write_edition(edition, tmp_path / "out")
    before = {path: path.read_bytes() for path in paths}

    assert [path.name for path in paths] == [f"{edition.id}{ending}" for ending in FILES.values()]
    assert paths[0].suffix == ".html"
    assert all(before.values())
    assert {path: path.read_bytes() for path in write_edition(edition, tmp_path / "out")} == before
    assert set((tmp_path / "out").iterdir()) == set(paths)
