"""Model packages unpacked with care: into a staging folder, checked, tried, and only then moved into place."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.errors import ModelError
from pipeline.model import Problem
from pipeline.translate import argos, firefox
from pipeline.translate.downloads import MOST_MODEL_BYTES, hash_of
from pipeline.translate.engine import Edge, Engine, EngineContext, language_code

#: Limits of one package; the largest real one unpacks to about 500 MB in a few dozen files.
MOST_UNPACKED_BYTES, MOST_FILES = 2 * MOST_MODEL_BYTES, 2000
_CHUNK = 1 << 20
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


@contextlib.contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder beside the models, gone afterwards unless it was moved into place."""
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=".staging-", dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def put_in_place(staged: Path, final: Path) -> None:
    """Move a finished folder to its name; an older one of that name is replaced as a whole."""
    old = final.with_name(f".old-{final.name}")
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        final.rename(old)
    staged.rename(final)
    shutil.rmtree(old, ignore_errors=True)


def unpack(package: Path, into: Path, *, name: str) -> Path:
    """Copy a folder or unpack a zip archive into `into`.

    Returns:
        The folder with the package's files: the archive's single top folder, or `into`.
    Raises:
        ModelError: Not an archive, damaged, too large, or with paths or links that lead out of it.
    """
    if package.is_dir():
        _copy(package, into, name=name)
    else:
        _unzip(package, into, name=name)
    tops = list(into.iterdir())
    return tops[0] if len(tops) == 1 and tops[0].is_dir() else into


def _unzip(package: Path, into: Path, *, name: str) -> None:
    try:
        with zipfile.ZipFile(package) as archive:
            entries = archive.infolist()
            _check_entries(entries, name=name)
            left = MOST_UNPACKED_BYTES
            for entry in entries:
                if not entry.is_dir():
                    left -= _extract(archive, entry, into / entry.filename, left, name=name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise ModelError(name, f"the package is damaged or not a zip archive ({error})") from error


def _check_entries(entries: list[zipfile.ZipInfo], *, name: str) -> None:
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
        raise ModelError(
            name, f"the package is too large (over {MOST_UNPACKED_BYTES // 1_000_000} MB or too many files)"
        )
    for entry in entries:
        path = PurePosixPath(entry.filename)
        outside = path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename
        if outside or stat.S_ISLNK(entry.external_attr >> 16):
            raise ModelError(name, f"refused: the package wants to write outside its folder ({entry.filename!r})")


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, left: int, *, name: str) -> int:
    """Write one file; the sizes in an archive's directory may lie, so bytes are counted as they come."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as source, path.open("xb") as target:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > left:
                raise ModelError(name, "the package is too large when unpacked")
            target.write(chunk)
    return written


def _copy(package: Path, into: Path, *, name: str) -> None:
    files = [path for path in sorted(package.rglob("*")) if not path.is_dir()]
    if any(path.is_symlink() or not path.is_file() for path in files):
        raise ModelError(name, "refused: the folder holds links or special files")
    if len(files) > MOST_FILES or sum(path.stat().st_size for path in files) > MOST_UNPACKED_BYTES:
        raise ModelError(name, "the folder is too large for a model")
    for path in files:
        target = into / path.relative_to(package)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def expand(path: Path, final: Path, *, sha256: str | None, name: str) -> None:
    """Unpack a single gzip or zstd file (or move a plain one) and compare its hash.

    Raises:
        ModelError: Damaged, too large, or not what the hash says.
    """
    with path.open("rb") as file:
        magic = file.read(4)
    try:
        if magic[:2] == b"\x1f\x8b":
            _gunzip(path, final, name=name)
        elif magic == _ZSTD_MAGIC:
            final.write_bytes(_unzstd(path.read_bytes(), name=name))
        else:
            shutil.copyfile(path, final)
    except (OSError, EOFError, ValueError, gzip.zlib.error) as error:  # type: ignore[attr-defined]
        raise ModelError(name, f"{final.name} is damaged ({error})") from error
    if sha256 is not None and hash_of(final) != sha256.lower():
        raise ModelError(name, f"{final.name} is damaged: its SHA-256 is not {sha256}")


def _gunzip(path: Path, final: Path, *, name: str) -> None:
    written = 0
    with gzip.open(path) as source, final.open("wb") as target:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > MOST_MODEL_BYTES:
                raise ModelError(name, f"{final.name} is too large when unpacked")
            target.write(chunk)


def _unzstd(data: bytes, *, name: str) -> bytes:
    declared = _zstd_size(data)
    if declared is not None and declared > MOST_MODEL_BYTES:
        raise ModelError(name, "a file is too large when unpacked")
    # Python 3.11 has no zstd; the engine that needs these files brings one.
    from fxtranslate import discovery

    try:
        return discovery.verify_and_decompress(data)
    except BaseException as error:  # a Rust panic is not an Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise ValueError(str(error)) from error


def _zstd_size(data: bytes) -> int | None:
    """Size of the content as the frame's header declares it (RFC 8878, section 3.1.1.1)."""
    descriptor = data[4]
    flag, single = descriptor >> 6, descriptor >> 5 & 1
    start = 5 + (1 - single) + (0, 1, 2, 4)[descriptor & 3]
    width = (single, 2, 4, 8)[flag]
    if width == 0:
        return None
    return int.from_bytes(data[start : start + width], "little") + (256 if width == 2 else 0)


