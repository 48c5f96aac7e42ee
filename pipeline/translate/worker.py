"""Models run in processes of their own: they hold the GIL, panic, hang or run out of memory without taking us along.

A worker is this file's `main` in a fresh interpreter. It reads one JSON request a line on its standard input and
answers with one line each. What a request names as "load" ("module:function" and its arguments) is loaded once.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import IO

#: A worker imports from where we do: a checkout that is not installed, an engine of somebody else's.
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from pipeline.translate.worker import main; main()"
#: Models kept loaded by one worker; a chain needs one a hop.
_MOST_MODELS = 4

#: Translates sentences inside a worker.
Model = Callable[[list[str]], list[str]]


class GoneError(Exception):
    """The worker died or was killed; the text says why."""


class Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None

    def ask(
        self, request: Mapping[str, object], seconds: float, meanwhile: Callable[[], None] = lambda: None
    ) -> dict[str, object]:
        """Send a request and wait for the answer; a worker that is late is killed.

        Args:
            request: JSON-able.
            seconds: Longest time to wait.
            meanwhile: Called once the request is out.

        Raises:
            GoneError: No answer came.
        """
        process = self._started()
        with _watched(process, seconds) as late:
            line = self._exchange(process, request, meanwhile)
        if line.endswith(b"\n"):
            answer: dict[str, object] = json.loads(line)
            if answer.get("last"):
                self.close()
            return answer
        self.close()
        raise GoneError(
            f"no answer in {seconds:.0f} s, stopped" if late.is_set() else f"ended with {process.returncode}"
        )

    def _exchange(
        self, process: subprocess.Popen[bytes], request: Mapping[str, object], meanwhile: Callable[[], None]
    ) -> bytes:
        """The line that answers; cut short, or empty, when the process ends before."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
            process.stdin.flush()
            meanwhile()
            return process.stdout.readline()
        except OSError:
            return b""
        except BaseException:
            self.close()  # its answer is not for the next request
            raise

    def close(self) -> None:
        """End the process, by its own will when it can and by force when not."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BOOT, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us; a worker ends when its input does
            )
        return self._process


@contextlib.contextmanager
def _watched(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill a process that is not done in time; the event says that it was killed."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    watchdog = threading.Timer(seconds, stop)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield late
    finally:
        watchdog.cancel()


def main() -> None:
    """The worker's own main: answer requests until the input ends."""
    with contextlib.suppress(OSError):  # Linux: when memory runs out, the kernel takes the worker and not the run
        Path("/proc/self/oom_score_adj").write_text("1000")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    serve(sys.stdin.buffer, answers)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one request a line."""
    models: dict[str, Model] = {}
    for line in requests:
        answer = _answer(json.loads(line), models)
        answers.write(json.dumps(answer).encode("ascii") + b"\n")
        answers.flush()
        if answer.get("last"):
            return


def _answer(request: dict[str, object], models: dict[str, Model]) -> dict[str, object]:
    key = json.dumps([request["load"], request["arguments"]], sort_keys=True)
    try:
        if key not in models:
            while len(models) >= _MOST_MODELS:
                del models[next(iter(models))]
            module, _, function = str(request["load"]).partition(":")
            models[key] = getattr(import_module(module), function)(**request["arguments"])  # type: ignore[arg-type]
    except Exception as error:  # noqa: BLE001 - whatever a model's files make a library do is one answer to us
        return {"broken": _words(error)}
    except BaseException as error:  # noqa: BLE001 - Rust panics are not Exceptions
        return {"broken": _words(error), "last": True}
    try:
        return {"texts": models[key](list(request["texts"]))}  # type: ignore[call-overload]
    except Exception as error:  # noqa: BLE001 - the caller tries again, sentence by sentence
        return {"error": _words(error)}
    except BaseException as error:  # noqa: BLE001 - after a panic the model's state is unknown: start afresh
        return {"error": _words(error), "last": True}


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500]
