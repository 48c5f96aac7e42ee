"""Power cuts at random moments while mail is sent; counts what arrived twice, not at all, or was forgotten.

    python bench/powerloss.py --cuts 1000 --readers 8 [--liar]

One run: the database is opened, the edition frozen, mail sent, all of it recorded (tests/power.py); then the power is
cut at any one write, flush or answer of the mail server in that record. What was flushed until then stands, of the rest
arbitrary sectors. The next run starts from that disk, and is cut again, until the edition is through; what is in doubt
is then settled by the mail server's log. Exit status 1 if a promise is broken. With --liar the disk says that it
flushes and does not: promises must break, or the bench sees nothing.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from deliver_cases import NOW, edition, readers, send  # noqa: E402
from power import Disk, Recorder, Step  # noqa: E402
from smtp_server import Server  # noqa: E402

from pipeline.deliver import settle  # noqa: E402
from pipeline.deliver.machine import Machine  # noqa: E402
from pipeline.errors import DigestError  # noqa: E402
from pipeline.store import Store  # noqa: E402

DATABASE = "digest.db"
#: Marks in the record, before a Message-ID: taken by the mail server; sent, says the ledger.
TAKEN, SENT = "taken ", "sent "


@dataclass(slots=True)
class Totals:
    """What the loop has seen."""

    cuts: int = 0
    editions: int = 0
    deliveries: int = 0
    twice: int = 0
    lost: int = 0
    #: Deliveries that were `sent` before a cut and are not after it.
    undone: int = 0
    #: Deliveries in doubt, beyond one for each cut.
    too_doubtful: int = 0
    uncertain: int = 0
    damaged: int = 0
    #: Runs that ended with an error of ours instead of going on.
    stuck: int = 0

    @property
    def broken(self) -> int:
        """Promises broken."""
        return self.twice + self.lost + self.undone + self.too_doubtful + self.damaged + self.stuck


class _Witness(Machine):
    """Notes the file beside the database, which nobody flushes, as it was at each moment."""

    def __init__(self, path: Path) -> None:
        super().__init__("bench", path)
        self.notes: list[bytes] = [path.read_bytes() if path.exists() else b""]
        self.path = path

    def _note(self) -> None:
        super()._note()
        self.notes.append(self.path.read_bytes())


@dataclass(slots=True)
class World:
    """What a cut leaves behind: a disk, and a mail server that is somewhere else."""

    disk: Disk
    witness: bytes = b""
    taken: list[str] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)

    def remember(self, steps: list[Step]) -> None:
        """Add what these steps did outside the disk."""
        for step in steps:
            if step.kind == "mark" and step.name.startswith(TAKEN):
                self.taken.append(step.name.removeprefix(TAKEN))
            elif step.kind == "mark":
                self.sent.add(step.name.removeprefix(SENT))


class Bench:
    """One mail server, one recorder, and the loop."""

    def __init__(self, folder: Path, *, readers: int, seed: int, is_liar: bool = False) -> None:
        self.totals, self._count = Totals(), readers
        self._generator = random.Random(seed)
        self._world = World(Disk(is_liar=is_liar))
        self._folder, self._recorder = folder, Recorder()
        self._port = 0

    def run(self, cuts: int) -> Totals:
        """Edition after edition, until the power was cut that often."""
        with Server() as server:
            server.script = self._take
            self._port = server.port
            while self.totals.cuts < cuts and not self.totals.stuck:
                self._one_edition(NOW + timedelta(days=self.totals.editions), cuts)
        return self.totals

    def _take(self, step: str, argument: str) -> None:
        """The mail server has the whole message; its answer is not yet on the way."""
        if step == "end":
            self._recorder.mark(TAKEN + argument)

    def _one_edition(self, at: datetime, cuts: int) -> None:
        before = self.totals.cuts
        self._world.taken.clear()
        self._world.sent.clear()
        while True:
            is_through, notes = self._send(at)
            if not is_through:
                self.totals.stuck += 1
                return
            if self.totals.cuts >= cuts or self._generator.random() < 0.1:
                break  # this one ends as it should
            self._cut(notes)
            self._check()
        self._end(notes)
        self._finish(at, self.totals.cuts - before)

    def _send(self, at: datetime) -> tuple[bool, list[bytes]]:
        """One run from the disk as it is, recorded; whether it went well, and the witness's contents on the way."""
        self._lay_out()
        machine = _Witness(self._folder / "sent-so-far")
        try:
            with self._recorder.recording(), Store.open(self._folder / DATABASE) as store:
                if not store.subscribers():
                    readers(store, self._count)
                value = store.edition(edition(at).id) or store.freeze(edition(at), {}, now=at)
                report = send(store, value, self._port, now=at, machine=machine, at=self._at(store, value.id))
        except DigestError as error:
            print(f"a run ended with: {error}", file=sys.stderr)
            return False, machine.notes
        return report.exit_code == 0, machine.notes

    def _at(self, store: Store, name: str) -> Callable[[str], None]:
        """Marks every delivery that the ledger calls sent, as soon as it does."""
        known = {item.subscriber for item in store.deliveries(name, state="sent")}

        def at(point: str) -> None:
            if point == "sent recorded":
                sent = {item.subscriber for item in store.deliveries(name, state="sent")}
                for reader in sorted(sent - known):
                    self._recorder.mark(SENT + reader)
                known.update(sent)

        return at

    def _end(self, notes: list[bytes]) -> None:
        """The run ended, and the power stayed."""
        self._world.disk.play(self._recorder.steps)
        self._world.disk.rest()
        self._world.remember(self._recorder.steps)
        self._world.witness = notes[-1]

    def _cut(self, notes: list[bytes]) -> None:
        steps = self._recorder.steps[: self._moment()]
        self._world.disk.play(steps)
        self._world.disk.cut(self._generator)
        self._world.remember(steps)
        tries = sum(step.name.startswith(SENT) for step in steps if step.kind == "mark")
        self._world.witness = self._generator.choice(notes[: 1 + tries])
        self.totals.cuts += 1

    def _moment(self) -> int:
        """Where to cut: anywhere, or within three steps of what ledger or mail server said."""
        steps = self._recorder.steps
        marks = [number for number, step in enumerate(steps) if step.kind == "mark"]
        if not marks or self._generator.random() < 0.5:
            return self._generator.randint(0, len(steps))
        return self._generator.choice(marks) + self._generator.randint(-2, 3)

    def _lay_out(self) -> None:
        for path in self._folder.iterdir():
            path.unlink()
        for name, octets in self._world.disk.files().items():
            (self._folder / name).write_bytes(octets)
        if self._world.witness:
            (self._folder / "sent-so-far").write_bytes(self._world.witness)

    def _check(self) -> None:
        """What every disk after a cut owes us, before any program of ours has seen it."""
        self._lay_out()
        try:
            with closing(sqlite3.connect(self._folder / DATABASE)) as connection:
                self.totals.damaged += connection.execute("PRAGMA integrity_check").fetchone() != ("ok",)
                tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
                query = "SELECT subscriber FROM deliveries WHERE state = 'sent'"
                sent = {row[0] for row in connection.execute(query)} if "deliveries" in tables else set()
        except sqlite3.DatabaseError as error:
            print(f"after a cut: {error}", file=sys.stderr)
            self.totals.damaged += 1
            return
        self.totals.undone += len(self._world.sent - sent)

    def _finish(self, at: datetime, cuts: int) -> None:
        """The edition is through: compare ledger and mail server, settle what is in doubt, send the rest."""
        self._lay_out()
        with Store.open(self._folder / DATABASE) as store:
            deliveries = store.deliveries(edition(at).id)
            states = Counter(item.state for item in deliveries)
            addresses = {item.id: item.address for item in store.subscribers()}
            taken = {item.message_id for item in deliveries if addresses[item.subscriber] in self._world.taken}
            self.totals.lost += sum(item.state == "sent" and item.message_id not in taken for item in deliveries)
            self.totals.lost += self._count - len(deliveries)
            settle(store, taken, now=at, is_complete=True)
        self.totals.uncertain += states["uncertain"]
        self.totals.too_doubtful += max(0, states["uncertain"] - cuts)
        self._world.disk.write(DATABASE, (self._folder / DATABASE).read_bytes())
        is_through, notes = self._send(at)
        self._end(notes)
        arrived = Counter(self._world.taken)
        self.totals.stuck += not is_through
        self.totals.twice += sum(count - 1 for count in arrived.values())
        self.totals.lost += self._count - len(arrived)
        self.totals.editions += 1
        self.totals.deliveries += self._count


def main() -> int:
    """Run the loop and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=1000)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument("--liar", action="store_true", help="a disk that says that it flushes, and does not")
    options = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="powerloss-") as folder:
        bench = Bench(Path(folder), readers=options.readers, seed=options.seed, is_liar=options.liar)
        totals = bench.run(options.cuts)
    print(f"seed {options.seed}, {time.monotonic() - begun:.0f} s, SQLite {sqlite3.sqlite_version}, "
          f"{totals.editions} editions of {options.readers} readers")  # fmt: skip
    print(f"power cuts {totals.cuts}  deliveries {totals.deliveries}")
    print(f"duplicates {totals.twice}  lost {totals.lost}  `sent` undone {totals.undone}  damaged {totals.damaged}")
    print(f"uncertain {totals.uncertain} (beyond one per cut: {totals.too_doubtful})  runs that could not go on "
          f"{totals.stuck}")  # fmt: skip
    return int(bool(totals.broken) is not options.liar)


if __name__ == "__main__":
    sys.exit(main())
