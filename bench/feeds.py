"""Parse recorded feeds and hold the entries against their manifest.

Usage: python bench/feeds.py --data DIR    (DIR holds feeds-raw/manifest.json and the files it names)

Exit status 1 when a file does not give the entries, first title, dates or absolute links it should.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import ParseError
from pipeline.fetch.feeds import parse_feed
from pipeline.model import Entry, Feed

#: The manifest counts date elements; in one file all of them say "TIME", which is no date.
_DATE = re.compile(rb"<(?:\w+:)?(?:updated|published|pubDate|date)>[^<]*\d")


def problems(row: dict[str, Any], entries: list[Entry], body: bytes) -> list[str]:
    """What differs from the manifest, in words."""
    found = []
    expected = row["dated"] if _DATE.search(body) else 0
    if len(entries) != row["entries"]:
        found.append(f"{len(entries)} entries, not {row['entries']}")
    dated = [entry for entry in entries if entry.published]
    if len(dated) != expected:
        found.append(f"{len(dated)} dated, not {expected}")
    if any(entry.published and entry.published.utcoffset() for entry in dated):
        found.append("dates not UTC")
    if " ".join(row["first_title"].split()) not in {entry.title for entry in entries}:
        found.append(f"no entry is titled {row['first_title']!r}")
    relative = [entry for entry in entries if not (entry.url or "").startswith(("http://", "https://"))]
    if relative:
        found.append(f"{len(relative)} without an absolute link")
    return found


def main() -> int:
    """Print the table; 1 when something is wrong."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    folder = arguments.parse_args().data / "feeds-raw"
    now = datetime.now(UTC)
    failed = 0
    print(f"{'file':38} {'entries':>7} {'dated':>5} {'ms':>6}  newest                problems")
    for row in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        url = f"https://example.org/{row['file']}"
        feed = Feed(url=url, name=row["file"], max_entries=10_000)
        start = time.perf_counter()
        try:
            body = (folder / row["file"]).read_bytes()
            entries = parse_feed(body, feed=feed, base_url=url, content_type=None, now=now)
            wrong = problems(row, entries, body)
        except ParseError as error:
            entries, wrong = [], [str(error)]
        milliseconds = (time.perf_counter() - start) * 1000
        newest = max((entry.published for entry in entries if entry.published), default=None)
        dated = sum(entry.published is not None for entry in entries)
        shown = newest.strftime("%Y-%m-%d %H:%M UTC") if newest else "-"
        counts = f"{len(entries):7} {dated:5} {milliseconds:6.0f}"
        print(f"{row['file']:38} {counts}  {shown:20}  {'; '.join(wrong) or 'none'}")
        failed += bool(wrong)
    print(f"{failed} of the files differ from the manifest" if failed else "all files as the manifest says")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
