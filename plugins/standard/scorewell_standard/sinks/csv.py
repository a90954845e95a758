"""The sink ``csv``: scores that a spreadsheet may open without running anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import polars.selectors as cs

from scorewell.api.v1 import Forgotten, Location, Receipt, Run, Sink, frozen, setting
from scorewell_standard.sinks.placing import (
    Table,
    chosen,
    file_for,
    obstacles_to,
    placed,
    problems_of,
    with_moments_as_text,
)
from scorewell_standard.sinks.taking_back import taken_back

__all__ = ["Csv", "disarmed"]

# What a spreadsheet takes for the beginning of a formula, also in full width, and what it skips before one. A reader
# that splits at semicolons, tabs or line ends inside a cell would find a beginning there too.
_FORMULA = r"(^|[;\t\r\n])([ \u00a0\u3000\"'\p{Cf}]*[=+\-@＝＋－＠])"
_LEADING_CONTROL = r"^('*[\t\r\n])"


@frozen
class Csv(Sink):
    """The scores frame, or twelve columns made for a CRM, as CSV: UTF-8, a comma, one header line, moments in ISO
    form, null as an empty cell.

    No formula can be smuggled into a spreadsheet through a text: where one would begin, an apostrophe is put before
    it. Numbers are never touched.
    """

    name = "csv"

    path: Location = setting("a folder, or a file that ends in .csv")
    table: Table = setting("what is written: full, the scores frame, or summary, twelve columns", default="full")
    locale: str | None = setting("the language of a summary, and how its numbers are written; default en", default=None)

    def problems(self) -> Iterator[str]:
        yield from problems_of(self.table, self.locale)

    def deliver(self, run: Run) -> Receipt:
        """Write the table; the same moment again replaces it."""
        target = file_for(self.path, run, (".csv",), self.table)
        scores = chosen(run, self.table, self.locale).pipe(with_moments_as_text).with_columns(disarmed(cs.string()))
        placed(target, scores.write_csv)
        return Receipt(location=str(target), count=scores.height, what="rows")

    def obstacles(self) -> Iterator[tuple[str, str]]:
        """A file where a folder is needed."""
        return obstacles_to(self.path, (".csv",))

    def forget(self, forgotten: Forgotten) -> Receipt:
        """Write each file anew without the customer's rows, or without a person's name where it is an owner's."""
        return taken_back(self.path, (".csv",), forgotten, _without, has_owners=True)


def _without(file: Path, forgotten: Forgotten) -> int:
    # As text, and an empty cell apart from an empty text: all other rows stay as they are.
    scores = pl.read_csv(file, infer_schema=False, glob=False)
    column = "customer_id" if forgotten.kind == "customer" else "owner"
    if column not in scores.columns:
        return 0
    named = pl.col(column).eq_missing(pl.select(disarmed(pl.lit(forgotten.id))).item())
    count = scores.filter(named).height
    if count:
        rest = (
            scores.filter(~named)
            if forgotten.kind == "customer"
            else scores.with_columns(pl.when(~named).then(pl.col(column)).alias(column))
        )
        placed(file, rest.write_csv)
    return count


def disarmed(text: pl.Expr) -> pl.Expr:
    """The text with an apostrophe before each beginning of a formula. Different texts stay different."""
    return text.str.replace_all(_FORMULA, "${1}'${2}").str.replace(_LEADING_CONTROL, "'${1}")
