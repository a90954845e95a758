"""A look back: what two configurations would have said at each of the moments, and how restless they are."""

from __future__ import annotations

from datetime import datetime

import attrs
import polars as pl

from scorewell.evaluation.migration import spread
from scorewell.evaluation.pairing import CUSTOMER

__all__ = ["SIDES", "OverTime"]

SIDES = ("current", "proposed")
_KEPT = (CUSTOMER, *(f"{what}_{side}" for side in SIDES for what in ("band", "line")))


@attrs.define
class OverTime:
    """Gathers the pairs of one moment after the other, the earliest first, and keeps of each no more than is told."""

    _rows: list[dict[str, object]] = attrs.field(factory=list)
    _spreads: list[pl.DataFrame] = attrs.field(factory=list)
    _changes: list[pl.DataFrame] = attrs.field(factory=list)
    _before: pl.DataFrame | None = None

    def add(self, as_of: datetime, pairs: pl.DataFrame) -> None:
        """Take the counted pairs as of the next moment in."""
        changed = {side: self._changed(pairs, side) for side in SIDES}
        both = pairs.filter(pl.col("change").is_not_null())
        self._rows.append(
            {
                "as_of": as_of,
                "customers": pairs.height,
                "elsewhere": both.filter(pl.col("move").is_in(["up", "down"])).height,
                "mean_absolute_difference": both["change"].abs().mean(),
                **{f"mean_{side}": pairs[f"points_{side}"].mean() for side in SIDES},
                **{f"band_changes_{side}": None if self._before is None else changed[side].height for side in SIDES},
            }
        )
        self._changes += [changed[side].select(CUSTOMER, pl.lit(side).alias("side")) for side in SIDES]
        shares = pl.col("customers") / max(pairs.height, 1)
        self._spreads.append(
            spread(pairs).select(pl.lit(as_of).alias("as_of"), pl.all()).with_columns(shares.alias("share"))
        )
        self._before = pairs.select(_KEPT)

    def _changed(self, pairs: pl.DataFrame, side: str) -> pl.DataFrame:
        """Who is in another band than at the moment before. Where the line is broken, by another segment, stage or
        scorecard, it is no change."""
        if self._before is None:
            return pairs.select(CUSTOMER).clear()
        before = self._before.select(CUSTOMER, band=f"band_{side}", line=f"line_{side}")
        is_other = pl.col("band") != pl.col(f"band_{side}")
        return (
            pairs.join(before, on=CUSTOMER)
            .filter(is_other & (pl.col("line") == pl.col(f"line_{side}")))
            .select(CUSTOMER)
        )

    @property
    def looks_back(self) -> bool:
        """Whether more than one moment was added."""
        return len(self._rows) > 1

    @property
    def moments(self) -> pl.DataFrame:
        """A row a moment; none where there is one alone."""
        numbers = ("mean_absolute_difference", *(f"mean_{side}" for side in SIDES))
        counts = ("customers", "elsewhere", *(f"band_changes_{side}" for side in SIDES))
        frame = pl.DataFrame(self._rows).cast({**dict.fromkeys(numbers, pl.Float64), **dict.fromkeys(counts, pl.Int64)})
        return frame if self.looks_back else frame.clear()

    @property
    def spread(self) -> pl.DataFrame:
        """``as_of, side, band, customers, share, value``; none where there is one moment alone."""
        frame = pl.concat(self._spreads).select("as_of", "side", "band", "customers", "share", "value")
        return frame if self.looks_back else frame.clear()

    def band_changes(self, side: str) -> int:
        """How often a customer was in another band than at the moment before."""
        return sum(frame.filter(pl.col("side") == side).height for frame in self._changes)

    def flapping(self, side: str) -> int:
        """How many customers changed their band more than once."""
        changes = pl.concat(self._changes).filter(pl.col("side") == side)
        return changes.group_by(CUSTOMER).len().filter(pl.col("len") > 1).height

    def mean_absolute_difference(self) -> float | None:
        """The mean of the moments' mean differences, in points; None where there is none."""
        differences = [row["mean_absolute_difference"] for row in self._rows]
        known = [each for each in differences if isinstance(each, float)]
        return sum(known) / len(known) if known else None
