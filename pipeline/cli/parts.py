"""How commands are listed, what a language on the command line looks like, and how much of a long list is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import click


class Group(click.Group):
    """Commands with sub-commands; its help tells each in a whole sentence, where click would cut it off with "..."."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, the first sentence of each folded into lines."""
        known = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, command.get_short_help_str(limit=1000)) for name, command in known if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def language_of(value: str) -> str:
    """Take a tag.

    Raises:
        ValueError: It is none; of a language that is spelled out ("french"), or a country's code, it has the tag.
    """
    from pipeline.config.values import is_language_tag, language_of_country
    from pipeline.render.wording import named_language

    if not is_language_tag(value):
        tag = named_language(value) or language_of_country(value)
        hint = f'write "{tag}"' if tag else 'one such as "fr" or "pt-BR" is expected'
        raise ValueError(f'"{value}" is not a language tag; {hint}')
    return value


class LanguageTag(click.ParamType[str]):
    """A language as feeds.yaml writes it."""

    name = "tag"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take a tag."""
        try:
            return language_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def part_options(*, most: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--limit` and `--skip`, for a list that grows every day."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        count = click.IntRange(min=0)
        command = click.option("--skip", type=count, default=0, help="Leave out so many of the first lines.")(command)
        said = "Show so many lines at most; 0 shows all."
        return click.option("--limit", type=count, default=most, show_default=True, help=said)(command)

    return add


def one_more(limit: int) -> int | None:
    """How much to ask for, so that `show_part` knows whether there is more; None for all."""
    return limit + 1 if limit else None


def show_part(lines: Iterable[str], *, limit: int, skip: int) -> None:
    """Print the lines, at most `limit` (0: all), as they come; where there are more, say how to see them."""
    waiting = iter(lines)
    left = limit or None
    while part := list(islice(waiting, 1000 if left is None else min(1000, left))):
        click.echo("\n".join(part))
        left = None if left is None else left - len(part)
    if left is not None and next(waiting, None) is not None:
        click.echo(f"there are more: --skip {skip + limit} shows the next, --limit 0 all", err=True)
