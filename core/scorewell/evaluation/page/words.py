"""How a comparison's page writes bands, numbers and sums."""

from __future__ import annotations

import math

import attrs
import polars as pl

from scorewell.evaluation.comparison import Comparison
from scorewell.evaluation.levels import ranked_bands
from scorewell.reporting.formats import Formats
from scorewell.reporting.model import State
from scorewell.reporting.outline import BandRange, humanised
from scorewell.reporting.wording import STATUS, band_states

__all__ = ["NO_SCORE", "Words", "words_of"]

NO_SCORE = State("No score", "none")


@attrs.frozen
class Words:
    """The bands of both configurations with their states, and the conventions of a locale.

    A band of the same name on both sides looks the same, as where there are more bands; its words are each side's own.
    """

    formats: Formats
    bands: dict[str, BandRange]
    current: dict[str, State]
    proposed: dict[str, State]
    value: str | None
    currency: str | None

    def of_side(self, side: str) -> dict[str, State]:
        """The bands of one configuration from low to high."""
        return self.current if side == "current" else self.proposed

    @property
    def legend(self) -> tuple[State, ...]:
        """All bands of both configurations, those that are proposed first."""
        return (*self.proposed.values(), *(self.current[name] for name in self.current if name not in self.proposed))

    def standing(self, band: str | None, status: str | None, side: str) -> State:
        """The state of a customer in a band; without one its status in words."""
        if band is not None:
            return self.of_side(side)[band]
        return State("Not listed" if status is None else STATUS.get(status, humanised(status)), "none")

    def count(self, number: float | None) -> str:
        """A number of customers."""
        return self.formats.count(int(number or 0))

    def customers(self, number: float | None) -> str:
        """``1 customer``, ``2,000 customers``."""
        return f"{self.count(number)} {'customer' if number == 1 else 'customers'}"

    def amount(self, sum_: float | None) -> str | None:
        """A sum of the value in at most three digits; None where there is none."""
        if self.value is None or sum_ is None:
            return None
        has_three_before_the_point = abs(sum_) > 0 and math.floor(math.log10(abs(sum_))) % 3 == 2
        return self.formats.short_money(float(f"{sum_:.3g}") if has_three_before_the_point else sum_, self.currency)

    def points(self, value: float | None, *, signed: bool = False) -> str | None:
        """Points to a tenth, as a score is written: whole ones without."""
        return None if value is None else self._written(value, trim=True, signed=signed)

    def tenths(self, value: float | None, *, signed: bool = False) -> str:
        """Points always to a tenth, so that those above each other can be compared."""
        return "–" if value is None else self._written(value, trim=False, signed=signed)

    def _written(self, value: float, *, trim: bool, signed: bool) -> str:
        text: str = pl.select(self.formats.number(pl.lit(float(value)), 1, trim=trim, signed=signed)).item()
        return text

    def share(self, fraction: float) -> str:
        """A share in whole percent; what is not quite 0 says so."""
        return "< 1%" if 0 < fraction < 0.005 else f"{fraction * 100:.0f}%"


def words_of(comparison: Comparison, formats: Formats) -> Words:
    """The words for one comparison."""
    current, proposed = (ranked_bands(each.project) for each in (comparison.current, comparison.proposed))
    # Colours are chosen for all bands of a scorecard together: those of more bands tell each from the others.
    bands = {**current, **proposed} if len(proposed) >= len(current) else {**proposed, **current}
    looks = band_states(bands.values(), for_customer=False)
    value = comparison.value
    return Words(
        formats=formats,
        bands=bands,
        current={name: State(band.shown, looks[name].tone, looks[name].band) for name, band in current.items()},
        proposed={name: State(band.shown, looks[name].tone, looks[name].band) for name, band in proposed.items()},
        value=None if value is None else humanised(value.name),
        currency=None if value is None else value.currency,
    )
