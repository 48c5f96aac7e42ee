"""`cyberdigest stage NAME`: one stage as a filter over JSON Lines."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import config_option, data_folder, data_option, load, read_lines
from pipeline.cli.parts import LanguageTag

if TYPE_CHECKING:
    from pipeline.seam import StageOptions

_NAMES = ("extract", "clean", "detect", "classify", "facts", "cluster", "summarise", "translate")
_FIELDS = ("title", "summary", "text")


class _Window(click.ParamType[timedelta]):
    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read "14d" or "36h"."""
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"([0-9]{1,6})([hdw])", value)
        if not match:
            self.fail(f'"{value}" is not a span of time; write "36h" or "14d"', param, ctx)
        return timedelta(hours=int(match[1]) * {"h": 1, "d": 24, "w": 168}[match[2]])


@click.command()
@click.argument("name", type=click.Choice(_NAMES), metavar="NAME")
@click.argument("source", default="-", type=click.Path(allow_dash=True), metavar="[FILE]")
@config_option
@data_option
@click.option("--to", "target", type=LanguageTag(), default="en", show_default=True, help="translate: target language.")
@click.option("--fields", default="title,summary", show_default=True, help="translate: title, summary and/or text.")
@click.option(
    "--window", type=_Window(), default="14d", show_default=True, help="cluster: how long a story accepts new articles."
)
@click.option(
    "--sentences", type=click.IntRange(1, 6), default=3, show_default=True, help="summarise: sentences per summary."
)
@click.option("--explain", is_flag=True, help="clean: print to stderr what was removed and why.")
def stage(
    name: str,
    source: str,
    config_path: Path | None,
    data: Path | None,
    target: str,
    fields: str,
    window: timedelta,
    sentences: int,
    explain: bool,
) -> int:
    """Run one text stage as a filter: JSON Lines in, JSON Lines out.

    NAME is extract, clean, detect, classify, facts, cluster, summarise or translate; FILE is standard input by default.
    Each stage adds its own keys, keeps all others, the order and the count. A line that cannot be read is reported on
    stderr with its number; the good lines still come out, and the exit code is 65.

    \b
        cyberdigest stage clean < articles.jsonl | cyberdigest stage detect | cyberdigest stage classify
    """
    from dataclasses import replace

    from pipeline.seam import filter_lines

    wanted = tuple(field.strip() for field in fields.split(","))
    if unknown := set(wanted) - set(_FIELDS):
        raise click.BadParameter(f"unknown field {', '.join(sorted(unknown))}; known are {', '.join(_FIELDS)}")
    options = replace(
        _options(name, config_path, data), target=target, fields=wanted, window=window, sentences=sentences
    )
    if explain:
        options = replace(options, explain=lambda text: click.echo(text, err=True))
    lines = read_lines(source, errors="surrogateescape")
    report = filter_lines(name, lines, click.echo, options, source="stdin" if source == "-" else source)
    for fault in report.bad_lines:
        click.echo(fault, err=True)
    return 65 if report.bad_lines else 0


def _options(name: str, config_path: Path | None, data: Path | None) -> StageOptions:
    """What the configuration says about the stages that ask for it."""
    from pipeline.seam import StageOptions

    if name == "detect":
        from pipeline.run import languages_of

        return StageOptions(languages=languages_of(load(config_path)))
    if name == "classify" and config_path is not None:
        return StageOptions(topics=load(config_path).topics)
    if name == "translate":
        from pipeline.run import open_translator

        config, folder = load(config_path), data_folder(data, create=False)
        return StageOptions(translator=lambda: open_translator(config, folder))
    return StageOptions()
