"""How the user wants to be spoken to: options that every command accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import click

__all__ = ["PREFERENCES", "Preferences"]


@dataclass
class Preferences:
    """Lives at the root context's ``obj``. A dataclass: attrs would cost the help a tenth of its time."""

    verbose: bool = False
    quiet: bool = False
    log_format: Literal["text", "json"] = "text"

    @classmethod
    def current(cls) -> Preferences:
        """The preferences of the command that is running."""
        return click.get_current_context().find_root().ensure_object(cls)


def _remember(ctx: click.Context, option: click.Parameter, value: str | bool | None) -> None:
    # An option that was not given must not undo what was said before the command's name.
    if value and option.name is not None:
        setattr(ctx.find_root().ensure_object(Preferences), option.name, value)


PREFERENCES: tuple[click.Option, ...] = (
    click.Option(
        ["-v", "--verbose"],
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help="Show what happens, and the traceback behind an error.",
    ),
    click.Option(
        ["-q", "--quiet"],
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help="Show only errors and the requested output.",
    ),
    click.Option(
        ["--log-format"],
        type=click.Choice(["text", "json"]),
        expose_value=False,
        callback=_remember,
        help="How to log to standard error; json is one object per line.  [default: text]",
    ),
)
