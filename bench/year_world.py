"""An invented year of news: events, who reports them when and in what language, and feeds that behave as in life.

Everything comes from a seed: the same day of the same world always looks the same. `World.answer` is the web on the
morning of a day.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.tables import read_table

#: Items a feed lists.
LISTED = 12
#: Days an event is reported after it happened; most reports come on the first.
_LATER = (0, 0, 0, 1, 1, 2)
_SYLLABLES = ("bar", "cen", "dor", "fel", "gan", "hul", "jor", "kel", "lum", "mir", "nov", "pel", "quen", "rast", "sor",
              "tarn", "ul", "ver", "wex", "zan")  # fmt: skip
#: Language → what is printed.
_PRINTED = read_table(Path(__file__).resolve().parent / "labels" / "year.toml")


@dataclass(frozen=True)
class Report:
    """One item of an outlet, from the day it appears on."""

    #: What it tells of, "" for nothing of ours.
    event: str
    day: int
    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Outlet:
    """A site with one feed; what befalls it is told in `World`."""

    host: str
    language: str


OUTLETS = tuple(
    Outlet(f"{name}.example.org", language)
    for name, language in (
        ("steady", "en"), ("moves", "fr"), ("silent", "de"), ("breaks", "es"), ("redates", "en"), ("retitles", "fr"),
        ("readdresses", "en"), ("closes", "de"), ("flaky", "en"), ("clockless", "es"),
    )
)  # fmt: skip


class World:
    """All of it; days are counted from `first`."""

    def __init__(self, first: date, seed: int) -> None:
        self.first, self._seed = first, seed
        self.reports = lru_cache(maxsize=64)(self._reports)

    def events(self, day: int) -> list[str]:
        """Names of the events that happen on a day: a CVE id, or who is fined."""
        draw = self._draw("events", day)
        return [self._name(day, n) for n in range(draw.randint(1, 2))]

    def answer(self, host: str, path: str, day: int) -> tuple[int, str]:
        """Status, and page or feed (or where it has moved to), behind an address on the morning of a day."""
        outlet = next((one for one in OUTLETS if host in (one.host, f"new.{one.host}")), None)
        if outlet is None:
            return 404, ""
        name = outlet.host.split(".")[0]
        if name == "moves" and day >= 40 and not host.startswith("new."):
            return 301, f"http://new.{outlet.host}{path}"
        if name == "closes" and day >= 60:
            return 410, ""
        if name == "flaky" and self._draw("flaky", day).random() < 0.3:
            return 503, ""
        if path == "/feed.xml":
            return 200, self._feed(outlet, name, day)
        report = self._find(outlet, name, path, day)
        return (200, _page(outlet, report)) if report else (404, "")

    def is_reachable(self, event: str, day: int) -> bool:
        """Whether an outlet that answers on its day reports the event on that day."""
        return any(
            report.event == event and self.answer(outlet.host, "/feed.xml", day)[0] in (200, 301)
            and outlet.host.split(".")[0] not in ("flaky", "breaks", "silent")
            for outlet in OUTLETS for report in self.reports(outlet, day)
        )  # fmt: skip

    def _reports(self, outlet: Outlet, day: int) -> tuple[Report, ...]:
        """What an outlet publishes on a day."""
        told: list[Report] = []
        for happened in range(max(0, day - max(_LATER)), day + 1):
            for event in self.events(happened):
                draw = self._draw("report", outlet.host, event)
                if draw.random() < 0.4 and happened + draw.choice(_LATER) == day:
                    told.append(_report(event, outlet.language, day, len(told), self._draw("event", event), draw))
        beside = self._draw("beside", outlet.host, day)
        title, text = (part.format(name=_word(beside)) for part in _PRINTED[outlet.language]["beside"])
        return (*told, Report("", day, len(told), title, text))

    def _listed(self, outlet: Outlet, name: str, day: int) -> list[Report]:
        """The newest items of a feed, the newest first."""
        found: list[Report] = []
        for past in range(day, max(-1, day - 2 * LISTED), -1):
            if not (name == "silent" and 25 <= past < 70):
                found += self.reports(outlet, past)
        return found[:LISTED]

    def _feed(self, outlet: Outlet, name: str, day: int) -> str:
        items = []
        for report in self._listed(outlet, name, day):
            title = report.title
            if name == "retitles" and report.day < day:
                title = _PRINTED[outlet.language]["changed"].format(title=title)
            moment = self.moment(day if name == "redates" else report.day)
            if name == "clockless":
                moment = datetime(1970, 1, 1, tzinfo=UTC) if report.number % 2 else moment + timedelta(days=4000)
            address = f"http://{outlet.host}{_path(name, report, day)}"
            items.append(f"<item><title>{title}</title><link>{address}</link><guid>{address}</guid>"
                         f"<pubDate>{format_datetime(moment)}</pubDate>"
                         f"<description>{report.text}</description></item>")  # fmt: skip
        feed = (f'<rss version="2.0"><channel><title>{outlet.host}</title><link>http://{outlet.host}/</link>'
                f"<language>{outlet.language}</language>{''.join(items)}</channel></rss>")  # fmt: skip
        return feed[: len(feed) // 5] if name == "breaks" and day % 7 == 3 else feed

    def moment(self, day: int) -> datetime:
        """When the items of a day are published."""
        return datetime.combine(self.first + timedelta(days=day), time(3), UTC)

    def _find(self, outlet: Outlet, name: str, path: str, day: int) -> Report | None:
        return next((r for r in self._listed(outlet, name, day) if _path(name, r, day) == path), None)

    def _name(self, day: int, number: int) -> str:
        draw = self._draw("name", day, number)
        if draw.random() < 0.6:
            return f"CVE-{(self.first + timedelta(days=day)).year}-{10_000 + 10 * day + number}"
        return f"{_word(draw)} {_word(draw)}"

    def _draw(self, *key: Any) -> random.Random:
        return random.Random(repr((self._seed, *key)))


def _word(draw: random.Random) -> str:
    return "".join(draw.sample(_SYLLABLES, 3)).capitalize()


def _path(name: str, report: Report, day: int) -> str:
    folder = "b" if name == "readdresses" and day >= 50 else "a"
    return f"/{folder}/{report.day}-{report.number}.html"


def _report(event: str, language: str, day: int, number: int, of_event: random.Random, own: random.Random) -> Report:
    """The event in a language; what is the same for all outlets comes from `of_event`."""
    printed = _PRINTED[language]
    which, amount, made = of_event.randrange(3), of_event.randint(2, 90), _word(of_event)
    values = {
        "cve": event, "name": f"{made} Server" if event.startswith("CVE-") else event, "sum": amount,
        "version": f"{of_event.randint(2, 20)}.{of_event.randint(0, 9)}.{of_event.randint(0, 9)}",
        "effect": printed["effects"][which], "reason": printed["reasons"][which],
        "authority": printed["authorities"][of_event.randrange(3)],
    }  # fmt: skip
    title, text = (part.format(**values) for part in printed["flaw" if event.startswith("CVE-") else "fine"])
    # No two outlets print the same text.
    closing = printed["beside"][1].format(name=_word(own))
    return Report(event, day, number, title, f"{text} {closing}")


def _page(outlet: Outlet, report: Report) -> str:
    return (f'<html lang="{outlet.language}"><head><title>{report.title}</title></head><body><article>'
            f"<h1>{report.title}</h1><p>{report.text}</p></article></body></html>")  # fmt: skip
