"""A real week through the whole line: recorded streams behind a local server, one run a morning, seven editions.

    python bench/real_week.py --data DIR --first 2026-06-08 --output week
    python bench/real_week.py --data DIR --first 2026-07-06 --languages en,fr --keep kept --output week

DIR holds the folders of the streams; `--streams` takes some of them only. Texts become pages of their sites, listed
in one feed a site. Nothing of them is kept after the run but the editions in --output, unless --keep names a folder for
feeds.yaml and store: `cyberdigest story show --config kept/feeds.yaml --data kept ID` then tells how a story came
together.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple

from stream_items import SOURCES, Item, read_items

from pipeline.config import load_config
from pipeline.demo.recorded import recorded_web
from pipeline.progress import LogProgress
from pipeline.run import open_http, run
from pipeline.store import Store

#: Streams of whole weeks.
STREAMS = ("vigilintel", "veille-fr", "zh-en", "s33r")
#: What the sites of the streams write in.
LANGUAGES = {"en", "fr", "zh"}
#: Items stay in their feed this long, as in life.
LISTED = timedelta(days=2)


class Page(NamedTuple):
    """An item, and when its site publishes it."""

    published: datetime
    item: Item


def pages(data: Path, streams: Sequence[str]) -> Iterator[Page]:
    """Items of the streams that say when they were published, or at least taken in; of one address the first."""
    seen: set[str] = set()
    for item in read_items(data, streams):
        moment = item.published or item.collected
        if moment is not None and item.url not in seen:
            seen.add(item.url)
            yield Page(moment, item)


def language_of(found: Sequence[Page]) -> str:
    """The language most items of a site are in, as an editor would write it into feeds.yaml; others are slips."""
    counted = Counter(item.language for _, item in found if item.language in LANGUAGES)
    return max(sorted(counted), key=counted.__getitem__, default="en")


def write_site(root: Path, site: str, listed: Sequence[Page], language: str) -> None:
    """A site's feed and pages."""
    folder = root / site
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        f'<rss version="2.0"><channel><title>{site}</title><link>http://{site}/</link><language>{language}</language>'
    ]
    for published, item in listed:
        name = hashlib.sha256(item.url.encode()).hexdigest()[:16] + ".html"
        body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in item.paragraphs)
        title = html.escape(item.title)
        page = f'<html lang="{language}"><title>{title}</title><body><article><h1>{title}</h1>{body}</article></html>'
        (folder / name).write_text(page, encoding="utf-8")
        lead = html.escape(" ".join(item.paragraphs)[:300])
        parts.append(
            f"<item><title>{title}</title><link>http://{site}/{name}</link><guid>{html.escape(item.url)}</guid>"
            f"<pubDate>{format_datetime(published)}</pubDate><description>{lead}</description></item>"
        )
    (folder / "feed.xml").write_text("".join([*parts, "</channel></rss>"]), encoding="utf-8")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--first", type=date.fromisoformat, default=date(2026, 6, 8))
    arguments.add_argument("--days", type=int, default=7)
    arguments.add_argument("--languages", type=lambda value: value.split(","), default=["en"])
    arguments.add_argument(
        "--streams", type=lambda value: value.split(","), default=list(STREAMS), help=f"of {', '.join(SOURCES)}"
    )
    arguments.add_argument("--output", type=Path, default=Path("week"))
    arguments.add_argument("--keep", type=Path, help="folder for feeds.yaml and store, kept after the run")
    options = arguments.parse_args()
    by_site: dict[str, list[Page]] = defaultdict(list)
    first = datetime.combine(options.first, datetime.min.time(), UTC)
    for page in pages(options.data, options.streams):
        if first - LISTED <= page.published < first + timedelta(days=options.days):
            by_site[page.item.host].append(page)
    print(f"{sum(map(len, by_site.values()))} items of {len(by_site)} sites")
    with tempfile.TemporaryDirectory() as scratch:
        run_week(by_site, first, options, web_root=Path(scratch) / "web", kept=options.keep or Path(scratch))


def run_week(
    by_site: Mapping[str, Sequence[Page]],
    first: datetime,
    options: argparse.Namespace,
    *,
    web_root: Path,
    kept: Path,
) -> None:
    """One run a morning over what the sites list then, with feeds.yaml and store in `kept`."""
    kept.mkdir(parents=True, exist_ok=True)
    languages = {site: language_of(found) for site, found in by_site.items()}
    lines = ["edition: {window: 36h}", "fetch: {interval: 0s}", "feeds:"]
    lines += [f"  - {{url: 'http://{s}/feed.xml', name: '{s}', language: {languages[s]}}}" for s in sorted(by_site)]
    (kept / "feeds.yaml").write_text("\n".join(lines), encoding="utf-8")
    config = load_config(kept / "feeds.yaml", environ={})
    with recorded_web(web_root) as web, Store.open(kept / "cyberdigest.sqlite") as store:
        for number in range(options.days):
            now = first + timedelta(days=number, hours=23)
            for site, found in by_site.items():
                listed = [page for page in found if now - LISTED <= page.published <= now]
                write_site(web_root, site, sorted(listed, key=lambda page: page.item.url), languages[site])
            started = time.perf_counter()
            report = run(
                config,
                store=store,
                data=kept,
                output=options.output,
                now=now,
                languages=options.languages,
                progress=LogProgress(),
                http=lambda config: open_http(config, connect_to=web.address),
            )
            seconds = time.perf_counter() - started
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{report.day}: {seconds:.1f} s, {memory:.0f} MB, {report.lines()[:3]} {report.seconds}", flush=True)


if __name__ == "__main__":
    main()
