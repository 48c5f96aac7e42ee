"""`cyberdigest story`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import config_option, data_option, load, now, open_store
from pipeline.cli.parts import Group
from pipeline.errors import InputError
from pipeline.text.count import count_of

if TYPE_CHECKING:
    from pipeline.model import Story
    from pipeline.store import Store


@click.group(cls=Group)
def story() -> None:
    """Show how a story came together; merge or split stories."""


@story.command("list")
@data_option
@click.option("--days", type=click.IntRange(1, 3650), default=14, show_default=True, help="How far to look back.")
def list_stories(data: Path | None, days: int) -> int:
    """List recent stories: id, number of articles, title of the lead article."""
    from datetime import timedelta

    with open_store(data) as store:
        known = list(store.known_stories(now() - timedelta(days=days)))
        for item in known:
            click.echo(f"{item.id}\t{len(item.articles)}\t{item.articles[0].title}")
    if not known:
        click.echo(f"no story in the last {count_of(days, 'day')}; --days looks further back", err=True)
    return 0


@story.command("show")
@click.argument("story_id", metavar="ID")
@config_option
@data_option
def show_story(story_id: str, config_path: Path | None, data: Path | None) -> int:
    """Show the pairs of a story's articles, their scores, and the guards that applied."""
    from pipeline.cluster import explain
    from pipeline.vectors import load_embedder
    from pipeline.vectors.e5 import load_token_encoder

    window = load(config_path).settings.stories.window
    with open_store(data) as store:
        found = _find(store, story_id)
        click.echo(explain(found, window=window, embedder=load_embedder(), tokens=load_token_encoder()))
    return 0


@story.command("merge")
@click.argument("story_ids", nargs=-1, required=True, metavar="ID ID...")
@data_option
@click.option("--by", default="editor", show_default=True, help="Name to record.")
def merge_stories(story_ids: tuple[str, ...], data: Path | None, by: str) -> int:
    """Merge stories for good, from the next run on."""
    from pipeline.cluster import Decision
    from pipeline.run.decisions import add_decision

    if len(story_ids) < 2:
        raise click.UsageError("merge needs at least two stories")
    with open_store(data) as store:
        for item in story_ids:
            _find(store, item)
        moment = now()
        add_decision(store, Decision(kind="merge", stories=story_ids, when=moment, by=by), now=moment)
    click.echo(f"{', '.join(story_ids)} will be one story from the next run on")
    return 0


@story.command("split")
@click.argument("story_id", metavar="ID")
@click.argument("article_ids", nargs=-1, required=True, metavar="ARTICLE...")
@data_option
@click.option("--by", default="editor", show_default=True, help="Name to record.")
def split_story(story_id: str, article_ids: tuple[str, ...], data: Path | None, by: str) -> int:
    """Split articles off into a story of their own for good, from the next run on."""
    from pipeline.cluster import Decision
    from pipeline.run.decisions import add_decision

    with open_store(data) as store:
        members = {article.id for article in _find(store, story_id).articles}
        for item in article_ids:
            if item not in members:
                raise InputError(item, f"is not an article of story {story_id}")
        moment = now()
        decision = Decision(kind="split", stories=(story_id,), articles=article_ids, when=moment, by=by)
        add_decision(store, decision, now=moment)
    click.echo(f"{count_of(len(article_ids), 'article')} will leave {story_id} from the next run on")
    return 0


def _find(store: Store, story_id: str) -> Story:
    found = store.story(story_id)
    if found is None:
        raise InputError(story_id, "no such story; `cyberdigest story list` shows them")
    return found
