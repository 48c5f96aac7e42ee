"""One edition to very many readers: deliveries a second, and whether memory or speed change on the way.

    python bench/manymail.py --readers 20000 --smtp 2000 [--days 1] [--database postgresql+psycopg://…]

The first `--smtp` of each edition go to a real mail server on this machine, one connection after another; then the run
is stopped as by SIGTERM and started again, and the others are taken by a stand-in without a network, so that the ledger
alone is measured. The clock is a false one: the pauses of `per_second` cost no time. Exit status 1 when somebody got
an edition not exactly once, or when memory grew by more than a tenth between the first fifth and the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from deliver_cases import NOW, edition, readers, send, settings  # noqa: E402
from smtp_server import Server  # noqa: E402

from pipeline.deliver import rounds  # noqa: E402
from pipeline.deliver.replies import Outcome  # noqa: E402
from pipeline.model import Edition  # noqa: E402
from pipeline.store import Store  # noqa: E402

#: What a careful sender asks of a mail server.
PER_SECOND = 20.0
PAGE_KB = 4


class Arrived(list[Any]):
    """What the mail server keeps of each message: its id."""

    def append(self, item: Any) -> None:
        super().append((item[0], item[1], b""))


class StandIn:
    """Takes every message, as a mail server with the best of manners would."""

    arrived: Arrived

    def __init__(self, _settings: object, *, at: Callable[[str], None]) -> None:
        self._at = at

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None: ...

    def deliver(self, message: bytes, *, recipient: str, before_data: Callable[[], bool], **_: str) -> Outcome:
        if not before_data():
            return Outcome(verdict="withdrawn", reply="")
        head = message[message.index(b"Message-ID: ") + 12 :]
        self.arrived.append((head[: head.index(b"\r\n")].decode(), recipient, message))
        return Outcome(verdict="accepted", reply="250 2.0.0 taken")


class Sample(NamedTuple):
    """How far a run was, when, and with how much memory."""

    done: int
    seconds: float
    kb: int


@dataclass(slots=True)
class Samples:
    """Twenty of a run."""

    every: int
    taken: list[Sample] = field(default_factory=list)

    def progress(self, done: int, _all: int) -> None:
        """Called after each delivery."""
        if done % self.every == 0:
            self.taken.append(Sample(done, time.monotonic(), resident_kb()))

    def speed(self, which: slice) -> float:
        """Deliveries a second in some of the samples."""
        first, *_, last = self.taken[which]
        return (last.done - first.done) / (last.seconds - first.seconds)


def resident_kb() -> int:
    """Memory of this process."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_KB


class Clock:
    """Goes on by what is slept."""

    seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def elapsed(self) -> float:
        return self.seconds


def run(store: Store, value: Edition, server: Server, *, real: int, samples: Samples) -> Counter[str]:
    """Send one edition in two runs; states of its deliveries."""
    clock = Clock()
    before = len(server.accepted)
    options: dict[str, Any] = {
        "settings": settings(server.port, per_second=PER_SECOND), "now": value.closed, "sleep": clock.sleep,
        "elapsed": clock.elapsed,
    }  # fmt: skip
    if real:
        send(store, value, server.port, should_stop=lambda: len(server.accepted) - before >= real, **options)
    StandIn.arrived = server.accepted  # type: ignore[assignment]
    with patch.object(rounds, "Relay", StandIn):
        report = send(store, value, server.port, progress=samples.progress, **options)
    return Counter(dict(report.counts))


def main() -> int:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--smtp", type=int, default=2_000, help="how many of each edition go over a real connection")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--database", help="empty database; a SQLite file in a temporary folder when not given")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="manymail-") as folder,
        Server(accepted=Arrived()) as server,
        Store.open(options.database or Path(folder) / "digest.db") as store,
    ):
        return measure(store, server, options.readers, options.smtp, options.days)


def measure(store: Store, server: Server, count: int, real: int, days: int) -> int:
    """Everything between an empty database and the figures; exit status."""
    begun = time.monotonic()
    readers(store, count)
    print(f"{count} readers added, {count / (time.monotonic() - begun):.0f} a second")
    wrong, grown = 0, 0.0
    for day in range(days):
        value = store.freeze(edition(NOW + timedelta(days=day)), {}, now=NOW + timedelta(days=day))
        before, begun = len(server.accepted), time.monotonic()
        samples = Samples(every=max(1, (count - real) // 20))
        states = run(store, value, server, real=real, samples=samples)
        arrived = Counter(item[0] for item in server.accepted[before:])
        wrong += (states != {"sent": count}) + (len(arrived) != count) + (arrived.total() != count)
        fifth, end = samples.taken[len(samples.taken) // 5].kb, samples.taken[-1].kb
        grown = max(grown, end / fifth - 1)
        print(f"{value.id}: {count} deliveries, {count / (time.monotonic() - begun):.0f} a second; {dict(states)}")
        print(f"  the ledger alone: {samples.speed(slice(None)):.0f} a second, at first "
              f"{samples.speed(slice(None, 5)):.0f}, at last {samples.speed(slice(-5, None)):.0f}; memory "
              f"{fifth // 1000} MB after a fifth, {end // 1000} MB at the end")  # fmt: skip
    print(f"editions with somebody who got them not exactly once: {wrong}; memory grew by {grown:.1%}")
    return int(wrong > 0 or grown > 0.1)


if __name__ == "__main__":
    sys.exit(main())
