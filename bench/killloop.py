"""SIGKILL at random moments while mail is sent; counts what arrived twice, not at all, or in doubt.

    python bench/killloop.py --seconds 60 --readers 200 [--database postgresql+psycopg://…]

One round: a fresh edition, a sender process that is killed after a random time and started again until it is done;
then the ledger is compared with what an independent mail server has taken. Exit status 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_KEPT = tempfile.TemporaryDirectory(prefix="killloop-")
FOLDER = Path(_KEPT.name)
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from deliver_cases import NOW, edition, readers, send  # noqa: E402
from smtp_server import Server  # noqa: E402

from pipeline.deliver import settle  # noqa: E402
from pipeline.deliver.machine import Machine  # noqa: E402
from pipeline.errors import BusyError  # noqa: E402
from pipeline.store import Store  # noqa: E402


class Totals:
    """What the loop has seen."""

    rounds = deliveries = kills = duplicates = lost = uncertain = settled = worst = wrong_after = 0


def serve() -> tuple[int, int, int]:
    """A mail server in a process of its own: its port, its pid, and the pipe that tells what it took."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        server = Server()
        os.write(writer, f"{server.port}\n".encode())
        told = 0
        while True:
            time.sleep(0.01)
            for message_id in server.message_ids[told:]:
                os.write(writer, f"{message_id}\n".encode())
                told += 1
    os.close(writer)
    port = b""
    while not port.endswith(b"\n"):
        port += os.read(reader, 1)
    os.set_blocking(reader, False)
    return int(port), pid, reader


def start(database: str, edition_id: str, port: int, day: int) -> int:
    """A sender, in a process of its own."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        with Store.open(database) as store:
            value = store.edition(edition_id)
            assert value
            machine = Machine("killloop", FOLDER / "sent-so-far")  # must never take the killed sender for a backup
            send(store, value, port, now=NOW + timedelta(days=day), machine=machine)
        status = 0
    except BusyError:  # PostgreSQL has not yet noticed that the one before is dead
        status = 75
    finally:
        os._exit(status)


def one_round(
    database: str, number: int, count: int, port: int, generator: random.Random, totals: Totals, until: float
) -> str:
    """Kill and start again until the edition is sent; its id."""
    at = NOW + timedelta(days=number)
    with Store.open(database) as store:
        value = store.freeze(edition(at), {}, now=at)
        if number == 0:
            readers(store, count)
    while True:
        pid = start(database, value.id, port, number)
        if time.monotonic() < until:
            # Opening takes some 30 ms, a message some 3 ms: most kills fall between the first message and the last.
            time.sleep(generator.uniform(0.0, 0.05 + 0.004 * count))
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            totals.kills += 1
        elif os.waitstatus_to_exitcode(status) == 0:
            return value.id
        elif os.waitstatus_to_exitcode(status) != 75:
            raise SystemExit(f"sender ended with {status}")


def finish(
    database: str, edition_id: str, count: int, number: int, port: int, pipe: int, taken: bytes
) -> tuple[bytes, int]:
    """Send what was settled as not taken; everything taken so far, and how many readers got it not exactly once."""
    _, status = os.waitpid(start(database, edition_id, port, number), 0)
    time.sleep(0.1)
    taken += drained(pipe)
    ours = [item for item in taken.decode().split() if item.startswith(f"<{edition_id}.")]
    return taken, int(status != 0) + (len(ours) - len(set(ours))) + (count - len(set(ours)))


def judge(database: str, edition_id: str, count: int, taken: list[str], totals: Totals, kills: int) -> None:
    """Compare the ledger with what the mail server took."""
    ours = [item for item in taken if item.startswith(f"<{edition_id}.")]
    with Store.open(database) as store:
        deliveries = store.deliveries(edition_id)
        in_doubt = sum(item.state == "uncertain" for item in deliveries)
        totals.settled += settle(store, set(ours), now=NOW, is_complete=True)
    totals.rounds += 1
    totals.deliveries += len(deliveries)
    totals.duplicates += len(ours) - len(set(ours))
    totals.lost += sum(item.state != "uncertain" and item.message_id not in ours for item in deliveries)
    totals.lost += count - len(deliveries)
    totals.uncertain += in_doubt
    totals.worst = max(totals.worst, in_doubt - kills)


def main() -> int:
    """Run the loop and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--database", help="empty database; a SQLite file in a temporary folder when not given")
    options = parser.parse_args()
    generator, totals = random.Random(options.seed), Totals()
    port, server, pipe = serve()
    taken = b""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        database = options.database or str(Path(folder) / "digest.db")
        try:
            while time.monotonic() - begun < options.seconds:
                before = totals.kills
                name = one_round(
                    database, totals.rounds, options.readers, port, generator, totals, begun + options.seconds
                )
                time.sleep(0.1)
                taken += drained(pipe)
                judge(database, name, options.readers, taken.decode().split(), totals, totals.kills - before)
                taken, wrong = finish(database, name, options.readers, totals.rounds - 1, port, pipe, taken)
                totals.wrong_after += wrong
        finally:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)
    print(
        f"seed {options.seed}, {time.monotonic() - begun:.0f} s, {totals.rounds} editions of {options.readers} readers"
    )
    print(f"deliveries {totals.deliveries}  kills {totals.kills}")
    print(f"duplicates {totals.duplicates}  lost {totals.lost}")
    print(f"uncertain {totals.uncertain} (never more than one per kill: {totals.worst <= 0}), "
          f"{totals.settled} of them settled by the mail server's log")  # fmt: skip
    print(f"readers who got an edition not exactly once after settling: {totals.wrong_after}")
    return int(bool(totals.duplicates or totals.lost or totals.worst > 0 or totals.wrong_after))


def drained(pipe: int) -> bytes:
    """Everything the mail server has said so far."""
    said = b""
    while True:
        try:
            piece = os.read(pipe, 1 << 20)
        except BlockingIOError:
            return said
        if not piece:
            return said
        said += piece


if __name__ == "__main__":
    sys.exit(main())
