"""Batches shared out over worker processes: whoever is free takes the next, a batch that kills is tried once more."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pipeline.errors import ModelError
from pipeline.model import Problem
from pipeline.translate.worker import GoneError, Worker

#: After so many failures in a row a model is taken for broken and the rest of the batch is not tried.
_MOST_FAILURES = 6


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
        self._workers = [Worker() for _ in range(max(1, workers))]

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
        """(number of the sentence, outcome) as soon as it is there; batches are as `_batched` makes them.

        Raises:
            ModelError: The model does not load.
        """
        starts, end = [], 0

        def counted() -> Iterator[list[str]]:
            nonlocal end
            for batch in _batched(sentences, most=most, characters=characters):
                starts.append(end)
                end += len(batch)
                yield batch

        for number, outcomes in self.stream(counted(), arguments):
            yield from enumerate(outcomes, start=starts[number])

    def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.close()


def _batched(sentences: Iterable[str], *, most: int, characters: int) -> Iterator[list[str]]:
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
        #: Batches made while workers were busy, so that none waits for its next.
        self._ready: deque[tuple[int, Sequence[str]]] = deque()
        self._most_ready = 0
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

    def run(self, workers: Sequence[Worker]) -> Iterator[tuple[int, list[str | Problem]]]:
        self._most_ready = len(workers)
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
        for number, batch in (*self._ready, *self._batches):  # after too many failures these were not even tried
            self._drawn[number], self._out[number] = batch, [None] * len(batch)
        for number in sorted(self._drawn):
            yield number, self._outcomes(number)

    def _outcomes(self, number: int) -> list[str | Problem]:
        del self._drawn[number]
        lost = Problem(kind="engine-failed", detail="not tried: the engine failed again and again")
        return [lost if outcome is None else outcome for outcome in self._out.pop(number)]

    def _work(self, worker: Worker) -> None:
        try:
            while task := self._next():
                number, positions, again = task
                self._try(worker, number, positions, again=again)
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
                found = self._ready.popleft() if self._ready else next(self._batches, None)
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

    def _draw_ahead(self) -> None:
        with self._changed:
            if len(self._ready) < self._most_ready and not self._is_over:
                found = next(self._batches, None)
                if found is not None:
                    self._ready.append(found)

    def _try(self, worker: Worker, number: int, positions: list[int], *, again: bool) -> None:
        texts = [self._drawn[number][i] for i in positions]
        try:
            answer = worker.ask({**self._request, "texts": texts}, self._seconds(texts), self._draw_ahead)
        except GoneError as gone:
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
