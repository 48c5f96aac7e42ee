"""A year of mornings: the whole line day by day over an invented web that misbehaves, with readers who come and go.

    python bench/year.py [--days 365] [--seed N] [--keep FOLDER]

Each day is a `run` at six in Paris (through both changes of the clock; the machine is off on two days of each 45) and a
`send` to a real mail server. Feeds move, fall silent, break, close, change titles, addresses and dates
(bench/year_world.py). Nothing is translated: that is another bench's. Exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import statistics
import sys
import tempfile
import time as clock
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "tests")]

from deliver_cases import settings  # noqa: E402
from fetch_server import Answer, Seen  # noqa: E402
from fetch_server import Server as WebServer  # noqa: E402
from smtp_server import Server as MailServer  # noqa: E402
from year_world import OUTLETS, World  # noqa: E402

from pipeline.config import Config, load_config  # noqa: E402
from pipeline.deliver import send_edition  # noqa: E402
from pipeline.deliver.subscribers import add, unsubscribe  # noqa: E402
from pipeline.deliver.tokens import token_for  # noqa: E402
from pipeline.model import Edition  # noqa: E402
from pipeline.run import open_http, run  # noqa: E402
from pipeline.run.mailing import letters_of  # noqa: E402
from pipeline.store import Store  # noqa: E402

FIRST = date(2027, 12, 1)  # over a leap day
ZONE = ZoneInfo("Europe/Paris")
#: A reader comes every third day, leaves after so many, and every third of them is back after so many more.
_STAYS, _AWAY, READERS = 40, 20, 24
#: Days for which things are kept: short, so that the store levels out early.
KEPT = 30
#: Days back to which the events lie that a card may tell as new.
_RECENT = 6


class Routes(dict[str, Answer | Callable[[Seen], Answer]]):
    """Every path leads to the world of today."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.day = world, 0

    def get(self, path: str, _: object = None) -> Callable[[Seen], Answer]:
        """The answer to a request, with a validator."""

        def answer(seen: Seen) -> Answer:
            status, said = self.world.answer(seen.headers.get("host", "").split(":")[0], path, self.day)
            if status == 301:
                return Answer(b"", 301, {"Location": said})
            tag = f'"{hashlib.sha256(said.encode()).hexdigest()[:20]}"'
            if status == 200 and seen.headers.get("if-none-match") == tag:
                return Answer(b"", 304, {"ETag": tag})
            kind = "application/rss+xml" if path.endswith(".xml") else "text/html; charset=utf-8"
            return Answer(said.encode(), status, {"Content-Type": kind, "ETag": tag})

        return answer


@dataclass
class Books:
    """What is counted over the year."""

    seconds: list[float] = field(default_factory=list)
    memory_kb: list[int] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    size_kb: list[int] = field(default_factory=list)
    #: Story id → editions that show it as new; event → the same.
    stories: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    reachable: set[str] = field(default_factory=set)
    updates: int = 0
    mails: int = 0
    #: Mails too many or too few, by day.
    wrong_mails: int = 0


