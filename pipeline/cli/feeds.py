"""`cyberdigest feeds`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import config_option, load, now
from pipeline.cli.parts import Group
from pipeline.errors import FeedError
from pipeline.text.count import count_of


@click.group(cls=Group)
def feeds() -> None:
    """List, check and discover feeds."""


@feeds.command("list")
@config_option
def list_feeds(config_path: Path | None) -> int:
    """List the configured feeds: language, kind, weight, name, address."""
    for feed in load(config_path).feeds:
        click.echo(f"{feed.language or '-'}\t{feed.kind}\t{feed.weight:g}\t{feed.name}\t{feed.url}")
    return 0


@feeds.command("check")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@config_option
@click.option("--strict", is_flag=True, help="Exit with 69 when any feed fails.")
def check_feeds(urls: tuple[str, ...], config_path: Path | None, strict: bool) -> int:
    """Fetch each feed once and report what came back; nothing is stored."""
    from pipeline.fetch.feeds import poll
    from pipeline.model import Feed, FeedState
    from pipeline.run import open_http

    config = load(config_path)
    wanted = [Feed(url=url, name=url) for url in urls] or list(config.feeds)
    failed = 0
    with open_http(config) as http:
        for result in poll([FeedState(feed=feed) for feed in wanted], http, now=now()):
            feed = result.state.feed
            failed += result.error is not None
            dates = [entry.published for entry in result.entries if entry.published]
            newest = max(dates).strftime("%Y-%m-%d") if dates else "no dates"
            brought = f"{count_of(len(result.entries), 'entry')}, {newest}"
            said = f"FAILED: {result.error.reason}" if result.error else brought
            moved = f", moved for good to {result.moved_to}" if result.moved_to else ""
            click.echo(f"{feed.name}\t{said}{moved}\t{feed.url}")
    click.echo(f"{len(wanted) - failed} of {count_of(len(wanted), 'feed')} answered", err=True)
    if failed == len(wanted):
        raise FeedError("feeds check", f"none of {count_of(failed, 'feed')} could be read")
    return 69 if strict and failed else 0


@feeds.command("discover")
@click.argument("url")
@config_option
def discover_feeds(url: str, config_path: Path | None) -> int:
    """Find the feeds that a page links to."""
    from pipeline.fetch.feeds import discover
    from pipeline.run import open_http

    with open_http(load(config_path)) as http:
        found = discover(url, http)
    for feed in found:
        click.echo(f"{feed.url}\t{feed.title or ''}")
    if not found:
        raise FeedError(url, "the page links to no feed")
    return 0
