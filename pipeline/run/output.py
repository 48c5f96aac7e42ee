"""An edition's renderings as files: each lands whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.model import Edition, EditionFormat
from pipeline.render import FORMATS

#: Rendering → what its file is called behind the edition's id.
FILES: Mapping[EditionFormat, str] = {kind: f".{ending}" for kind, (ending, _) in FORMATS.items()}


def write_edition(edition: Edition, folder: Path, *, templates: Path | None = None) -> list[Path]:
    """Write every rendering into a folder, made when missing; the paths, the web page first.

    Raises:
        OutputError: The folder or a file cannot be written.
    """
    from pipeline.render import render

    paths = []
    for kind, ending in FILES.items():
        path = folder / f"{edition.id}{ending}"
        write_whole(path, render(edition, kind, templates=templates))
        paths.append(path)
    return paths


def write_whole(path: Path, text: str) -> None:
    """Write beside the target, then replace it.

    Raises:
        OutputError: The place cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        beside = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.chmod(0o644)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(str(path), f"cannot be written: {error.strerror}") from error
