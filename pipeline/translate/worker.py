"""Models run in processes of their own: they hold the GIL, panic, hang or run out of memory without taking us along.

A worker is this file's `main` in a fresh interpreter. It reads one JSON request a line on its standard input and
answers with one line each. What a request names as "load" ("module:function" and its arguments) is loaded once.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO

from pipeline.errors import ModelError
from pipeline.model import Problem

#: A worker imports from where we do: a checkout that is not installed, an engine of somebody else's.
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from pipeline.translate.worker import main; main()"
#: Models kept loaded by one worker; a chain needs one a hop.
_MOST_MODELS = 4
#: After so many failures in a row a model is taken for broken and the rest of the batch is not tried.
_MOST_FAILURES = 6

#: Translates sentences inside a worker.
type_model = Callable[[list[str]], list[str]]


class _GoneError(Exception):
    """The worker died or was killed; the text says why."""


class Pool:
    """A few workers that share the batches of one engine."""

    def __init__(self, load: str, *, workers: int, seconds: Callable[[Sequence[str]], float]) -> None:
        """Prepare; processes start with the first batch.

        Args:
            load: "module:function"; the function takes the JSON-able arguments given to `map` and returns a model.
            workers: Processes at most.
            seconds: Longest time that a batch may take, loading included.
        """
        self._load, self._seconds = load, seconds
        self._workers = [_Worker() for _ in range(max(1, workers))]

    def map(self, batches: Iterable[Sequence[str]], arguments: Mapping[str, object]) -> list[list[str | Problem]]:
        """Translate batches, in parallel; a batch that kills its worker is tried once more, sentence by sentence.

        Raises:
            ModelError: The model does not load.
        """
        found = dict(self.stream(batches, arguments))
        return [found[number] for number in sorted(found)]

    def stream(
        self, batches: Iterable[Sequence[str]], arguments: Mapping[str, object]
    ) -> Iterator[tuple[int, list[str | Problem]]]:
        """As `map`, but (number of the batch, its outcomes) as soon as they are there.

        Batches are drawn one by one when a worker is free, from one thread at a time but not from the caller's: so
        they can be made while others are translated.

        Raises:
            ModelError: The model does not load; batches that are out stay valid.
        """
        job = _Job(batches, {"load": self._load, "arguments": dict(arguments)}, self._seconds)
        return job.run(self._workers)

    def sentences(
        self, sentences: Iterable[str], arguments: Mapping[str, object], *, most: int, characters: int
    ) -> Iterator[tuple[int, str | Problem]]:
        """(number of the sentence, outcome) as soon as it is there; batches are as `batched` makes them.

        Raises:
            ModelError: The model does not load.
        """
        starts, end = [], 0

        def counted() -> Iterator[list[str]]:
            nonlocal end
            for batch in batched(sentences, most=most, characters=characters):
                starts.append(end)
                end += len(batch)
                yield batch

        for number, outcomes in self.stream(counted(), arguments):
            yield from enumerate(outcomes, start=starts[number])

    def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.close()


def batched(sentences: Iterable[str], *, most: int, characters: int) -> Iterator[list[str]]:
    """Batches of at most so many sentences, and so many characters unless one alone has more; drawn as needed."""
    batch: list[str] = []
    length = 0
    for sentence in sentences:
        if batch and (len(batch) == most or length + len(sentence) > characters):
            yield batch
            batch, length = [], 0
        batch.append(sentence)
        length += len(sentence)
    if batch:
        yield batch


class _Job:
    """One call of `Pool.stream`: what is still to do, and what came out."""

    def __init__(
        self, batches: Iterable[Sequence[str]], request: dict[str, object], seconds: Callable[[Sequence[str]], float]
    ) -> None:
        self._batches, self._request, self._seconds = enumerate(batches), request, seconds
        self._drawn: dict[int, Sequence[str]] = {}
        self._out: dict[int, list[str | Problem | None]] = {}
        #: Sentences that wait for their second try: (batch, position).
        self._again: list[tuple[int, int]] = []
        #: Tries that workers have in hand; while there are any, a second try may still come up.
        self._in_hand = 0
        self._changed = threading.Condition()
        #: Numbers of whole batches; None for each thread that ends.
        self._done: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._failures = 0
        self._is_over = False
        self._broken: str | None = None
        self._unexpected: BaseException | None = None

    def run(self, workers: Sequence[_Worker]) -> Iterator[tuple[int, list[str | Problem]]]:
        threads = [threading.Thread(target=self._work, args=(worker,), daemon=True) for worker in workers]
        for thread in threads:
            thread.start()
        try:
            ended = 0
            while ended < len(threads):
                number = self._done.get()
                if number is None:
                    ended += 1
                else:
                    yield number, self._outcomes(number)
        finally:  # the caller may have given up
            self._is_over = True
            for thread in threads:
                thread.join()
        if self._unexpected is not None:
            raise self._unexpected
        if self._broken is not None:
            raise ModelError(str(self._request["load"]), self._broken)
        for number, batch in self._batches:  # after too many failures these were not even tried
            self._drawn[number], self._out[number] = batch, [None] * len(batch)
        for number in sorted(self._drawn):
            yield number, self._outcomes(number)

    def _outcomes(self, number: int) -> list[str | Problem]:
        del self._drawn[number]
        lost = Problem(kind="engine-failed", detail="not tried: the engine failed again and again")
        return [lost if outcome is None else outcome for outcome in self._out.pop(number)]

    def _work(self, worker: _Worker) -> None:
        try:
            while task := self._next():
                self._try(worker, *task)
                with self._changed:
                    self._in_hand -= 1
                    self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread, which raises it
            self._unexpected = error
            with self._changed:
                self._changed.notify_all()
        finally:
            self._done.put(None)

    def _next(self) -> tuple[int, list[int], bool] | None:
        """(batch, positions, is it the second try); waits while another worker's batch may come back."""
        with self._changed:
            while not self._is_over and self._broken is None and self._unexpected is None:
                if self._failures >= _MOST_FAILURES:
                    return None
                found = next(self._batches, None)
                if found is not None:
                    self._drawn[found[0]], self._out[found[0]] = found[1], [None] * len(found[1])
                    self._in_hand += 1
                    return found[0], list(range(len(found[1]))), False
                if self._again:
                    number, position = self._again.pop(0)
                    self._in_hand += 1
                    return number, [position], True
                if not self._in_hand:
                    return None
                self._changed.wait()
        return None

    def _try(self, worker: _Worker, number: int, positions: list[int], again: bool) -> None:
        texts = [self._drawn[number][i] for i in positions]
        try:
            answer = worker.ask({**self._request, "texts": texts}, self._seconds(texts))
        except _GoneError as gone:
            self._failed(number, positions, str(gone), again=again)
            return
        if "broken" in answer:
            self._broken = str(answer["broken"])
        elif "error" in answer:
            self._failed(number, positions, str(answer["error"]), again=again)
        else:
            self._settle(number, dict(zip(positions, _texts(answer), strict=True)))

    def _failed(self, number: int, positions: list[int], reason: str, *, again: bool) -> None:
        with self._changed:
            self._failures += 1
            if not again:
                self._again += [(number, position) for position in positions]
        if again:
            self._settle(number, dict.fromkeys(positions, Problem(kind="engine-failed", detail=reason)))

    def _settle(self, number: int, outcomes: Mapping[int, str | Problem]) -> None:
        with self._changed:
            if any(isinstance(outcome, str) for outcome in outcomes.values()):
                self._failures = 0
            for position, outcome in outcomes.items():
                self._out[number][position] = outcome
            is_whole = None not in self._out[number]
        if is_whole:
            self._done.put(number)


