"""The day that a file's name tells: one file a day makes a history of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePath
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell.api.v1 import Period, ReadError, Rejected
from scorewell_standard.sources.opened import Opened

__all__ = ["FILE_DATE", "DateInName", "dated", "days_of"]

FILE_DATE = "file_date"
_DIGITS = {"%Y": r"[0-9]{4}", "%y": r"[0-9]{2}", "%m": r"[0-9]{2}", "%d": r"[0-9]{2}", "%j": r"[0-9]{3}", "%%": "%"}


@attrs.frozen
class DateInName:
    """How files' names tell their day: a format of ``strftime``, looked for in the file's name and, where it has
    slashes, in as many of its last folders."""

    form: str

    def problems(self) -> Iterator[str]:
        """What is wrong with the format."""
        directives = re.findall(r"%.?", self.form)
        unknown = next((one for one in directives if one not in _DIGITS), None)
        if unknown is not None:
            yield f'date_in_name: {unknown!r} is not known: expected %Y, %m and %d, as in "%Y-%m-%d"'
        elif not ({"%Y", "%y"} & {*directives} and ({"%m", "%d"} <= {*directives} or "%j" in directives)):
            yield f'date_in_name: {self.form!r} does not give a day: expected %Y, %m and %d, as in "%Y-%m-%d"'

    @property
    def pattern(self) -> str:
        """The format as a regular expression; digits beside it belong to another number."""
        parts = re.split(r"(%.)", self.form)
        return "".join(_DIGITS[part] if part in _DIGITS else re.escape(part) for part in parts)

    def day(self, place: str) -> date | None:
        """The day that a path tells, the last where it tells several; None where it tells none."""
        tail = "/".join(PurePath(place.replace("\\", "/")).parts[-1 - self.form.count("/") :])
        days = [self._read(found) for found in re.findall(rf"(?<![0-9]){self.pattern}(?![0-9])", tail)]
        return next((day for day in reversed(days) if day is not None), None)

    def _read(self, text: str) -> date | None:
        try:
            return datetime.strptime(text, self.form).replace(tzinfo=UTC).date()
        except ValueError:
            return None

    def of_column(self, place: pl.Expr) -> pl.Expr:
        """The days that the paths in a column tell."""
        tail = place.str.extract(rf"((?:[^/]*/){{{self.form.count('/')}}}[^/]*)$")
        text = tail.str.extract(rf"^.*?(?:.*[^0-9])?({self.pattern})(?:[^0-9].*)?$")
        return text.str.to_date(self.form, strict=False).alias(FILE_DATE)

    def within(self, period: Period | None, places: Sequence[str]) -> dict[str, date]:
        """The files that tell a day, with it, less those of days before and after the period; at least one, so that
        there are columns. Raises ReadError where no file tells a day."""
        days = {place: day for place in places if (day := self.day(place)) is not None}
        if not days:
            raise ReadError(
                f"{places[0]}: its name has no date as {self.form}"
                + (f", and so have the names of {len(places) - 1} more files" if len(places) > 1 else ""),
                hint="date_in_name: how the files' names tell their day",
            )
        first, last = days_of(period)
        inside = {place: day for place, day in days.items() if first <= day <= last}
        return inside or dict(sorted(days.items())[:1])

    def undated(self, places: Sequence[str]) -> Iterator[Rejected]:
        """The files whose name tells no day."""
        for place in places:
            if self.day(place) is None:
                yield Rejected(place=place, reason=f"no date as {self.form} in its name: not read")


def days_of(period: Period | None) -> tuple[date, date]:
    """The first and the last day that are over within the period."""
    if period is None:
        return date.min, date.max
    zone = ZoneInfo(period.timezone)
    first = date.min if period.start is None else period.start.astimezone(zone).date()
    return first, period.end.astimezone(zone).date() - timedelta(days=1)


def dated(file: Opened, day: pl.Expr) -> Opened:
    """The file's records with its day beside them. Raises ReadError where they have such a column already."""
    if FILE_DATE in file.records.collect_schema():
        raise ReadError(
            f"{file.place}: it has a column {FILE_DATE!r}, which date_in_name would make",
            hint="leave date_in_name out, or name the columns otherwise by `columns`",
        )
    return attrs.evolve(file, records=file.records.with_columns(day.alias(FILE_DATE)))
