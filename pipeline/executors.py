"""Where heavy work runs: one `concurrent.futures.Executor`, local processes by default, Dask elsewhere."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

from pipeline.errors import ConfigError

T = TypeVar("T")

_LOOK_SECONDS = 0.5
#: Processor time of one call; eight pages take two seconds, most of it loading libraries the first time.
_CPU_SECONDS = 20.0


@contextmanager
def open_executor(
    workers: int | None = None, *, dask: str | None = None, cpu_seconds: float = _CPU_SECONDS
) -> Iterator[Executor]:
    """An executor that ends with the block.

    Args:
        workers: Processes on this machine; the number of cores by default.
        cpu_seconds: A local process whose call takes more processor time is killed: some documents keep a parser busy
            for hours, and nothing else can stop it.
        dask: Address of a Dask scheduler ("tcp://host:8786"); needs the extra `cyberdigest[dask]`.
    Raises:
        ConfigError: Dask is asked for and not installed.
    """
    executor = _dask(dask) if dask else _Processes(workers or os.cpu_count() or 1, cpu_seconds)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


class _Processes(Executor):
    """Processes that are replaced when one died: what was at work then fails, what comes later does not."""

    def __init__(self, workers: int, cpu_seconds: float) -> None:
        self._workers, self._cpu_seconds = workers, cpu_seconds
        self._pool = self._open()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Hand over a call."""
        try:
            return self._pool.submit(_limited, self._cpu_seconds, fn, *args, **kwargs)
        except BrokenProcessPool:
            self._pool.shutdown()
            self._pool = self._open()
            return self._pool.submit(_limited, self._cpu_seconds, fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as Executor has it
        """End the workers."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _open(self) -> ProcessPoolExecutor:
        # A fork of a process that has threads (the HTTP loop, BLAS) may deadlock; a spawned one starts clean.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=_end_with, initargs=(os.getpid(),))


def _limited(seconds: float, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """The call, in a process that the system ends (SIGPROF) when it takes too much processor time."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return fn(*args, **kwargs)
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)


def _end_with(parent: int) -> None:
    """End this worker when the run is killed: it would wait for work for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _dask(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError("CYBERDIGEST_DASK", "Dask is not installed: pip install 'cyberdigest[dask]'") from error
    return Client(address).get_executor()
