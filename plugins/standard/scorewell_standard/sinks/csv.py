"""The sink ``csv``: scores that a spreadsheet may open without running anything."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import polars.selectors as cs

from scorewell.api.v1 import Forgotten, Location, Receipt, Run, Sink, frozen, setting
from scorewell_standard.sinks.placing import file_for, placed, with_moments_as_text
from scorewell_standard.sinks.taking_back import taken_back

__all__ = ["Csv", "disarmed"]

# What a spreadsheet takes for the beginning of a formula, also in full width, and what it skips before one. A reader
# that splits at semicolons, tabs or line ends inside a cell would find a beginning there too.
_FORMULA = r"(^|[;\t\r\n])([ \u00a0\u3000\"'\p{Cf}]*[=+\-@＝＋－＠])"
_LEADING_CONTROL = r"^('*[\t\r\n])"


@frozen
class Csv(Sink):
    """The scores frame as CSV: UTF-8, a comma, one header line, moments in ISO form, null as an empty cell.

    No formula can be smuggled into a spreadsheet through a text: where one would begin, an apostrophe is put before
    it. Numbers are never touched.
    """

    name = "csv"

    path: Location = setting("a folder, or a file that ends in .csv")

    def deliver(self, run: Run) -> Receipt:
        """Write the scores; the same moment again replaces them."""
        target = file_for(self.path, run, (".csv",))
        scores = run.scores.pipe(with_moments_as_text).with_columns(disarmed(cs.string()))
        placed(target, scores.write_csv)
        return Receipt(location=str(target), count=scores.height, what="rows")

    def forget(self, forgotten: Forgotten) -> Receipt:
        """Write each file anew without the customer's rows."""
        return taken_back(self.path, (".csv",), forgotten, _without)


def _without(file: Path, forgotten: Forgotten) -> int:
    # As text, and an empty cell apart from an empty text: all other rows stay as they are.
    scores = pl.read_csv(file, infer_schema=False, glob=False)
    rest = scores.filter(pl.col("customer_id") != pl.select(disarmed(pl.lit(forgotten.id))).item())
    if rest.height < scores.height:
        placed(file, rest.write_csv)
    return scores.height - rest.height


def disarmed(text: pl.Expr) -> pl.Expr:
    """The text with an apostrophe before each beginning of a formula. Different texts stay different."""
    return text.str.replace_all(_FORMULA, "${1}'${2}").str.replace(_LEADING_CONTROL, "'${1}")
