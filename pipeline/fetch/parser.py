"""Where a feed is read: harmless documents here, large or odd ones in a process of their own that can be killed.

feedparser and the XML library below it have inputs that take minutes; a thread cannot be stopped, a process can.
Run as a program, this module is that process: a JSON head line and the document on stdin, JSON on stdout.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import ParseError
from pipeline.fetch.document import read_document
from pipeline.model import Entry, Feed

#: Above this a document takes feedparser about a quarter of a second, as long as starting a process.
_HARMLESS_BYTES = 1_500_000
_HARMLESS_DEPTH = 100
_HARMLESS_TAGS = 60_000
_CPU_SECONDS = 4
_WALL_SECONDS = 5.0
#: For starting and killing it, on a busy machine.
_PATIENCE = 3.0
_MEMORY = 1_500_000_000

_CDATA_OR_TAG = re.compile(rb"<!\[CDATA\[|<(/?)[A-Za-z]|(/>)")
_LONG_TAG = re.compile(rb"<[^<>]{20000}")
_NAME_FIELD = re.compile(
    rb"<((?:[A-Za-z][\w.-]{0,30}:)?(?:author|creator|contributor|publisher|owner|managingEditor|webMaster))[\s>]",
    re.IGNORECASE,
)
_LONGEST_NAME = 3000

_PROGRAM = "import sys; sys.path[:] = {path!r}; from pipeline.fetch.parser import main; main()"


def parse(
    body: bytes, *, feed: Feed, base_url: str, content_type: str | None, charset: str | None, now: datetime
) -> list[Entry]:
    """Read a feed document within 5 seconds; arguments and result are those of `read_document`.

    Raises:
        ParseError: It is no feed, is broken beyond reading, or takes too long or too much memory.
    """
    if _is_harmless(body):
        return read_document(body, feed=feed, base_url=base_url, content_type=content_type, charset=charset, now=now)
    head = {
        "feed": asdict(feed), "base_url": base_url, "content_type": content_type, "charset": charset,
        "now": now.isoformat(),
    }  # fmt: skip
    answer = _in_process(json.dumps(head).encode() + b"\n" + body, feed)
    if "error" in answer:
        raise ParseError(feed.url, answer["error"])
    return [_entry(row) for row in answer["entries"]]


def defends() -> bool:
    """Whether a feed that would take minutes to read is given up on in time, tried with one."""
    feed = Feed(url="https://hostile.example.org/feed", name="Hostile")
    author = f"<author>x<b></b>a@{'a.' * 64_000}!</author>"
    body = f"<?xml version='1.0'?><rss><channel><item><title>T</title>{author}</item></channel></rss>"
    started = time.monotonic()
    with suppress(ParseError):
        parse(body.encode(), feed=feed, base_url=feed.url, content_type=None, charset=None, now=datetime.now(UTC))
    return time.monotonic() - started < _WALL_SECONDS + _PATIENCE


def main() -> None:
    """The killable process."""
    with suppress(ImportError, ValueError, OSError):  # other systems have the wall clock of the parent only
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    head = json.loads(sys.stdin.buffer.readline())
    feed = Feed(**{**head["feed"], "tags": tuple(head["feed"]["tags"])})
    try:
        entries = read_document(
            sys.stdin.buffer.read(),
            feed=feed,
            base_url=head["base_url"],
            content_type=head["content_type"],
            charset=head["charset"],
            now=datetime.fromisoformat(head["now"]),
        )
        answer: dict[str, Any] = {"entries": [_row(entry) for entry in entries]}
    except ParseError as error:
        answer = {"error": error.reason}
    except MemoryError:
        answer = {"error": "reading the feed takes too much memory"}
    sys.stdout.write(json.dumps(answer))


def _in_process(message: bytes, feed: Feed) -> dict[str, Any]:
    program = _PROGRAM.format(path=sys.path)
    try:
        done = subprocess.run(
            [sys.executable, "-c", program], input=message, capture_output=True, timeout=_WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ParseError(feed.url, f"reading the feed takes longer than {_WALL_SECONDS:g} s") from error
    if done.returncode < 0:
        raise ParseError(feed.url, f"reading the feed takes longer than {_CPU_SECONDS} s of processor time, or crashes")
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise ParseError(feed.url, f"reading the feed crashes ({last})") from error
    assert isinstance(answer, dict)
    return answer


def _is_harmless(body: bytes) -> bool:
    """Small, flat, without entity definitions or overlong tags and names. Linear in the document."""
    if len(body) > _HARMLESS_BYTES or b"<!ENTITY" in body or b"\x00" in body:
        return False
    return not _LONG_TAG.search(body) and _has_short_names(body) and _is_flat(body)


def _has_short_names(body: bytes) -> bool:
    """Whether each name ends soon: by its own end tag, for whatever stands between the elements in it counts too."""
    return all(
        body.find(b"</" + name[1], name.end(), name.end() + _LONGEST_NAME) >= 0 for name in _NAME_FIELD.finditer(body)
    )


def _is_flat(body: bytes) -> bool:
    depth = tags = position = 0
    while match := _CDATA_OR_TAG.search(body, position):
        position = match.end()
        if match[0].startswith(b"<!"):
            position = body.find(b"]]>", position)
            if position < 0:
                return True
            continue
        tags += 1
        depth += -1 if match[1] or match[2] else 1
        if depth > _HARMLESS_DEPTH or tags > _HARMLESS_TAGS:
            return False
    return True


def _row(entry: Entry) -> dict[str, Any]:
    row = asdict(entry)
    row["first_seen"] = entry.first_seen.isoformat()
    row["published"] = entry.published.isoformat() if entry.published else None
    return row


def _entry(row: Mapping[str, Any]) -> Entry:
    published = row["published"]
    times = {
        "first_seen": datetime.fromisoformat(row["first_seen"]),
        "published": datetime.fromisoformat(published) if published else None,
    }
    return Entry(**{**row, **times})
