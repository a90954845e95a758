"""Options that several commands share."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

__all__ = ["Moment", "as_json", "as_of", "configuration", "confirm"]


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
            self.fail(f"{value!r} is no date: write 2026-03-01, or a time as 2026-03-01T18:00", param, ctx)
        # Windows and time zones reach beyond the moment, and the calendar ends with the years 1 and 9999.
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            self.fail(f"{value!r} is not within the years {_FIRST_YEAR} to {_LAST_YEAR}", param, ctx)
        return moment


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
    help="The moment to look from: a day (from its 00:00) or a time.  [default: today 00:00]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")


def confirm(question: str) -> None:
    """Ask before what cannot be undone; a mistake of the command where nobody can be asked, or says no."""
    if not sys.stdin.isatty():
        raise click.UsageError("this cannot be undone: say --yes where nobody can be asked")
    click.confirm(question, abort=True, err=True)