class Year:
    """One simulated year."""

    def __init__(self, folder: Path, store: Store, world: World, web: WebServer, mail: MailServer) -> None:
        self.folder, self.store, self.world, self.web, self.mail = folder, store, world, web, mail
        self.routes = web.routes = Routes(world)
        self.books = Books()
        self.config = write_config(folder)

    def live(self, day: int) -> None:
        """A morning: readers come and go, the edition is made and sent, and all is counted."""
        self.routes.day = day
        moment = datetime.combine(FIRST + timedelta(days=day), time(6), ZONE).astimezone(UTC)
        self._come_and_go(day, moment)
        self.books.reachable |= {e for e in self._recent(day) if self.world.is_reachable(e, day)}
        if is_off(day):
            return
        started = clock.perf_counter()
        report = run(
            self.config, store=self.store, data=self.folder, output=self.folder / "digest", now=moment,
            http=lambda config: open_http(config, connect_to=("127.0.0.1", self.web.port)),
        )  # fmt: skip
        for name in report.editions:
            edition = self.store.edition(name)
            assert edition
            self._read(edition, day)
            self._send(edition, moment)
        holdings = self.store.holdings()
        self.books.seconds.append(clock.perf_counter() - started)
        self.books.memory_kb.append(int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4)
        self.books.entries.append(holdings.rows["entries"])
        self.books.size_kb.append(holdings.size_bytes // 1024)

    def _recent(self, day: int) -> list[str]:
        return [event for past in range(max(0, day - _RECENT), day + 1) for event in self.world.events(past)]

    def _read(self, edition: Edition, day: int) -> None:
        """Which stories and events the edition tells as new."""
        recent = self._recent(day)
        for card in (card for section in edition.sections for card in section.cards):
            if card.status != "new":
                self.books.updates += 1
                continue
            self.books.stories[card.story] += 1
            words = " ".join([card.headline.text, *(s.text for s in card.summary), *(str(f.value) for f in card.facts)])
            self.books.events.update({event for event in recent if event in words})

    def _come_and_go(self, day: int, moment: datetime) -> None:
        for number in range(READERS):
            stays = day - 3 * number
            if stays == 0 or (stays == _STAYS + _AWAY and number % 3 == 0):
                add(self.store, _address(number), language="en", now=moment)
            elif stays == _STAYS:
                reader = next(r for r in self.store.subscribers(state="active") if r.address == _address(number))
                token = token_for(self.store.secret("unsubscribe"), "unsubscribe", reader.id)
                unsubscribe(self.store, token, now=moment)

    def _send(self, edition: Edition, moment: datetime) -> None:
        """Send it twice, as a nervous operator would: each reader must get it once."""
        wanted = Counter(reader.address for reader in self.store.subscribers(state="active"))
        before, smtp = len(self.mail.accepted), settings(self.mail.port)
        for _ in range(2):
            send_edition(
                self.store, edition, settings=smtp, now=moment,
                render=letters_of(edition, smtp, self.store.secret("unsubscribe")),
            )  # fmt: skip
        got = Counter(recipient for _, recipient, _ in self.mail.accepted[before:])
        self.books.mails += got.total()
        self.books.wrong_mails += (got - wanted).total() + (wanted - got).total()
        del self.mail.accepted[:]


def is_off(day: int) -> bool:
    """Whether nobody starts the program on this day."""
    return day % 45 in (30, 31)


def write_config(folder: Path) -> Config:
    """feeds.yaml of the year."""
    lines = [f"store: {{keep: {KEPT}d}}", "edition: {timezone: Europe/Paris, window: 36h}",
             "translation: {engines: []}", "fetch: {interval: 0s}", "feeds:"]  # fmt: skip
    lines += [f"  - {{url: 'http://{o.host}/feed.xml', name: {o.host}, language: {o.language}}}" for o in OUTLETS]
    (folder / "feeds.yaml").write_text("\n".join(lines), encoding="utf-8")
    return load_config(folder / "feeds.yaml", environ={})


def _address(number: int) -> str:
    return f"reader{number:02}@example.org"


def judge(books: Books) -> list[str]:
    """Print the figures; the promises that are broken."""
    told = {event: count for event, count in books.events.items() if event in books.reachable}
    twice = [event for event, count in told.items() if count > 1]
    missed = books.reachable - set(told)
    fifth = max(1, len(books.seconds) // 5)
    print(f"runs {len(books.seconds)}, stories told as new {len(books.stories)}, updates {books.updates}")
    print(f"events reported {len(books.reachable)}, told as new twice {len(twice)}, not told {len(missed)}",
          *sorted([*twice, *missed])[:20], sep="\n  ")  # fmt: skip
    print(f"mails {books.mails}, too many or too few {books.wrong_mails}")
    parts: dict[str, Sequence[float]] = {
        "seconds a run": books.seconds, "memory (MB)": [kb / 1000 for kb in books.memory_kb],
        "entries": books.entries, "store (MB)": [kb / 1000 for kb in books.size_kb],
    }  # fmt: skip
    for name, values in parts.items():
        fifths = [statistics.median(values[k * fifth : (k + 1) * fifth]) for k in range(5)]
        print(f"{name}, median of each fifth: " + "  ".join(f"{value:.1f}" for value in fifths))
    print(f"highest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000} MB")
    is_long = len(books.seconds) > 4 * KEPT
    rules: Sequence[tuple[bool, str]] = (
        (max(books.stories.values(), default=0) > 1, "a story was told as new twice"),
        (books.wrong_mails > 0, "a reader did not get each edition once"),
        (is_long and _grown(books.seconds, fifth) > 1.5, "runs became slower"),
        (is_long and _grown(books.memory_kb, fifth) > 1.15, "memory grew"),
        (is_long and _grown(books.entries, fifth) > 1.2, "the store keeps growing"),
    )
    return [words for is_broken, words in rules if is_broken]


def _grown(values: Sequence[float], fifth: int) -> float:
    """The last fifth against the second, by medians."""
    return statistics.median(values[-fifth:]) / statistics.median(values[fifth : 2 * fifth] or values)


def main() -> int:
    """Live through the days and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=20261201)
    parser.add_argument("--keep", type=Path, help="folder of store and editions, kept afterwards")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="year-")))
        folder.mkdir(parents=True, exist_ok=True)
        web, mail = stack.enter_context(WebServer({})), stack.enter_context(MailServer())
        store = stack.enter_context(Store.open(folder / "cyberdigest.sqlite"))
        year = Year(folder, store, World(FIRST, options.seed), web, mail)
        # Ctrl-C ends the year early: what was seen until then is judged.
        with suppress(KeyboardInterrupt):
            for day in range(options.days):
                year.live(day)
                if day % 30 == 29:
                    print(f"{day + 1} days, {statistics.median(year.books.seconds[-28:]):.1f} s a run", file=sys.stderr)
        broken = judge(year.books)
    print("\n".join(broken) or "every promise kept")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
