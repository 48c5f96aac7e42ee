"""Model files from the network, through the one door, never waiting without a bound."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pipeline.errors import DigestError, ModelError

#: Bytes so far and bytes in all, None when the server does not say.
Progress = Callable[[int, int | None], None]

#: An index is a few hundred kilobytes, the largest model known about 300 MB.
MOST_INDEX_BYTES, MOST_MODEL_BYTES = 20_000_000, 1_500_000_000
#: Seconds for one file, however steadily it drips: no run waits longer for a model. The next try goes on from there.
LONGEST = 3600.0


class Download(Protocol):
    """Fetches an address into a file; `Http.download` is one.

    It goes on with a file that is partly there where the server allows, reports progress, compares the SHA-256 of the
    whole file when one is given, and raises DigestError or OSError when that cannot be done.
    """

    def __call__(self, url: str, path: Path, *, sha256: str | None = None, progress: Progress | None = None) -> object:
        """Fetch `url` into `path`."""
        ...


class Downloads:
    """Downloads with a place for what is half done, so that the next try goes on from there."""

    def __init__(self, download: Download | None, folder: Path) -> None:
        """Keep partial files in `folder`; None for `download` means that the network is not to be used."""
        self._download, self._folder = download, folder

    def json(self, url: str, *, seconds: float) -> object:
        """Fetch and read an index, always anew.

        Raises:
            ModelError: It is not there within the time, or is not JSON.
        """
        path = self._path(url)
        path.unlink(missing_ok=True)
        try:
            self._bounded(url, path, None, None, seconds, MOST_INDEX_BYTES)
            return json.loads(path.read_bytes())
        except (ValueError, RecursionError) as error:
            raise ModelError(url, f"the index is not valid JSON ({error})") from error
        finally:
            path.unlink(missing_ok=True)

    def file(
        self, url: str, *, sha256: str | None = None, progress: Progress | None = None, seconds: float = 30
    ) -> Path:
        """Fetch a model's file; a part that an earlier try left is continued.

        Args:
            url: Where it is.
            sha256: Of the file as it is sent, when known.
            progress: Called as bytes come in.
            seconds: Longest time without a single new byte.
        Returns:
            The file, in our folder of downloads: the caller moves or deletes it.
        Raises:
            ModelError: Not reachable, too large, or not what the hash says; a damaged file is deleted.
        """
        path = self._path(url)
        self._bounded(url, path, sha256, progress, seconds, MOST_MODEL_BYTES)
        if sha256 is not None and hash_of(path) != sha256.lower():
            path.unlink(missing_ok=True)
            raise ModelError(url, f"the file is damaged: its SHA-256 is not {sha256}")
        return path

    def discard(self) -> None:
        """Forget half-done downloads."""
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                path.unlink(missing_ok=True)

    def _path(self, url: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{hashlib.sha256(url.encode()).hexdigest()[:24]}.download"

    def _bounded(
        self, url: str, path: Path, sha256: str | None, progress: Progress | None, seconds: float, most: int
    ) -> None:
        """Run the download in a thread that is left behind when nothing moves any more."""
        if self._download is None:
            raise ModelError(url, "not fetched: downloads are not allowed here")
        job = _Job(self._download, url, path, sha256, progress, most)
        job.start()
        latest = time.monotonic() + LONGEST
        while not job.done.wait(min(seconds, LONGEST)):
            if not job.moved.is_set():
                job.given_up = True
                raise ModelError(url, f"not reachable: no answer in {seconds:.0f} s")
            if time.monotonic() > latest:
                job.given_up = True
                raise ModelError(
                    url, f"not complete in {LONGEST / 60:.0f} minutes; the next attempt continues from there"
                )
            job.moved.clear()
        if isinstance(job.error, _TooLargeError):
            path.unlink(missing_ok=True)
            raise ModelError(url, f"the file is larger than {most // 1_000_000} MB")
        if isinstance(job.error, (DigestError, OSError)):
            raise ModelError(url, f"not reachable: {str(job.error).removeprefix(f'{url}: ')}") from job.error
        if job.error is not None:
            raise job.error
        if path.stat().st_size > most:
            path.unlink()
            raise ModelError(url, f"the file is larger than {most // 1_000_000} MB")


class _TooLargeError(Exception):
    """More bytes than any model has; or nobody waits for them any more."""


class _Job(threading.Thread):
    """One download; `moved` is set as bytes come in, `done` at the end."""

    def __init__(
        self, download: Download, url: str, path: Path, sha256: str | None, progress: Progress | None, most: int
    ) -> None:
        super().__init__(daemon=True)
        self._call, self._url, self._file, self._sha256 = download, url, path, sha256
        self._progress, self._most = progress, most
        self.moved, self.done = threading.Event(), threading.Event()
        self.error: BaseException | None = None
        self.given_up = False

    def run(self) -> None:
        try:
            self._call(self._url, self._file, sha256=self._sha256, progress=self._report)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self.error = error
        finally:
            self.done.set()

    def _report(self, count: int, total: int | None) -> None:
        if self.given_up or max(count, total or 0) > self._most:
            raise _TooLargeError
        self.moved.set()
        if self._progress is not None:
            self._progress(count, total)


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
