"""The measure that compares another with what it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import polars as pl

from scorewell.api.v1 import Measure, Partial, Partials, Rows, frozen, setting
from scorewell_standard.measures.nested import partials_of, value_of

__all__ = ["Change"]

WINDOWS = 6


@frozen
class Change(Measure):
    """How much a measure changed against an earlier window, as a share of what it was: −0.2 is a fifth less.

    (now − then) / |then|, or now − then with ``as: difference``. A share from nothing to nothing is 0; from nothing to
    something there is none: missing. Missing in either window is missing. Each window is seen as it was known at its
    own end.

    ``then`` is the window before; with ``year_before`` the one that is as long and ended on the same date a year
    before; with ``typical`` the median of the customer's ``windows`` windows before this one, without those that have
    no value and those before the customer's first row in them: who came three windows ago is typical since then.
    """

    name = "change"
    window_required = True

    of: Measure = setting("the measure that is compared, by name, with settings, or an SQL aggregate")
    against: Literal["previous", "year_before", "typical"] = setting(
        "the window before, the same window a year before, or the median of several before", default="previous"
    )
    as_: Literal["share", "difference"] = setting(
        "a share of what it was, or the difference in the measure's own unit", default="share"
    )
    windows: int = setting("how many windows before this one are typical", default=WINDOWS)

    def problems(self) -> Iterator[str]:
        if not 2 <= self.windows <= 60:
            yield f"windows is {self.windows}: expected 2 to 60 windows"
        elif self.windows != WINDOWS and self.against != "typical":
            yield f"windows is {self.windows}, but only against: typical uses it"

    def partials(self, rows: Rows) -> Mapping[str, Partial]:
        match self.against:
            case "previous":
                return partials_of(self.of, {"now": rows, "then": rows.before(1)})
            case "year_before":
                return partials_of(self.of, {"now": rows, "then": rows.year_before()})
            case "typical":
                earlier = {k: rows.before(k) for k in self._earlier}
                partials = partials_of(self.of, {"now": rows} | {str(k): seen for k, seen in earlier.items()})
                return partials | {_rows(k): Partial("count", seen.count) for k, seen in earlier.items()}

    def finish(self, partials: Partials) -> pl.Expr:
        now = value_of(self.of, partials, "now")
        then = self._typical(partials) if self.against == "typical" else value_of(self.of, partials, "then")
        if self.as_ == "difference":
            return now - then
        share = (now - then) / pl.when(then != 0).then(then.abs())
        return pl.when((now == 0) & (then == 0)).then(0.0).otherwise(share)

    @property
    def _earlier(self) -> range:
        """The windows from the earliest to the one before this."""
        return range(self.windows, 0, -1)

    def _typical(self, partials: Partials) -> pl.Expr:
        values = []
        rows = pl.lit(0, pl.Int64)
        for k in self._earlier:
            rows = rows + partials[_rows(k)]
            values.append(pl.when(rows > 0).then(value_of(self.of, partials, str(k))))
        return pl.concat_list(values).list.drop_nulls().list.median()


def _rows(k: int) -> str:
    return f"rows in {k}"
