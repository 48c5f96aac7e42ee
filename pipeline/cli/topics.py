"""`cyberdigest topics`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import config_option, load, read_lines
from pipeline.errors import InputError
from pipeline.model import TopicSpec


@click.group()
def topics() -> None:
    """Try out topics: the built-in ones and your own."""


@topics.command("list")
@config_option
def list_topics(config_path: Path | None) -> int:
    """List the topics of the configuration."""
    for spec in load(config_path).topics:
        click.echo(f"{spec.name}\t{len(spec.examples)} examples" if spec.examples else f"{spec.name}\tbuilt in")
    return 0


@topics.command("test")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--topic", "name", required=True, help="Topic to test.")
@config_option
def test_topic(file: str, name: str, config_path: Path | None) -> int:
    """Report precision and recall of a topic on labelled lines.

    FILE is JSON Lines with title, optional text, and the topic's name as a key with 0 or 1.
    """
    from pipeline.classify.own import test_topic as measure
    from pipeline.vectors import load_embedder

    spec = _spec(config_path, name)
    result = measure(spec, list(read_lines(file)), embedder=load_embedder())
    click.echo(f"{name}: precision {result.precision:.2f}, recall {result.recall:.2f}, F1 {result.f1:.2f}")
    return 0


@topics.command("explain")
@click.argument("text")
@config_option
def explain_topics(text: str, config_path: Path | None) -> int:
    """Say why a headline gets its scores: the nearest examples and the strongest terms."""
    from pipeline.classify.own import explain
    from pipeline.model import Article
    from pipeline.vectors import load_embedder

    article = Article(id="given", feed="", url=None, title=text)
    click.echo(explain(article, load(config_path).topics, load_embedder()))
    return 0


def _spec(config_path: Path | None, name: str) -> TopicSpec:
    for spec in load(config_path).topics:
        if spec.name == name:
            return spec
    raise InputError(name, "no such topic in the configuration")