def expand_all(folder: Path, *, name: str) -> None:
    """Unpack .gz and .zst files in place, as mirrors carry them."""
    for path in sorted(folder.iterdir()):
        if path.suffix in (".gz", ".zst"):
            expand(path, path.with_suffix(""), sha256=None, name=name)
            path.unlink()


def pair_of_package(folder: Path, *, name: str) -> tuple[str, str, str]:
    """(engine, source, target) of an unpacked package.

    Raises:
        ModelError: It is no model that we know, or not a whole one.
    """
    metadata = argos.metadata_of(folder)
    if metadata is not None:
        if not argos.is_whole(folder):
            raise ModelError(name, "the package is not whole: it has no model/model.bin or no tokenizer")
        return argos.NAME, language_code(str(metadata["from_code"])), language_code(str(metadata["to_code"]))
    if (folder / argos.METADATA).exists():
        raise ModelError(name, "the package's metadata.json does not name a translation model and its languages")
    pair = firefox.pair_of(folder)
    if pair is None:
        raise ModelError(name, "neither an Argos package (metadata.json) nor a Firefox model (model.*.bin, *.spm)")
    return firefox.NAME, *pair


def write_manifest(folder: Path, *, source: str, target: str, version: str, origin: str) -> None:
    """Note what a Firefox model is and the hashes of its files, checked at each load."""
    files = {path.name: hash_of(path) for path in sorted(firefox.files_of(folder).values())}
    manifest = {"source": source, "target": target, "version": version, "origin": origin, "files": files}
    (folder / firefox.MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def try_out(engine: str, folder: Path, *, source: str, target: str, name: str) -> None:
    """Load a staged model in a worker and translate a word with it.

    Raises:
        ModelError: It does not load or does not answer.
    """
    # argostranslate's own folders land beside the package: inside the staging folder, gone with it.
    context = EngineContext(models=folder.parent, threads=1)
    tester: Engine = argos.engine(context) if engine == argos.NAME else firefox.engine(context)
    edge = Edge(engine=engine, source=source, target=target, model="trial", path=folder)
    try:
        outcome = tester.translate(["2026"], edge)[0]
    except ModelError as error:
        raise ModelError(name, f"the model does not load: {error.reason}") from error
    finally:
        tester.close()
    if isinstance(outcome, Problem):
        raise ModelError(name, f"the model does not work: {outcome.detail}")


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(os.path.getsize(path) for path in folder.rglob("*") if path.is_file())  # noqa: PTH202 - one call a file
