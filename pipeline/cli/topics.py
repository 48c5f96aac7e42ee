"""`cyberdigest topics`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pipeline.cli.options import config_option, load, read_lines
from pipeline.cli.parts import Group
from pipeline.errors import InputError
from pipeline.model import TopicSpec


@click.group(cls=Group)
def topics() -> None:
    """List, test and explain topics, built-in and your own."""


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
    from pipeline.classify import test_topic as measure
    from pipeline.vectors import load_embedder

    spec = _spec(config_path, name)
    lines = [
        _labelled(line, name, f"{file}:{number}") for number, line in enumerate(read_lines(file), 1) if line.strip()
    ]
    if not lines:
        raise InputError(file, "has no labelled lines")
    result = measure(spec, lines, embedder=load_embedder())
    click.echo(f"{name}: {result.lines} lines, {result.positives} on topic")
    click.echo(f"precision {result.precision:.2f}, recall {result.recall:.2f}, F1 {result.f1:.2f}")
    for number, text, probability in result.wrong:
        click.echo(f"  wrong: line {number}, {probability:.2f}: {text[:100]}")
    return 0


@topics.command("explain")
@click.argument("text")
@config_option
def explain_topics(text: str, config_path: Path | None) -> int:
    """Explain the scores of a headline: the nearest examples and the strongest terms."""
    from pipeline.classify import explain
    from pipeline.model import Article
    from pipeline.vectors import load_embedder

    article = Article(id="given", feed="", url=None, title=text)
    for part in explain(article, load(config_path).topics, load_embedder()).topics:
        verdict = "yes" if part.probability >= part.threshold else "no"
        click.echo(f"{part.topic}: {part.probability:.2f} (threshold {part.threshold:.2f}): {verdict}")
        if part.beat:
            click.echo(f"  by one of the headlines in the title: {part.beat}")
        for reason in part.reasons:
            words = f": {', '.join(reason.words)}" if reason.words else ""
            click.echo(f"  {reason.weight:+.2f}  {reason.name}{words}")
        for example, similarity in part.nearest:
            click.echo(f"  near {similarity:.2f}: {example}")
    return 0


def _labelled(line: str, name: str, where: str) -> tuple[str, bool]:
    try:
        record = json.loads(line)
        if not isinstance(record, dict) or record.get(name) not in (0, 1):
            raise ValueError(f'an object with the key "{name}" as 0 or 1 is expected')
        text = " ".join(str(record[key]) for key in ("title", "text") if record.get(key))
    except json.JSONDecodeError as error:
        raise InputError(where, f"not valid JSON: {error.msg} (character {error.pos + 1})") from error
    except ValueError as error:
        raise InputError(where, str(error)) from error
    return text, bool(record[name])


def _spec(config_path: Path | None, name: str) -> TopicSpec:
    known = {spec.name: spec for spec in load(config_path).topics}
    if name not in known:
        raise InputError(name, f"no such topic in the configuration, only {', '.join(known)}")
    return known[name]
