"""Workers work, and do not outlive a killed run."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.executors import open_executor

ROOT = Path(__file__).resolve().parent.parent


def test_local_workers_share_out_work() -> None:
    """Results come back in order, from other processes."""
    with open_executor(2) as executor:
        assert list(executor.map(abs, [-1, 2, -3])) == [1, 2, 3]
        assert executor.submit(os.getpid).result() != os.getpid()


def test_a_dead_worker_is_replaced() -> None:
    """What was at work with it fails; what comes later does not."""
    with open_executor(1) as executor:
        with pytest.raises(BrokenProcessPool):
            executor.submit(os._exit, 3).result()
        assert executor.submit(abs, -1).result() == 1


def test_a_worker_that_does_not_come_to_an_end_is_killed() -> None:
    """Processor time counts, not waiting; the next call has its whole time again."""
    with open_executor(1, cpu_seconds=1.0) as executor:
        with pytest.raises(BrokenProcessPool):
            executor.submit(sum, itertools.repeat(0)).result(timeout=60)
        assert executor.submit(time.sleep, 1.5).result(timeout=60) is None
        assert executor.submit(abs, -1).result(timeout=60) == 1


def test_workers_end_with_a_killed_run() -> None:
    """Kill -9 leaves no process behind."""
    script = (
        "import os, time\nfrom pipeline.executors import open_executor\n"
        "if __name__ == '__main__':\n"
        "    with open_executor(1) as executor:\n"
        "        print(executor.submit(os.getpid).result(), flush=True)\n"
        "        time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 20
        while _is_alive(worker) and time.monotonic() < deadline:
            time.sleep(0.1)

    assert not _is_alive(worker)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_dask_that_is_not_installed_is_named() -> None:
    """The message says what to install."""
    if _has_dask():
        pytest.skip("Dask is installed here")
    with pytest.raises(ConfigError, match="pip install"), open_executor(dask="tcp://127.0.0.1:1"):
        pass


def _has_dask() -> bool:
    from importlib.util import find_spec

    return find_spec("distributed") is not None
