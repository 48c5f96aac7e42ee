"""A real week through the whole line: a recorded stream behind a local server, one run a morning, seven editions.

    python bench/real_week.py --data DIR --first 2026-06-08 --output week

DIR holds `cyber-stream-vigilintel/items.jsonl.gz` and `veille-fr-headlines/items.jsonl.gz`. Texts become pages of their
sites, listed in one feed a site; nothing of them is kept after the run but the editions in --output.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dateutil import parser as dates

from pipeline.config import load_config
from pipeline.demo.recorded import recorded_web
from pipeline.progress import LogProgress
from pipeline.run import open_http, run
from pipeline.store import Store

SETS = ("cyber-stream-vigilintel", "veille-fr-headlines")
#: Items stay in their feed this long, as in life.
LISTED = timedelta(days=2)


def items(data: Path) -> Iterator[dict[str, Any]]:
    """Items of both streams with one shape: url, site, title, published, language, paragraphs."""
    for name in SETS:
        with gzip.open(data / name / "items.jsonl.gz", "rt", encoding="utf-8") as file:
            for line in file:
                item = json.loads(line)
                try:
                    moment = dates.parse(item["published"] or item["collected"])
                except (ValueError, OverflowError):
                    continue
                text = item.get("text") or "\n".join(item.get("extract") or [])
                yield {
                    "url": item["url"],
                    "site": (urlsplit(item["url"]).hostname or "unknown").removeprefix("www."),
                    "title": item["title"],
                    "published": moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC),
                    "language": item.get("lang_guess"),
                    "paragraphs": [part.strip() for part in text.split("\n") if part.strip()],
                }


def write_site(root: Path, site: str, listed: list[dict[str, Any]], language: str) -> None:
    """A site's feed and pages."""
    folder = root / site
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        f'<rss version="2.0"><channel><title>{site}</title><link>http://{site}/</link><language>{language}</language>'
    ]
    for item in listed:
        name = hashlib.sha256(item["url"].encode()).hexdigest()[:16] + ".html"
        body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in item["paragraphs"])
        title = html.escape(item["title"])
        page = f'<html lang="{language}"><title>{title}</title><body><article><h1>{title}</h1>{body}</article></html>'
        (folder / name).write_text(page, encoding="utf-8")
        lead = html.escape(" ".join(item["paragraphs"])[:300])
        parts.append(
            f"<item><title>{title}</title><link>http://{site}/{name}</link><guid>{html.escape(item['url'])}</guid>"
            f"<pubDate>{format_datetime(item['published'])}</pubDate><description>{lead}</description></item>"
        )
    (folder / "feed.xml").write_text("".join([*parts, "</channel></rss>"]), encoding="utf-8")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--first", type=date.fromisoformat, default=date(2026, 6, 8))
    arguments.add_argument("--days", type=int, default=7)
    arguments.add_argument("--language", default="en")
    arguments.add_argument("--output", type=Path, default=Path("week"))
    options = arguments.parse_args()
    by_site: dict[str, list[dict[str, Any]]] = defaultdict(list)
    first = datetime.combine(options.first, datetime.min.time(), UTC)
    for item in items(options.data):
        if first - LISTED <= item["published"] < first + timedelta(days=options.days):
            by_site[item["site"]].append(item)
    print(f"{sum(map(len, by_site.values()))} items of {len(by_site)} sites")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "web"
        languages = {
            site: max({i["language"] for i in found} & {"fr", "en"} or {"en"}) for site, found in by_site.items()
        }
        lines = ["edition: {window: 36h}", "fetch: {interval: 0s}", "feeds:"]
        lines += [f"  - {{url: 'http://{s}/feed.xml', name: '{s}', language: {languages[s]}}}" for s in sorted(by_site)]
        (Path(scratch) / "feeds.yaml").write_text("\n".join(lines), encoding="utf-8")
        config = load_config(Path(scratch) / "feeds.yaml", environ={})
        with recorded_web(root) as web, Store.open(Path(scratch) / "week.sqlite") as store:
            for number in range(options.days):
                now = first + timedelta(days=number, hours=23)
                for site, found in by_site.items():
                    listed = [item for item in found if now - LISTED <= item["published"] <= now]
                    write_site(root, site, sorted(listed, key=lambda i: i["url"]), languages[site])
                started = time.perf_counter()
                report = run(
                    config,
                    store=store,
                    data=Path(scratch),
                    output=options.output,
                    now=now,
                    languages=[options.language],
                    progress=LogProgress(),
                    http=lambda config: open_http(config, connect_to=web.address),
                )
                seconds = time.perf_counter() - started
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"{report.day}: {seconds:.1f} s, {memory:.0f} MB, {report.lines()[:3]} {report.seconds}")


if __name__ == "__main__":
    main()
