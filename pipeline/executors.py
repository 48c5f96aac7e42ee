"""Where heavy work runs: one `concurrent.futures.Executor`, local processes by default, Dask elsewhere."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from pipeline.errors import ConfigError


@contextmanager
def open_executor(workers: int | None = None, *, dask: str | None = None) -> Iterator[Executor]:
    """An executor that ends with the block.

    Args:
        workers: Processes on this machine; the number of cores by default.
        dask: Address of a Dask scheduler ("tcp://host:8786"); needs the extra `cyberdigest[dask]`.
    Raises:
        ConfigError: Dask is asked for and not installed.
    """
    executor = _dask(dask) if dask else _processes(workers or os.cpu_count() or 1)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _processes(workers: int) -> ProcessPoolExecutor:
    # A fork of a process that has threads (the HTTP loop, BLAS) may deadlock; the fork server has none.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.extract"])
    return ProcessPoolExecutor(workers, mp_context=context)


def _dask(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError("--dask", "Dask is not installed: pip install 'cyberdigest[dask]'") from error
    return Client(address).get_executor()
