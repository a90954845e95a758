"""Commands with commands of their own, of which the first needs no name."""

from __future__ import annotations

import click

from scorewell.cli.preferences import PREFERENCES

__all__ = ["Group"]


class _Unnamed(click.Context):
    """Of a command whose name nobody writes: messages call it as its group is called."""

    @property
    def command_path(self) -> str:
        """What is written before its arguments."""
        return super().command_path if self.parent is None else self.parent.command_path


class Group(click.Group):
    """``override CUSTOMER …`` does what is mostly wanted, ``override list`` is a command beside it.

    ``first`` is what is done where the first word is no command's name.
    """

    def __init__(self, name: str, first: click.Command, *beside: click.Command) -> None:
        super().__init__(name, commands={each.name: each for each in (first, *beside) if each.name is not None})
        self.first = first
        first.hidden = True
        first.context_class = _Unnamed
        for each in self.commands.values():
            each.params += PREFERENCES

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the first command where no other is named."""
        flags = {word for option in self.params if getattr(option, "is_flag", False) for word in option.opts}
        wanted = next((word for word in args if word not in flags), None)
        if wanted in ctx.help_option_names:
            args = [str(wanted)]
        elif args and wanted not in {*self.commands, None}:
            args = [str(self.first.name), *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help of the first command, then the names of the others."""
        with click.Context(self.first, info_name=ctx.info_name, parent=ctx.parent) as context:
            self.first.format_help(context, formatter)
        self.format_commands(ctx, formatter)
