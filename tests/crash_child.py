"""A process made to be killed: reads jobs from stdin, one JSON line each, forks for each, says how it ended.

{"scenario": "send", "database": "...", "port": 2525, "crash_at": 17}  →  {"status": -9, "points": [...]}
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class Crashes:
    """The parent's end: one helper process for many crashes."""

    def __enter__(self) -> Crashes:
        path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def run(self, scenario: str, **job: Any) -> tuple[int, list[str]]:
        """Exit status (negative: the signal) and the names of the points passed."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"scenario": scenario, **job}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["status"], answer["points"]


def main() -> None:
    import crash_scenarios  # imported once, before the forks

    for line in sys.stdin:
        job = json.loads(line)
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            status = 1
            try:
                crash_scenarios.SCENARIOS[job.pop("scenario")](at=_counter(job.pop("crash_at", None), writer), **job)
                status = 0
            finally:
                if status:
                    import traceback

                    traceback.print_exc()
                os._exit(status)
        os.close(writer)
        with os.fdopen(reader) as passed:
            points = passed.read().splitlines()
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), "points": points}), flush=True)


def _counter(crash_at: int | None, report: int) -> Callable[[str], None]:
    """Reports every point and kills this process, without any clean-up, at the given one."""
    seen = [0]

    def at(name: str) -> None:
        os.write(report, f"{name}\n".encode())
        if seen[0] == crash_at:
            os.kill(os.getpid(), signal.SIGKILL)
        seen[0] += 1

    return at


if __name__ == "__main__":
    main()