def _texts(answer: Mapping[str, object]) -> list[str]:
    texts = answer["texts"]
    assert isinstance(texts, list)
    return texts


class _Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: Mapping[str, object], seconds: float) -> dict[str, object]:
        """Send a request and wait for the answer; a worker that is late is killed.

        Raises:
            _GoneError: No answer came.
        """
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        watchdog = threading.Timer(seconds, stop)
        watchdog.daemon = True
        watchdog.start()
        try:
            process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""
        finally:
            watchdog.cancel()
        if line.endswith(b"\n"):
            answer: dict[str, object] = json.loads(line)
            if answer.get("last"):
                self.close()
            return answer
        self.close()
        raise _GoneError(
            f"no answer in {seconds:.0f} s, stopped" if late.is_set() else f"ended with {process.returncode}"
        )

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


def main() -> None:
    """The worker's own main: answer requests until the input ends."""
    with contextlib.suppress(OSError):  # Linux: when memory runs out, the kernel takes the worker and not the run
        Path("/proc/self/oom_score_adj").write_text("1000")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    serve(sys.stdin.buffer, answers)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one request a line."""
    models: dict[str, type_model] = {}
    for line in requests:
        answer = _answer(json.loads(line), models)
        answers.write(json.dumps(answer).encode("ascii") + b"\n")
        answers.flush()
        if answer.get("last"):
            return


def _answer(request: dict[str, object], models: dict[str, type_model]) -> dict[str, object]:
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
