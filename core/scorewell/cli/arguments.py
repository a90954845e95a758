"""Options that several commands share."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from scorewell.api.v1 import Duration
from scorewell.api.v1.lengths import UNITS, length

__all__ = ["Length", "LookBack", "Moment", "SpacedLengths", "as_json", "as_of", "configuration", "confirm"]


CalendarUnit = Literal["day", "week", "month"]

_FIRST_YEAR, _LAST_YEAR = 1900, 9000


class Moment(click.ParamType[datetime]):
    """A date or an ISO 8601 time; without an offset it is local time of the project."""

    name = "date"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date: write 2026-03-01, or a time as 2026-03-01T18:00", param, ctx)
        # Windows and time zones reach beyond the moment, and the calendar ends with the years 1 and 9999.
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            self.fail(f"{value!r} is not within the years {_FIRST_YEAR} to {_LAST_YEAR}", param, ctx)
        return moment


class Length(click.ParamType[Duration]):
    """``12w``, ``90d``, ``12 weeks``."""

    name = "length"

    def convert(self, value: str | Duration, param: click.Parameter | None, ctx: click.Context | None) -> Duration:
        if isinstance(value, Duration):
            return value
        try:
            return Duration.parse(value.strip().lower())
        except ValueError as error:
            self.fail(str(error), param, ctx)


class LookBack(click.ParamType[tuple[int, CalendarUnit]]):
    """A length by the calendar: ``12w``, ``90d``, ``6 months``."""

    name = "length"

    def convert(
        self, value: str | tuple[int, CalendarUnit], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, CalendarUnit]:
        if isinstance(value, tuple):
            return value
        try:
            count, unit = length(value.strip().lower())
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if unit == "hour":
            self.fail(f"{value!r}: expected a number of days, weeks or months, such as 12w", param, ctx)
        return count, unit


class SpacedLengths(click.Command):
    """A command whose lengths need no quotes: ``--over 12 weeks`` is two words to the shell, and one length."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = [name for each in self.params if isinstance(each.type, Length | LookBack) for name in each.opts]
        wants_a_unit = re.compile(f"(?:{'|'.join(options)})=-?[0-9]+")
        joined: list[str] = []
        for word in args:
            before = ("=".join(joined[-2:]), *joined[-1:])
            if word.lower() in UNITS and any(map(wants_a_unit.fullmatch, before)):
                joined[-1] += f" {word}"
            else:
                joined.append(word)
        return super().parse_args(ctx, joined)


configuration = click.option(
    "-c",
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default="scorewell.yaml",
    show_default=True,
    help="The project's main file.",
)
as_of = click.option(
    "--as-of",
    type=Moment(),
    metavar="DATE",
    help="The moment of the scores: a day (its 00:00) or a time.  [default: today 00:00]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")


def confirm(question: str) -> None:
    """Ask before what cannot be undone; a mistake of the command where nobody can be asked, or says no."""
    if not sys.stdin.isatty():
        raise click.UsageError("this cannot be undone and nobody was there to confirm it: add --yes")
    click.confirm(question, abort=True, err=True)
