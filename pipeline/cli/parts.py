"""How commands are listed and what a language on the command line may look like."""

from __future__ import annotations

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
